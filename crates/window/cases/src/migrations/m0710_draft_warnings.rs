//! When applicants were told about drafts that rest, and who holds a file.

use sea_orm_migration::{prelude::*, schema::*};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::create()
            .table("case_draft_warnings")
            .col(uuid("case_id").primary_key())
            .col(timestamp_with_time_zone("at"))
            .to_owned();
        manager.create_table(table).await?;
        let index = Index::create()
            .name("case_materials_blob")
            .table("case_materials")
            .col("blob")
            .to_owned();
        manager.create_index(index).await
    }
}
