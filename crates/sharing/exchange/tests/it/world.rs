//! A department, a case that is live, and an exchange between them.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use chrono::NaiveDate;
use tongban_access::{Actor, PartyKind, Post, Role};
use tongban_codes::{CitizenNumber, RegionCode};
use tongban_exchange::{
    DeclaredDuty, Error, Exchange, FactAnswer, FactOutcome, FactRequest, Field, LivePurpose, Purpose,
    PurposeRef, ReadBasis, Resource, ShareClass, Subject, WantedFacts, http_client, register_resource,
};
use tongban_store::Store;
use uuid::Uuid;

pub use tongban_testkit::{Kit, MigrationTrait, both};

use crate::department::{self, Department};

pub const SECRET: &str = "a-secret-of-the-department";
/// Long enough for a loaded machine; only calls that never answer wait for a budget, and they get a short one.
pub const BUDGET: Duration = Duration::from_secs(20);
pub const SHORT: Duration = Duration::from_millis(150);

pub fn migrations() -> Vec<Box<dyn MigrationTrait>> {
    [tongban_store::migrations(), tongban_exchange::migrations()]
        .into_iter()
        .flatten()
        .collect()
}

/// A number that belongs to nobody: its address code is not assigned.
pub fn number(sequence: u16) -> String {
    let birth = NaiveDate::from_ymd_opt(1990, 1, 1).unwrap();
    CitizenNumber::generate("519900", birth, sequence)
        .unwrap()
        .as_str()
        .to_owned()
}

pub fn region(code: &str) -> RegionCode {
    RegionCode::parse(code).unwrap()
}

/// The room of cases, as far as the exchange sees it.
#[derive(Default)]
pub struct Cases(Mutex<HashMap<Uuid, (Uuid, LivePurpose)>>);

impl Cases {
    /// Makes a case live for one account.
    pub fn open(&self, id: Uuid, account: Uuid, live: LivePurpose) {
        self.0.lock().unwrap().insert(id, (account, live));
    }

    pub fn change(&self, id: Uuid, change: impl FnOnce(&mut LivePurpose)) {
        change(&mut self.0.lock().unwrap().get_mut(&id).unwrap().1);
    }
}

#[async_trait::async_trait]
impl Purpose for Cases {
    async fn live(&self, purpose: &PurposeRef, actor: &Actor) -> Result<Option<LivePurpose>, Error> {
        let cases = self.0.lock().unwrap();
        Ok(cases
            .get(&purpose.id)
            .filter(|(account, _)| purpose.kind == "case" && actor.account() == Some(*account))
            .map(|(_, live)| live.clone()))
    }
}

pub struct World {
    pub store: Store,
    pub exchange: Exchange,
    pub cases: Arc<Cases>,
    pub department: Department,
    /// The one who applies.
    pub applicant: Actor,
    pub number: String,
    pub case: Uuid,
}

