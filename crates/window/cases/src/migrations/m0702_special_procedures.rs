//! What stops or extends the clock of a decision.

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
            .table("case_special_procedures")
            .col(uuid("id").primary_key())
            .col(uuid("case_id"))
            .col(string("kind"))
            .col(text("name"))
            .col(text("article"))
            .col(string("effect"))
            .col(integer("days"))
            .col(text("reason"))
            .col(text_null("approval"))
            .col(date("started_on"))
            .col(date_null("ended_on"))
            .col(text_null("result"))
            .col(uuid_null("document"))
            .to_owned();
        manager.create_table(table).await?;
        let index = Index::create()
            .name("case_special_procedures_case")
            .table("case_special_procedures")
            .col("case_id")
            .to_owned();
        manager.create_index(index).await
    }
}
