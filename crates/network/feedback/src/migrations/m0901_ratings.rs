//! Ratings, the cases that were rated, follow-ups of bad ratings.

use sea_orm_migration::{prelude::*, schema::*};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let ratings = Table::create()
            .table("ratings")
            .col(uuid("id").primary_key())
            .col(uuid_null("case_id"))
            .col(uuid("item"))
            .col(text("item_name"))
            .col(uuid("organisation"))
            .col(string("region"))
            .col(integer("score"))
            .col(text("tags"))
            .col(text("words"))
            .col(boolean("anonymous"))
            .col(date("on_day"))
            .col(timestamp_with_time_zone_null("at"))
            .to_owned();
        manager.create_table(ratings).await?;
        for (name, columns) in [
            ("ratings_item", ["item", "score"]),
            ("ratings_case", ["case_id", "score"]),
        ] {
            let mut index = Index::create();
            index.name(name).table("ratings");
            for column in columns {
                index.col(column);
            }
            manager.create_index(index).await?;
        }
        let rated = Table::create()
            .table("rated_cases")
            .col(uuid("case_id").primary_key())
            .col(boolean("anonymous"))
            .to_owned();
        manager.create_table(rated).await?;
        let follow_ups = Table::create()
            .table("rating_follow_ups")
            .col(uuid("id").primary_key())
            .col(uuid("rating"))
            .col(uuid("organisation"))
            .col(string("region"))
            .col(boolean("open"))
            .col(date("opened_on"))
            .col(text_null("answer"))
            .col(timestamp_with_time_zone_null("answered_at"))
            .col(integer("version"))
            .to_owned();
        manager.create_table(follow_ups).await?;
        let index = Index::create()
            .name("rating_follow_ups_organisation")
            .table("rating_follow_ups")
            .col("organisation")
            .col("open")
            .to_owned();
        manager.create_index(index).await
    }
}
