//! A reader of PDF objects (ISO 32000-1, 7.3) that goes through a file once.

use crate::PressError;
use std::borrow::Cow;

/// The packed bytes of a stream.
pub(super) type Body<'pdf> = &'pdf [u8];

/// Arrays and dictionaries inside each other.
const MAXIMUM_DEPTH: usize = 32;
/// Values read from one file. A long document has some hundred thousand.
const MAXIMUM_VALUES: usize = 1_000_000;

/// A PDF value. Numbers other than whole ones are not needed and are `Null`.
#[derive(Debug, PartialEq)]
pub(super) enum Value<'pdf> {
    Null,
    Number(i64),
    Name(Cow<'pdf, [u8]>),
    Text(Vec<u8>),
    Reference(u32),
    Array(Vec<Value<'pdf>>),
    Dictionary(Entries<'pdf>),
}

/// The entries of a dictionary in file order.
#[derive(Debug, PartialEq)]
pub(super) struct Entries<'pdf>(Vec<(Cow<'pdf, [u8]>, Value<'pdf>)>);

impl<'pdf> Entries<'pdf> {
    pub(super) fn get(&self, key: &[u8]) -> Option<&Value<'pdf>> {
        self.0
            .iter()
            .rev()
            .find(|(name, _)| **name == *key)
            .map(|(_, value)| value)
    }

    pub(super) fn name(&self, key: &[u8]) -> Option<&[u8]> {
        match self.get(key) {
            Some(Value::Name(name)) => Some(name),
            _ => None,
        }
    }

    pub(super) fn size(&self, key: &[u8]) -> Option<usize> {
        match self.get(key) {
            Some(Value::Number(number)) => usize::try_from(*number).ok(),
            _ => None,
        }
    }
}

/// A text string: UTF-16 or UTF-8 if it says so, else byte by byte as Latin-1 (which agrees with
/// PDFDocEncoding for what file names are made of).
pub(super) fn text(bytes: &[u8]) -> String {
    match bytes {
        [0xfe, 0xff, rest @ ..] => {
            let units: Vec<u16> = rest
                .chunks_exact(2)
                .map(|pair| u16::from_be_bytes([pair[0], pair[1]]))
                .collect();
            String::from_utf16_lossy(&units)
        }
        [0xef, 0xbb, 0xbf, rest @ ..] => String::from_utf8_lossy(rest).into_owned(),
        _ => bytes.iter().copied().map(char::from).collect(),
    }
}

/// Goes through a file from object to object.
pub(super) struct Scanner<'pdf> {
    pdf: &'pdf [u8],
    at: usize,
    values: usize,
    /// No `endstream` is left: do not search again for each stream that has none.
    streams_ended: bool,
}

impl<'pdf> Scanner<'pdf> {
    pub(super) fn new(pdf: &'pdf [u8]) -> Self {
        Self {
            pdf,
            at: 0,
            values: 0,
            streams_ended: false,
        }
    }

    /// The next `N G obj` with its value and, if it is a stream, its packed bytes.
    /// What is between objects, or is none, is passed over.
    pub(super) fn next_object(
        &mut self,
    ) -> Result<Option<(u32, Value<'pdf>, Option<Body<'pdf>>)>, PressError> {
        while let Some(found) = find(&self.pdf[self.at..], b"obj") {
            let keyword = self.at + found;
            let number = number_before(&self.pdf[self.at..keyword]);
            self.at = keyword + 3;
            let Some(number) = number else { continue };
            let mut parser = Parser {
                bytes: self.pdf,
                at: self.at,
                values: &mut self.values,
            };
            let value = parser.value(0)?;
            parser.space();
            // Also after a value that is none: what was read is not read again.
            self.at = parser.at;
            let Some(value) = value else { continue };
            let body = match &value {
                Value::Dictionary(dictionary) if self.pdf[self.at..].starts_with(b"stream") => {
                    self.stream(dictionary.size(b"Length"))
                }
                _ => None,
            };
            return Ok(Some((number, value, body)));
        }
        Ok(None)
    }

