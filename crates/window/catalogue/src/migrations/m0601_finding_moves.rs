//! How many findings came and went, day by day: what the quality board draws. Rows are added and never changed.

use sea_orm_migration::{prelude::*, schema::*};

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
                    .table("finding_moves")
                    .col(uuid("id").primary_key())
                    .col(string("region"))
                    .col(string("code"))
                    // The civil day on which the version was published.
                    .col(date("day"))
                    .col(integer("appeared"))
                    .col(integer("mended"))
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create()
                    .name("finding_moves_day")
                    .table("finding_moves")
                    .col("day")
                    .col("region")
                    .to_owned(),
            )
            .await
    }
}
