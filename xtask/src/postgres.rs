//! A throwaway PostgreSQL for the tests: its own cluster in a temporary folder, on loopback, gone afterwards.
//!
//! The server is held by a small shell that waits on a pipe from this process. When this process ends, in whatever way,
//! the pipe closes, and the shell stops the server and removes the folder. So an interrupted run leaves nothing behind.

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::{DirBuilderExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::tools;

/// Where the tests find the server: `postgres://USER@HOST:PORT`, without a database name.
pub const VARIABLE: &str = "TONGBAN_TEST_POSTGRES";

/// Users that may own the server when this process is root, since PostgreSQL refuses to run as root.
const OWNERS: [&str; 2] = ["postgres", "nobody"];

/// Longest wait for a server that starts.
const START_LIMIT: Duration = Duration::from_secs(60);

/// For tests: nothing has to outlive the run, so nothing waits for the disk.
const FAST: &str = "-F -c synchronous_commit=off -c full_page_writes=off -c max_connections=200";
/// For figures: as it is delivered, each commit on the disk before its answer.
const DURABLE: &str = "-c max_connections=100";

/// Arguments: folder of programs, data folder, port, log file, folder to remove, options.
/// The last parent stays in the way of signals meant for the whole terminal, so that it can still clean up.
const KEEPER: &str = r#"
trap '' INT TERM HUP
"$1/postgres" -D "$2" -p "$3" -h 127.0.0.1 -k '' $6 </dev/null >"$4" 2>&1 &
server=$!
read -r _
kill -INT "$server"
wait "$server"
rm -rf -- "$5"
"#;

/// `cargo xtask with-postgres COMMAND…`
pub fn run(arguments: &[String]) -> Result<()> {
    let words: Vec<&String> = arguments.iter().skip_while(|word| *word == "--").collect();
    let Some((program, rest)) = words.split_first() else {
        bail!(
            "say which command to run, for example: cargo xtask with-postgres cargo nextest run -p tongban-store"
        );
    };
    let cluster = Cluster::start()?;
    println!("{VARIABLE}={}", cluster.url());
    let mut command = Command::new(program);
    command.args(rest).env(VARIABLE, cluster.url());
    tools::as_typed(&mut command);
    tools::run(&mut command)
}

/// The folder that holds `initdb` and `postgres`, the newest where there are several.
pub fn programs() -> Option<PathBuf> {
    let holds_both = |folder: &Path| folder.join("initdb").is_file() && folder.join("postgres").is_file();
    // Debian keeps the server programs of each version off the search path.
    let versions = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten();
    let mut folders: Vec<(u32, PathBuf)> = versions
        .filter_map(|entry| {
            Some((
                entry.file_name().to_str()?.parse().ok()?,
                entry.path().join("bin"),
            ))
        })
        .filter(|(_, folder)| holds_both(folder))
        .collect();
    folders.sort();
    if let Some((_, newest)) = folders.pop() {
        return Some(newest);
    }
    let on_path = tools::find_program("postgres")?;
    let folder = fs::canonicalize(on_path).ok()?.parent()?.to_path_buf();
    holds_both(&folder).then_some(folder)
}

/// A running server, stopped and removed when this value is dropped.
pub struct Cluster {
    url: String,
    keeper: Option<Child>,
}

impl Cluster {
    /// The server that the person already named in `TONGBAN_TEST_POSTGRES`, or a new one.
    pub fn given_or_started() -> Result<Self> {
        match std::env::var(VARIABLE) {
            Ok(url) if !url.is_empty() => Ok(Self { url, keeper: None }),
            _ => Self::start(),
        }
    }

    /// Starts a new server on a free port of loopback and waits until it answers. It does not wait for the disk.
    pub fn start() -> Result<Self> {
        Self::start_with(FAST)
    }

    /// The same with every commit on the disk before its answer.
    pub fn start_durable() -> Result<Self> {
        Self::start_with(DURABLE)
    }

    fn start_with(options: &str) -> Result<Self> {
        tools::ensure(&[tools::POSTGRESQL])?;
        let programs = programs().context("PostgreSQL's server programs are missing")?;
        let owner = owner()?;
        let folder = std::env::temp_dir().join(format!("tongban-postgres-{}", std::process::id()));
        fs::DirBuilder::new()
            .mode(0o700)
            .create(&folder)
            .with_context(|| format!("making {}", folder.display()))?;
        if let Some((user, group)) = owner {
            chown(&folder, Some(user), Some(group))
                .with_context(|| format!("giving away {}", folder.display()))?;
        }
        let started = start_in(&folder, &programs, owner, options);
        if started.is_err() {
            // Nothing runs, or the keeper is removing the folder already: either way only the folder can be left.
            let _ = fs::remove_dir_all(&folder);
        }
        started
    }

    /// The server's address, as the tests want it.
    pub fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if let Some(mut keeper) = self.keeper.take() {
            drop(keeper.stdin.take());
            if let Err(error) = keeper.wait() {
                eprintln!("xtask: PostgreSQL could not be awaited: {error}");
            }
        }
    }
}

