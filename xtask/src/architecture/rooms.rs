//! Rooms, their order, and who may use whom.

use std::path::Path;

use anyhow::{Context, Result, bail};
use serde_json::Value;

/// The language tag of the fenced block in ARCHITECTURE.md that lists the rooms.
const FENCE: &str = "```rooms";

/// The room that only tests may use.
const TEST_ROOM: &str = "testkit";

/// The wing that knows HTTP and no database.
const FACES: &str = "crates/faces/";

/// What a face must not depend on.
const DATABASE_CRATES: [&str; 4] = ["sea-orm", "sea-orm-migration", "sea-query", "sqlx"];

/// Crates that must not come in, not even through another crate. `deny.toml` says why.
const BANNED: [&str; 3] = ["openssl", "openssl-sys", "native-tls"];

/// One line of the printed order.
#[derive(Debug, Clone, PartialEq)]
pub struct Room {
    /// The folder below `crates/`; `-` for a room that stands there by itself.
    pub wing: String,
    /// The name without `tongban-`.
    pub name: String,
}

/// A package of the workspace.
#[derive(Debug, Clone, PartialEq)]
pub struct Package {
    /// As cargo knows it, for example `tongban-cases`.
    pub name: String,
    /// Relative to the repository's root, with `/` between its parts.
    pub folder: String,
    /// Everything that its manifest names.
    pub dependencies: Vec<Dependency>,
}

/// A line in a package's manifest.
#[derive(Debug, Clone, PartialEq)]
pub struct Dependency {
    /// The package it names.
    pub name: String,
    /// True for `[dev-dependencies]`.
    pub only_tests: bool,
}

impl Package {
    /// True for everything below `crates/`.
    pub fn is_room(&self) -> bool {
        self.folder.starts_with("crates/")
    }

    /// The name without `tongban-`.
    pub fn room(&self) -> &str {
        room_name(&self.name).unwrap_or(&self.name)
    }
}

/// `cases` for `tongban-cases`, `tongban` for the binary, nothing for the packages of others.
fn room_name(package: &str) -> Option<&str> {
    if package == "tongban" {
        Some(package)
    } else {
        package.strip_prefix("tongban-")
    }
}

/// Reads the block that lists the rooms: each line is wing, name, and words for the reader.
pub fn parse_order(markdown: &str) -> Result<Vec<Room>> {
    let mut lines = markdown.lines().skip_while(|line| line.trim() != FENCE);
    if lines.next().is_none() {
        bail!("ARCHITECTURE.md has no block that starts with {FENCE}");
    }
    let mut order: Vec<Room> = Vec::new();
    for line in lines.take_while(|line| line.trim() != "```") {
        let mut words = line.split_whitespace();
        let (Some(wing), Some(name)) = (words.next(), words.next()) else {
            continue;
        };
        if order.iter().any(|room| room.name == name) {
            bail!("ARCHITECTURE.md lists the room {name} twice");
        }
        order.push(Room {
            wing: wing.to_owned(),
            name: name.to_owned(),
        });
    }
    if order.is_empty() {
        bail!("the block {FENCE} of ARCHITECTURE.md is empty");
    }
    Ok(order)
}

/// Reads the packages out of what `cargo metadata` printed.
pub fn packages(metadata: &Value, root: &Path) -> Result<Vec<Package>> {
    let list = metadata
        .get("packages")
        .and_then(Value::as_array)
        .context("cargo metadata lists no packages")?;
    list.iter().map(|package| read_package(package, root)).collect()
}

fn read_package(package: &Value, root: &Path) -> Result<Package> {
    let text = |value: &Value, key: &str| value.get(key).and_then(Value::as_str).map(str::to_owned);
    let name = text(package, "name").context("cargo metadata lists a package without a name")?;
    let manifest = text(package, "manifest_path").with_context(|| format!("{name} has no manifest"))?;
    let folder = Path::new(&manifest).parent().unwrap_or(root);
    let folder = folder
        .strip_prefix(root)
        .unwrap_or(folder)
        .to_string_lossy()
        .replace('\\', "/");
    let dependencies = package
        .get("dependencies")
        .and_then(Value::as_array)
        .map(Vec::as_slice)
        .unwrap_or_default();
    let dependencies = dependencies
        .iter()
        .filter_map(|dependency| {
            let only_tests = text(dependency, "kind").as_deref() == Some("dev");
            Some(Dependency {
                name: text(dependency, "name")?,
                only_tests,
            })
        })
        .collect();
    Ok(Package {
        name,
        folder,
        dependencies,
    })
}

