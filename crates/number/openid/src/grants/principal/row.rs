//! The table `openid_principals`, private to this room: what a sector knows those as for whom others act.

use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel as _, QueryFilter, QueryOrder};
use tongban_store::{StoreError, Tx};

use crate::grants::row::{Giver, subject_of_grants};

mod principal {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "openid_principals")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub account: Uuid,
        pub sector: String,
        pub subject: String,
        pub at: ChronoDateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

/// What a sector knows an account as: the same whether it signs in itself or others act for it. Made up where there is none.
pub(crate) async fn subject(tx: &Tx, giver: Giver, sector: &str) -> Result<String, StoreError> {
    // two at once get one name
    tx.next_number(&format!("openid-principal:{}:{sector}", giver.account))
        .await?;
    if let Some(subject) = subject_of_grants(tx, giver, sector).await? {
        return Ok(subject);
    }
    if let Some(subject) = known(tx, giver, sector).await? {
        return Ok(subject);
    }
    let row = principal::Model {
        id: tx.new_id(),
        account: giver.account,
        sector: sector.to_owned(),
        subject: tx.random_code(),
        at: tx.now(),
    };
    let subject = row.subject.clone();
    principal::Entity::insert(row.into_active_model())
        .exec_without_returning(tx.connection())
        .await?;
    Ok(subject)
}

/// What a sector knows an account as through its agents, since it is its holder's.
pub(crate) async fn known(tx: &Tx, giver: Giver, sector: &str) -> Result<Option<String>, StoreError> {
    let row = principal::Entity::find()
        .filter(principal::Column::Account.eq(giver.account))
        .filter(principal::Column::Sector.eq(sector))
        .order_by_desc(principal::Column::At)
        .one(tx.connection())
        .await?;
    Ok(row
        .filter(|row| giver.since.is_none_or(|since| row.at >= since))
        .map(|row| row.subject))
}
