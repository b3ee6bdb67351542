//! What the lenient parsers do to a text before the strict ones judge it, and the shared trait plumbing.

/// Turns what a person typed into what the standard writes: full-width forms become ASCII, letters become
/// capitals, white space and hyphens (of any kind) vanish.
pub(crate) fn tidy(input: &str) -> String {
    input
        .chars()
        .map(half_width)
        .filter(|c| !c.is_whitespace() && !is_hyphen(*c))
        .map(|c| c.to_ascii_uppercase())
        .collect()
}

/// The ASCII twin of a full-width character (U+FF01..U+FF5E), or the character itself.
fn half_width(c: char) -> char {
    match u32::from(c) {
        code @ 0xFF01..=0xFF5E => char::from_u32(code - 0xFEE0).unwrap_or(c),
        _ => c,
    }
}

fn is_hyphen(c: char) -> bool {
    matches!(c, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}')
}

/// The position (from 1) of the first character that fails the rule.
pub(crate) fn first_bad(input: &str, allowed: impl Fn(usize, char) -> bool) -> Option<usize> {
    input
        .chars()
        .enumerate()
        .find(|(index, c)| !allowed(*index, *c))
        .map(|(index, _)| index + 1)
}

/// `FromStr` and `AsRef<str>` through the type's own `parse` and `as_str`.
macro_rules! text_traits {
    ($type:ty) => {
        impl std::str::FromStr for $type {
            type Err = $crate::CodeError;

            fn from_str(input: &str) -> Result<Self, Self::Err> {
                Self::parse(input)
            }
        }

        impl AsRef<str> for $type {
            fn as_ref(&self) -> &str {
                self.as_str()
            }
        }
    };
}

/// Serde as the bare text, judged again by `parse` when it is read.
macro_rules! text_serde {
    ($type:ty) => {
        impl serde::Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> serde::Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = <String as serde::Deserialize>::deserialize(deserializer)?;
                Self::parse(&text).map_err(serde::de::Error::custom)
            }
        }
    };
}

pub(crate) use {text_serde, text_traits};

#[cfg(test)]
mod tests {
    use super::tidy;

    #[test]
    fn tidies_what_people_type() {
        for (input, expected) in [
            (" 110105 19491231 002x ", "11010519491231002X"),
            ("１１０１０５１９４９１２３１００２ｘ", "11010519491231002X"),
            ("d2143569-x", "D2143569X"),
            ("138\u{3000}1234\u{2014}5678", "13812345678"),
        ] {
            assert_eq!(tidy(input), expected);
        }
    }
}
