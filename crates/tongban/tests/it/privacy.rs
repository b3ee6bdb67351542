//! Invariant 6 on the whole program: after the main job, nothing that rests or was logged tells a citizen number, a firm's
//! code, a phone, a password, a one-time code or the code of a link in plain text.

use std::{
    io::Write,
    path::Path,
    sync::{Arc, Mutex, OnceLock},
};

use sea_orm_migration::sea_orm::{ConnectionTrait, DbBackend, Statement};
use serde_json::json;
use tongban::demo::people::{PASSWORD, firms, newcomers, people};
use tongban_store::{Backend, Store};
use tracing_subscriber::fmt::MakeWriter;

use crate::{
    city::City,
    client::{Client, PAPER},
    job,
};

/// Everything that was logged in this process, at the level of somebody who hunts a fault.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Lines {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

/// Catches the log of the whole process: spawned tasks too.
fn log() -> &'static Lines {
    static LOG: OnceLock<Lines> = OnceLock::new();
    LOG.get_or_init(|| {
        let lines = Lines::default();
        tracing_subscriber::fmt()
            .with_env_filter("debug,tongban=trace")
            .with_ansi(false)
            .without_time()
            .with_writer(lines.clone())
            .init();
        lines
    })
}

/// Every column of every row of every table as text, bytes too.
async fn tables(store: &Store) -> Vec<u8> {
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
    assert!(tables.len() > 30, "{} tables", tables.len());
    let mut all = Vec::new();
    for table in tables {
        let name: String = table.try_get("", "name").unwrap();
        let columns = match backend {
            DbBackend::Sqlite => format!("SELECT name, type FROM pragma_table_info('{name}')"),
            _ => format!(
                "SELECT column_name::text AS name, data_type::text AS type FROM information_schema.columns WHERE table_name = '{name}' AND table_schema = 'public'"
            ),
        };
        for column in reader
            .query_all_raw(Statement::from_string(backend, columns))
            .await
            .unwrap()
        {
            let (column, kind): (String, String) = (
                column.try_get("", "name").unwrap(),
                column.try_get("", "type").unwrap(),
            );
            let value = match backend {
                DbBackend::Sqlite => format!("CAST(CAST(\"{column}\" AS BLOB) AS TEXT)"),
                _ if kind == "bytea" => format!("encode(\"{column}\", 'escape')"),
                _ => format!("\"{column}\"::text"),
            };
            let query = format!("SELECT {value} AS value FROM \"{name}\" WHERE \"{column}\" IS NOT NULL");
            for row in reader
                .query_all_raw(Statement::from_string(backend, query))
                .await
                .unwrap()
            {
                // bytes of a blob need not be text; the files are searched byte by byte below
                if let Ok(text) = row.try_get::<String>("", "value") {
                    all.extend_from_slice(text.as_bytes());
                    all.push(b'\n');
                }
            }
        }
    }
    all
}

/// Every file below a folder, byte by byte.
fn files(folder: &Path, all: &mut Vec<u8>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        all.extend_from_slice(path.to_string_lossy().as_bytes());
        if path.is_dir() {
            files(&path, all);
        } else {
            all.extend_from_slice(&std::fs::read(&path).unwrap());
        }
    }
}

/// Whether the words stand there and are no part of a longer word or number.
fn stands(haystack: &[u8], words: &str) -> bool {
    let word = |at: Option<&u8>| at.is_some_and(u8::is_ascii_alphanumeric);
    let words = words.as_bytes();
    haystack.windows(words.len()).enumerate().any(|(at, window)| {
        window == words
            && !word(at.checked_sub(1).and_then(|before| haystack.get(before)))
            && !word(haystack.get(at + words.len()))
    })
}

#[test]
fn what_stands_is_found_and_what_is_part_of_another_word_is_not() {
    assert!(stands(b"code: 123456.", "123456") && stands(b"123456", "123456"));
    assert!(!stands(b"x123456", "123456") && !stands(b"1234567", "123456") && !stands(b"", "123456"));
    assert!(stands("号码10000000001，".as_bytes(), "10000000001"));
}

