//! Rooms put together: the one place that knows all of them.

use std::sync::Arc;

use anyhow::Context as _;
use axum::{Router, extract::State, http::StatusCode, routing::get};
use tokio::{sync::watch, task::JoinHandle};
use tongban_cases::CasePurpose;
use tongban_catalogue::Catalogue;
use tongban_codes::RegionCode;
use tongban_console::{DemoMessages, DepartmentSwitches, StaffState};
use tongban_courier::SmsGateway;
use tongban_crypto::KeyRing;
use tongban_exchange::{Exchange, http_client_trusting};
use tongban_identity::{FaceProvider, Passkeys, RealNamePurpose, RealNameRules, UpstreamProvider};
use tongban_licences::LicenceSource;
use tongban_mandates::{RepresentationPurpose, RepresentationRules};
use tongban_openid::Provider;
use tongban_portal::{DemoView, PortalState};
use tongban_press::{PressError, Typesetter, TypstEngine};
use tongban_search::Synonyms;
use tongban_store::{Clock, LogLeader, Store, Worker};
use tongban_upstream::upstream_providers;
use tongban_web::{FaceCheck, Kit, Platform};

use crate::{metrics::Metrics, sessions::StoredSessions, settings::Settings};

/// The running product without its sockets.
pub struct Running {
    pub store: Store,
    pub kit: Kit,
    pub catalogue: Catalogue,
    pub exchange: Exchange,
    pub typesetter: Arc<dyn Typesetter>,
    pub real_name: Arc<RealNameRules>,
    pub representation: Arc<RepresentationRules>,
    /// Who looks at faces, if anybody.
    face: Option<Arc<dyn FaceProvider>>,
    passkeys: Option<Passkeys>,
    /// Platforms of others that sign residents in.
    upstream: Arc<[Arc<dyn UpstreamProvider>]>,
    /// Signs people in for systems of others.
    pub openid: Provider,
    pub metrics: Metrics,
    /// Tells the worker and the leader of the log to stop.
    stop: watch::Sender<bool>,
    working: Vec<JoinHandle<()>>,
}

/// Stands in where no Chinese font is found: every document stops with the sentence that says so.
struct NoFont(Vec<std::path::PathBuf>);

impl Typesetter for NoFont {
    fn pdf(&self, _page: &tongban_press::Page) -> Result<Vec<u8>, PressError> {
        Err(PressError::NoFont {
            looked: self.0.clone(),
        })
    }
}

/// Opens the database and brings it up to date.
pub async fn open_store(settings: &Settings, clock: Arc<dyn Clock>) -> anyhow::Result<Store> {
    let keys = KeyRing::load_or_create(&settings.data_dir.join("keys")).context("the key ring")?;
    let store = Store::open(&settings.store(), keys, clock)
        .await
        .context("the database could not be opened")?;
    store
        .migrate(crate::migrations::all())
        .await
        .context("the database could not be brought up to date")?;
    Ok(store)
}

/// Puts the rooms together and starts the worker.
pub async fn start(
    settings: &Settings,
    store: Store,
    gateway: Arc<dyn SmsGateway>,
) -> anyhow::Result<Running> {
    let (mut running, worker) = assemble(settings, store, gateway).await?;
    running.work(worker);
    Ok(running)
}

