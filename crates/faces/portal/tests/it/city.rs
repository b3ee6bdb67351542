//! The world of the case room with the portal in front of it.

use std::sync::Arc;

use async_trait::async_trait;
use axum::Router;
use tokio::{sync::watch, task::JoinHandle};
use tongban_access::{Actor, PartyKind};
use tongban_cases::CasePurpose;
use tongban_catalogue::Catalogue;
use tongban_courier::ScreenSink;
use tongban_exchange::{Exchange, Field, Resource, ShareClass, http_client, register_resource};
use tongban_identity::{AccountKind, RealNameRules};
use tongban_openid::Provider;
use tongban_portal::{DemoChoice, DemoView, PortalState, router};
use tongban_press::BlankTypesetter;
use tongban_search::Synonyms;
use tongban_store::{Signer, Store, Worker};
use tongban_testkit::{Kit, MigrationTrait};
use tongban_web::{SessionSource, Settings, SignedIn, SignedInKind, SignedInView, WebError};

use crate::{
    browser::Browser,
    world::{self, PHONE, REGISTER, World},
};

pub fn migrations() -> Vec<Box<dyn MigrationTrait>> {
    [
        world::migrations(),
        tongban_engage::migrations(),
        tongban_feedback::migrations(),
        tongban_openid::migrations(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Sessions of the identity room, as the binary reads them.
struct Sessions(Store);

#[async_trait]
impl SessionSource for Sessions {
    async fn load(&self, token: &str) -> Result<Option<SignedIn>, WebError> {
        let session = tongban_identity::load_session(&self.0, token)
            .await
            .map_err(WebError::internal)?;
        Ok(session.map(|session| SignedIn {
            view: SignedInView {
                name: PartyKind::Person.shown_name(&session.account.name),
                kind: if matches!(session.actor, Actor::Staff { .. }) {
                    SignedInKind::Staff
                } else {
                    SignedInKind::Resident
                },
                acting_for: None,
                acting_ended: None,
                organisation: None,
                roles: Vec::new(),
            },
            actor: session.actor.clone(),
            session_id: session.id,
            data: None,
        }))
    }
}

/// The demo's screen for short messages. Everybody here has the same phone.
struct Screen(ScreenSink);

#[async_trait]
impl DemoView for Screen {
    fn choices(&self) -> Vec<DemoChoice> {
        vec![DemoChoice {
            key: "a".to_owned(),
            role: "resident".to_owned(),
            name: "王小明".to_owned(),
        }]
    }

    async fn latest_message(&self, _kind: AccountKind, _name: &str) -> Option<String> {
        self.0.messages(PHONE).into_iter().next()
    }
}

pub struct City {
    pub world: World,
    pub app: Router,
    pub sink: ScreenSink,
    pub catalogue: Catalogue,
    /// Works behind the pages, until it is told to stop.
    worker: Option<(watch::Sender<bool>, JoinHandle<()>)>,
}

fn worker(store: &Store, sink: &ScreenSink) -> Worker {
    let engage = tongban_engage::Settings {
        public_address: "https://tongban.test".to_owned(),
    };
    tongban_engage::wire(
        tongban_courier::wire(Worker::new(store.clone()), Arc::new(sink.clone())),
        &engage,
    )
}

impl City {
    /// `demo` shows short messages on the page; without it there is no way to see them.
    pub async fn open(kit: &Kit, demo: bool) -> Self {
        let world = World::open(kit).await;
        let store = world.store.clone();
        register(&store, world.office).await;
        let catalogue = Catalogue::open(
            store.clone(),
            &kit.folder.path().join("search"),
            Synonyms::builtin(),
        )
        .await
        .unwrap();
        let exchange = Exchange::new(
            store.clone(),
            Arc::new(CasePurpose::new(store.clone())),
            http_client().unwrap(),
        );
        let settings = Settings {
            secure: false,
            demo,
            ..Settings::default()
        };
        let web = tongban_web::Kit::new(settings, Arc::new(store.clone()))
            .unwrap()
            .with_sessions(Arc::new(Sessions(store.clone())));
        let sink = ScreenSink::new();
        let (stop, stopped) = watch::channel(false);
        let working = tokio::spawn(worker(&store, &sink).run(stopped));
        let openid = Provider::open(store.clone(), "https://tongban.test", http_client().unwrap())
            .await
            .unwrap();
        let state = PortalState {
            store,
            kit: web.clone(),
            catalogue: catalogue.clone(),
            exchange,
            typesetter: Arc::new(BlankTypesetter),
            public_address: "https://tongban.test".to_owned(),
            mandates: tongban_mandates::MandateRules::default(),
            representation: Arc::new(tongban_mandates::RepresentationRules {
                register: "enterprises.basic".to_owned(),
                name_field: "name".to_owned(),
                representative_field: "legal_representative".to_owned(),
                number_field: "legal_representative_number".to_owned(),
                status_field: "status".to_owned(),
                in_business: Vec::new(),
                days: 90,
                organisation: "示范市政务服务平台".to_owned(),
                region: world::region("519900000000"),
            }),
            real_name: Arc::new(RealNameRules {
                register: "population.basic".to_owned(),
                name_field: "name".to_owned(),
                proofs: Vec::new(),
                organisation: "示范市政务服务平台".to_owned(),
                region: world::region("519901000000"),
            }),
            face: None,
            passkeys: None,
            upstream: Arc::from([]),
            openid,
            demo: demo.then(|| Arc::new(Screen(sink.clone())) as Arc<dyn DemoView>),
            home_region: world::region("519901000000"),
        };
        let app = tongban_web::layers(
            router(state).merge(tongban_web::routes().with_state(web.clone())),
            &web,
        );
        Self {
            world,
            app,
            sink,
            catalogue,
            worker: Some((stop, working)),
        }
    }

    /// Lets everything happen that what was done so far brings about, such as messages; nothing goes on by itself afterwards.
    pub async fn settle(&mut self) {
        if let Some((stop, working)) = self.worker.take() {
            stop.send(true).unwrap();
            working.await.unwrap();
        }
        worker(&self.world.store, &self.sink).drain().await.unwrap();
    }

    pub fn browser(&self) -> Browser {
        Browser::new(self.app.clone())
    }

    /// A browser in which somebody has signed in.
    pub async fn signed_in(&self, actor: &Actor) -> Browser {
        let account = actor.account().unwrap();
        let opened = self
            .world
            .store
            .write(Signer::system(), move |tx| async move {
                tongban_identity::open_session_for(&tx, account).await
            })
            .await
            .unwrap();
        let mut browser = self.browser();
        browser.cookies.insert("tb_session".to_owned(), opened.token);
        browser
    }

    /// The address of the guide of the only item.
    pub fn item(&self) -> String {
        format!("/items/{}", self.world.item.item)
    }
}

/// A register whose department system does not answer: nothing listens there.
async fn register(store: &Store, office: uuid::Uuid) {
    let field = |name: &str, title: &str| Field {
        name: name.to_owned(),
        title: title.to_owned(),
    };
    let resource = Resource {
        code: REGISTER.to_owned(),
        name: "人口基本信息".to_owned(),
        organisation: office,
        organisation_name: "示范市公安局".to_owned(),
        share_class: ShareClass::Conditional,
        url: "http://127.0.0.1:9/population".to_owned(),
        fields: vec![field("name", "姓名"), field("address", "住址")],
        subject: PartyKind::Person,
    };
    store
        .write(Signer::system(), move |tx| {
            let resource = resource.clone();
            async move { register_resource(&tx, &Actor::System, resource, "sixteen-letters!").await }
        })
        .await
        .unwrap();
}
