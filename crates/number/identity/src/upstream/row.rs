//! The tables `upstream_links` and `upstream_ceremonies`, private to this room.

use chrono::{DateTime, Utc};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter, QueryOrder,
    sea_query::Expr,
};
use serde::{Serialize, de::DeserializeOwned};
use tongban_store::{Store, StoreError, Tx};
use uuid::Uuid;

use super::{
    domain::{LIVE, Secrets, Stage},
    provider::UpstreamPerson,
};

/// The name under which subjects are sealed, each with its issuer.
pub(crate) const SUBJECT_FIELD: &str = "identity.upstream_subject";
/// The word under which they are blinded.
pub(crate) const SUBJECT_BLIND: &str = "upstream_subject";
/// The name under which the secrets of a request are sealed.
pub(crate) const SECRETS_FIELD: &str = "identity.upstream_secrets";
/// The name under which rests whom a platform named, while the person decides.
pub(crate) const PERSON_FIELD: &str = "identity.upstream_person";

pub(crate) mod link {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "upstream_links")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub account: Uuid,
        /// The operator's word for the platform.
        pub provider: String,
        #[sea_orm(column_type = "Text")]
        pub subject_sealed: String,
        pub subject_blind: String,
        pub linked_at: ChronoDateTimeUtc,
        pub used_at: Option<ChronoDateTimeUtc>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

pub(crate) mod ceremony {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "upstream_ceremonies")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub state_hash: String,
        /// Of what only the browser holds that began.
        pub browser_hash: String,
        pub provider: String,
        /// The session that asked for a link; none where somebody signs in.
        pub session: Option<Uuid>,
        pub stage: String,
        /// Nonce and verifier, until the browser is back.
        #[sea_orm(column_type = "Text", nullable)]
        pub secrets_sealed: Option<String>,
        /// Whom the platform named, while the person decides.
        #[sea_orm(column_type = "Text", nullable)]
        pub person_sealed: Option<String>,
        /// Where the person wanted to go.
        #[sea_orm(column_type = "Text")]
        pub back: String,
        /// A form that waits, sealed by the face.
        #[sea_orm(column_type = "Text", nullable)]
        pub kept: Option<String>,
        pub at: ChronoDateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

fn unsealed<T: DeserializeOwned>(
    store: &Store,
    field: &str,
    sealed: Option<&str>,
) -> Result<Option<T>, StoreError> {
    let Some(sealed) = sealed else {
        return Ok(None);
    };
    Ok(Some(serde_json::from_str(&store.unseal(field, sealed)?)?))
}

/// As it is written into a row.
pub(super) fn sealed<T: Serialize>(store: &Store, field: &str, value: &T) -> Result<String, StoreError> {
    store.seal(field, &serde_json::to_string(value)?)
}

impl ceremony::Model {
    pub(super) fn secrets(&self, store: &Store) -> Result<Option<Secrets>, StoreError> {
        unsealed(store, SECRETS_FIELD, self.secrets_sealed.as_deref())
    }

    pub(super) fn person(&self, store: &Store) -> Result<Option<UpstreamPerson>, StoreError> {
        unsealed(store, PERSON_FIELD, self.person_sealed.as_deref())
    }

    pub(super) fn is(&self, stage: Stage) -> bool {
        self.stage == stage.as_str()
    }
}

/// What stands for a state.
pub(super) fn state_hash(store: &Store, state: &str) -> String {
    store.keys().token_hash(&format!("upstream-state|{state}"))
}

/// What stands for the browser that began.
pub(super) fn browser_hash(store: &Store, browser: &str) -> String {
    store.keys().token_hash(&format!("upstream-browser|{browser}"))
}

/// A subject beside its issuer: one word of an operator may come to mean another platform, whose subjects are other people.
fn subject_text(person: &UpstreamPerson) -> String {
    format!("{}\n{}", person.issuer, person.subject)
}

/// Begins. What is over does not pile up until the night.
pub(super) async fn begin(tx: &Tx, row: ceremony::Model) -> Result<(), StoreError> {
    erase_before(tx, tx.now() - LIVE * 6).await?;
    ceremony::Entity::insert(row.into_active_model())
        .exec_without_returning(tx.connection())
        .await?;
    Ok(())
}

/// Takes the live request of a state, once, whoever brought it and whatever comes of it.
pub(super) async fn take(tx: &Tx, state: &str) -> Result<Option<ceremony::Model>, StoreError> {
    let found = ceremony::Entity::find()
        .filter(ceremony::Column::StateHash.eq(state_hash(tx.store(), state)))
        .filter(ceremony::Column::At.gt(tx.now() - LIVE))
        .one(tx.connection())
        .await?;
    let Some(row) = found else {
        return Ok(None);
    };
    let taken = ceremony::Entity::update_many()
        .col_expr(ceremony::Column::Stage, Expr::value(Stage::Taken.as_str()))
        .filter(ceremony::Column::Id.eq(row.id))
        .filter(ceremony::Column::Stage.eq(Stage::Asked.as_str()))
        .exec(tx.connection())
        .await?;
    Ok((taken.rows_affected == 1).then_some(row))
}

