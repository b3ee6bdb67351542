//! Every command, found by walking the command line itself, so that a new one cannot be forgotten: what is typed wrong is said in a
//! sentence, ends with 2, and leaves nothing behind.

use clap::CommandFactory as _;
use tongban::commands::CommandLine;

use super::{Ended, ended, program};

/// Every command that can be run, word by word.
fn commands() -> Vec<Vec<String>> {
    fn walk(command: &clap::Command, words: &[String], found: &mut Vec<Vec<String>>) {
        for below in command.get_subcommands() {
            let mut words = words.to_vec();
            words.push(below.get_name().to_owned());
            if !below.is_subcommand_required_set() {
                found.push(words.clone());
            }
            walk(below, &words, found);
        }
    }
    let mut found = Vec::new();
    walk(&CommandLine::command(), &[], &mut found);
    found
}

/// Runs in an empty folder, which must be empty afterwards.
fn typed(words: &[&str]) -> Ended {
    let folder = tempfile::tempdir().unwrap();
    let mut command = program(words);
    command.current_dir(folder.path());
    let ended = ended(command);
    let left: Vec<_> = std::fs::read_dir(folder.path()).unwrap().collect();
    assert!(left.is_empty(), "{words:?} left {left:?}");
    ended
}

#[test]
fn every_command_refuses_a_word_it_does_not_know() {
    let commands = commands();
    assert!(commands.len() >= 23, "{commands:?}");
    for command in &commands {
        let mut words: Vec<&str> = command.iter().map(String::as_str).collect();
        words.push("--no-such-word");
        let ended = typed(&words);
        assert_eq!(ended.code, 2, "{words:?}: {ended:?}");
        assert!(ended.out.is_empty(), "{words:?}: {ended:?}");
        assert!(
            ended
                .aside
                .starts_with("error: unexpected argument '--no-such-word' found"),
            "{words:?}: {ended:?}"
        );
        assert!(ended.aside.contains("Usage: tongban "), "{words:?}: {ended:?}");
    }
}

#[test]
fn every_command_explains_itself() {
    for command in commands() {
        let mut words: Vec<&str> = command.iter().map(String::as_str).collect();
        words.push("--help");
        let ended = typed(&words);
        assert_eq!(ended.code, 0, "{words:?}: {ended:?}");
        assert!(ended.out.contains("Usage: tongban "), "{words:?}: {ended:?}");
    }
}

#[test]
fn what_is_no_command_is_told() {
    let ended = typed(&["backups"]);
    assert_eq!(ended.code, 2);
    assert!(
        ended.aside.contains("unrecognized subcommand 'backups'"),
        "{ended:?}"
    );
    assert!(
        ended.aside.contains("'backup'"),
        "it guesses what was meant: {ended:?}"
    );
    let ended = typed(&[]);
    assert_eq!(ended.code, 2);
    assert!(ended.aside.contains("Usage: tongban <COMMAND>"), "{ended:?}");
}

/// A command that reads settings says which file or which setting is wrong, and does nothing.
#[test]
fn settings_that_cannot_be_read_stop_every_command_that_reads_them() {
    let folder = tempfile::tempdir().unwrap();
    let wrong = folder.path().join("wrong.toml");
    std::fs::write(&wrong, "data_dri = \"/srv/tongban\"\n").unwrap();
    let missing = folder.path().join("none.toml");
    for command in [
        vec!["serve"],
        vec!["migrate"],
        vec!["backup", "--to", "backup.tar"],
        vec!["doctor"],
        vec!["keys", "status"],
        vec!["staff", "list"],
        vec!["audit", "verify"],
        vec!["audit", "checkpoint"],
        vec!["import", "regions", "regions.csv"],
    ] {
        for (file, words) in [(&wrong, "data_dri"), (&missing, "is not there")] {
            let mut typed_words = command.clone();
            typed_words.extend(["--config", file.to_str().unwrap()]);
            let ended = typed(&typed_words);
            assert_eq!(ended.code, 2, "{typed_words:?}: {ended:?}");
            assert!(ended.aside.contains(words), "{typed_words:?}: {ended:?}");
        }
    }
}
