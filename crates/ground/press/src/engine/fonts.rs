//! Finding fonts with Chinese characters, and what they cover.

use crate::PressError;
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use typst::foundations::Bytes;
use typst::text::{Coverage, Font, FontBook, FontFlags};
use typst::utils::LazyHash;

/// A font that has these is a font for official Chinese: common characters, the brackets of
/// document numbers, Latin and digits.
const PROBE: &str = "中华人民共和国政务服务办理许可证照〔〕《》，。：；（）、0123456789Az";
/// A folder tree is searched this deep.
const MAXIMUM_DEPTH: usize = 6;
/// Larger files are no fonts that a server should hold in memory.
const MAXIMUM_FONT_BYTES: u64 = 64 << 20;
/// One place may hold dozens of weights; these are enough for regular and bold of a few families.
const MAXIMUM_FACES: usize = 24;
/// Parts of family names of song, ming, imitation-song and regular scripts, which official
/// documents are set in.
const SERIF_NAMES: [&str; 7] = ["song", "serif", "ming", "fang", "kai", "sun", "宋"];

/// The fonts in use.
pub(super) struct Fonts {
    pub(super) book: LazyHash<FontBook>,
    pub(super) fonts: Vec<Font>,
    /// Family names: proportional ones first, then by name.
    pub(super) families: Vec<String>,
    /// The same with serif families first.
    pub(super) serif_first: Vec<String>,
    coverage: Vec<Coverage>,
}

impl Fonts {
    /// Takes the first place that has a Chinese font.
    pub(super) fn find(font_paths: &[PathBuf]) -> Result<Self, PressError> {
        let mut places = font_paths.to_vec();
        places.extend(std::env::var_os("TONGBAN_FONT_DIR").map(PathBuf::from));
        places.extend(std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".local/share/fonts")));
        places.push(PathBuf::from("/usr/share/fonts"));
        for place in &places {
            let fonts = chinese_fonts(place);
            if !fonts.is_empty() {
                return Ok(Self::of(fonts));
            }
        }
        Err(PressError::NoFont { looked: places })
    }

    fn of(mut fonts: Vec<Font>) -> Self {
        let rank = |font: &Font| {
            let info = font.info();
            (
                info.flags.contains(FontFlags::MONOSPACE) || info.family.contains("Mono"),
                info.family.clone(),
            )
        };
        fonts.sort_by_key(rank);
        let mut families: Vec<String> = fonts.iter().map(|font| font.info().family.clone()).collect();
        families.dedup();
        let mut serif_first = families.clone();
        serif_first.sort_by_key(|family| {
            let family = family.to_lowercase();
            !SERIF_NAMES.iter().any(|part| family.contains(part)) || family.contains("sans")
        });
        let coverage = fonts.iter().map(|font| font.info().coverage.clone()).collect();
        Self {
            book: LazyHash::new(FontBook::from_fonts(&fonts)),
            fonts,
            families,
            serif_first,
            coverage,
        }
    }

    /// Refuses data with characters that no font has.
    pub(super) fn check(&self, data: &Value) -> Result<(), PressError> {
        let mut characters = BTreeSet::new();
        collect(data, &mut characters);
        let covered = |character| {
            self.coverage
                .iter()
                .any(|coverage| coverage.contains(u32::from(character)))
        };
        let missing: Vec<char> = characters
            .into_iter()
            .filter(|character| !is_white_space(*character))
            .filter(|character| is_deceptive(*character) || !covered(*character))
            .collect();
        if missing.is_empty() {
            Ok(())
        } else {
            Err(PressError::MissingGlyph { characters: missing })
        }
    }
}

/// White space that needs no glyph.
fn is_white_space(character: char) -> bool {
    matches!(character, ' ' | '\n' | '\r' | '\t' | '\u{a0}' | '\u{3000}')
}

/// Characters that are refused whatever a font says: control characters; invisible joiners and
/// direction marks, which can make a name read as another; private use, where every font draws
/// what it likes; the sign for a character that was lost.
fn is_deceptive(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
                | '\u{e000}'..='\u{f8ff}' | '\u{feff}' | '\u{fff9}'..='\u{fffd}' | '\u{f0000}'..='\u{10ffff}'
        )
}

/// Every character of every text and key.
fn collect(data: &Value, characters: &mut BTreeSet<char>) {
    match data {
        Value::String(text) => characters.extend(text.chars()),
        Value::Array(values) => values.iter().for_each(|value| collect(value, characters)),
        Value::Object(entries) => {
            for (key, value) in entries {
                characters.extend(key.chars());
                collect(value, characters);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// The Chinese fonts of a file or a folder tree, in the order of their paths.
fn chinese_fonts(place: &Path) -> Vec<Font> {
    let mut files = Vec::new();
    font_files(place, 0, &mut files);
    files.sort();
    let mut fonts = Vec::new();
    for file in files {
        // A font that cannot be read is as good as absent; the next one may do.
        let Ok(bytes) = fs::read(&file) else { continue };
        let chinese = |font: &Font| {
            PROBE
                .chars()
                .all(|character| font.info().coverage.contains(u32::from(character)))
        };
        fonts.extend(Font::iter(Bytes::new(bytes)).filter(chinese));
        if fonts.len() >= MAXIMUM_FACES {
            fonts.truncate(MAXIMUM_FACES);
            break;
        }
    }
    fonts
}

fn font_files(place: &Path, depth: usize, files: &mut Vec<PathBuf>) {
    let Ok(metadata) = fs::metadata(place) else { return };
    if metadata.is_file() {
        let extension = place
            .extension()
            .and_then(|extension| extension.to_str())
            .unwrap_or_default();
        let is_font = ["ttf", "ttc", "otf", "otc"]
            .iter()
            .any(|known| extension.eq_ignore_ascii_case(known));
        if is_font && metadata.len() <= MAXIMUM_FONT_BYTES {
            files.push(place.to_owned());
        }
    } else if depth < MAXIMUM_DEPTH
        && let Ok(entries) = fs::read_dir(place)
    {
        for entry in entries.flatten() {
            font_files(&entry.path(), depth + 1, files);
        }
    }
}