/// A one-time code, asked for and used.
async fn by_code(city: &City, client: &mut Client, phone: &str) -> String {
    client
        .form("/sign-in/code", &[("kind", "person"), ("name", phone)])
        .await
        .leads();
    city.worker.drain().await.unwrap();
    let message = city.messages.messages(phone).remove(0);
    let code = message
        .split(|letter: char| !letter.is_ascii_digit())
        .find(|run| run.len() == 6)
        .unwrap();
    let answer = client.form("/sign-in/code/enter", &[("code", code)]).await;
    assert!(
        client.cookies.contains_key(tongban_web::cookies::SESSION),
        "{}",
        answer.text()
    );
    code.to_owned()
}

/// The main job and what else brings numbers, words and codes into the program. Answers what must stand nowhere.
async fn live(city: &City) -> Vec<String> {
    let everybody = people().unwrap();
    let resident = &everybody[0];
    let mut secrets = vec![PASSWORD.to_owned(), "a-wrong-password-1".to_owned()];
    for person in &everybody {
        secrets.extend([person.number.as_str().to_owned(), person.phone.to_owned()]);
    }
    for firm in firms().unwrap() {
        secrets.extend([firm.code.as_str().to_owned(), firm.phone.to_owned()]);
    }

    // signing in: by a wrong and a right word, by code, by a number that nobody has
    let mut program = Client::new(city.app.clone());
    for (name, password, status) in [
        (resident.number.as_str(), "a-wrong-password-1", 401),
        (resident.phone, "a-wrong-password-1", 401),
        ("10055566677", "a-wrong-password-1", 401),
        (resident.number.as_str(), PASSWORD, 201),
    ] {
        let given = json!({ "kind": "person", "name": name, "password": password });
        let answer = program.api("POST", "/api/v1/sessions", &given).await;
        assert_eq!(answer.status.as_u16(), status, "{}", answer.text());
        if status == 201 {
            secrets.push(answer.good()["token"].as_str().unwrap().to_owned());
        }
    }
    secrets.push("10055566677".to_owned());
    let mut resident_client = Client::new(city.app.clone());
    secrets.push(by_code(city, &mut resident_client, resident.phone).await);
    secrets.push(resident_client.cookies[tongban_web::cookies::SESSION].clone());

    // the main job
    let mut clerk = city.visit("clerk").await;
    let mut approver = city.visit("approver").await;
    let case = job::start(&mut resident_client).await;
    job::fill(&mut resident_client, &case).await;
    let submitted = job::submit(&mut resident_client, &case).await;
    secrets.push(submitted.progress.clone());
    city.worker.drain().await.unwrap();
    let shown = clerk
        .form(
            &format!("/desk/cases/{case}/reveal"),
            &[("cause", "verify_identity")],
        )
        .await;
    assert!(
        shown.text().contains(resident.number.as_str()),
        "{} {}",
        shown.status,
        shown.text()
    );
    job::accept(&mut clerk, &case).await;
    let licence = job::grant(&mut approver, &case).await;
    city.worker.drain().await.unwrap();
    let carrier = resident_client
        .get(&format!("/my/licences/{licence}/licence.pdf"))
        .await;
    assert!(carrier.body.starts_with(b"%PDF-"), "{}", carrier.text());
    let upload = resident_client
        .upload("/verify/file", &[], Some(("file", &carrier.body)))
        .await;
    assert!(upload.status.is_success(), "{}", upload.text());
    job::rate(&mut resident_client, &case, 1).await;

    // anybody with the number and a second fact, right and wrong; the link
    let mut anybody = Client::new(city.app.clone());
    let last = resident.number.as_str().get(14..).unwrap();
    for second in [last, "0000"] {
        anybody
            .form(
                "/progress",
                &[("number", &submitted.number), ("last_four", second)],
            )
            .await;
    }
    assert!(
        anybody
            .get(&format!("/progress/{}", submitted.progress))
            .await
            .status
            .is_success()
    );

    // at the window: a person who has typed nothing
    let other = &everybody[3];
    let code = job::item_code(&mut clerk, "居住证办理", job::ITEM).await;
    let typed = [
        ("kind", "person"),
        ("name", other.name),
        ("number", other.number.as_str()),
        ("phone", other.phone),
        ("present", "true"),
    ];
    let sources = clerk
        .form(&format!("/desk/file/start/{code}"), &typed)
        .await
        .leads();
    let window = sources.trim_end_matches("/sources").to_owned();
    clerk
        .form(&sources, &[("resource", "population.basic")])
        .await
        .leads();
    let form = clerk.get(&format!("{window}/form")).await;
    assert!(
        form.text().contains(other.address),
        "the register was read: {}",
        form.text()
    );
    clerk
        .upload(
            &format!("{window}/materials"),
            &[("then", "stay")],
            Some(("m-residence", PAPER)),
        )
        .await
        .leads();

    // somebody new, whom the registers know by another number too; and a face that nobody looks at
    let (newcomer, card) = newcomers().unwrap().remove(0);
    let phone = "10000000901";
    let account = city.newcomer(phone).await;
    let mut new_client = city.visit_as(account).await;
    for name in ["王不是", newcomer.name] {
        let typed = [
            ("name", name),
            ("number", newcomer.number.as_str()),
            ("proof", "insurance_card"),
            ("proof_value", &card),
            ("back", "/my/cases"),
        ];
        let answer = new_client.form("/my/real-name", &typed).await;
        assert_eq!(
            answer.status.is_redirection(),
            name == newcomer.name,
            "{}",
            answer.text()
        );
    }
    let page = new_client
        .form("/my/assurance/face", &[("back", "/my/cases")])
        .await
        .leads();
    let back = new_client.form(&page, &[("outcome", "passed")]).await.leads();
    assert_eq!(new_client.get(&back).await.leads(), "/my/cases");
    secrets.extend([newcomer.number.as_str().to_owned(), phone.to_owned(), card]);
    secrets.push(page.rsplit('/').next().unwrap().to_owned());

    // changing the password, and a message that nobody takes
    let new = "another-password-2";
    let changed = [
        ("old_password", PASSWORD),
        ("new_password", new),
        ("new_password_again", new),
    ];
    resident_client
        .form("/my/settings/password", &changed)
        .await
        .leads();
    secrets.push(new.to_owned());
    // the last code rests in its job while the worker does not work
    let mut waiting = Client::new(city.app.clone());
    let asked = waiting
        .form(
            "/sign-in/code",
            &[("kind", "person"), ("name", everybody[1].phone)],
        )
        .await;
    asked.leads();
    secrets
}