    /// One member of an object stream.
    pub(super) fn member<'member>(
        &mut self,
        bytes: &'member [u8],
    ) -> Result<Option<Value<'member>>, PressError> {
        Parser {
            bytes,
            at: 0,
            values: &mut self.values,
        }
        .value(0)
    }

    /// The bytes behind `stream`: as long as the dictionary says if `endstream` follows there,
    /// else up to the next `endstream`.
    fn stream(&mut self, length: Option<usize>) -> Option<Body<'pdf>> {
        let mut start = self.at + b"stream".len();
        start += match self.pdf.get(start..)? {
            [b'\r', b'\n', ..] => 2,
            [b'\n' | b'\r', ..] => 1,
            _ => 0,
        };
        if let Some(end) = length.and_then(|length| start.checked_add(length))
            && let Some(rest) = self.pdf.get(end..)
            && rest[..rest.len().min(16)]
                .trim_ascii_start()
                .starts_with(b"endstream")
        {
            self.at = end;
            return Some(&self.pdf[start..end]);
        }
        let rest = self.pdf.get(start..).filter(|_| !self.streams_ended)?;
        let Some(end) = find(rest, b"endstream") else {
            self.streams_ended = true;
            return None;
        };
        self.at = start + end;
        let body = &rest[..end];
        let body = body.strip_suffix(b"\n").unwrap_or(body);
        Some(body.strip_suffix(b"\r").unwrap_or(body))
    }
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window == wanted)
}

/// The object number of `… N G ` before the keyword `obj`.
fn number_before(bytes: &[u8]) -> Option<u32> {
    let spaced = |bytes: &[u8]| bytes.last().is_some_and(u8::is_ascii_whitespace);
    // A number has ten digits at most: only the last few bytes matter.
    let bytes = &bytes[bytes.len().saturating_sub(40)..];
    let generation_end = bytes.trim_ascii_end();
    let generation = generation_end
        .iter()
        .rev()
        .take_while(|byte| byte.is_ascii_digit())
        .count();
    let before = &generation_end[..generation_end.len() - generation];
    if !spaced(bytes) || generation == 0 || !spaced(before) {
        return None;
    }
    let number_end = before.trim_ascii_end();
    let digits = number_end
        .iter()
        .rev()
        .take_while(|byte| byte.is_ascii_digit())
        .count();
    std::str::from_utf8(&number_end[number_end.len() - digits..])
        .ok()?
        .parse()
        .ok()
}

fn is_delimiter(byte: u8) -> bool {
    matches!(
        byte,
        b'(' | b')' | b'<' | b'>' | b'[' | b']' | b'{' | b'}' | b'/' | b'%'
    )
}

fn is_space(byte: u8) -> bool {
    matches!(byte, 0 | b'\t' | b'\n' | 0x0c | b'\r' | b' ')
}

struct Parser<'pdf, 'count> {
    bytes: &'pdf [u8],
    at: usize,
    values: &'count mut usize,
}

