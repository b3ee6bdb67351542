//! Reading a sheet as officials keep it: a title above the heading, merged cells, empty rows, dates as serial numbers, and numbers that
//! the office program has rounded.
//!
//! A number keeps fifteen digits in such a program. A code of more digits that was typed as a number is no longer the code that was
//! typed, and neither is one that was saved as `5.11602E+11`: such a row is refused with the column, never read as something else.

use std::io::Cursor;

use calamine::{Data, Dimensions, Range, Reader as _, Xlsx, XlsxError};

use super::{Cells, Finding, SourceRow};
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
    let cells = workbook.worksheet_range(&wanted).map_err(broken)?;
    let merged = workbook.merge_cells_by_sheet_name(&wanted).map_err(broken)?;
    read(&cells, &merged)
}

fn read(cells: &Range<Data>, merged: &[Dimensions]) -> Result<Vec<SourceRow>, Error> {
    let missing = || Error::refused("import.heading_missing", []);
    let (first_row, first_column) = cells.start().ok_or_else(missing)?;
    let filled = |row: &[Data]| row.iter().filter(|cell| !text(cell).trim().is_empty()).count();
    // above the heading stands, merged over the columns, what the list is called
    let heading_at = cells
        .rows()
        .position(|row| filled(row) > 1)
        .or_else(|| cells.rows().position(|row| filled(row) > 0))
        .ok_or_else(missing)?;
    let heading: Vec<String> = cells
        .rows()
        .nth(heading_at)
        .unwrap_or_default()
        .iter()
        .map(text)
        .collect();
    let mut rows = Vec::new();
    for (index, row) in cells.rows().enumerate().skip(heading_at + 1) {
        if filled(row) == 0 {
            continue;
        }
        let line = u64::from(first_row) + index as u64 + 1;
        let at = |column: usize| {
            let place = (first_row + as_u32(index), first_column + as_u32(column));
            merged_over(cells, merged, place)
        };
        let row: Vec<&Data> = row
            .iter()
            .enumerate()
            .map(|(column, cell)| {
                if *cell == Data::Empty {
                    at(column).unwrap_or(cell)
                } else {
                    cell
                }
            })
            .collect();
        rows.push(SourceRow {
            line,
            cells: of_row(&heading, &row),
        });
    }
    Ok(rows)
}

fn as_u32(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX)
}

/// What stands in the cell that was merged over this one. Only what was merged downwards is meant for each of its rows.
fn merged_over<'cells>(
    cells: &'cells Range<Data>,
    merged: &[Dimensions],
    (row, column): (u32, u32),
) -> Option<&'cells Data> {
    let area = merged.iter().find(|area| {
        area.start.0 < area.end.0 && area.start.1 == column && (area.start.0..=area.end.0).contains(&row)
    })?;
    cells.get_value(area.start)
}

fn of_row(heading: &[String], row: &[&Data]) -> Result<Cells, Finding> {
    let columns = || heading.iter().map(String::as_str).zip(row.iter().copied());
    for (column, cell) in columns() {
        match cell {
            Data::Float(number) if number.abs() >= ROUNDED => return Err(rounded(column)),
            Data::String(text) if is_cut_short(text) => return Err(cut_short(column, text)),
            _ => {}
        }
    }
    Ok(Cells::from_columns(
        columns().map(|(column, cell)| (column, text(cell))),
    ))
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
