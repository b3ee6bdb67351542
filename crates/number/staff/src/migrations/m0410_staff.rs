//! Second factors of staff, codes that operators hand over, posts lent during leave.

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
                    .table("staff_factors")
                    .col(uuid("account").primary_key())
                    .col(string_null("secret_sealed"))
                    .col(timestamp_with_time_zone_null("set_at"))
                    .col(string_null("pending_sealed"))
                    .col(timestamp_with_time_zone_null("pending_at"))
                    .col(big_integer("last_step"))
                    .col(integer("failed"))
                    .col(timestamp_with_time_zone_null("locked_until"))
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("staff_codes")
                    .col(uuid("account").primary_key())
                    .col(string("code_hash"))
                    .col(timestamp_with_time_zone("given_at"))
                    .col(timestamp_with_time_zone("ends_at"))
                    .col(integer("attempts"))
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("post_delegations")
                    .col(uuid("id").primary_key())
                    .col(uuid("post"))
                    .col(uuid("holder"))
                    .col(uuid("deputy"))
                    .col(string("deputy_name"))
                    .col(string("holder_name"))
                    .col(date("starts_on"))
                    .col(date("ends_on"))
                    .col(string("reason"))
                    .col(uuid_null("given_by"))
                    .col(timestamp_with_time_zone("given_at"))
                    .col(timestamp_with_time_zone_null("ended_at"))
                    .to_owned(),
            )
            .await?;
        for (name, columns) in [
            ("post_delegations_deputy", ["deputy", "ends_on"]),
            ("post_delegations_holder", ["holder", "ends_on"]),
        ] {
            let mut index = Index::create();
            index.name(name).table("post_delegations");
            for column in columns {
                index.col(column);
            }
            manager.create_index(index.to_owned()).await?;
        }
        Ok(())
    }
}
