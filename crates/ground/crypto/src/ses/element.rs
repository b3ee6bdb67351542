//! Walking through DER, one element at a time. Elements only borrow; nothing is copied before it is wanted.

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime, TimeZone as _, Utc};
use der::{Decode as _, Reader as _, SliceReader, Tag, asn1::AnyRef, asn1::ObjectIdentifier};

use super::SesError;

/// One element: its tag, its content, and all its bytes.
#[derive(Clone, Copy)]
pub(super) struct Element<'der> {
    pub tag: Tag,
    pub content: &'der [u8],
    pub bytes: &'der [u8],
}

/// The elements of a constructed one, in their order.
pub(super) struct Elements<'der> {
    input: &'der [u8],
    at: usize,
    place: &'static str,
}

/// The one element that bytes are.
pub(super) fn whole<'der>(bytes: &'der [u8], place: &'static str) -> Result<Element<'der>, SesError> {
    let mut elements = Elements::new(bytes, place);
    let element = elements.next()?;
    elements.end()?;
    Ok(element)
}

impl<'der> Elements<'der> {
    pub fn new(input: &'der [u8], place: &'static str) -> Self {
        Self { input, at: 0, place }
    }

    /// Whether nothing follows.
    pub fn is_empty(&self) -> bool {
        self.at == self.input.len()
    }

    /// The next element.
    pub fn next(&mut self) -> Result<Element<'der>, SesError> {
        let refused = |_| SesError(self.place);
        let rest = &self.input[self.at..];
        let mut reader = SliceReader::new(rest).map_err(refused)?;
        let any = AnyRef::decode(&mut reader).map_err(refused)?;
        let length = usize::try_from(reader.position()).map_err(refused)?;
        self.at += length;
        Ok(Element {
            tag: any.header().tag(),
            content: any.value(),
            bytes: &rest[..length],
        })
    }

    /// The next element, if it has this context tag.
    pub fn optional(&mut self, number: u8) -> Result<Option<Element<'der>>, SesError> {
        // context-specific, constructed: 0xA0 and the number
        match self.input.get(self.at) {
            Some(first) if *first == 0xA0 | number => self.next().map(Some),
            _ => Ok(None),
        }
    }

    /// Nothing may follow.
    pub fn end(&self) -> Result<(), SesError> {
        if self.is_empty() {
            Ok(())
        } else {
            Err(SesError(self.place))
        }
    }

    fn expect(&mut self, fits: impl Fn(Tag) -> bool) -> Result<Element<'der>, SesError> {
        let place = self.place;
        let element = self.next()?;
        if fits(element.tag) {
            Ok(element)
        } else {
            Err(SesError(place))
        }
    }

    pub fn sequence(&mut self, place: &'static str) -> Result<(Elements<'der>, Element<'der>), SesError> {
        let element = self.expect(|tag| tag == Tag::Sequence)?;
        Ok((Elements::new(element.content, place), element))
    }

    pub fn octets(&mut self) -> Result<&'der [u8], SesError> {
        Ok(self.expect(|tag| tag == Tag::OctetString)?.content)
    }

    /// The bytes of a bit string that holds whole bytes.
    pub fn bits(&mut self) -> Result<&'der [u8], SesError> {
        let place = self.place;
        bits(self.expect(|tag| tag == Tag::BitString)?, place)
    }

    pub fn small_number(&mut self) -> Result<u32, SesError> {
        let place = self.place;
        let element = self.expect(|tag| tag == Tag::Integer)?;
        match element.content {
            [] | [0x80..=0xFF, ..] => Err(SesError(place)),
            content if content.len() <= 4 => Ok(content
                .iter()
                .fold(0, |number, byte| number << 8 | u32::from(*byte))),
            _ => Err(SesError(place)),
        }
    }

    pub fn identifier(&mut self) -> Result<String, SesError> {
        let place = self.place;
        let element = self.expect(|tag| tag == Tag::ObjectIdentifier)?;
        ObjectIdentifier::from_bytes(element.content)
            .map(|identifier| identifier.to_string())
            .map_err(|_| SesError(place))
    }

    /// Text of any of the kinds that are in use.
    pub fn text(&mut self) -> Result<String, SesError> {
        let place = self.place;
        let element = self.next()?;
        text(element).ok_or(SesError(place))
    }

    /// An instant; nothing where it is written in no form that is known.
    pub fn instant(&mut self) -> Result<Option<DateTime<Utc>>, SesError> {
        let element =
            self.expect(|tag| matches!(tag, Tag::UtcTime | Tag::GeneralizedTime | Tag::BitString))?;
        Ok(instant(element))
    }
}

