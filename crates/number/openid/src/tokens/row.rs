//! The tables `openid_codes`, `openid_families` and `openid_seen`, private to this room.

use chrono::{DateTime, Utc};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, Set,
    sea_query::{Expr, OnConflict},
};
use tongban_access::Assurance;
use tongban_store::{Store, StoreError, Tx};
use uuid::Uuid;

pub(crate) mod code {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "openid_codes")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub code_hash: String,
        pub grant_id: Uuid,
        pub client: Uuid,
        pub account: Uuid,
        pub session: Uuid,
        pub redirect_uri: String,
        pub scopes: String,
        pub nonce: Option<String>,
        /// Of PKCE, by S256.
        pub challenge: String,
        /// Whether the client asked how long ago the person signed in.
        pub tells_time: bool,
        /// Thumbprint of the key that the tokens will be bound to (RFC 9449 §10).
        pub proof_key: Option<String>,
        pub until: ChronoDateTimeUtc,
        /// What was issued for it: it is used.
        pub family: Option<Uuid>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

/// Everything that goes back to one code: access tokens, and one refresh token after the other.
pub(crate) mod family {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "openid_families")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        /// Of the part that all refresh tokens of the family share; none where there are no refresh tokens.
        pub handle_hash: Option<String>,
        /// Of the part that only the newest has.
        pub tail_hash: Option<String>,
        pub grant_id: Uuid,
        pub client: Uuid,
        pub account: Uuid,
        /// The session here in which the person said yes.
        pub session: Uuid,
        /// Whether it goes on when that session has ended.
        pub offline: bool,
        pub subject: String,
        pub scopes: String,
        /// How well the person was known when they signed in.
        pub level: String,
        /// Until when the third level counts.
        pub surer_until: Option<ChronoDateTimeUtc>,
        pub signed_in_at: ChronoDateTimeUtc,
        /// Whether the client is told that instant: two that were told the same could join people by it.
        pub tells_time: bool,
        /// Thumbprint of the key that the tokens are bound to.
        pub proof_key: Option<String>,
        pub started_at: ChronoDateTimeUtc,
        pub used_at: ChronoDateTimeUtc,
        pub ends_at: ChronoDateTimeUtc,
        pub ended_at: Option<ChronoDateTimeUtc>,
        pub ended_by: Option<String>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

/// What may come once: numbers of proofs and assertions, and access tokens that were given back.
mod seen {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "openid_seen")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub hash: String,
        pub until: ChronoDateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

impl family::Model {
    /// How well the person is known by this family now.
    pub(crate) fn level_at(&self, now: DateTime<Utc>) -> Result<Assurance, StoreError> {
        let level = Assurance::from_word(&self.level)
            .ok_or_else(|| StoreError::Corrupt(format!("level of family {}", self.id)))?;
        let over = level == Assurance::InPerson && self.surer_until.is_none_or(|until| until <= now);
        Ok(if over { Assurance::RealName } else { level })
    }
}

pub(crate) fn code_hash(store: &Store, code: &str) -> String {
    store.keys().token_hash(&format!("openid-code|{code}"))
}

pub(crate) fn handle_hash(store: &Store, handle: &str) -> String {
    store.keys().token_hash(&format!("openid-handle|{handle}"))
}

pub(crate) fn tail_hash(store: &Store, tail: &str) -> String {
    store.keys().token_hash(&format!("openid-tail|{tail}"))
}

pub(crate) async fn insert_code(tx: &Tx, row: code::Model) -> Result<(), StoreError> {
    code::Entity::insert(row.into_active_model())
        .exec_without_returning(tx.connection())
        .await?;
    Ok(())
}

pub(crate) async fn code(tx: &Tx, hash: &str) -> Result<Option<code::Model>, StoreError> {
    Ok(code::Entity::find_by_id(hash).one(tx.connection()).await?)
}

/// Uses a code for a family; says whether it was still free.
pub(crate) async fn take_code(tx: &Tx, hash: &str, family: Uuid) -> Result<bool, StoreError> {
    let taken = code::Entity::update_many()
        .col_expr(code::Column::Family, Expr::value(family))
        .filter(code::Column::CodeHash.eq(hash))
        .filter(code::Column::Family.is_null())
        .exec(tx.connection())
        .await?;
    Ok(taken.rows_affected == 1)
}

pub(crate) async fn insert_family(tx: &Tx, row: family::Model) -> Result<(), StoreError> {
    family::Entity::insert(row.into_active_model())
        .exec_without_returning(tx.connection())
        .await?;
    Ok(())
}

/// The family whose refresh tokens begin so.
pub(crate) async fn by_handle<C: ConnectionTrait>(
    connection: &C,
    store: &Store,
    handle: &str,
) -> Result<Option<family::Model>, StoreError> {
    Ok(family::Entity::find()
        .filter(family::Column::HandleHash.eq(handle_hash(store, handle)))
        .one(connection)
        .await?)
}

pub(crate) async fn by_id<C: ConnectionTrait>(
    connection: &C,
    id: Uuid,
) -> Result<Option<family::Model>, StoreError> {
    Ok(family::Entity::find_by_id(id).one(connection).await?)
}

/// Lets the next refresh token of a family take the place of the one that was shown; says whether that was the newest.
pub(crate) async fn pass_on(
    tx: &Tx,
    id: Uuid,
    shown: &str,
    next: &str,
    ends_at: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let passed = family::Entity::update_many()
        .set(family::ActiveModel {
            tail_hash: Set(Some(tail_hash(tx.store(), next))),
            used_at: Set(tx.now()),
            ends_at: Set(ends_at),
            ..Default::default()
        })
        .filter(family::Column::Id.eq(id))
        .filter(family::Column::TailHash.eq(tail_hash(tx.store(), shown)))
        .filter(family::Column::EndedAt.is_null())
        .exec(tx.connection())
        .await?;
    Ok(passed.rows_affected == 1)
}

