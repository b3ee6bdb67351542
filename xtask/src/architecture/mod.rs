//! `cargo xtask architecture`: the rules of the house that a program can hold.
//!
//! ARCHITECTURE.md prints the rooms in building order, and this module compares that with what cargo knows and with the
//! sources. What `deny.toml` says of bans, licences and sources is held here too, so that it holds where cargo-deny is absent. A finding
//! names the place and the rule. Warnings are printed and do not fail.

mod licences;
mod rooms;
mod sentences;
mod sources;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::tools;

/// What was found: rules that are broken, and things to look at.
#[derive(Debug, Default, PartialEq)]
pub struct Findings {
    /// Each fails the check.
    pub errors: Vec<String>,
    /// Printed only.
    pub warnings: Vec<String>,
}

/// Checks the repository, prints the findings, and fails when a rule is broken.
pub fn run(arguments: &[String]) -> Result<()> {
    if let Some(unknown) = arguments.first() {
        bail!("architecture takes no arguments, not {unknown}");
    }
    let (findings, rooms) = inspect()?;
    for warning in &findings.warnings {
        println!("warning: {warning}");
    }
    for error in &findings.errors {
        println!("error: {error}");
    }
    if !findings.errors.is_empty() {
        bail!("{} rules of ARCHITECTURE.md are broken", findings.errors.len());
    }
    println!("{rooms} rooms stand in order");
    Ok(())
}

/// The findings, and how many rooms there are.
fn inspect() -> Result<(Findings, usize)> {
    let root = tools::root();
    let read = |name: &str| fs::read_to_string(root.join(name)).with_context(|| format!("reading {name}"));
    let order = rooms::parse_order(&read("ARCHITECTURE.md")?)?;
    let packages = rooms::packages(&tools::metadata()?, &root)?;

    let mut findings = Findings::default();
    findings.errors.extend(rooms::check_order(&order, &packages));
    findings.errors.extend(rooms::check_faces(&packages));
    let lock = read("Cargo.lock")?;
    findings.errors.extend(rooms::check_lock(&lock));
    findings.errors.extend(licences::check_sources(&lock));
    let deny = read("deny.toml")?;
    let allowed = licences::allowed(&deny)?;
    let exceptions = licences::exceptions(&deny);
    findings.errors.extend(licences::check_licences(
        &tools::all_packages()?,
        &allowed,
        &exceptions,
    )?);
    let mut codes = BTreeMap::new();
    for package in packages.iter().filter(|package| package.is_room()) {
        codes.extend(inspect_room(&root, package, &mut findings)?);
    }
    for language in ["zh-CN", "en"] {
        let texts = texts(&root.join("locales").join(language))?;
        let keys = sentences::keys(texts.iter().map(String::as_str));
        findings.errors.extend(sentences::check(&codes, language, &keys));
    }
    Ok((findings, order.len()))
}

/// The texts of one language.
fn texts(folder: &Path) -> Result<Vec<String>> {
    let entries = fs::read_dir(folder).with_context(|| format!("listing {}", folder.display()))?;
    entries
        .map(|entry| {
            let path = entry?.path();
            fs::read_to_string(&path).with_context(|| format!("reading {}", path.display()))
        })
        .collect()
}

/// Answers the codes of what the room refuses, each with the file that names it.
fn inspect_room(
    root: &Path,
    package: &rooms::Package,
    findings: &mut Findings,
) -> Result<BTreeMap<String, String>> {
    let folder = root.join(&package.folder);
    findings
        .errors
        .extend(rooms::check_folder(&folder, &package.folder));
    let files = sources::read(root, &folder)?;
    findings.errors.extend(
        files
            .iter()
            .flat_map(|file| sources::check_file(package.room(), file)),
    );
    findings
        .errors
        .extend(sources::check_room_length(&package.folder, &files));
    findings
        .warnings
        .extend(files.iter().filter_map(sources::check_file_length));
    Ok(sentences::codes(&files))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_house_stands_as_architecture_md_prints_it() {
        let (findings, _) = inspect().unwrap();
        assert!(findings.errors.is_empty(), "{:#?}", findings.errors);
    }
}
