//! Sign-in by platforms of others: which of their people is which account, and what waits for an answer.

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
                    .table("upstream_links")
                    .col(uuid("id").primary_key())
                    .col(uuid("account"))
                    .col(string("provider"))
                    .col(text("subject_sealed"))
                    .col(string("subject_blind").unique_key())
                    .col(timestamp_with_time_zone("linked_at"))
                    .col(timestamp_with_time_zone_null("used_at"))
                    .foreign_key(
                        ForeignKey::create()
                            .from("upstream_links", "account")
                            .to("accounts", "id"),
                    )
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create()
                    .name("upstream_links_account")
                    .table("upstream_links")
                    .col("account")
                    .col("provider")
                    .unique()
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("upstream_ceremonies")
                    .col(uuid("id").primary_key())
                    .col(string("state_hash").unique_key())
                    .col(string("browser_hash"))
                    .col(string("provider"))
                    .col(uuid_null("session"))
                    .col(string("stage"))
                    .col(text_null("secrets_sealed"))
                    .col(text_null("person_sealed"))
                    .col(text("back"))
                    .col(text_null("kept"))
                    .col(timestamp_with_time_zone("at"))
                    .to_owned(),
            )
            .await?;
        for column in ["browser_hash", "at"] {
            manager
                .create_index(
                    Index::create()
                        .name(format!("upstream_ceremonies_{column}"))
                        .table("upstream_ceremonies")
                        .col(column)
                        .to_owned(),
                )
                .await?;
        }
        Ok(())
    }
}
