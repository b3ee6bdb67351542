//! Reading one case, with everything that belongs to it.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use tongban_access::{Action, Actor, MandateKind, PartyKind, Thing, permit};
use tongban_codes::{Phone, WorkCalendar, civil::beijing_date};
use tongban_licences::HeldLicence;
use tongban_procedure::{DocumentKind, State};
use tongban_store::{BlobId, Store, StoreError};
use uuid::Uuid;

use super::{
    domain::{Channel, Delivery},
    row::{case, document, fact, history, material},
    save::{self, FormData},
    view::{CaseAgent, CaseView, DocumentView, FactView, FiledBefore, HistoryView, MaterialView},
};
use crate::{
    acceptance::attend::attends,
    clock::query::clocks_with,
    draft::lapsed::{licences_of, parted},
    error::Error,
    filed::row::{self as filed, Filed},
    renewal, special,
};

pub(crate) fn corrupt(what: &str) -> StoreError {
    StoreError::Corrupt(format!("{what} of a case"))
}

pub(crate) fn party_kind(row: &case::Model) -> Result<PartyKind, StoreError> {
    PartyKind::from_word(&row.party_kind).ok_or_else(|| corrupt("party kind"))
}

pub(crate) async fn find(store: &Store, id: Uuid) -> Result<Option<case::Model>, StoreError> {
    Ok(case::Entity::find_by_id(id).one(store.reader()).await?)
}

/// Of whom and where a case is, by its number, for an operator who is asked why somebody may or may not do something to it. It tells nothing else.
pub async fn thing_of_number(store: &Store, actor: &Actor, number: &str) -> Result<Option<Thing>, Error> {
    permit(actor, Action::AccountManage, &Thing::none())?;
    let row = case::Entity::find()
        .filter(case::Column::Number.eq(number))
        .one(store.reader())
        .await
        .map_err(StoreError::from)?;
    Ok(row.as_ref().map(save::thing).transpose()?)
}

/// One case with everything that belongs to it; `None` for one that is not there or not this actor's to see.
pub async fn case_view(
    store: &Store,
    actor: &Actor,
    calendar: &WorkCalendar,
    id: Uuid,
) -> Result<Option<CaseView>, Error> {
    let Some(row) = visible(store, actor, id).await? else {
        return Ok(None);
    };
    let thing = save::thing(&row)?;
    let owns = actor.account().is_some() && actor.account() == row.account;
    let sends = owns || permit(actor, Action::CaseDeliver, &thing).is_ok();
    let address = match &row.delivery_sealed {
        Some(sealed) if sends => Some(store.unseal(save::ADDRESS, sealed)?),
        _ => None,
    };
    let attended = attends(store, actor, &row).await?;
    let fills = fills(actor, &row, attended)?;
    let mut view = assemble(store, row, calendar, fills).await?;
    view.delivery_address = address;
    view.attended = attended;
    Ok(Some(view))
}

/// Where a case stands: what an act has to know before it is begun.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseStanding {
    pub id: Uuid,
    pub state: State,
    pub version: i32,
    pub item_version: Uuid,
    /// None while it is a draft.
    pub number: Option<String>,
    /// The licence that was issued.
    pub licence: Option<Uuid>,
}

/// Where a case stands; `None` for one that is not there or not this actor's to see.
pub async fn case_standing(store: &Store, actor: &Actor, id: Uuid) -> Result<Option<CaseStanding>, Error> {
    let Some(row) = visible(store, actor, id).await? else {
        return Ok(None);
    };
    Ok(Some(CaseStanding {
        id,
        state: State::from_word(&row.state).ok_or_else(|| corrupt("state"))?,
        version: row.version,
        item_version: row.item_version,
        number: row.number,
        licence: row.licence,
    }))
}

/// The row, for one who may see the case. A draft is for who fills it.
pub(crate) async fn visible(store: &Store, actor: &Actor, id: Uuid) -> Result<Option<case::Model>, Error> {
    let Some(row) = find(store, id).await? else {
        return Ok(None);
    };
    let action = if row.state == State::Draft.as_str() {
        Action::CaseApply
    } else {
        Action::CaseView
    };
    if permit(actor, action, &save::thing(&row)?).is_err() && !clerks_own_draft(actor, &row) {
        return Ok(None);
    }
    Ok(Some(row))
}

