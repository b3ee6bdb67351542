//! What rests holds no number, phone, password, code or token in plain text.

use sea_orm_migration::sea_orm::{ConnectionTrait, DbBackend, Statement};
use tongban_identity::AccountKind;
use tongban_store::Store;
use tongban_testkit::both;

use crate::builders::*;

/// Every text of every table.
async fn everything(store: &Store) -> String {
    let reader = store.reader();
    let backend = reader.get_database_backend();
    let list = match backend {
        DbBackend::Sqlite => "SELECT name FROM sqlite_master WHERE type = 'table'",
        _ => "SELECT tablename::text AS name FROM pg_tables WHERE schemaname = 'public'",
    };
    let tables = reader
        .query_all_raw(Statement::from_string(backend, list))
        .await
        .unwrap();
    assert!(tables.len() >= 9);
    let mut all = String::new();
    for table in tables {
        let name: String = table.try_get("", "name").unwrap();
        let query = Statement::from_string(backend, format!("SELECT * FROM {name}"));
        for row in reader.query_all_raw(query).await.unwrap() {
            for column in row.column_names() {
                if let Ok(Some(text)) = row.try_get::<Option<String>>("", &column) {
                    all.push_str(&text);
                    all.push('\n');
                }
            }
        }
    }
    all
}

both! { migrations,
async fn nothing_personal_rests_in_plain_text(kit: Kit) {
    person(&kit.store).await;
    firm(&kit.store).await;
    let (sink, worker) = telephones(&kit.store);
    let by_word = signed_in(&kit.store).await;
    by_password(&kit.store, AccountKind::Person, PHONE, "wrong-password-1").await.unwrap_err();
    by_password(&kit.store, AccountKind::Person, "10055555555", "wrong-password-1").await.unwrap_err();
    ask(&kit.store, AccountKind::Person, PHONE).await.unwrap();
    ask(&kit.store, AccountKind::Person, "10055555555").await.unwrap();
    let waiting = everything(&kit.store).await;
    worker.drain().await.unwrap();
    let code = code_on(&sink, PHONE);
    let opened = by_code(&kit.store, AccountKind::Person, &citizen(), &code).await.unwrap();
    let after = everything(&kit.store).await;
    assert!(waiting.contains("courier.sms") && !after.contains("courier.sms"));
    let (number, firm) = (citizen(), uscc());
    for secret in [
        number.as_str(),
        &firm,
        PHONE,
        FIRM_PHONE,
        "10055555555",
        PASSWORD,
        "wrong-password-1",
        &by_word.token,
        &opened.token,
        "验证码",
    ] {
        assert!(!waiting.contains(secret) && !after.contains(secret), "{secret}");
    }
    // Six digits also stand in ids by chance: look for the code as a word.
    let words = |text: &str| text.split(|letter: char| !letter.is_alphanumeric()).any(|word| word == code);
    assert!(!words(&waiting) && !words(&after));
} }
