//! Tries that are counted, so that guessing is braked on all nodes and over a restart.

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
            .create_table(
                Table::create()
                    .table("brakes")
                    .col(ColumnDef::new("key").string().not_null().primary_key())
                    .col(ColumnDef::new("tries").integer().not_null())
                    .col(ColumnDef::new("until").timestamp_with_time_zone().not_null())
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create()
                    .name("brakes_until")
                    .table("brakes")
                    .col("until")
                    .to_owned(),
            )
            .await
    }
}
