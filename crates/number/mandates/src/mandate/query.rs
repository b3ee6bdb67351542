//! Reading mandates.

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::{
    ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Select,
    sea_query::ExprTrait,
};
use serde::Serialize;
use tongban_access::{Action, Actor, MandateKind, PartyKind, Thing, permit};
use tongban_codes::{CitizenNumber, civil::beijing_date};
use tongban_identity::{
    Party, account_is_open_in, find_party_in, party, party_in, subject_blind, subject_blinds,
};
use tongban_store::{AccessEntry, AuditEntry, Page, PageRequest, Store, StoreError, Tx};
use uuid::Uuid;

use super::{
    domain::{Scope, Side, Standing, State, may_end, of_age_on},
    row::{AGENT_FIELD, held, mandate},
};
use crate::Error;

/// Mandates of one person that a window sees.
const MOST_AT_WINDOW: u64 = 50;

/// A mandate as one of its two sides sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MandateView {
    pub id: Uuid,
    pub kind: MandateKind,
    pub standing: Standing,
    pub principal_kind: PartyKind,
    /// As it was when the mandate was given.
    pub principal_name: String,
    pub agent_name: String,
    pub agent_number_masked: String,
    pub scope: Scope,
    pub everything: bool,
    pub starts_on: NaiveDate,
    /// The last day.
    pub ends_on: Option<NaiveDate>,
    /// `principal`, `representative`, `administrator`, `register`, `window`.
    pub given_by: String,
    pub given_at: DateTime<Utc>,
    pub answered_at: Option<DateTime<Utc>>,
    /// What a window looked at.
    pub document: Option<String>,
    /// Whose window.
    pub organisation_name: Option<String>,
    pub ended_at: Option<DateTime<Utc>>,
    /// `principal`, `agent`, `register`, `window`.
    pub ended_by: Option<String>,
    /// When the register last agreed.
    pub checked_at: Option<DateTime<Utc>>,
    /// Whether the viewer may end it from their side.
    pub may_end: bool,
}

fn view(
    store: &Store,
    row: mandate::Model,
    side: Side,
    actor: &Actor,
    viewer_of_age: bool,
) -> Result<MandateView, StoreError> {
    let today = beijing_date(store.now());
    let kind = row.kind()?;
    let standing = row.standing(today)?;
    let scope = row.scope()?;
    let number = store.unseal(AGENT_FIELD, &row.agent_sealed)?;
    let agency = actor.agency().filter(|_| side == Side::Principal);
    // who looks from the principal's side as themself
    let of_age = side == Side::Principal && viewer_of_age;
    Ok(MandateView {
        id: row.id,
        kind,
        standing,
        principal_kind: row.principal_kind()?,
        agent_number_masked: PartyKind::Person.mask_number(&number),
        everything: scope.is_everything(),
        scope,
        may_end: standing.is_open() && may_end(kind, side, agency, of_age),
        principal_name: row.principal_name,
        agent_name: row.agent_name,
        starts_on: row.starts_on,
        ends_on: row.ends_on,
        given_by: row.given_by,
        given_at: row.given_at,
        answered_at: row.answered_at,
        document: row.document,
        organisation_name: row.organisation_name,
        ended_at: row.ended_at,
        ended_by: row.ended_by,
        checked_at: row.checked_at,
    })
}

async fn page_of(
    store: &Store,
    actor: &Actor,
    side: Side,
    query: Select<mandate::Entity>,
    page: PageRequest,
) -> Result<Page<MandateView>, Error> {
    let total = query
        .clone()
        .count(store.reader())
        .await
        .map_err(StoreError::from)?;
    let rows = query
        .order_by_desc(mandate::Column::GivenAt)
        .order_by_desc(mandate::Column::Id)
        .offset(page.offset())
        .limit(page.size)
        .all(store.reader())
        .await
        .map_err(StoreError::from)?;
    let grown = grown(store, actor).await?;
    let rows = rows
        .into_iter()
        .map(|row| view(store, row, side, actor, grown))
        .collect::<Result<_, _>>()?;
    Ok(Page::new(rows, total, page))
}

