//! What the API says of a case.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use serde_json::{Map, Value};
use tongban_access::{Actor, MandateKind, PartyKind};
use tongban_cases::{
    CaseAgent, CaseLine, CaseView, Channel, Delivery, DocumentView, FactView, HistoryView, MaterialView,
    Origin, OriginKind,
};
use tongban_codes::{CitizenNumber, Light, LimitUnit, Phone};
use tongban_procedure::{ClockReading, DocumentKind, Effect, Renewable, RenewalView, SpecialView, State};
use utoipa::ToSchema;
use uuid::Uuid;

/// A case in a list.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CaseRow {
    id: Uuid,
    /// None while it is a draft.
    number: Option<String>,
    #[schema(value_type = String, example = "submitted")]
    state: State,
    item: Uuid,
    item_name: String,
    organisation: String,
    /// The given name of a person is hidden.
    applicant: String,
    #[schema(value_type = String, example = "online")]
    channel: Channel,
    touched_at: DateTime<Utc>,
    submitted_at: Option<DateTime<Utc>>,
    /// The last day of the running limit, where the calendar reaches so far.
    due_on: Option<NaiveDate>,
    /// It cannot be before this day.
    due_earliest: Option<NaiveDate>,
    /// `green`, `yellow`, `red`; null where no clock runs.
    #[schema(value_type = Option<String>)]
    light: Option<Light>,
    /// Days of the limit that are left.
    remaining: Option<i64>,
    /// The first day on which the clock stands still, while a special procedure stops it.
    stopped_since: Option<NaiveDate>,
}

impl From<CaseLine> for CaseRow {
    fn from(line: CaseLine) -> Self {
        Self {
            id: line.id,
            number: line.number,
            state: line.state,
            item: line.item,
            item_name: line.item_name,
            organisation: line.organisation_name,
            applicant: line.applicant,
            channel: line.channel,
            touched_at: line.touched_at,
            submitted_at: line.submitted_at,
            due_on: line.due_on,
            due_earliest: line.due_earliest,
            light: line.light,
            remaining: line.remaining,
            stopped_since: line.stopped_since,
        }
    }
}

/// Who applies.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ApplicantAnswer {
    #[schema(value_type = String, example = "person")]
    kind: PartyKind,
    name: String,
    /// Citizen number or unified social credit code; a citizen number is masked.
    number: String,
    /// Masked.
    phone: Option<String>,
}

/// Who filed a case for its applicant.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AgentAnswer {
    /// `representative`, `administrator`, `agent`, `family`, `guardian`.
    #[schema(value_type = String, example = "agent")]
    kind: MandateKind,
    name: String,
    /// Citizen number, masked.
    number: String,
    mandate: Uuid,
}

impl From<CaseAgent> for AgentAnswer {
    fn from(agent: CaseAgent) -> Self {
        Self {
            kind: agent.kind,
            name: agent.name,
            number: agent.number_masked,
            mandate: agent.mandate,
        }
    }
}

/// Where a value or a material came from.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OriginAnswer {
    /// `you`, `account`, `resource`, `licence`, `waiting`.
    #[schema(value_type = String)]
    kind: OriginKind,
    /// The register or the licence, in words.
    label: String,
    at: Option<DateTime<Utc>>,
}

impl From<Origin> for OriginAnswer {
    fn from(origin: Origin) -> Self {
        Self {
            kind: origin.kind,
            label: origin.label,
            at: origin.at,
        }
    }
}

/// One material of a case.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MaterialAnswer {
    id: Uuid,
    /// Its code in the matter.
    code: String,
    name: String,
    origin: OriginAnswer,
    file_name: Option<String>,
    media: Option<String>,
    /// Bytes.
    size: Option<i64>,
    /// Whether it was handed in when the office asked for more.
    supplement: bool,
}

/// What a supplemented case said before.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FiledBeforeAnswer {
    asked_at: DateTime<Utc>,
    answered_at: DateTime<Utc>,
    /// Fields that say something else now, with what they said; null for one that was empty. To staff identifiers are masked.
    #[schema(value_type = Object)]
    changed: Map<String, Value>,
    /// Materials that were filed and taken back. Their files can be read like any other.
    superseded: Vec<MaterialAnswer>,
}