async fn nothing_personal_in_plain_text(backend: Backend) {
    let log = log();
    let city = City::open(backend).await;
    let secrets = live(&city).await;
    let mut rest = tables(&city.store).await;
    let saved = city.backup().await;
    assert!(
        saved.windows(11).any(|window| window == b"case.submit"),
        "the search reads the backup"
    );
    rest.extend_from_slice(&saved);
    files(city.folder.path(), &mut rest);
    let written = log.0.lock().unwrap().clone();
    for known in ["case.submit", "居住证办理（首次申领）", "courier.sms"] {
        assert!(
            rest.windows(known.len()).any(|window| window == known.as_bytes()),
            "the search reads what rests: {known}"
        );
    }
    for known in ["answered", "/api/v1/sessions"] {
        assert!(
            written
                .windows(known.len())
                .any(|window| window == known.as_bytes()),
            "the search reads the log: {known}"
        );
    }
    let found: Vec<_> = secrets
        .iter()
        .flat_map(|secret| [("at rest", &rest, secret), ("in the log", &written, secret)])
        .filter(|(_, haystack, secret)| stands(haystack, secret))
        .map(|(place, haystack, secret)| {
            let at = haystack
                .windows(secret.len())
                .position(|window| window == secret.as_bytes())
                .unwrap();
            let around = &haystack[at.saturating_sub(160)..(at + secret.len() + 60).min(haystack.len())];
            format!("{secret} {place}: {}", String::from_utf8_lossy(around))
        })
        .collect();
    assert!(found.is_empty(), "{found:#?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_personal_rests_or_is_logged_in_plain_text_on_sqlite() {
    nothing_personal_in_plain_text(Backend::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_personal_rests_or_is_logged_in_plain_text_on_postgres() {
    nothing_personal_in_plain_text(Backend::Postgres).await;
}
