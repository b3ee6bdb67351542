//! A principal, an agent, and the register of enterprises between them.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicBool, Ordering},
};

use chrono::NaiveDate;
use serde_json::{Map, Value, json};
use tongban_access::{Actor, MandateKind, PartyKind, Post, Role};
use tongban_codes::{CitizenNumber, OrganisationCode, RegionCode, Uscc};
use tongban_exchange::{Exchange, Field, Resource, ShareClass, Source, Subject, http_client};
use tongban_identity::{
    NewParty, NewStaff, Session, hash_password, live_session, open_session_for, own_sessions, register_party,
    register_staff,
};
use tongban_mandates::{
    Acting, Claim, Error, GiveMandate, MandateRules, MandateView, Named, RecordAtWindow,
    RepresentationPurpose, RepresentationRules, Scope, Side, acting, answer_mandate, begin_to_act,
    claim_representation, end_mandate, give_mandate, mandates_of, record_at_window,
};
use tongban_store::{PageRequest, Signer, Store};
use tongban_testkit::{Kit, MigrationTrait};
use uuid::Uuid;

pub fn migrations() -> Vec<Box<dyn MigrationTrait>> {
    [
        tongban_store::migrations(),
        tongban_exchange::migrations(),
        tongban_identity::migrations(),
        tongban_mandates::migrations(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// A number that can belong to nobody.
pub fn citizen(year: i32, sequence: u16) -> String {
    let birth = NaiveDate::from_ymd_opt(year, 5, 17).unwrap();
    CitizenNumber::generate("519900", birth, sequence)
        .unwrap()
        .as_str()
        .to_owned()
}

pub fn uscc() -> String {
    let organisation = OrganisationCode::generate("MA9AAAA1").unwrap();
    Uscc::generate('9', '1', "519900", &organisation)
        .unwrap()
        .as_str()
        .to_owned()
}

pub fn region() -> RegionCode {
    RegionCode::parse("519900000000").unwrap()
}

pub fn staff(role: Role) -> Actor {
    Actor::staff(
        Uuid::from_u128(99),
        Post {
            organisation: Uuid::from_u128(9),
            organisation_name: "示范市政务服务中心".to_owned(),
            region: region(),
            role,
        },
    )
}

/// The grandmother, the grandson, and somebody else.
pub const GRANDMOTHER: (&str, i32, u16) = ("李秀英", 1944, 2);
pub const GRANDSON: (&str, i32, u16) = ("王小明", 1990, 3);
pub const STRANGER: (&str, i32, u16) = ("赵大山", 1970, 5);

pub type Who = (&'static str, i32, u16);

pub fn number(who: Who) -> String {
    citizen(who.1, who.2)
}

pub struct Town {
    pub store: Store,
    pub exchange: Exchange,
    pub register: Arc<Register>,
}

/// The register of enterprises, as a later room would serve it.
pub struct Register {
    pub silent: AtomicBool,
    /// Name and number of the representative, and how the firm is registered.
    pub entry: Mutex<(String, String, String)>,
}

#[async_trait::async_trait]
impl Source for Register {
    async fn resource(&self, code: &str) -> Result<Option<Resource>, tongban_exchange::Error> {
        if code != "test:enterprises" {
            return Ok(None);
        }
        let field = |name: &str| Field {
            name: name.to_owned(),
            title: name.to_owned(),
        };
        Ok(Some(Resource {
            code: code.to_owned(),
            name: "企业登记".to_owned(),
            organisation: Uuid::from_u128(5),
            organisation_name: "示范市市场监督管理局".to_owned(),
            subject: PartyKind::Enterprise,
            share_class: ShareClass::Conditional,
            url: String::new(),
            fields: ["name", "representative", "number", "status"].map(field).to_vec(),
        }))
    }

    async fn facts(
        &self,
        _: &str,
        subject: &Subject,
    ) -> Result<Option<Map<String, Value>>, tongban_exchange::Error> {
        if self.silent.load(Ordering::Relaxed) {
            std::future::pending::<()>().await;
        }
        if subject.number != uscc() {
            return Ok(None);
        }
        let (name, number, status) = self.entry.lock().unwrap().clone();
        Ok(Some(Map::from_iter([
            ("name".to_owned(), json!("示范市蜀香小馆")),
            ("representative".to_owned(), json!(name)),
            ("number".to_owned(), json!(number)),
            ("status".to_owned(), json!(status)),
        ])))
    }
}

pub fn rules() -> RepresentationRules {
    RepresentationRules {
        register: "test:enterprises".to_owned(),
        name_field: "name".to_owned(),
        representative_field: "representative".to_owned(),
        number_field: "number".to_owned(),
        status_field: "status".to_owned(),
        in_business: vec!["存续".to_owned()],
        days: 90,
        organisation: "示范市政务服务平台".to_owned(),
        region: region(),
    }
}

pub fn code(error: Error) -> String {
    match error {
        Error::Refused(refusal) => refusal.code.to_owned(),
        Error::Identity(tongban_identity::Error::Refused(refusal)) => refusal.code.to_owned(),
        Error::NotFound => "not found".to_owned(),
        Error::Denied(_) => "denied".to_owned(),
        other => panic!("{other:?}"),
    }
}

impl Town {
    pub fn open(kit: &Kit) -> Self {
        let store = kit.store.clone();
        let register = Arc::new(Register {
            silent: AtomicBool::new(false),
            entry: Mutex::new((GRANDSON.0.to_owned(), number(GRANDSON), "存续".to_owned())),
        });
        let exchange = Exchange::new(
            store.clone(),
            Arc::new(RepresentationPurpose::new(store.clone(), rules())),
            http_client().unwrap(),
        )
        .with_source(Arc::clone(&register) as Arc<dyn Source>);
        Self {
            store,
            exchange,
            register,
        }
    }

    /// Registers somebody; answers the account.
    pub async fn register(&self, kind: PartyKind, name: &'static str, number: String) -> Uuid {
        let new = NewParty {
            kind,
            name: name.to_owned(),
            number,
            phone: None,
            password: Some(hash_password("correct-horse-1").await.unwrap()),
        };
        self.store
            .write(Signer::system(), move |tx| {
                let new = new.clone();
                async move { register_party(&tx, &Actor::System, new).await }
            })
            .await
            .unwrap()
    }

    /// Registers a person and signs them in.
    pub async fn person(&self, who: Who) -> Session {
        let account = self.register(PartyKind::Person, who.0, number(who)).await;
        self.sign_in(account).await
    }

    /// A clerk with an account of this name.
    pub async fn clerk_called(&self, name: &'static str) -> Actor {
        let Actor::Staff { post, .. } = staff(Role::Clerk) else {
            panic!("staff");
        };
        let new = NewStaff {
            login: "clerk.own".to_owned(),
            name: name.to_owned(),
            password: Some(hash_password("correct-horse-1").await.unwrap()),
            posts: vec![post.clone()],
        };
        let account = self
            .store
            .write(Signer::system(), move |tx| {
                let new = new.clone();
                async move { register_staff(&tx, &Actor::System, new).await }
            })
            .await
            .unwrap();
        Actor::staff(account, post)
    }

    pub async fn sign_in(&self, account: Uuid) -> Session {
        self.store
            .write(Signer::system(), move |tx| async move {
                open_session_for(&tx, account).await
            })
            .await
            .unwrap()
            .session
    }

    pub async fn give(&self, actor: &Actor, input: GiveMandate) -> Result<Uuid, Error> {
        let by = actor.clone();
        let own = own_sessions(&self.store, actor).await.unwrap_or_default();
        let session = own.first().map_or(input.session, |session| session.id);
        let input = GiveMandate { session, ..input };
        self.store
            .write(actor.signer(), move |tx| {
                let (by, input) = (by.clone(), input.clone());
                async move { give_mandate(&tx, &by, &MandateRules::default(), input).await }
            })
            .await
    }

    pub async fn answer(&self, actor: &Actor, id: Uuid, accept: bool) -> Result<(), Error> {
        let by = actor.clone();
        self.store
            .write(actor.signer(), move |tx| {
                let by = by.clone();
                async move { answer_mandate(&tx, &by, id, accept).await }
            })
            .await
    }

    pub async fn end(&self, actor: &Actor, id: Uuid, side: Side) -> Result<(), Error> {
        let by = actor.clone();
        self.store
            .write(actor.signer(), move |tx| {
                let by = by.clone();
                async move { end_mandate(&tx, &by, id, side).await }
            })
            .await
    }

    pub async fn switch(&self, session: &Session, mandate: Uuid) -> Result<(), Error> {
        let budget = std::time::Duration::from_millis(200);
        begin_to_act(
            &self.store,
            &self.exchange,
            &session.actor,
            &rules(),
            (session.id, mandate),
            budget,
        )
        .await
    }

    pub async fn acting(&self, session: &Session) -> Acting {
        let (account, id) = (session.account.id, session.id);
        let now = live_session(&self.store, account, id).await.unwrap().unwrap();
        acting(&self.store, &now).await.unwrap()
    }

    /// Who acts in a session, where it acts for somebody else.
    pub async fn agent(&self, session: &Session) -> Actor {
        match self.acting(session).await {
            Acting::For(acting) => acting.actor,
            other => panic!("{other:?}"),
        }
    }

    pub async fn record(&self, actor: &Actor, input: RecordAtWindow) -> Result<Uuid, Error> {
        let by = actor.clone();
        self.store
            .write(actor.signer(), move |tx| {
                let (by, input) = (by.clone(), input.clone());
                async move { record_at_window(&tx, &by, &MandateRules::default(), input).await }
            })
            .await
    }

    pub async fn found(&self, actor: &Actor, number: String) -> Result<Vec<MandateView>, Error> {
        let by = actor.clone();
        self.store
            .write(actor.signer(), move |tx| {
                let (by, number) = (by.clone(), number.clone());
                async move { mandates_of(&tx, &by, &number).await }
            })
            .await
    }

    pub async fn claim(&self, actor: &Actor, claim: Claim) -> Result<Uuid, Error> {
        let budget = std::time::Duration::from_millis(200);
        claim_representation(&self.store, &self.exchange, actor, &rules(), claim, budget).await
    }

    /// A family mandate for everything, accepted: principal, agent, and its id.
    pub async fn family(&self) -> (Session, Session, Uuid) {
        let (grandmother, grandson) = (self.person(GRANDMOTHER).await, self.person(GRANDSON).await);
        let id = self.give(&grandmother.actor, offer(&self.store)).await.unwrap();
        self.answer(&grandson.actor, id, true).await.unwrap();
        (grandmother, grandson, id)
    }
}

pub fn today(store: &Store) -> NaiveDate {
    tongban_codes::civil::beijing_date(store.now())
}

/// The grandson, for everything, half a year.
pub fn offer(store: &Store) -> GiveMandate {
    GiveMandate {
        session: Uuid::nil(),
        kind: MandateKind::Family,
        agent_name: GRANDSON.0.to_owned(),
        agent_number: number(GRANDSON),
        everything: true,
        scope: Scope::default(),
        starts_on: None,
        ends_on: Some(today(store) + chrono::Duration::days(180)),
    }
}

pub fn one_item() -> Scope {
    Scope {
        items: vec![Named {
            id: Uuid::from_u128(7),
            name: "食品经营许可".to_owned(),
        }],
        organisations: Vec::new(),
    }
}

pub fn all() -> PageRequest {
    PageRequest::new(1, 100)
}
