//! How often matters are filed, found without looking at every case.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let index = Index::create()
            .name("cases_submitted")
            .table("cases")
            .col("submitted_at")
            .col("item")
            .to_owned();
        manager.create_index(index).await
    }
}
