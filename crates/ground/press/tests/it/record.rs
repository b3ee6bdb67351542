//! Records in and out of PDFs, and what happens with PDFs that are none.

use chrono::{DateTime, Utc};
use lopdf::{Dictionary, Document, Object, Stream, dictionary};
use proptest::prelude::*;
use tongban_press::{
    BlankTypesetter, MAXIMUM_PDF_BYTES, MAXIMUM_RECORD_BYTES, Page, PressError, Typesetter, extract_record,
};

const NAME: &str = "licence.json";
/// Holds what a careless reader would stumble over.
const RECORD: &[u8] = b"{\"payload\":\"7 0 obj << /Type endstream endobj\"}\n\r\n";

fn at() -> DateTime<Utc> {
    DateTime::from_timestamp(1_793_600_000, 0).unwrap()
}

fn page(record: &[u8]) -> Page {
    Page {
        template: String::new(),
        data: serde_json::Value::Null,
        record: Some((NAME.to_owned(), record.to_vec())),
        at: at(),
    }
}

fn carrier() -> Vec<u8> {
    BlankTypesetter.pdf(&page(RECORD)).unwrap()
}

#[test]
fn a_record_comes_out_as_it_went_in() {
    assert_eq!(extract_record(&carrier(), NAME).unwrap().as_deref(), Some(RECORD));
    assert_eq!(extract_record(&carrier(), "other.json").unwrap(), None);
    assert_eq!(carrier(), carrier(), "byte for byte");
}

#[test]
fn a_pdf_without_a_record_has_none() {
    let plain = BlankTypesetter
        .pdf(&Page {
            record: None,
            ..page(b"")
        })
        .unwrap();
    assert_eq!(extract_record(&plain, NAME).unwrap(), None);
}

#[test]
fn the_blank_page_is_a_pdf_for_other_readers() {
    let document = Document::load_mem(&carrier()).unwrap();
    assert_eq!(document.get_pages().len(), 1);
}

#[test]
fn a_record_survives_being_saved_anew_by_other_software() {
    let mut document = Document::load_mem(&carrier()).unwrap();
    document.compress();
    let mut saved = Vec::new();
    document.save_to(&mut saved).unwrap();
    assert_eq!(extract_record(&saved, NAME).unwrap().as_deref(), Some(RECORD));

    // With cross-reference and object streams, where the file specification is packed.
    let mut modern = Vec::new();
    document.save_modern(&mut modern).unwrap();
    assert!(modern.windows(6).any(|window| window == b"ObjStm"));
    assert_eq!(extract_record(&modern, NAME).unwrap().as_deref(), Some(RECORD));
}

#[test]
fn an_update_at_the_end_of_the_file_counts() {
    let mut updated = carrier();
    updated.extend_from_slice(b"6 0 obj <</Length 3>> stream\nnew\nendstream endobj\n");
    assert_eq!(
        extract_record(&updated, NAME).unwrap().as_deref(),
        Some(b"new".as_slice())
    );
}

/// A PDF with one object stream (uncompressed) and one embedded file.
fn with_file_specification(specification: &str) -> Vec<u8> {
    format!(
        "%PDF-1.7\n1 0 obj\n{specification}\nendobj\n2 0 obj<</Length 99>>stream\r\nbody\nendstream endobj"
    )
    .into_bytes()
}

#[test]
fn names_are_read_in_every_way_a_pdf_writes_them() {
    for name in [
        "(licence.json)",
        "(licence\\056json)",
        "(lic\\\nence.json)",
        "<6c6963656e63652e6a736f6e>",
        "<FEFF 006C006900630065006E00630065002E006A0073006F006E>",
    ] {
        let pdf = with_file_specification(&format!(
            "<</Type/Filespec % note\n/U#46 {name} /EF<</F 2 0 R>> >>"
        ));
        let found = extract_record(&pdf, NAME).unwrap();
        assert_eq!(found.as_deref(), Some(b"body".as_slice()), "{name}");
    }
}

#[test]
fn what_is_no_pdf_is_said_to_be_none() {
    for bytes in [b"".as_slice(), b"PK\x03\x04", "通办".as_bytes(), &[0; 5000]] {
        assert!(matches!(extract_record(bytes, NAME), Err(PressError::Pdf(_))));
    }
    let large = [carrier(), vec![b' '; MAXIMUM_PDF_BYTES]].concat();
    assert!(matches!(extract_record(&large, NAME), Err(PressError::Pdf(_))));
}

#[test]
fn names_and_sizes_of_records_are_checked_before_printing() {
    for name in ["", "../licence.json", ".hidden", "a b.json", "证照.json", "a)(b"] {
        let refused = BlankTypesetter.pdf(&Page {
            record: Some((name.to_owned(), vec![])),
            ..page(b"")
        });
        assert!(matches!(refused, Err(PressError::Record(_))), "{name}");
    }
    let large = vec![0; MAXIMUM_RECORD_BYTES + 1];
    assert!(matches!(
        BlankTypesetter.pdf(&page(&large)),
        Err(PressError::Record(_))
    ));
}

