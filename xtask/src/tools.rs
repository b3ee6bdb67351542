//! Running programs, finding folders, and getting what is missing on the machine.

use std::env;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use serde_json::Value;

/// The root of the repository.
pub fn root() -> PathBuf {
    // Cargo names the folder at run time too, so that a binary from a shared build cache serves the checkout that
    // started it and not the one that built it.
    let manifest = env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
    let manifest = PathBuf::from(manifest);
    manifest
        .parent()
        .map_or_else(|| PathBuf::from("."), Path::to_path_buf)
}

/// True on a build machine (`CI` is set and not `false`).
pub fn on_ci() -> bool {
    env::var("CI").is_ok_and(|value| !value.is_empty() && value != "false")
}

/// A `cargo` command at the root of the repository.
pub fn cargo(subcommand: &[&str]) -> Command {
    let program = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(program);
    command.args(subcommand).current_dir(root());
    as_typed(&mut command);
    command
}

/// Takes away what `cargo run` tells this program about its own package. Build scripts of others look at the same names, and
/// would build their libraries anew each time a developer changes between `cargo` and `cargo xtask`.
pub fn as_typed(command: &mut Command) {
    for (name, _) in env::vars_os() {
        if name.to_str().is_some_and(is_of_this_package) {
            command.env_remove(name);
        }
    }
}

fn is_of_this_package(name: &str) -> bool {
    name.starts_with("CARGO_PKG_")
        || name.starts_with("CARGO_MANIFEST_")
        || matches!(
            name,
            "CARGO_CRATE_NAME" | "CARGO_BIN_NAME" | "CARGO_PRIMARY_PACKAGE"
        )
}

/// A `cargo` command that builds: on a build machine the lock file must already be right.
pub fn cargo_build(subcommand: &[&str]) -> Command {
    let mut command = cargo(subcommand);
    if on_ci() {
        command.arg("--locked");
    }
    command
}

/// What cargo says of this workspace, without its dependencies. Needs no network.
pub fn metadata() -> Result<Value> {
    read_metadata(cargo(&["metadata", "--no-deps", "--offline"]))
}

/// What cargo says of every package that a build on a machine like this one needs. Fetches those that are not there yet, as the
/// build would.
pub fn all_packages() -> Result<Value> {
    let host = output_of(env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()), &["-vV"])
        .and_then(|said| {
            Some(
                said.lines()
                    .find_map(|line| line.strip_prefix("host: "))?
                    .to_owned(),
            )
        })
        .context("rustc does not say on which machine it runs")?;
    read_metadata(cargo_build(&["metadata", "--filter-platform", &host]))
}

fn read_metadata(mut command: Command) -> Result<Value> {
    let output = command
        .args(["--format-version", "1"])
        .stderr(Stdio::inherit())
        .output()
        .context("running cargo metadata")?;
    if !output.status.success() {
        bail!("cargo metadata failed");
    }
    serde_json::from_slice(&output.stdout).context("reading what cargo metadata printed")
}

/// The folder that builds go to; honours `CARGO_TARGET_DIR` and cargo's configuration.
pub fn target_directory() -> Result<PathBuf> {
    let metadata = metadata()?;
    let folder = metadata.get("target_directory").and_then(Value::as_str);
    folder
        .map(PathBuf::from)
        .context("cargo metadata names no target directory")
}

/// Prints the command, runs it, and fails when it fails.
pub fn run(command: &mut Command) -> Result<()> {
    println!("$ {}", shown(command));
    let status = command
        .status()
        .with_context(|| format!("starting {}", shown(command)))?;
    if !status.success() {
        bail!("{} ended with {status}", shown(command));
    }
    Ok(())
}

/// Runs a command quietly and returns what it printed, or nothing when it is absent or fails.
pub fn output_of(program: impl AsRef<OsStr>, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .ok()?;
    let text = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    output.status.success().then_some(text)
}

fn shown(command: &Command) -> String {
    let mut words = vec![command.get_program().to_string_lossy().into_owned()];
    words.extend(command.get_args().map(|word| word.to_string_lossy().into_owned()));
    if let Some(first) = words.first_mut() {
        // A toolchain's full path says nothing to a reader.
        if let Some(name) = Path::new(first.as_str()).file_name() {
            *first = name.to_string_lossy().into_owned();
        }
    }
    words.join(" ")
}

/// The full path of a program on the search path.
pub fn find_program(name: &str) -> Option<PathBuf> {
    let folders = env::var_os("PATH")?;
    env::split_paths(&folders)
        .map(|folder| folder.join(name))
        .find(|candidate| candidate.is_file())
}

/// True when this process runs as root.
pub fn is_root() -> bool {
    output_of("id", &["-u"]).as_deref() == Some("0")
}

/// Something a command cannot do without, and the Debian packages that bring it.
pub struct Need {
    /// Said to the person when it cannot be installed here.
    pub what: &'static str,
    /// Package names, of Debian and Ubuntu.
    pub packages: &'static [&'static str],
    /// True when it is already on the machine.
    pub present: fn() -> bool,
}

