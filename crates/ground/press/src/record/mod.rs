//! Reading an attached file out of a PDF that somebody hands in.
//!
//! Anybody may hand in anything, so the work is bounded. A full PDF reader is not: a compressed
//! object stream of a few kilobytes whose table names one large object a thousand times unfolds
//! to gigabytes in memory. Looking for one attachment needs no page tree and no
//! cross-reference table: the file is read once from front to back, object streams are unfolded
//! within one budget, and the last file specification with the wanted name counts (an
//! incremental update comes later in the file). Streams are decoded by lopdf.

mod scan;

use crate::PressError;
use lopdf::{Dictionary, Stream};
use scan::{Body, Scanner, Value};
use std::collections::HashMap;

/// Larger files are refused unread.
pub const MAXIMUM_PDF_BYTES: usize = 16 << 20;
/// Larger attachments are refused.
pub const MAXIMUM_RECORD_BYTES: usize = 4 << 20;
/// What [`PressError::Pdf`] says of an attachment that has the wanted name and cannot be unpacked.
pub const DAMAGED_RECORD: &str = "the attached file is damaged";
/// All object streams of a file together may unfold to this much.
const MAXIMUM_UNFOLDED_BYTES: usize = 32 << 20;
/// Objects in one object stream. The usual limit of writers is 100 to 200.
const MAXIMUM_STREAM_OBJECTS: usize = 10_000;

/// The bytes of the file attached under `name`, decoded; `None` if the PDF has no such file.
/// Encrypted PDFs have none that can be read. Any bytes are a fair argument.
pub fn extract_record(pdf: &[u8], name: &str) -> Result<Option<Vec<u8>>, PressError> {
    if pdf.len() > MAXIMUM_PDF_BYTES {
        return Err(PressError::Pdf("it is larger than 16 MiB"));
    }
    let head = &pdf[..pdf.len().min(1024)];
    if !head.windows(5).any(|window| window == b"%PDF-") {
        return Err(PressError::Pdf("it does not begin like one"));
    }
    let mut found = Found::default();
    let mut scanner = Scanner::new(pdf);
    let mut budget = MAXIMUM_UNFOLDED_BYTES;
    while let Some((number, value, body)) = scanner.next_object()? {
        if let (Value::Dictionary(dictionary), Some(body)) = (&value, body) {
            if dictionary.name(b"Type") == Some(b"ObjStm") {
                found.read_object_stream(dictionary, body, &mut budget, &mut scanner)?;
            }
            let filter = Filter::of(dictionary);
            found.streams.insert(number, (body, filter));
        }
        found.keep_file_specification(&value);
    }
    let wanted = found.files.iter().rev().find(|(file_name, _)| file_name == name);
    let Some((_, stream)) =
        wanted.and_then(|(file_name, number)| Some((file_name, found.streams.get(number)?)))
    else {
        return Ok(None);
    };
    decode(stream.0, stream.1, MAXIMUM_RECORD_BYTES).map(Some)
}

/// How a stream is packed.
#[derive(Clone, Copy)]
enum Filter {
    None,
    Flate,
    Other,
}

impl Filter {
    fn of(dictionary: &scan::Entries<'_>) -> Self {
        let flate = |value: &Value<'_>| matches!(value, Value::Name(name) if **name == *b"FlateDecode");
        let predicted =
            matches!(dictionary.get(b"DecodeParms"), Some(parameters) if *parameters != Value::Null);
        match dictionary.get(b"Filter") {
            None | Some(Value::Null) => Self::None,
            Some(Value::Array(filters)) if filters.is_empty() => Self::None,
            Some(Value::Array(filters)) if filters.len() == 1 && flate(&filters[0]) && !predicted => {
                Self::Flate
            }
            Some(value) if flate(value) && !predicted => Self::Flate,
            Some(_) => Self::Other,
        }
    }
}

