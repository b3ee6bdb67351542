//! Reading cases: one, a person's own, the work list of an office. Every list carries its scope.

use chrono::NaiveDate;
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Select,
    sea_query::{Expr, ExprTrait, NullOrdering},
};
use tongban_access::{Action, Actor, PartyKind, Reach, permit};
use tongban_codes::{Light, Phone, WorkCalendar, civil::beijing_date};
use tongban_licences::HeldLicence;
use tongban_store::{BlobId, Page, PageRequest, Store, StoreError};
use uuid::Uuid;

use super::{
    domain::{Channel, Delivery, State},
    row::{case, clock, document, fact, history, material},
    save,
    view::{
        CaseLine, CaseView, DocumentView, FactView, HistoryView, MaterialView, Progress, masked_number,
        shown_name,
    },
};
use crate::{
    clock::run::{CaseClock, ClockReading},
    document::kinds::Kind,
    error::Error,
};

fn corrupt(what: &str) -> StoreError {
    StoreError::Corrupt(format!("{what} of a case"))
}

/// Applies a reach to a list of cases. Drafts belong to who fills them and to nobody else.
fn within(query: Select<case::Entity>, reach: &Reach) -> Select<case::Entity> {
    match reach {
        Reach::Nothing => query.filter(Expr::value(1).eq(0)),
        Reach::Own(account) => query.filter(case::Column::Account.eq(*account)),
        Reach::Organisation(organisation) => query
            .filter(case::Column::Organisation.eq(*organisation))
            .filter(case::Column::State.ne(State::Draft.as_str())),
        Reach::Region(region) => query
            .filter(case::Column::Region.starts_with(region.prefix()))
            .filter(case::Column::State.ne(State::Draft.as_str())),
        Reach::Everything => query.filter(case::Column::State.ne(State::Draft.as_str())),
    }
}

fn party_kind(row: &case::Model) -> Result<PartyKind, StoreError> {
    PartyKind::from_word(&row.party_kind).ok_or_else(|| corrupt("party kind"))
}

fn line(
    row: case::Model,
    clock: Option<&CaseClock>,
    calendar: &WorkCalendar,
    today: NaiveDate,
) -> Result<CaseLine, StoreError> {
    let reading = clock.map(|clock| clock.reading(calendar, today));
    Ok(CaseLine {
        id: row.id,
        state: State::from_word(&row.state).ok_or_else(|| corrupt("state"))?,
        item: row.item,
        applicant: shown_name(party_kind(&row)?, &row.applicant_name),
        channel: Channel::from_word(&row.channel).ok_or_else(|| corrupt("channel"))?,
        number: row.number,
        item_name: row.item_name,
        organisation_name: row.organisation_name,
        touched_at: row.touched_at,
        submitted_at: row.submitted_at,
        due_on: row.due_on,
        due_earliest: row.due_earliest,
        light: reading.as_ref().map(|reading| reading.light),
        remaining: clock.and_then(|clock| clock.clock.remaining(calendar, today).ok()),
        shared: 0,
        uploaded: 0,
    })
}

/// How many materials of these cases came by themselves, and how many as files: one statement for a whole page.
async fn count_materials(store: &Store, lines: &mut [CaseLine]) -> Result<(), StoreError> {
    let found: Vec<(Uuid, Option<i64>)> = material::Entity::find()
        .select_only()
        .column(material::Column::CaseId)
        .column(material::Column::Size)
        .filter(material::Column::CaseId.is_in(lines.iter().map(|line| line.id)))
        .into_tuple()
        .all(store.reader())
        .await?;
    for (case, size) in found {
        if let Some(line) = lines.iter_mut().find(|line| line.id == case) {
            // Only what was handed in is a file with a size.
            if size.is_some() {
                line.uploaded += 1
            } else {
                line.shared += 1
            }
        }
    }
    Ok(())
}

/// Lists up to this length say how many materials a case has; longer ones are only counted themselves.
const MOST_COUNTED: usize = 200;