#[test]
fn a_record_that_unfolds_to_too_much_is_refused() {
    let mut document = Document::with_version("1.7");
    let mut bomb = Stream::new(
        dictionary! {"Type" => "EmbeddedFile"},
        vec![0; MAXIMUM_RECORD_BYTES + 1],
    );
    bomb.compress().unwrap();
    let bomb = document.add_object(bomb);
    document.add_object(dictionary! {
        "UF" => Object::string_literal(NAME),
        "EF" => dictionary! { "F" => bomb },
    });
    let mut pdf = Vec::new();
    document.save_to(&mut pdf).unwrap();
    assert!(pdf.len() < 100_000);
    assert!(matches!(extract_record(&pdf, NAME), Err(PressError::Pdf(_))));
}

/// A PDF with one object stream with this table and these members, compressed if that helps.
/// Written by hand: lopdf leaves object streams out when it saves.
fn object_stream(table: &str, members: &[u8], count: usize) -> Vec<u8> {
    let mut stream = Stream::new(Dictionary::new(), [table.as_bytes(), members].concat());
    stream.compress().unwrap();
    let filter = if stream.dict.has(b"Filter") {
        "/Filter/FlateDecode"
    } else {
        ""
    };
    let (first, length) = (table.len(), stream.content.len());
    let head =
        format!("%PDF-1.7\n9 0 obj<</Type/ObjStm{filter}/N {count}/First {first}/Length {length}>>stream\n");
    [head.as_bytes(), &stream.content, b"\nendstream endobj"].concat()
}

#[test]
fn object_streams_cannot_be_made_to_unfold_again_and_again() {
    // A thousand members that all are the same large array: gigabytes for a reader that copies.
    let table: String = (0..1000).map(|number| format!("{number} 0 ")).collect();
    let members = [b"[".to_vec(), b"0 ".repeat(500_000), b"]".to_vec()].concat();
    let pdf = object_stream(&table, &members, 1000);
    assert!(pdf.len() < 10_000);
    // Only the last member has any bytes left; the ones before are empty.
    assert_eq!(extract_record(&pdf, NAME), Ok(None));

    let specification = b"<</UF(licence.json)/EF<</F 2 0 R>>>>";
    let body = b"\n2 0 obj<<>>stream\nbody\nendstream".as_slice();
    let fair = [&object_stream("1 0 ", specification, 1), body].concat();
    assert_eq!(
        extract_record(&fair, NAME).unwrap().as_deref(),
        Some(b"body".as_slice())
    );

    let backwards = object_stream("1 9 2 0 ", b"[]        []", 2);
    assert!(matches!(
        extract_record(&backwards, NAME),
        Err(PressError::Pdf(_))
    ));
    let many = object_stream("", b"", 1_000_000);
    assert!(matches!(extract_record(&many, NAME), Err(PressError::Pdf(_))));
    let values = object_stream(
        "1 0 ",
        &[b"[".to_vec(), b"0 ".repeat(2_000_000), b"]".to_vec()].concat(),
        1,
    );
    assert!(matches!(extract_record(&values, NAME), Err(PressError::Pdf(_))));
    let unfolding = object_stream("1 0 ", &vec![b' '; 40 << 20], 1);
    assert!(matches!(
        extract_record(&unfolding, NAME),
        Err(PressError::Pdf(_))
    ));
}

#[test]
fn hostile_shapes_are_read_once() {
    // Each of these makes a reader that starts over take minutes.
    let depth = [b"%PDF-1.7 1 0 obj ".to_vec(), b"[".repeat(1_000_000)].concat();
    assert!(matches!(extract_record(&depth, NAME), Err(PressError::Pdf(_))));
    for piece in [
        "1 0 obj<</A(",
        "1 0 obj<<>>stream\n",
        "1 0 obj [ ",
        "obj obj obj ",
        "1 0 obj<<",
        "%1 0 obj",
    ] {
        let pdf = [
            b"%PDF-1.7\n".to_vec(),
            piece.as_bytes().repeat(4_000_000 / piece.len()),
        ]
        .concat();
        let started = std::time::Instant::now();
        let _any_answer = extract_record(&pdf, NAME);
        assert!(started.elapsed().as_secs() < 20, "{piece}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn garbage_behind_a_header_is_no_surprise(bytes in proptest::collection::vec(any::<u8>(), 0..2000)) {
        let _any_answer = extract_record(&[b"%PDF-1.7\n".as_slice(), &bytes].concat(), NAME);
    }

    #[test]
    fn pdf_like_garbage_is_no_surprise(words in proptest::collection::vec(
        prop::sample::select(vec![
            "1 0 obj", "2 0 obj", "<<", ">>", "[", "]", "(", ")", "\\", "/EF", "/F", "/UF", "(licence.json)", "/Type",
            "/ObjStm", "/N", "/First", "/Length", "-1", "99999999999999999999", "2 0 R", "stream\n", "endstream",
            "endobj", "<", ">", "#", "/Filter", "/FlateDecode", "%", "\n", "null",
        ]), 0..200,
    )) {
        let _any_answer = extract_record(format!("%PDF-1.7\n{}", words.join(" ")).as_bytes(), NAME);
    }

    #[test]
    fn a_damaged_carrier_is_no_surprise(position in 0usize..700, byte in any::<u8>(), cut in 0usize..700) {
        let mut pdf = carrier();
        let length = pdf.len();
        pdf[position % length] = byte;
        let _any_answer = extract_record(&pdf, NAME);
        let _any_answer = extract_record(&pdf[..cut % length], NAME);
    }
}
