//! Cases with their materials, facts, history, clocks and documents.

use sea_orm_migration::{prelude::*, schema::*};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(cases()).await?;
        for (name, columns) in [
            ("cases_account", &["account", "touched_at"][..]),
            ("cases_applicant", &["applicant_blind"][..]),
            (
                "cases_organisation",
                &["organisation", "state", "due_earliest"][..],
            ),
            ("cases_region", &["region", "state", "due_earliest"][..]),
            ("cases_state", &["state", "touched_at"][..]),
        ] {
            let mut index = Index::create();
            index.name(name).table("cases");
            for column in columns {
                index.col(*column);
            }
            manager.create_index(index).await?;
        }
        for table in [materials(), facts(), history(), clocks(), documents()] {
            manager.create_table(table).await?;
        }
        for table in [
            "case_materials",
            "case_facts",
            "case_history",
            "case_clocks",
            "case_documents",
        ] {
            let index = Index::create()
                .name(format!("{table}_case"))
                .table(table)
                .col("case_id")
                .to_owned();
            manager.create_index(index).await?;
        }
        Ok(())
    }
}

fn cases() -> TableCreateStatement {
    Table::create()
        .table("cases")
        .col(uuid("id").primary_key())
        .col(string_null("number").unique_key())
        .col(string("state"))
        .col(integer("version"))
        .col(uuid("item"))
        .col(uuid("item_version"))
        .col(string("item_code"))
        .col(text("item_name"))
        .col(uuid("organisation"))
        .col(text("organisation_name"))
        .col(string("region"))
        .col(uuid_null("account"))
        .col(string("party_kind"))
        .col(text("applicant_name"))
        .col(text("applicant_sealed"))
        .col(string("applicant_blind"))
        .col(text_null("phone_sealed"))
        .col(text("form_sealed"))
        .col(text("origins"))
        .col(text("consents"))
        .col(string("channel"))
        .col(uuid_null("clerk"))
        .col(timestamp_with_time_zone("created_at"))
        .col(timestamp_with_time_zone("touched_at"))
        .col(timestamp_with_time_zone_null("submitted_at"))
        .col(timestamp_with_time_zone_null("accepted_at"))
        .col(timestamp_with_time_zone_null("decided_at"))
        .col(timestamp_with_time_zone_null("closed_at"))
        .col(timestamp_with_time_zone_null("delivered_at"))
        .col(boolean("supplemented"))
        .col(text_null("supplement_text"))
        .col(date_null("supplement_until"))
        .col(integer("step"))
        .col(date_null("due_on"))
        .col(date_null("due_earliest"))
        .col(uuid_null("licence"))
        .col(string("delivery"))
        .col(text_null("delivery_sealed"))
        .col(text_null("progress_sealed"))
        .col(string_null("progress_hash").unique_key())
        .to_owned()
}

fn materials() -> TableCreateStatement {
    Table::create()
        .table("case_materials")
        .col(uuid("id").primary_key())
        .col(uuid("case_id"))
        .col(string("code"))
        .col(text("name"))
        .col(text("origin"))
        .col(string_null("blob"))
        .col(text_null("file_name"))
        .col(string_null("media"))
        .col(big_integer_null("size"))
        .col(timestamp_with_time_zone("at"))
        .to_owned()
}

fn facts() -> TableCreateStatement {
    Table::create()
        .table("case_facts")
        .col(uuid("id").primary_key())
        .col(uuid("case_id"))
        .col(string("resource"))
        .col(text("source"))
        .col(string("outcome"))
        .col(text_null("facts_sealed"))
        .col(timestamp_with_time_zone("at"))
        .to_owned()
}

fn history() -> TableCreateStatement {
    Table::create()
        .table("case_history")
        .col(uuid("id").primary_key())
        .col(uuid("case_id"))
        .col(timestamp_with_time_zone("at"))
        .col(string("kind"))
        .col(string("actor_kind"))
        .col(text("actor_label"))
        .col(uuid_null("account"))
        .col(text_null("note"))
        .col(uuid_null("document"))
        .to_owned()
}

fn clocks() -> TableCreateStatement {
    Table::create()
        .table("case_clocks")
        .col(uuid("id").primary_key())
        .col(uuid("case_id"))
        .col(string("rule"))
        .col(string("unit"))
        .col(integer("amount"))
        .col(text_null("article"))
        .col(date("started_on"))
        .col(date_null("ended_on"))
        .to_owned()
}

fn documents() -> TableCreateStatement {
    Table::create()
        .table("case_documents")
        .col(uuid("id").primary_key())
        .col(uuid("case_id"))
        .col(string("kind"))
        .col(string("number"))
        .col(date("issued_on"))
        .col(text("body"))
        .to_owned()
}
