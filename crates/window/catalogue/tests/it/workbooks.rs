//! Items in workbooks: as an office types them, and the real list saved as one.

use rust_xlsxwriter::{Format, Workbook};
use tongban_access::Actor;
use tongban_catalogue::{ItemImport, ItemRef, import_items, item, version};
use tongban_directory::import::{ImportOptions, ImportReport, Source};
use tongban_testkit::{both, real_data};

use crate::{migrations, operator};

const PUBLISH: ItemImport = ItemImport { publish: true };

/// A title over all columns, the department merged over its matters, limits as numbers, a code that was typed as a number.
fn typed() -> Vec<u8> {
    let mut workbook = Workbook::new();
    let plain = Format::new();
    let sheet = workbook.add_worksheet();
    sheet
        .merge_range(0, 0, 0, 6, "东城县政务服务事项清单", &plain)
        .unwrap();
    let heading = [
        "实施编码",
        "事项名称",
        "区划代码",
        "部门",
        "统一社会信用代码",
        "事项类型",
        "承诺办结时限",
    ];
    for (column, name) in heading.into_iter().enumerate() {
        sheet.write(1, u16::try_from(column).unwrap(), name).unwrap();
    }
    sheet.merge_range(2, 3, 3, 3, "县经信局", &plain).unwrap();
    let code = "511Z07001006-519901000000-000-11511301008778183N-1-00";
    for (row, code, name, region, days) in [
        (2, code, "企业投资项目备案", "519901000000", 3.0),
        (3, "H-000185-001-4444444444", "煤炭经营备案", "519901000000", 5.5),
        (
            4,
            "511Z07001007-519800000000-000-11511301008778183N-1-00",
            "邻市的事项",
            "519800000000",
            3.0,
        ),
    ] {
        sheet.write(row, 0, code).unwrap();
        sheet.write(row, 1, name).unwrap();
        sheet.write(row, 2, region).unwrap();
        sheet.write(row, 4, "11511301008778183N").unwrap();
        sheet.write(row, 5, "其他行政权力").unwrap();
        sheet.write(row, 6, days).unwrap();
    }
    sheet.write(5, 0, 511_070_010_061_990_100_000.0).unwrap();
    sheet.write(5, 1, "编码当数字填的事项").unwrap();
    sheet.write(5, 2, "519901000000").unwrap();
    workbook.save_to_buffer().unwrap()
}

fn said(report: &ImportReport) -> Vec<(u64, Vec<&str>)> {
    let said = report.fates.iter().map(|fate| {
        let codes = fate.findings().iter().map(|finding| finding.code.as_str());
        (fate.line, codes.collect())
    });
    said.collect()
}

both! { migrations, async fn items_are_read_from_a_workbook(kit: Kit) {
    let list = Source::parse("事项.xlsx", &typed()).unwrap();
    let report = import_items(&kit.store, &operator(), &list, PUBLISH, &ImportOptions::silent()).await.unwrap();
    let said = said(&report);
    assert_eq!((said[2].0, said[2].1.as_slice()), (5, ["import.outside_region"].as_slice()));
    assert_eq!((said[3].0, said[3].1.as_slice()), (6, ["import.number_rounded"].as_slice()));
    assert_eq!((report.rows, report.refused, report.changed), (4, 2, 2), "{said:?}");
    for (code, days) in [("511Z07001006-519901000000-000-11511301008778183N-1-00", Some(3)), ("H-000185-001-4444444444", None)] {
        let found = item(&kit.store, ItemRef::Code(code)).await.unwrap().unwrap();
        let content = version(&kit.store, found.current.unwrap()).await.unwrap().unwrap().content;
        assert_eq!(content.department, "县经信局", "merged over both rows");
        assert_eq!(content.promised_limit.as_ref().map(|limit| limit.amount), days, "half a day is no limit");
    }
    let again = import_items(&kit.store, &operator(), &list, PUBLISH, &ImportOptions::silent()).await.unwrap();
    assert_eq!(again.changed, 0);
} }

both! { migrations, async fn the_real_list_as_a_workbook_says_the_same(kit: Kit) {
    let Some(path) = real_data("catalogue::sichuan_guangan_workbook", "items/sichuan_guangan_items.csv") else { return };
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_path(&path).unwrap();
    for (row, record) in reader.records().enumerate() {
        for (column, text) in record.unwrap().iter().enumerate() {
            let text = text.trim_start_matches('\u{feff}');
            sheet.write(u32::try_from(row).unwrap(), u16::try_from(column).unwrap(), text).unwrap();
        }
    }
    let bytes = workbook.save_to_buffer().unwrap();
    let list = Source::parse("事项.xlsx", &bytes).unwrap();
    let first = import_items(&kit.store, &Actor::System, &list, PUBLISH, &ImportOptions::silent()).await.unwrap();
    assert_eq!((first.rows, first.refused, first.changed), (1_135, 0, 1_135));
    // the same rows from the sheet of text change nothing: a digest tells them apart
    let text = Source::read(&path).unwrap();
    let text = import_items(&kit.store, &Actor::System, &text, PUBLISH, &ImportOptions::silent()).await.unwrap();
    assert_eq!((text.rows, text.refused, text.changed), (1_135, 0, 0));
    // and of all of them none is the operator's of another city
    let theirs = import_items(&kit.store, &operator(), &list, PUBLISH, &ImportOptions::dry()).await.unwrap();
    assert_eq!((theirs.refused, theirs.changed), (1_135, 0));
} }
