//! `cargo xtask demo`: everything from a fresh clone to a running demo city, in one command.

use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::tools;

/// Parts of the file names of common fonts that hold Chinese characters, in lower case.
const FONT_NAMES: [&str; 14] = [
    "wqy",
    "cjk",
    "notosanssc",
    "notoserifsc",
    "sourcehan",
    "simsun",
    "simhei",
    "msyh",
    "pingfang",
    "heiti",
    "songti",
    "droidsansfallback",
    "ukai",
    "uming",
];

/// How deep fonts are looked for below a font folder.
const FONT_DEPTH: usize = 4;

/// Builds the release binary and becomes `tongban demo`, so that signals reach it without a go-between.
pub fn run(arguments: &[String]) -> Result<()> {
    let arguments: Vec<&String> = arguments.iter().skip_while(|word| *word == "--").collect();
    tools::ensure(&[tools::CHINESE_FONT])?;
    tools::run(&mut tools::cargo_build(&[
        "build",
        "--release",
        "--package",
        "tongban",
    ]))?;
    let binary = tools::target_directory()?.join("release").join("tongban");
    let error = Command::new(&binary).arg("demo").args(arguments).exec();
    Err(error).with_context(|| format!("starting {}", binary.display()))
}

/// True when a font with Chinese characters is on the machine.
pub fn has_chinese_font() -> bool {
    if tools::output_of("fc-list", &[":lang=zh", "file"]).is_some_and(|list| !list.is_empty()) {
        return true;
    }
    // Without fontconfig: look at the files' names.
    font_folders()
        .iter()
        .any(|folder| holds_chinese_font(folder, FONT_DEPTH))
}

fn font_folders() -> Vec<PathBuf> {
    let mut folders: Vec<PathBuf> = [
        "/usr/share/fonts",
        "/usr/local/share/fonts",
        "/System/Library/Fonts",
        "/Library/Fonts",
    ]
    .iter()
    .map(PathBuf::from)
    .collect();
    if let Some(home) = std::env::var_os("HOME").map(PathBuf::from) {
        folders.extend(
            [".fonts", ".local/share/fonts", "Library/Fonts"]
                .iter()
                .map(|folder| home.join(folder)),
        );
    }
    folders
}

fn holds_chinese_font(folder: &Path, depth: usize) -> bool {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries.map(|entry| entry.path()).any(|path| {
        if path.is_dir() {
            depth > 0 && holds_chinese_font(&path, depth - 1)
        } else {
            path.file_name()
                .and_then(|name| name.to_str())
                .is_some_and(is_chinese_font)
        }
    })
}

fn is_chinese_font(file_name: &str) -> bool {
    let name = file_name.to_lowercase();
    let is_font = [".ttf", ".ttc", ".otf", ".otc"]
        .iter()
        .any(|ending| name.ends_with(ending));
    is_font && FONT_NAMES.iter().any(|part| name.contains(part))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fonts_are_known_by_their_names() {
        for name in [
            "wqy-microhei.ttc",
            "NotoSansCJK-Regular.ttc",
            "PingFang.ttc",
            "SourceHanSerifSC-Regular.otf",
        ] {
            assert!(is_chinese_font(name), "{name}");
        }
        for name in ["DejaVuSans.ttf", "wqy-readme.txt", "NotoSans-Regular.ttf", ""] {
            assert!(!is_chinese_font(name), "{name}");
        }
    }

    #[test]
    fn fonts_are_found_in_folders_below() {
        let folder = std::env::temp_dir().join(format!("tongban-fonts-{}", std::process::id()));
        let below = folder.join("truetype").join("wqy");
        std::fs::create_dir_all(&below).unwrap();
        assert!(!holds_chinese_font(&folder, FONT_DEPTH));
        std::fs::write(below.join("wqy-microhei.ttc"), b"").unwrap();
        assert!(holds_chinese_font(&folder, FONT_DEPTH));
        assert!(!holds_chinese_font(&folder, 1));
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
