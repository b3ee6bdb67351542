//! How well somebody is known: levels of accounts and sessions, real-name checks, face checks.

use sea_orm_migration::{prelude::*, schema::*};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // Whoever is there already was registered with a number that an office had checked.
        let columns = [
            ("accounts", string("assurance").default("real_name").to_owned()),
            ("accounts", timestamp_with_time_zone_null("checked_at").to_owned()),
            ("accounts", string_null("checked_by").to_owned()),
            ("accounts", timestamp_with_time_zone_null("closed_at").to_owned()),
            ("accounts", uuid_null("merged_into").to_owned()),
            (
                "sessions",
                timestamp_with_time_zone_null("recognised_until").to_owned(),
            ),
            ("sessions", string_null("recognised_by").to_owned()),
            ("sessions", string("device").default("").to_owned()),
            ("sign_in_codes", string("purpose").default("sign_in").to_owned()),
        ];
        for (table, column) in columns {
            manager
                .alter_table(Table::alter().table(table).add_column(column).to_owned())
                .await?;
        }
        manager
            .create_table(
                Table::create()
                    .table("real_name_checks")
                    .col(uuid("id").primary_key())
                    .col(uuid("account"))
                    .col(string("name"))
                    .col(text_null("number_sealed"))
                    .col(string("number_key"))
                    .col(string_null("proof"))
                    .col(timestamp_with_time_zone("at"))
                    .col(string_null("outcome"))
                    .foreign_key(
                        ForeignKey::create()
                            .from("real_name_checks", "account")
                            .to("accounts", "id"),
                    )
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("face_checks")
                    .col(uuid("id").primary_key())
                    .col(uuid("account"))
                    .col(uuid("session"))
                    .col(text_null("reference_sealed"))
                    .col(text("back"))
                    .col(text_null("kept"))
                    .col(timestamp_with_time_zone("at"))
                    .col(string_null("outcome"))
                    .foreign_key(
                        ForeignKey::create()
                            .from("face_checks", "account")
                            .to("accounts", "id"),
                    )
                    .to_owned(),
            )
            .await?;
        for (table, columns) in [
            ("real_name_checks", vec!["account", "number_key", "at"]),
            ("face_checks", vec!["account", "at"]),
        ] {
            for column in columns {
                manager
                    .create_index(
                        Index::create()
                            .name(format!("{table}_{column}"))
                            .table(table)
                            .col(column)
                            .to_owned(),
                    )
                    .await?;
            }
        }
        Ok(())
    }
}