#[derive(Default)]
struct Found<'pdf> {
    /// Object number to packed bytes; a later object of the same number replaces the earlier.
    streams: HashMap<u32, (Body<'pdf>, Filter)>,
    /// File names with the number of the stream that holds the file, in file order.
    files: Vec<(String, u32)>,
}

impl<'pdf> Found<'pdf> {
    fn keep_file_specification(&mut self, value: &Value<'_>) {
        let Value::Dictionary(dictionary) = value else {
            return;
        };
        let Some(Value::Dictionary(embedded)) = dictionary.get(b"EF") else {
            return;
        };
        let stream = [b"UF".as_slice(), b"F"]
            .iter()
            .find_map(|key| match embedded.get(key) {
                Some(Value::Reference(number)) => Some(*number),
                _ => None,
            });
        let name = [b"UF".as_slice(), b"F"]
            .iter()
            .find_map(|key| match dictionary.get(key) {
                Some(Value::Text(bytes)) => Some(scan::text(bytes)),
                _ => None,
            });
        if let (Some(stream), Some(name)) = (stream, name) {
            self.files.push((name, stream));
        }
    }

    /// Reads the members of an object stream. Each member is the piece up to where the next
    /// begins, so every byte is read once; a table that runs backwards is refused.
    fn read_object_stream(
        &mut self,
        dictionary: &scan::Entries<'_>,
        body: Body<'pdf>,
        budget: &mut usize,
        scanner: &mut Scanner<'pdf>,
    ) -> Result<(), PressError> {
        let (Some(count), Some(first)) = (dictionary.size(b"N"), dictionary.size(b"First")) else {
            return Ok(());
        };
        if count > MAXIMUM_STREAM_OBJECTS {
            return Err(PressError::Pdf("an object stream has too many members"));
        }
        // A stream that cannot be decoded has nothing for us; one that is too large is refused.
        let content = match decode(body, Filter::of(dictionary), *budget) {
            Ok(content) => content,
            Err(PressError::Pdf(TOO_LARGE)) => return Err(PressError::Pdf(TOO_LARGE)),
            Err(_) => return Ok(()),
        };
        *budget -= content.len().min(*budget);
        let (Some(table), Some(members)) = (content.get(..first), content.get(first..)) else {
            return Ok(());
        };
        let numbers: Vec<usize> = table
            .split(|byte| byte.is_ascii_whitespace())
            .filter(|word| !word.is_empty())
            .map_while(|word| std::str::from_utf8(word).ok()?.parse().ok())
            .take(count * 2)
            .collect();
        let offsets: Vec<usize> = numbers.chunks_exact(2).map(|pair| pair[1]).collect();
        for (index, start) in offsets.iter().enumerate() {
            let end = offsets.get(index + 1).copied().unwrap_or(members.len());
            let Some(member) = members.get(*start..end) else {
                return Err(PressError::Pdf("an object stream has members out of order"));
            };
            if let Some(value) = scanner.member(member)? {
                self.keep_file_specification(&value);
            }
        }
        Ok(())
    }
}

const TOO_LARGE: &str = "it unfolds to too much";

fn decode(body: Body<'_>, filter: Filter, limit: usize) -> Result<Vec<u8>, PressError> {
    match filter {
        Filter::None if body.len() <= limit => Ok(body.to_vec()),
        Filter::None => Err(PressError::Pdf(TOO_LARGE)),
        Filter::Flate => {
            let dictionary =
                Dictionary::from_iter([("Filter", lopdf::Object::Name(b"FlateDecode".to_vec()))]);
            Stream::new(dictionary, body.to_vec())
                .decompressed_content_with_limit(limit)
                .map_err(|error| match error {
                    lopdf::Error::Decompress(lopdf::DecompressError::MemoryLimitExceeded { .. }) => {
                        PressError::Pdf(TOO_LARGE)
                    }
                    _ => PressError::Pdf(DAMAGED_RECORD),
                })
        }
        Filter::Other => Err(PressError::Pdf("the attached file is packed in an unusual way")),
    }
}