/// Puts the rooms together. The worker knows every job and does not work yet.
pub async fn assemble(
    settings: &Settings,
    store: Store,
    gateway: Arc<dyn SmsGateway>,
) -> anyhow::Result<(Running, Worker)> {
    let synonyms = match settings
        .web
        .overlay
        .as_ref()
        .map(|folder| folder.join("search/synonyms.txt"))
    {
        Some(file) if file.is_file() => Synonyms::parse(&std::fs::read_to_string(&file)?)
            .with_context(|| format!("{} is not a list of synonyms", file.display()))?,
        _ => Synonyms::builtin(),
    };
    let catalogue = Catalogue::open(store.clone(), &settings.data_dir.join("search"), synonyms)
        .await
        .context("the search index")?;
    let added = settings.access_overlay();
    let policies = tongban_access::enforce_policies(added.as_deref()).context("the rules of access")?;
    if let Some(folder) = &added {
        let (rules, bound) = policies.added();
        tracing::info!(folder = %folder.display(), rules, bound, "rules of access of the locality are in force");
    }
    let purpose = Arc::new(CasePurpose::new(store.clone()));
    let real_name = Arc::new(settings.real_name_rules()?);
    let representation = Arc::new(settings.representation_rules()?);
    let http = http_client_trusting(settings.authorities.as_deref())?;
    let openid = Provider::open(store.clone(), &settings.public_address, http.clone())
        .await
        .context("the keys that sign tokens")?;
    let exchange = Exchange::new(store.clone(), purpose, http)
        .with_purpose(Arc::new(RealNamePurpose::new(
            store.clone(),
            RealNameRules::clone(&real_name),
        )))
        .with_purpose(Arc::new(RepresentationPurpose::new(
            store.clone(),
            RepresentationRules::clone(&representation),
        )))
        .with_source(Arc::new(LicenceSource::new(store.clone())));
    let typesetter: Arc<dyn Typesetter> = match TypstEngine::new(&settings.font_dirs) {
        Ok(engine) => Arc::new(engine),
        Err(PressError::NoFont { looked }) => {
            tracing::warn!("no Chinese font was found: documents cannot be printed until one is installed");
            Arc::new(NoFont(looked))
        }
        Err(error) => return Err(error).context("the typesetter"),
    };
    let metrics = Metrics::default();
    let kit = Kit::new(settings.web.clone(), Arc::new(store.clone()))
        .context("templates and texts")?
        .with_sessions(Arc::new(StoredSessions(store.clone())))
        .with_metrics(metrics.http());
    let passkeys = match Passkeys::new(&settings.public_address, &settings.web.place) {
        Ok(passkeys) => Some(passkeys),
        Err(error) => {
            tracing::warn!(error = %error, "there are no passkeys here: the public address is no domain");
            None
        }
    };
    let kit = match &passkeys {
        Some(passkeys) => kit.with_passkeys(passkeys.domain()),
        None => kit,
    };
    let upstream = upstream_providers(&settings.upstream, settings.authorities.as_deref(), &store)
        .context("the platforms in the settings")?;
    let platforms = settings.upstream.iter().map(|setting| Platform {
        id: setting.id.clone(),
        name: setting.name.clone(),
        name_english: setting.name_en.clone(),
    });
    let kit = kit.with_platforms(platforms.collect());
    let worker = tongban_store::wire(Worker::new(store.clone()));
    let worker = tongban_directory::wire(worker);
    let worker = tongban_courier::wire(worker, gateway);
    let worker = tongban_identity::wire(worker);
    let worker = tongban_staff::wire(worker);
    let worker = tongban_mandates::wire(worker);
    let worker = tongban_openid::wire(worker, &openid);
    let worker = tongban_catalogue::wire(worker, &catalogue);
    let worker = tongban_cases::wire(worker);
    let worker = tongban_licences::wire(worker, &typesetter);
    let engage = tongban_engage::Settings {
        public_address: settings.public_address.clone(),
    };
    let worker = tongban_engage::wire(worker, &engage);
    let worker = tongban_feedback::wire(worker, &engage);
    let running = Running {
        store,
        kit,
        catalogue,
        exchange,
        typesetter,
        real_name,
        representation,
        face: None,
        passkeys,
        upstream: upstream.into(),
        openid,
        metrics,
        stop: watch::Sender::new(false),
        working: Vec::new(),
    };
    Ok((running, worker))
}

impl Running {
    /// Has somebody look at faces.
    pub fn look_at_faces(&mut self, provider: Arc<dyn FaceProvider>, origin: &str) {
        let check = if provider.is_simulated() {
            FaceCheck::Simulated
        } else {
            FaceCheck::Provider {
                origin: origin.to_owned(),
            }
        };
        self.kit = self.kit.clone().with_face_check(check);
        self.face = Some(provider);
    }
}

