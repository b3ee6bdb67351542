//! Item codes (事项编码): what provinces really write, told apart and judged.
//!
//! | family | form | example |
//! |---|---|---|
//! | [`ItemCodeFamily::National`] (C0109, GB/T 39554) | basic code 12 digits; implementation code 31 = 18 body + 1 level + 12 basic; handling item 33 = 31 + 2 sequence | `11370800MB285591843370117002011` |
//! | [`ItemCodeFamily::Gbt39046`] (GB/T 39046, 39048) | basic code 10 = 2 letters + 5 main + 3 sub; implementation code up to 24 that begins with it | `XK00101001` |
//! | [`ItemCodeFamily::Sichuan`] | item-region-unit-body-nature-sequence, split on `-` | `511Z07001006-511602000000-000-11511301008778183N-1-00` |
//! | [`ItemCodeFamily::SichuanShort`] | old item-body, no region | `E-000004-001-11511301008778386B` |
//! | [`ItemCodeFamily::Unknown`] | anything else, kept as text | |
//!
//! [`ItemCode::parse`] is tolerant: real lists are full of placeholders and old codes, and a matter must not get lost because of them.
//! [`ItemCode::validate`] is strict: it lists what does not hold. An importer keeps the code and turns the findings into warnings.
//!
//! The division of the 12 digits (province 2, type 2, department 2, main 3, sub 3), the meaning of the level digit, and the rest of
//! a GB/T 39046 implementation code fit all codes seen but were not read in the standards: findings on them are notices, never defects.

mod item_type;
mod validate;

use std::fmt;

pub use item_type::ItemType;
pub use validate::{Finding, FindingLevel};

use serde::{Deserialize, Serialize};

use crate::{CodeError, text};

/// The longest text that is taken as a code.
const MAX_LENGTH: usize = 128;

/// Which coding family a code belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ItemCodeFamily {
    /// C0109 / GB/T 39554
    National,
    /// GB/T 39046 / 39048
    Gbt39046,
    /// Sichuan, the form with region
    Sichuan,
    /// Sichuan, old short form without region
    SichuanShort,
    /// None of these: kept as text
    Unknown,
}

/// The parts of a code, by family. Parts are kept as written, valid or not.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum ItemForm {
    /// C0109 / GB/T 39554
    National {
        /// 18 characters of the implementing body; absent in a bare basic code
        body: Option<String>,
        /// The level at which the power is used (行使层级)
        level: Option<char>,
        /// The 12 digits of the basic directory
        basic: String,
        /// Sequence of the handling item (业务办理项), only in the form of 33
        sequence: Option<String>,
    },
    /// GB/T 39046 / 39048
    Gbt39046 {
        /// Two letters, five characters of main item, three of sub-item
        basic: String,
        /// What follows in an implementation code
        rest: Option<String>,
    },
    /// Sichuan, the form with region
    Sichuan {
        /// Item code of 14 or 12 characters, or an old form that itself holds hyphens
        item: String,
        /// 12 digits of region
        region: String,
        /// Reserved, `000`
        unit: String,
        /// The implementing body: a unified social credit code if all is well
        body: String,
        /// `1` or `2`
        nature: String,
        /// Sequence of the handling item, `00` for the whole matter
        sequence: String,
    },
    /// Sichuan, old short form
    SichuanShort {
        /// Old item code, e.g. `E-000004-001`
        item: String,
        /// The implementing body
        body: String,
    },
    /// Kept as text
    Unknown,
}

/// An item code as written, with its parts. Serde reads and writes the text.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ItemCode {
    text: String,
    form: ItemForm,
}

text::text_traits!(ItemCode);
text::text_serde!(ItemCode);

impl ItemCode {
    /// Takes any printable text up to 128 characters (white space around it is dropped) and tells its family.
    ///
    /// # Errors
    /// `item.empty`, `item.too_long`, `item.character` (control characters).
    pub fn parse(input: &str) -> Result<Self, CodeError> {
        let text = input.trim();
        if text.is_empty() {
            return Err(CodeError::ItemEmpty);
        }
        let found = text.chars().count();
        if found > MAX_LENGTH {
            return Err(CodeError::ItemTooLong { found });
        }
        if let Some(position) = crate::text::first_bad(text, |_, c| !c.is_control()) {
            return Err(CodeError::ItemCharacter { position });
        }
        let form = national(text)
            .or_else(|| gbt39046(text))
            .or_else(|| sichuan(text))
            .unwrap_or(ItemForm::Unknown);
        Ok(Self {
            text: text.to_owned(),
            form,
        })
    }

