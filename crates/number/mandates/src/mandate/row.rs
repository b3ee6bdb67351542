//! The table `mandates`, private to this room.

use chrono::NaiveDate;
use sea_orm::{
    ColumnTrait, EntityTrait, IntoActiveModel as _, PaginatorTrait, QueryFilter, QuerySelect,
    sea_query::{Expr, ExprTrait},
};
use tongban_access::{MandateKind, PartyKind};
use tongban_codes::civil::beijing_date;
use tongban_store::{StoreError, Tx};
use uuid::Uuid;

use super::domain::{Scope, Standing, State, standing};
use crate::Error;

/// The name under which numbers of agents are sealed.
pub(crate) const AGENT_FIELD: &str = "mandates.agent";

pub(crate) mod mandate {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "mandates")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub kind: String,
        pub state: String,
        /// The account that it lets act for.
        pub principal: Uuid,
        pub principal_kind: String,
        /// As it was when it was given.
        pub principal_name: String,
        pub agent_name: String,
        pub agent_sealed: String,
        pub agent_blind: String,
        pub scope: String,
        pub starts_on: Date,
        pub ends_on: Option<Date>,
        /// `principal`, `representative`, `administrator`, `register`, `window`.
        pub given_by: String,
        /// The account of whoever gave it.
        pub giver: Option<Uuid>,
        /// The document that a window looked at, in words.
        pub document: Option<String>,
        /// The office whose window that was.
        pub organisation: Option<Uuid>,
        pub organisation_name: Option<String>,
        pub given_at: ChronoDateTimeUtc,
        pub answered_at: Option<ChronoDateTimeUtc>,
        pub ended_at: Option<ChronoDateTimeUtc>,
        /// `principal`, `agent`, `register`, `window`.
        pub ended_by: Option<String>,
        /// On what document a window ended it.
        pub ended_document: Option<String>,
        /// When the register last agreed.
        pub checked_at: Option<ChronoDateTimeUtc>,
        pub version: i32,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

impl mandate::Model {
    fn spoilt(&self, what: &str) -> StoreError {
        StoreError::Corrupt(format!("{what} of mandate {}", self.id))
    }

    pub(crate) fn kind(&self) -> Result<MandateKind, StoreError> {
        MandateKind::from_word(&self.kind).ok_or_else(|| self.spoilt("kind"))
    }

    pub(crate) fn principal_kind(&self) -> Result<PartyKind, StoreError> {
        PartyKind::from_word(&self.principal_kind).ok_or_else(|| self.spoilt("kind of the principal"))
    }

    pub(crate) fn scope(&self) -> Result<Scope, StoreError> {
        Ok(serde_json::from_str(&self.scope)?)
    }

    pub(crate) fn standing(&self, today: NaiveDate) -> Result<Standing, StoreError> {
        let state = State::from_word(&self.state).ok_or_else(|| self.spoilt("state"))?;
        Ok(standing(state, self.starts_on, self.ends_on, today))
    }
}

pub(crate) async fn insert(tx: &Tx, row: mandate::Model) -> Result<(), StoreError> {
    mandate::Entity::insert(row.into_active_model())
        .exec_without_returning(tx.connection())
        .await?;
    Ok(())
}

/// A mandate, held until the act ends.
pub(crate) async fn held(tx: &Tx, id: Uuid) -> Result<Option<mandate::Model>, StoreError> {
    Ok(mandate::Entity::find_by_id(id)
        .lock_exclusive()
        .one(tx.connection())
        .await?)
}

/// Keeps acts on the mandates of one principal apart: whoever comes second waits.
pub(crate) async fn hold_principal(tx: &Tx, principal: Uuid) -> Result<(), StoreError> {
    tx.next_number(&format!("mandates:{principal}")).await?;
    Ok(())
}

/// The mandates of a principal that are open on the civil day of now.
pub(crate) async fn open_of(tx: &Tx, principal: Uuid) -> Result<Vec<mandate::Model>, StoreError> {
    Ok(open(principal, beijing_date(tx.now()))
        .all(tx.connection())
        .await?)
}

/// How many there are.
pub(crate) async fn count_open(tx: &Tx, principal: Uuid) -> Result<u64, StoreError> {
    Ok(open(principal, beijing_date(tx.now()))
        .count(tx.connection())
        .await?)
}

fn open(principal: Uuid, today: NaiveDate) -> sea_orm::Select<mandate::Entity> {
    mandate::Entity::find()
        .filter(mandate::Column::Principal.eq(principal))
        .filter(mandate::Column::State.is_in(State::OPEN))
        .filter(
            mandate::Column::EndsOn
                .is_null()
                .or(mandate::Column::EndsOn.gte(today)),
        )
}