impl From<MaterialView> for MaterialAnswer {
    fn from(view: MaterialView) -> Self {
        Self {
            id: view.id,
            code: view.code,
            name: view.name,
            origin: view.origin.into(),
            file_name: view.file_name,
            media: view.media,
            size: view.size,
            supplement: view.supplement,
        }
    }
}

/// What one department answered about the applicant.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FactAnswer {
    resource: String,
    source: String,
    /// `facts`, `not_found`, `unavailable`, `wrong_subject`, `refused`.
    outcome: String,
    #[schema(value_type = Object)]
    facts: Map<String, Value>,
    at: DateTime<Utc>,
}

impl From<FactView> for FactAnswer {
    fn from(view: FactView) -> Self {
        Self {
            resource: view.resource,
            source: view.source,
            outcome: view.outcome,
            facts: view.facts,
            at: view.at,
        }
    }
}

/// One line of the history.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct HistoryAnswer {
    at: DateTime<Utc>,
    /// `submitted`, `accepted`, `supplement_asked` …
    kind: String,
    /// `applicant`, or the name of the office.
    by: String,
    note: Option<String>,
    /// The document that was written.
    document: Option<Uuid>,
}

impl From<HistoryView> for HistoryAnswer {
    fn from(view: HistoryView) -> Self {
        Self {
            at: view.at,
            kind: view.kind,
            by: view.by,
            note: view.note,
            document: view.document,
        }
    }
}

/// One document (文书).
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DocumentAnswer {
    id: Uuid,
    #[schema(value_type = String, example = "acceptance")]
    kind: DocumentKind,
    number: String,
    issued_on: NaiveDate,
    title: String,
    paragraphs: Vec<String>,
    remedies: Vec<String>,
}

impl From<DocumentView> for DocumentAnswer {
    fn from(view: DocumentView) -> Self {
        Self {
            id: view.id,
            kind: view.kind,
            number: view.number,
            issued_on: view.issued_on,
            title: view.body.title,
            paragraphs: view.body.paragraphs,
            remedies: view.body.remedies,
        }
    }
}

/// A legal limit that runs or has ended.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ClockAnswer {
    /// `supplement_notice`, `supplement_answer`, `decide`, `first_review`, `deliver`.
    rule: String,
    /// The article that sets it.
    article: Option<String>,
    #[schema(value_type = String, example = "workday")]
    unit: LimitUnit,
    total: u32,
    /// Null where the calendar does not tell.
    used: Option<u32>,
    due_on: Option<NaiveDate>,
    due_earliest: Option<NaiveDate>,
    /// The year whose working days are not published yet, where that is why there is no last day.
    missing_year: Option<i32>,
    /// The first day on which it stands still, while it does.
    stopped_since: Option<NaiveDate>,
    /// The last day of the time that was announced for what stops it, while it stands still.
    announced_until: Option<NaiveDate>,
    /// What stops it takes longer than was announced.
    overruns: bool,
    /// Working days by which the limit was extended; `total` holds them.
    extended: u32,
    #[schema(value_type = String, example = "green")]
    light: Light,
    started_on: NaiveDate,
    ended_on: Option<NaiveDate>,
}

impl From<ClockReading> for ClockAnswer {
    fn from(reading: ClockReading) -> Self {
        Self {
            rule: reading.rule,
            article: reading.article,
            unit: reading.unit,
            total: reading.total,
            used: reading.used,
            due_on: reading.due_on,
            due_earliest: reading.earliest,
            missing_year: reading.missing_year,
            stopped_since: reading.stopped_since,
            announced_until: reading.announced_until,
            overruns: reading.overruns,
            extended: reading.extended,
            light: reading.light,
            started_on: reading.started_on,
            ended_on: reading.ended_on,
        }
    }
}

/// A special procedure (特别程序) or an extension.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SpecialAnswer {
    /// `hearing`, `expert_review` …, or `extension`.
    kind: String,
    name: String,
    article: String,
    /// `stops`: its time does not count; `extends`: its days are added.
    #[schema(value_type = String, example = "stops")]
    effect: Effect,
    /// Working days that it is expected to take, or that it adds.
    days: u32,
    reason: String,
    started_on: NaiveDate,
    /// Null while it stops the clock.
    ended_on: Option<NaiveDate>,
    result: Option<String>,
    document: Option<Uuid>,
}

