//! Finding fonts with Chinese characters, and what they cover.

use crate::PressError;
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use typst::foundations::Bytes;
use typst::text::{Font, FontBook, FontFlags, FontInfo};
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

/// A font file, read when the first document needs it: a Chinese font takes twenty megabytes and more.
struct FontFile {
    path: PathBuf,
    bytes: OnceLock<Option<Bytes>>,
}

/// One face of a file, known from the start.
struct Face {
    info: FontInfo,
    file: Arc<FontFile>,
    /// Its place in a collection.
    number: u32,
    font: OnceLock<Option<Font>>,
}

impl Face {
    /// `None` where the file has gone since it was found.
    fn font(&self) -> Option<Font> {
        let read = || fs::read(&self.file.path).ok().map(Bytes::new);
        let open = || Font::new(self.file.bytes.get_or_init(read).clone()?, self.number);
        self.font.get_or_init(open).clone()
    }
}

/// The fonts in use.
pub(super) struct Fonts {
    pub(super) book: LazyHash<FontBook>,
    faces: Vec<Face>,
    /// Family names: proportional ones first, then by name.
    pub(super) families: Vec<String>,
    /// The same with serif families first.
    pub(super) serif_first: Vec<String>,
}

impl Fonts {
    /// Takes the first place that has a Chinese font.
    pub(super) fn find(font_paths: &[PathBuf]) -> Result<Self, PressError> {
        let mut places = font_paths.to_vec();
        places.extend(std::env::var_os("TONGBAN_FONT_DIR").map(PathBuf::from));
        places.extend(std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".local/share/fonts")));
        places.push(PathBuf::from("/usr/share/fonts"));
        for place in &places {
            let faces = chinese_faces(place);
            if !faces.is_empty() {
                return Ok(Self::of(faces));
            }
        }
        Err(PressError::NoFont { looked: places })
    }

    fn of(mut faces: Vec<Face>) -> Self {
        let rank = |face: &Face| {
            let info = &face.info;
            (
                info.flags.contains(FontFlags::MONOSPACE) || info.family.contains("Mono"),
                info.family.clone(),
            )
        };
        faces.sort_by_key(rank);
        let mut families: Vec<String> = faces.iter().map(|face| face.info.family.clone()).collect();
        families.dedup();
        let mut serif_first = families.clone();
        serif_first.sort_by_key(|family| {
            let family = family.to_lowercase();
            !SERIF_NAMES.iter().any(|part| family.contains(part)) || family.contains("sans")
        });
        Self {
            book: LazyHash::new(FontBook::from_infos(faces.iter().map(|face| face.info.clone()))),
            faces,
            families,
            serif_first,
        }
    }

    /// The font at a place in the book.
    pub(super) fn font(&self, index: usize) -> Option<Font> {
        self.faces.get(index)?.font()
    }

    /// Refuses data with characters that no font has.
    pub(super) fn check(&self, data: &Value) -> Result<(), PressError> {
        let mut characters = BTreeSet::new();
        collect(data, &mut characters);
        let covered = |character| {
            self.faces
                .iter()
                .any(|face| face.info.coverage.contains(u32::from(character)))
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

/// The Chinese faces of a file or a folder tree, in the order of their paths.
fn chinese_faces(place: &Path) -> Vec<Face> {
    let mut files = Vec::new();
    font_files(place, 0, &mut files);
    files.sort();
    let mut faces = Vec::new();
    for path in files {
        // A font that cannot be read is as good as absent; the next one may do.
        let Ok(bytes) = fs::read(&path) else { continue };
        let file = Arc::new(FontFile {
            path,
            bytes: OnceLock::new(),
        });
        let chinese = |font: &Font| {
            PROBE
                .chars()
                .all(|character| font.info().coverage.contains(u32::from(character)))
        };
        let known = Font::iter(Bytes::new(bytes)).filter(chinese);
        faces.extend(known.map(|font| Face {
            info: font.info().clone(),
            file: Arc::clone(&file),
            number: font.index(),
            font: OnceLock::new(),
        }));
        if faces.len() >= MAXIMUM_FACES {
            faces.truncate(MAXIMUM_FACES);
            break;
        }
    }
    faces
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
