//! Reading licences.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait as _, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect, Select,
};
use tongban_access::{Action, Actor, Denied, PartyKind, Reach, ReachColumns, Thing, permit, permit_looking};
use tongban_codes::RegionCode;
use tongban_identity::{party, subject_blinds};
use tongban_store::{Page, PageRequest, Store, StoreError, Tx};
use uuid::Uuid;

use super::{
    cause::StatusCause,
    change_status::thing,
    domain::{HeldLicence, LicenceStatus, LicenceView, StatusStep, check_number},
    edition::{EditionField, edition_fields},
    record::Payload,
    row::{self, Column, Entity, Model, history},
};
use crate::{Error, types};

/// What somebody holds, newest first: every licence but those that a later edition replaced. Ask
/// [`HeldLicence::is_valid_on`] before using one. A number in no valid form holds nothing.
pub async fn held(store: &Store, kind: PartyKind, number: &str) -> Result<Vec<HeldLicence>, Error> {
    held_by(store.reader(), store, kind, number).await
}

/// As [`held`], inside an act.
pub async fn held_in(tx: &Tx, kind: PartyKind, number: &str) -> Result<Vec<HeldLicence>, Error> {
    held_by(tx.connection(), tx.store(), kind, number).await
}

/// Which of these licences are in force on a civil day.
pub async fn in_force(store: &Store, licences: &[Uuid], day: NaiveDate) -> Result<BTreeSet<Uuid>, Error> {
    in_force_of(store.reader(), licences, day).await
}

/// As [`in_force`], inside an act.
pub async fn in_force_in(tx: &Tx, licences: &[Uuid], day: NaiveDate) -> Result<BTreeSet<Uuid>, Error> {
    in_force_of(tx.connection(), licences, day).await
}

async fn in_force_of<C: ConnectionTrait>(
    connection: &C,
    licences: &[Uuid],
    day: NaiveDate,
) -> Result<BTreeSet<Uuid>, Error> {
    let ids: Vec<Uuid> = Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(Column::Id.is_in(licences.iter().copied()))
        .filter(Column::Status.eq(LicenceStatus::Valid.as_str()))
        .filter(Column::ValidFrom.lte(day))
        .filter(Column::ValidTo.is_null().or(Column::ValidTo.gte(day)))
        .into_tuple()
        .all(connection)
        .await?;
    Ok(ids.into_iter().collect())
}

/// The licences that a case led to, newest first, all editions.
pub async fn licences_of_case(store: &Store, case_number: &str) -> Result<Vec<HeldLicence>, Error> {
    let rows = newest_first(Entity::find().filter(Column::CaseNumber.eq(case_number)))
        .all(store.reader())
        .await?;
    rows.iter().map(|row| held_licence(store, row)).collect()
}

/// What the signed-in person or firm holds, newest first.
pub async fn my_licences(store: &Store, actor: &Actor) -> Result<Vec<HeldLicence>, Error> {
    let reach = Reach::of(actor, Action::LicenceView);
    if reach.is_nothing() {
        let own = Thing::none().owned_by(actor.account());
        permit(actor, Action::LicenceView, &own)?;
    }
    let account = actor.account().ok_or(Error::NotFound)?;
    let party = party(store, account).await?.ok_or(Error::NotFound)?;
    let mut held = held(store, party.kind, &party.number).await?;
    held.retain(|licence| {
        let thing = Thing {
            item: licence.item,
            ..Thing::at(licence.issuer, licence.region.clone())
        };
        reach.holds(&thing.owned_by(Some(account)))
    });
    Ok(held)
}

/// One licence for its holder, or for the organisation that issued it. For anybody else there is none. The code for
/// verifying is for the holder alone.
pub async fn licence_view(store: &Store, actor: &Actor, licence: Uuid) -> Result<LicenceView, Error> {
    let row = by_id(store.reader(), licence).await?.ok_or(Error::NotFound)?;
    let may = viewing(store, actor, &row).await?;
    let mut view = view(store, &row).await?;
    if may == Viewing::Issuer {
        view.verify_code = None;
    }
    Ok(view)
}

/// How somebody may see a licence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Viewing {
    /// The holder, or the platform itself.
    Holder,
    Issuer,
}

/// Whether an actor may see a licence: `NotFound` where not, for even its existence is private.
pub(crate) async fn viewing(store: &Store, actor: &Actor, row: &Model) -> Result<Viewing, Error> {
    match actor {
        Actor::System => Ok(Viewing::Holder),
        Actor::Nobody => Err(Error::NotFound),
        Actor::Staff { .. } => {
            permit_looking(actor, Action::LicenceManage, &thing(row)?).map_err(|_| Error::NotFound)?;
            Ok(Viewing::Issuer)
        }
        Actor::Party { account, .. } => {
            let party = party(store, *account).await?.ok_or(Error::NotFound)?;
            let own = subject_blinds(store, party.kind, &party.number).contains(&row.holder_blind);
            permit(
                actor,
                Action::LicenceView,
                &thing(row)?.owned_by(own.then_some(*account)),
            )
            .map_err(|_| Error::NotFound)?;
            Ok(Viewing::Holder)
        }
    }
}