async fn lines(
    store: &Store,
    rows: Vec<case::Model>,
    calendar: &WorkCalendar,
) -> Result<Vec<CaseLine>, StoreError> {
    let today = beijing_date(store.now());
    // One statement for the clocks of the whole page.
    let running = clock::Entity::find()
        .filter(clock::Column::CaseId.is_in(rows.iter().map(|row| row.id)))
        .filter(clock::Column::EndedOn.is_null())
        .all(store.reader())
        .await?;
    let mut lines = rows
        .into_iter()
        .map(|row| {
            let clock = running.iter().find(|clock| clock.case_id == row.id);
            let clock = clock
                .map(|clock| CaseClock::from_row(clock, Vec::new()))
                .transpose()?;
            line(row, clock.as_ref(), calendar, today)
        })
        .collect::<Result<Vec<_>, StoreError>>()?;
    if lines.len() <= MOST_COUNTED {
        count_materials(store, &mut lines).await?;
    }
    Ok(lines)
}

/// The cases and drafts of the one who is signed in, the last touched first.
pub async fn my_cases(
    store: &Store,
    actor: &Actor,
    calendar: &WorkCalendar,
    page: PageRequest,
) -> Result<Page<CaseLine>, Error> {
    let query = within(case::Entity::find(), &Reach::of(actor, Action::CaseApply));
    let total = query.clone().count(store.reader()).await?;
    let rows = query
        .order_by_desc(case::Column::TouchedAt)
        .order_by_desc(case::Column::Id)
        .offset(page.offset())
        .limit(page.size)
        .all(store.reader())
        .await?;
    Ok(Page::new(lines(store, rows, calendar).await?, total, page))
}

/// What an office wants to see.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WorkFilter {
    /// Waits for the window.
    ToAccept,
    /// Waits for the department.
    ToDecide,
    /// Decided, waits to be handed over.
    ToDeliver,
    /// Waits for the applicant.
    Supplement,
    /// Everything that is open.
    Open,
    /// Everything that is closed.
    Closed,
}

impl WorkFilter {
    /// The filter of a word in an address.
    pub fn from_word(word: &str) -> Option<Self> {
        Some(match word {
            "accept" => Self::ToAccept,
            "decide" => Self::ToDecide,
            "deliver" => Self::ToDeliver,
            "supplement" => Self::Supplement,
            "open" => Self::Open,
            "closed" => Self::Closed,
            _ => return None,
        })
    }

    fn apply(self, query: Select<case::Entity>) -> Select<case::Entity> {
        let states = |states: &[State]| case::Column::State.is_in(states.iter().map(|state| state.as_str()));
        match self {
            Self::ToAccept => query.filter(states(&[State::Submitted])),
            Self::ToDecide => query.filter(states(&[State::Accepted])),
            Self::ToDeliver => query.filter(
                Condition::all()
                    .add(states(&[State::Granted]))
                    .add(case::Column::DeliveredAt.is_null()),
            ),
            Self::Supplement => query.filter(states(&[State::Supplement])),
            Self::Open => query.filter(states(&[State::Submitted, State::Supplement, State::Accepted])),
            Self::Closed => query.filter(states(&[
                State::Granted,
                State::Refused,
                State::NotAccepted,
                State::Withdrawn,
                State::Lapsed,
            ])),
        }
    }
}

/// The work list of an office: what is due first stands first.
pub async fn work_list(
    store: &Store,
    actor: &Actor,
    filter: WorkFilter,
    calendar: &WorkCalendar,
    page: PageRequest,
) -> Result<Page<CaseLine>, Error> {
    let query = filter.apply(within(case::Entity::find(), &Reach::of(actor, Action::CaseView)));
    let total = query.clone().count(store.reader()).await?;
    let rows = query
        .order_by_with_nulls(case::Column::DueEarliest, sea_orm::Order::Asc, NullOrdering::Last)
        .order_by_asc(case::Column::SubmittedAt)
        .order_by_asc(case::Column::Id)
        .offset(page.offset())
        .limit(page.size)
        .all(store.reader())
        .await?;
    Ok(Page::new(lines(store, rows, calendar).await?, total, page))
}