/// Lets a request wait for the person's word, ten minutes from now. The secrets go. Says whether it was still there.
pub(super) async fn wait(
    tx: &Tx,
    id: Uuid,
    stage: Stage,
    person: &UpstreamPerson,
) -> Result<bool, StoreError> {
    let person = sealed(tx.store(), PERSON_FIELD, person)?;
    let changed = ceremony::Entity::update_many()
        .col_expr(ceremony::Column::Stage, Expr::value(stage.as_str()))
        .col_expr(ceremony::Column::PersonSealed, Expr::value(person))
        .col_expr(
            ceremony::Column::SecretsSealed,
            Expr::value(Option::<String>::None),
        )
        .col_expr(ceremony::Column::At, Expr::value(tx.now()))
        .filter(ceremony::Column::Id.eq(id))
        .filter(ceremony::Column::Stage.eq(Stage::Taken.as_str()))
        .exec(tx.connection())
        .await?;
    Ok(changed.rows_affected == 1)
}

/// What waits in a browser for the person's word.
pub(super) async fn waiting<C: ConnectionTrait>(
    connection: &C,
    store: &Store,
    browser: &str,
    now: DateTime<Utc>,
) -> Result<Option<ceremony::Model>, StoreError> {
    if browser.is_empty() {
        return Ok(None);
    }
    Ok(ceremony::Entity::find()
        .filter(ceremony::Column::BrowserHash.eq(browser_hash(store, browser)))
        .filter(ceremony::Column::Stage.is_in([Stage::Links.as_str(), Stage::Opens.as_str()]))
        .filter(ceremony::Column::At.gt(now - LIVE))
        .order_by_desc(ceremony::Column::At)
        .one(connection)
        .await?)
}

/// Ends a request; says whether it was still there. Of two who end it, one is told so.
pub(super) async fn end(tx: &Tx, id: Uuid) -> Result<bool, StoreError> {
    let ended = ceremony::Entity::delete_by_id(id).exec(tx.connection()).await?;
    Ok(ended.rows_affected == 1)
}

/// Erases requests that nobody answered.
pub(crate) async fn erase_before(tx: &Tx, instant: DateTime<Utc>) -> Result<u64, StoreError> {
    let erased = ceremony::Entity::delete_many()
        .filter(ceremony::Column::At.lt(instant))
        .exec(tx.connection())
        .await?;
    Ok(erased.rows_affected)
}

/// The link of a person of a platform.
pub(super) async fn by_subject(tx: &Tx, person: &UpstreamPerson) -> Result<Option<link::Model>, StoreError> {
    let blinds = tx.store().blinds(SUBJECT_BLIND, &subject_text(person));
    Ok(link::Entity::find()
        .filter(link::Column::SubjectBlind.is_in(blinds))
        .one(tx.connection())
        .await?)
}

/// Whether an account has a link with a platform.
pub(super) async fn has_link(tx: &Tx, account: Uuid, provider: &str) -> Result<bool, StoreError> {
    let found = link::Entity::find()
        .filter(link::Column::Account.eq(account))
        .filter(link::Column::Provider.eq(provider))
        .count(tx.connection())
        .await?;
    Ok(found > 0)
}

/// Links; answers the id.
pub(super) async fn insert_link(
    tx: &Tx,
    account: Uuid,
    provider: &str,
    person: &UpstreamPerson,
    used: bool,
) -> Result<Uuid, StoreError> {
    let text = subject_text(person);
    let row = link::Model {
        id: tx.new_id(),
        account,
        provider: provider.to_owned(),
        subject_sealed: tx.store().seal(SUBJECT_FIELD, &text)?,
        subject_blind: tx.store().blind(SUBJECT_BLIND, &text),
        linked_at: tx.now(),
        used_at: used.then(|| tx.now()),
    };
    let id = row.id;
    link::Entity::insert(row.into_active_model())
        .exec_without_returning(tx.connection())
        .await?;
    Ok(id)
}

pub(super) async fn used(tx: &Tx, id: Uuid) -> Result<(), StoreError> {
    link::Entity::update_many()
        .col_expr(link::Column::UsedAt, Expr::value(tx.now()))
        .filter(link::Column::Id.eq(id))
        .exec(tx.connection())
        .await?;
    Ok(())
}

/// The links of an account, the oldest first.
pub(super) async fn of_account<C: ConnectionTrait>(
    connection: &C,
    account: Uuid,
) -> Result<Vec<link::Model>, StoreError> {
    Ok(link::Entity::find()
        .filter(link::Column::Account.eq(account))
        .order_by_asc(link::Column::LinkedAt)
        .order_by_asc(link::Column::Id)
        .all(connection)
        .await?)
}

/// Removes a link of an account; answers the platform, if there was such a link.
pub(super) async fn remove(tx: &Tx, account: Uuid, id: Uuid) -> Result<Option<String>, StoreError> {
    let own = link::Column::Account.eq(account);
    let found = link::Entity::find_by_id(id)
        .filter(own.clone())
        .one(tx.connection())
        .await?;
    let removed = link::Entity::delete_many()
        .filter(link::Column::Id.eq(id))
        .filter(own)
        .exec(tx.connection())
        .await?;
    Ok(found
        .filter(|_| removed.rows_affected == 1)
        .map(|link| link.provider))
}

/// Removes the links of an account: all, or those that are older than an instant.
pub(crate) async fn remove_older(
    tx: &Tx,
    account: Uuid,
    since: Option<DateTime<Utc>>,
) -> Result<(), StoreError> {
    let mut query = link::Entity::delete_many().filter(link::Column::Account.eq(account));
    if let Some(since) = since {
        query = query.filter(link::Column::LinkedAt.lt(since));
    }
    query.exec(tx.connection()).await?;
    Ok(())
}
