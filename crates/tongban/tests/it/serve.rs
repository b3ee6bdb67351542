//! What an installation must not have: nothing of the demo.

use std::sync::Arc;

use axum::http::StatusCode;
use tongban::{
    settings::Settings,
    wiring::{self, DemoParts},
};
use tongban_courier::{SendError, SmsGateway};
use tongban_store::{FixedClock, Signer};

use crate::{city::City, client::Client, routes};

struct NoGateway;

#[async_trait::async_trait]
impl SmsGateway for NoGateway {
    async fn send(&self, _id: uuid::Uuid, _phone: &str, _text: &str) -> Result<(), SendError> {
        Err(SendError::Unavailable("none".to_owned()))
    }

    fn simulated(&self) -> bool {
        false
    }
}

/// The same people and matters, served as `tongban serve` serves them.
async fn served() -> (City, axum::Router) {
    let city = City::open(tongban_store::Backend::Sqlite).await;
    let mut settings = Settings {
        data_dir: city.folder.path().to_path_buf(),
        ..Settings::default()
    };
    settings.web.secure = false;
    let clock = Arc::new(FixedClock::new(tongban_testkit::start()));
    let store = wiring::open_store(&settings, clock).await.unwrap();
    let (running, _worker) = wiring::assemble(&settings, store, Arc::new(NoGateway))
        .await
        .unwrap();
    let router = running.router(&settings, DemoParts::default()).unwrap();
    (city, router)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn serve_has_no_route_of_the_demo() {
    let (city, serve) = served().await;
    let demo: Vec<_> = routes::of(&city.app);
    let own: Vec<_> = routes::of(&serve);
    let only_demo: Vec<_> = demo
        .iter()
        .filter(|route| !own.contains(route))
        .map(|route| route.path.as_str())
        .collect();
    assert_eq!(
        only_demo,
        [
            "/demo/face-check/{reference}",
            "/demo/face-check/{reference}",
            "/demo/sign-in"
        ]
    );
    assert!(
        own.iter()
            .all(|route| demo.contains(route) && !route.path.contains("demo"))
    );
    let choice = city.login("resident").to_string();
    let mut nobody = Client::new(serve.clone());
    let answer = nobody.form("/demo/sign-in", &[("choice", &choice)]).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    assert!(!nobody.cookies.contains_key(tongban_web::cookies::SESSION));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn serve_shows_neither_the_one_click_sign_in_nor_a_code() {
    let (city, serve) = served().await;
    let mut in_demo = Client::new(city.app.clone());
    assert!(
        in_demo.get("/").await.text().contains("/demo/sign-in"),
        "the search sees it where it is"
    );
    let mut nobody = Client::new(serve.clone());
    for page in ["/", "/sign-in", "/sign-in?way=code"] {
        let text = nobody.get(page).await.text();
        assert!(!text.contains("demo/sign-in"), "{page}");
        assert!(!text.contains("tongban-demo-2026"), "{page}");
    }
    // a code is asked for; in the demo it stands on the page, in an installation on none
    for (client, phone, shown) in [
        (&mut in_demo, "10000000001", true),
        (&mut nobody, "10000000002", false),
    ] {
        let typed = [("kind", "person"), ("name", phone)];
        let asked = async { client.form("/sign-in/code", &typed).await.leads() };
        let (to, drained) = tokio::join!(asked, city.worker.drain());
        drained.unwrap();
        city.worker.drain().await.unwrap();
        let message = city.messages.messages(phone).remove(0);
        let code = message
            .split(|letter: char| !letter.is_ascii_digit())
            .find(|run| run.len() == 6)
            .expect("a code was made");
        let page = client.get(&to).await.text();
        assert_eq!(page.contains(code), shown, "{phone}: {page}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_desk_of_serve_has_no_department_switches() {
    let (city, serve) = served().await;
    let account = city.login("operator");
    let opened = city
        .store
        .write(Signer::nobody(), move |tx| async move {
            tongban_identity::open_session_for(&tx, account).await
        })
        .await
        .unwrap();
    let mut operator = Client::new(serve).with_session(&opened.token);
    assert_eq!(
        operator.get("/desk/departments").await.status,
        StatusCode::NOT_FOUND
    );
    let switched = operator
        .form("/desk/departments/population", &[("mode", "stopped")])
        .await;
    assert_eq!(switched.status, StatusCode::NOT_FOUND);
}

#[test]
fn the_sample_of_settings_is_read_and_names_every_setting() {
    let sample = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../deploy/tongban.toml");
    let settings = Settings::read(Some(&sample)).unwrap();
    assert!(settings.web.secure && settings.metrics_listen.is_none());
    let text = std::fs::read_to_string(&sample).unwrap();
    let every = serde_json::to_value(Settings::default()).unwrap();
    for (name, value) in every.as_object().unwrap() {
        let names: Vec<&String> = value.as_object().map_or(vec![name], |part| part.keys().collect());
        for name in names
            .into_iter()
            .filter(|name| !matches!(name.as_str(), "demo" | "sms_secret" | "face_secret" | "upstream"))
        {
            assert!(
                text.contains(&format!("{name} = ")),
                "{name} is not in the sample"
            );
        }
    }
}

#[test]
fn a_secret_is_read_from_its_file_and_never_printed() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("secret");
    std::fs::write(&file, "a-word\n").unwrap();
    let settings = Settings {
        sms_secret_file: Some(file),
        ..Settings::default()
    };
    let word = settings.sms_word().unwrap();
    assert_eq!(word.reveal(), "a-word");
    assert_eq!(format!("{word:?}"), "***");
    let missing = Settings {
        sms_secret_file: Some(folder.path().join("none")),
        ..Settings::default()
    };
    assert!(missing.sms_word().is_err());
}

#[test]
fn the_sample_of_a_platform_is_good_once_its_lines_are_settings() {
    let sample = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../deploy/tongban.toml");
    let text = std::fs::read_to_string(&sample).unwrap();
    let (_, platform) = text.split_once("# [[upstream]]\n").unwrap();
    let lines: Vec<&str> = platform
        .lines()
        .filter_map(|line| line.strip_prefix("# "))
        .filter(|line| line.contains(" = "))
        .collect();
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), format!("[[upstream]]\n{}\n", lines.join("\n"))).unwrap();
    let settings = Settings::upstream_of(file.path()).unwrap();
    tongban_upstream::check(&settings).unwrap();
    let every = serde_json::to_value(&settings[0]).unwrap();
    for name in every.as_object().unwrap().keys() {
        assert!(
            lines.iter().any(|line| line.starts_with(&format!("{name} = "))),
            "{name} is not in the sample"
        );
    }
}
