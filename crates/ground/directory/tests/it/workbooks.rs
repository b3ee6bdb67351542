//! Workbooks as officials make them, and files that only look like workbooks.

use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};
use tongban_directory::{
    Error, import::*, import_calendar, import_organisations, import_regions, organisations_of, regions,
};
use tongban_testkit::both;

use crate::{code, migrations, operator};

fn saved(workbook: &mut Workbook) -> Vec<u8> {
    workbook.save_to_buffer().unwrap()
}

/// A list of offices: a title over all columns, the heading below it, the region merged over its rows, an empty row.
fn offices() -> Vec<u8> {
    let mut workbook = Workbook::new();
    let (plain, day) = (Format::new(), Format::new().set_num_format("yyyy/m/d"));
    let sheet = workbook.add_worksheet();
    sheet.set_name("部门").unwrap();
    sheet.merge_range(0, 0, 0, 3, "示范市部门一览表", &plain).unwrap();
    for (column, name) in ["区划代码", "统一社会信用代码", "名称", "成立日期"]
        .into_iter()
        .enumerate()
    {
        sheet.write(1, u16::try_from(column).unwrap(), name).unwrap();
    }
    sheet.merge_range(2, 0, 4, 0, "519900000000", &plain).unwrap();
    sheet.write(2, 1, "11511301008778183N").unwrap();
    sheet.write(2, 2, "市民政局").unwrap();
    sheet
        .write_with_format(2, 3, ExcelDateTime::from_ymd(2019, 3, 1).unwrap(), &day)
        .unwrap();
    sheet.write(4, 1, "11370800MB28559184").unwrap();
    sheet.write(4, 2, "市市场监管局").unwrap();
    let other = workbook.add_worksheet();
    other.set_name("区划").unwrap();
    other.write(0, 0, "区划代码").unwrap();
    other.write(0, 1, "名称").unwrap();
    other.write(1, 0, 519_900_000_000_u64).unwrap();
    other.write(1, 1, "示范市").unwrap();
    saved(&mut workbook)
}

both! { migrations, async fn merged_cells_titles_and_empty_rows_are_read_as_meant(kit: Kit) {
    let list = Source::parse("部门.xlsx", &offices()).unwrap();
    let lines: Vec<u64> = list.rows.iter().map(|row| row.line).collect();
    assert_eq!(lines, [3, 5]);
    assert_eq!(list.rows[0].cells.as_ref().unwrap().text(&["成立日期"]).as_deref(), Some("2019-03-01"));
    let report = import_organisations(&kit.store, &operator(), &list, None, &ImportOptions::silent()).await.unwrap();
    assert_eq!((report.refused, report.changed), (0, 2), "{report:?}");
    assert_eq!(organisations_of(&kit.store, &code("5199")).await.unwrap().len(), 2);
    // another sheet by its name; a code that was typed as a number is the same code
    let list = Source::parse_sheet("部门.xlsx", &offices(), Some("区划")).unwrap();
    let report = import_regions(&kit.store, &operator(), &list, &ImportOptions::silent()).await.unwrap();
    assert_eq!((report.rows, report.refused), (1, 0));
    let page = tongban_store::PageRequest::new(1, 10);
    let found = regions(&kit.store, &tongban_directory::RegionFilter::default(), page).await.unwrap();
    assert!(found.rows.iter().any(|region| region.code == code("5199") && region.name == "示范市"));
} }

both! { migrations, async fn days_are_read_as_dates_and_as_serial_numbers(kit: Kit) {
    let mut workbook = Workbook::new();
    let day = Format::new().set_num_format("yyyy-mm-dd");
    let sheet = workbook.add_worksheet();
    sheet.write(0, 0, "日期").unwrap();
    sheet.write(0, 1, "类型").unwrap();
    sheet.write_with_format(1, 0, ExcelDateTime::from_ymd(2026, 10, 1).unwrap(), &day).unwrap();
    // the same column without a format of days: 2 October 2026
    sheet.write(2, 0, 46_297).unwrap();
    sheet.write(3, 0, "2026年10月3日").unwrap();
    for row in 1..4 {
        sheet.write(row, 1, "节假日").unwrap();
    }
    let list = Source::parse("放假.xlsx", &saved(&mut workbook)).unwrap();
    let report = import_calendar(&kit.store, &operator(), &list, &ImportOptions::silent()).await.unwrap();
    assert_eq!((report.rows, report.refused, report.changed), (3, 0, 3), "{report:?}");
} }

