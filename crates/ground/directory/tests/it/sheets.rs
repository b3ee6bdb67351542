use tongban_directory::{Error, import::*};

use crate::source;

#[test]
fn reads_csv_with_mark_quotes_and_gaps() {
    let list = source("a.CSV", "\u{feff}Code,Name\n1,\"甲,乙\"\n\n 2 , 丙 \n");
    assert_eq!(list.rows.len(), 2);
    let cells = list.rows[0].cells.as_ref().unwrap();
    assert_eq!(
        (cells.text(&["code"]).unwrap(), cells.text(&["name"]).unwrap()),
        ("1".to_owned(), "甲,乙".to_owned())
    );
    assert_eq!(
        (list.rows[1].line, list.rows[1].key(&["code"])),
        (4, "2".to_owned())
    );
}

#[test]
fn reads_json_lines_of_any_kind() {
    let list = source(
        "a.jsonl",
        "{\"code\": 7, \"tags\": [\"a\",\"b\"], \"none\": null}\n\nnot json\n",
    );
    let cells = list.rows[0].cells.as_ref().unwrap();
    assert_eq!(cells.text(&["none", "code"]).unwrap(), "7");
    assert_eq!(cells.list(&["tags"]), ["a", "b"]);
    let finding = list.rows[1].cells.as_ref().unwrap_err();
    assert_eq!(
        (list.rows[1].line, finding.code.as_str()),
        (3, "import.row_unreadable")
    );
}

#[test]
fn says_why_a_file_cannot_be_read() {
    for (name, bytes, expected) in [
        ("a.doc", &b"x"[..], "import.format_unknown"),
        ("a.csv", &b"\xb9\xab\xb0\xb2"[..], "import.not_utf8"),
        ("a.csv", &b""[..], "import.heading_missing"),
        ("a.xlsx", &b"PK"[..], "import.not_a_workbook"),
    ] {
        match Source::parse(name, bytes) {
            Err(Error::Refused(refusal)) => assert_eq!(refusal.code, expected),
            other => panic!("{name}: {other:?}"),
        }
    }
}

/// A workbook as an office program saves it: shared strings, a number, a date, an empty row.
#[test]
fn reads_the_first_sheet_of_a_workbook() {
    let bytes = include_bytes!("regions.xlsx");
    let list = Source::parse("regions.xlsx", bytes).unwrap();
    let read: Vec<(u64, String, String)> = list
        .rows
        .iter()
        .map(|row| {
            let cells = row.cells.as_ref().unwrap();
            (
                row.line,
                cells.text(&["区划代码"]).unwrap(),
                cells.text(&["名称"]).unwrap(),
            )
        })
        .collect();
    assert_eq!(
        read,
        [
            (2, "519900000000".to_owned(), "示范市".to_owned()),
            (4, "519901000000".to_owned(), "东城县".to_owned())
        ]
    );
    assert_eq!(
        list.rows[0].cells.as_ref().unwrap().text(&["生效日期"]).unwrap(),
        "2026-01-01"
    );
}
