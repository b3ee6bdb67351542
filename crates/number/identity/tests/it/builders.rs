//! Who the tests are about, and how they sign in.

use std::sync::Arc;

use chrono::NaiveDate;
use tongban_access::{Actor, PartyKind, Post, Role};
use tongban_codes::{CitizenNumber, OrganisationCode, RegionCode, Uscc};
use tongban_courier::ScreenSink;
use tongban_identity::{
    AccountKind, Browser, CodeSignIn, Error, NewParty, NewStaff, OpenedSession, PasswordSignIn, RequestCode,
    hash_password, register_party, register_staff, request_code, sign_in_with_code, sign_in_with_password,
};
use tongban_store::{PageRequest, Signer, Store, Stream, Worker};
use tongban_testkit::MigrationTrait;
use uuid::Uuid;

pub const PASSWORD: &str = "correct-horse-1";
pub const PHONE: &str = "10012345678";
pub const FIRM_PHONE: &str = "10087654321";
pub const LOGIN: &str = "clerk.wang";

pub fn migrations() -> Vec<Box<dyn MigrationTrait>> {
    [
        tongban_store::migrations(),
        tongban_exchange::migrations(),
        tongban_identity::migrations(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// A number that can belong to nobody.
pub fn citizen() -> String {
    let birth = NaiveDate::from_ymd_opt(1990, 5, 17).unwrap();
    CitizenNumber::generate("519900", birth, 12)
        .unwrap()
        .as_str()
        .to_owned()
}

/// A code that can belong to nobody.
pub fn uscc() -> String {
    let organisation = OrganisationCode::generate("MA9AAAA1").unwrap();
    Uscc::generate('9', '1', "519900", &organisation)
        .unwrap()
        .as_str()
        .to_owned()
}

pub fn post(organisation: u128, role: Role) -> Post {
    Post {
        organisation: Uuid::from_u128(organisation),
        organisation_name: "示范市市场监督管理局".to_owned(),
        region: RegionCode::parse("519900000000").unwrap(),
        role,
    }
}

pub fn operator() -> Actor {
    Actor::staff(Uuid::from_u128(99), post(9, Role::Operator))
}

pub async fn new_person() -> NewParty {
    NewParty {
        kind: PartyKind::Person,
        name: "王小明".to_owned(),
        number: citizen(),
        phone: Some(PHONE.to_owned()),
        password: Some(hash_password(PASSWORD).await.unwrap()),
    }
}

pub async fn new_firm() -> NewParty {
    NewParty {
        kind: PartyKind::Enterprise,
        name: "示范市好味道餐饮有限公司".to_owned(),
        number: uscc(),
        phone: Some(FIRM_PHONE.to_owned()),
        password: Some(hash_password(PASSWORD).await.unwrap()),
    }
}

pub async fn new_staff() -> NewStaff {
    NewStaff {
        login: LOGIN.to_owned(),
        name: "王窗口".to_owned(),
        password: Some(hash_password(PASSWORD).await.unwrap()),
        posts: vec![post(1, Role::Clerk), post(2, Role::Approver)],
    }
}

pub async fn register(store: &Store, actor: Actor, party: NewParty) -> Result<Uuid, Error> {
    store
        .write(actor.signer(), move |tx| {
            let (actor, party) = (actor.clone(), party.clone());
            async move { register_party(&tx, &actor, party).await }
        })
        .await
}

pub async fn employ(store: &Store, actor: Actor, staff: NewStaff) -> Result<Uuid, Error> {
    store
        .write(actor.signer(), move |tx| {
            let (actor, staff) = (actor.clone(), staff.clone());
            async move { register_staff(&tx, &actor, staff).await }
        })
        .await
}

pub async fn person(store: &Store) -> Uuid {
    register(store, Actor::System, new_person().await).await.unwrap()
}

pub async fn firm(store: &Store) -> Uuid {
    register(store, Actor::System, new_firm().await).await.unwrap()
}

pub async fn staff(store: &Store) -> Uuid {
    employ(store, Actor::System, new_staff().await).await.unwrap()
}

pub async fn by_password(
    store: &Store,
    kind: AccountKind,
    name: &str,
    password: &str,
) -> Result<OpenedSession, Error> {
    let (name, password) = (name.to_owned(), password.to_owned());
    sign_in_with_password(
        store,
        PasswordSignIn {
            kind,
            name,
            password,
            browser: Browser::default(),
        },
    )
    .await
}

pub async fn by_code(
    store: &Store,
    kind: AccountKind,
    name: &str,
    code: &str,
) -> Result<OpenedSession, Error> {
    let (name, code) = (name.to_owned(), code.to_owned());
    sign_in_with_code(
        store,
        CodeSignIn {
            kind,
            name,
            code,
            browser: Browser::default(),
        },
    )
    .await
}

/// Signs the person in.
pub async fn signed_in(store: &Store) -> OpenedSession {
    by_password(store, AccountKind::Person, PHONE, PASSWORD)
        .await
        .unwrap()
}

pub async fn ask(store: &Store, kind: AccountKind, name: &str) -> Result<(), Error> {
    let input = RequestCode {
        kind,
        name: name.to_owned(),
    };
    store
        .write(Signer::nobody(), move |tx| {
            let input = input.clone();
            async move { request_code(&tx, input).await }
        })
        .await
        .map(|_| ())
}

/// The telephones of the test, and the worker that sends to them.
pub fn telephones(store: &Store) -> (ScreenSink, Worker) {
    let sink = ScreenSink::new();
    let worker = Worker::new(store.clone());
    (
        sink.clone(),
        tongban_identity::wire(tongban_courier::wire(worker, Arc::new(sink))),
    )
}

/// The code of the newest message on a telephone.
pub fn code_on(sink: &ScreenSink, phone: &str) -> String {
    let message = sink.messages(phone).into_iter().next().unwrap();
    message
        .chars()
        .skip_while(|letter| !letter.is_ascii_digit())
        .take_while(char::is_ascii_digit)
        .collect()
}

/// A code that is not this one.
pub fn another(code: &str) -> String {
    let other = if code.starts_with('1') { "2" } else { "1" };
    format!("{other}{}", &code[1..])
}

#[track_caller]
pub fn code_of<T>(answer: Result<T, Error>) -> &'static str {
    match answer {
        Err(Error::Refused(refusal)) => refusal.code,
        Err(other) => panic!("not refused but: {other}"),
        Ok(_) => panic!("not refused"),
    }
}

#[track_caller]
pub fn is_denied<T>(answer: Result<T, Error>) {
    assert!(matches!(answer, Err(Error::Denied(_))));
}

/// The actions of the log about an account, oldest first.
pub async fn log_of(store: &Store, account: impl ToString) -> Vec<String> {
    store
        .log_of("account", &account.to_string())
        .await
        .unwrap()
        .into_iter()
        .map(|line| line.action)
        .collect()
}

/// Lines of the audit stream about one subject.
pub async fn log_about(store: &Store, blind: String) -> u64 {
    store
        .log_about(Stream::Audit, &[blind], PageRequest::new(1, 10))
        .await
        .unwrap()
        .total
}