/// A draft that a clerk fills for a person at the window.
fn clerks_own_draft(actor: &Actor, row: &case::Model) -> bool {
    row.state == State::Draft.as_str() && row.clerk.is_some() && row.clerk == actor.account()
}

/// Whether this actor fills the supplement that a case waits for. Until it is handed in, it is a draft.
fn fills(actor: &Actor, row: &case::Model, attended: bool) -> Result<bool, StoreError> {
    Ok(row.state == State::Supplement.as_str()
        && (attended || permit(actor, Action::CaseApply, &save::thing(row)?).is_ok()))
}

async fn assemble(
    store: &Store,
    row: case::Model,
    calendar: &WorkCalendar,
    fills: bool,
) -> Result<CaseView, Error> {
    let id = row.id;
    let kind = party_kind(&row)?;
    let number = store.unseal(save::number_field(&row.party_kind), &row.applicant_sealed)?;
    let phone = row
        .phone_sealed
        .as_ref()
        .map(|sealed| store.unseal(save::PHONE, sealed))
        .transpose()?;
    let Said {
        form,
        materials,
        filed,
        superseded,
    } = said(store, &row, fills).await?;
    let state = State::from_word(&row.state).ok_or_else(|| corrupt("state"))?;
    let (materials, lapsed) = in_force(store, state, materials).await?;
    let facts = fact::Entity::find()
        .filter(fact::Column::CaseId.eq(id))
        .order_by_asc(fact::Column::Id)
        .all(store.reader())
        .await?;
    let documents = documents_of(store, id).await?;
    let procedures = special::row::of_cases(store, &[id]).await?;
    let agent = agent_view(store, &row)?;
    Ok(CaseView {
        id,
        number: row.number,
        state,
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
        applicant_masked: match kind {
            PartyKind::Person => kind.mask_number(&number),
            // a firm's code is public
            PartyKind::Enterprise => number,
        },
        agent,
        phone_masked: phone
            .and_then(|phone| Phone::parse(&phone).ok())
            .map(|phone| phone.masked()),
        channel: Channel::from_word(&row.channel).ok_or_else(|| corrupt("channel"))?,
        consents: serde_json::from_str(&row.consents).map_err(StoreError::from)?,
        filed_before: filed_before(filed.as_ref(), &form, superseded)?,
        values: form.values,
        origins: form.origins,
        materials: materials
            .into_iter()
            .map(|row| material_view(row, filed.as_ref()))
            .collect::<Result<_, _>>()?,
        lapsed: lapsed
            .into_iter()
            .map(|row| material_view(row, None))
            .collect::<Result<_, _>>()?,
        facts: facts
            .into_iter()
            .map(|row| fact_view(store, row))
            .collect::<Result<_, _>>()?,
        history: history_of(store, id).await?,
        documents,
        clocks: clocks_with(store, id, &procedures)
            .await?
            .iter()
            .map(|clock| clock.reading(calendar, beijing_date(store.now())))
            .collect(),
        procedures: procedures
            .iter()
            .map(special::row::Model::view)
            .collect::<Result<_, _>>()?,
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
        delivery_address: None,
        attended: false,
        renewal: renewal::row::of_case(store, id)
            .await?
            .map(renewal::row::Model::view),
    })
}

/// The materials of a draft that still count, and those whose licence is in force no longer. What was filed is history.
async fn in_force(
    store: &Store,
    state: State,
    materials: Vec<material::Model>,
) -> Result<(Vec<material::Model>, Vec<material::Model>), Error> {
    let licences = match state {
        State::Draft => licences_of(&materials)?,
        _ => Vec::new(),
    };
    if licences.is_empty() {
        return Ok((materials, Vec::new()));
    }
    let in_force = tongban_licences::in_force(store, &licences, beijing_date(store.now())).await?;
    Ok(parted(materials, &in_force)?)
}

/// What a case says to one who reads it, and what it said when it was filed.
struct Said {
    form: FormData,
    materials: Vec<material::Model>,
    /// The first filing, where it was asked for more.
    filed: Option<Filed>,
    superseded: Vec<material::Model>,
}

