//! Clients, signing keys, requests that wait, grants, codes, and what was issued under them.

use sea_orm_migration::{prelude::*, schema::*};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in [
            keys(),
            clients(),
            requests(),
            grants(),
            codes(),
            families(),
            seen(),
            devices(),
        ] {
            manager.create_table(table).await?;
        }
        for (table, columns, unique) in [
            ("openid_grants", &["account", "client"][..], true),
            ("openid_grants", &["account", "sector"], false),
            ("openid_requests", &["until"], false),
            ("openid_codes", &["until"], false),
            ("openid_families", &["account"], false),
            ("openid_families", &["grant_id"], false),
            ("openid_families", &["session"], false),
            ("openid_families", &["ends_at"], false),
            ("openid_seen", &["until"], false),
            ("openid_devices", &["until"], false),
        ] {
            let mut index = Index::create();
            index.name(format!("{table}_{}", columns.join("_"))).table(table);
            for column in columns {
                index.col(*column);
            }
            if unique {
                index.unique();
            }
            manager.create_index(index.to_owned()).await?;
        }
        Ok(())
    }
}

fn keys() -> TableCreateStatement {
    Table::create()
        .table("openid_keys")
        .col(uuid("id").primary_key())
        .col(string("kid").unique_key())
        .col(string("algorithm"))
        .col(text("secret_sealed"))
        .col(timestamp_with_time_zone("created_at"))
        .col(timestamp_with_time_zone("signs_from"))
        .to_owned()
}

fn clients() -> TableCreateStatement {
    Table::create()
        .table("openid_clients")
        .col(uuid("id").primary_key())
        .col(string("client_id").unique_key())
        .col(string("name"))
        .col(string("standing"))
        .col(string_null("secret_hash"))
        .col(text_null("content"))
        .col(text_null("proposal"))
        .col(uuid_null("proposed_by"))
        .col(text("writers"))
        .col(boolean("handed_in"))
        .col(text_null("remark"))
        .col(boolean("sandbox"))
        .col(uuid_null("approved_by"))
        .col(timestamp_with_time_zone_null("approved_at"))
        .col(timestamp_with_time_zone("created_at"))
        .col(integer("version"))
        .to_owned()
}

fn requests() -> TableCreateStatement {
    Table::create()
        .table("openid_requests")
        .col(string("handle_hash").primary_key())
        .col(uuid("client"))
        .col(text("params"))
        .col(timestamp_with_time_zone("until"))
        .to_owned()
}

fn grants() -> TableCreateStatement {
    Table::create()
        .table("openid_grants")
        .col(uuid("id").primary_key())
        .col(uuid("account"))
        .col(uuid("client"))
        .col(string("sector"))
        .col(string("subject"))
        .col(string("scopes"))
        .col(timestamp_with_time_zone("stands_since"))
        .col(timestamp_with_time_zone("given_at"))
        .col(timestamp_with_time_zone("used_at"))
        .col(timestamp_with_time_zone_null("revoked_at"))
        .to_owned()
}

fn codes() -> TableCreateStatement {
    Table::create()
        .table("openid_codes")
        .col(string("code_hash").primary_key())
        .col(uuid("grant_id"))
        .col(uuid("client"))
        .col(uuid("account"))
        .col(uuid("session"))
        .col(string("redirect_uri"))
        .col(string("scopes"))
        .col(text_null("nonce"))
        .col(string("challenge"))
        .col(boolean("tells_time"))
        .col(string_null("proof_key"))
        .col(timestamp_with_time_zone("until"))
        .col(uuid_null("family"))
        .to_owned()
}

fn families() -> TableCreateStatement {
    Table::create()
        .table("openid_families")
        .col(uuid("id").primary_key())
        .col(string_null("handle_hash").unique_key())
        .col(string_null("tail_hash"))
        .col(uuid("grant_id"))
        .col(uuid("client"))
        .col(uuid("account"))
        .col(uuid("session"))
        .col(boolean("offline"))
        .col(string("subject"))
        .col(string("scopes"))
        .col(string("level"))
        .col(timestamp_with_time_zone_null("surer_until"))
        .col(timestamp_with_time_zone("signed_in_at"))
        .col(boolean("tells_time"))
        .col(string_null("proof_key"))
        .col(timestamp_with_time_zone("started_at"))
        .col(timestamp_with_time_zone("used_at"))
        .col(timestamp_with_time_zone("ends_at"))
        .col(timestamp_with_time_zone_null("ended_at"))
        .col(string_null("ended_by"))
        .to_owned()
}

fn seen() -> TableCreateStatement {
    Table::create()
        .table("openid_seen")
        .col(string("hash").primary_key())
        .col(timestamp_with_time_zone("until"))
        .to_owned()
}

fn devices() -> TableCreateStatement {
    Table::create()
        .table("openid_devices")
        .col(uuid("id").primary_key())
        .col(string("device_hash").unique_key())
        .col(string("user_hash").unique_key())
        .col(uuid("client"))
        .col(string("scopes"))
        .col(string("level"))
        .col(string("standing"))
        .col(integer("interval"))
        .col(timestamp_with_time_zone_null("polled_at"))
        .col(uuid_null("account"))
        .col(uuid_null("session"))
        .col(timestamp_with_time_zone("until"))
        .to_owned()
}
