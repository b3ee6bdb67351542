//! What the sources of a room may say.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

/// More lines than this in one file ask for a second look.
const FILE_LINES: usize = 700;

/// A room with more lines than this is two rooms.
const ROOM_LINES: usize = 12_000;

/// Rooms whose work is the database itself.
const DATABASE_ROOMS: [&str; 2] = ["store", "testkit"];

/// Rooms that talk to a person at a terminal.
const TALKING_ROOMS: [&str; 2] = ["testkit", "tongban"];

/// Names of the database layer.
const DATABASE_NAMES: [&str; 3] = ["sea_orm", "sea_query", "sqlx"];

/// Macros that write to the terminal.
const PRINTING: [&str; 5] = ["println!", "print!", "eprintln!", "eprint!", "dbg!"];

/// The database's clock, which differs from ours and between the two databases.
const DATABASE_CLOCKS: [&str; 2] = ["current_timestamp", "current_date"];

/// One Rust source.
#[derive(Debug)]
pub struct SourceFile {
    /// Relative to the repository's root.
    pub shown: String,
    /// Relative to the room.
    pub path: String,
    /// The whole text.
    pub text: String,
}

/// All Rust sources of a room, tests included, sorted by path.
pub fn read(root: &Path, room: &Path) -> Result<Vec<SourceFile>> {
    let mut files = Vec::new();
    read_below(root, room, room, &mut files)?;
    files.sort_by(|left, right| left.path.cmp(&right.path));
    Ok(files)
}

fn read_below(root: &Path, room: &Path, folder: &Path, files: &mut Vec<SourceFile>) -> Result<()> {
    let entries = fs::read_dir(folder).with_context(|| format!("listing {}", folder.display()))?;
    for entry in entries {
        let path = entry
            .with_context(|| format!("listing {}", folder.display()))?
            .path();
        if path.is_dir() {
            read_below(root, room, &path, files)?;
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            let text = fs::read_to_string(&path).with_context(|| format!("reading {}", path.display()))?;
            let below = |base: &Path| {
                path.strip_prefix(base)
                    .unwrap_or(&path)
                    .to_string_lossy()
                    .replace('\\', "/")
            };
            files.push(SourceFile {
                shown: below(root),
                path: below(room),
                text,
            });
        }
    }
    Ok(())
}

/// Rules for one file of the room. Only `src/` is held to them, and there only what is not a test.
pub fn check_file(room: &str, file: &SourceFile) -> Vec<String> {
    if !file.path.starts_with("src/") {
        return Vec::new();
    }
    let mut errors = Vec::new();
    let may_name_database = DATABASE_ROOMS.contains(&room) || is_database_file(&file.path);
    let may_print = TALKING_ROOMS.contains(&room);
    for (number, line) in code_lines(&file.text) {
        let mut found = |what: String| errors.push(format!("{}:{number}: {what}", file.shown));
        if !may_name_database && let Some(name) = first_word(line, &DATABASE_NAMES) {
            found(format!("names {name}; only row.rs, query.rs and migrations do"));
        }
        if !may_print && let Some(name) = first_word(line, &PRINTING) {
            found(format!("{name} in a room; use tracing"));
        }
        let lower = line.to_lowercase();
        if let Some(name) = first_word(&lower, &DATABASE_CLOCKS) {
            found(format!("{name}: time is bound as a parameter from Tx::now"));
        }
    }
    errors
}

/// `row.rs`, `query.rs`, `migrations.rs`, and everything in a folder of one of these names.
fn is_database_file(path: &str) -> bool {
    path.split('/').any(|part| {
        matches!(
            part.strip_suffix(".rs").unwrap_or(part),
            "row" | "query" | "migrations"
        )
    })
}

/// The text up to the tests that close a file.
pub fn without_tests(text: &str) -> &str {
    let mut end = 0;
    let mut attribute = None;
    for line in text.split_inclusive('\n') {
        let trimmed = line.trim_end();
        if let Some(start) = attribute.take()
            && trimmed.starts_with("mod ")
            && trimmed.ends_with('{')
        {
            return &text[..start];
        }
        if trimmed.trim() == "#[cfg(test)]" {
            attribute = Some(end);
        }
        end += line.len();
    }
    text
}

/// Lines with their numbers, without whole-line comments and without the tests that close a file.
fn code_lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let numbered = without_tests(text).lines().enumerate();
    numbered
        .map(|(index, line)| (index + 1, line))
        .filter(|(_, line)| !line.trim().starts_with("//"))
}

