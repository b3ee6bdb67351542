//! Kept answers are found by their age, so that the daily sweep does not walk over all the other keys.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_index(
                Index::create()
                    .name("once_keys_answered")
                    .table("once_keys")
                    .col("at")
                    .and_where(Expr::col("request").is_not_null())
                    .to_owned(),
            )
            .await
    }
}
