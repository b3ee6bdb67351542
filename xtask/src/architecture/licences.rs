//! Where the packages come from and under which licences, as `deny.toml` allows them: held without cargo-deny.

use anyhow::{Context, Result, bail};
use serde_json::Value;

/// How the lock file names a package that comes from a registry. `[sources]` of `deny.toml` allows nothing else.
const REGISTRY: &str = "registry+";

/// The licences that `deny.toml` allows, read off the file so that there is one list.
pub fn allowed(deny: &str) -> Result<Vec<String>> {
    let lines = deny.lines().map(str::trim);
    let list: Vec<String> = lines
        .skip_while(|line| *line != "[licenses]")
        .skip_while(|line| *line != "allow = [")
        .skip(1)
        .take_while(|line| *line != "]")
        .filter_map(|line| {
            Some(
                line.trim_end_matches(',')
                    .strip_prefix('"')?
                    .strip_suffix('"')?
                    .to_owned(),
            )
        })
        .collect();
    if list.is_empty() {
        bail!("deny.toml has no list `allow` under [licenses]");
    }
    Ok(list)
}

/// The packages that may bear one more licence, with it: `exceptions` of `[licenses]`.
pub fn exceptions(deny: &str) -> Vec<(String, String)> {
    deny.lines()
        .map(str::trim)
        .skip_while(|line| *line != "[licenses]")
        .skip_while(|line| *line != "exceptions = [")
        .skip(1)
        .take_while(|line| *line != "]")
        .filter_map(|line| {
            let (_, rest) = line.split_once("allow = [\"")?;
            let (licence, rest) = rest.split_once("\"]")?;
            let (_, rest) = rest.split_once("crate = \"")?;
            let (name, _) = rest.split_once('"')?;
            Some((name.to_owned(), licence.to_owned()))
        })
        .collect()
}

/// Every package of the lock file comes from one registry, or is one of our own, which have no source.
pub fn check_sources(lock: &str) -> Vec<String> {
    let mut name = "";
    let mut registry = None;
    let mut errors = Vec::new();
    for line in lock.lines() {
        if let Some(found) = quoted(line, "name = ") {
            name = found;
        } else if let Some(source) = quoted(line, "source = ") {
            if !source.starts_with(REGISTRY) {
                errors.push(format!(
                    "Cargo.lock: {name} comes from {source}; only the registry is allowed"
                ));
            } else if *registry.get_or_insert(source) != source {
                errors.push(format!(
                    "Cargo.lock: {name} comes from {source}, a second registry"
                ));
            }
        }
    }
    errors
}

fn quoted<'line>(line: &'line str, key: &str) -> Option<&'line str> {
    line.strip_prefix(key)?.strip_prefix('"')?.strip_suffix('"')
}

/// Every package says a licence under which we may use it.
pub fn check_licences(
    metadata: &Value,
    allowed: &[String],
    exceptions: &[(String, String)],
) -> Result<Vec<String>> {
    let packages = metadata
        .get("packages")
        .and_then(Value::as_array)
        .context("cargo metadata lists no packages")?;
    let mut errors = Vec::new();
    for package in packages {
        let text = |key: &str| package.get(key).and_then(Value::as_str);
        let (name, version) = (text("name").unwrap_or("?"), text("version").unwrap_or("?"));
        let Some(expression) = text("license") else {
            errors.push(format!("{name} {version}: its manifest names no licence"));
            continue;
        };
        let own = exceptions
            .iter()
            .filter(|(package, _)| package == name)
            .map(|(_, licence)| licence.clone());
        let allowed: Vec<String> = allowed.iter().cloned().chain(own).collect();
        match permits(expression, &allowed) {
            Ok(true) => {}
            Ok(false) => errors.push(format!(
                "{name} {version}: {expression} is not allowed, deny.toml says what is"
            )),
            Err(error) => errors.push(format!("{name} {version}: {expression} cannot be read: {error}")),
        }
    }
    Ok(errors)
}

/// Whether an SPDX expression leaves a choice that is allowed: of `OR` one side is enough, of `AND` both are needed. The slash of
/// old manifests is an `OR`.
fn permits(expression: &str, allowed: &[String]) -> Result<bool> {
    let spaced = expression
        .replace('/', " OR ")
        .replace('(', " ( ")
        .replace(')', " ) ");
    let mut words = Words {
        list: spaced.split_whitespace().collect(),
        next: 0,
        allowed,
    };
    let verdict = words.either()?;
    match words.peek() {
        None => Ok(verdict),
        Some(rest) => bail!("{rest} is one word too many"),
    }
}

/// The words of an expression, read from the left. `AND` binds tighter than `OR`.
struct Words<'words> {
    list: Vec<&'words str>,
    next: usize,
    allowed: &'words [String],
}

