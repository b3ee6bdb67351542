//! What pages and the API read of a case. Identifiers are masked here already.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use serde_json::{Map, Value};
use tongban_access::PartyKind;
use tongban_codes::{CitizenNumber, Light, Uscc};
use tongban_procedure::{ClockReading, DocumentKind, RenewalView, SpecialView, State};
use uuid::Uuid;

use super::domain::{Channel, Delivery, Origin};
use crate::document::issue::Body;

/// A line of a list of cases.
#[derive(Debug, Clone, Serialize)]
pub struct CaseLine {
    pub id: Uuid,
    pub number: Option<String>,
    pub state: State,
    pub item: Uuid,
    pub item_name: String,
    pub organisation_name: String,
    /// The applicant, as a colleague may see it: a person's given name is hidden.
    pub applicant: String,
    pub channel: Channel,
    pub touched_at: DateTime<Utc>,
    pub submitted_at: Option<DateTime<Utc>>,
    pub due_on: Option<NaiveDate>,
    pub due_earliest: Option<NaiveDate>,
    /// Green, yellow or red; nothing where no clock runs.
    pub light: Option<Light>,
    /// Days of the limit that are left; negative when it has passed; nothing where the calendar does not tell.
    pub remaining: Option<i64>,
    /// The first day on which the clock stands still, while a special procedure stops it.
    pub stopped_since: Option<NaiveDate>,
    /// Materials that nobody had to hand in: from registers and licences.
    pub shared: u32,
    /// Files that were handed in.
    pub uploaded: u32,
}

/// One material of a case.
#[derive(Debug, Clone, Serialize)]
pub struct MaterialView {
    pub id: Uuid,
    pub code: String,
    pub name: String,
    pub origin: Origin,
    pub file_name: Option<String>,
    pub media: Option<String>,
    pub size: Option<i64>,
    /// Whether there is a file to look at.
    pub has_file: bool,
}

/// What one department answered about the applicant.
#[derive(Debug, Clone, Serialize)]
pub struct FactView {
    pub resource: String,
    pub source: String,
    /// `facts`, `not_found`, `unavailable`, `wrong_subject`, `refused`.
    pub outcome: String,
    pub facts: Map<String, Value>,
    pub at: DateTime<Utc>,
}

/// One line of the history.
#[derive(Debug, Clone, Serialize)]
pub struct HistoryView {
    pub at: DateTime<Utc>,
    pub kind: String,
    /// `applicant`, or the name of the office.
    pub by: String,
    pub note: Option<String>,
    pub document: Option<Uuid>,
}

/// One document.
#[derive(Debug, Clone, Serialize)]
pub struct DocumentView {
    pub id: Uuid,
    pub case: Uuid,
    pub kind: DocumentKind,
    pub number: String,
    pub issued_on: NaiveDate,
    pub body: Body,
}

/// Everything that one who may see the case sees.
#[derive(Debug, Clone, Serialize)]
pub struct CaseView {
    pub id: Uuid,
    pub number: Option<String>,
    pub state: State,
    pub version: i32,
    pub item: Uuid,
    pub item_version: Uuid,
    pub item_code: String,
    pub item_name: String,
    pub organisation: Uuid,
    pub organisation_name: String,
    pub account: Option<Uuid>,
    pub party_kind: PartyKind,
    pub applicant_name: String,
    pub applicant_masked: String,
    pub phone_masked: Option<String>,
    pub channel: Channel,
    pub values: Map<String, Value>,
    pub origins: BTreeMap<String, Origin>,
    pub consents: Vec<String>,
    pub materials: Vec<MaterialView>,
    /// Of a draft: materials that a licence stood in for which is in force no longer. They are not among `materials`.
    pub lapsed: Vec<MaterialView>,
    pub facts: Vec<FactView>,
    pub history: Vec<HistoryView>,
    pub documents: Vec<DocumentView>,
    /// Running and ended clocks, the running one first.
    pub clocks: Vec<ClockReading>,
    /// Special procedures and extensions, in the order in which they began.
    pub procedures: Vec<SpecialView>,
    pub created_at: DateTime<Utc>,
    pub touched_at: DateTime<Utc>,
    pub submitted_at: Option<DateTime<Utc>>,
    pub accepted_at: Option<DateTime<Utc>>,
    pub decided_at: Option<DateTime<Utc>>,
    pub delivered_at: Option<DateTime<Utc>>,
    pub supplemented: bool,
    pub supplement_text: Option<String>,
    pub supplement_until: Option<NaiveDate>,
    /// Steps before the decision that are done.
    pub step: i32,
    pub licence: Option<Uuid>,
    pub delivery: Delivery,
    /// Where to, for 邮寄: for the applicant and for those who hand over.
    pub delivery_address: Option<String>,
    /// The licence that it renews, where it is a renewal.
    pub renewal: Option<RenewalView>,
}

/// What somebody with the progress link, or with the number and the second fact, sees: no data of the form.
#[derive(Debug, Clone, Serialize)]
pub struct Progress {
    pub number: String,
    pub state: State,
    pub item_name: String,
    pub organisation_name: String,
    pub history: Vec<HistoryView>,
    /// There is no account behind the case.
    pub alone: bool,
    /// What was told in writing: for one who proved the second fact of a case without an account, who has no other place to read it.
    pub letters: Vec<DocumentView>,
    pub clock: Option<ClockReading>,
}

/// A name as colleagues and lists show it: 王× for a person, a firm's name as it is.
pub fn shown_name(kind: PartyKind, name: &str) -> String {
    match kind {
        PartyKind::Enterprise => name.to_owned(),
        PartyKind::Person => {
            let mut letters = name.chars();
            match letters.next() {
                Some(first) => std::iter::once(first).chain(letters.map(|_| '×')).collect(),
                None => String::new(),
            }
        }
    }
}

/// A number as lists show it.
pub(crate) fn masked_number(kind: PartyKind, number: &str) -> String {
    match kind {
        PartyKind::Person => CitizenNumber::parse(number).map(|number| number.masked()).ok(),
        PartyKind::Enterprise => Uscc::parse(number).map(|code| code.as_str().to_owned()).ok(),
    }
    // A number that is not valid was refused at the door; should one be stored, nothing of it is shown.
    .unwrap_or_else(|| "******".to_owned())
}

#[cfg(test)]
mod tests {
    use tongban_access::PartyKind;

    use super::shown_name;

    #[test]
    fn given_names_are_hidden() {
        assert_eq!(shown_name(PartyKind::Person, "王小明"), "王××");
        assert_eq!(shown_name(PartyKind::Person, ""), "");
        assert_eq!(
            shown_name(PartyKind::Enterprise, "示范市蜀香小馆"),
            "示范市蜀香小馆"
        );
    }
}