/// Who may act for the one whose matters they are, newest first, ended ones too.
pub async fn given_mandates(
    store: &Store,
    actor: &Actor,
    page: PageRequest,
) -> Result<Page<MandateView>, Error> {
    let account = actor.account().ok_or(Error::NotFound)?;
    permit(actor, Action::MandateGive, &Thing::of(account))?;
    let query = mandate::Entity::find().filter(mandate::Column::Principal.eq(account));
    page_of(store, actor, Side::Principal, query, page).await
}

/// For whom the person who is signed in may act, newest first, ended ones too. Somebody whose number nobody knows has none.
pub async fn received_mandates(
    store: &Store,
    actor: &Actor,
    page: PageRequest,
) -> Result<Page<MandateView>, Error> {
    let Some(person) = person(store, actor).await? else {
        return Ok(Page::new(Vec::new(), 0, page));
    };
    let query = of_agent(&subject_blinds(store, PartyKind::Person, &person.number));
    page_of(store, actor, Side::Agent, query, page).await
}

/// How many offers wait for the person's answer.
pub async fn waiting_mandates(store: &Store, actor: &Actor) -> Result<u64, Error> {
    let Some(person) = person(store, actor).await? else {
        return Ok(0);
    };
    let waiting = of_agent(&subject_blinds(store, PartyKind::Person, &person.number))
        .filter(mandate::Column::State.eq(State::Offered.as_str()))
        .filter(mandate::Column::EndsOn.gte(beijing_date(store.now())));
    Ok(waiting.count(store.reader()).await.map_err(StoreError::from)?)
}

/// The mandates of a person by number, for the clerk at whose window they are: newest first, fifty at most. Firms see to theirs themselves. That somebody
/// looked is on record for the person, once a day for each member of staff. Refuses a malformed number with the code of its rule.
pub async fn mandates_of(tx: &Tx, actor: &Actor, number: &str) -> Result<Vec<MandateView>, Error> {
    permit(actor, Action::PersonServe, &Thing::none())?;
    let Some(principal) = find_party_in(tx, PartyKind::Person, number).await? else {
        return Ok(Vec::new());
    };
    let rows = mandate::Entity::find()
        .filter(mandate::Column::Principal.eq(principal))
        .order_by_desc(mandate::Column::GivenAt)
        .limit(MOST_AT_WINDOW)
        .all(tx.connection())
        .await
        .map_err(StoreError::from)?;
    let person = party_in(tx, principal).await?;
    if let (Some(person), Some(post), Some(clerk)) = (person, actor.post(), actor.account())
        && !rows.is_empty()
    {
        let blind = subject_blind(tx.store(), PartyKind::Person, &person.number);
        let day = beijing_date(tx.now());
        if tx
            .once(&format!("mandates.find:{principal}:{clerk}:{day}"))
            .await?
        {
            tx.access_log(AccessEntry {
                subject_blind: blind.clone(),
                object_kind: "mandates",
                object_id: String::new(),
                purpose: "在窗口查询代办授权".to_owned(),
                reader: format!("{} · 窗口人员", post.organisation_name),
            })
            .await?;
            tx.audit(AuditEntry::new("mandate.find").on("mandate", "").about(&blind))
                .await?;
        }
    }
    let rows = rows
        .into_iter()
        .map(|row| view(tx.store(), row, Side::Principal, actor, false))
        .collect::<Result<_, _>>()?;
    Ok(rows)
}