/// Ends one family.
pub(crate) async fn end(tx: &Tx, id: Uuid, by: &'static str) -> Result<Vec<family::Model>, StoreError> {
    end_where(tx, Condition::all().add(family::Column::Id.eq(id)), by).await
}

/// Ends what goes back to a grant.
pub(crate) async fn end_of_grant(
    tx: &Tx,
    grant: Uuid,
    by: &'static str,
) -> Result<Vec<family::Model>, StoreError> {
    end_where(tx, Condition::all().add(family::Column::GrantId.eq(grant)), by).await
}

/// Ends what began before an instant and hangs on one session.
pub(crate) async fn end_of_session(
    tx: &Tx,
    account: Uuid,
    session: Uuid,
    before: DateTime<Utc>,
    by: &'static str,
) -> Result<Vec<family::Model>, StoreError> {
    end_where(
        tx,
        of_session(account, session, before).add(family::Column::Offline.eq(false)),
        by,
    )
    .await
}

/// What began in a session and goes on without it: its clients are told all the same that the person signed out.
pub(crate) async fn offline_of_session(
    tx: &Tx,
    account: Uuid,
    session: Uuid,
    before: DateTime<Utc>,
) -> Result<Vec<family::Model>, StoreError> {
    Ok(family::Entity::find()
        .filter(of_session(account, session, before))
        .filter(family::Column::Offline.eq(true))
        .filter(family::Column::EndedAt.is_null())
        .filter(family::Column::EndsAt.gt(tx.now()))
        .all(tx.connection())
        .await?)
}

fn of_session(account: Uuid, session: Uuid, before: DateTime<Utc>) -> Condition {
    Condition::all()
        .add(family::Column::Account.eq(account))
        .add(family::Column::Session.eq(session))
        .add(family::Column::StartedAt.lte(before))
}

/// Ends what began before an instant in any session of an account but one, with or without the person: somebody wanted everybody out.
pub(crate) async fn end_of_others(
    tx: &Tx,
    account: Uuid,
    kept: Option<Uuid>,
    before: DateTime<Utc>,
    by: &'static str,
) -> Result<Vec<family::Model>, StoreError> {
    let mut which = Condition::all()
        .add(family::Column::Account.eq(account))
        .add(family::Column::StartedAt.lte(before));
    if let Some(kept) = kept {
        which = which.add(family::Column::Session.ne(kept));
    }
    end_where(tx, which, by).await
}

async fn end_where(tx: &Tx, which: Condition, by: &'static str) -> Result<Vec<family::Model>, StoreError> {
    let which = which
        .add(family::Column::EndedAt.is_null())
        .add(family::Column::EndsAt.gt(tx.now()));
    let ended = family::Entity::find()
        .filter(which.clone())
        .all(tx.connection())
        .await?;
    if !ended.is_empty() {
        mark_ended(tx, which, by).await?;
    }
    Ok(ended)
}

async fn mark_ended(tx: &Tx, which: Condition, by: &'static str) -> Result<(), StoreError> {
    family::Entity::update_many()
        .col_expr(family::Column::EndedAt, Expr::value(tx.now()))
        .col_expr(family::Column::EndedBy, Expr::value(by))
        .filter(which)
        .exec(tx.connection())
        .await?;
    Ok(())
}

/// Ends everything of a client. It is told nothing: it is out of use.
pub(crate) async fn end_of_client(tx: &Tx, client: Uuid, by: &'static str) -> Result<(), StoreError> {
    let which = Condition::all()
        .add(family::Column::Client.eq(client))
        .add(family::Column::EndedAt.is_null());
    mark_ended(tx, which, by).await
}

/// Notes something that may come once, under a keyed hash; says whether it came for the first time.
pub(crate) async fn first_time(tx: &Tx, what: &str, until: DateTime<Utc>) -> Result<bool, StoreError> {
    seen::Entity::delete_many()
        .filter(seen::Column::Until.lt(tx.now()))
        .exec(tx.connection())
        .await?;
    let row = seen::ActiveModel {
        hash: Set(tx.store().keys().token_hash(&format!("openid-seen|{what}"))),
        until: Set(until),
    };
    let inserted = seen::Entity::insert(row)
        .on_conflict(OnConflict::column(seen::Column::Hash).do_nothing().to_owned())
        .exec_without_returning(tx.connection())
        .await?;
    Ok(inserted > 0)
}

/// Whether something was noted.
pub(crate) async fn was_seen(store: &Store, what: &str) -> Result<bool, StoreError> {
    let hash = store.keys().token_hash(&format!("openid-seen|{what}"));
    Ok(seen::Entity::find_by_id(hash)
        .one(store.reader())
        .await?
        .is_some())
}

/// Erases codes and notes that are over, and families that ended, by themselves or otherwise, before an instant.
pub(crate) async fn erase_before(tx: &Tx, instant: DateTime<Utc>) -> Result<u64, StoreError> {
    let codes = code::Entity::delete_many()
        .filter(code::Column::Until.lt(instant))
        .exec(tx.connection())
        .await?;
    let notes = seen::Entity::delete_many()
        .filter(seen::Column::Until.lt(instant))
        .exec(tx.connection())
        .await?;
    let families = family::Entity::delete_many()
        .filter(family::Column::EndsAt.lt(instant))
        .exec(tx.connection())
        .await?;
    Ok(codes.rows_affected + notes.rows_affected + families.rows_affected)
}
