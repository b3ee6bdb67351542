//! Who acts for whom, and what the register of enterprises was asked.

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
                    .table("mandates")
                    .col(uuid("id").primary_key())
                    .col(string("kind"))
                    .col(string("state"))
                    .col(uuid("principal"))
                    .col(string("principal_kind"))
                    .col(string("principal_name"))
                    .col(string("agent_name"))
                    .col(string("agent_sealed"))
                    .col(string("agent_blind"))
                    .col(text("scope"))
                    .col(date("starts_on"))
                    .col(date_null("ends_on"))
                    .col(string("given_by"))
                    .col(uuid_null("giver"))
                    .col(string_null("document"))
                    .col(uuid_null("organisation"))
                    .col(string_null("organisation_name"))
                    .col(timestamp_with_time_zone("given_at"))
                    .col(timestamp_with_time_zone_null("answered_at"))
                    .col(timestamp_with_time_zone_null("ended_at"))
                    .col(string_null("ended_by"))
                    .col(string_null("ended_document"))
                    .col(timestamp_with_time_zone_null("checked_at"))
                    .col(integer("version"))
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("representation_checks")
                    .col(uuid("id").primary_key())
                    .col(uuid("account"))
                    .col(string_null("code_sealed"))
                    .col(timestamp_with_time_zone("at"))
                    .col(string_null("outcome"))
                    .to_owned(),
            )
            .await?;
        for (name, table, columns) in [
            ("mandates_principal", "mandates", ["principal", "given_at"]),
            ("mandates_agent", "mandates", ["agent_blind", "given_at"]),
            ("mandates_ending", "mandates", ["state", "ends_on"]),
            (
                "representation_checks_account",
                "representation_checks",
                ["account", "at"],
            ),
        ] {
            let mut index = Index::create();
            index.name(name).table(table);
            for column in columns {
                index.col(column);
            }
            manager.create_index(index.to_owned()).await?;
        }
        Ok(())
    }
}
