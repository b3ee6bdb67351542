//! No number, no fact and no secret rests in plain text.

use sea_orm::{ConnectionTrait, Statement};
use tongban_store::Backend;

use crate::{department, world::*};

/// Everything the database keeps, as bytes.
async fn everything(kit: &Kit) -> Vec<u8> {
    let mut kept = Vec::new();
    match kit.backend {
        Backend::Sqlite => {
            for file in std::fs::read_dir(kit.folder.path()).unwrap() {
                let path = file.unwrap().path();
                if path.is_file() {
                    kept.extend(std::fs::read(path).unwrap());
                }
            }
        }
        Backend::Postgres => {
            let reader = kit.store.reader();
            let ask = |sql: String| {
                reader.query_all_raw(Statement::from_string(reader.get_database_backend(), sql))
            };
            let tables =
                ask("SELECT tablename AS cell FROM pg_tables WHERE schemaname = 'public'".to_owned())
                    .await
                    .unwrap();
            for table in tables {
                let table: String = table.try_get("", "cell").unwrap();
                for row in ask(format!(
                    r#"SELECT CAST(whole AS text) AS cell FROM "{table}" whole"#
                ))
                .await
                .unwrap()
                {
                    kept.extend(row.try_get::<String>("", "cell").unwrap().into_bytes());
                }
            }
        }
    }
    kept
}

fn holds(kept: &[u8], text: &str) -> bool {
    kept.windows(text.len()).any(|window| window == text.as_bytes())
}

both! { migrations,
    async fn nothing_rests_in_plain_text(kit: Kit) {
        let world = world(&kit).await;
        for (_, code) in RESOURCES {
            if code != "test.held" {
                world.read(code, SHORT * 10).await;
            }
        }
        let kept = everything(&kit).await;
        assert!(holds(&kept, "食品经营许可（新办）"), "the search sees what is kept");
        let question = world.department.memory.questions.lock().unwrap()[0].clone();
        let nonce = question["nonce"].as_str().unwrap();
        for private in [&world.number, department::ANOTHER, "示范甲", "示范路一号", SECRET, nonce] {
            assert!(!holds(&kept, private), "{private} rests in plain text");
        }
    }
}
