//! What pages and the API read of a case. Identifiers are masked here already.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use serde_json::{Map, Value};
use tongban_access::{MandateKind, PartyKind};
use tongban_catalogue::{ItemContent, ItemVersion, Material, Necessity};
use tongban_codes::Light;
use tongban_procedure::{ClockReading, DocumentBody, DocumentKind, RenewalView, SpecialView, State};
use uuid::Uuid;

use super::domain::{Channel, Delivery, Origin};

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
    /// Handed in when the office asked for more.
    pub supplement: bool,
}

/// What a case that was supplemented said before.
#[derive(Debug, Clone, Serialize)]
pub struct FiledBefore {
    /// When the office asked for more.
    pub asked_at: DateTime<Utc>,
    pub answered_at: DateTime<Utc>,
    /// Fields that say something else now, with what they said; null for one that was empty.
    pub changed: Map<String, Value>,
    /// Materials that were filed and taken back. Their files are there.
    pub superseded: Vec<MaterialView>,
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
    /// `applicant`, `agent`, or the name of the office.
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
    pub body: DocumentBody,
}

/// Who filed a case for its applicant.
#[derive(Debug, Clone, Serialize)]
pub struct CaseAgent {
    pub kind: MandateKind,
    pub name: String,
    pub number_masked: String,
    pub mandate: Uuid,
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
    /// Who filed it for the applicant.
    pub agent: Option<CaseAgent>,
    pub channel: Channel,
    pub values: Map<String, Value>,
    pub origins: BTreeMap<String, Origin>,
    pub consents: Vec<String>,
    pub materials: Vec<MaterialView>,
    /// Of a draft: materials that a licence stood in for which is in force no longer. They are not among `materials`.
    pub lapsed: Vec<MaterialView>,
    /// What was filed before a supplement, once that is handed in.
    pub filed_before: Option<FiledBefore>,
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
    /// The clerk who reads it has recorded today that the applicant stands at the window.
    pub attended: bool,
    /// The licence that it renews, where it is a renewal.
    pub renewal: Option<RenewalView>,
}

impl CaseView {
    /// The materials that its form asks for, and those that are there although it asks for them no longer.
    pub fn asked<'item>(&'item self, item: &'item ItemVersion) -> impl Iterator<Item = &'item Material> {
        let situation = ItemContent::situation_of(&self.values);
        item.content.materials.iter().filter(move |material| {
            material.is_for(situation) || self.materials.iter().any(|there| there.code == material.code)
        })
    }

    /// Names of the materials of this necessity that are not there.
    pub fn missing(&self, item: &ItemVersion, necessity: Necessity) -> Vec<String> {
        item.content
            .missing(necessity, &self.values, |code| {
                self.materials.iter().any(|there| there.code == code)
            })
            .map(|wanted| wanted.name.clone())
            .collect()
    }
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