#[test]
fn numbers_that_have_lost_digits_are_refused_by_name() {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    for (row, text) in ["区划代码", "名称"].into_iter().enumerate() {
        sheet.write(0, u16::try_from(row).unwrap(), text).unwrap();
    }
    sheet.write(1, 0, 511_602_000_000_000_123_456.0).unwrap();
    sheet.write(2, 0, "5.11602E+11").unwrap();
    sheet.write(3, 0, 511_602_001_007.0).unwrap();
    for row in 1..4 {
        sheet.write(row, 1, "某地").unwrap();
    }
    let list = Source::parse("区划.xlsx", &saved(&mut workbook)).unwrap();
    let reason = |row: usize| {
        list.rows[row]
            .cells
            .as_ref()
            .map_err(|finding| (finding.code.as_str(), finding.field.as_str()))
    };
    assert_eq!(reason(0), Err(("import.number_rounded", "区划代码")));
    assert_eq!(reason(1), Err(("import.number_cut_short", "区划代码")));
    assert_eq!(
        reason(2).unwrap().text(&["区划代码"]).as_deref(),
        Some("511602001007")
    );
    let sheet = Source::parse("区划.csv", "区划代码,名称\n5.11602E+11,某地\n".as_bytes()).unwrap();
    assert_eq!(
        sheet.rows[0].cells.as_ref().unwrap_err().code,
        "import.number_cut_short"
    );
}

fn refusal(read: Result<Source, Error>) -> &'static str {
    match read {
        Err(Error::Refused(refusal)) => refusal.code,
        _ => "read",
    }
}

