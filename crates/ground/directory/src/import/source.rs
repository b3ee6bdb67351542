//! Reading CSV, JSONL and XLSX into rows.

use std::{borrow::Cow, path::Path};

use encoding_rs::GB18030;
use serde_json::Value;

use super::{Cells, Finding, budget::Budget, workbook};
use crate::Error;

/// The forms in which a list may come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Comma-separated, UTF-8 or GB 18030 (GBK among it), with a heading line.
    Csv,
    /// One JSON object a line.
    Jsonl,
    /// A sheet of a workbook, with a heading row.
    Xlsx,
}

impl Format {
    /// By the ending of the file's name.
    pub fn of(name: &str) -> Option<Self> {
        let ending = Path::new(name).extension()?.to_str()?.to_lowercase();
        match ending.as_str() {
            "csv" => Some(Self::Csv),
            "jsonl" | "ndjson" => Some(Self::Jsonl),
            "xlsx" => Some(Self::Xlsx),
            _ => None,
        }
    }
}

/// One row as read. A row that cannot be read is refused with the reason.
#[derive(Debug, Clone, PartialEq)]
pub struct SourceRow {
    /// The line of the file (CSV, JSONL) or the row of the sheet, from 1; the heading counts.
    pub line: u64,
    pub cells: Result<Cells, Finding>,
}

impl SourceRow {
    /// What names the row in a report: the first of these columns, or nothing.
    pub fn key(&self, names: &[&str]) -> String {
        self.cells
            .as_ref()
            .ok()
            .and_then(|cells| cells.text(names))
            .unwrap_or_default()
    }
}

/// A list that has been read.
#[derive(Debug, Clone, PartialEq)]
pub struct Source {
    /// The name of the file, without its folders.
    pub name: String,
    pub rows: Vec<SourceRow>,
    /// What there is to say about the file itself: `import.read_as_gbk`.
    pub notes: Vec<Finding>,
}

impl Source {
    /// Reads a file, by the ending of its name; of a workbook its first sheet.
    ///
    /// # Errors
    /// As [`Source::parse_sheet`], and `import.file_unreadable`.
    pub fn read(path: &Path) -> Result<Self, Error> {
        Self::read_sheet(path, None)
    }

    /// The same, of a workbook the sheet of this name.
    ///
    /// # Errors
    /// As [`Source::read`].
    pub fn read_sheet(path: &Path, sheet: Option<&str>) -> Result<Self, Error> {
        let name = path
            .file_name()
            .map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        let unreadable = |error: std::io::Error| {
            Error::refused(
                "import.file_unreadable",
                [("file", name.clone()), ("reason", error.to_string())],
            )
        };
        let length = std::fs::metadata(path).map_err(unreadable)?.len();
        small_enough(&name, length)?;
        let bytes = std::fs::read(path).map_err(unreadable)?;
        Self::parse_sheet(&name, &bytes, sheet)
    }

    /// Reads what was uploaded under a name; of a workbook its first sheet.
    ///
    /// # Errors
    /// As [`Source::parse_sheet`].
    pub fn parse(name: &str, bytes: &[u8]) -> Result<Self, Error> {
        Self::parse_sheet(name, bytes, None)
    }

    /// The same, of a workbook the sheet of this name.
    ///
    /// # Errors
    /// `import.too_large`, `import.format_unknown`, `import.is_a_workbook`, `import.not_utf8`, `import.workbook_protected`, `import.workbook_old`,
    /// `import.not_a_workbook`, `import.sheet_missing`, `import.heading_missing`, `import.unpacks_too_large`.
    pub fn parse_sheet(name: &str, bytes: &[u8], sheet: Option<&str>) -> Result<Self, Error> {
        small_enough(name, bytes.len() as u64)?;
        let format = Format::of(name)
            .ok_or_else(|| Error::refused("import.format_unknown", [("file", name.to_owned())]))?;
        let mut notes = Vec::new();
        let rows = match format {
            Format::Csv => csv_rows(name, &text_of(name, bytes, &mut notes)?)?,
            Format::Jsonl => jsonl_rows(name, &text_of(name, bytes, &mut notes)?)?,
            Format::Xlsx => workbook::rows(name, bytes, sheet)?,
        };
        Ok(Self {
            name: name.to_owned(),
            rows,
            notes,
        })
    }
}

/// The largest list that is read, in bytes: 50 MiB. It is read whole.
const LARGEST: u64 = 50 * 1024 * 1024;

fn small_enough(name: &str, length: u64) -> Result<(), Error> {
    if length <= LARGEST {
        return Ok(());
    }
    Err(Error::refused(
        "import.too_large",
        [
            ("file", name.to_owned()),
            ("limit", (LARGEST / (1024 * 1024)).to_string()),
        ],
    ))
}

