//! What the leaf of a log row is hashed over: every column, in one form on both databases.
//!
//! The form is a version byte and then the columns in the order below, each as one byte (0 for null, 1 for a value) and, for a
//! value, its length in eight bytes and its bytes. Text is UTF-8 as it was written: `detail` is never parsed. A UUID is its 16
//! bytes; an instant is its seconds since 1970 in eight bytes and its nanoseconds in four. Numbers are big-endian, so no two
//! rows have the same form. A column that is added later is hashed under a new version byte in rows where it is not null,
//! and nowhere else: old rows keep their hashes.

use chrono::{DateTime, Utc};
use tongban_crypto::{Digest32, merkle};

use crate::row::audit_entry;

const VERSION: u8 = 1;

/// The hash of a row's leaf.
pub(super) fn leaf_of(row: &audit_entry::Model) -> Digest32 {
    merkle::leaf_hash(&form(row))
}

fn form(row: &audit_entry::Model) -> Vec<u8> {
    // Taken apart by name, so that a new column does not compile before it is hashed.
    let audit_entry::Model {
        id,
        stream,
        at,
        signer_kind,
        signer_id,
        on_behalf_of,
        action,
        object_kind,
        object_id,
        subject,
        detail,
    } = row;
    let mut form = Vec::with_capacity(256 + detail.len());
    form.push(VERSION);
    put(&mut form, Some(id.as_bytes()));
    put(&mut form, Some(stream.as_bytes()));
    put(&mut form, Some(&instant(*at)));
    put(&mut form, Some(signer_kind.as_bytes()));
    put(&mut form, signer_id.as_ref().map(|id| id.as_bytes().as_slice()));
    put(
        &mut form,
        on_behalf_of.as_ref().map(|id| id.as_bytes().as_slice()),
    );
    put(&mut form, Some(action.as_bytes()));
    put(&mut form, Some(object_kind.as_bytes()));
    put(&mut form, Some(object_id.as_bytes()));
    put(&mut form, subject.as_ref().map(String::as_bytes));
    put(&mut form, Some(detail.as_bytes()));
    form
}

fn put(form: &mut Vec<u8>, value: Option<&[u8]>) {
    match value {
        None => form.push(0),
        Some(bytes) => {
            form.push(1);
            form.extend_from_slice(&(bytes.len() as u64).to_be_bytes());
            form.extend_from_slice(bytes);
        }
    }
}

fn instant(at: DateTime<Utc>) -> [u8; 12] {
    let mut bytes = [0; 12];
    bytes[..8].copy_from_slice(&at.timestamp().to_be_bytes());
    bytes[8..].copy_from_slice(&at.timestamp_subsec_nanos().to_be_bytes());
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeZone as _;
    use uuid::Uuid;

    fn row() -> audit_entry::Model {
        audit_entry::Model {
            id: Uuid::from_u128(1),
            stream: "audit".to_owned(),
            at: Utc.with_ymd_and_hms(2026, 11, 20, 2, 30, 0).unwrap() + chrono::Duration::microseconds(1),
            signer_kind: "staff".to_owned(),
            signer_id: Some(Uuid::from_u128(2)),
            on_behalf_of: None,
            action: "case.accept".to_owned(),
            object_kind: "case".to_owned(),
            object_id: "7".to_owned(),
            subject: None,
            detail: r#"{"why":"好"}"#.to_owned(),
        }
    }

    /// The form must never change for rows that exist: kept logs rest on it.
    #[test]
    fn the_form_is_the_one_that_is_written_down() {
        let expected = concat!(
            "01",
            "01000000000000001000000000000000000000000000000001",
            "0100000000000000056175646974",
            "01000000000000000c000000006affb0a8000003e8",
            "0100000000000000057374616666",
            "01000000000000001000000000000000000000000000000002",
            "00",
            "01000000000000000b636173652e616363657074",
            "01000000000000000463617365",
            "01000000000000000137",
            "00",
            "01000000000000000d7b22776879223a22e5a5bd227d",
        );
        assert_eq!(hex::encode(form(&row())), expected);
    }

    #[test]
    fn null_and_empty_and_neighbours_differ() {
        let first = row();
        let mut empty = first.clone();
        empty.subject = Some(String::new());
        assert_ne!(leaf_of(&first), leaf_of(&empty));
        let mut shifted = first.clone();
        shifted.object_kind = "cas".to_owned();
        shifted.object_id = "e7".to_owned();
        assert_ne!(leaf_of(&first), leaf_of(&shifted));
        let mut finer = first.clone();
        finer.at += chrono::Duration::nanoseconds(1);
        assert_ne!(leaf_of(&first), leaf_of(&finer));
        let mut moved = first.clone();
        moved.on_behalf_of = moved.signer_id.take();
        assert_ne!(leaf_of(&first), leaf_of(&moved));
    }
}