fn start_in(folder: &Path, programs: &Path, owner: Option<(u32, u32)>, options: &str) -> Result<Cluster> {
    let data = folder.join("data");
    let log = folder.join("server.log");

    let mut create = Command::new(programs.join("initdb"));
    create.arg("-D").arg(&data);
    create.args([
        "--username=postgres",
        "--auth=trust",
        "--encoding=UTF8",
        "--locale=C",
    ]);
    create.args(["--no-sync", "--no-instructions"]);
    let created = as_owner(&mut create, owner, folder)
        .stdin(Stdio::null())
        .output()
        .context("starting initdb")?;
    if !created.status.success() {
        bail!(
            "initdb failed: {}",
            String::from_utf8_lossy(&created.stderr).trim()
        );
    }

    let port = free_port()?;
    let mut keep = Command::new("sh");
    keep.args(["-c", KEEPER, "keep-postgres"])
        .arg(programs)
        .arg(&data)
        .arg(port.to_string());
    keep.arg(&log).arg(folder).arg(options);
    let keeper = as_owner(&mut keep, owner, folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .context("starting PostgreSQL")?;
    // From here on dropping the value stops the server.
    let cluster = Cluster {
        url: format!("postgres://postgres@127.0.0.1:{port}"),
        keeper: Some(keeper),
    };
    wait_until_ready(&data, &log)?;
    Ok(cluster)
}

fn as_owner<'a>(command: &'a mut Command, owner: Option<(u32, u32)>, folder: &Path) -> &'a mut Command {
    // The owner may not be able to enter the folder that this process stands in.
    command.current_dir(folder);
    if let Some((user, group)) = owner {
        command.uid(user).gid(group);
    }
    command
}

/// Who owns the server: nobody else (`None`) unless this process is root.
fn owner() -> Result<Option<(u32, u32)>> {
    if !tools::is_root() {
        return Ok(None);
    }
    let number = |flag: &str, name: &str| tools::output_of("id", &[flag, name])?.parse::<u32>().ok();
    let found = OWNERS
        .iter()
        .find_map(|name| Some((number("-u", name)?, number("-g", name)?)));
    found
        .map(Some)
        .context("PostgreSQL refuses to run as root, and there is no user called postgres or nobody")
}

fn free_port() -> Result<u16> {
    let listener = TcpListener::bind("127.0.0.1:0").context("looking for a free port")?;
    Ok(listener.local_addr().context("reading the free port")?.port())
}

/// The server writes its state into the eighth line of its pid file.
fn says_ready(pid_file: &str) -> bool {
    pid_file
        .lines()
        .nth(7)
        .is_some_and(|state| state.trim() == "ready")
}

#[expect(
    clippy::disallowed_methods,
    reason = "polls a file that another program writes"
)]
fn wait_until_ready(data: &Path, log: &Path) -> Result<()> {
    let started = Instant::now();
    while started.elapsed() < START_LIMIT {
        if fs::read_to_string(data.join("postmaster.pid")).is_ok_and(|text| says_ready(&text)) {
            return Ok(());
        }
        let said = fs::read_to_string(log).unwrap_or_default();
        if said.contains("FATAL:") {
            bail!("PostgreSQL did not start: {}", said.trim());
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    bail!(
        "PostgreSQL did not start within {} seconds",
        START_LIMIT.as_secs()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pid_file_tells_when_the_server_answers() {
        let starting = "123\n/data\n1700000000\n5432\n\n127.0.0.1\n  1  2\nstarting\n";
        let ready = "123\n/data\n1700000000\n5432\n\n127.0.0.1\n  1  2\nready   \n";
        assert!(!says_ready(""));
        assert!(!says_ready(starting));
        assert!(says_ready(ready));
    }

    #[test]
    fn a_free_port_can_be_bound() {
        let port = free_port().unwrap();
        TcpListener::bind(("127.0.0.1", port)).unwrap();
    }

    #[test]
    fn no_command_is_refused_before_anything_starts() {
        assert!(run(&[]).is_err());
        assert!(run(&["--".to_owned()]).is_err());
    }
}