/// The first of the names that stands in the line as a word of its own.
fn first_word<'a>(line: &str, names: &[&'a str]) -> Option<&'a str> {
    let is_part = |character: char| character.is_alphanumeric() || character == '_';
    names.iter().copied().find(|name| {
        line.match_indices(name).any(|(start, _)| {
            let before = line.get(..start).and_then(|text| text.chars().next_back());
            !before.is_some_and(is_part)
        })
    })
}

/// A file that grew long.
pub fn check_file_length(file: &SourceFile) -> Option<String> {
    let lines = file.text.lines().count();
    (lines > FILE_LINES).then(|| format!("{}: {lines} lines, more than {FILE_LINES}", file.shown))
}

/// A room that grew too large.
pub fn check_room_length(shown: &str, files: &[SourceFile]) -> Option<String> {
    let lines: usize = files.iter().map(|file| file.text.lines().count()).sum();
    (lines > ROOM_LINES).then(|| format!("{shown}: {lines} lines, more than {ROOM_LINES}: it is two rooms"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: &str, text: &str) -> SourceFile {
        SourceFile {
            shown: format!("room/{path}"),
            path: path.to_owned(),
            text: text.to_owned(),
        }
    }

    #[test]
    fn the_database_is_named_in_its_files_only() {
        let text = "use serde::Serialize;\nuse sea_orm::EntityTrait;\n";
        let errors = check_file("cases", &file("src/acceptance/accept.rs", text));
        assert_eq!(
            errors,
            ["room/src/acceptance/accept.rs:2: names sea_orm; only row.rs, query.rs and migrations do"]
        );
        for path in [
            "src/acceptance/row.rs",
            "src/query.rs",
            "src/migrations/mod.rs",
            "src/migrations.rs",
            "src/row/x.rs",
        ] {
            assert_eq!(
                check_file("cases", &file(path, text)),
                Vec::<String>::new(),
                "{path}"
            );
        }
        assert_eq!(
            check_file("store", &file("src/lib.rs", text)),
            Vec::<String>::new()
        );
        assert_eq!(
            check_file("cases", &file("tests/it/main.rs", text)),
            Vec::<String>::new()
        );
    }

    #[test]
    fn migration_crates_count_as_the_database() {
        assert_eq!(
            check_file(
                "cases",
                &file("src/lib.rs", "use sea_orm_migration::MigrationTrait;")
            )
            .len(),
            1
        );
        assert_eq!(
            check_file("cases", &file("src/lib.rs", "let not_sea_orm = 1;")).len(),
            0
        );
    }

    #[test]
    fn rooms_do_not_print() {
        let text = "// println! in a comment\n    println!(\"x\");\n";
        assert_eq!(
            check_file("cases", &file("src/lib.rs", text)),
            ["room/src/lib.rs:2: println! in a room; use tracing"]
        );
        assert_eq!(
            check_file("tongban", &file("src/main.rs", text)),
            Vec::<String>::new()
        );
    }

    #[test]
    fn tests_at_the_end_of_a_file_may_do_both() {
        let text =
            "fn a() {}\n#[cfg(test)]\nmod tests {\n    use sea_orm::Database;\n    fn b() { dbg!(1); }\n}\n";
        assert_eq!(
            check_file("cases", &file("src/lib.rs", text)),
            Vec::<String>::new()
        );
        let early = "#[cfg(test)]\nmod table_tests;\nuse sea_orm::Database;\n";
        assert_eq!(check_file("cases", &file("src/lib.rs", early)).len(), 1);
    }

    #[test]
    fn the_clock_of_the_database_is_not_used() {
        let errors = check_file(
            "cases",
            &file(
                "src/row.rs",
                "Expr::current_timestamp()\n\"SELECT CURRENT_TIMESTAMP\"",
            ),
        );
        assert_eq!(errors.len(), 2, "{errors:?}");
    }

    #[test]
    fn lengths_are_watched() {
        assert_eq!(
            check_file_length(&file("src/lib.rs", &"x\n".repeat(FILE_LINES))),
            None
        );
        let long = file("src/lib.rs", &"x\n".repeat(FILE_LINES + 1));
        assert!(check_file_length(&long).is_some());
        let files: Vec<SourceFile> = (0..20)
            .map(|_| file("src/lib.rs", &"x\n".repeat(FILE_LINES)))
            .collect();
        assert!(check_room_length("room", &files).is_some());
        assert_eq!(check_room_length("room", &files[..2]), None);
    }
}
