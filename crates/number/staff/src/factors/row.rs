//! The tables `staff_factors` and `staff_codes`, private to this room.

use sea_orm::{
    ColumnTrait, EntityTrait, IntoActiveModel as _, QueryFilter, QuerySelect, Set, sea_query::Expr,
};
use tongban_crypto::constant_time_eq;
use tongban_store::{Store, StoreError, Tx};
use uuid::Uuid;

use super::domain::{CODE_TRIES, Guard, STAFF_CODE_HOURS};

/// The name under which secrets are sealed.
pub(crate) const SECRET_FIELD: &str = "staff.totp";

pub(crate) mod factor {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "staff_factors")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub account: Uuid,
        pub secret_sealed: Option<String>,
        pub set_at: Option<ChronoDateTimeUtc>,
        /// A secret that was shown and not confirmed yet.
        pub pending_sealed: Option<String>,
        pub pending_at: Option<ChronoDateTimeUtc>,
        /// The step of the last password that was taken: none is taken twice.
        pub last_step: i64,
        pub failed: i32,
        pub locked_until: Option<ChronoDateTimeUtc>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

pub(crate) mod code {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "staff_codes")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub account: Uuid,
        pub code_hash: String,
        pub given_at: ChronoDateTimeUtc,
        pub ends_at: ChronoDateTimeUtc,
        pub attempts: i32,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

impl factor::Model {
    pub(crate) fn guard(&self) -> Guard {
        Guard {
            failed: self.failed,
            locked_until: self.locked_until,
        }
    }
}

/// Keeps acts on the factors of one account apart: whoever comes second waits, whether there is a row or not.
pub(crate) async fn hold(tx: &Tx, account: Uuid) -> Result<Option<factor::Model>, StoreError> {
    tx.next_number(&format!("staff_factors:{account}")).await?;
    Ok(factor::Entity::find_by_id(account)
        .lock_exclusive()
        .one(tx.connection())
        .await?)
}

/// Keeps a secret that was shown; one that is in use stays until the new one is confirmed.
pub(crate) async fn set_pending(
    tx: &Tx,
    account: Uuid,
    read: Option<factor::Model>,
    secret: &str,
) -> Result<(), StoreError> {
    let sealed = tx.store().seal(SECRET_FIELD, secret)?;
    match read {
        None => {
            let row = factor::Model {
                account,
                secret_sealed: None,
                set_at: None,
                pending_sealed: Some(sealed),
                pending_at: Some(tx.now()),
                last_step: 0,
                failed: 0,
                locked_until: None,
            };
            factor::Entity::insert(row.into_active_model())
                .exec_without_returning(tx.connection())
                .await?;
        }
        Some(_) => {
            factor::Entity::update_many()
                .col_expr(factor::Column::PendingSealed, Expr::value(sealed))
                .col_expr(factor::Column::PendingAt, Expr::value(tx.now()))
                .filter(factor::Column::Account.eq(account))
                .exec(tx.connection())
                .await?;
        }
    }
    Ok(())
}

/// Puts the secret that waited into use. The step of the password that confirmed it is not taken again.
pub(crate) async fn confirm(tx: &Tx, read: &factor::Model, step: i64) -> Result<(), StoreError> {
    let row = factor::ActiveModel {
        account: Set(read.account),
        secret_sealed: Set(read.pending_sealed.clone()),
        set_at: Set(Some(tx.now())),
        pending_sealed: Set(None),
        pending_at: Set(None),
        last_step: Set(step),
        failed: Set(0),
        locked_until: Set(None),
    };
    factor::Entity::update(row).exec(tx.connection()).await?;
    Ok(())
}

/// Takes the password of a step, unless it or a later one was taken before; says whether it did.
pub(crate) async fn take_step(tx: &Tx, account: Uuid, step: i64) -> Result<bool, StoreError> {
    let taken = factor::Entity::update_many()
        .col_expr(factor::Column::LastStep, Expr::value(step))
        .col_expr(factor::Column::Failed, Expr::value(0))
        .col_expr(
            factor::Column::LockedUntil,
            Expr::value(Option::<chrono::DateTime<chrono::Utc>>::None),
        )
        .filter(factor::Column::Account.eq(account))
        .filter(factor::Column::LastStep.lt(step))
        .exec(tx.connection())
        .await?;
    Ok(taken.rows_affected == 1)
}

pub(crate) async fn save_guard(tx: &Tx, account: Uuid, guard: Guard) -> Result<(), StoreError> {
    factor::Entity::update_many()
        .col_expr(factor::Column::Failed, Expr::value(guard.failed))
        .col_expr(factor::Column::LockedUntil, Expr::value(guard.locked_until))
        .filter(factor::Column::Account.eq(account))
        .exec(tx.connection())
        .await?;
    Ok(())
}

/// Removes the secrets of an account; says whether there was one.
pub(crate) async fn remove(tx: &Tx, account: Uuid) -> Result<bool, StoreError> {
    let gone = factor::Entity::delete_by_id(account)
        .exec(tx.connection())
        .await?;
    Ok(gone.rows_affected == 1)
}

fn code_hash(store: &Store, account: Uuid, digits: &str) -> String {
    store.keys().token_hash(&format!("staff-code|{account}|{digits}"))
}

/// Keeps a code for an account in place of an earlier one.
pub(crate) async fn give_code(tx: &Tx, account: Uuid, digits: &str) -> Result<(), StoreError> {
    remove_code(tx, account).await?;
    let row = code::Model {
        account,
        code_hash: code_hash(tx.store(), account, digits),
        given_at: tx.now(),
        ends_at: tx.now() + chrono::Duration::hours(STAFF_CODE_HOURS),
        attempts: 0,
    };
    code::Entity::insert(row.into_active_model())
        .exec_without_returning(tx.connection())
        .await?;
    Ok(())
}

/// Uses a code up; says whether it was right. A wrong one is counted, and the fifth ends the code.
pub(crate) async fn use_code(tx: &Tx, account: Uuid, digits: &str) -> Result<bool, StoreError> {
    let row = code::Entity::find_by_id(account)
        .lock_exclusive()
        .one(tx.connection())
        .await?
        .filter(|row| row.attempts < CODE_TRIES && tx.now() < row.ends_at);
    let Some(row) = row else { return Ok(false) };
    if constant_time_eq(&row.code_hash, code_hash(tx.store(), account, digits)) {
        remove_code(tx, account).await?;
        return Ok(true);
    }
    code::Entity::update_many()
        .col_expr(code::Column::Attempts, Expr::value(row.attempts + 1))
        .filter(code::Column::Account.eq(account))
        .exec(tx.connection())
        .await?;
    Ok(false)
}

pub(crate) async fn remove_code(tx: &Tx, account: Uuid) -> Result<(), StoreError> {
    code::Entity::delete_by_id(account).exec(tx.connection()).await?;
    Ok(())
}
