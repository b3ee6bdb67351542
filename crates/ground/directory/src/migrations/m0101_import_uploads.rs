//! Lists that were uploaded, and runs that are planned: dry ones with a report, real ones after a question.

use sea_orm_migration::{prelude::*, schema::*};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for column in [
            uuid_null("upload"),
            boolean("dry_run").default(false).take(),
            big_integer("total").default(0).take(),
            text_null("actor"),
        ] {
            let table = Table::alter().table("import_runs").add_column(column).to_owned();
            manager.alter_table(table).await?;
        }
        manager
            .create_table(
                Table::create()
                    .table("import_uploads")
                    .col(uuid("id").primary_key())
                    .col(string("kind"))
                    .col(text("file"))
                    .col(text_null("sheet"))
                    .col(string("blob"))
                    .col(string("digest"))
                    .col(big_integer("size"))
                    .col(boolean("publish"))
                    .col(text("notes"))
                    .col(uuid("received_by"))
                    .col(timestamp_with_time_zone("received_at"))
                    .col(uuid_null("run"))
                    .to_owned(),
            )
            .await
    }
}
