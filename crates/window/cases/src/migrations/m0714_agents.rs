//! Who filed a case for its applicant, and under which mandate.

use sea_orm_migration::{
    prelude::*,
    schema::{string_null, text_null, uuid_null},
};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for column in [
            uuid_null("agent"),
            uuid_null("mandate"),
            string_null("agent_kind"),
            string_null("agent_name"),
            text_null("agent_sealed"),
        ] {
            // SQLite adds one column at a time
            manager
                .alter_table(Table::alter().table("cases").add_column(column).to_owned())
                .await?;
        }
        Ok(())
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