/// The workspace holds exactly the printed rooms, where they are printed, and each uses only rooms printed earlier.
pub fn check_order(order: &[Room], packages: &[Package]) -> Vec<String> {
    let mut errors = Vec::new();
    let place = |name: &str| order.iter().position(|room| room.name == name);
    for room in order {
        if !packages
            .iter()
            .any(|package| package.is_room() && package.room() == room.name)
        {
            errors.push(format!(
                "ARCHITECTURE.md prints the room {}, and there is no such crate",
                room.name
            ));
        }
    }
    for package in packages.iter().filter(|package| package.is_room()) {
        let name = package.room();
        let Some(own_place) = place(name) else {
            errors.push(format!(
                "{}: ARCHITECTURE.md does not print the room {name}",
                package.folder
            ));
            continue;
        };
        if let Some(room) = order.get(own_place) {
            let wing = if room.wing == "-" {
                String::new()
            } else {
                format!("{}/", room.wing)
            };
            let printed = format!("crates/{wing}{name}");
            if printed != package.folder {
                errors.push(format!(
                    "{}: ARCHITECTURE.md prints it as {printed}",
                    package.folder
                ));
            }
        }
        for dependency in &package.dependencies {
            errors.extend(check_use(package, own_place, dependency, &place));
        }
    }
    errors
}

fn check_use(
    package: &Package,
    own_place: usize,
    dependency: &Dependency,
    place: &dyn Fn(&str) -> Option<usize>,
) -> Option<String> {
    let used = room_name(&dependency.name)?;
    let folder = &package.folder;
    if used == TEST_ROOM {
        let fine = dependency.only_tests;
        return (!fine).then(|| format!("{folder}: {TEST_ROOM} belongs under [dev-dependencies]"));
    }
    match place(used) {
        // Features of a room's own tests may name the room itself.
        Some(other) if other < own_place || (other == own_place && dependency.only_tests) => None,
        _ => Some(format!(
            "{folder}: uses {used}, which is not printed earlier; tell it by an event instead"
        )),
    }
}

/// Faces know HTTP and use cases; the database is behind the rooms.
pub fn check_faces(packages: &[Package]) -> Vec<String> {
    let faces = packages
        .iter()
        .filter(|package| package.folder.starts_with(FACES));
    faces
        .flat_map(|package| {
            package
                .dependencies
                .iter()
                .map(move |dependency| (package, dependency))
        })
        .filter(|(_, dependency)| DATABASE_CRATES.contains(&dependency.name.as_str()))
        .map(|(package, dependency)| {
            format!(
                "{}: a face must not depend on {}",
                package.folder, dependency.name
            )
        })
        .collect()
}

/// Nothing in the lock file is banned.
pub fn check_lock(lock: &str) -> Vec<String> {
    let names = lock
        .lines()
        .filter_map(|line| line.strip_prefix("name = \"")?.strip_suffix('"'));
    names
        .filter(|name| BANNED.contains(name))
        .map(|name| format!("Cargo.lock: {name} is banned, deny.toml says why"))
        .collect()
}

