//! Files of items that everybody may have: blank forms, samples. Rows are added and never changed; which of them a version shows, its
//! content says.

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
                    .table("item_files")
                    .col(uuid("id").primary_key())
                    .col(uuid("item"))
                    .col(string("blob"))
                    .col(timestamp_with_time_zone("added_at"))
                    .to_owned(),
            )
            .await?;
        // Before a file is taken out of the store, each room says whether it holds it.
        manager
            .create_index(
                Index::create()
                    .name("item_files_blob")
                    .table("item_files")
                    .col("blob")
                    .to_owned(),
            )
            .await
    }
}
