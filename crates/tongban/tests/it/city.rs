//! The demo city in one process: built by its use cases, on either database, with a clock that stands and a worker that
//! works only when told to.

use std::sync::Arc;

use axum::Router;
use tongban::{
    demo::{
        self, Standing,
        assemble::{DemoCity, assemble},
    },
    settings::Settings,
    wiring,
};
use tongban_courier::ScreenSink;
use tongban_identity::open_session_for;
use tongban_store::{
    Backend, Clock, FixedClock, Signer, Store, StoreConfig, Worker,
    keep::{BackupRequest, backup},
};
use tongban_upstream::UpstreamSetting;
use uuid::Uuid;

use crate::client::Client;

/// Everything of one city.
pub struct City {
    pub store: Store,
    pub app: Router,
    /// `/metrics`, which listens elsewhere.
    pub metrics: Router,
    pub worker: Worker,
    pub standing: Standing,
    pub messages: Arc<ScreenSink>,
    config: StoreConfig,
    /// The data folder; it vanishes with the city.
    pub folder: tempfile::TempDir,
}

impl City {
    pub async fn open(backend: Backend) -> Self {
        Self::open_with(backend, Vec::new()).await
    }

    /// With platforms of others that sign residents in.
    pub async fn open_with(backend: Backend, upstream: Vec<UpstreamSetting>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut config = StoreConfig::in_folder(folder.path());
        let mut settings = Settings {
            data_dir: folder.path().to_path_buf(),
            upstream,
            ..Settings::default()
        };
        if backend == Backend::Postgres {
            config.database_url = tongban_testkit::create_database().await;
            settings.database_url.clone_from(&config.database_url);
        }
        settings.web.demo = true;
        settings.web.secure = false;
        let clock = Arc::new(FixedClock::new(tongban_testkit::start()));
        let handed = || Arc::clone(&clock) as Arc<dyn Clock>;
        let standing = demo::build(&config, handed()).await.unwrap();
        let store = wiring::open_store(&settings, handed()).await.unwrap();
        let (city, worker) = assemble(&settings, store, &standing).await.unwrap();
        let DemoCity {
            running,
            parts,
            messages,
            ..
        } = city;
        let app = running.router(&settings, parts).unwrap();
        let metrics = running
            .metrics
            .router(running.store.clone(), running.exchange.clone());
        Self {
            metrics,
            store: running.store.clone(),
            app,
            worker,
            standing,
            messages,
            config,
            folder,
        }
    }

    /// A backup of it, the bytes of the file.
    pub async fn backup(&self) -> Vec<u8> {
        let folder = tempfile::tempdir().unwrap();
        let to = folder.path().join("backup.tar");
        let request = BackupRequest {
            config: &self.config,
            keys: self.store.keys(),
            to: &to,
            extra: &[],
            migrations: tongban::migrations::all,
            program: "test",
            now: self.store.now(),
        };
        backup(request, &|_| {}).await.unwrap();
        std::fs::read(&to).unwrap()
    }

    /// What somebody of the first page types to sign in.
    pub fn login(&self, login: &str) -> uuid::Uuid {
        let by_login = |account: &&demo::people::TryAccount| account.login == login || account.role == login;
        self.standing.accounts.iter().find(by_login).unwrap().account
    }

    /// A browser of somebody of the first page, by role or login name.
    pub async fn visit(&self, who: &str) -> Client {
        self.visit_as(self.login(who)).await
    }

    /// A browser in which an account is signed in.
    pub async fn visit_as(&self, account: Uuid) -> Client {
        let opened = self
            .store
            .write(Signer::nobody(), move |tx| async move {
                open_session_for(&tx, account).await
            })
            .await
            .unwrap();
        Client::new(self.app.clone()).with_session(&opened.token)
    }

    /// Opens an account on the pages, of whom nothing but the phone is known.
    pub async fn newcomer(&self, phone: &str) -> Uuid {
        let mut browser = Client::new(self.app.clone());
        let typed = [("phone", phone), ("agree", "yes")];
        assert_eq!(
            browser.form("/register", &typed).await.leads(),
            "/register/code?back=/"
        );
        self.worker.drain().await.unwrap();
        let code: String = self.messages.messages(phone)[0]
            .chars()
            .filter(char::is_ascii_digit)
            .take(6)
            .collect();
        let opened = browser.form("/register/code", &[("code", &code)]).await;
        assert_eq!(opened.leads(), "/my/real-name?back=/");
        let session = browser.cookies.get(tongban_web::cookies::SESSION).unwrap();
        let session = tongban_identity::load_session(&self.store, session)
            .await
            .unwrap();
        session.unwrap().account.id
    }
}