impl From<SpecialView> for SpecialAnswer {
    fn from(view: SpecialView) -> Self {
        Self {
            kind: view.kind,
            name: view.name,
            article: view.article,
            effect: view.effect,
            days: view.days,
            reason: view.reason,
            started_on: view.started_on,
            ended_on: view.ended_on,
            result: view.result,
            document: view.document,
        }
    }
}

/// The licence that a filed case renews (延续, 行政许可法 50).
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RenewalAnswer {
    licence: Uuid,
    licence_name: String,
    /// Its last day; a renewal that was applied for in time is decided by then, or counts as granted.
    expires_on: NaiveDate,
    /// The last day on which one applied in time.
    apply_by: NaiveDate,
    /// Whether it was handed in in time: only then silence until the last day renews.
    in_time: bool,
}

impl From<RenewalView> for RenewalAnswer {
    fn from(view: RenewalView) -> Self {
        Self {
            licence: view.licence,
            licence_name: view.licence_name,
            expires_on: view.expires_on,
            apply_by: view.apply_by,
            in_time: view.in_time,
        }
    }
}

/// A licence that a draft may renew: its id is sent as `renews` when the draft is handed in.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RenewableAnswer {
    licence: Uuid,
    name: String,
    identifier: String,
    expires_on: NaiveDate,
    /// The last day on which one applies in time.
    apply_by: NaiveDate,
    /// Whether today still is.
    in_time: bool,
}

impl From<Renewable> for RenewableAnswer {
    fn from(renewable: Renewable) -> Self {
        Self {
            licence: renewable.licence,
            name: renewable.name,
            identifier: renewable.identifier,
            expires_on: renewable.expires_on,
            apply_by: renewable.apply_by,
            in_time: renewable.in_time,
        }
    }
}

/// One case with everything that belongs to it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CaseAnswer {
    id: Uuid,
    /// None while it is a draft.
    number: Option<String>,
    /// `draft`, `submitted`, `supplement`, `accepted`, `granted`, `refused`, `not_accepted`, `withdrawn`, `lapsed`.
    #[schema(value_type = String, example = "submitted")]
    state: State,
    /// Acts send it back: one that was read before somebody else's act is refused with 409.
    version: i32,
    item: Uuid,
    item_version: Uuid,
    item_code: String,
    item_name: String,
    organisation: Uuid,
    organisation_name: String,
    applicant: ApplicantAnswer,
    /// Who filed it for the applicant.
    agent: Option<AgentAnswer>,
    #[schema(value_type = String, example = "online")]
    channel: Channel,
    /// The filled form, by the field names of the matter's form. To staff identifiers are masked.
    #[schema(value_type = Object)]
    values: Map<String, Value>,
    /// By field name.
    origins: BTreeMap<String, OriginAnswer>,
    materials: Vec<MaterialAnswer>,
    /// What was filed before a supplement; null where there was none, or it is not handed in yet.
    filed_before: Option<FiledBeforeAnswer>,
    facts: Vec<FactAnswer>,
    history: Vec<HistoryAnswer>,
    documents: Vec<DocumentAnswer>,
    /// The running one first.
    clocks: Vec<ClockAnswer>,
    /// What stopped or extended the clock of the decision, in the order in which it began.
    special_procedures: Vec<SpecialAnswer>,
    created_at: DateTime<Utc>,
    touched_at: DateTime<Utc>,
    submitted_at: Option<DateTime<Utc>>,
    accepted_at: Option<DateTime<Utc>>,
    decided_at: Option<DateTime<Utc>>,
    delivered_at: Option<DateTime<Utc>>,
    /// What was asked for, once, and until when.
    supplement_text: Option<String>,
    supplement_until: Option<NaiveDate>,
    /// How many steps before the decision are done.
    steps_done: i32,
    licence: Option<Uuid>,
    /// What the filed case renews; null where it renews nothing.
    renewal: Option<RenewalAnswer>,
    /// The licences that the draft may renew, which may be none; null where the matter renews nothing, or the case is filed.
    renewable: Option<Vec<RenewableAnswer>>,
    #[schema(value_type = String, example = "electronic")]
    delivery: Delivery,
}

