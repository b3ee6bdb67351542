//! Passkeys of staff count as both factors from now on. Those that are there were bound by a password alone, so they go; a code of an operator
//! lets their holders bind new ones.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let staff = Query::select()
            .column("id")
            .from("accounts")
            .and_where(Expr::col("kind").eq("staff"))
            .to_owned();
        let go = Query::delete()
            .from_table("passkeys")
            .and_where(Expr::col("account").in_subquery(staff))
            .to_owned();
        manager.execute(go).await
    }
}
