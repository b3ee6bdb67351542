//! Files that a test writes and people read in review.

use std::path::PathBuf;

/// Set by `cargo xtask gen`: write the file instead of comparing with it.
const WRITE: &str = "TONGBAN_WRITE_GENERATED";

/// Compares with the committed file, or writes it.
#[track_caller]
pub fn check(path: &str, fresh: &str) {
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..").join(path);
    if std::env::var_os(WRITE).is_some() {
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(&file, fresh).unwrap();
        return;
    }
    let committed = std::fs::read_to_string(&file).unwrap_or_default();
    let lines = |text: &str| text.lines().map(str::to_owned).collect::<Vec<_>>();
    let (committed, fresh) = (lines(&committed), lines(fresh));
    let gone: Vec<_> = committed.iter().filter(|line| !fresh.contains(line)).collect();
    let new: Vec<_> = fresh.iter().filter(|line| !committed.contains(line)).collect();
    assert!(
        committed == fresh,
        "{path} is not what the program does; read the difference, and if it is meant, run `cargo xtask gen`\n\
         committed only:\n{gone:#?}\nnow:\n{new:#?}"
    );
}