/// Every room says what it is, and links its integration tests once.
pub fn check_folder(folder: &Path, shown: &str) -> Vec<String> {
    let mut errors = Vec::new();
    if !folder.join("README.md").is_file() {
        errors.push(format!(
            "{shown}: has no README.md (purpose, tables, states, events, jobs, invariants)"
        ));
    }
    let tests = std::fs::read_dir(folder.join("tests"))
        .into_iter()
        .flatten()
        .flatten();
    for entry in tests.filter(|entry| entry.path().extension().is_some_and(|ending| ending == "rs")) {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        errors.push(format!(
            "{shown}/tests/{name}: one test binary per room, tests/it/main.rs: each one links again"
        ));
    }
    errors
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const PRINTED: &str = "# Map\n```rooms\nground  codes    numbers\nground  store    the database\n\nground  testkit  \
                           tests\nfaces   portal   pages\n-       tongban  the binary\n```\nmore";

    fn package(name: &str, folder: &str, uses: &[&str]) -> Package {
        let dependencies = uses
            .iter()
            .map(|used| match used.strip_prefix("dev:") {
                Some(name) => Dependency {
                    name: name.to_owned(),
                    only_tests: true,
                },
                None => Dependency {
                    name: (*used).to_owned(),
                    only_tests: false,
                },
            })
            .collect();
        Package {
            name: name.to_owned(),
            folder: folder.to_owned(),
            dependencies,
        }
    }

    fn house() -> Vec<Package> {
        vec![
            package("tongban-codes", "crates/ground/codes", &["serde"]),
            package(
                "tongban-store",
                "crates/ground/store",
                &["tongban-codes", "sea-orm", "dev:tongban-testkit"],
            ),
            package("tongban-testkit", "crates/ground/testkit", &["tongban-store"]),
            package(
                "tongban-portal",
                "crates/faces/portal",
                &["tongban-store", "axum"],
            ),
            package("tongban", "crates/tongban", &["tongban-portal", "tongban-codes"]),
            package("xtask", "xtask", &["anyhow"]),
        ]
    }

    fn order() -> Vec<Room> {
        parse_order(PRINTED).unwrap()
    }

    #[test]
    fn the_printed_order_is_read() {
        let names: Vec<String> = order().into_iter().map(|room| room.name).collect();
        assert_eq!(names, ["codes", "store", "testkit", "portal", "tongban"]);
        assert!(parse_order("no block").is_err());
        assert!(parse_order("```rooms\n```").is_err());
        assert!(parse_order("```rooms\na b\na b\n```").is_err());
    }

    #[test]
    fn a_house_in_order_has_no_findings() {
        assert_eq!(check_order(&order(), &house()), Vec::<String>::new());
        assert_eq!(check_faces(&house()), Vec::<String>::new());
    }

    #[test]
    fn a_room_that_uses_a_later_one_is_found() {
        let mut house = house();
        house[0] = package("tongban-codes", "crates/ground/codes", &["tongban-portal"]);
        let errors = check_order(&order(), &house);
        assert_eq!(errors.len(), 1, "{errors:?}");
        assert!(errors[0].contains("uses portal"), "{errors:?}");
    }

    #[test]
    fn tests_may_not_use_a_later_room_either() {
        let mut house = house();
        house[0] = package("tongban-codes", "crates/ground/codes", &["dev:tongban-portal"]);
        assert_eq!(check_order(&order(), &house).len(), 1);
        house[0] = package("tongban-codes", "crates/ground/codes", &["dev:tongban-codes"]);
        assert_eq!(check_order(&order(), &house).len(), 0);
    }

    #[test]
    fn testkit_is_for_tests() {
        let mut house = house();
        house[3] = package("tongban-portal", "crates/faces/portal", &["tongban-testkit"]);
        assert!(check_order(&order(), &house)[0].contains("dev-dependencies"));
    }

    #[test]
    fn rooms_unprinted_absent_or_elsewhere_are_found() {
        let mut house = house();
        house.remove(1);
        house.push(package("tongban-hall", "crates/window/hall", &[]));
        house[2].folder = "crates/window/portal".to_owned();
        let errors = check_order(&order(), &house).join("\n");
        assert!(errors.contains("prints the room store"), "{errors}");
        assert!(errors.contains("does not print the room hall"), "{errors}");
        assert!(errors.contains("prints it as crates/faces/portal"), "{errors}");
    }

    #[test]
    fn a_face_with_a_database_is_found() {
        let mut house = house();
        house[3] = package("tongban-portal", "crates/faces/portal", &["sea-orm"]);
        assert_eq!(
            check_faces(&house),
            ["crates/faces/portal: a face must not depend on sea-orm"]
        );
    }

    #[test]
    fn banned_crates_are_found_in_the_lock_file() {
        assert_eq!(
            check_lock("[[package]]\nname = \"openssl-probe\"\n"),
            Vec::<String>::new()
        );
        assert_eq!(
            check_lock("[[package]]\nname = \"openssl-sys\"\nversion = \"1\"\n").len(),
            1
        );
    }

    #[test]
    fn metadata_is_read() {
        let metadata = json!({"packages": [{
            "name": "tongban-store", "manifest_path": "/house/crates/ground/store/Cargo.toml",
            "dependencies": [
                {"name": "tongban-codes", "kind": null},
                {"name": "tongban-testkit", "kind": "dev"},
            ],
        }]});
        let read = packages(&metadata, Path::new("/house")).unwrap();
        let expected = package(
            "tongban-store",
            "crates/ground/store",
            &["tongban-codes", "dev:tongban-testkit"],
        );
        assert_eq!(read, [expected]);
    }
}
