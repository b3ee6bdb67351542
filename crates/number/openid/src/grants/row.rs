//! The table `openid_grants`, private to this room.

use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QuerySelect,
    sea_query::Expr,
};
use tongban_store::{StoreError, Tx};
use uuid::Uuid;

use crate::{
    clients::Client,
    scope::{joined, words},
};

pub(crate) mod grant {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "openid_grants")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub account: Uuid,
        pub client: Uuid,
        pub sector: String,
        /// What clients of this sector know the account as. Random; the same for all of them, and after a new yes.
        pub subject: String,
        /// Words apart by spaces.
        pub scopes: String,
        pub given_at: ChronoDateTimeUtc,
        pub used_at: ChronoDateTimeUtc,
        pub revoked_at: Option<ChronoDateTimeUtc>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

/// What an account let a client have, taken back or not.
pub(crate) async fn of<C: ConnectionTrait>(
    connection: &C,
    account: Uuid,
    client: Uuid,
) -> Result<Option<grant::Model>, StoreError> {
    Ok(grant::Entity::find()
        .filter(grant::Column::Account.eq(account))
        .filter(grant::Column::Client.eq(client))
        .one(connection)
        .await?)
}

/// A grant by its id, while it stands.
pub(crate) async fn standing(tx: &Tx, id: Uuid) -> Result<Option<grant::Model>, StoreError> {
    Ok(grant::Entity::find_by_id(id)
        .filter(grant::Column::RevokedAt.is_null())
        .one(tx.connection())
        .await?)
}

/// Keeps a yes; answers the grant and whether it says more than before.
pub(crate) async fn give(
    tx: &Tx,
    account: Uuid,
    client: &Client,
    scopes: &str,
) -> Result<(grant::Model, bool), StoreError> {
    let found = of(tx.connection(), account, client.id).await?;
    if let Some(mut row) = found {
        let held = if row.revoked_at.is_some() { "" } else { &row.scopes };
        let all = joined(held, scopes);
        let more = all != held;
        let mut update = grant::ActiveModel {
            used_at: Set(tx.now()),
            ..Default::default()
        };
        if more {
            update.scopes = Set(all.clone());
            update.given_at = Set(tx.now());
            update.revoked_at = Set(None);
            row.given_at = tx.now();
        }
        grant::Entity::update_many()
            .set(update)
            .filter(grant::Column::Id.eq(row.id))
            .exec(tx.connection())
            .await?;
        row.scopes = all;
        row.revoked_at = None;
        return Ok((row, more));
    }
    let sector = &client.content.sector;
    let known: Option<String> = grant::Entity::find()
        .select_only()
        .column(grant::Column::Subject)
        .filter(grant::Column::Account.eq(account))
        .filter(grant::Column::Sector.eq(sector))
        .limit(1)
        .into_tuple()
        .one(tx.connection())
        .await?;
    let row = grant::Model {
        id: tx.new_id(),
        account,
        client: client.id,
        sector: sector.clone(),
        subject: known.unwrap_or_else(|| tx.random_code()),
        scopes: joined("", scopes),
        given_at: tx.now(),
        used_at: tx.now(),
        revoked_at: None,
    };
    grant::Entity::insert(row.clone().into_active_model())
        .exec_without_returning(tx.connection())
        .await?;
    Ok((row, true))
}

/// Takes a grant back; says whether it stood.
pub(crate) async fn revoke(tx: &Tx, account: Uuid, id: Uuid) -> Result<bool, StoreError> {
    let revoked = grant::Entity::update_many()
        .col_expr(grant::Column::RevokedAt, Expr::value(tx.now()))
        .filter(grant::Column::Id.eq(id))
        .filter(grant::Column::Account.eq(account))
        .filter(grant::Column::RevokedAt.is_null())
        .exec(tx.connection())
        .await?;
    Ok(revoked.rows_affected == 1)
}

/// Takes back what an account gave before an instant.
pub(crate) async fn revoke_all(tx: &Tx, account: Uuid, before: DateTime<Utc>) -> Result<(), StoreError> {
    grant::Entity::update_many()
        .col_expr(grant::Column::RevokedAt, Expr::value(tx.now()))
        .filter(grant::Column::Account.eq(account))
        .filter(grant::Column::GivenAt.lte(before))
        .filter(grant::Column::RevokedAt.is_null())
        .exec(tx.connection())
        .await?;
    Ok(())
}

/// Takes out of the grants of a client what it may not ask for any more.
pub(crate) async fn narrow(tx: &Tx, client: Uuid, allowed: &[String]) -> Result<(), StoreError> {
    let lists: Vec<String> = grant::Entity::find()
        .select_only()
        .distinct()
        .column(grant::Column::Scopes)
        .filter(grant::Column::Client.eq(client))
        .into_tuple()
        .all(tx.connection())
        .await?;
    for list in lists {
        let kept: Vec<&str> = words(&list)
            .into_iter()
            .filter(|word| allowed.iter().any(|allowed| allowed == word))
            .collect();
        let kept = kept.join(" ");
        if kept != list {
            grant::Entity::update_many()
                .col_expr(grant::Column::Scopes, Expr::value(kept))
                .filter(grant::Column::Client.eq(client))
                .filter(grant::Column::Scopes.eq(list))
                .exec(tx.connection())
                .await?;
        }
    }
    Ok(())
}
