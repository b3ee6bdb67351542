//! Finding clients.

use chrono::{DateTime, Utc};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
};
use serde::Serialize;
use tongban_access::{Action, Actor, Thing, permit};
use tongban_store::{Page, PageRequest, Store, StoreError};
use uuid::Uuid;

use super::{
    domain::{Client, ClientContent, ClientStanding},
    row::{client as table, content_of},
};
use crate::Error;

/// A client as operators see it.
#[derive(Debug, Clone, Serialize)]
pub struct ClientRow {
    pub id: Uuid,
    pub client_id: String,
    pub name: String,
    pub standing: ClientStanding,
    /// Whether it holds a secret.
    pub has_secret: bool,
    /// What is in use.
    pub content: Option<ClientContent>,
    /// What was written and not approved yet.
    pub proposal: Option<ClientContent>,
    /// Everybody who has written since the last approval: none of them reviews.
    pub writers: Vec<Uuid>,
    /// Whether the proposal waits for its review.
    pub handed_in: bool,
    /// What the last review said to a proposal that was sent back.
    pub remark: Option<String>,
    pub sandbox: bool,
    pub approved_at: Option<DateTime<Utc>>,
    pub created_at: DateTime<Utc>,
    pub version: i32,
}

fn row_of(row: table::Model) -> Result<ClientRow, StoreError> {
    Ok(ClientRow {
        standing: row.standing()?,
        content: content_of(row.content.as_deref())?,
        proposal: content_of(row.proposal.as_deref())?,
        id: row.id,
        client_id: row.client_id,
        name: row.name,
        has_secret: row.secret_hash.is_some(),
        writers: row
            .writers
            .split(' ')
            .filter_map(|word| word.parse().ok())
            .collect(),
        handed_in: row.handed_in,
        remark: row.remark,
        sandbox: row.sandbox,
        approved_at: row.approved_at,
        created_at: row.created_at,
        version: row.version,
    })
}

/// Clients by name, those that wait for a review first. For operators.
pub async fn list_clients(store: &Store, actor: &Actor, page: PageRequest) -> Result<Page<ClientRow>, Error> {
    permit(actor, Action::ClientManage, &Thing::none())?;
    let query = table::Entity::find();
    let total = query
        .clone()
        .count(store.reader())
        .await
        .map_err(StoreError::from)?;
    let rows = query
        .order_by_desc(table::Column::HandedIn)
        .order_by_asc(table::Column::Name)
        .order_by_asc(table::Column::Id)
        .offset(page.offset())
        .limit(page.size)
        .all(store.reader())
        .await
        .map_err(StoreError::from)?;
    let rows = rows.into_iter().map(row_of).collect::<Result<Vec<_>, _>>()?;
    Ok(Page::new(rows, total, page))
}

/// One client. For operators.
pub async fn client(store: &Store, actor: &Actor, id: Uuid) -> Result<ClientRow, Error> {
    permit(actor, Action::ClientManage, &Thing::none())?;
    let row = by_id(store.reader(), id).await?.ok_or(Error::NotFound)?;
    Ok(row_of(row)?)
}

pub(crate) async fn by_id<C: ConnectionTrait>(
    connection: &C,
    id: Uuid,
) -> Result<Option<table::Model>, StoreError> {
    Ok(table::Entity::find_by_id(id).one(connection).await?)
}

/// The client that calls itself so, while it is in use.
pub(crate) async fn by_client_id<C: ConnectionTrait>(
    connection: &C,
    client_id: &str,
) -> Result<Option<Client>, StoreError> {
    let found = table::Entity::find()
        .filter(table::Column::ClientId.eq(client_id))
        .one(connection)
        .await?;
    match found {
        Some(row) => row.in_use(),
        None => Ok(None),
    }
}

/// What is in use of clients, or was, by their ids.
pub(crate) async fn contents(
    store: &Store,
    ids: Vec<Uuid>,
) -> Result<std::collections::HashMap<Uuid, ClientContent>, StoreError> {
    let rows = table::Entity::find()
        .filter(table::Column::Id.is_in(ids))
        .all(store.reader())
        .await?;
    let mut found = std::collections::HashMap::new();
    for row in rows {
        if let Some(content) = content_of(row.content.as_deref())? {
            found.insert(row.id, content);
        }
    }
    Ok(found)
}

/// What other clients of a sector are called: they know people by the same names. For operators.
pub async fn clients_of_sector(
    store: &Store,
    actor: &Actor,
    sector: &str,
    but: Uuid,
) -> Result<Vec<String>, Error> {
    permit(actor, Action::ClientManage, &Thing::none())?;
    let rows = table::Entity::find()
        .filter(table::Column::Id.ne(but))
        .order_by_asc(table::Column::Name)
        .all(store.reader())
        .await
        .map_err(StoreError::from)?;
    let mut names = Vec::new();
    for row in rows {
        let content = content_of(row.content.as_deref().or(row.proposal.as_deref()))?;
        if content.is_some_and(|content| content.sector == sector) {
            names.push(row.name);
        }
    }
    Ok(names)
}