/// PostgreSQL's server programs.
pub const POSTGRESQL: Need = Need {
    what: "PostgreSQL 15 or newer (server programs initdb and postgres)",
    packages: &["postgresql"],
    present: || crate::postgres::programs().is_some(),
};

/// A real browser for the walks.
pub const CHROMIUM: Need = Need {
    what: "Chromium (or set TONGBAN_CHROMIUM to a browser's path)",
    packages: &["chromium"],
    present: || crate::end_to_end::browser().is_some(),
};

/// What runs the walks.
pub const NODE: Need = Need {
    what: "Node.js 20 or newer",
    packages: &["nodejs"],
    present: || find_program("node").is_some(),
};

/// What installs the two packages that the walks use.
pub const NPM: Need = Need {
    what: "npm",
    packages: &["npm"],
    present: || find_program("npm").is_some(),
};

/// What runs a library of others in the walks.
pub const PYTHON: Need = Need {
    what: "Python 3.10 or newer with venv",
    packages: &["python3", "python3-venv"],
    present: || {
        find_program("python3").is_some()
            && output_of("python3", &["-c", "import ensurepip, venv; print('there')"]).as_deref()
                == Some("there")
    },
};

/// A font with Chinese characters, for documents and screenshots.
pub const CHINESE_FONT: Need = Need {
    what: "a font with Chinese characters (for example WenQuanYi Micro Hei or Noto Sans CJK)",
    packages: &["fonts-wqy-microhei"],
    present: crate::demo::has_chinese_font,
};

/// Counts the calls of a program that reach the disk.
pub const STRACE: Need = Need {
    what: "strace",
    packages: &["strace"],
    present: || find_program("strace").is_some(),
};

/// Makes sure that everything in the list is on the machine. Installs with `apt-get` as root, and otherwise ends with
/// one sentence that says what to install.
pub fn ensure(needs: &[Need]) -> Result<()> {
    let missing: Vec<&Need> = needs.iter().filter(|need| !(need.present)()).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let packages: Vec<&str> = missing
        .iter()
        .flat_map(|need| need.packages.iter().copied())
        .collect();
    if !is_root() || find_program("apt-get").is_none() {
        let what: Vec<&str> = missing.iter().map(|need| need.what).collect();
        bail!(
            "missing on this machine: {}.\nOn Debian or Ubuntu: sudo apt-get install {}",
            what.join("; "),
            packages.join(" ")
        );
    }
    println!("installing what is missing: {}", packages.join(" "));
    run(&mut apt_get(&["update", "-q"]))?;
    let mut install = vec!["install", "-q", "-y", "--no-install-recommends"];
    install.extend(&packages);
    run(&mut apt_get(&install))?;
    match missing.iter().find(|need| !(need.present)()) {
        Some(need) => bail!("{} is still missing after its packages were installed", need.what),
        None => Ok(()),
    }
}

fn apt_get(arguments: &[&str]) -> Command {
    let mut command = Command::new("apt-get");
    command
        .args(arguments)
        .env("DEBIAN_FRONTEND", "noninteractive")
        .stdin(Stdio::null());
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cargo_says_of_this_package_is_not_passed_on() {
        for name in ["CARGO_PKG_NAME", "CARGO_MANIFEST_DIR", "CARGO_BIN_NAME"] {
            assert!(is_of_this_package(name), "{name}");
        }
        for name in [
            "CARGO_HOME",
            "CARGO_TARGET_DIR",
            "CARGO_TERM_COLOR",
            "CARGO_NET_OFFLINE",
            "CARGO",
        ] {
            assert!(!is_of_this_package(name), "{name}");
        }
        // a test is run with these, as `cargo run` runs a program
        let mut command = Command::new("true");
        as_typed(&mut command);
        let removed = |name: &str| {
            command
                .get_envs()
                .any(|(key, value)| key == name && value.is_none())
        };
        assert!(removed("CARGO_PKG_NAME") && removed("CARGO_MANIFEST_DIR"));
    }

    #[test]
    fn the_root_holds_the_workspace_manifest() {
        let manifest = std::fs::read_to_string(root().join("Cargo.toml")).unwrap();
        assert!(manifest.contains("[workspace]"), "{manifest}");
    }

    #[test]
    fn a_command_is_shown_without_the_toolchain_path() {
        let mut command = Command::new("/some/toolchain/bin/cargo");
        command.args(["build", "--package", "tongban"]);
        assert_eq!(shown(&command), "cargo build --package tongban");
    }

    #[test]
    fn an_absent_program_is_no_output() {
        assert_eq!(output_of("no-such-program-anywhere", &[]), None);
        assert_eq!(find_program("no-such-program-anywhere"), None);
    }

    #[test]
    fn nothing_missing_installs_nothing() {
        ensure(&[Need {
            what: "nothing",
            packages: &["no-such-package"],
            present: || true,
        }])
        .unwrap();
    }
}
