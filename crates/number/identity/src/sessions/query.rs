//! Finding sessions.

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use tongban_store::{Store, StoreError};
use uuid::Uuid;

use super::{
    Session,
    row::{live, session},
};
use crate::accounts::query;

/// The live session of a token, with its row.
pub(super) async fn by_token(
    store: &Store,
    token: &str,
) -> Result<Option<(session::Model, Session)>, StoreError> {
    let row = session::Entity::find()
        .filter(session::Column::TokenHash.eq(store.keys().token_hash(token)))
        .one(store.reader())
        .await?;
    of_row(store, row).await
}

/// A live session of an account.
pub(crate) async fn own_session(
    store: &Store,
    account: Uuid,
    id: Uuid,
) -> Result<Option<Session>, StoreError> {
    let row = session::Entity::find_by_id(id)
        .filter(session::Column::Account.eq(account))
        .one(store.reader())
        .await?;
    Ok(of_row(store, row).await?.map(|(_, session)| session))
}

async fn of_row(
    store: &Store,
    row: Option<session::Model>,
) -> Result<Option<(session::Model, Session)>, StoreError> {
    let Some(row) = row else { return Ok(None) };
    let Some(account) = query::by_id(store.reader(), row.account).await? else {
        return Ok(None);
    };
    Ok(live(store, &row, &account, store.now())?.map(|session| (row, session)))
}
