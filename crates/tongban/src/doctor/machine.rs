//! The folder, the disk, the fonts, the key ring's file.

use std::path::Path;

use tongban_crypto::KeyRing;
use tongban_press::{PressError, TypstEngine};

use super::{Check, said};
use crate::settings::Settings;

const GIB: u64 = 1 << 30;
/// Below this nothing is safe: SQLite and the files stop in the middle of work.
const DISK_FAULT: u64 = GIB / 2;
/// Below this it is time to make room.
const DISK_WARNING: u64 = 5 * GIB;

pub(super) fn data_folder(folder: &Path) -> Check {
    const NAME: &str = "data folder";
    if !folder.is_dir() {
        return Check::fault(
            NAME,
            format!(
                "{} is not there; name the right one with --data-dir or --config",
                folder.display()
            ),
        );
    }
    let probe = folder.join(format!(".doctor-{}", std::process::id()));
    let written = std::fs::write(&probe, b"probe").and_then(|()| std::fs::remove_file(&probe));
    match written {
        Ok(()) => Check::ok(NAME, format!("{} can be written to", folder.display())),
        Err(error) => Check::fault(
            NAME,
            format!(
                "{} cannot be written to ({error}); run this as the user of the service, and give that user the folder",
                folder.display()
            ),
        ),
    }
}

pub(super) fn disk_space(folder: &Path) -> Check {
    const NAME: &str = "disk space";
    match rustix::fs::statvfs(folder) {
        Ok(disk) => judge_space(disk.f_bavail.saturating_mul(disk.f_frsize)),
        Err(error) => Check::warning(NAME, format!("could not be read: {error}")),
    }
}

fn judge_space(free: u64) -> Check {
    const NAME: &str = "disk space";
    let sentence = format!("{:.1} GiB are free", free as f64 / GIB as f64);
    if free < DISK_FAULT {
        Check::fault(NAME, format!("{sentence}; make room now, or writing will stop"))
    } else if free < DISK_WARNING {
        Check::warning(NAME, format!("{sentence}; make room soon"))
    } else {
        Check::ok(NAME, sentence)
    }
}

pub(super) fn font(settings: &Settings) -> Check {
    const NAME: &str = "chinese font";
    match TypstEngine::new(&settings.font_dirs) {
        Ok(_) => Check::ok(NAME, "found"),
        Err(PressError::NoFont { .. }) => Check::fault(
            NAME,
            "none was found, so no document can be printed; install one (on Debian: fonts-wqy-microhei)",
        ),
        Err(error) => Check::fault(NAME, said("the typesetter", &error)),
    }
}

/// The ring is there, and nobody else can read it.
pub(super) fn key_ring(data_dir: &Path) -> (Check, Option<KeyRing>) {
    const NAME: &str = "key ring";
    let folder = data_dir.join("keys");
    let ring = match KeyRing::load(&folder) {
        Ok(Some(ring)) => ring,
        Ok(None) => {
            let sentence = format!(
                "there is none in {}; put the copy that was kept apart there, or nothing sealed can be read",
                folder.display()
            );
            return (Check::fault(NAME, sentence), None);
        }
        Err(error) => return (Check::fault(NAME, said("it cannot be used", &error)), None),
    };
    let check = match open_to_others(&folder) {
        true => Check::warning(
            NAME,
            format!("others may enter its folder; run chmod 700 {}", folder.display()),
        ),
        false => Check::ok(
            NAME,
            format!(
                "{} field keys and {} index keys, readable by their owner alone",
                ring.field_key_ids().len(),
                ring.index_key_ids().len()
            ),
        ),
    };
    (check, Some(ring))
}

/// Whether others than the owner may read, write or enter it.
pub(super) fn open_to_others(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::metadata(path).is_ok_and(|metadata| metadata.permissions().mode() & 0o077 != 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::State;

    #[test]
    fn warns_before_the_disk_is_full() {
        for (free, state) in [
            (100 * GIB, State::Ok),
            (DISK_WARNING, State::Ok),
            (DISK_WARNING - 1, State::Warning),
            (DISK_FAULT - 1, State::Fault),
            (0, State::Fault),
        ] {
            assert_eq!(judge_space(free).state, state, "{free}");
        }
    }
}
