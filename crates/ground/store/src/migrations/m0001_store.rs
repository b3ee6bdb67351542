//! Log rows, outbox, jobs, keys seen once, number sequences.

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
                    .table("audit_entries")
                    .col(uuid("id").primary_key())
                    .col(string("stream"))
                    .col(timestamp_with_time_zone("at"))
                    .col(string("signer_kind"))
                    .col(uuid_null("signer_id"))
                    .col(uuid_null("on_behalf_of"))
                    .col(string("action"))
                    .col(string("object_kind"))
                    .col(string("object_id"))
                    .col(string_null("subject"))
                    .col(text("detail"))
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create()
                    .name("audit_entries_object")
                    .table("audit_entries")
                    .col("object_kind")
                    .col("object_id")
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create()
                    .name("audit_entries_subject")
                    .table("audit_entries")
                    .col("subject")
                    .col("at")
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("outbox")
                    .col(uuid("id").primary_key())
                    .col(string("topic"))
                    .col(text("payload"))
                    .col(timestamp_with_time_zone("at"))
                    .col(boolean("routed"))
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(Index::create().name("outbox_routed").table("outbox").col("routed").col("at").to_owned())
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("jobs")
                    .col(uuid("id").primary_key())
                    .col(string("kind"))
                    .col(text("payload"))
                    .col(timestamp_with_time_zone("at"))
                    .col(timestamp_with_time_zone("run_at"))
                    .col(integer("attempts"))
                    .col(timestamp_with_time_zone_null("lease_until"))
                    .col(text_null("last_error"))
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(Index::create().name("jobs_run_at").table("jobs").col("run_at").to_owned())
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("once_keys")
                    .col(string("key").primary_key())
                    .col(timestamp_with_time_zone("at"))
                    .col(text_null("request"))
                    .col(text_null("answer"))
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("sequences")
                    .col(string("name").primary_key())
                    .col(big_integer("value"))
                    .to_owned(),
            )
            .await
    }
}
