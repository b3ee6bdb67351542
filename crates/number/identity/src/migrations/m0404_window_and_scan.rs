//! Codes that a window takes, and screens that wait for a phone.

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
                    .table("window_codes")
                    .col(uuid("session").primary_key())
                    .col(uuid("account"))
                    .col(string("code_hash"))
                    .col(timestamp_with_time_zone("at"))
                    .col(integer("attempts"))
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("sign_in_scans")
                    .col(uuid("id").primary_key())
                    .col(string("code_hash").unique_key())
                    .col(string("browser_hash").unique_key())
                    .col(string("device"))
                    .col(string("state"))
                    .col(uuid_null("account"))
                    .col(timestamp_with_time_zone("at"))
                    .to_owned(),
            )
            .await?;
        for (table, column) in [
            ("window_codes", "account"),
            ("window_codes", "at"),
            ("sign_in_scans", "at"),
        ] {
            manager
                .create_index(
                    Index::create()
                        .name(format!("{table}_{column}"))
                        .table(table)
                        .col(column)
                        .to_owned(),
                )
                .await?;
        }
        Ok(())
    }
}