/// What the demo adds to the faces.
#[derive(Default)]
pub struct DemoParts {
    pub view: Option<Arc<dyn DemoView>>,
    pub switches: Option<Arc<dyn DepartmentSwitches>>,
    pub messages: Option<Arc<dyn DemoMessages>>,
    pub routes: Option<Router>,
}

impl Running {
    /// Sets the worker and the leader of the log to work, until [`Running::stop`].
    pub fn work(&mut self, worker: Worker) {
        let leader = LogLeader::new(self.store.clone());
        self.working = vec![
            tokio::spawn(worker.run(self.stop.subscribe())),
            tokio::spawn(leader.run(self.stop.subscribe())),
        ];
    }

    /// All routes of the product.
    pub fn router(&self, settings: &Settings, demo: DemoParts) -> anyhow::Result<Router> {
        let home_region = RegionCode::parse(&settings.region).context("the region in the settings")?;
        let portal = PortalState {
            store: self.store.clone(),
            kit: self.kit.clone(),
            catalogue: self.catalogue.clone(),
            exchange: self.exchange.clone(),
            typesetter: Arc::clone(&self.typesetter),
            public_address: settings.public_address.clone(),
            real_name: Arc::clone(&self.real_name),
            representation: Arc::clone(&self.representation),
            mandates: settings.mandates.rules(),
            face: self.face.clone(),
            passkeys: self.passkeys.clone(),
            upstream: Arc::clone(&self.upstream),
            openid: self.openid.clone(),
            demo: demo.view,
            home_region,
        };
        let desk = StaffState {
            store: self.store.clone(),
            kit: self.kit.clone(),
            catalogue: self.catalogue.clone(),
            exchange: self.exchange.clone(),
            typesetter: Arc::clone(&self.typesetter),
            public_address: settings.public_address.clone(),
            mandates: settings.mandates.rules(),
            demo_departments: demo.switches,
            demo_messages: demo.messages,
        };
        let api = tongban_api::ApiState {
            store: self.store.clone(),
            kit: self.kit.clone(),
            catalogue: self.catalogue.clone(),
            exchange: self.exchange.clone(),
            typesetter: Arc::clone(&self.typesetter),
            openid: self.openid.clone(),
            representation: Arc::clone(&self.representation),
            mandates: settings.mandates.rules(),
            public_address: settings.public_address.clone(),
        };
        let mut router = Router::new()
            .merge(tongban_portal::router(portal))
            .merge(tongban_desk::router(desk))
            .merge(tongban_api::router(api))
            .merge(tongban_web::routes().with_state(self.kit.clone()))
            .merge(health().with_state(self.store.clone()));
        if let Some(routes) = demo.routes {
            router = router.merge(routes);
        }
        Ok(tongban_web::layers(router, &self.kit))
    }

    /// Lets work in hand finish and closes the database.
    pub async fn stop(self) -> anyhow::Result<()> {
        self.stop.send_replace(true);
        for task in self.working {
            task.await.context("the worker and the leader of the log")?;
        }
        self.store
            .close()
            .await
            .context("the database could not be closed")?;
        Ok(())
    }
}

/// `/healthz`: the process answers. `/readyz`: the database answers too.
fn health() -> Router<Store> {
    Router::new()
        .route("/healthz", get(async || "ok\n"))
        .route("/readyz", get(ready))
}

async fn ready(State(store): State<Store>) -> (StatusCode, &'static str) {
    match store.waiting_work(tongban_store::PageRequest::new(1, 1)).await {
        Ok(_) => (StatusCode::OK, "ready\n"),
        Err(error) => {
            tracing::error!(
                error = &error as &dyn std::error::Error,
                "the database does not answer"
            );
            (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n")
        }
    }
}