/// The form and the materials of a case. Of a supplement that was never handed in, they are those that were filed, but for one who fills it.
async fn said(store: &Store, row: &case::Model, fills: bool) -> Result<Said, Error> {
    let mut materials = material::Entity::find()
        .filter(material::Column::CaseId.eq(row.id))
        .order_by_asc(material::Column::Id)
        .all(store.reader())
        .await?;
    let filed = match row.supplemented {
        true => filed::of(store, row.id).await?,
        false => None,
    };
    if let Some(filed) = filed
        .as_ref()
        .filter(|filed| filed.answered_at.is_none() && !fills)
    {
        materials.retain(|material| filed.materials.contains(&material.id));
        return Ok(Said {
            form: FormData {
                values: filed.values.clone(),
                origins: filed.origins.clone(),
            },
            materials,
            filed: None,
            superseded: Vec::new(),
        });
    }
    let (superseded, materials) = materials
        .into_iter()
        .partition(|material| material.superseded_at.is_some());
    Ok(Said {
        form: save::open_form(store, row)?,
        materials,
        filed,
        superseded,
    })
}

fn filed_before(
    filed: Option<&Filed>,
    form: &FormData,
    superseded: Vec<material::Model>,
) -> Result<Option<FiledBefore>, StoreError> {
    let Some((filed, answered_at)) = filed.and_then(|filed| Some((filed, filed.answered_at?))) else {
        return Ok(None);
    };
    let fields: BTreeSet<&String> = filed.values.keys().chain(form.values.keys()).collect();
    let changed = fields
        .into_iter()
        .filter(|field| filed.values.get(*field) != form.values.get(*field))
        .map(|field| {
            (
                field.clone(),
                filed.values.get(field).cloned().unwrap_or_default(),
            )
        })
        .collect();
    Ok(Some(FiledBefore {
        asked_at: filed.at,
        answered_at,
        changed,
        superseded: superseded
            .into_iter()
            .map(|row| material_view(row, None))
            .collect::<Result<_, _>>()?,
    }))
}

fn material_view(row: material::Model, filed: Option<&Filed>) -> Result<MaterialView, StoreError> {
    Ok(MaterialView {
        supplement: filed.is_some_and(|filed| {
            !filed.materials.contains(&row.id) && filed.answered_at.is_none_or(|answered| row.at <= answered)
        }),
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

pub(crate) async fn history_of(store: &Store, id: Uuid) -> Result<Vec<HistoryView>, StoreError> {
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

pub(crate) async fn documents_of(store: &Store, id: Uuid) -> Result<Vec<DocumentView>, StoreError> {
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
        kind: DocumentKind::from_word(&row.kind).ok_or_else(|| corrupt("document kind"))?,
        number: row.number,
        issued_on: row.issued_on,
        body: serde_json::from_str(&row.body)?,
    })
}

/// Who filed a case for its applicant.
fn agent_view(store: &Store, row: &case::Model) -> Result<Option<CaseAgent>, StoreError> {
    let (Some(mandate), Some(kind), Some(name), Some(sealed)) = (
        row.mandate,
        row.agent_kind.as_deref().and_then(MandateKind::from_word),
        &row.agent_name,
        &row.agent_sealed,
    ) else {
        return Ok(None);
    };
    let number = store.unseal(save::CITIZEN, sealed)?;
    Ok(Some(CaseAgent {
        kind,
        name: name.clone(),
        number_masked: PartyKind::Person.mask_number(&number),
        mandate,
    }))
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
    let Some(row) = visible(store, actor, case).await? else {
        return Ok(None);
    };
    let found = material::Entity::find_by_id(id).one(store.reader()).await?;
    let Some(found) = found.filter(|material| material.case_id == case) else {
        return Ok(None);
    };
    let attended = attends(store, actor, &row).await?;
    if row.supplemented && !fills(actor, &row, attended)? {
        let filed = filed::of(store, case).await?;
        if filed.is_some_and(|filed| filed.answered_at.is_none() && !filed.materials.contains(&id)) {
            return Ok(None);
        }
    }
    let (Some(blob), Some(media)) = (found.blob, found.media) else {
        return Ok(None);
    };
    Ok(Some(CaseFile {
        blob: BlobId::from_stored(&blob)?,
        file_name: found.file_name.unwrap_or_default(),
        media,
    }))
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
    /// As lists show it: 王× for a person.
    pub applicant_shown: String,
    /// Account and mandate of whoever filed it for the applicant.
    pub agent: Option<(Uuid, Uuid)>,
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
    let applicant_shown = party_kind(&row)?.shown_name(&row.applicant_name);
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
        applicant_shown,
        agent: row.agent.zip(row.mandate),
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