impl Words<'_> {
    fn peek(&self) -> Option<&str> {
        self.list.get(self.next).copied()
    }

    /// Steps over the word if it is the next one.
    fn takes(&mut self, word: &str) -> bool {
        let is_next = self.peek() == Some(word);
        self.next += usize::from(is_next);
        is_next
    }

    fn either(&mut self) -> Result<bool> {
        let mut verdict = self.both()?;
        while self.takes("OR") {
            verdict |= self.both()?;
        }
        Ok(verdict)
    }

    fn both(&mut self) -> Result<bool> {
        let mut verdict = self.one()?;
        while self.takes("AND") {
            verdict &= self.one()?;
        }
        Ok(verdict)
    }

    fn one(&mut self) -> Result<bool> {
        if self.takes("(") {
            let verdict = self.either()?;
            if !self.takes(")") {
                bail!("a bracket is not closed");
            }
            return Ok(verdict);
        }
        let mut name = self.licence()?;
        if self.takes("WITH") {
            name = format!("{name} WITH {}", self.licence()?);
        }
        Ok(self.allowed.contains(&name))
    }

    fn licence(&mut self) -> Result<String> {
        let word = self
            .peek()
            .filter(|word| !["AND", "OR", "WITH", "(", ")"].contains(word));
        let name = word.context("a licence is missing")?.to_owned();
        self.next += 1;
        Ok(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const DENY: &str = "[graph]\nallow = [\n    \"no\",\n]\n\n[licenses]\n# words\nallow = [\n    \"Apache-2.0\",\n    \"Apache-2.0 WITH \
                        LLVM-exception\",\n    \"MIT\",\n]\n\n[bans]\ndeny = [\n    { crate = \"x\" },\n]\n";

    #[test]
    fn the_list_is_read_off_deny_toml() {
        assert_eq!(
            allowed(DENY).unwrap(),
            ["Apache-2.0", "Apache-2.0 WITH LLVM-exception", "MIT"]
        );
        assert!(allowed("[licenses]\nallow = [\n]\n").is_err());
        assert!(allowed("").is_err());
    }

    #[test]
    fn an_exception_is_for_one_package_alone() {
        let deny = format!(
            "{}exceptions = [\n    {{ allow = [\"MPL-2.0\"], crate = \"good\" }},\n]\n",
            DENY.replace("[bans]\ndeny = [\n    { crate = \"x\" },\n]\n", "")
        );
        let exceptions = exceptions(&deny);
        assert_eq!(exceptions, [("good".to_owned(), "MPL-2.0".to_owned())]);
        let package = |name: &str| json!({"name": name, "version": "1", "license": "MPL-2.0"});
        let metadata = json!({"packages": [package("good"), package("other")]});
        let found = check_licences(&metadata, &allowed(&deny).unwrap(), &exceptions).unwrap();
        assert_eq!(found, ["other 1: MPL-2.0 is not allowed, deny.toml says what is"]);
    }

    #[test]
    fn an_expression_is_read_as_its_author_meant_it() {
        let allowed = allowed(DENY).unwrap();
        for (expression, verdict) in [
            ("MIT", true),
            ("GPL-3.0-only", false),
            ("MIT OR GPL-3.0-only", true),
            ("GPL-3.0-only OR MPL-2.0", false),
            ("MIT AND GPL-3.0-only", false),
            ("MIT AND Apache-2.0", true),
            ("MIT/Unlicense", true),
            ("Unlicense / MPL-2.0", false),
            // AND binds tighter
            ("GPL-3.0-only AND MIT OR Apache-2.0", true),
            ("Apache-2.0 OR MIT AND GPL-3.0-only", true),
            ("GPL-3.0-only AND (MIT OR Apache-2.0)", false),
            ("(MIT OR GPL-3.0-only) AND Apache-2.0", true),
            ("((MIT))", true),
            ("Apache-2.0 WITH LLVM-exception", true),
            ("MIT WITH LLVM-exception", false),
            ("mit", false),
        ] {
            assert_eq!(permits(expression, &allowed).unwrap(), verdict, "{expression}");
        }
        for broken in [
            "",
            "MIT OR",
            "AND MIT",
            "(MIT",
            "MIT)",
            "MIT Apache-2.0",
            "MIT WITH",
            "()",
        ] {
            assert!(permits(broken, &allowed).is_err(), "{broken}");
        }
    }

    #[test]
    fn packages_are_named_with_what_is_wrong() {
        let metadata = json!({"packages": [
            {"name": "good", "version": "1.0.0", "license": "MIT OR Apache-2.0"},
            {"name": "none", "version": "2.0.0", "license": null},
            {"name": "copyleft", "version": "3.0.0", "license": "AGPL-3.0-only"},
            {"name": "broken", "version": "4.0.0", "license": "MIT OR"},
        ]});
        let errors = check_licences(&metadata, &allowed(DENY).unwrap(), &[]).unwrap();
        assert_eq!(
            errors,
            [
                "none 2.0.0: its manifest names no licence",
                "copyleft 3.0.0: AGPL-3.0-only is not allowed, deny.toml says what is",
                "broken 4.0.0: MIT OR cannot be read: a licence is missing",
            ]
        );
        assert!(check_licences(&json!({}), &[], &[]).is_err());
    }

    #[test]
    fn a_package_from_elsewhere_is_found() {
        let lock = |source: &str| {
            format!(
                "[[package]]\nname = \"one\"\nversion = \"1\"\nsource = \"{source}\"\n\n[[package]]\nname = \"our-own\"\n"
            )
        };
        assert_eq!(
            check_sources(&lock("registry+https://registry.example/index")),
            Vec::<String>::new()
        );
        for elsewhere in [
            "git+https://example.org/one.git#0123",
            "sparse+https://registry.example/",
        ] {
            let errors = check_sources(&lock(elsewhere));
            assert_eq!(errors.len(), 1, "{elsewhere}");
            assert!(errors[0].starts_with("Cargo.lock: one comes from "), "{errors:?}");
        }
        let two =
            lock("registry+https://registry.example/index") + &lock("registry+https://other.example/index");
        assert_eq!(
            check_sources(&two),
            ["Cargo.lock: one comes from registry+https://other.example/index, a second registry"]
        );
    }
}