/// A licence in a list of the organ that issued it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct IssuedLicence {
    pub id: Uuid,
    pub name: String,
    pub identifier: String,
    /// The number that is printed; all editions share it.
    pub number: String,
    pub edition: i32,
    pub status: LicenceStatus,
    pub holder_name: String,
    pub issued_on: chrono::NaiveDate,
    pub valid_from: chrono::NaiveDate,
    pub valid_to: Option<chrono::NaiveDate>,
    pub case_number: Option<String>,
}

/// Which of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct IssuedFilter {
    /// A whole identifier, or the number that is printed.
    pub identifier: Option<String>,
    pub status: Option<LicenceStatus>,
}

/// The licences that the actor manages.
fn managed(actor: &Actor) -> Result<Select<row::Entity>, Denied> {
    let action = Action::LicenceManage;
    let reach = Reach::of(actor, action);
    if reach.is_nothing() {
        return Err(Denied::new(actor, action.as_str()));
    }
    // nobody manages what is their own
    Ok(Entity::find().filter(reach.condition(&ReachColumns {
        owner: None,
        organisation: Some(Column::Issuer),
        region: Some(Column::Region),
        item: Some(Column::Item),
    })))
}

/// The licences that the actor's organisation issued, newest first.
pub async fn licences_issued(
    store: &Store,
    actor: &Actor,
    filter: &IssuedFilter,
    page: PageRequest,
) -> Result<Page<IssuedLicence>, Error> {
    let mut query = managed(actor)?;
    if let Some(identifier) = &filter.identifier {
        let named = Column::Identifier
            .eq(identifier.trim())
            .or(Column::Serial.eq(identifier.trim()));
        query = query.filter(named);
    }
    if let Some(status) = filter.status {
        query = query.filter(Column::Status.eq(status.as_str()));
    }
    let total = query.clone().count(store.reader()).await?;
    let rows = newest_first(query)
        .offset(page.offset())
        .limit(page.size)
        .all(store.reader())
        .await?;
    let rows = rows.into_iter().map(issued_licence);
    Ok(Page::new(
        rows.collect::<Result<Vec<_>, StoreError>>()?,
        total,
        page,
    ))
}

/// Most licences that are shown of one holder.
const MOST_OF_ONE: u64 = 50;

/// The licences that the actor manages and that were issued to a number, newest first.
pub(super) async fn issued_to(
    tx: &Tx,
    actor: &Actor,
    blinds: Vec<String>,
) -> Result<Vec<IssuedLicence>, Error> {
    let rows = newest_first(managed(actor)?.filter(Column::HolderBlind.is_in(blinds)))
        .limit(MOST_OF_ONE)
        .all(tx.connection())
        .await?;
    let rows = rows.into_iter().map(issued_licence);
    Ok(rows.collect::<Result<Vec<_>, StoreError>>()?)
}

fn issued_licence(row: Model) -> Result<IssuedLicence, StoreError> {
    Ok(IssuedLicence {
        status: row.status()?,
        id: row.id,
        name: row.type_name,
        identifier: row.identifier,
        number: row.serial,
        edition: row.edition,
        holder_name: row.holder_name,
        issued_on: row.issued_on,
        valid_from: row.valid_from,
        valid_to: row.valid_to,
        case_number: row.case_number,
    })
}

/// The other editions of a licence, oldest first, for whoever manages it.
pub async fn editions(store: &Store, actor: &Actor, licence: Uuid) -> Result<Vec<IssuedLicence>, Error> {
    let row = by_id(store.reader(), licence).await?.ok_or(Error::NotFound)?;
    permit_looking(actor, Action::LicenceManage, &thing(&row)?).map_err(|_| Error::NotFound)?;
    let rows = Entity::find()
        .filter(Column::TypeCode.eq(&row.type_code))
        .filter(Column::IssuerCode.eq(&row.issuer_code))
        .filter(Column::Serial.eq(&row.serial))
        .filter(Column::Id.ne(row.id))
        .order_by_asc(Column::Edition)
        .all(store.reader())
        .await?;
    let rows = rows.into_iter().map(issued_licence);
    Ok(rows.collect::<Result<Vec<_>, StoreError>>()?)
}

