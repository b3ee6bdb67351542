//! A path of this site, safe to redirect to.

use serde::Serialize;

/// A path with an optional query and fragment, on this host: it starts with one slash and cannot name another host.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct LocalPath(String);

/// Longer addresses are not ours.
const LONGEST: usize = 2048;

impl LocalPath {
    /// Takes a path from a person's address bar or form; anything that a browser could read as another host is refused.
    ///
    /// `//host`, `/\host` and control characters (browsers drop tabs and line breaks before they look) are the known tricks.
    pub fn parse(text: &str) -> Option<Self> {
        let mut bytes = text.bytes();
        let starts_here = bytes.next() == Some(b'/') && !matches!(bytes.next(), Some(b'/' | b'\\'));
        let plain = text.len() <= LONGEST
            && !text
                .chars()
                .any(|character| character.is_control() || character == '\\');
        (starts_here && plain).then(|| Self(text.to_owned()))
    }

    /// The path asked for, or the front page when it is not one of ours.
    pub fn parse_or_home(text: &str) -> Self {
        Self::parse(text).unwrap_or_else(|| Self("/".to_owned()))
    }

    /// The path as text, for a `Location` header or a link.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The path percent-encoded for use inside a query string.
    pub fn encoded(&self) -> String {
        encode_query(&self.0)
    }
}

impl std::fmt::Display for LocalPath {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// Percent-encodes a value of a query string; slashes stay readable.
pub fn encode_query(text: &str) -> String {
    use std::fmt::Write as _;
    text.bytes()
        .fold(String::with_capacity(text.len()), |mut encoded, byte| {
            if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~' | b'/') {
                encoded.push(char::from(byte));
            } else {
                // writing into a String cannot fail
                let _ = write!(encoded, "%{byte:02X}");
            }
            encoded
        })
}

/// Percent-encodes what an HTTP header cannot carry (a `Location` with Chinese letters), leaving the structure of the address alone.
pub(crate) fn encode_header(text: &str) -> String {
    use std::fmt::Write as _;
    text.bytes()
        .fold(String::with_capacity(text.len()), |mut encoded, byte| {
            if byte.is_ascii_graphic() {
                encoded.push(char::from(byte));
            } else {
                let _ = write!(encoded, "%{byte:02X}");
            }
            encoded
        })
}

/// Answers a posted form: go and see that page now (303).
pub fn see_other(path: &LocalPath) -> axum::response::Redirect {
    axum::response::Redirect::to(&encode_header(path.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paths_of_this_site_are_taken() {
        for good in [
            "/",
            "/items/食品",
            "/my/cases?page=2#top",
            "/a//b",
            "/%2F%2Fevil.example",
        ] {
            assert!(LocalPath::parse(good).is_some(), "{good}");
        }
        for bad in [
            "",
            "items",
            "//evil.example",
            "/\\evil.example",
            "\\/evil",
            "https://evil.example",
            "/\t/evil.example",
            "/a\\b",
            "/a\nSet-Cookie: x",
            "javascript:alert(1)",
            " /a",
        ] {
            assert!(LocalPath::parse(bad).is_none(), "{bad}");
        }
        assert!(LocalPath::parse(&format!("/{}", "a".repeat(3000))).is_none());
    }

    #[test]
    fn a_path_survives_as_a_query_value_and_as_a_header() {
        assert_eq!(
            LocalPath::parse("/apply/1?a=b&c=食#x").unwrap().encoded(),
            "/apply/1%3Fa%3Db%26c%3D%E9%A3%9F%23x"
        );
        assert_eq!(encode_header("/items/食?a=b#c"), "/items/%E9%A3%9F?a=b#c");
    }
}