#[test]
fn files_that_are_no_list_are_refused_with_what_they_are() {
    let workbook = offices();
    assert_eq!(
        refusal(Source::parse_sheet("部门.xlsx", &workbook, Some("人员"))),
        "import.sheet_missing"
    );
    assert_eq!(
        refusal(Source::parse("部门.csv", &workbook)),
        "import.is_a_workbook"
    );
    assert_eq!(
        refusal(Source::parse("部门.xlsx", &workbook[..workbook.len() / 2])),
        "import.not_a_workbook"
    );
    assert_eq!(
        refusal(Source::parse("部门.doc", &workbook)),
        "import.format_unknown"
    );
    // old workbooks, and new ones behind a password, lie in the same container
    let container = [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];
    let mut locked = container.to_vec();
    locked.extend("EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes));
    assert_eq!(
        refusal(Source::parse("部门.xlsx", &locked)),
        "import.workbook_protected"
    );
    assert_eq!(
        refusal(Source::parse("部门.xlsx", &container)),
        "import.workbook_old"
    );
    let large = vec![b'a'; 50 * 1024 * 1024 + 1];
    assert_eq!(refusal(Source::parse("部门.csv", &large)), "import.too_large");
    assert_eq!(
        refusal(Source::parse("空.xlsx", &{
            let mut empty = Workbook::new();
            empty.add_worksheet();
            saved(&mut empty)
        })),
        "import.heading_missing"
    );
}

/// A workbook of which one part is replaced by a text that packs well.
fn with_part(workbook: &[u8], part: &str, text: &dyn Fn(&mut dyn std::io::Write)) -> Vec<u8> {
    let mut from = zip::ZipArchive::new(std::io::Cursor::new(workbook)).unwrap();
    let mut to = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let names: Vec<String> = from.file_names().map(|name| name.unwrap().into_owned()).collect();
    for name in names {
        to.start_file(&name, zip::write::SimpleFileOptions::default())
            .unwrap();
        if name == part {
            text(&mut to);
        } else {
            std::io::copy(&mut from.by_name(&name).unwrap(), &mut to).unwrap();
        }
    }
    to.finish().unwrap().into_inner()
}

const SHEET: &str = "xl/worksheets/sheet1.xml";
const SHEET_BEGINS: &[u8] =
    b"<worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><sheetData>";

#[test]
fn a_small_workbook_that_unpacks_very_large_is_refused() {
    let mebibyte = vec![b' '; 1024 * 1024];
    let bomb = with_part(&offices(), SHEET, &|to| {
        to.write_all(SHEET_BEGINS).unwrap();
        for _ in 0..257 {
            to.write_all(&mebibyte).unwrap();
        }
        to.write_all(b"</sheetData></worksheet>").unwrap();
    });
    assert!(bomb.len() < 1024 * 1024, "{} bytes", bomb.len());
    assert_eq!(
        refusal(Source::parse("部门.xlsx", &bomb)),
        "import.unpacks_too_large"
    );

    // the same with a directory that says that every part has one byte
    let mut lies = bomb;
    let mut at = 0;
    while let Some(found) = lies[at..].windows(4).position(|mark| mark == b"PK\x01\x02") {
        at += found;
        lies[at + 24..at + 28].copy_from_slice(&1_u32.to_le_bytes());
        at += 4;
    }
    let code = refusal(Source::parse("部门.xlsx", &lies));
    assert!(
        ["import.unpacks_too_large", "import.not_a_workbook"].contains(&code),
        "{code}"
    );
}

#[test]
fn a_workbook_that_asks_for_more_room_than_it_needs_gets_none() {
    // two cells at the far ends of a sheet: all between them would be seventeen thousand million
    let corners = with_part(&offices(), SHEET, &|to| {
        to.write_all(SHEET_BEGINS).unwrap();
        to.write_all(b"<row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is><t>code</t></is></c><c r=\"XFD1\" t=\"inlineStr\"><is><t>name</t></is></c></row>").unwrap();
        to.write_all(
            b"<row r=\"1048576\"><c r=\"A1048576\"><v>7</v></c><c r=\"XFD1048576\"><v>8</v></c></row>",
        )
        .unwrap();
        to.write_all(b"</sheetData></worksheet>").unwrap();
    });
    let list = Source::parse("a.xlsx", &corners).unwrap();
    let cells = list.rows[0].cells.as_ref().unwrap();
    assert_eq!((list.rows.len(), list.rows[0].line), (1, 1_048_576));
    assert_eq!(
        (cells.text(&["code"]).as_deref(), cells.text(&["name"]).as_deref()),
        (Some("7"), Some("8"))
    );

    // a count of texts that no machine has room for, plain and in UTF-16
    let boast = "<sst uniqueCount = '999999999999999'><si><t>a</t></si></sst>";
    let wide: Vec<u8> = "\u{feff}"
        .encode_utf16()
        .chain(boast.encode_utf16())
        .flat_map(u16::to_le_bytes)
        .collect();
    for text in [boast.as_bytes(), &wide] {
        let boasting = with_part(&offices(), "xl/sharedStrings.xml", &|to| {
            to.write_all(text).unwrap()
        });
        assert_eq!(
            refusal(Source::parse("a.xlsx", &boasting)),
            "import.unpacks_too_large"
        );
    }
}

#[test]
fn one_text_in_many_cells_counts_in_each() {
    let long = "长".repeat(300_000);
    let shared = format!(
        "<sst xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\" count=\"1\" uniqueCount=\"1\"><si><t>{long}</t></si></sst>"
    );
    let workbook = with_part(&offices(), "xl/sharedStrings.xml", &|to| {
        to.write_all(shared.as_bytes()).unwrap()
    });
    let workbook = with_part(&workbook, SHEET, &|to| {
        to.write_all(SHEET_BEGINS).unwrap();
        for row in 1..=1_000 {
            write!(to, "<row r=\"{row}\"><c r=\"A{row}\" t=\"s\"><v>0</v></c></row>").unwrap();
        }
        to.write_all(b"</sheetData></worksheet>").unwrap();
    });
    assert!(workbook.len() < 64 * 1024, "{} bytes", workbook.len());
    assert_eq!(
        refusal(Source::parse("a.xlsx", &workbook)),
        "import.unpacks_too_large"
    );
}
