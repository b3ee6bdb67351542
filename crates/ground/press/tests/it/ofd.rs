//! OFD packages, well made, changed, and made to do harm.

use std::io::{Cursor, Write as _};

use proptest::prelude::*;
use tongban_crypto::DigestMethod;
use tongban_press::ofd::{
    Cause, Difference, MAXIMUM_OFD_BYTES, Ofd, OfdError, read_ofd,
    testing::{Parts, SIGNATURE, SIGNED_VALUE},
};
use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

const PAGE: &str = "Doc_0/Pages/Page_1/Content.xml";

fn signed() -> Parts {
    Parts::signed(|_| b"value".to_vec())
}

fn read(parts: &Parts) -> Ofd {
    read_ofd(&parts.pack()).unwrap()
}

fn difference(page: usize, cause: Cause) -> Difference {
    Difference {
        part: format!("/{PAGE}"),
        page: Some(page),
        cause,
    }
}

/// The reason for which one of the parts on the way is refused.
fn reason(parts: &Parts) -> &'static str {
    match read_ofd(&parts.pack()) {
        Err(OfdError::Part { reason, .. }) => reason,
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_was_signed_is_found_unchanged() {
    let ofd = read(&signed());
    assert_eq!((ofd.signatures.len(), ofd.uncovered_count), (1, 0));
    let signature = &ofd.signatures[0];
    assert_eq!(
        (signature.id.as_str(), signature.place.as_str()),
        ("1", "/Doc_0/Signs/Sign_0/Signature.xml")
    );
    assert_eq!(
        (signature.check_method.as_str(), signature.digest),
        ("SM3", Some(DigestMethod::Sm3))
    );
    assert_eq!(
        (signature.references, signature.differing.as_slice()),
        (4, [].as_slice())
    );
    assert_eq!(signature.value.as_deref(), Some(b"value".as_slice()));
    assert_eq!(signature.list, signed().get(SIGNATURE));
}

#[test]
fn an_unsigned_document_has_no_signature() {
    let ofd = read(&Parts::unsigned());
    assert_eq!((ofd.signatures.len(), ofd.uncovered_count), (0, 0));
}

#[test]
fn changed_removed_and_added_parts_are_named() {
    let mut changed = signed();
    let mut page = changed.get(PAGE).to_vec();
    page[12] ^= 1;
    changed.set(PAGE, page);
    assert_eq!(
        read(&changed).signatures[0].differing,
        [difference(2, Cause::Changed)]
    );

    let mut removed = signed();
    removed.remove(PAGE);
    let missing = Difference {
        page: None,
        ..difference(2, Cause::Missing)
    };
    assert_eq!(read(&removed).signatures[0].differing, [missing]);

    let mut added = signed();
    added.set("Doc_0/Annots/Page_0/Annotation.xml", "<ofd:PageAnnot/>");
    let ofd = read(&added);
    assert_eq!(ofd.signatures[0].differing, []);
    assert_eq!(ofd.uncovered, ["/Doc_0/Annots/Page_0/Annotation.xml"]);

    // many are counted, and twenty named
    for number in 0..50 {
        added.set(&format!("Doc_0/Res/{number}.png"), "picture");
    }
    let ofd = read(&added);
    assert_eq!((ofd.uncovered.len(), ofd.uncovered_count), (20, 51));
}

#[test]
fn a_part_that_cannot_be_unpacked_differs() {
    // kept as it stands, so that the bytes can be found in the package
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    for (name, bytes) in &signed().0 {
        writer.start_file(name.as_str(), options).unwrap();
        writer.write_all(bytes).unwrap();
    }
    let mut bytes = writer.finish().unwrap().into_inner();
    let at = bytes
        .windows(9)
        .position(|window| window == "第二页".as_bytes())
        .unwrap();
    bytes[at] ^= 1;
    let ofd = read_ofd(&bytes).unwrap();
    assert_eq!(ofd.signatures[0].differing, [difference(2, Cause::Damaged)]);
}

#[test]
fn other_digests_are_read_and_unknown_ones_are_not_guessed() {
    for (word, method) in [
        ("MD5", DigestMethod::Md5),
        ("1.2.156.10197.1.401", DigestMethod::Sm3),
        ("SHA256", DigestMethod::Sha256),
    ] {
        let ofd = read(&Parts::signed_by(word, method, |_| Vec::new()));
        assert_eq!(ofd.signatures[0].digest, Some(method));
        assert_eq!(ofd.signatures[0].differing, []);
    }
    let ofd = read(&Parts::signed_by("GOST", DigestMethod::Sm3, |_| Vec::new()));
    assert_eq!(
        (ofd.signatures[0].digest, ofd.signatures[0].differing.len()),
        (None, 0)
    );
}

#[test]
fn parts_that_lead_to_the_signature_must_be_there() {
    let mut parts = signed();
    parts.remove(SIGNED_VALUE);
    assert_eq!(read(&parts).signatures[0].value, None);
    for name in [SIGNATURE, "Doc_0/Signs/Signatures.xml"] {
        let mut parts = signed();
        parts.remove(name);
        assert_eq!(reason(&parts), "it is not there");
    }
    let mut parts = signed();
    parts.remove("OFD.xml");
    assert_eq!(read_ofd(&parts.pack()), Err(OfdError::NotOfd));
    // a document without a readable page list is judged all the same
    let mut parts = signed();
    parts.set("Doc_0/Document.xml", "<broken");
    assert_eq!(read(&parts).signatures[0].differing.len(), 1);
}

#[test]
fn xml_that_would_do_harm_is_refused() {
    let bomb = "<!DOCTYPE x [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;\">]><OFD>&b;</OFD>";
    let outside = "<!DOCTYPE x [<!ENTITY a SYSTEM \"file:///etc/passwd\">]><OFD>&a;</OFD>";
    let deep = format!("<OFD>{}{}</OFD>", "<a>".repeat(40_000), "</a>".repeat(40_000));
    let wide = format!("<OFD>{}</OFD>", "<a/>".repeat(200_000));
    for (text, expected) in [
        (bomb, Some("it has a DTD, which is not read")),
        (outside, Some("it has a DTD, which is not read")),
        (wide.as_str(), Some("it has too many elements")),
        ("<OFD", Some("it is no XML")),
        ("<Signatures/>", Some("it is not what its name says")),
        // deep, but within the number of elements: read without recursion, and without signatures
        (deep.as_str(), None),
    ] {
        let mut parts = signed();
        parts.set("OFD.xml", text);
        match expected {
            Some(expected) => assert_eq!(reason(&parts), expected),
            None => assert_eq!(read(&parts).signatures, []),
        }
    }
    let mut parts = signed();
    parts.set("OFD.xml", b"<OFD>\xFF</OFD>");
    assert_eq!(reason(&parts), "it is not in UTF-8");
    let many = format!(
        "<Signatures>{}</Signatures>",
        "<Signature ID=\"1\" BaseLoc=\"Sign_0/Signature.xml\"/>".repeat(65)
    );
    let mut parts = signed();
    parts.set("Doc_0/Signs/Signatures.xml", many);
    assert_eq!(read_ofd(&parts.pack()), Err(OfdError::TooManySignatures));
}

#[test]
fn packages_that_would_do_harm_are_refused() {
    // 33 MiB of zeros in 33 KiB, and more than the budget in several parts
    let mut bomb = signed();
    bomb.set(PAGE, vec![0; 33 << 20]);
    let packed = bomb.pack();
    assert!(packed.len() < 100_000);
    assert_eq!(read_ofd(&packed), Err(OfdError::TooLarge));
    // a huge part that nobody signed is never unfolded
    let mut unread = signed();
    unread.set("Doc_0/Res/huge.bin", vec![0; 33 << 20]);
    assert_eq!(read(&unread).uncovered, ["/Doc_0/Res/huge.bin"]);

    let mut crowd = signed();
    crowd
        .0
        .extend((0..20_000).map(|number| (format!("a/{number}"), Vec::new())));
    assert_eq!(read_ofd(&crowd.pack()), Err(OfdError::TooManyParts));

    for name in ["../OFD.xml", "Doc_0/../../x", "C:\\x"] {
        let mut parts = signed();
        parts.set(name, "x");
        assert!(
            matches!(read_ofd(&parts.pack()), Err(OfdError::Escapes(_))),
            "{name}"
        );
    }
    // in a signature: a place outside is no part
    let mut outside = signed();
    let list = String::from_utf8(outside.get(SIGNATURE).to_vec()).unwrap();
    outside.set(SIGNATURE, list.replace("\"/OFD.xml\"", "\"/../../etc/passwd\""));
    let ofd = read(&outside);
    assert_eq!(ofd.signatures[0].differing[0].cause, Cause::Missing);

    let mut packed = signed().pack();
    let entry = packed
        .windows(4)
        .position(|window| window == b"PK\x01\x02")
        .unwrap();
    packed[entry + 8] |= 1;
    assert_eq!(read_ofd(&packed), Err(OfdError::Encrypted("/OFD.xml".to_owned())));

    let mut twins = signed();
    twins.set("Doc_0/Document.xmk", "another");
    let mut packed = twins.pack();
    while let Some(at) = packed
        .windows(18)
        .position(|window| window == b"Doc_0/Document.xmk")
    {
        packed[at + 17] = b'l';
    }
    assert!(matches!(read_ofd(&packed), Err(OfdError::Twice(_))));

    for bytes in [&b""[..], b"PK\x03\x04", b"PK\x05\x06", b"%PDF-1.7"] {
        assert_eq!(read_ofd(bytes), Err(OfdError::Damaged));
    }
    assert_eq!(read_ofd(&vec![0; MAXIMUM_OFD_BYTES + 1]), Err(OfdError::TooLarge));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn no_flipped_or_missing_byte_panics(at in any::<prop::sample::Index>(), with in 1u8.., cut in any::<bool>()) {
        let mut bytes = signed().pack();
        let at = at.index(bytes.len());
        if cut {
            bytes.truncate(at);
        } else {
            bytes[at] ^= with;
        }
        let _ = read_ofd(&bytes);
    }

    #[test]
    fn no_flipped_byte_of_a_covered_part_goes_unseen(part in 0usize..4, at in any::<prop::sample::Index>(), with in 1u8..) {
        let mut parts = signed();
        let bytes = &mut parts.0[part].1;
        let at = at.index(bytes.len());
        bytes[at] ^= with;
        let seen = read_ofd(&parts.pack()).map_or(true, |ofd| ofd.signatures.first().is_none_or(|signature| !signature.differing.is_empty()));
        prop_assert!(seen);
    }
}
