//! Reading a sheet as officials keep it: a title above the heading, merged cells, empty rows, dates as serial numbers, and numbers that
//! the office program has rounded.
//!
//! A number keeps fifteen digits in such a program. A code of more digits that was typed as a number is no longer the code that was
//! typed, and neither is one that was saved as `5.11602E+11`: such a row is refused with the column, never read as something else.
//!
//! A workbook is packed, so a small one may be a very large one in truth. It is unpacked once into nothing, which says how large it is, before
//! the reader (that trusts what it is given) sees it. Its cells are taken one by one and kept as they lie: a cell at the far
//! end of the sheet does not make all those between.

use std::{
    collections::BTreeMap,
    io::{Cursor, Read as _},
};

use calamine::{Data, DataRef, Dimensions, Reader as _, Xlsx, XlsxError};
use zip::{ZipArchive, result::ZipError};

use super::{
    Cells, Finding, SourceRow,
    budget::{self, Budget},
};
use crate::Error;

/// From here on a whole number has more than fifteen digits.
const ROUNDED: f64 = 1e15;

const ZIP: &[u8] = b"PK\x03\x04";
/// The container of old workbooks, and of new ones behind a password.
const COMPOUND: &[u8] = &[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];

/// Whether these bytes are a workbook or another archive, whatever their name says.
pub(super) fn is_one(bytes: &[u8]) -> bool {
    bytes.starts_with(ZIP) || bytes.starts_with(COMPOUND)
}

/// Whether an office program has written a number in powers of ten: `5.11602E+11`.
pub(super) fn is_cut_short(text: &str) -> bool {
    let Some((number, power)) = text.trim().split_once("E+") else {
        return false;
    };
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let (whole, part) = number.split_once('.').unwrap_or((number, "0"));
    digits(whole) && digits(part) && digits(power)
}

/// The reason why a row with such a number is refused.
pub(super) fn cut_short(column: &str, text: &str) -> Finding {
    Finding::new(
        "import.number_cut_short",
        column.trim(),
        "the number was saved in powers of ten and has lost digits; format the column as text and type it again",
    )
    .with("given", text.trim())
}

fn rounded(column: &str) -> Finding {
    Finding::new(
        "import.number_rounded",
        column.trim(),
        "a number of more than fifteen digits has been rounded; format the column as text and type it again",
    )
}

/// The rows of a sheet: the first one, or the one of this name.
pub(super) fn rows(name: &str, bytes: &[u8], sheet: Option<&str>) -> Result<Vec<SourceRow>, Error> {
    let refused = |code| Error::refused(code, [("file", name.to_owned())]);
    if bytes.starts_with(COMPOUND) {
        let marker: Vec<u8> = "EncryptedPackage"
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
        let protected = bytes
            .windows(marker.len())
            .any(|window| window == marker.as_slice());
        return Err(refused(if protected {
            "import.workbook_protected"
        } else {
            "import.workbook_old"
        }));
    }
    let broken = |error: XlsxError| {
        Error::refused(
            "import.not_a_workbook",
            [("file", name.to_owned()), ("reason", error.to_string())],
        )
    };
    unpacks_small(name, bytes)?;
    let mut workbook: Xlsx<_> = calamine::open_workbook_from_rs(Cursor::new(bytes)).map_err(broken)?;
    let names = workbook.sheet_names();
    let wanted = match sheet {
        None => names.first().cloned(),
        Some(sheet) => names.iter().find(|known| known.trim() == sheet.trim()).cloned(),
    };
    let Some(wanted) = wanted else {
        return Err(Error::refused(
            "import.sheet_missing",
            [
                ("file", name.to_owned()),
                ("sheet", sheet.unwrap_or_default().to_owned()),
                ("sheets", names.join("、")),
            ],
        ));
    };
    let merged = workbook.merge_cells_by_sheet_name(&wanted).map_err(broken)?;
    let mut budget = Budget::of(name);
    let mut sheet = Sheet::new();
    let mut cells = match workbook.worksheet_cells_reader(&wanted) {
        Ok(cells) => cells,
        // a sheet that is one large chart
        Err(XlsxError::NotAWorksheet(_)) => return Err(heading_missing()),
        Err(error) => return Err(broken(error)),
    };
    while let Some(cell) = cells.next_cell().map_err(broken)? {
        let length = match cell.get_value() {
            DataRef::Empty => continue,
            DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.len(),
            DataRef::SharedString(text) => text.len(),
            _ => 8,
        };
        budget.cell(length)?;
        let (row, column) = cell.get_position();
        let value = Data::from(cell.get_value().clone());
        sheet.entry(row).or_default().insert(column, value);
    }
    read(&sheet, merged, &mut budget)
}

/// Unpacks an archive into nothing and refuses one that is too large, by what it says and by what it is.
fn unpacks_small(name: &str, bytes: &[u8]) -> Result<(), Error> {
    let broken = |error: ZipError| {
        Error::refused(
            "import.not_a_workbook",
            [("file", name.to_owned()), ("reason", error.to_string())],
        )
    };
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(broken)?;
    if archive
        .decompressed_size()
        .is_some_and(|size| size > u128::from(budget::MOST))
    {
        return Err(budget::too_much(name));
    }
    let mut left = budget::MOST;
    let mut part = Vec::new();
    for index in 0..archive.len() {
        part.clear();
        let entry = archive.by_index(index).map_err(broken)?;
        // one byte more than is left says that there is more
        let length = entry
            .take(left + 1)
            .read_to_end(&mut part)
            .map_err(|error| broken(error.into()))?;
        left = left
            .checked_sub(length as u64)
            .ok_or_else(|| budget::too_much(name))?;
        if boasts(&part) {
            return Err(budget::too_much(name));
        }
    }
    Ok(())
}

