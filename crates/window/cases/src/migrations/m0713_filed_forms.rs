//! What an application said when it was filed, kept when its applicant is asked for more; and who stood at a window for handing that in.

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
            .table("case_filed_forms")
            .col(uuid("id").primary_key())
            .col(uuid("case_id").unique_key())
            .col(timestamp_with_time_zone("at"))
            .col(timestamp_with_time_zone_null("answered_at"))
            .col(text("form_sealed"))
            .col(text("origins"))
            .col(text("materials"))
            .to_owned();
        manager.create_table(table).await?;
        let presences = Table::create()
            .table("case_presences")
            .col(uuid("id").primary_key())
            .col(uuid("case_id"))
            .col(uuid("clerk"))
            .col(timestamp_with_time_zone("at"))
            .to_owned();
        manager.create_table(presences).await?;
        let index = Index::create()
            .name("case_presences_case")
            .table("case_presences")
            .col("case_id")
            .to_owned();
        manager.create_index(index).await?;
        let superseded = Table::alter()
            .table("case_materials")
            .add_column(timestamp_with_time_zone_null("superseded_at"))
            .to_owned();
        manager.alter_table(superseded).await
    }
}
