//! Which licence a case renews, and the day on which a limit ends in any case.

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
            .table("case_renewals")
            .col(uuid("case_id").primary_key())
            .col(uuid("licence"))
            .col(text("licence_name"))
            .col(date("expires_on"))
            .col(date("apply_by"))
            .col(boolean("in_time"))
            .to_owned();
        manager.create_table(table).await?;
        let index = Index::create()
            .name("case_renewals_licence")
            .table("case_renewals")
            .col("licence")
            .to_owned();
        manager.create_index(index).await?;
        let until = Table::alter()
            .table("case_clocks")
            .add_column(date_null("until"))
            .to_owned();
        manager.alter_table(until).await
    }
}