/// The text of a file: UTF-8, or what the office programs of this country save where nothing else is chosen (GB 18030, of which GBK is
/// the older part). Which of them it was is noted: a text in a third encoding may pass for this one.
fn text_of<'bytes>(
    name: &str,
    bytes: &'bytes [u8],
    notes: &mut Vec<Finding>,
) -> Result<Cow<'bytes, str>, Error> {
    let refused = |code| Error::refused(code, [("file", name.to_owned())]);
    if workbook::is_one(bytes) {
        return Err(refused("import.is_a_workbook"));
    }
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text.strip_prefix('\u{feff}').unwrap_or(text)),
        Err(_) => {
            let text = GB18030
                .decode_without_bom_handling_and_without_replacement(bytes)
                .ok_or_else(|| refused("import.not_utf8"))?;
            notes.push(Finding::new(
                "import.read_as_gbk",
                "",
                "the file is not UTF-8; it was read as GBK (GB 18030)",
            ));
            text
        }
    };
    // a picture or a program is no text, whatever its bytes could spell
    let stray =
        |letter: char| letter.is_control() && !matches!(letter, '\t' | '\n' | '\r' | '\u{c}' | '\u{1a}');
    if text.contains(stray) {
        return Err(refused("import.not_utf8"));
    }
    Ok(text)
}

fn csv_rows(name: &str, text: &str) -> Result<Vec<SourceRow>, Error> {
    let mut budget = Budget::of(name);
    let mut reader = csv::ReaderBuilder::new()
        .flexible(true)
        .has_headers(true)
        .from_reader(text.as_bytes());
    let heading: Vec<String> = reader
        .headers()
        .map(|heading| heading.iter().map(str::to_owned).collect())
        .map_err(|error| Error::refused("import.heading_missing", [("reason", error.to_string())]))?;
    if heading.iter().all(|name| name.trim().is_empty()) {
        return Err(Error::refused("import.heading_missing", []));
    }
    let mut rows = Vec::new();
    for record in reader.records() {
        let row = match record {
            Ok(record) => {
                for (column, cell) in heading.iter().zip(&record).filter(|(_, cell)| !cell.is_empty()) {
                    budget.cell(column.len() + cell.len())?;
                }
                let line = record.position().map_or(0, |position| line_of(text, position));
                let cells = if record.len() == heading.len() {
                    let cut = heading
                        .iter()
                        .zip(&record)
                        .find(|(_, text)| workbook::is_cut_short(text));
                    match cut {
                        Some((column, text)) => Err(workbook::cut_short(column, text)),
                        None => Ok(Cells::from_columns(
                            heading
                                .iter()
                                .map(String::as_str)
                                .zip(record.iter().map(str::to_owned)),
                        )),
                    }
                } else {
                    Err(Finding::new(
                        "import.columns",
                        "",
                        "the row has more or fewer cells than the heading",
                    )
                    .with("expected", heading.len().to_string())
                    .with("found", record.len().to_string()))
                };
                SourceRow { line, cells }
            }
            Err(error) => SourceRow {
                line: error.position().map_or(0, |position| line_of(text, position)),
                cells: Err(Finding::new("import.row_unreadable", "", error.to_string())),
            },
        };
        if row.cells.as_ref().is_ok_and(Cells::is_empty) {
            continue;
        }
        budget.row()?;
        rows.push(row);
    }
    Ok(rows)
}

/// The reader stands before empty lines when it says where a record begins; people count them.
fn line_of(text: &str, position: &csv::Position) -> u64 {
    let rest = usize::try_from(position.byte())
        .ok()
        .and_then(|byte| text.as_bytes().get(byte..))
        .unwrap_or_default();
    let empty = rest
        .iter()
        .take_while(|byte| matches!(byte, b'\r' | b'\n'))
        .filter(|byte| **byte == b'\n')
        .count();
    position.line() + empty as u64
}

fn jsonl_rows(name: &str, text: &str) -> Result<Vec<SourceRow>, Error> {
    let mut budget = Budget::of(name);
    let mut rows = Vec::new();
    for (index, line) in text.lines().enumerate() {
        if line.trim().is_empty() {
            continue;
        }
        budget.row()?;
        // members and elements cost as cells do
        let values = line
            .bytes()
            .filter(|byte| matches!(byte, b',' | b'[' | b'{'))
            .count();
        budget.take(line.len() as u64 + 32 * values as u64)?;
        let cells = match serde_json::from_str::<Value>(line) {
            Ok(Value::Object(object)) => Ok(Cells::from_object(object)),
            Ok(_) => Err(Finding::new(
                "import.not_an_object",
                "",
                "the line is JSON, but not an object",
            )),
            // serde_json's text repeats nothing of the line but where it broke off.
            Err(error) => Err(Finding::new("import.row_unreadable", "", error.to_string())),
        };
        rows.push(SourceRow {
            line: index as u64 + 1,
            cells,
        });
    }
    Ok(rows)
}
