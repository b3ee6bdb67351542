//! What a licence is, and how its status moves. Pure.

use std::fmt;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use tongban_access::PartyKind;
use tongban_codes::{CitizenNumber, RegionCode, Uscc};
use uuid::Uuid;

use super::cause::StatusCause;
use crate::{Error, LicenceType, error::refused};

/// Longest name of a holder, in characters.
const LONGEST_NAME: usize = 100;

/// Where a licence stands, apart from the run of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LicenceStatus {
    /// 有效
    Valid,
    /// 暂扣: not in force until it is restored.
    Suspended,
    /// 撤销、吊销
    Revoked,
    /// 作废: a later edition stands in its place.
    Replaced,
    /// 注销
    Cancelled,
}

impl LicenceStatus {
    pub const ALL: [Self; 5] = [
        Self::Valid,
        Self::Suspended,
        Self::Revoked,
        Self::Replaced,
        Self::Cancelled,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Valid => "valid",
            Self::Suspended => "suspended",
            Self::Revoked => "revoked",
            Self::Replaced => "replaced",
            Self::Cancelled => "cancelled",
        }
    }

    /// The status of a stored word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == word)
    }
}

/// What the issuing organ does to a licence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StatusChange {
    /// 暂扣
    Suspend,
    /// 恢复
    Restore,
    /// 撤销、吊销
    Revoke,
    /// 注销
    Cancel,
}

impl StatusChange {
    pub const ALL: [Self; 4] = [Self::Suspend, Self::Restore, Self::Revoke, Self::Cancel];

    /// The act's name in the log.
    pub(crate) fn act(self) -> &'static str {
        match self {
            Self::Suspend => "licence.suspend",
            Self::Restore => "licence.restore",
            Self::Revoke => "licence.revoke",
            Self::Cancel => "licence.cancel",
        }
    }

    /// Where the change leads from a status. What was revoked, cancelled or replaced stays so: it ends with a new
    /// licence, not with a restored one. Refusal: `licence.status`.
    pub fn from(self, status: LicenceStatus) -> Result<LicenceStatus, Error> {
        use LicenceStatus::{Cancelled, Revoked, Suspended, Valid};
        match (self, status) {
            (Self::Suspend, Valid) => Ok(Suspended),
            (Self::Restore, Suspended) => Ok(Valid),
            (Self::Revoke, Valid | Suspended) => Ok(Revoked),
            (Self::Cancel, Valid | Suspended) => Ok(Cancelled),
            _ => Err(refused(
                "licence.status",
                [("status", status.as_str().to_owned())],
            )),
        }
    }
}

/// Everything that makes a licence. `Debug` leaves the holder out.
#[derive(Clone, PartialEq)]
pub struct IssueLicence {
    /// 21 characters of a registered [`LicenceType`].
    pub type_code: String,
    pub holder_kind: PartyKind,
    pub holder_name: String,
    /// Citizen number or unified social credit code, in clear.
    pub holder_number: String,
    /// The organisation that issues.
    pub issuer: Uuid,
    pub issuer_name: String,
    /// Its unified social credit code: a part of the identifier.
    pub issuer_code: String,
    pub region: RegionCode,
    /// Civil day of issue; a part of the serial.
    pub issued_on: NaiveDate,
    pub valid_from: NaiveDate,
    /// The last day of validity; `None` is 长期.
    pub valid_to: Option<NaiveDate>,
    /// By the names of the type's fields. What the type does not name is kept sealed, and neither signed nor printed.
    pub fields: Map<String, Value>,
    /// The matter from which the licence comes.
    pub item_name: Option<String>,
    pub item_code: Option<String>,
    /// The item that all its versions share: whoever acts for the holder in that matter sees the licence.
    pub item: Option<Uuid>,
    pub case_number: Option<String>,
}

impl fmt::Debug for IssueLicence {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("IssueLicence")
            .field("type_code", &self.type_code)
            .field("issuer", &self.issuer)
            .field("issued_on", &self.issued_on)
            .finish_non_exhaustive()
    }
}

/// What issuing answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issued {
    pub id: Uuid,
    /// GB/T 36904.
    pub identifier: String,
    /// For the link `/verify/{code}`; 160 random bits. Not to be logged.
    pub verify_code: String,
}

/// A licence that somebody holds, as filling a form needs it.
#[derive(Clone, PartialEq)]
pub struct HeldLicence {
    pub id: Uuid,
    pub type_code: String,
    /// 食品经营许可证
    pub name: String,
    pub identifier: String,
    pub status: LicenceStatus,
    pub issued_on: NaiveDate,
    pub valid_from: NaiveDate,
    pub valid_to: Option<NaiveDate>,
    /// All fields, the private ones too: for the holder's own forms, never for a list or a log.
    pub fields: Map<String, Value>,
    pub issuer: Uuid,
    pub issuer_name: String,
    /// Of the issuer.
    pub region: RegionCode,
    pub holder_name: String,
    pub case_number: Option<String>,
    /// The item that it comes from.
    pub item: Option<Uuid>,
    /// Guards a new edition.
    pub version: i32,
}

