//! Notices for offices: limits that are about to pass, or have passed.

use sea_orm_migration::{prelude::*, schema::*};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::create()
            .table("desk_notices")
            .col(uuid("id").primary_key())
            .col(uuid("case_id"))
            .col(string("rule"))
            .col(string("light"))
            .col(uuid("organisation"))
            .col(string("organisation_name"))
            .col(string("region"))
            .col(string("item_name"))
            .col(string("number"))
            .col(timestamp_with_time_zone("at"))
            .col(timestamp_with_time_zone_null("closed_at"))
            .to_owned();
        manager.create_table(table).await?;
        for (name, column) in [
            ("desk_notices_case", "case_id"),
            ("desk_notices_organisation", "organisation"),
        ] {
            let index = Index::create()
                .name(name)
                .table("desk_notices")
                .col(column)
                .col("closed_at")
                .to_owned();
            manager.create_index(index).await?;
        }
        Ok(())
    }
}