/// How many cases stand behind each [`WorkFilter`], for the tabs of the work list.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
pub struct WorkTotals {
    pub accept: u64,
    pub decide: u64,
    pub deliver: u64,
    pub supplement: u64,
    pub open: u64,
    pub closed: u64,
}

/// Counts the cases of an office by filter.
pub async fn work_totals(store: &Store, actor: &Actor) -> Result<WorkTotals, Error> {
    let reach = Reach::of(actor, Action::CaseView);
    let by_state: Vec<(String, i64)> = within(case::Entity::find(), &reach)
        .select_only()
        .column(case::Column::State)
        .column_as(case::Column::Id.count(), "cases")
        .group_by(case::Column::State)
        .into_tuple()
        .all(store.reader())
        .await?;
    let deliver = WorkFilter::ToDeliver
        .apply(within(case::Entity::find(), &reach))
        .count(store.reader())
        .await?;
    let mut totals = WorkTotals {
        deliver,
        ..WorkTotals::default()
    };
    for (word, count) in by_state {
        let count = u64::try_from(count).unwrap_or_default();
        match State::from_word(&word) {
            Some(State::Submitted) => totals.accept = count,
            Some(State::Accepted) => totals.decide = count,
            Some(State::Supplement) => totals.supplement = count,
            Some(state) if state.is_closed() => totals.closed += count,
            Some(_) | None => {}
        }
    }
    totals.open = totals.accept + totals.decide + totals.supplement;
    Ok(totals)
}

/// Drafts that a clerk has begun for people at the window, the last touched first, at most 20.
pub async fn window_drafts(
    store: &Store,
    actor: &Actor,
    calendar: &WorkCalendar,
) -> Result<Vec<CaseLine>, Error> {
    let Some(clerk) = actor.post().and(actor.account()) else {
        return Ok(Vec::new());
    };
    let rows = case::Entity::find()
        .filter(case::Column::Clerk.eq(clerk))
        .filter(case::Column::State.eq(State::Draft.as_str()))
        .order_by_desc(case::Column::TouchedAt)
        .limit(20)
        .all(store.reader())
        .await?;
    Ok(lines(store, rows, calendar).await?)
}

/// How many open cases stand at which light, for the head of the work list.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
pub struct WorkCounts {
    pub red: u64,
    pub yellow: u64,
    pub green: u64,
    pub no_clock: u64,
}

/// Counts the open cases of an office by light. At most 5,000 are looked at, the most urgent first.
pub async fn work_counts(store: &Store, actor: &Actor, calendar: &WorkCalendar) -> Result<WorkCounts, Error> {
    let rows = WorkFilter::Open
        .apply(within(case::Entity::find(), &Reach::of(actor, Action::CaseView)))
        .order_by_with_nulls(case::Column::DueEarliest, sea_orm::Order::Asc, NullOrdering::Last)
        .limit(5_000)
        .all(store.reader())
        .await?;
    let mut counts = WorkCounts::default();
    for line in lines(store, rows, calendar).await? {
        match line.light {
            Some(Light::Red) => counts.red += 1,
            Some(Light::Yellow) => counts.yellow += 1,
            Some(Light::Green) => counts.green += 1,
            None => counts.no_clock += 1,
        }
    }
    Ok(counts)
}

async fn find(store: &Store, id: Uuid) -> Result<Option<case::Model>, StoreError> {
    Ok(case::Entity::find_by_id(id).one(store.reader()).await?)
}

/// One case with everything that belongs to it; `None` for one that is not there or not this actor's to see.
pub async fn case_view(
    store: &Store,
    actor: &Actor,
    calendar: &WorkCalendar,
    id: Uuid,
) -> Result<Option<CaseView>, Error> {
    let Some(row) = find(store, id).await? else {
        return Ok(None);
    };
    let draft = row.state == State::Draft.as_str();
    let action = if draft {
        Action::CaseApply
    } else {
        Action::CaseView
    };
    if permit(actor, action, &save::thing(&row)?).is_err() && !clerks_own_draft(actor, &row) {
        return Ok(None);
    }
    Ok(Some(assemble(store, row, calendar).await?))
}

/// A draft that a clerk fills for a person at the window.
fn clerks_own_draft(actor: &Actor, row: &case::Model) -> bool {
    row.state == State::Draft.as_str() && row.clerk.is_some() && row.clerk == actor.account()
}

