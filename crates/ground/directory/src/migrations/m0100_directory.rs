//! Regions, organisations, working days, import runs with their rows.

use sea_orm_migration::{prelude::*, schema::*};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        directories(manager).await?;
        imports(manager).await
    }
}

async fn directories(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("regions")
                .col(string("code").primary_key())
                .col(text("name"))
                .col(string("level"))
                .col(string_null("parent"))
                .col(boolean("placeholder"))
                .to_owned(),
        )
        .await?;
    manager
        .create_index(
            Index::create()
                .name("regions_parent")
                .table("regions")
                .col("parent")
                .to_owned(),
        )
        .await?;
    manager
        .create_table(
            Table::create()
                .table("organisations")
                .col(uuid("id").primary_key())
                .col(string("region"))
                .col(string("code"))
                .col(text("name"))
                .col(text_null("short_name"))
                .col(string_null("phone"))
                .col(text_null("address"))
                .col(boolean("placeholder"))
                .to_owned(),
        )
        .await?;
    manager
        .create_index(
            Index::create()
                .name("organisations_code")
                .table("organisations")
                .col("region")
                .col("code")
                .unique()
                .to_owned(),
        )
        .await?;
    manager
        .create_table(
            Table::create()
                .table("calendar_days")
                .col(date("date").primary_key())
                .col(boolean("workday"))
                .col(text_null("name"))
                .to_owned(),
        )
        .await
}

async fn imports(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("import_runs")
                .col(uuid("id").primary_key())
                .col(string("kind"))
                .col(text("file"))
                .col(uuid_null("started_by"))
                .col(timestamp_with_time_zone("started_at"))
                .col(timestamp_with_time_zone_null("finished_at"))
                .col(string("state"))
                .col(big_integer("rows"))
                .col(big_integer("accepted"))
                .col(big_integer("warned"))
                .col(big_integer("refused"))
                .col(big_integer("changed"))
                .to_owned(),
        )
        .await?;
    manager
        .create_table(
            Table::create()
                .table("import_rows")
                .col(uuid("id").primary_key())
                .col(uuid("run"))
                .col(big_integer("line"))
                .col(text("row_key"))
                .col(string("verdict"))
                .col(boolean("changed"))
                .col(text("findings"))
                .to_owned(),
        )
        .await?;
    manager
        .create_index(
            Index::create()
                .name("import_rows_run")
                .table("import_rows")
                .col("run")
                .col("line")
                .to_owned(),
        )
        .await
}