    /// The text as written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The parts.
    #[must_use]
    pub fn form(&self) -> &ItemForm {
        &self.form
    }

    /// The family.
    #[must_use]
    pub fn family(&self) -> ItemCodeFamily {
        match self.form {
            ItemForm::National { .. } => ItemCodeFamily::National,
            ItemForm::Gbt39046 { .. } => ItemCodeFamily::Gbt39046,
            ItemForm::Sichuan { .. } => ItemCodeFamily::Sichuan,
            ItemForm::SichuanShort { .. } => ItemCodeFamily::SichuanShort,
            ItemForm::Unknown => ItemCodeFamily::Unknown,
        }
    }

    /// The code of the matter itself, the same for every body that carries it out. For an unknown form, the whole text.
    #[must_use]
    pub fn basic(&self) -> &str {
        match &self.form {
            ItemForm::National { basic, .. } | ItemForm::Gbt39046 { basic, .. } => basic,
            ItemForm::Sichuan { item, .. } | ItemForm::SichuanShort { item, .. } => item,
            ItemForm::Unknown => &self.text,
        }
    }

    /// The code of the implementing body as written, valid or not.
    #[must_use]
    pub fn body(&self) -> Option<&str> {
        match &self.form {
            ItemForm::National { body, .. } => body.as_deref(),
            ItemForm::Sichuan { body, .. } | ItemForm::SichuanShort { body, .. } => Some(body),
            ItemForm::Gbt39046 { .. } | ItemForm::Unknown => None,
        }
    }

    /// The 12 digits of region as written, where the form has them.
    #[must_use]
    pub fn region(&self) -> Option<&str> {
        match &self.form {
            ItemForm::Sichuan { region, .. } => Some(region),
            _ => None,
        }
    }

    /// What does not hold, in the order of the parts. Empty for a code without fault.
    #[must_use]
    pub fn validate(&self) -> Vec<Finding> {
        validate::validate(self)
    }
}

impl fmt::Display for ItemCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

fn all_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

fn all_alphanumeric(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric())
}

/// 12 digits, or 31 or 33 characters whose 19th onward are digits.
fn national(text: &str) -> Option<ItemForm> {
    if !all_alphanumeric(text) {
        return None;
    }
    match text.len() {
        12 if all_digits(text) => Some(ItemForm::National {
            body: None,
            level: None,
            basic: text.to_owned(),
            sequence: None,
        }),
        31 | 33 if all_digits(&text[18..]) => Some(ItemForm::National {
            body: Some(text[..18].to_owned()),
            level: text[18..].chars().next(),
            basic: text[19..31].to_owned(),
            sequence: (text.len() == 33).then(|| text[31..].to_owned()),
        }),
        _ => None,
    }
}

/// Two capitals and eight more, the last of which may be a capital; up to 24 in all.
fn gbt39046(text: &str) -> Option<ItemForm> {
    let fits = all_alphanumeric(text)
        && (10..=24).contains(&text.len())
        && text[..2].bytes().all(|b| b.is_ascii_uppercase())
        && all_digits(&text[2..9])
        && text[9..10]
            .bytes()
            .all(|b| b.is_ascii_digit() || b.is_ascii_uppercase());
    fits.then(|| ItemForm::Gbt39046 {
        basic: text[..10].to_owned(),
        rest: (text.len() > 10).then(|| text[10..].to_owned()),
    })
}

