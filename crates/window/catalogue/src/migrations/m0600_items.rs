//! Items, their versions, their topics, the findings kept as debts.

use sea_orm_migration::{prelude::*, schema::*};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        items(manager).await?;
        versions(manager).await?;
        topics(manager).await?;
        findings(manager).await
    }
}

async fn items(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("items")
                .col(uuid("id").primary_key())
                .col(text("code").unique_key())
                .col(string("region"))
                .col(uuid("organisation"))
                .col(text("department"))
                .col(text("name"))
                .col(string("item_type"))
                // The version in force; none before the first and after a withdrawal.
                .col(uuid_null("current"))
                // The version being written.
                .col(uuid_null("draft"))
                // Whether what lists show has a form and so can be applied for.
                .col(boolean("applicable"))
                .col(integer("findings"))
                // Grows with every change of what is in force, in the order of commits.
                .col(big_integer("revision"))
                // Digest of the imported row that made the last imported version.
                .col(string_null("imported"))
                .col(timestamp_with_time_zone("made_at"))
                .to_owned(),
        )
        .await?;
    for (name, columns) in [
        ("items_revision", vec!["revision"]),
        ("items_region", vec!["region", "department"]),
        ("items_name", vec!["region", "name"]),
    ] {
        let mut index = Index::create();
        index.name(name).table("items");
        for column in columns {
            index.col(column);
        }
        manager.create_index(index).await?;
    }
    Ok(())
}

async fn versions(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("item_versions")
                .col(uuid("id").primary_key())
                .col(uuid("item"))
                .col(text("code"))
                .col(integer("number"))
                .col(string("state"))
                .col(string("origin"))
                .col(uuid("organisation"))
                .col(string("region"))
                .col(date("effective_from"))
                .col(text("content"))
                .col(integer("version"))
                .col(timestamp_with_time_zone("made_at"))
                .col(timestamp_with_time_zone_null("published_at"))
                .col(timestamp_with_time_zone_null("withdrawn_at"))
                .foreign_key(
                    ForeignKey::create()
                        .name("item_versions_item")
                        .from("item_versions", "item")
                        .to("items", "id"),
                )
                .to_owned(),
        )
        .await?;
    manager
        .create_index(
            Index::create()
                .name("item_versions_number")
                .table("item_versions")
                .col("item")
                .col("number")
                .unique()
                .to_owned(),
        )
        .await?;
    manager
        .create_index(
            Index::create()
                .name("item_versions_code")
                .table("item_versions")
                .col("code")
                .col("state")
                .to_owned(),
        )
        .await
}

async fn topics(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("item_topics")
                .col(uuid("item"))
                .col(string("topic"))
                .primary_key(Index::create().col("item").col("topic"))
                .foreign_key(
                    ForeignKey::create()
                        .name("item_topics_item")
                        .from("item_topics", "item")
                        .to("items", "id"),
                )
                .to_owned(),
        )
        .await?;
    manager
        .create_index(
            Index::create()
                .name("item_topics_topic")
                .table("item_topics")
                .col("topic")
                .to_owned(),
        )
        .await
}

async fn findings(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("item_findings")
                .col(uuid("id").primary_key())
                .col(uuid("item"))
                .col(uuid("version"))
                .col(string("code"))
                .col(string("field"))
                .col(text("finding"))
                .col(timestamp_with_time_zone("found_at"))
                .foreign_key(
                    ForeignKey::create()
                        .name("item_findings_item")
                        .from("item_findings", "item")
                        .to("items", "id"),
                )
                .to_owned(),
        )
        .await?;
    for (name, column) in [("item_findings_item_idx", "item"), ("item_findings_code", "code")] {
        manager
            .create_index(
                Index::create()
                    .name(name)
                    .table("item_findings")
                    .col(column)
                    .to_owned(),
            )
            .await?;
    }
    Ok(())
}
