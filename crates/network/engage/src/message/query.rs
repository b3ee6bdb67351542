//! Reading one's messages.

use sea_orm::{
    ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, sea_query::Expr,
};
use tongban_access::{Actor, MandateKind};
use tongban_store::{Page, PageRequest, Store, StoreError, Tx};
use uuid::Uuid;

use super::{
    domain::{Message, MessageKind},
    row::{Column, Entity, Model},
};
use crate::Error;

/// Whose messages somebody reads: their own, and those of whom they act for where they do so in everything.
fn inbox(actor: &Actor) -> Option<Uuid> {
    match actor.agency() {
        Some(agency)
            if matches!(
                agency.kind,
                MandateKind::Representative | MandateKind::Administrator | MandateKind::Guardian
            ) =>
        {
            actor.account()
        }
        _ => actor.holder(),
    }
}

/// The messages of the one who is signed in, newest first; those of the firm or ward where its representative, administrator or guardian acts.
/// Other agents have their own, in which stands what happens to the cases that they filed. Somebody without an account has none.
pub async fn messages(store: &Store, actor: &Actor, page: PageRequest) -> Result<Page<Message>, Error> {
    let Some(account) = inbox(actor) else {
        return Ok(Page::new(Vec::new(), 0, page));
    };
    let query = Entity::find().filter(Column::Account.eq(account));
    let total = query.clone().count(store.reader()).await?;
    let rows = query
        .order_by_desc(Column::At)
        .order_by_desc(Column::Id)
        .offset(page.offset())
        .limit(page.size)
        .all(store.reader())
        .await?;
    let rows = rows.into_iter().map(message).collect::<Result<_, StoreError>>()?;
    Ok(Page::new(rows, total, page))
}

/// How many messages have not been read.
pub async fn unread(store: &Store, actor: &Actor) -> Result<u64, Error> {
    let Some(account) = inbox(actor) else {
        return Ok(0);
    };
    let query = Entity::find()
        .filter(Column::Account.eq(account))
        .filter(Column::ReadAt.is_null());
    Ok(query.count(store.reader()).await?)
}

/// Marks all messages of the one who is signed in as read.
pub async fn mark_read(tx: &Tx, actor: &Actor) -> Result<(), Error> {
    let account: Uuid = inbox(actor).ok_or(Error::NotFound)?;
    Entity::update_many()
        .col_expr(Column::ReadAt, Expr::value(tx.now()))
        .filter(Column::Account.eq(account))
        .filter(Column::ReadAt.is_null())
        .exec(tx.connection())
        .await?;
    Ok(())
}

fn message(row: Model) -> Result<Message, StoreError> {
    Ok(Message {
        id: row.id,
        kind: MessageKind::from_word(&row.kind)
            .ok_or_else(|| StoreError::Corrupt("kind of a message".to_owned()))?,
        args: serde_json::from_str(&row.args)?,
        link: row.link,
        at: row.at,
        read: row.read_at.is_some(),
    })
}
