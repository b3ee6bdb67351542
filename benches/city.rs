//! A served city with people who have each filled a draft to its end: facts read through the exchange, one file attached.
//! Everything is made by the use cases that the pages call.

use std::{net::SocketAddr, path::Path, sync::Arc};

use axum::Router;
use futures::{StreamExt as _, stream};
use serde_json::{Map, json};
use tokio::{net::TcpListener, sync::oneshot, task::JoinHandle};
use tongban::{
    demo::{
        self,
        departments::{self, DemoPerson, Registers, Switches},
    },
    migrations,
    settings::Settings,
    wiring::{self, DemoParts, Running},
};
use tongban_access::{Actor, PartyKind};
use tongban_cases::{Applicant, Attach, Consent, SaveDraft, StartDraft};
use tongban_catalogue::{ItemRef, ItemVersion};
use tongban_codes::{CitizenNumber, civil::beijing_date};
use tongban_courier::ScreenSink;
use tongban_crypto::KeyRing;
use tongban_identity::{NewParty, open_session_for, party, register_party};
use tongban_search::SearchRequest;
use tongban_store::{Counted, Signer, Store, SystemClock};
use uuid::Uuid;

/// People registered in one act.
const TOGETHER: usize = 50;
/// Drafts that are filled at the same time.
const AT_ONCE: usize = 16;
const MATTER: &str = "居住证办理（首次申领）";
const PAPER: &[u8] = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n";

/// A draft that only waits for its last POST.
#[derive(Debug, Clone)]
pub struct Prepared {
    pub session: String,
    pub case: Uuid,
    /// The version that the confirming page would show.
    pub version: i32,
}

/// The city and its server.
pub struct City {
    pub address: SocketAddr,
    pub drafts: Vec<Prepared>,
    running: Running,
    departments: JoinHandle<std::io::Result<()>>,
    serving: Serving,
}

/// Builds, serves and fills. `url`: an empty PostgreSQL database, else SQLite in the folder.
pub async fn build(url: Option<&str>, folder: &Path, drafts: usize) -> City {
    let mut settings = Settings {
        data_dir: folder.join("city"),
        database_url: url.unwrap_or_default().to_owned(),
        ..Settings::default()
    };
    settings.web.secure = false;
    let keys = KeyRing::load_or_create(&settings.data_dir.join("keys")).unwrap();
    let store = Store::open(&settings.store(), keys, Arc::new(SystemClock))
        .await
        .unwrap();
    store.migrate(migrations::all()).await.unwrap();
    let standing = demo::furnish(&store).await.unwrap();

    let people = people(drafts);
    let known = people
        .iter()
        .map(|number| DemoPerson::new("示例", number, "邻城市和平路 8 号"))
        .collect();
    let systems = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", systems.local_addr().unwrap());
    let secret = store.random_code();
    let registers = Registers::new(known, Vec::new());
    let departments = departments::serve(systems, registers, Switches::new(), &secret);
    demo::register_resources(&store, &standing, &base, &secret)
        .await
        .unwrap();

    let running = wiring::start(&settings, store.clone(), Arc::new(ScreenSink::new()))
        .await
        .unwrap();
    let router = running.router(&settings, DemoParts::default()).unwrap();
    let serving = Serving::begin(router).await;

    let item = matter(&running).await;
    let accounts = register(&store, people).await;
    let blob = store.blobs().put(PAPER).await.unwrap();
    let drafts = stream::iter(accounts)
        .map(|(account, session)| {
            let (running, item, blob) = (&running, item.clone(), blob.clone());
            async move {
                let (case, version) = fill(running, item, account, blob).await;
                Prepared {
                    session,
                    case,
                    version,
                }
            }
        })
        .buffer_unordered(AT_ONCE)
        .collect()
        .await;
    City {
        address: serving.address,
        drafts,
        running,
        departments,
        serving,
    }
}

/// A router that answers on a port of its own.
pub struct Serving {
    pub address: SocketAddr,
    stop: oneshot::Sender<()>,
    served: JoinHandle<()>,
}

impl Serving {
    pub async fn begin(router: Router) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, told) = oneshot::channel::<()>();
        let served = tokio::spawn(async move {
            axum::serve(listener, router)
                .with_graceful_shutdown(async { drop(told.await) })
                .await
                .unwrap();
        });
        Self {
            address,
            stop,
            served,
        }
    }

    pub async fn end(self) {
        self.stop.send(()).ok();
        self.served.await.unwrap();
    }
}

