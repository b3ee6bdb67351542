//! Sessions, one-time codes, and the counters of failed sign-ins.

use sea_orm_migration::{prelude::*, schema::*};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        sessions(manager).await?;
        codes(manager).await?;
        manager
            .create_table(
                Table::create()
                    .table("sign_in_guards")
                    .col(string("key").primary_key())
                    .col(integer("failed"))
                    .col(timestamp_with_time_zone_null("locked_until"))
                    .col(timestamp_with_time_zone("changed_at"))
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create()
                    .name("sign_in_guards_changed")
                    .table("sign_in_guards")
                    .col("changed_at")
                    .to_owned(),
            )
            .await
    }
}

async fn sessions(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("sessions")
                .col(uuid("id").primary_key())
                .col(uuid("account"))
                .col(string("token_hash").unique_key())
                .col(string("csrf_seed"))
                .col(string("way"))
                .col(uuid_null("post"))
                .col(timestamp_with_time_zone("opened_at"))
                .col(timestamp_with_time_zone("seen_at"))
                .col(timestamp_with_time_zone("ends_at"))
                .foreign_key(
                    ForeignKey::create()
                        .from("sessions", "account")
                        .to("accounts", "id"),
                )
                .to_owned(),
        )
        .await?;
    manager
        .create_index(
            Index::create()
                .name("sessions_account")
                .table("sessions")
                .col("account")
                .to_owned(),
        )
        .await?;
    manager
        .create_index(
            Index::create()
                .name("sessions_ends")
                .table("sessions")
                .col("ends_at")
                .to_owned(),
        )
        .await
}

async fn codes(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("sign_in_codes")
                .col(uuid("id").primary_key())
                .col(uuid_null("account"))
                .col(string("name_key"))
                .col(string_null("phone_key"))
                .col(string_null("code_hash"))
                .col(timestamp_with_time_zone("at"))
                .col(timestamp_with_time_zone("expires_at"))
                .col(integer("attempts"))
                .col(timestamp_with_time_zone_null("used_at"))
                .foreign_key(
                    ForeignKey::create()
                        .from("sign_in_codes", "account")
                        .to("accounts", "id"),
                )
                .to_owned(),
        )
        .await?;
    for (name, column) in [
        ("sign_in_codes_account", "account"),
        ("sign_in_codes_name", "name_key"),
        ("sign_in_codes_phone", "phone_key"),
        ("sign_in_codes_at", "at"),
    ] {
        manager
            .create_index(
                Index::create()
                    .name(name)
                    .table("sign_in_codes")
                    .col(column)
                    .to_owned(),
            )
            .await?;
    }
    Ok(())
}
