use sea_orm_migration::sea_orm::{ConnectionTrait, DbBackend, Statement};
use tongban_access::{Actor, PartyKind};
use tongban_licences::{StatusChange, licence_view, my_licences};
use tongban_store::Backend;
use tongban_testkit::both;

use crate::{
    BUREAU, approver, change, citizen, firm_licence, issued, migrations, party, person_licence, printed,
    uscc, with_types,
};

/// Every row of every table as text.
async fn all_rows(kit: &tongban_testkit::Kit) -> String {
    let reader = kit.store.reader();
    let (backend, tables) = match kit.backend {
        Backend::Sqlite => (
            DbBackend::Sqlite,
            "SELECT name FROM sqlite_master WHERE type = 'table'",
        ),
        Backend::Postgres => (
            DbBackend::Postgres,
            "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public'",
        ),
    };
    let mut text = String::new();
    for table in reader
        .query_all_raw(Statement::from_string(backend, tables))
        .await
        .unwrap()
    {
        let table: String = table.try_get("", "name").unwrap();
        let query = match kit.backend {
            Backend::Postgres => format!("SELECT t::text AS line FROM \"{table}\" t"),
            Backend::Sqlite => {
                let columns = format!("SELECT name FROM pragma_table_info('{table}')");
                let columns = reader
                    .query_all_raw(Statement::from_string(backend, columns))
                    .await
                    .unwrap();
                let columns: Vec<String> = columns
                    .iter()
                    .map(|row| row.try_get::<String>("", "name").unwrap())
                    .map(|name| format!("CASE typeof(\"{name}\") WHEN 'blob' THEN hex(\"{name}\") ELSE coalesce(\"{name}\", '') END"))
                    .collect();
                format!("SELECT {} AS line FROM \"{table}\"", columns.join(" || '|' || "))
            }
        };
        for row in reader
            .query_all_raw(Statement::from_string(backend, query))
            .await
            .unwrap()
        {
            text.push_str(&row.try_get::<String>("", "line").unwrap());
            text.push('\n');
        }
    }
    text
}

both! { migrations, async fn no_number_field_or_code_rests_in_plain(kit: Kit) {
    with_types(&kit).await;
    let (person, firm) = (citizen(101), uscc('9', "MA100001"));
    let holder = party(&kit.store, PartyKind::Person, &person, "13900000001").await;
    let of_person = issued(&kit.store, person_licence(&person)).await;
    let of_firm = issued(&kit.store, firm_licence(&firm)).await;
    let pdf = printed(&kit.store, of_person.id).await;
    printed(&kit.store, of_firm.id).await;
    my_licences(&kit.store, &holder).await.unwrap();
    change(&kit.store, &approver(BUREAU), of_person.id, StatusChange::Revoke, 1).await.unwrap();

    let rows = all_rows(&kit).await;
    assert!(rows.contains(&of_person.identifier) && rows.contains("licence.revoke"), "the search reads the tables");
    for secret in [
        person.as_str(), &firm, &citizen(333), "13900000001", "13800001111", "内部备注", "东城县人民路1号",
        &of_person.verify_code, &of_firm.verify_code,
    ] {
        assert!(!rows.contains(secret), "{secret}");
    }
    let view = licence_view(&kit.store, &Actor::System, of_person.id).await.unwrap();
    let printed = String::from_utf8_lossy(&pdf).into_owned();
    for shown in [format!("{view:?}"), view.record.clone(), serde_json::to_string(&view).unwrap(), printed] {
        assert!(!shown.contains(&person), "{shown}");
    }
    assert!(!format!("{:?} {:?}", view, person_licence(&person)).contains("王小明"));
} }