async fn assemble(store: &Store, row: case::Model, calendar: &WorkCalendar) -> Result<CaseView, Error> {
    let id = row.id;
    let kind = party_kind(&row)?;
    let number = store.unseal(save::number_field(&row.party_kind), &row.applicant_sealed)?;
    let phone = row
        .phone_sealed
        .as_ref()
        .map(|sealed| store.unseal(save::PHONE, sealed))
        .transpose()?;
    let form = save::open_form(store, &row)?;
    let materials = material::Entity::find()
        .filter(material::Column::CaseId.eq(id))
        .order_by_asc(material::Column::Id)
        .all(store.reader())
        .await?;
    let facts = fact::Entity::find()
        .filter(fact::Column::CaseId.eq(id))
        .order_by_asc(fact::Column::Id)
        .all(store.reader())
        .await?;
    let documents = documents_of(store, id).await?;
    Ok(CaseView {
        id,
        number: row.number,
        state: State::from_word(&row.state).ok_or_else(|| corrupt("state"))?,
        version: row.version,
        item: row.item,
        item_version: row.item_version,
        item_code: row.item_code,
        item_name: row.item_name,
        organisation: row.organisation,
        organisation_name: row.organisation_name,
        account: row.account,
        party_kind: kind,
        applicant_name: row.applicant_name,
        applicant_masked: masked_number(kind, &number),
        phone_masked: phone
            .and_then(|phone| Phone::parse(&phone).ok())
            .map(|phone| phone.masked()),
        channel: Channel::from_word(&row.channel).ok_or_else(|| corrupt("channel"))?,
        values: form.values,
        origins: form.origins,
        consents: serde_json::from_str(&row.consents).map_err(StoreError::from)?,
        materials: materials
            .into_iter()
            .map(material_view)
            .collect::<Result<_, _>>()?,
        facts: facts
            .into_iter()
            .map(|row| fact_view(store, row))
            .collect::<Result<_, _>>()?,
        history: history_of(store, id).await?,
        documents,
        clocks: clocks_of(store, id)
            .await?
            .iter()
            .map(|clock| clock.reading(calendar, beijing_date(store.now())))
            .collect(),
        created_at: row.created_at,
        touched_at: row.touched_at,
        submitted_at: row.submitted_at,
        accepted_at: row.accepted_at,
        decided_at: row.decided_at,
        delivered_at: row.delivered_at,
        supplemented: row.supplemented,
        supplement_text: row.supplement_text,
        supplement_until: row.supplement_until,
        step: row.step,
        licence: row.licence,
        delivery: Delivery::from_word(&row.delivery).ok_or_else(|| corrupt("delivery"))?,
    })
}

fn material_view(row: material::Model) -> Result<MaterialView, StoreError> {
    Ok(MaterialView {
        id: row.id,
        code: row.code,
        name: row.name,
        origin: serde_json::from_str(&row.origin)?,
        file_name: row.file_name,
        media: row.media,
        size: row.size,
        has_file: row.blob.is_some(),
    })
}

fn fact_view(store: &Store, row: fact::Model) -> Result<FactView, StoreError> {
    let facts = match &row.facts_sealed {
        Some(sealed) => serde_json::from_str(&store.unseal(save::FACT, sealed)?)?,
        None => serde_json::Map::new(),
    };
    Ok(FactView {
        resource: row.resource,
        source: row.source,
        outcome: row.outcome,
        facts,
        at: row.at,
    })
}

async fn history_of(store: &Store, id: Uuid) -> Result<Vec<HistoryView>, StoreError> {
    let rows = history::Entity::find()
        .filter(history::Column::CaseId.eq(id))
        .order_by_asc(history::Column::At)
        .order_by_asc(history::Column::Id)
        .all(store.reader())
        .await?;
    Ok(rows
        .into_iter()
        .map(|row| HistoryView {
            at: row.at,
            kind: row.kind,
            by: row.actor_label,
            note: row.note,
            document: row.document,
        })
        .collect())
}