/// One mandate from a side; `None`: not there, or not theirs to see from it. A clerk sees those of persons from the principal's.
pub async fn mandate(
    store: &Store,
    actor: &Actor,
    id: Uuid,
    side: Side,
) -> Result<Option<MandateView>, Error> {
    let Some(row) = find(store, id).await? else {
        return Ok(None);
    };
    let sees = match side {
        Side::Agent => match person(store, actor).await? {
            Some(person) => {
                subject_blinds(store, PartyKind::Person, &person.number).contains(&row.agent_blind)
            }
            None => false,
        },
        Side::Principal => {
            let serves = permit(actor, Action::PersonServe, &Thing::none()).is_ok()
                && row.principal_kind()? == PartyKind::Person;
            serves || permit(actor, Action::MandateGive, &Thing::of(row.principal)).is_ok()
        }
    };
    if !sees {
        return Ok(None);
    }
    let grown = grown(store, actor).await?;
    Ok(Some(view(store, row, side, actor, grown)?))
}

/// Whether whoever looks is a person of age today who acts for themself.
async fn grown(store: &Store, actor: &Actor) -> Result<bool, Error> {
    if actor.agency().is_some() {
        return Ok(false);
    }
    let Some(person) = person(store, actor).await? else {
        return Ok(false);
    };
    Ok(CitizenNumber::parse(&person.number)
        .ok()
        .and_then(|number| of_age_on(&number))
        .is_some_and(|day| day <= beijing_date(store.now())))
}

/// Whether the mandate under which somebody acts is in force inside this act; whoever acts for themself stands. Held until the act ends, so that what takes it
/// back comes before or after.
pub async fn agency_stands_in(tx: &Tx, actor: &Actor) -> Result<bool, StoreError> {
    let Some(agency) = actor.agency() else {
        return Ok(true);
    };
    let Some(read) = held(tx, agency.mandate).await? else {
        return Ok(false);
    };
    Ok(Some(read.principal) == actor.account() && read.standing(beijing_date(tx.now()))? == Standing::Active)
}

/// Whether a mandate is in force inside an act: for rooms that tell an agent something.
pub async fn mandate_stands_in(tx: &Tx, id: Uuid) -> Result<bool, Error> {
    let found = mandate::Entity::find_by_id(id)
        .one(tx.connection())
        .await
        .map_err(StoreError::from)?;
    Ok(match found {
        Some(row) => row.standing(beijing_date(tx.now()))? == Standing::Active,
        None => false,
    })
}

fn of_agent(blinds: &[String]) -> Select<mandate::Entity> {
    mandate::Entity::find().filter(mandate::Column::AgentBlind.is_in(blinds.iter().map(String::as_str)))
}

/// The natural person who is signed in, with their number; none for firms, staff, and people whose number nobody has checked.
async fn person(store: &Store, actor: &Actor) -> Result<Option<Party>, Error> {
    let holder = actor
        .holder()
        .filter(|_| actor.holder_kind() == Some(PartyKind::Person));
    match holder {
        Some(holder) => Ok(party(store, holder).await?),
        None => Ok(None),
    }
}

/// The person who is signed in, where a mandate names their number. To anybody else there is none.
pub(crate) async fn agent_of(tx: &Tx, actor: &Actor, row: &mandate::Model) -> Result<Party, Error> {
    let holder = actor
        .holder()
        .filter(|_| actor.holder_kind() == Some(PartyKind::Person))
        .ok_or(Error::NotFound)?;
    let person = party_in(tx, holder).await?.ok_or(Error::NotFound)?;
    if subject_blinds(tx.store(), PartyKind::Person, &person.number).contains(&row.agent_blind) {
        Ok(person)
    } else {
        Err(Error::NotFound)
    }
}

/// A mandate in an act.
pub(crate) async fn find(store: &Store, id: Uuid) -> Result<Option<mandate::Model>, StoreError> {
    Ok(mandate::Entity::find_by_id(id).one(store.reader()).await?)
}

/// A mandate in force, as later rooms need it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InForce {
    pub id: Uuid,
    pub kind: MandateKind,
    /// The account that it lets act for.
    pub principal: Uuid,
    pub principal_kind: PartyKind,
    /// As it was when the mandate was given.
    pub principal_name: String,
    pub everything: bool,
    pub ends_on: Option<NaiveDate>,
}

