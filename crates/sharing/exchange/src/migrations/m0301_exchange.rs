//! The resource directory, and one row for every read.

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
                    .table("exchange_resources")
                    .col(string("code").primary_key())
                    .col(string("name"))
                    .col(uuid("organisation"))
                    .col(string("organisation_name"))
                    .col(string("share_class"))
                    .col(string("url"))
                    .col(text("fields"))
                    .col(string("subject"))
                    .col(text("secret_sealed"))
                    .col(timestamp_with_time_zone("changed_at"))
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("exchange_reads")
                    .col(uuid("id").primary_key())
                    .col(timestamp_with_time_zone("at"))
                    .col(string("reader_kind"))
                    .col(uuid_null("reader_account"))
                    .col(uuid_null("reader_organisation"))
                    .col(string_null("reader_organisation_name"))
                    .col(string("purpose_kind"))
                    .col(uuid("purpose_id"))
                    .col(string("purpose_title"))
                    .col(string("purpose_organisation"))
                    .col(string("region"))
                    .col(string("resource"))
                    .col(string("subject_kind"))
                    .col(string("subject_blind"))
                    .col(string("basis"))
                    .col(string_null("basis_law"))
                    .col(string_null("basis_item"))
                    .col(text("nonce_sealed"))
                    .col(boolean("filed"))
                    .col(string_null("outcome"))
                    .col(string_null("trouble"))
                    .col(text_null("fields"))
                    .col(timestamp_with_time_zone_null("answered_at"))
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create()
                    .name("exchange_reads_subject")
                    .table("exchange_reads")
                    .col("subject_blind")
                    .col("at")
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create()
                    .name("exchange_reads_purpose")
                    .table("exchange_reads")
                    .col("purpose_kind")
                    .col("purpose_id")
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create()
                    .name("exchange_reads_filed")
                    .table("exchange_reads")
                    .col("filed")
                    .col("at")
                    .to_owned(),
            )
            .await
    }
}
