//! Licence types, licences, their carriers, the history of their status.

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
                    .table("licence_types")
                    .col(string("code").primary_key())
                    .col(string("name"))
                    .col(string("definer_name"))
                    .col(string("definer_code"))
                    .col(string("holder_kind"))
                    .col(text("fields"))
                    .col(boolean("invented"))
                    .col(timestamp_with_time_zone("changed_at"))
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("licences")
                    .col(uuid("id").primary_key())
                    .col(string("identifier").unique_key())
                    .col(string("type_code"))
                    .col(string("type_name"))
                    .col(string("serial"))
                    .col(integer("edition"))
                    .col(uuid_null("replaces"))
                    .col(string("holder_kind"))
                    .col(string("holder_name"))
                    .col(text("holder_number_sealed"))
                    .col(string("holder_blind"))
                    .col(uuid("issuer"))
                    .col(string("issuer_name"))
                    .col(string("issuer_code"))
                    .col(string("region"))
                    .col(date("issued_on"))
                    .col(date("valid_from"))
                    .col(date_null("valid_to"))
                    .col(string("status"))
                    .col(text("fields_sealed"))
                    .col(text("record_sealed"))
                    .col(string("record_digest"))
                    .col(string("verify_code_hash").unique_key())
                    .col(text("verify_code_sealed"))
                    .col(string_null("item_name"))
                    .col(string_null("item_code"))
                    .col(string_null("case_number"))
                    .col(boolean("invented"))
                    .col(timestamp_with_time_zone("created_at"))
                    .col(integer("version"))
                    .foreign_key(
                        ForeignKey::create()
                            .from("licences", "type_code")
                            .to("licence_types", "code"),
                    )
                    .foreign_key(
                        ForeignKey::create()
                            .from("licences", "replaces")
                            .to("licences", "id"),
                    )
                    .to_owned(),
            )
            .await?;
        for (name, columns) in [
            ("licences_holder", ["holder_blind", "created_at"]),
            ("licences_issuer", ["issuer", "created_at"]),
            ("licences_case", ["case_number", "created_at"]),
        ] {
            let mut index = Index::create().name(name).table("licences").to_owned();
            for column in columns {
                index.col(column);
            }
            manager.create_index(index).await?;
        }
        manager
            .create_table(
                Table::create()
                    .table("licence_carriers")
                    .col(uuid("id").primary_key())
                    .col(uuid("licence"))
                    .col(string("kind"))
                    .col(string("blob"))
                    .col(string("sm3"))
                    .col(timestamp_with_time_zone("at"))
                    .foreign_key(
                        ForeignKey::create()
                            .from("licence_carriers", "licence")
                            .to("licences", "id"),
                    )
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create()
                    .name("licence_carriers_kind")
                    .table("licence_carriers")
                    .col("licence")
                    .col("kind")
                    .unique()
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("licence_status_history")
                    .col(uuid("id").primary_key())
                    .col(uuid("licence"))
                    .col(timestamp_with_time_zone("at"))
                    .col(string("from_status"))
                    .col(string("to_status"))
                    .col(text("reason"))
                    .col(string("signer_kind"))
                    .col(uuid_null("signer_id"))
                    .foreign_key(
                        ForeignKey::create()
                            .from("licence_status_history", "licence")
                            .to("licences", "id"),
                    )
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create()
                    .name("licence_status_history_licence")
                    .table("licence_status_history")
                    .col("licence")
                    .col("at")
                    .to_owned(),
            )
            .await
    }
}