/// What the form for a new edition offers, for whoever manages the licence.
pub async fn edition_form(store: &Store, actor: &Actor, licence: Uuid) -> Result<Vec<EditionField>, Error> {
    let row = by_id(store.reader(), licence).await?.ok_or(Error::NotFound)?;
    permit_looking(actor, Action::LicenceManage, &thing(&row)?).map_err(|_| Error::NotFound)?;
    let kind = types::query::by_code(store.reader(), &row.type_code)
        .await?
        .ok_or_else(|| row.corrupt("type"))?;
    Ok(edition_fields(&kind, &row.fields(store)?, &row.number(store)?))
}

pub(crate) async fn by_id<C: ConnectionTrait>(connection: &C, id: Uuid) -> Result<Option<Model>, StoreError> {
    Ok(Entity::find_by_id(id).one(connection).await?)
}

pub(crate) async fn by_identifier(store: &Store, identifier: &str) -> Result<Option<Model>, StoreError> {
    Ok(Entity::find()
        .filter(Column::Identifier.eq(identifier))
        .one(store.reader())
        .await?)
}

pub(crate) async fn by_verify_code(store: &Store, code: &str) -> Result<Option<Model>, StoreError> {
    let hash = store.keys().token_hash(code);
    Ok(Entity::find()
        .filter(Column::VerifyCodeHash.eq(hash))
        .one(store.reader())
        .await?)
}

/// Everything about a licence, for whoever may see it.
pub(crate) async fn view(store: &Store, row: &Model) -> Result<LicenceView, Error> {
    let steps = history::Entity::find()
        .filter(history::Column::Licence.eq(row.id))
        .order_by_asc(history::Column::At)
        .order_by_asc(history::Column::Id)
        .all(store.reader())
        .await?;
    let record = row.record_text(store)?;
    let signed = serde_json::from_str(&record).map_err(StoreError::from)?;
    let payload = Payload::read(&signed).ok_or_else(|| row.corrupt("record"))?;
    let kind = row.holder_kind()?;
    Ok(LicenceView {
        id: row.id,
        type_code: row.type_code.clone(),
        name: row.type_name.clone(),
        identifier: row.identifier.clone(),
        number: row.serial.clone(),
        edition: row.edition,
        status: row.status()?,
        holder_kind: kind,
        holder_name: row.holder_name.clone(),
        masked_number: kind.mask_number(&row.number(store)?),
        issuer: row.issuer,
        issuer_name: row.issuer_name.clone(),
        region: RegionCode::parse(&row.region).map_err(|_| row.corrupt("region"))?,
        issued_on: row.issued_on,
        valid_from: row.valid_from,
        valid_to: row.valid_to,
        fields: payload.fields,
        item_name: row.item_name.clone(),
        case_number: row.case_number.clone(),
        invented: row.invented,
        verify_code: Some(row.verify_code(store)?),
        history: steps
            .into_iter()
            .map(|step| status_step(row, step))
            .collect::<Result<_, _>>()?,
        created_at: row.created_at,
        version: row.version,
        record,
    })
}

async fn held_by<C: ConnectionTrait>(
    connection: &C,
    store: &Store,
    kind: PartyKind,
    number: &str,
) -> Result<Vec<HeldLicence>, Error> {
    let Ok(number) = check_number(kind, number) else {
        return Ok(Vec::new());
    };
    let query = Entity::find()
        .filter(Column::HolderBlind.is_in(subject_blinds(store, kind, &number)))
        .filter(Column::Status.ne(LicenceStatus::Replaced.as_str()));
    let rows = newest_first(query).all(connection).await?;
    rows.iter().map(|row| held_licence(store, row)).collect()
}

fn newest_first(query: Select<row::Entity>) -> Select<row::Entity> {
    query.order_by_desc(Column::CreatedAt).order_by_desc(Column::Id)
}

fn held_licence(store: &Store, row: &Model) -> Result<HeldLicence, Error> {
    Ok(HeldLicence {
        id: row.id,
        type_code: row.type_code.clone(),
        name: row.type_name.clone(),
        identifier: row.identifier.clone(),
        status: row.status()?,
        issued_on: row.issued_on,
        valid_from: row.valid_from,
        valid_to: row.valid_to,
        fields: row.fields(store)?,
        issuer: row.issuer,
        issuer_name: row.issuer_name.clone(),
        region: RegionCode::parse(&row.region).map_err(|_| row.corrupt("region"))?,
        holder_name: row.holder_name.clone(),
        item: row.item,
        case_number: row.case_number.clone(),
        version: row.version,
    })
}

fn status_step(row: &Model, step: history::Model) -> Result<StatusStep, StoreError> {
    let status = |word: &str| LicenceStatus::from_word(word).ok_or_else(|| row.corrupt("history"));
    Ok(StatusStep {
        at: step.at,
        from: status(&step.from_status)?,
        to: status(&step.to_status)?,
        cause: step.cause.as_deref().and_then(StatusCause::from_word),
        reason: step.reason,
    })
}