/// The clocks of a case, the running one first.
pub async fn clocks_of(store: &Store, id: Uuid) -> Result<Vec<CaseClock>, StoreError> {
    let mut rows = clock::Entity::find()
        .filter(clock::Column::CaseId.eq(id))
        .order_by_desc(clock::Column::Id)
        .all(store.reader())
        .await?;
    rows.sort_by_key(|row| row.ended_on.is_some());
    rows.iter()
        .map(|row| CaseClock::from_row(row, Vec::new()))
        .collect()
}

async fn documents_of(store: &Store, id: Uuid) -> Result<Vec<DocumentView>, StoreError> {
    let rows = document::Entity::find()
        .filter(document::Column::CaseId.eq(id))
        .order_by_asc(document::Column::Id)
        .all(store.reader())
        .await?;
    rows.into_iter().map(document_view).collect()
}

fn document_view(row: document::Model) -> Result<DocumentView, StoreError> {
    Ok(DocumentView {
        id: row.id,
        case: row.case_id,
        kind: Kind::from_word(&row.kind).ok_or_else(|| corrupt("document kind"))?,
        number: row.number,
        issued_on: row.issued_on,
        body: serde_json::from_str(&row.body)?,
    })
}

/// One document of a case that the actor may see.
pub async fn document_of(
    store: &Store,
    actor: &Actor,
    case: Uuid,
    id: Uuid,
) -> Result<Option<DocumentView>, Error> {
    let Some(row) = find(store, case).await? else {
        return Ok(None);
    };
    if permit(actor, Action::CaseView, &save::thing(&row)?).is_err() {
        return Ok(None);
    }
    let found = document::Entity::find_by_id(id).one(store.reader()).await?;
    Ok(found
        .filter(|document| document.case_id == case)
        .map(document_view)
        .transpose()?)
}

/// A file of a case that the actor may see: its blob, name and media type.
#[derive(Debug, Clone)]
pub struct CaseFile {
    pub blob: BlobId,
    pub file_name: String,
    pub media: String,
}

/// Finds a file of a case.
pub async fn file_of(store: &Store, actor: &Actor, case: Uuid, id: Uuid) -> Result<Option<CaseFile>, Error> {
    let Some(row) = find(store, case).await? else {
        return Ok(None);
    };
    // As in `case_view`: a draft is for who fills it.
    let action = if row.state == State::Draft.as_str() {
        Action::CaseApply
    } else {
        Action::CaseView
    };
    if permit(actor, action, &save::thing(&row)?).is_err() && !clerks_own_draft(actor, &row) {
        return Ok(None);
    }
    let found = material::Entity::find_by_id(id).one(store.reader()).await?;
    let Some(found) = found.filter(|material| material.case_id == case) else {
        return Ok(None);
    };
    let (Some(blob), Some(media)) = (found.blob, found.media) else {
        return Ok(None);
    };
    Ok(Some(CaseFile {
        blob: BlobId::from_stored(&blob)?,
        file_name: found.file_name.unwrap_or_default(),
        media,
    }))
}

/// The link code of a case's progress page, for its applicant.
pub async fn progress_code(store: &Store, actor: &Actor, id: Uuid) -> Result<Option<String>, Error> {
    let Some(row) = find(store, id).await? else {
        return Ok(None);
    };
    if permit(actor, Action::CaseView, &save::thing(&row)?).is_err() {
        return Ok(None);
    }
    Ok(row
        .progress_sealed
        .map(|sealed| store.unseal(save::PROGRESS, &sealed))
        .transpose()?)
}

/// What stands behind a progress link.
pub async fn progress_by_code(
    store: &Store,
    calendar: &WorkCalendar,
    code: &str,
) -> Result<Option<Progress>, Error> {
    let hash = store.keys().token_hash(code);
    let row = case::Entity::find()
        .filter(case::Column::ProgressHash.eq(hash))
        .one(store.reader())
        .await?;
    match row {
        Some(row) => Ok(Some(progress(store, row, calendar).await?)),
        None => Ok(None),
    }
}