impl City {
    /// What its store has done so far.
    pub fn counted(&self) -> Counted {
        self.running.store.counted()
    }

    pub async fn end(self) {
        self.serving.end().await;
        self.departments.abort();
        self.running.stop().await.unwrap();
    }
}

/// Numbers that can belong to nobody: the address code is not assigned.
pub fn people(count: usize) -> Vec<CitizenNumber> {
    let first = chrono::NaiveDate::from_ymd_opt(1950, 1, 1).unwrap();
    (0..count)
        .map(|index| {
            let birth = first + chrono::Days::new(u64::try_from(index / 900).unwrap());
            CitizenNumber::generate("519901", birth, u16::try_from(index % 900 + 1).unwrap()).unwrap()
        })
        .collect()
}

async fn matter(running: &Running) -> ItemVersion {
    let request = SearchRequest {
        query: MATTER.to_owned(),
        limit: 1,
        ..SearchRequest::default()
    };
    let found = running.catalogue.search(&request).unwrap();
    let today = beijing_date(running.store.now());
    tongban_catalogue::published(&running.store, ItemRef::Id(found.hits[0].id), today)
        .await
        .unwrap()
        .unwrap()
}

/// Accounts and a session for each.
async fn register(store: &Store, people: Vec<CitizenNumber>) -> Vec<(Uuid, String)> {
    let password = tongban_identity::hash_password("tongban-bench-2026")
        .await
        .unwrap();
    let mut all = Vec::with_capacity(people.len());
    let numbers: Vec<(usize, CitizenNumber)> = people.into_iter().enumerate().collect();
    for some in numbers.chunks(TOGETHER) {
        let (some, password) = (some.to_vec(), password.clone());
        let made: Result<Vec<(Uuid, String)>, tongban_identity::Error> = store
            .write(Signer::system(), move |tx| {
                let (some, password) = (some.clone(), password.clone());
                async move {
                    let mut made = Vec::new();
                    for (index, number) in some {
                        let new = NewParty {
                            kind: PartyKind::Person,
                            name: "示例".to_owned(),
                            number: number.as_str().to_owned(),
                            phone: Some(format!("100{:08}", 10_000 + index)),
                            password: Some(password.clone()),
                        };
                        let account = register_party(&tx, &Actor::System, new).await?;
                        made.push((account, open_session_for(&tx, account).await?.token));
                    }
                    Ok(made)
                }
            })
            .await;
        all.extend(made.unwrap());
    }
    all
}

/// Start, read the facts, type what is left, attach the file.
async fn fill(
    running: &Running,
    item: ItemVersion,
    account: Uuid,
    blob: tongban_store::BlobId,
) -> (Uuid, i32) {
    let store = &running.store;
    let party = party(store, account).await.unwrap().unwrap();
    let actor = Actor::party(account, PartyKind::Person);
    let start = StartDraft {
        organisation_name: item.content.department.clone(),
        item: item.clone(),
        applicant: Applicant::from(party),
        present: false,
    };
    let by = actor.clone();
    let started = store
        .write(actor.signer(), move |tx| {
            let (by, start) = (by.clone(), start.clone());
            async move { tongban_cases::start_draft(&tx, &by, start).await }
        })
        .await
        .unwrap();
    let consent = Consent {
        case: started.case,
        resources: tongban_catalogue::resources_of(&item.content),
    };
    tongban_cases::fetch(store, &running.exchange, &actor, item.clone(), consent)
        .await
        .unwrap();
    let mut values = Map::new();
    values.insert("current_address".to_owned(), json!("一县政通路 18 号 2 单元 301"));
    values.insert("since".to_owned(), json!("2025-03-01"));
    values.insert("reason".to_owned(), json!("就业"));
    let save = SaveDraft {
        case: started.case,
        item: item.clone(),
        seen: None,
        values,
    };
    let attach = Attach {
        case: started.case,
        item,
        material: "residence".to_owned(),
        blob,
        file_name: "租房合同.pdf".to_owned(),
        media: "application/pdf".to_owned(),
        size: u64::try_from(PAPER.len()).unwrap(),
    };
    let by = actor.clone();
    let version = store
        .write(actor.signer(), move |tx| {
            let (by, save, attach) = (by.clone(), save.clone(), attach.clone());
            async move {
                tongban_cases::attach(&tx, &by, attach).await?;
                tongban_cases::save_draft(&tx, &by, save).await
            }
        })
        .await
        .unwrap();
    (started.case, version)
}