fn in_force(row: mandate::Model) -> Result<InForce, StoreError> {
    Ok(InForce {
        id: row.id,
        kind: row.kind()?,
        principal: row.principal,
        principal_kind: row.principal_kind()?,
        everything: row.scope()?.is_everything(),
        principal_name: row.principal_name,
        ends_on: row.ends_on,
    })
}

/// Most mandates of one agent that are told to systems of others.
const MOST_TOLD: u64 = 100;

/// The mandates under which the person of an account may act now, newest first, a hundred at most. Not scoped: for rooms that act for that person.
pub async fn mandates_in_force(store: &Store, agent: Uuid) -> Result<Vec<InForce>, Error> {
    let Some(person) = party(store, agent)
        .await?
        .filter(|party| party.kind == PartyKind::Person)
    else {
        return Ok(Vec::new());
    };
    let today = beijing_date(store.now());
    let rows = of_agent(&subject_blinds(store, PartyKind::Person, &person.number))
        .filter(mandate::Column::State.eq(State::Accepted.as_str()))
        .filter(mandate::Column::StartsOn.lte(today))
        .filter(
            mandate::Column::EndsOn
                .is_null()
                .or(mandate::Column::EndsOn.gte(today)),
        )
        .order_by_desc(mandate::Column::GivenAt)
        .limit(MOST_TOLD)
        .all(store.reader())
        .await
        .map_err(StoreError::from)?;
    Ok(rows.into_iter().map(in_force).collect::<Result<_, _>>()?)
}

/// A mandate under which the person of an account may act now; `None` for one that is another's, has ended, or whose principal is gone.
pub async fn mandate_in_force(store: &Store, id: Uuid, agent: Uuid) -> Result<Option<InForce>, Error> {
    let Some(row) = find(store, id).await? else {
        return Ok(None);
    };
    let person = party(store, agent)
        .await?
        .filter(|party| party.kind == PartyKind::Person);
    let own = person.is_some_and(|person| {
        subject_blinds(store, PartyKind::Person, &person.number).contains(&row.agent_blind)
    });
    let active = row.standing(beijing_date(store.now()))? == Standing::Active;
    if !own || !active || party(store, row.principal).await?.is_none() {
        return Ok(None);
    }
    Ok(Some(in_force(row)?))
}

/// What later rooms need to know of a mandate to tell people about it. Not scoped: for subscribers only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MandateNotice {
    pub kind: MandateKind,
    pub principal: Uuid,
    pub principal_kind: PartyKind,
    pub principal_name: String,
    /// The phone of the principal, in clear.
    pub principal_phone: Option<String>,
    pub agent_name: String,
    /// The account of the agent's number, if there is one.
    pub agent: Option<Uuid>,
    /// The phone of that account, in clear.
    pub agent_phone: Option<String>,
    pub ends_on: Option<NaiveDate>,
}

/// The notice of a mandate, for subscribers of later rooms.
pub async fn mandate_notice_in(tx: &Tx, id: Uuid) -> Result<Option<MandateNotice>, Error> {
    let found = mandate::Entity::find_by_id(id)
        .one(tx.connection())
        .await
        .map_err(StoreError::from)?;
    let Some(row) = found else {
        return Ok(None);
    };
    let number = tx.store().unseal(AGENT_FIELD, &row.agent_sealed)?;
    let agent = match find_party_in(tx, PartyKind::Person, &number).await? {
        Some(account) if account_is_open_in(tx, account).await? => Some(account),
        _ => None,
    };
    let agent_phone = match agent {
        Some(account) => party_in(tx, account).await?.and_then(|party| party.phone),
        None => None,
    };
    let principal_phone = party_in(tx, row.principal).await?.and_then(|party| party.phone);
    Ok(Some(MandateNotice {
        kind: row.kind()?,
        principal: row.principal,
        principal_kind: row.principal_kind()?,
        principal_name: row.principal_name,
        principal_phone,
        agent_name: row.agent_name,
        agent,
        agent_phone,
        ends_on: row.ends_on,
    }))
}
