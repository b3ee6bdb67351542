//! What people say is wrong about their account, and what a window answered.

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
                    .table("corrections")
                    .col(uuid("id").primary_key())
                    .col(uuid("account"))
                    .col(string("was"))
                    .col(string("wanted"))
                    .col(string("state"))
                    .col(timestamp_with_time_zone("asked_at"))
                    .col(timestamp_with_time_zone_null("answered_at"))
                    .col(uuid_null("clerk"))
                    .col(string_null("organisation_name"))
                    .col(string_null("answer"))
                    .to_owned(),
            )
            .await?;
        for (name, columns) in [
            ("corrections_account", ["account", "asked_at"]),
            ("corrections_state", ["state", "asked_at"]),
        ] {
            let mut index = Index::create();
            index.name(name).table("corrections");
            for column in columns {
                index.col(column);
            }
            manager.create_index(index.to_owned()).await?;
        }
        Ok(())
    }
}