/// Answers an offer, where it still has the version that was read.
pub(crate) async fn answer(tx: &Tx, read: &mandate::Model, state: State) -> Result<(), Error> {
    let changed = mandate::Entity::update_many()
        .col_expr(mandate::Column::State, Expr::value(state.as_str()))
        .col_expr(mandate::Column::AnsweredAt, Expr::value(tx.now()))
        .col_expr(mandate::Column::Version, Expr::value(read.version + 1))
        .filter(mandate::Column::Id.eq(read.id))
        .filter(mandate::Column::Version.eq(read.version))
        .exec(tx.connection())
        .await
        .map_err(StoreError::from)?;
    if changed.rows_affected == 1 {
        Ok(())
    } else {
        Err(Error::Conflict)
    }
}

/// Ends a mandate. Sessions that act under it are told with their next request.
pub(crate) async fn end(tx: &Tx, read: &mandate::Model, state: State, by: &str) -> Result<(), Error> {
    let changed = mandate::Entity::update_many()
        .col_expr(mandate::Column::State, Expr::value(state.as_str()))
        .col_expr(mandate::Column::EndedAt, Expr::value(tx.now()))
        .col_expr(mandate::Column::EndedBy, Expr::value(by))
        .col_expr(mandate::Column::Version, Expr::value(read.version + 1))
        .filter(mandate::Column::Id.eq(read.id))
        .filter(mandate::Column::Version.eq(read.version))
        .exec(tx.connection())
        .await
        .map_err(StoreError::from)?;
    if changed.rows_affected == 1 {
        Ok(())
    } else {
        Err(Error::Conflict)
    }
}

/// Writes on what document a window ended a mandate.
pub(crate) async fn set_ended_on(tx: &Tx, id: Uuid, document: &str) -> Result<(), StoreError> {
    mandate::Entity::update_many()
        .col_expr(mandate::Column::EndedDocument, Expr::value(document))
        .filter(mandate::Column::Id.eq(id))
        .exec(tx.connection())
        .await?;
    Ok(())
}

/// Whether an agent refused an offer of this kind by the principal since an instant.
pub(crate) async fn refused_since(
    tx: &Tx,
    principal: Uuid,
    agent_blinds: &[String],
    instant: chrono::DateTime<chrono::Utc>,
) -> Result<bool, StoreError> {
    let refused = mandate::Entity::find()
        .filter(mandate::Column::Principal.eq(principal))
        .filter(mandate::Column::AgentBlind.is_in(agent_blinds.iter().map(String::as_str)))
        .filter(mandate::Column::State.eq(State::Refused.as_str()))
        .filter(mandate::Column::AnsweredAt.gt(instant))
        .count(tx.connection())
        .await?;
    Ok(refused > 0)
}

/// The open mandates that a person gave themself, not at a window.
pub(crate) async fn given_online(tx: &Tx, principal: Uuid) -> Result<Vec<mandate::Model>, StoreError> {
    Ok(open(principal, beijing_date(tx.now()))
        .filter(mandate::Column::GivenBy.eq("principal"))
        .all(tx.connection())
        .await?)
}

/// Prolongs a representation that the register has confirmed.
pub(crate) async fn confirm(
    tx: &Tx,
    read: &mandate::Model,
    name: &str,
    until: Option<NaiveDate>,
) -> Result<(), Error> {
    let changed = mandate::Entity::update_many()
        .col_expr(mandate::Column::PrincipalName, Expr::value(name))
        .col_expr(mandate::Column::EndsOn, Expr::value(until))
        .col_expr(mandate::Column::CheckedAt, Expr::value(tx.now()))
        .col_expr(mandate::Column::Version, Expr::value(read.version + 1))
        .filter(mandate::Column::Id.eq(read.id))
        .filter(mandate::Column::Version.eq(read.version))
        .exec(tx.connection())
        .await
        .map_err(StoreError::from)?;
    if changed.rows_affected == 1 {
        Ok(())
    } else {
        Err(Error::Conflict)
    }
}

/// Mandates given by persons, firms and windows that are in force and whose last day is today or later, up to a day. Those of the register
/// are asked for anew by themselves.
pub(crate) async fn ending_by(tx: &Tx, last: NaiveDate) -> Result<Vec<Uuid>, StoreError> {
    Ok(mandate::Entity::find()
        .select_only()
        .column(mandate::Column::Id)
        .filter(mandate::Column::State.eq(State::Accepted.as_str()))
        .filter(mandate::Column::Kind.ne(MandateKind::Representative.as_str()))
        .filter(mandate::Column::EndsOn.between(beijing_date(tx.now()), last))
        // one that was given for a short while needs no warning
        .filter(mandate::Column::GivenAt.lt(tx.now() - chrono::Duration::days(30)))
        .into_tuple()
        .all(tx.connection())
        .await?)
}

/// How many mandates a principal has given since an instant, ended ones too.
pub(crate) async fn given_since(
    tx: &Tx,
    principal: Uuid,
    instant: chrono::DateTime<chrono::Utc>,
) -> Result<u64, StoreError> {
    Ok(mandate::Entity::find()
        .filter(mandate::Column::Principal.eq(principal))
        .filter(mandate::Column::GivenAt.gt(instant))
        .count(tx.connection())
        .await?)
}