impl CaseAnswer {
    /// The case as this actor reads it: whoever is not the applicant sees identifiers masked.
    pub(crate) fn of(view: CaseView, renewable: Option<Vec<Renewable>>, actor: &Actor) -> Self {
        let own = view.account.is_some() && view.account == actor.account();
        let shown = |values: Map<String, Value>| if own { values } else { masked_map(values) };
        Self {
            id: view.id,
            number: view.number,
            state: view.state,
            version: view.version,
            item: view.item,
            item_version: view.item_version,
            item_code: view.item_code,
            item_name: view.item_name,
            organisation: view.organisation,
            organisation_name: view.organisation_name,
            applicant: ApplicantAnswer {
                kind: view.party_kind,
                name: view.applicant_name,
                number: view.applicant_masked,
                phone: view.phone_masked,
            },
            agent: view.agent.map(AgentAnswer::from),
            channel: view.channel,
            values: shown(view.values),
            origins: view
                .origins
                .into_iter()
                .map(|(field, origin)| (field, origin.into()))
                .collect(),
            materials: view.materials.into_iter().map(MaterialAnswer::from).collect(),
            filed_before: view.filed_before.map(|before| FiledBeforeAnswer {
                asked_at: before.asked_at,
                answered_at: before.answered_at,
                changed: shown(before.changed),
                superseded: before.superseded.into_iter().map(MaterialAnswer::from).collect(),
            }),
            facts: view
                .facts
                .into_iter()
                .map(|mut fact| {
                    fact.facts = shown(fact.facts);
                    fact.into()
                })
                .collect(),
            history: view.history.into_iter().map(HistoryAnswer::from).collect(),
            documents: view.documents.into_iter().map(DocumentAnswer::from).collect(),
            clocks: view.clocks.into_iter().map(ClockAnswer::from).collect(),
            special_procedures: view.procedures.into_iter().map(SpecialAnswer::from).collect(),
            created_at: view.created_at,
            touched_at: view.touched_at,
            submitted_at: view.submitted_at,
            accepted_at: view.accepted_at,
            decided_at: view.decided_at,
            delivered_at: view.delivered_at,
            supplement_text: view.supplement_text,
            supplement_until: view.supplement_until,
            steps_done: view.step,
            licence: view.licence,
            renewal: view.renewal.map(RenewalAnswer::from),
            renewable: renewable.map(|renewable| renewable.into_iter().map(RenewableAnswer::from).collect()),
            delivery: view.delivery,
        }
    }
}

/// The values without those that only say again, masked, what the case holds: a masked value is never a form value.
pub(super) fn typed(values: Map<String, Value>, view: &CaseView, actor: &Actor) -> Map<String, Value> {
    if view.account.is_some() && view.account == actor.account() {
        return values;
    }
    let said_again = |field: &String, value: &Value| {
        let held = view.values.get(field);
        held.is_some_and(|held| held != value && masked(held.clone()) == *value)
    };
    values
        .into_iter()
        .filter(|(field, value)| !said_again(field, value))
        .collect()
}

fn masked_map(values: Map<String, Value>) -> Map<String, Value> {
    values
        .into_iter()
        .map(|(name, value)| (name, masked(value)))
        .collect()
}

/// Citizen numbers and phones with their middle hidden, wherever they stand.
fn masked(value: Value) -> Value {
    match value {
        Value::String(text) => {
            let number = CitizenNumber::parse(&text).ok().map(|number| number.masked());
            let phone = || Phone::parse(&text).ok().map(|phone| phone.masked());
            Value::String(number.or_else(phone).unwrap_or(text))
        }
        Value::Array(values) => Value::Array(values.into_iter().map(masked).collect()),
        Value::Object(values) => Value::Object(masked_map(values)),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::masked;

    #[test]
    fn identifiers_are_masked_wherever_they_stand() {
        let value = json!({ "owner": ["11010519491231002X", { "phone": "10012345678" }], "area": 80, "name": "小馆" });
        let shown = json!({ "owner": ["1101**********002X", { "phone": "100****5678" }], "area": 80, "name": "小馆" });
        assert_eq!(masked(value), shown);
    }
}
