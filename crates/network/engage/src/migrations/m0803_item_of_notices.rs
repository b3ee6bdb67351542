//! Of which matter a notice is: rules of access may leave a matter out.

use sea_orm_migration::{prelude::*, schema::*};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::alter()
            .table("desk_notices")
            .add_column(uuid_null("item"))
            .to_owned();
        manager.alter_table(table).await
    }
}