/// What stands behind a case number, for one who knows the last four characters of the applicant's number.
/// A miss and a mismatch answer alike.
pub async fn progress_by_number(
    store: &Store,
    calendar: &WorkCalendar,
    number: &str,
    last_four: &str,
) -> Result<Option<Progress>, Error> {
    let row = case::Entity::find()
        .filter(case::Column::Number.eq(number))
        .one(store.reader())
        .await?;
    let Some(row) = row else { return Ok(None) };
    let applicant = store.unseal(save::number_field(&row.party_kind), &row.applicant_sealed)?;
    let known: String = applicant
        .chars()
        .skip(applicant.chars().count().saturating_sub(4))
        .collect();
    let given = last_four.trim().to_ascii_uppercase();
    if !tongban_crypto::constant_time_eq(known.as_bytes(), given.as_bytes()) {
        return Ok(None);
    }
    Ok(Some(progress(store, row, calendar).await?))
}

async fn progress(store: &Store, row: case::Model, calendar: &WorkCalendar) -> Result<Progress, Error> {
    let clock: Option<ClockReading> = clocks_of(store, row.id)
        .await?
        .first()
        .map(|clock| clock.reading(calendar, beijing_date(store.now())));
    let mut history = history_of(store, row.id).await?;
    for line in &mut history {
        // Opinions and reasons are for the parties of the case.
        line.note = None;
        line.document = None;
    }
    Ok(Progress {
        number: row.number.unwrap_or_default(),
        state: State::from_word(&row.state).ok_or_else(|| corrupt("state"))?,
        item_name: row.item_name,
        organisation_name: row.organisation_name,
        history,
        clock: clock.filter(|clock| clock.ended_on.is_none()),
    })
}

/// The licences that the applicant of a case holds. Within the room: the caller has checked the actor.
pub(crate) async fn held_by_applicant(store: &Store, id: Uuid) -> Result<Vec<HeldLicence>, Error> {
    let row = find(store, id).await?.ok_or(Error::NotFound)?;
    let number = store.unseal(save::number_field(&row.party_kind), &row.applicant_sealed)?;
    Ok(tongban_licences::held(store, party_kind(&row)?, &number).await?)
}

/// What later rooms need to know of a case to tell people about it. Not scoped: for subscribers only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseSummary {
    pub id: Uuid,
    pub number: Option<String>,
    pub state: State,
    pub item: Uuid,
    pub item_name: String,
    pub organisation: Uuid,
    pub organisation_name: String,
    pub region: tongban_codes::RegionCode,
    pub account: Option<Uuid>,
    pub supplement_text: Option<String>,
    pub supplement_until: Option<NaiveDate>,
    pub due_on: Option<NaiveDate>,
    pub licence: Option<Uuid>,
    /// Sealed under the field `phone`, where the applicant gave one.
    pub phone_sealed: Option<String>,
}

/// The summary of a case, for subscribers of later rooms.
pub async fn case_summary(store: &Store, id: Uuid) -> Result<Option<CaseSummary>, Error> {
    let Some(row) = find(store, id).await? else {
        return Ok(None);
    };
    Ok(Some(summary(row)?))
}

/// The same inside an act.
pub async fn case_summary_in(tx: &tongban_store::Tx, id: Uuid) -> Result<Option<CaseSummary>, Error> {
    match super::row::find(tx, id).await? {
        Some(row) => Ok(Some(summary(row)?)),
        None => Ok(None),
    }
}

fn summary(row: case::Model) -> Result<CaseSummary, StoreError> {
    Ok(CaseSummary {
        id: row.id,
        state: State::from_word(&row.state).ok_or_else(|| corrupt("state"))?,
        region: save::region(&row)?,
        number: row.number,
        item: row.item,
        item_name: row.item_name,
        organisation: row.organisation,
        organisation_name: row.organisation_name,
        account: row.account,
        supplement_text: row.supplement_text,
        supplement_until: row.supplement_until,
        due_on: row.due_on,
        licence: row.licence,
        phone_sealed: row.phone_sealed,
    })
}

/// The row behind a purpose of the exchange.
pub(crate) async fn purpose_row(store: &Store, id: Uuid) -> Result<Option<case::Model>, StoreError> {
    find(store, id).await
}