pub fn id(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

pub fn applicant(account: u128) -> Actor {
    Actor::party(id(account), PartyKind::Person)
}

pub fn staff(account: u128, role: Role, region_code: &str) -> Actor {
    let post = Post {
        organisation: id(70),
        organisation_name: "示范市政务服务中心".to_owned(),
        region: region(region_code),
        role,
    };
    Actor::staff(id(account), post)
}

/// A case about a person that lists every resource of the test.
pub fn live(number: &str) -> LivePurpose {
    LivePurpose {
        subject: Subject {
            kind: PartyKind::Person,
            number: number.to_owned(),
            name: "示范甲".to_owned(),
        },
        resources: RESOURCES
            .iter()
            .map(|(_, code)| wanted(code, &["name", "address"]))
            .collect(),
        consents: Vec::new(),
        duties: RESOURCES.iter().map(|(_, code)| declared(code)).collect(),
        title: "食品经营许可（新办）".to_owned(),
        law: Some("食品安全法".to_owned()),
        organisation: "示范市市场监督管理局".to_owned(),
        region: region("519901000000"),
        filed: false,
    }
}

pub fn wanted(resource: &str, fields: &[&str]) -> WantedFacts {
    WantedFacts {
        resource: resource.to_owned(),
        fields: fields.iter().map(|field| (*field).to_owned()).collect(),
    }
}

/// Behaviour of the department, and the code of the resource that it answers for.
pub const RESOURCES: [(&str, &str); 12] = [
    ("good", "population.basic"),
    ("unknown", "population.household"),
    ("wrong", "test.wrong"),
    ("silent", "test.silent"),
    ("held", "test.held"),
    ("stalling", "test.stalling"),
    ("garbage", "test.garbage"),
    ("error", "test.error"),
    ("forbidden", "test.forbidden"),
    ("elsewhere", "test.elsewhere"),
    ("large", "test.large"),
    ("endless", "test.endless"),
];

pub fn entry(code: &str, url: String) -> Resource {
    Resource {
        code: code.to_owned(),
        name: "人口基本信息".to_owned(),
        organisation: id(71),
        organisation_name: "示范市公安局".to_owned(),
        share_class: ShareClass::Conditional,
        url,
        fields: vec![
            Field {
                name: "name".to_owned(),
                title: "姓名".to_owned(),
            },
            Field {
                name: "address".to_owned(),
                title: "住址".to_owned(),
            },
        ],
        subject: PartyKind::Person,
    }
}

pub async fn register(store: &Store, entry: Resource) {
    store
        .write(Actor::System.signer(), move |tx| {
            let entry = entry.clone();
            async move { register_resource(&tx, &Actor::System, entry, SECRET).await }
        })
        .await
        .unwrap();
}

pub async fn world(kit: &Kit) -> World {
    let store = kit.store.clone();
    let department = department::start().await;
    for (behaviour, code) in RESOURCES {
        register(&store, entry(code, format!("{}/{behaviour}", department.base))).await;
    }
    let cases = Arc::new(Cases::default());
    let number = number(11);
    cases.open(id(1), id(21), live(&number));
    let exchange = Exchange::new(store.clone(), Arc::<Cases>::clone(&cases), http_client().unwrap());
    World {
        store,
        exchange,
        cases,
        department,
        applicant: applicant(21),
        number,
        case: id(1),
    }
}

const LAW: &str = "食品安全法第三十五条";

/// The duty to check one register, as the matter declares it.
pub fn declared(code: &str) -> DeclaredDuty {
    DeclaredDuty {
        resource: code.to_owned(),
        law: LAW.to_owned(),
    }
}

pub fn duty() -> ReadBasis {
    ReadBasis::Duty {
        law: LAW.to_owned(),
        item: "食品经营许可（新办）".to_owned(),
    }
}

impl World {
    pub fn request(&self, resource: &str) -> FactRequest {
        let purpose = PurposeRef {
            kind: "case".to_owned(),
            id: self.case,
        };
        FactRequest {
            purpose,
            resource: resource.to_owned(),
            fields: wanted(resource, &["name", "address"]).fields,
            basis: duty(),
        }
    }

    /// One read by the applicant.
    pub async fn read(&self, resource: &str, budget: Duration) -> FactAnswer {
        self.read_as(&self.applicant, self.request(resource), budget)
            .await
    }

    pub async fn read_as(&self, actor: &Actor, request: FactRequest, budget: Duration) -> FactAnswer {
        let mut answers = self
            .exchange
            .read_all(actor, vec![request], budget)
            .await
            .unwrap();
        assert_eq!(answers.len(), 1);
        answers.remove(0)
    }

    /// All blind indexes of the applicant's number, as the room of identities makes them.
    pub fn blinds(&self) -> Vec<String> {
        self.store.blinds("citizen", &self.number)
    }

    /// How many questions have reached the department.
    pub fn asked(&self) -> usize {
        self.department.memory.questions.lock().unwrap().len()
    }
}

pub fn facts(answer: &FactAnswer) -> &serde_json::Map<String, serde_json::Value> {
    match &answer.outcome {
        FactOutcome::Facts(facts) => facts,
        other => panic!("no facts: {other:?}"),
    }
}