/// Finds the region (12 digits followed by a part of 3), takes what is left of it as the item, and reads nature and sequence from
/// the end, so that hyphens inside an old item code or an old organisation code (`00877868-5`) do no harm.
fn sichuan(text: &str) -> Option<ItemForm> {
    let parts: Vec<&str> = text.split('-').collect();
    if parts.iter().any(|part| !all_alphanumeric(part)) {
        return None;
    }
    let region = (1..parts.len()).find(|&at| parts[at].len() == 12 && all_digits(parts[at]));
    if let Some(at) = region {
        let tail = &parts[at + 1..];
        let [unit, body @ .., nature, sequence] = tail else {
            return None;
        };
        let fits = !body.is_empty() && unit.len() == 3 && nature.len() == 1 && sequence.len() == 2;
        return fits.then(|| ItemForm::Sichuan {
            item: parts[..at].join("-"),
            region: parts[at].to_owned(),
            unit: (*unit).to_owned(),
            body: body.join("-"),
            nature: (*nature).to_owned(),
            sequence: (*sequence).to_owned(),
        });
    }
    // `E-000004-001-BODY`: one or two characters, then numbers, then a body of at least nine characters.
    match parts[..] {
        [letter, main, sub, body]
            if letter.len() <= 2 && all_digits(main) && all_digits(sub) && body.len() >= 9 =>
        {
            Some(ItemForm::SichuanShort {
                item: format!("{letter}-{main}-{sub}"),
                body: body.to_owned(),
            })
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> ItemCode {
        ItemCode::parse(text).unwrap()
    }

    #[test]
    fn tells_the_family() {
        for (text, family, basic, body) in [
            ("000117112000", ItemCodeFamily::National, "000117112000", None),
            (
                "11370800MB285591843370117002011",
                ItemCodeFamily::National,
                "370117002011",
                Some("11370800MB28559184"),
            ),
            (
                "12441500196720244T3442199806003",
                ItemCodeFamily::National,
                "442199806003",
                Some("12441500196720244T"),
            ),
            (
                "11370800MB28559184300011711200001",
                ItemCodeFamily::National,
                "000117112000",
                Some("11370800MB28559184"),
            ),
            ("XK00101001", ItemCodeFamily::Gbt39046, "XK00101001", None),
            (
                "XK0010100Y2520000009390",
                ItemCodeFamily::Gbt39046,
                "XK0010100Y",
                None,
            ),
            (
                "511Z07001006-511602000000-000-11511301008778183N-1-00",
                ItemCodeFamily::Sichuan,
                "511Z07001006",
                Some("11511301008778183N"),
            ),
            (
                "512C0107400001-511602000000-000-00877868-5-1-00",
                ItemCodeFamily::Sichuan,
                "512C0107400001",
                Some("00877868-5"),
            ),
            (
                "1J-5100-00027-511602000000-000-11511301008778386B-1-00",
                ItemCodeFamily::Sichuan,
                "1J-5100-00027",
                Some("11511301008778386B"),
            ),
            (
                "E-000004-001-11511301008778386B",
                ItemCodeFamily::SichuanShort,
                "E-000004-001",
                Some("11511301008778386B"),
            ),
            (
                "H-000185-001-4444444444",
                ItemCodeFamily::SichuanShort,
                "H-000185-001",
                Some("4444444444"),
            ),
            (
                "2a8c7a95e01f57b8d43a558642e0cae5",
                ItemCodeFamily::Unknown,
                "2a8c7a95e01f57b8d43a558642e0cae5",
                None,
            ),
            ("某事项-12", ItemCodeFamily::Unknown, "某事项-12", None),
            ("511602000000-1", ItemCodeFamily::Unknown, "511602000000-1", None),
            ("-", ItemCodeFamily::Unknown, "-", None),
        ] {
            let code = parse(text);
            assert_eq!(
                (code.family(), code.basic(), code.body()),
                (family, basic, body),
                "{text}"
            );
            assert_eq!(code.as_str(), text);
        }
    }

    #[test]
    fn splits_all_parts() {
        assert_eq!(
            *parse("11370800MB28559184300011711200001").form(),
            ItemForm::National {
                body: Some("11370800MB28559184".into()),
                level: Some('3'),
                basic: "000117112000".into(),
                sequence: Some("01".into()),
            }
        );
        assert_eq!(
            *parse(" G-000007-001-511602000000-000-115113010833722043-1-00 ").form(),
            ItemForm::Sichuan {
                item: "G-000007-001".into(),
                region: "511602000000".into(),
                unit: "000".into(),
                body: "115113010833722043".into(),
                nature: "1".into(),
                sequence: "00".into(),
            }
        );
        assert_eq!(
            parse("511Z07001006-511602000000-000-11511301008778183N-1-00").region(),
            Some("511602000000")
        );
    }

    #[test]
    fn refuses_only_what_is_no_text() {
        for (text, code) in [
            ("  ", "item.empty"),
            ("a\u{7}b", "item.character"),
            (&*"1".repeat(129), "item.too_long"),
        ] {
            assert_eq!(ItemCode::parse(text).unwrap_err().code(), code);
        }
    }
}
