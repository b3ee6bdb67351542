//! Lists on the machine.

use super::{county, data, inventory, number, refuses, runs, written};

const ITEMS: &str = r#"{"region_code":"519921000000","region":"示范市一县","item_code":"511Z07001006-519921000000-000-11519921MB28559184-1-00","org_code":"11519921MB28559184","name":"小餐饮登记","department":"一县市场监督管理局","task_type":"10","task_type_name":"其他行政权力"}
{"region_code":"519921000000","item_code":"511A0138000000-519921000000-000-11519921MB28559184-1-00","name":"","department":"一县市场监督管理局","task_type":"1"}
"#;

/// The rows of every table, as one number would hide one that moved.
async fn rows(data: &std::path::Path) -> Vec<(String, i64)> {
    use sea_orm_migration::sea_orm::{ConnectionTrait, Database, Statement};
    let connection = Database::connect(super::database(data)).await.unwrap();
    let statement = Statement::from_string(
        connection.get_database_backend(),
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name",
    );
    let mut found = Vec::new();
    for row in connection.query_all_raw(statement).await.unwrap() {
        let table: String = row.try_get_by_index(0).unwrap();
        let count = number(data, &format!("SELECT COUNT(*) FROM {table}")).await;
        found.push((table, count));
    }
    connection.close().await.unwrap();
    assert!(found.len() > 30, "{found:?}");
    found
}

fn last_line(said: &str) -> &str {
    said.lines().last().unwrap()
}

#[tokio::test]
async fn a_dry_run_says_what_would_be_and_writes_nothing() {
    let folder = county();
    let data = data(&folder);
    let items = written(&folder, "items.jsonl", ITEMS);
    let before = (rows(&data).await, inventory(&data.join("keys")));
    let dry = runs(&data, &["import", "items", &items, "--dry-run", "--publish"]);
    assert_eq!((rows(&data).await, inventory(&data.join("keys"))), before);
    assert!(dry.contains("refused item.name_missing 1"), "{dry}");
    assert!(dry.contains("511A0138000000"), "a dry run names the rows: {dry}");

    let wet = runs(&data, &["import", "items", &items, "--publish"]);
    assert_eq!(last_line(&wet), last_line(&dry), "it did what the dry run said");
    assert!(
        last_line(&wet).starts_with("rows 2 accepted ") && last_line(&wet).ends_with(" refused 1 changed 1"),
        "{wet}"
    );
    assert_eq!(number(&data, "SELECT COUNT(*) FROM items").await, 1);

    let content = |rows: Vec<(String, i64)>| -> Vec<(String, i64)> {
        // The report of each run is kept, and the log says that it was.
        let own = |table: &str| {
            table.starts_with("import_")
                || table.starts_with("audit_")
                || table.starts_with("log_")
                || table == "outbox"
        };
        rows.into_iter().filter(|(table, _)| !own(table)).collect()
    };
    let there = content(rows(&data).await);
    for _ in 0..2 {
        let again = runs(&data, &["import", "items", &items, "--publish"]);
        assert!(last_line(&again).ends_with(" refused 1 changed 0"), "{again}");
        assert_eq!(content(rows(&data).await), there);
    }
}

#[test]
fn the_sentences_come_in_two_languages() {
    let folder = county();
    let data = data(&folder);
    let items = written(&folder, "items.jsonl", ITEMS);
    let chinese = runs(&data, &["import", "items", &items, "--dry-run"]);
    let english = runs(&data, &["import", "items", &items, "--dry-run", "--lang", "en"]);
    assert!(chinese.contains("第 2 行") || chinese.contains("2"), "{chinese}");
    assert_ne!(chinese.lines().next(), english.lines().next());
    assert_eq!(
        last_line(&chinese),
        last_line(&english),
        "machines read the last line"
    );
}

#[tokio::test]
async fn what_is_no_list_is_refused_with_a_sentence() {
    let folder = county();
    let data = data(&folder);
    let before = rows(&data).await;
    let said = |list: &str, file: &str| refuses(&data, &["import", list, file, "--lang", "en"]);
    let letter = written(&folder, "letter.docx", "PK");
    assert!(
        said("items", &letter).contains("letter.docx"),
        "{}",
        said("items", &letter)
    );
    let sheet = written(&folder, "items.xlsx", "this is no workbook");
    assert!(
        said("items", &sheet).contains("items.xlsx"),
        "{}",
        said("items", &sheet)
    );
    let workbook = written(&folder, "items.csv", b"PK\x03\x04and more");
    assert!(
        said("items", &workbook).contains("items.csv"),
        "{}",
        said("items", &workbook)
    );
    let empty = written(&folder, "empty.csv", "");
    assert!(said("regions", &empty).contains("heading is missing"));
    let none = folder.path().join("none.csv");
    assert!(said("regions", none.to_str().unwrap()).contains("none.csv"));
    assert_eq!(rows(&data).await, before);
}

#[test]
fn a_list_of_another_kind_is_told_before_any_place_is_made() {
    let folder = tempfile::tempdir().unwrap();
    let file = written(&folder, "regions.csv", super::REGIONS);
    let ended = super::tongban(&data(&folder), &["import", "seasons", &file]);
    assert_eq!(ended.code, 2);
    assert!(
        ended.aside.contains("invalid value 'seasons'") && ended.aside.contains("licence-types"),
        "{ended:?}"
    );
    assert!(!data(&folder).exists());
}
