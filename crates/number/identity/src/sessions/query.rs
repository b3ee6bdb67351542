//! Finding sessions.

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, Select};
use tongban_access::Actor;
use tongban_store::{Store, StoreError, Tx};
use uuid::Uuid;

use super::{
    Session, SessionView,
    domain::expires,
    row::{live, session},
};
use crate::{
    AccountKind, Error,
    accounts::{query, row::account},
    error::own_account,
    sign_in::domain::may_change_ways_in,
};

/// The live session of a token, with its row.
pub(super) async fn by_token(
    store: &Store,
    token: &str,
) -> Result<Option<(session::Model, Session)>, StoreError> {
    only(
        store,
        session::Entity::find().filter(session::Column::TokenHash.eq(store.keys().token_hash(token))),
    )
    .await
}

/// A live session of an account; `None` once it has ended.
pub async fn live_session(store: &Store, account: Uuid, id: Uuid) -> Result<Option<Session>, Error> {
    Ok(own_session(store, account, id).await?)
}

/// A live session by its id, inside an act; `None` once it has ended.
pub async fn live_session_in(tx: &Tx, id: Uuid) -> Result<Option<Session>, Error> {
    Ok(in_act(tx, id).await?)
}

/// A live session by its id, with its account held until the act ends: whoever ends sessions of the account meanwhile waits, or
/// has been before, and then there is none.
pub async fn live_session_held(tx: &Tx, id: Uuid) -> Result<Option<Session>, Error> {
    let Some(row) = session::Entity::find_by_id(id)
        .one(tx.connection())
        .await
        .map_err(StoreError::from)?
    else {
        return Ok(None);
    };
    query::by_id_held(tx, row.account).await?;
    Ok(in_act(tx, id).await?)
}

/// Refuses what opens the account to others in a session of whoever is signed in that showed nothing of their own within 15 minutes:
/// `identity.sign_in_anew`.
pub async fn signed_in_lately(tx: &Tx, actor: &Actor, id: Uuid) -> Result<(), Error> {
    let account = own_account(actor, "identity.signed_in_lately")?;
    let live = in_act(tx, id)
        .await?
        .filter(|live| live.account.id == account)
        .ok_or(Error::NotFound)?;
    may_change_ways_in(&live, tx.now())?;
    Ok(())
}

/// A live session of an account.
pub(crate) async fn own_session(
    store: &Store,
    account: Uuid,
    id: Uuid,
) -> Result<Option<Session>, StoreError> {
    let own = session::Entity::find_by_id(id).filter(session::Column::Account.eq(account));
    Ok(only(store, own).await?.map(|(_, session)| session))
}

/// A live session by its id, inside an act.
pub(crate) async fn in_act(tx: &Tx, id: Uuid) -> Result<Option<Session>, StoreError> {
    let found = session::Entity::find_by_id(id)
        .find_also_related(account::Entity)
        .one(tx.connection())
        .await?;
    let Some((row, Some(account))) = found else {
        return Ok(None);
    };
    let account = query::with_posts(tx.connection(), account).await?;
    live(tx.store(), &row, &account, tx.now())
}

/// Session and account in one statement: every request of somebody signed in begins with it.
async fn only(
    store: &Store,
    wanted: Select<session::Entity>,
) -> Result<Option<(session::Model, Session)>, StoreError> {
    let found = wanted
        .find_also_related(account::Entity)
        .one(store.reader())
        .await?;
    let Some((row, Some(account))) = found else {
        return Ok(None);
    };
    let account = query::with_posts(store.reader(), account).await?;
    Ok(live(store, &row, &account, store.now())?.map(|session| (row, session)))
}

/// The own open sessions, the one seen last first.
pub async fn own_sessions(store: &Store, actor: &Actor) -> Result<Vec<SessionView>, Error> {
    let account = own_account(actor, "identity.own_sessions")?;
    let kind = match actor {
        Actor::Staff { .. } => AccountKind::Staff,
        _ => AccountKind::Person,
    };
    let now = store.now();
    let rows = session::Entity::find()
        .filter(session::Column::Account.eq(account))
        .order_by_desc(session::Column::SeenAt)
        .order_by_desc(session::Column::Id)
        .all(store.reader())
        .await
        .map_err(StoreError::from)?;
    Ok(rows
        .into_iter()
        .filter(|row| expires(kind, row.seen_at, row.ends_at) > now)
        .map(|row| SessionView {
            id: row.id,
            device: row.device,
            way: row.way,
            opened_at: row.opened_at,
            seen_at: row.seen_at,
        })
        .collect())
}
