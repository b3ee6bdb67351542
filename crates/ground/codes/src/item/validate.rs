//! The strict look at an item code.

use serde::{Deserialize, Serialize};

use super::{ItemCode, ItemForm};
use crate::{CodeError, OrganisationCode, RegionCode, Uscc};

/// How much a finding weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FindingLevel {
    /// Unusual or old, yet in use; or judged by a rule that was inferred.
    Notice,
    /// Against the scheme.
    Defect,
}

/// One thing that does not hold in an item code.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct Finding {
    /// Stable code, e.g. `item.body_placeholder`
    pub code: &'static str,
    /// How much it weighs
    pub level: FindingLevel,
    /// The part as written
    pub part: String,
    /// Plain English
    pub message: &'static str,
}

const fn notice(code: &'static str, message: &'static str) -> Verdict {
    Verdict {
        code,
        level: FindingLevel::Notice,
        message,
    }
}

const fn defect(code: &'static str, message: &'static str) -> Verdict {
    Verdict {
        code,
        level: FindingLevel::Defect,
        message,
    }
}

/// A finding before it knows its part.
struct Verdict {
    code: &'static str,
    level: FindingLevel,
    message: &'static str,
}

/// Lists what does not hold.
pub(super) fn validate(code: &ItemCode) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut add = |part: &str, verdict: Option<Verdict>| {
        findings.extend(verdict.map(|v| Finding {
            code: v.code,
            level: v.level,
            part: part.to_owned(),
            message: v.message,
        }));
    };
    match code.form() {
        ItemForm::National {
            body, level, basic, ..
        } => {
            if let Some(body) = body {
                add(body, judge_body(body));
            }
            if let Some(level) = level {
                add(&level.to_string(), judge_level(*level));
            }
            add(basic, judge_basic(basic));
        }
        ItemForm::Gbt39046 { .. } => {}
        ItemForm::Sichuan {
            item,
            region,
            unit,
            body,
            nature,
            ..
        } => {
            add(item, judge_sichuan_item(item));
            add(
                region,
                RegionCode::parse(region)
                    .err()
                    .map(|_| defect("item.region", "the region is not a region code")),
            );
            add(
                unit,
                (unit != "000").then(|| notice("item.unit", "the reserved part is not 000")),
            );
            add(body, judge_body(body));
            add(
                nature,
                (!matches!(nature.as_str(), "1" | "2"))
                    .then(|| notice("item.nature", "the part before the sequence is neither 1 nor 2")),
            );
        }
        ItemForm::SichuanShort { item, body } => {
            add(
                item,
                Some(notice("item.old_form", "an old code without a region")),
            );
            add(body, judge_body(body));
        }
        ItemForm::Unknown => {
            add(
                code.as_str(),
                Some(defect(
                    "item.family_unknown",
                    "the code follows none of the known schemes",
                )),
            );
        }
    }
    findings
}

/// Is the implementing body a valid unified social credit code, and if not, what is it?
fn judge_body(body: &str) -> Option<Verdict> {
    let error = Uscc::parse(body).err()?;
    let first = body.chars().next();
    Some(if body.chars().all(|c| Some(c) == first) {
        defect(
            "item.body_placeholder",
            "the body is a placeholder of one repeated character",
        )
    } else if Uscc::parse(&body.to_ascii_uppercase()).is_ok() {
        defect("item.body_lower_case", "the body would be valid in capitals")
    } else if OrganisationCode::parse(body).is_ok() {
        notice(
            "item.body_old_code",
            "the body is named by its old organisation code of nine characters",
        )
    } else if matches!(error, CodeError::UsccLength { .. }) {
        defect("item.body_length", "the body is not named by 18 characters")
    } else if matches!(error, CodeError::UsccCheckDigit) {
        defect(
            "item.body_check_digit",
            "the check character of the body does not match the others",
        )
    } else {
        defect(
            "item.body_character",
            "the body holds a character that its scheme does not allow",
        )
    })
}

/// 行使层级 of GB/T 39046 table A.2 is 1 to 7.
fn judge_level(level: char) -> Option<Verdict> {
    (!('1'..='7').contains(&level)).then(|| notice("item.level", "the level of the power is not 1 to 7"))
}

/// The 3rd and 4th digit of the basic code have been item types in every code seen: the national list, or one of the numbers 11–19
/// and 21–29 that it leaves to localities.
fn judge_basic(basic: &str) -> Option<Verdict> {
    (&basic[2..4] > "29").then(|| {
        notice(
            "item.type",
            "the item type inside the code is not on the national list",
        )
    })
}

/// `511`, `512` or `513`, a letter or digit, and digits: 14 characters now, 12 before.
fn judge_sichuan_item(item: &str) -> Option<Verdict> {
    let fits = matches!(item.len(), 12 | 14)
        && ["511", "512", "513"]
            .iter()
            .any(|prefix| item.starts_with(prefix))
        && item[3..4]
            .bytes()
            .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
        && item[4..].bytes().all(|b| b.is_ascii_digit());
    (!fits).then(|| notice("item.old_form", "the item part follows an old or local form"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(text: &str) -> Vec<&'static str> {
        ItemCode::parse(text)
            .unwrap()
            .validate()
            .into_iter()
            .map(|finding| finding.code)
            .collect()
    }

    #[test]
    fn finds_nothing_in_sound_codes() {
        for text in [
            "000117112000",
            "11370800MB285591843370117002011",
            "12441500196720244T3442199806003",
            "11370800MB28559184300011711200001",
            "XK00101001",
            "511Z07001006-511602000000-000-11511301008778183N-1-00",
            "512C0053300008-511602000000-000-115113010833722043-1-00",
        ] {
            assert_eq!(codes(text), Vec::<&str>::new(), "{text}");
        }
    }

    #[test]
    fn names_what_does_not_hold() {
        for (text, expected) in [
            ("003517112000", vec!["item.type"]),
            ("11370800MB285591853370117002011", vec!["item.body_check_digit"]),
            ("11370800MB285591849370117002011", vec!["item.level"]),
            (
                "511A0014100002-511602000000-000-2222222222222-1-00",
                vec!["item.body_placeholder"],
            ),
            (
                "511A0080800002-511602000000-000-1151130000877869M-1-00",
                vec!["item.body_length"],
            ),
            (
                "511A0080800002-511602000000-000-11511301452259996u-1-00",
                vec!["item.body_lower_case"],
            ),
            (
                "511A0080800002-511602000000-000-008778183-1-00",
                vec!["item.body_old_code"],
            ),
            (
                "512C0107400001-511602000000-000-00877868-5-1-00",
                vec!["item.body_old_code"],
            ),
            (
                "511A0080800002-511602000000-000-11511301I08778183N-1-00",
                vec!["item.body_character"],
            ),
            (
                "G-000007-001-511602000000-000-115113010833722043-1-00",
                vec!["item.old_form"],
            ),
            (
                "511A0080800002-011602000000-001-115113010833722043-3-00",
                vec!["item.region", "item.unit", "item.nature"],
            ),
            (
                "H-000185-001-4444444444",
                vec!["item.old_form", "item.body_placeholder"],
            ),
            ("2a8c7a95e01f57b8d43a558642e0cae5", vec!["item.family_unknown"]),
        ] {
            assert_eq!(codes(text), expected, "{text}");
        }
    }
}
