//! The table `sessions`, private to this room.

use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, Set, sea_query::Expr};
use tongban_access::Assurance;
use tongban_store::{Store, StoreError, Tx};
use uuid::Uuid;

use super::{
    Session, Way,
    domain::{self, Recognition, ends_at},
};
use crate::{AccountKind, accounts::row::Loaded, events::SessionsEnded, scan};

pub(crate) mod session {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "sessions")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub account: Uuid,
        pub token_hash: String,
        pub csrf_seed: String,
        pub way: String,
        /// The row of the post that a member of staff works on.
        pub post: Option<Uuid>,
        pub opened_at: ChronoDateTimeUtc,
        pub seen_at: ChronoDateTimeUtc,
        pub ends_at: ChronoDateTimeUtc,
        /// Until when the person counts as recognised in this session.
        pub recognised_until: Option<ChronoDateTimeUtc>,
        pub recognised_by: Option<String>,
        /// What the browser is, in a few words; empty where it did not say.
        pub device: String,
        /// The mandate under which the session acts for somebody else.
        pub acting: Option<Uuid>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {
        #[sea_orm(
            belongs_to = "crate::accounts::row::account::Entity",
            from = "Column::Account",
            to = "crate::accounts::row::account::Column::Id"
        )]
        Account,
    }
    impl Related<crate::accounts::row::account::Entity> for Entity {
        fn to() -> RelationDef {
            Relation::Account.def()
        }
    }
    impl ActiveModelBehavior for ActiveModel {}
}

/// The session of a row; `None` when it has run out, or when its member of staff has no post left.
pub(super) fn live(
    store: &Store,
    row: &session::Model,
    account: &Loaded,
    now: DateTime<Utc>,
) -> Result<Option<Session>, StoreError> {
    let expires = domain::expires(account.kind()?, row.seen_at, row.ends_at);
    if expires <= now {
        return Ok(None);
    }
    let Some(actor) = account.actor(row.post)? else {
        return Ok(None);
    };
    let way =
        Way::from_word(&row.way).ok_or_else(|| StoreError::Corrupt(format!("way of session {}", row.id)))?;
    let recognised = row.recognised_until.filter(|until| *until > now);
    let by = row.recognised_by.as_deref().and_then(Recognition::from_word);
    // the sign-in of the demo asks for nothing, so it asks for no second factor either
    let proven = way == Way::Demo || recognised.and(by).is_some_and(Recognition::is_second_factor);
    let actor = match recognised {
        // to recognise somebody whom nobody knows means nothing
        Some(_) if account.assurance()? >= Assurance::RealName => actor.assured(Assurance::InPerson),
        _ => actor,
    }
    .proven(proven);
    let lent_post = row
        .post
        .filter(|chosen| account.posts.iter().all(|own| own.id != *chosen));
    Ok(Some(Session {
        id: row.id,
        account: account.account(store)?,
        actor,
        csrf_seed: row.csrf_seed.clone(),
        way,
        opened_at: row.opened_at,
        expires,
        recognised_until: recognised,
        lent_post,
        acting: row.acting,
    }))
}

/// Writes a new session.
pub(super) async fn insert(
    tx: &Tx,
    account: Uuid,
    token: &str,
    way: Way,
    device: &str,
) -> Result<session::Model, StoreError> {
    let row = session::Model {
        id: tx.new_id(),
        account,
        token_hash: tx.store().keys().token_hash(token),
        csrf_seed: tx.random_code(),
        way: way.as_str().to_owned(),
        post: None,
        opened_at: tx.now(),
        seen_at: tx.now(),
        ends_at: ends_at(tx.now()),
        recognised_until: None,
        recognised_by: None,
        device: device.to_owned(),
        acting: None,
    };
    let copy = row.clone();
    session::Entity::insert(session::ActiveModel {
        id: Set(copy.id),
        account: Set(copy.account),
        token_hash: Set(copy.token_hash),
        csrf_seed: Set(copy.csrf_seed),
        way: Set(copy.way),
        post: Set(copy.post),
        opened_at: Set(copy.opened_at),
        seen_at: Set(copy.seen_at),
        ends_at: Set(copy.ends_at),
        recognised_until: Set(copy.recognised_until),
        recognised_by: Set(copy.recognised_by),
        device: Set(copy.device),
        acting: Set(copy.acting),
    })
    .exec_without_returning(tx.connection())
    .await?;
    Ok(row)
}