/// Whether a part says that it holds more texts than it has room for: the reader would make room for all of them beforehand.
fn boasts(part: &[u8]) -> bool {
    const COUNT: &[u8] = b"uniqueCount";
    /// `<si/>`
    const SHORTEST: u64 = 5;
    // the other encodings of XML keep these letters, with a zero beside each
    let wide: Vec<u8>;
    let text = if part.iter().take(4).any(|byte| *byte == 0)
        || part.starts_with(&[0xFF, 0xFE])
        || part.starts_with(&[0xFE, 0xFF])
    {
        wide = part.iter().copied().filter(|byte| *byte != 0).collect();
        wide.as_slice()
    } else {
        part
    };
    let mut rest = text;
    while let Some(at) = rest.windows(COUNT.len()).position(|window| window == COUNT) {
        rest = rest.get(at + COUNT.len()..).unwrap_or_default();
        let count = rest
            .iter()
            .skip_while(|byte| byte.is_ascii_whitespace() || matches!(byte, b'=' | b'"' | b'\'' | b'+'))
            .map_while(|byte| char::from(*byte).to_digit(10))
            .fold(0_u64, |count, digit| {
                count.saturating_mul(10).saturating_add(u64::from(digit))
            });
        if count.saturating_mul(SHORTEST) > part.len() as u64 {
            return true;
        }
    }
    false
}

/// The cells that hold something, by row and column.
type Sheet = BTreeMap<u32, BTreeMap<u32, Data>>;

fn heading_missing() -> Error {
    Error::refused("import.heading_missing", [])
}

fn read(sheet: &Sheet, merged: Vec<Dimensions>, budget: &mut Budget<'_>) -> Result<Vec<SourceRow>, Error> {
    let filled =
        |row: &BTreeMap<u32, Data>| row.values().filter(|cell| !text(cell).trim().is_empty()).count();
    // above the heading stands, merged over the columns, what the list is called
    let (heading_at, heading) = sheet
        .iter()
        .find(|(_, row)| filled(row) > 1)
        .or_else(|| sheet.iter().find(|(_, row)| filled(row) > 0))
        .ok_or_else(heading_missing)?;
    let heading: BTreeMap<u32, String> = heading
        .iter()
        .map(|(column, cell)| (*column, text(cell)))
        .collect();
    let mut merged = MergedDown::new(merged);
    let mut rows = Vec::new();
    for (index, row) in sheet.range(heading_at + 1..) {
        if filled(row) == 0 {
            continue;
        }
        budget.row()?;
        let mut cells: BTreeMap<u32, &Data> = row.iter().map(|(column, cell)| (*column, cell)).collect();
        for area in merged.over(*index) {
            budget.cell(0)?;
            let (top, column) = area.start;
            if let Some(cell) = sheet.get(&top).and_then(|row| row.get(&column)) {
                cells.entry(column).or_insert(cell);
            }
        }
        let of_heading = cells
            .into_iter()
            .filter_map(|(column, cell)| Some((heading.get(&column)?.as_str(), cell)));
        rows.push(SourceRow {
            line: u64::from(*index) + 1,
            cells: of_row(&of_heading.collect::<Vec<_>>(), budget)?,
        });
    }
    Ok(rows)
}

/// Cells that were merged downwards: each is meant for each of its rows.
struct MergedDown {
    /// By their first row, the first of them last.
    coming: Vec<Dimensions>,
    here: Vec<Dimensions>,
}

impl MergedDown {
    fn new(mut merged: Vec<Dimensions>) -> Self {
        merged.retain(|area| area.start.0 < area.end.0);
        merged.sort_by_key(|area| std::cmp::Reverse(area.start));
        Self {
            coming: merged,
            here: Vec::new(),
        }
    }

    /// Those that lie over a row. Rows are asked for from above to below.
    fn over(&mut self, row: u32) -> &[Dimensions] {
        while self.coming.last().is_some_and(|area| area.start.0 <= row) {
            self.here.extend(self.coming.pop());
        }
        self.here.retain(|area| row <= area.end.0);
        &self.here
    }
}

fn of_row(row: &[(&str, &Data)], budget: &mut Budget<'_>) -> Result<Result<Cells, Finding>, Error> {
    for (column, cell) in row {
        match cell {
            Data::Float(number) if number.abs() >= ROUNDED => return Ok(Err(rounded(column))),
            Data::String(text) if is_cut_short(text) => return Ok(Err(cut_short(column, text))),
            _ => {}
        }
    }
    let mut columns = Vec::with_capacity(row.len());
    for (column, cell) in row {
        let text = text(cell);
        budget.cell(column.len() + text.len())?;
        columns.push((*column, text));
    }
    Ok(Ok(Cells::from_columns(columns)))
}

/// A cell as the person who typed it would say it: whole numbers without decimals, dates as `2026-10-01`.
fn text(cell: &Data) -> String {
    match cell {
        Data::Empty | Data::Error(_) => String::new(),
        Data::String(text) | Data::DateTimeIso(text) | Data::DurationIso(text) => text.clone(),
        Data::Bool(flag) => flag.to_string(),
        Data::Int(number) => number.to_string(),
        // f64 prints a whole number without decimals, and never in powers of ten.
        Data::Float(number) => number.to_string(),
        Data::DateTime(instant) => {
            let (year, month, day, ..) = instant.to_ymd_hms_milli();
            format!("{year:04}-{month:02}-{day:02}")
        }
    }
}
