//! Passkeys and the challenges that wait for an answer.

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
                    .table("passkeys")
                    .col(uuid("id").primary_key())
                    .col(uuid("account"))
                    .col(string("name"))
                    .col(string("credential_hash").unique_key())
                    .col(text("credential"))
                    .col(boolean("in_person"))
                    .col(timestamp_with_time_zone("created_at"))
                    .col(timestamp_with_time_zone_null("used_at"))
                    .foreign_key(
                        ForeignKey::create()
                            .from("passkeys", "account")
                            .to("accounts", "id"),
                    )
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("passkey_ceremonies")
                    .col(uuid("id").primary_key())
                    .col(uuid_null("session"))
                    .col(text("state"))
                    .col(timestamp_with_time_zone("at"))
                    .to_owned(),
            )
            .await?;
        for (table, column) in [("passkeys", "account"), ("passkey_ceremonies", "at")] {
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