/// Marks a session as seen.
pub(super) async fn touch(tx: &Tx, id: Uuid) -> Result<(), StoreError> {
    session::Entity::update_many()
        .col_expr(session::Column::SeenAt, Expr::value(tx.now()))
        .filter(session::Column::Id.eq(id))
        .exec(tx.connection())
        .await?;
    Ok(())
}

/// Puts a session on another post of its account; says whether there was such a session.
pub(crate) async fn set_post(tx: &Tx, account: Uuid, id: Uuid, post: Uuid) -> Result<bool, StoreError> {
    let changed = session::Entity::update_many()
        .col_expr(session::Column::Post, Expr::value(post))
        .filter(session::Column::Id.eq(id))
        .filter(session::Column::Account.eq(account))
        .exec(tx.connection())
        .await?;
    Ok(changed.rows_affected == 1)
}

/// Writes under which mandate a session of an account acts; says whether there was such a session.
pub(super) async fn set_acting(
    tx: &Tx,
    account: Uuid,
    id: Uuid,
    mandate: Option<Uuid>,
) -> Result<bool, StoreError> {
    let changed = session::Entity::update_many()
        .col_expr(session::Column::Acting, Expr::value(mandate))
        .filter(session::Column::Id.eq(id))
        .filter(session::Column::Account.eq(account))
        .exec(tx.connection())
        .await?;
    Ok(changed.rows_affected == 1)
}

/// Marks a session of an account as one in which the person was recognised; says whether there was such a session.
pub(crate) async fn set_recognised(
    tx: &Tx,
    account: Uuid,
    id: Uuid,
    by: Recognition,
    kind: AccountKind,
) -> Result<bool, StoreError> {
    let changed = session::Entity::update_many()
        .col_expr(
            session::Column::RecognisedUntil,
            Expr::value(tx.now() + by.counts_for(kind)),
        )
        .col_expr(session::Column::RecognisedBy, Expr::value(by.as_str()))
        .filter(session::Column::Id.eq(id))
        .filter(session::Column::Account.eq(account))
        .exec(tx.connection())
        .await?;
    Ok(changed.rows_affected == 1)
}

/// How the person was recognised in a session, while that counts.
pub(crate) async fn recognised_by(
    tx: &Tx,
    account: Uuid,
    id: Uuid,
) -> Result<Option<Recognition>, StoreError> {
    let row = session::Entity::find_by_id(id)
        .filter(session::Column::Account.eq(account))
        .filter(session::Column::RecognisedUntil.gt(tx.now()))
        .one(tx.connection())
        .await?;
    Ok(row
        .and_then(|row| row.recognised_by)
        .as_deref()
        .and_then(Recognition::from_word))
}

/// Ends one session of an account; says whether there was one.
pub(super) async fn close(tx: &Tx, account: Uuid, id: Uuid) -> Result<bool, StoreError> {
    let closed = session::Entity::delete_many()
        .filter(session::Column::Id.eq(id))
        .filter(session::Column::Account.eq(account))
        .exec(tx.connection())
        .await?;
    let closed = closed.rows_affected == 1;
    if closed {
        tx.emit(&SessionsEnded::one(account, id)).await?;
    }
    Ok(closed)
}

/// Ends the session of a token, whoever's it is: the one who holds the token could sign it out too.
pub(crate) async fn close_by_token(tx: &Tx, token: &str) -> Result<(), StoreError> {
    let found = session::Entity::find()
        .filter(session::Column::TokenHash.eq(tx.store().keys().token_hash(token)))
        .one(tx.connection())
        .await?;
    if let Some(row) = found {
        close(tx, row.account, row.id).await?;
    }
    Ok(())
}

/// Ends the sessions of an account, all or all but one; says how many.
pub(crate) async fn close_others(tx: &Tx, account: Uuid, keep: Option<Uuid>) -> Result<u64, StoreError> {
    // a yes to a screen goes with the session that it was said in
    scan::row::remove_answered(tx, account).await?;
    let mut query = session::Entity::delete_many().filter(session::Column::Account.eq(account));
    if let Some(keep) = keep {
        query = query.filter(session::Column::Id.ne(keep));
    }
    let closed = query.exec(tx.connection()).await?.rows_affected;
    tx.emit(&SessionsEnded::of(account, keep)).await?;
    Ok(closed)
}

/// Erases sessions that ended before an instant by age.
pub(crate) async fn erase_ended_before(tx: &Tx, instant: DateTime<Utc>) -> Result<u64, StoreError> {
    let erased = session::Entity::delete_many()
        .filter(session::Column::EndsAt.lt(instant))
        .exec(tx.connection())
        .await?;
    Ok(erased.rows_affected)
}
