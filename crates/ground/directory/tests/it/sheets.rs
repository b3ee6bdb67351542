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
        // neither UTF-8 nor GBK; UTF-16; a picture that GBK could spell
        ("a.csv", &b"\xb9\xab\xb0"[..], "import.not_utf8"),
        ("a.csv", &b"\xff\xfea\0,\0b\0"[..], "import.not_utf8"),
        ("a.csv", &b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"[..], "import.not_utf8"),
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

/// `区划代码,名称` and two rows, as Excel saves a CSV in this country: 示范市, and 镕 that GB 2312 has not.
const GBK: &[u8] = b"\xc7\xf8\xbb\xae\xb4\xfa\xc2\xeb,\xc3\xfb\xb3\xc6\r\n519900000000,\xca\xbe\xb7\xb6\xca\xd0\r\n519901000000,\xe9F\xcf\xd8\r\n";

#[test]
fn a_sheet_saved_as_gbk_is_read_and_says_so() {
    let list = Source::parse("区划.csv", GBK).unwrap();
    let names: Vec<String> = list
        .rows
        .iter()
        .map(|row| row.cells.as_ref().unwrap().text(&["名称"]).unwrap())
        .collect();
    assert_eq!(names, ["示范市", "镕县"]);
    let notes: Vec<&str> = list.notes.iter().map(|note| note.code.as_str()).collect();
    assert_eq!(notes, ["import.read_as_gbk"]);
    assert_eq!(source("区划.csv", "区划代码,名称\n5199,示范市\n").notes, []);
    // 𠮷 stands in GB 18030 only, with four bytes
    let list = Source::parse("a.jsonl", b"{\"name\":\"\x95\x34\xb2\x35\"}").unwrap();
    assert_eq!(list.rows[0].key(&["name"]), "𠮷");
}

#[test]
fn a_list_that_becomes_too_large_is_refused_before_it_does() {
    // each row and each cell costs more in memory than its two bytes in the file
    let many = format!("a,b\n{}", "1,2\n".repeat(2_000_000));
    let columns = format!(
        "{}\n{}",
        "a,".repeat(1_000),
        format!("{}\n", "1,".repeat(1_000)).repeat(10_000)
    );
    let nested = format!("{{\"a\":[{}1]}}\n", "[],".repeat(10_000_000));
    for (name, text) in [("a.csv", many), ("b.csv", columns), ("c.jsonl", nested)] {
        match Source::parse(name, text.as_bytes()) {
            Err(Error::Refused(refusal)) => assert_eq!(refusal.code, "import.unpacks_too_large", "{name}"),
            other => panic!("{name}: {:?}", other.map(|list| list.rows.len())),
        }
    }
}
