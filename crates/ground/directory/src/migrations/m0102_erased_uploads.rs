//! Uploads that nobody imported and whose file was erased after its term.

use sea_orm_migration::{prelude::*, schema::*};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::alter()
            .table("import_uploads")
            .add_column(timestamp_with_time_zone_null("erased_at"))
            .to_owned();
        manager.alter_table(table).await
    }
}