impl fmt::Debug for HeldLicence {
    /// Without holder and fields.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("HeldLicence")
            .field("id", &self.id)
            .field("type_code", &self.type_code)
            .field("status", &self.status)
            .field("valid_from", &self.valid_from)
            .field("valid_to", &self.valid_to)
            .finish_non_exhaustive()
    }
}

impl HeldLicence {
    /// Whether the licence is in force on a civil day.
    pub fn is_valid_on(&self, date: NaiveDate) -> bool {
        self.status == LicenceStatus::Valid && in_period(self.valid_from, self.valid_to, date)
    }
}

/// Whether a civil day lies in a period; both ends belong to it.
pub(crate) fn in_period(from: NaiveDate, to: Option<NaiveDate>, date: NaiveDate) -> bool {
    from <= date && to.is_none_or(|last| date <= last)
}

/// A field as it is signed and printed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShownField {
    pub name: String,
    pub title: String,
    pub value: String,
}

/// A licence as its holder and its issuer see it. The number is masked.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct LicenceView {
    pub id: Uuid,
    pub type_code: String,
    pub name: String,
    pub identifier: String,
    /// The number that is printed: the serial of the identifier.
    pub number: String,
    /// From 1; each new edition has its own identifier.
    pub edition: i32,
    pub status: LicenceStatus,
    pub holder_kind: PartyKind,
    pub holder_name: String,
    pub masked_number: String,
    pub issuer: Uuid,
    pub issuer_name: String,
    pub region: RegionCode,
    pub issued_on: NaiveDate,
    pub valid_from: NaiveDate,
    pub valid_to: Option<NaiveDate>,
    /// The signed fields in printing order.
    pub fields: Vec<ShownField>,
    pub item_name: Option<String>,
    pub case_number: Option<String>,
    /// A demonstration: not a licence.
    pub invented: bool,
    /// For the link `/verify/{code}`; only for the holder and the printer.
    pub verify_code: Option<String>,
    pub history: Vec<StatusStep>,
    pub created_at: DateTime<Utc>,
    /// Guards changes: hand it back with [`ChangeStatus`](crate::ChangeStatus) or [`Reissue`](crate::Reissue).
    pub version: i32,
    /// The exact text of the signed record, which the page carries.
    #[serde(skip)]
    pub record: String,
}

impl fmt::Debug for LicenceView {
    /// Without holder, fields and code.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("LicenceView")
            .field("id", &self.id)
            .field("identifier", &self.identifier)
            .field("status", &self.status)
            .field("version", &self.version)
            .finish_non_exhaustive()
    }
}

/// One step in the life of a licence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StatusStep {
    pub at: DateTime<Utc>,
    pub from: LicenceStatus,
    pub to: LicenceStatus,
    /// `None` of steps before causes were kept.
    pub cause: Option<StatusCause>,
    pub reason: String,
}

/// Brings a holder's number into its strict form. Refuses with the code of the form's rule.
pub(crate) fn check_number(kind: PartyKind, number: &str) -> Result<String, Error> {
    Ok(match kind {
        PartyKind::Person => CitizenNumber::parse_lenient(number)?.as_str().to_owned(),
        PartyKind::Enterprise => Uscc::parse_lenient(number)?.as_str().to_owned(),
    })
}

/// A holder's name for pages that anybody may open: of a person the first character, of a firm the first and last four.
pub(crate) fn mask_name(kind: PartyKind, name: &str) -> String {
    let characters: Vec<char> = name.chars().collect();
    let (head, tail) = match kind {
        PartyKind::Enterprise if characters.len() > 10 => (4, 4),
        PartyKind::Enterprise if characters.len() > 4 => (2, 2),
        _ => (1, 0),
    };
    let hidden = characters.len().saturating_sub(head + tail).max(1);
    let first = characters.iter().take(head);
    let last = characters
        .iter()
        .skip((head + hidden).max(characters.len() - tail));
    first
        .copied()
        .chain(std::iter::repeat_n('*', hidden))
        .chain(last.copied())
        .collect()
}

/// Judges what is to be issued, and brings number and name into their kept form.
///
/// Refusals: `licence.holder_kind`, `licence.holder_name`, the codes of the number's form, `licence.issuer_name`,
/// `licence.period`.
pub(crate) fn check(mut input: IssueLicence, kind: &LicenceType) -> Result<IssueLicence, Error> {
    if input.holder_kind != kind.holder {
        return Err(refused(
            "licence.holder_kind",
            [("expected", kind.holder.as_str().to_owned())],
        ));
    }
    input.holder_name = check_name(&input.holder_name)?;
    input.holder_number = check_number(input.holder_kind, &input.holder_number)?;
    if input.issuer_name.trim().is_empty() {
        return Err(refused("licence.issuer_name", []));
    }
    if input.valid_to.is_some_and(|last| last < input.valid_from) {
        return Err(refused("licence.period", []));
    }
    Ok(input)
}

