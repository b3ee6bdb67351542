//! The table `openid_grants`, private to this room.

use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QuerySelect,
    sea_query::Expr,
};
use tongban_identity::Session;
use tongban_store::{StoreError, Tx};
use uuid::Uuid;

use super::principal;
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
        /// Since it was first given, or given anew after it was taken back: what began before does not come back with it.
        pub stands_since: ChronoDateTimeUtc,
        /// When it last came to say more.
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

/// A grant by its id, while it stands, for what began at an instant.
pub(crate) async fn standing<C: ConnectionTrait>(
    connection: &C,
    id: Uuid,
    began: DateTime<Utc>,
) -> Result<Option<grant::Model>, StoreError> {
    Ok(grant::Entity::find_by_id(id)
        .filter(grant::Column::RevokedAt.is_null())
        .filter(grant::Column::StandsSince.lte(began))
        .one(connection)
        .await?)
}

/// Who says yes, and since when the account is theirs: name and number were checked then. What somebody before them had is not theirs.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Giver {
    pub account: Uuid,
    pub since: Option<DateTime<Utc>>,
}

impl Giver {
    pub(crate) fn of(session: &Session) -> Self {
        Self {
            account: session.account.id,
            since: session.account.checked_at,
        }
    }

    pub(crate) fn owns(self, row: &grant::Model) -> bool {
        self.since.is_none_or(|since| row.stands_since >= since)
    }
}

/// Keeps a yes; answers the grant and whether it says more than before. The account is held.
pub(crate) async fn give(
    tx: &Tx,
    giver: Giver,
    client: &Client,
    scopes: &str,
) -> Result<(grant::Model, bool), StoreError> {
    let found = of(tx.connection(), giver.account, client.id).await?;
    if let Some(row) = found {
        let stands = row.revoked_at.is_none() && giver.owns(&row);
        let held = if stands { row.scopes.as_str() } else { "" };
        let all = joined(held, scopes);
        let more = all != held;
        let subject = if giver.owns(&row) {
            row.subject.clone()
        } else {
            subject(tx, giver, &client.content.sector).await?
        };
        let given = grant::Model {
            scopes: all,
            subject,
            stands_since: if stands { row.stands_since } else { tx.now() },
            given_at: if more { tx.now() } else { row.given_at },
            used_at: tx.now(),
            revoked_at: None,
            ..row
        };
        grant::Entity::update_many()
            .set(grant::ActiveModel {
                scopes: Set(given.scopes.clone()),
                subject: Set(given.subject.clone()),
                stands_since: Set(given.stands_since),
                given_at: Set(given.given_at),
                used_at: Set(given.used_at),
                revoked_at: Set(None),
                ..Default::default()
            })
            .filter(grant::Column::Id.eq(given.id))
            .exec(tx.connection())
            .await?;
        return Ok((given, more));
    }
    let row = grant::Model {
        id: tx.new_id(),
        account: giver.account,
        client: client.id,
        sector: client.content.sector.clone(),
        subject: subject(tx, giver, &client.content.sector).await?,
        scopes: joined("", scopes),
        stands_since: tx.now(),
        given_at: tx.now(),
        used_at: tx.now(),
        revoked_at: None,
    };
    grant::Entity::insert(row.clone().into_active_model())
        .exec_without_returning(tx.connection())
        .await?;
    Ok((row, true))
}

/// What a sector knows the giver as: the same for all its clients, whether they sign in themself or others act for them, and new for somebody
/// new.
async fn subject(tx: &Tx, giver: Giver, sector: &str) -> Result<String, StoreError> {
    let known = match subject_of_grants(tx, giver, sector).await? {
        Some(subject) => Some(subject),
        None => principal::known(tx, giver, sector).await?,
    };
    Ok(known.unwrap_or_else(|| tx.random_code()))
}

/// What a sector knows the giver as by what they gave themself.
pub(crate) async fn subject_of_grants(
    tx: &Tx,
    giver: Giver,
    sector: &str,
) -> Result<Option<String>, StoreError> {
    let rows = grant::Entity::find()
        .filter(grant::Column::Account.eq(giver.account))
        .filter(grant::Column::Sector.eq(sector))
        .all(tx.connection())
        .await?;
    let known = rows.into_iter().find(|row| giver.owns(row));
    Ok(known.map(|row| row.subject))
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
