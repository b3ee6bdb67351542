//! Accounts, and the posts of staff.

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
                    .table("accounts")
                    .col(uuid("id").primary_key())
                    .col(string("kind"))
                    .col(string("name"))
                    .col(text_null("number_sealed"))
                    .col(string_null("number_blind").unique_key())
                    .col(text_null("phone_sealed"))
                    .col(string_null("phone_blind").unique_key())
                    .col(string_null("login").unique_key())
                    .col(string_null("password_hash"))
                    .col(timestamp_with_time_zone_null("password_changed_at"))
                    .col(timestamp_with_time_zone("created_at"))
                    .col(integer("version"))
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create()
                    .name("accounts_kind")
                    .table("accounts")
                    .col("kind")
                    .col("name")
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("account_posts")
                    .col(uuid("id").primary_key())
                    .col(uuid("account"))
                    .col(integer("position"))
                    .col(uuid("organisation"))
                    .col(string("organisation_name"))
                    .col(string("region"))
                    .col(string("role"))
                    .foreign_key(
                        ForeignKey::create()
                            .from("account_posts", "account")
                            .to("accounts", "id"),
                    )
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create()
                    .name("account_posts_account")
                    .table("account_posts")
                    .col("account")
                    .col("organisation")
                    .col("role")
                    .unique()
                    .to_owned(),
            )
            .await
    }
}