impl<'pdf> Parser<'pdf, '_> {
    fn peek(&self, ahead: usize) -> Option<u8> {
        self.bytes.get(self.at + ahead).copied()
    }

    /// Passes over white space and comments.
    fn space(&mut self) {
        while let Some(byte) = self.peek(0) {
            if byte == b'%' {
                while self.peek(0).is_some_and(|byte| byte != b'\n' && byte != b'\r') {
                    self.at += 1;
                }
            } else if is_space(byte) {
                self.at += 1;
            } else {
                break;
            }
        }
    }

    /// One value; `None` where none can be read.
    fn value(&mut self, depth: usize) -> Result<Option<Value<'pdf>>, PressError> {
        *self.values += 1;
        if *self.values > MAXIMUM_VALUES || depth > MAXIMUM_DEPTH {
            return Err(PressError::Pdf("it is too involved"));
        }
        self.space();
        Ok(match (self.peek(0), self.peek(1)) {
            (Some(b'/'), _) => Some(Value::Name(self.name())),
            (Some(b'('), _) => Some(Value::Text(self.literal_text())),
            (Some(b'<'), Some(b'<')) => self.dictionary(depth)?.map(Value::Dictionary),
            (Some(b'<'), _) => Some(Value::Text(self.hexadecimal_text())),
            (Some(b'['), _) => self.array(depth)?,
            (Some(byte), _) if !is_delimiter(byte) => self.number_or_word(),
            _ => None,
        })
    }

    fn name(&mut self) -> Cow<'pdf, [u8]> {
        self.at += 1;
        let raw = self.word();
        if !raw.contains(&b'#') {
            return Cow::Borrowed(raw);
        }
        let mut name = Vec::with_capacity(raw.len());
        let mut rest = raw;
        while let Some((byte, tail)) = rest.split_first() {
            let escaped = match tail {
                [high, low, after @ ..] if *byte == b'#' => {
                    digit(*high).zip(digit(*low)).map(|pair| (pair, after))
                }
                _ => None,
            };
            if let Some(((high, low), after)) = escaped {
                name.push(high << 4 | low);
                rest = after;
            } else {
                name.push(*byte);
                rest = tail;
            }
        }
        Cow::Owned(name)
    }

    fn word(&mut self) -> &'pdf [u8] {
        let rest = &self.bytes[self.at..];
        let length = rest
            .iter()
            .position(|byte| is_space(*byte) || is_delimiter(*byte))
            .unwrap_or(rest.len());
        self.at += length;
        &rest[..length]
    }

    /// A number, a reference `N G R`, or `true`, `false`, `null`. Other words are no value: they
    /// stand behind the last one, as `endobj`.
    fn number_or_word(&mut self) -> Option<Value<'pdf>> {
        let start = self.at;
        let word = self.word();
        let Some(number) = whole(word) else {
            let known = matches!(word, b"true" | b"false" | b"null")
                || word
                    .iter()
                    .all(|byte| byte.is_ascii_digit() || matches!(byte, b'+' | b'-' | b'.'));
            if !known {
                self.at = start;
            }
            return known.then_some(Value::Null);
        };
        let after = self.at;
        if let Ok(referred) = u32::try_from(number) {
            self.space();
            if whole(self.word()).is_some() {
                self.space();
                if self.word() == b"R" {
                    return Some(Value::Reference(referred));
                }
            }
        }
        self.at = after;
        Some(Value::Number(number))
    }

    fn array(&mut self, depth: usize) -> Result<Option<Value<'pdf>>, PressError> {
        self.at += 1;
        let mut values = Vec::new();
        loop {
            self.space();
            if self.peek(0) == Some(b']') {
                self.at += 1;
                return Ok(Some(Value::Array(values)));
            }
            let Some(value) = self.value(depth + 1)? else {
                return Ok(None);
            };
            values.push(value);
        }
    }

    fn dictionary(&mut self, depth: usize) -> Result<Option<Entries<'pdf>>, PressError> {
        self.at += 2;
        let mut entries = Vec::new();
        loop {
            self.space();
            match (self.peek(0), self.peek(1)) {
                (Some(b'>'), Some(b'>')) => {
                    self.at += 2;
                    return Ok(Some(Entries(entries)));
                }
                (Some(b'/'), _) => {
                    let key = self.name();
                    let Some(value) = self.value(depth + 1)? else {
                        return Ok(None);
                    };
                    entries.push((key, value));
                }
                _ => return Ok(None),
            }
        }
    }

    fn hexadecimal_text(&mut self) -> Vec<u8> {
        self.at += 1;
        let mut digits = Vec::new();
        while let Some(byte) = self.peek(0) {
            self.at += 1;
            match digit(byte) {
                Some(value) => digits.push(value),
                None if byte == b'>' => break,
                None => {}
            }
        }
        digits
            .chunks(2)
            .map(|pair| pair[0] << 4 | pair.get(1).copied().unwrap_or(0))
            .collect()
    }

    fn literal_text(&mut self) -> Vec<u8> {
        self.at += 1;
        let mut text = Vec::new();
        let mut open = 1;
        while let Some(byte) = self.peek(0) {
            self.at += 1;
            match byte {
                b'\\' => self.escape(&mut text),
                b')' if open == 1 => break,
                _ => {
                    open += i32::from(byte == b'(') - i32::from(byte == b')');
                    text.push(byte);
                }
            }
        }
        text
    }

    fn escape(&mut self, text: &mut Vec<u8>) {
        let Some(byte) = self.peek(0) else { return };
        self.at += 1;
        match byte {
            b'n' => text.push(b'\n'),
            b'r' => text.push(b'\r'),
            b't' => text.push(b'\t'),
            b'b' => text.push(8),
            b'f' => text.push(12),
            b'0'..=b'7' => {
                let mut value = u32::from(byte - b'0');
                for _ in 0..2 {
                    match self.peek(0) {
                        Some(next @ b'0'..=b'7') => {
                            value = value * 8 + u32::from(next - b'0');
                            self.at += 1;
                        }
                        _ => break,
                    }
                }
                text.push((value & 0xff) as u8);
            }
            // A line broken in the source is one line.
            b'\r' if self.peek(0) == Some(b'\n') => self.at += 1,
            b'\r' | b'\n' => {}
            other => text.push(other),
        }
    }
}

fn digit(byte: u8) -> Option<u8> {
    char::from(byte)
        .to_digit(16)
        .and_then(|value| u8::try_from(value).ok())
}

fn whole(word: &[u8]) -> Option<i64> {
    std::str::from_utf8(word).ok()?.parse().ok()
}
