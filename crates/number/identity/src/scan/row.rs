//! The table `sign_in_scans`, private to this room.

use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, sea_query::Expr};
use tongban_store::{Store, StoreError, Tx};
use uuid::Uuid;

use super::domain::{LIVE, ScanStanding};

pub(crate) mod scan {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "sign_in_scans")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        /// Of the code in the picture.
        pub code_hash: String,
        /// Of what only the waiting browser holds.
        pub browser_hash: String,
        /// What the waiting browser calls itself.
        pub device: String,
        pub state: String,
        /// Who said yes.
        pub account: Option<Uuid>,
        pub at: ChronoDateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

pub(super) fn code_hash(store: &Store, code: &str) -> String {
    store.keys().token_hash(&format!("scan|{code}"))
}

pub(super) fn browser_hash(store: &Store, browser: &str) -> String {
    store.keys().token_hash(&format!("scan-browser|{browser}"))
}

pub(super) async fn insert(tx: &Tx, row: scan::Model) -> Result<(), StoreError> {
    scan::Entity::insert(row.into_active_model())
        .exec_without_returning(tx.connection())
        .await?;
    Ok(())
}

/// The scan of a picture that still waits.
pub(super) async fn by_code(store: &Store, code: &str) -> Result<Option<scan::Model>, StoreError> {
    Ok(scan::Entity::find()
        .filter(scan::Column::CodeHash.eq(code_hash(store, code)))
        .filter(scan::Column::At.gt(store.now() - LIVE))
        .one(store.reader())
        .await?)
}

/// The scan of a browser that still waits.
pub(super) async fn by_browser(store: &Store, browser: &str) -> Result<Option<scan::Model>, StoreError> {
    Ok(scan::Entity::find()
        .filter(scan::Column::BrowserHash.eq(browser_hash(store, browser)))
        .filter(scan::Column::At.gt(store.now() - LIVE))
        .one(store.reader())
        .await?)
}

/// Moves a scan from one of these standings; says whether it did. `account` is who answered.
pub(super) async fn advance(
    tx: &Tx,
    id: Uuid,
    from: &[ScanStanding],
    to: ScanStanding,
    account: Option<Uuid>,
) -> Result<bool, StoreError> {
    let changed = scan::Entity::update_many()
        .col_expr(scan::Column::State, Expr::value(to.as_str()))
        .col_expr(scan::Column::Account, Expr::value(account))
        .filter(scan::Column::Id.eq(id))
        .filter(scan::Column::State.is_in(from.iter().map(|standing| standing.as_str())))
        .exec(tx.connection())
        .await?;
    Ok(changed.rows_affected == 1)
}

/// Takes an approved scan away; says whether it was there: it opens one session.
pub(super) async fn take_approved(tx: &Tx, id: Uuid) -> Result<bool, StoreError> {
    let taken = scan::Entity::delete_many()
        .filter(scan::Column::Id.eq(id))
        .filter(scan::Column::State.eq(ScanStanding::Approved.as_str()))
        .exec(tx.connection())
        .await?;
    Ok(taken.rows_affected == 1)
}

/// Removes the screens that an account has answered and that have not signed in yet.
pub(crate) async fn remove_answered(tx: &Tx, account: Uuid) -> Result<(), StoreError> {
    scan::Entity::delete_many()
        .filter(scan::Column::Account.eq(account))
        .exec(tx.connection())
        .await?;
    Ok(())
}

/// Erases screens that nobody waits at.
pub(crate) async fn erase_before(tx: &Tx, instant: DateTime<Utc>) -> Result<u64, StoreError> {
    let erased = scan::Entity::delete_many()
        .filter(scan::Column::At.lt(instant))
        .exec(tx.connection())
        .await?;
    Ok(erased.rows_affected)
}
