//! What sectors know those as for whom others act.

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
                    .table("openid_principals")
                    .col(uuid("id").primary_key())
                    .col(uuid("account"))
                    .col(string("sector"))
                    .col(string("subject"))
                    .col(timestamp_with_time_zone("at"))
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create()
                    .name("openid_principals_account")
                    .table("openid_principals")
                    .col("account")
                    .col("sector")
                    .to_owned(),
            )
            .await
    }
}