pub(crate) fn check_name(name: &str) -> Result<String, Error> {
    let name = name.trim();
    if name.is_empty() || name.chars().any(char::is_control) || name.chars().count() > LONGEST_NAME {
        return Err(refused("licence.holder_name", []));
    }
    Ok(name.to_owned())
}

/// The fields that are signed and printed, in the order of the type, as text. A citizen number among them is masked: the page goes from hand to hand.
pub(crate) fn shown_fields(kind: &LicenceType, fields: &Map<String, Value>, number: &str) -> Vec<ShownField> {
    kind.fields
        .iter()
        .filter(|field| !field.private)
        .filter_map(|field| {
            let text = text_of(fields.get(&field.name)?);
            let value = masked_text(kind.holder, text.trim(), number);
            (!value.is_empty()).then(|| ShownField {
                name: field.name.clone(),
                title: field.title.clone(),
                value,
            })
        })
        .collect()
}

/// A value as a person would write it; a list by 、.
pub(super) fn text_of(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::Bool(true) => "是".to_owned(),
        Value::Bool(false) => "否".to_owned(),
        Value::Number(number) => number.to_string(),
        Value::String(text) => text.clone(),
        Value::Array(values) => values.iter().map(text_of).collect::<Vec<_>>().join("、"),
        Value::Object(members) => members.values().map(text_of).collect::<Vec<_>>().join(" "),
    }
}

/// The text with the holder's number, and anything else that is a citizen number, masked.
pub(super) fn masked_text(kind: PartyKind, text: &str, number: &str) -> String {
    let text = text.replace(number, &kind.mask_number(number));
    mask_citizen_numbers(&text)
}

/// Masks every run of 18 digits (the last may be X) that is a citizen number.
fn mask_citizen_numbers(text: &str) -> String {
    let mut masked = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(character) = rest.chars().next() {
        let run = rest.bytes().take_while(u8::is_ascii_alphanumeric).count();
        let (piece, tail) = rest.split_at(run.max(character.len_utf8()));
        match CitizenNumber::parse_lenient(piece) {
            Ok(number) => masked.push_str(&number.masked()),
            Err(_) => masked.push_str(piece),
        }
        rest = tail;
    }
    masked
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::FieldDef;

    #[test]
    fn changes_lead_where_the_table_says() {
        use LicenceStatus::{Cancelled, Revoked, Suspended, Valid};
        for change in StatusChange::ALL {
            for status in LicenceStatus::ALL {
                let expected = match (change, status) {
                    (StatusChange::Suspend, Valid) => Some(Suspended),
                    (StatusChange::Restore, Suspended) => Some(Valid),
                    (StatusChange::Revoke, Valid | Suspended) => Some(Revoked),
                    (StatusChange::Cancel, Valid | Suspended) => Some(Cancelled),
                    _ => None,
                };
                assert_eq!(change.from(status).ok(), expected, "{change:?} {status:?}");
            }
        }
    }

    #[test]
    fn names_are_masked_by_what_they_name() {
        for (kind, name, masked) in [
            (PartyKind::Person, "王", "王*"),
            (PartyKind::Person, "王小明", "王**"),
            (PartyKind::Person, "买买提·吐尔逊", "买******"),
            (PartyKind::Enterprise, "老王面馆", "老***"),
            (PartyKind::Enterprise, "老王牛肉面", "老王*肉面"),
            (
                PartyKind::Enterprise,
                "示范市东城县阳光餐饮有限公司",
                "示范市东******有限公司",
            ),
        ] {
            assert_eq!(mask_name(kind, name), masked);
        }
    }

    #[test]
    fn citizen_numbers_are_masked_wherever_they_stand() {
        let number =
            CitizenNumber::generate("519901", NaiveDate::from_ymd_opt(1990, 5, 4).unwrap(), 7).unwrap();
        let (plain, masked) = (number.as_str(), number.masked());
        for text in ["{}", "经理：{}。", "{}、{}", "a {} b"] {
            assert_eq!(
                mask_citizen_numbers(&text.replace("{}", plain)),
                text.replace("{}", &masked)
            );
        }
        for text in ["", "电话13800001111", "519901199005040000", "人民路1号"] {
            assert_eq!(mask_citizen_numbers(text), text);
        }
    }

    #[test]
    fn shown_fields_follow_the_type() {
        let kind = LicenceType {
            code: String::new(),
            name: String::new(),
            definer_name: String::new(),
            definer_code: String::new(),
            fields: vec![
                FieldDef::new("b", "乙"),
                FieldDef::new("a", "甲"),
                FieldDef::new("empty", "空"),
                FieldDef::new("none", "无"),
                FieldDef::new("secret", "密").private(),
            ],
            holder: PartyKind::Enterprise,
            invented: false,
        };
        let fields = json!({ "a": 3, "b": ["x", true], "empty": " ", "secret": "s", "other": "o" });
        let shown = shown_fields(&kind, fields.as_object().unwrap(), "91350100M000100Y43");
        let shown: Vec<_> = shown
            .iter()
            .map(|field| (field.title.as_str(), field.value.as_str()))
            .collect();
        assert_eq!(shown, [("乙", "x、是"), ("甲", "3")]);
    }
}
