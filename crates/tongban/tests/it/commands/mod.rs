//! The command line as an IT team runs it: every command here is started as a program, and judged by what it says, by its exit
//! code, and by what lies in the folder afterwards.

mod demo;
mod doctor;
mod import;
mod keeping;
mod keys;
mod log;
mod migrate;
mod staff;
mod words;

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use sea_orm_migration::sea_orm::{ConnectionTrait, Database, Statement};
use tempfile::TempDir;

const REGIONS: &str = "code,name\n519900000000,示范市\n519921000000,示范市一县\n";
const ORGANISATIONS: &str = "code,name,region_code\n11519921MB28559184,一县市场监督管理局,519921000000\n";

/// How a run of the program ended.
#[derive(Debug)]
struct Ended {
    code: i32,
    /// What it printed.
    out: String,
    /// What it said beside that: log lines, and why it could not.
    aside: String,
}

impl Ended {
    fn said(&self) -> String {
        format!("{}{}", self.out, self.aside)
    }
}

fn program(words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tongban"));
    command
        .args(words)
        .env("RUST_LOG", "error")
        .env("TONGBAN_LISTEN", "127.0.0.1:0");
    command
}

/// Runs the program to its end. A panic or a signal is none of the ways in which it may end.
fn ended(mut command: Command) -> Ended {
    let output = command.output().unwrap();
    let ended = Ended {
        code: output.status.code().expect("it ends by itself"),
        out: String::from_utf8(output.stdout).unwrap(),
        aside: String::from_utf8(output.stderr).unwrap(),
    };
    assert!(matches!(ended.code, 0..=2), "{ended:?}");
    ended
}

fn tongban(data: &Path, words: &[&str]) -> Ended {
    let mut command = program(words);
    command.arg("--data-dir").arg(data);
    ended(command)
}

/// Ends well; answers what it printed.
fn runs(data: &Path, words: &[&str]) -> String {
    let ended = tongban(data, words);
    assert_eq!(ended.code, 0, "{words:?}: {ended:?}");
    ended.out
}

/// Could not do it, and says why on standard error.
fn refuses(data: &Path, words: &[&str]) -> String {
    let ended = tongban(data, words);
    assert_eq!(ended.code, 2, "{words:?}: {ended:?}");
    assert!(ended.aside.starts_with("tongban: "), "{words:?}: {ended:?}");
    ended.aside
}

/// A folder with one county and one office: its data lie in `data`.
fn county() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (list, text) in [("regions", REGIONS), ("organisations", ORGANISATIONS)] {
        let file = written(&folder, &format!("{list}.csv"), text);
        runs(&data(&folder), &["import", list, &file]);
    }
    folder
}

fn data(folder: &TempDir) -> PathBuf {
    folder.path().join("data")
}

/// A file beside the data; answers its path.
fn written(folder: &TempDir, name: &str, content: impl AsRef<[u8]>) -> String {
    let file = folder.path().join(name);
    fs::write(&file, content).unwrap();
    shown(&file)
}

fn shown(path: &Path) -> String {
    path.to_str().unwrap().to_owned()
}

/// The address of the database of an installation.
fn database(data: &Path) -> String {
    format!("sqlite:{}", data.join("tongban.db").display())
}

/// Changes the database behind the program's back; answers how many rows that touched.
async fn tamper(data: &Path, sql: &str) -> u64 {
    let connection = Database::connect(database(data)).await.unwrap();
    let done = connection.execute_unprepared(sql).await.unwrap();
    connection.close().await.unwrap();
    done.rows_affected()
}

/// One number out of the database.
async fn number(data: &Path, sql: &str) -> i64 {
    let connection = Database::connect(database(data)).await.unwrap();
    let statement = Statement::from_string(connection.get_database_backend(), sql);
    let row = connection.query_one_raw(statement).await.unwrap().unwrap();
    let number = row.try_get_by_index(0).unwrap();
    connection.close().await.unwrap();
    number
}

/// Everything below a folder by its path, with its size.
fn inventory(folder: &Path) -> Vec<(String, u64)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(inventory(&path));
        } else {
            found.push((shown(&path), fs::metadata(&path).unwrap().len()));
        }
    }
    found.sort();
    found
}
