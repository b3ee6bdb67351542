//! Every finding of imports and of the lint has a sentence in both languages, and it says what to do with the arguments that come.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use tongban_web::{Locale, testing};

/// The rooms that find things.
const ROOMS: [&str; 5] = [
    "ground/directory",
    "ground/codes",
    "number/licences",
    "number/staff",
    "window/catalogue",
];

fn crates() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// All source texts of a folder, without their unit tests.
fn sources(folder: &Path) -> Vec<String> {
    let mut texts = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            texts.extend(sources(&path));
        } else {
            let text = fs::read_to_string(&path).unwrap();
            texts.push(text.split("#[cfg(test)]").next().unwrap().to_owned());
        }
    }
    texts
}

fn words_of(folder: &Path, words: &mut BTreeSet<String>) {
    for text in sources(folder) {
        let quoted = text.split('"').filter(|word| {
            word.contains('.')
                && word
                    .bytes()
                    .all(|byte| byte.is_ascii_lowercase() || matches!(byte, b'.' | b'_'))
        });
        words.extend(quoted.map(str::to_owned));
    }
}

/// The codes that stand in the source.
fn codes() -> BTreeSet<String> {
    let mut codes = BTreeSet::new();
    for room in ROOMS {
        gather(&crates().join(room).join("src"), &mut codes);
    }
    // what the codes of the ground say about a column: `Finding::of_code`
    let columns = ["region.", "item.", "licence.type"];
    let of_ground = tongban_codes::CodeError::CODES.iter();
    codes.extend(
        of_ground
            .filter(|code| columns.iter().any(|column| code.starts_with(column)))
            .map(|code| (*code).to_owned()),
    );
    codes.extend(
        tongban_catalogue::lint_codes()
            .iter()
            .map(|code| (*code).to_owned()),
    );
    codes
}

fn gather(folder: &Path, codes: &mut BTreeSet<String>) {
    for text in sources(folder) {
        for call in [
            "Finding::new(",
            "Finding::missing(",
            "problem(",
            "notice(",
            "defect(",
        ] {
            for rest in text.split(call).skip(1) {
                if let Some(code) = rest
                    .trim_start()
                    .strip_prefix('"')
                    .and_then(|rest| rest.split('"').next())
                    && code.contains('.')
                {
                    codes.insert(code.to_owned());
                }
            }
        }
    }
}

#[test]
fn every_finding_has_a_sentence() {
    let kit = testing::kit().unwrap();
    let codes = codes();
    assert!(codes.len() > 70, "the search finds the codes: {}", codes.len());
    for locale in Locale::ALL {
        let missing: Vec<&String> = codes
            .iter()
            .filter(|code| {
                !kit.pages
                    .texts()
                    .has(locale, &format!("finding-{}", code.replace('.', "-")))
            })
            .collect();
        assert!(missing.is_empty(), "{locale:?} {missing:?}");
    }
}

#[test]
fn every_sentence_belongs_to_a_finding() {
    let kit = testing::kit().unwrap();
    // a code may be handed on in a variable: any word of that form in the source counts
    let mut words = codes();
    for room in ROOMS {
        words_of(&crates().join(room).join("src"), &mut words);
    }
    let codes: BTreeSet<String> = words
        .iter()
        .map(|code| format!("finding-{}", code.replace('.', "-")))
        .collect();
    for locale in Locale::ALL {
        let idle: Vec<String> = kit
            .pages
            .texts()
            .keys(locale)
            .into_iter()
            .filter(|key| key.starts_with("finding-"))
            .filter(|key| !codes.contains(key.trim_end_matches("-title")))
            .collect();
        assert!(idle.is_empty(), "{locale:?} {idle:?}");
    }
}