/// The bytes of a bit string that holds whole bytes.
pub(super) fn bits<'der>(element: Element<'der>, place: &'static str) -> Result<&'der [u8], SesError> {
    match element.content {
        [0, bytes @ ..] => Ok(bytes),
        _ => Err(SesError(place)),
    }
}

/// Text without anything that would not be seen, cut to a length that a page can show.
pub(super) fn text(element: Element<'_>) -> Option<String> {
    let plain = match element.tag {
        Tag::Utf8String | Tag::PrintableString | Tag::Ia5String | Tag::TeletexString => {
            String::from_utf8_lossy(element.content).into_owned()
        }
        Tag::BmpString => {
            let units: Vec<u16> = element
                .content
                .chunks_exact(2)
                .map(|pair| u16::from_be_bytes([pair[0], pair[1]]))
                .collect();
            String::from_utf16_lossy(&units)
        }
        _ => return None,
    };
    Some(crate::printable(&plain))
}

/// The instant of a time; a bit string (V1) may hold a time as text or as an element of its own.
fn instant(element: Element<'_>) -> Option<DateTime<Utc>> {
    match element.tag {
        Tag::UtcTime => written(element.content, true),
        Tag::GeneralizedTime => written(element.content, false),
        Tag::BitString => {
            let content = bits(element, "time").ok()?;
            match whole(content, "time") {
                Ok(inner) if inner.tag != Tag::BitString => instant(inner),
                _ => written(content, content.len() <= 13),
            }
        }
        _ => None,
    }
}

/// `YYMMDDhhmmss` or `YYYYMMDDhhmmss`, with `Z`, with an offset, or without either (then the civil time of Beijing).
fn written(content: &[u8], short_year: bool) -> Option<DateTime<Utc>> {
    let text = std::str::from_utf8(content).ok().filter(|text| text.is_ascii())?;
    let digits = if short_year { 12 } else { 14 };
    let (clock, zone) = text.split_at_checked(digits)?;
    if !clock.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let number = |from: usize, to: usize| clock.get(from..to)?.parse::<u32>().ok();
    let (year, at) = if short_year {
        let year = number(0, 2)?;
        (if year < 50 { 2000 + year } else { 1900 + year }, 2)
    } else {
        (number(0, 4)?, 4)
    };
    let civil: NaiveDateTime = NaiveDate::from_ymd_opt(
        i32::try_from(year).ok()?,
        number(at, at + 2)?,
        number(at + 2, at + 4)?,
    )?
    .and_hms_opt(
        number(at + 4, at + 6)?,
        number(at + 6, at + 8)?,
        number(at + 8, at + 10)?,
    )?;
    // a fraction of a second says nothing that we ask
    let zone = match zone.strip_prefix('.') {
        Some(rest) => rest.trim_start_matches(|character: char| character.is_ascii_digit()),
        None => zone,
    };
    let offset = match zone.as_bytes() {
        [b'Z'] => FixedOffset::east_opt(0)?,
        [] => FixedOffset::east_opt(8 * 3600)?,
        [sign @ (b'+' | b'-'), rest @ ..] if rest.len() == 4 && rest.iter().all(u8::is_ascii_digit) => {
            let digit = |at: usize| i32::from(rest[at] - b'0');
            let seconds = (digit(0) * 10 + digit(1)) * 3600 + (digit(2) * 10 + digit(3)) * 60;
            FixedOffset::east_opt(if *sign == b'+' { seconds } else { -seconds })?
        }
        _ => return None,
    };
    offset
        .from_local_datetime(&civil)
        .single()
        .map(|instant| instant.to_utc())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_in_the_forms_that_are_in_use() {
        for (text, short, expected) in [
            ("200422020900Z", true, Some("2020-04-22T02:09:00Z")),
            ("991231235959Z", true, Some("1999-12-31T23:59:59Z")),
            ("20200422020900Z", false, Some("2020-04-22T02:09:00Z")),
            ("20200422100900+0800", false, Some("2020-04-22T02:09:00Z")),
            ("20200422100900", false, Some("2020-04-22T02:09:00Z")),
            ("20200422020900.123Z", false, Some("2020-04-22T02:09:00Z")),
            ("20201322020900Z", false, None),
            ("20200422020900+08", false, None),
            ("2020", false, None),
            ("一二三四五六七八", false, None),
            ("+0200422020900Z", false, None),
        ] {
            let expected = expected.map(|text| text.parse::<DateTime<Utc>>().unwrap());
            assert_eq!(written(text.as_bytes(), short), expected, "{text}");
        }
    }
}
