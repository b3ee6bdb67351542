//! Messages in the account.

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
            .table("messages")
            .col(uuid("id").primary_key())
            .col(uuid("account"))
            .col(string("kind"))
            .col(text("args"))
            .col(text("link"))
            .col(timestamp_with_time_zone("at"))
            .col(timestamp_with_time_zone_null("read_at"))
            .to_owned();
        manager.create_table(table).await?;
        let index = Index::create()
            .name("messages_account")
            .table("messages")
            .col("account")
            .col("at")
            .to_owned();
        manager.create_index(index).await
    }
}
