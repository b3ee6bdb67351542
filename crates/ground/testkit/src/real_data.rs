//! Real data that lies outside the repository: found, or skipped aloud.

use std::{
    io::Write as _,
    path::{Path, PathBuf},
};

/// The folder with the real data: `TONGBAN_SHARED`, else `../shared` beside the checkout.
pub fn shared_folder() -> Option<PathBuf> {
    if let Ok(folder) = std::env::var("TONGBAN_SHARED") {
        return Some(PathBuf::from(folder)).filter(|folder| folder.is_dir());
    }
    let mut at = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    while at.pop() {
        if at.join("Cargo.lock").is_file() {
            let beside = at.parent()?.join("shared");
            return Some(beside).filter(|folder| folder.is_dir());
        }
    }
    None
}

/// A file of the real data, or `None` after saying that the test is skipped. The run's counts come from the
/// lines that are appended to the file named by `TONGBAN_REAL_DATA_LOG`.
pub fn real_data(test: &str, file: &str) -> Option<PathBuf> {
    let found = shared_folder()
        .map(|folder| folder.join("data").join(file))
        .filter(|path| path.exists());
    match &found {
        Some(_) => say(&format!("real-data: ran {test}")),
        None => say(&format!(
            "real-data: skipped {test}: {file} is not here (set TONGBAN_SHARED)"
        )),
    }
    found
}

fn say(line: &str) {
    eprintln!("{line}");
    if let Ok(log) = std::env::var("TONGBAN_REAL_DATA_LOG") {
        append(Path::new(&log), line);
    }
}

fn append(log: &Path, line: &str) {
    let mut file = std::fs::OpenOptions::new()
        .create(true)
        .append(true)
        .open(log)
        .unwrap();
    writeln!(file, "{line}").unwrap();
}
