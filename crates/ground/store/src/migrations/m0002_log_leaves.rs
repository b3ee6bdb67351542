//! The numbered leaves of the log, its checkpoints, and what the leader works with.
//!
//! Tables whose names start with `audit` are the log: `tongban audit verify` judges every column of them. `log_waiting` and
//! `log_head` are the leader's: what still waits for a number, and where the tree stands.

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
                    .table("audit_leaves")
                    .col(big_integer("number").primary_key())
                    .col(uuid("entry").unique_key())
                    .col(blob("hash"))
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("audit_checkpoints")
                    .col(big_integer("size").primary_key())
                    .col(big_integer("previous"))
                    .col(string("root"))
                    .col(timestamp_with_time_zone("at"))
                    .col(string("key_id"))
                    .col(string("signature"))
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("log_waiting")
                    .col(uuid("entry").primary_key())
                    .col(timestamp_with_time_zone("at"))
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("log_head")
                    .col(integer("id").primary_key())
                    .col(big_integer("size"))
                    .col(text("frontier"))
                    .col(uuid_null("holder"))
                    .col(timestamp_with_time_zone_null("lease_until"))
                    .to_owned(),
            )
            .await?;
        // Rows written before there were leaves get their numbers from the first leader that runs.
        let waiting = Query::insert()
            .into_table("log_waiting")
            .columns(["entry", "at"])
            .select_from(
                Query::select()
                    .columns(["id", "at"])
                    .from("audit_entries")
                    .to_owned(),
            )
            .map_err(|error| DbErr::Custom(error.to_string()))?
            .to_owned();
        manager.execute(waiting).await
    }
}
