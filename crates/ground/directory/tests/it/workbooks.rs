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
