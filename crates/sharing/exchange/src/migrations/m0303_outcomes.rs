//! Finds the reads of one outcome, such as answers about another person, without walking all of them.

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
                    .name("exchange_reads_outcome")
                    .table("exchange_reads")
                    .col("outcome")
                    .col("at")
                    .to_owned(),
            )
            .await
    }
}
