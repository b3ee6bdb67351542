//! An office with its staff.

use std::future::Future;

use tongban_access::{Actor, Post, Role};
use tongban_codes::RegionCode;
use tongban_directory::{NewOrganisation, ensure_organisation};
use tongban_identity::{
    AccountKind, Browser, NewStaff, PasswordSignIn, Session, hash_password, live_session, register_staff,
    sign_in_with_password,
};
use tongban_staff::Error;
use tongban_store::{Signer, Store, StoreError, Tx};
use tongban_testkit::MigrationTrait;
use uuid::Uuid;

pub const PASSWORD: &str = "correct-horse-1";

pub fn migrations() -> Vec<Box<dyn MigrationTrait>> {
    [
        tongban_store::migrations(),
        tongban_directory::migrations(),
        tongban_exchange::migrations(),
        tongban_identity::migrations(),
        tongban_staff::migrations(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

pub fn region(code: &str) -> RegionCode {
    RegionCode::parse_lenient(code).unwrap()
}

pub fn post(organisation: u128, role: Role) -> Post {
    Post {
        organisation: Uuid::from_u128(organisation),
        organisation_name: "示范市市场监督管理局".to_owned(),
        region: region("5199"),
        role,
    }
}

/// An operator of the city.
pub fn operator() -> Actor {
    Actor::staff(Uuid::from_u128(99), post(9, Role::Operator))
}

/// An operator of another city.
pub fn stranger() -> Actor {
    let post = Post {
        region: region("5101"),
        ..post(9, Role::Operator)
    };
    Actor::staff(Uuid::from_u128(98), post)
}

/// Runs an act for somebody.
pub async fn act<T, F, Fut, E>(store: &Store, actor: &Actor, run: F) -> Result<T, E>
where
    T: Send + 'static,
    E: From<StoreError> + Send + 'static,
    F: Fn(Tx, Actor) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<T, E>> + Send + 'static,
{
    let by = actor.clone();
    store.write(actor.signer(), move |tx| run(tx, by.clone())).await
}

pub async fn employ(store: &Store, login: &'static str, posts: Vec<Post>) -> Uuid {
    let new = NewStaff {
        login: login.to_owned(),
        name: format!("王{login}"),
        password: Some(hash_password(PASSWORD).await.unwrap()),
        posts,
    };
    store
        .write(Signer::system(), move |tx| {
            let new = new.clone();
            async move { register_staff(&tx, &Actor::System, new).await }
        })
        .await
        .unwrap()
}

/// A session by password: no second factor yet.
pub async fn sign_in(store: &Store, login: &str) -> Session {
    let input = PasswordSignIn {
        kind: AccountKind::Staff,
        name: login.to_owned(),
        password: PASSWORD.to_owned(),
        browser: Browser::default(),
    };
    sign_in_with_password(store, input).await.unwrap().session
}

/// The same session, as it is now.
pub async fn again(store: &Store, session: &Session) -> Option<Session> {
    live_session(store, session.account.id, session.id).await.unwrap()
}

pub fn code<T>(result: Result<T, Error>) -> Option<&'static str> {
    match result {
        Ok(_) => None,
        Err(Error::Refused(refusal)) => Some(refusal.code),
        Err(Error::Identity(tongban_identity::Error::Refused(refusal))) => Some(refusal.code),
        Err(Error::Denied(denied)) if denied.second_factor => Some("second factor"),
        Err(Error::Denied(_)) => Some("denied"),
        Err(Error::NotFound) => Some("not found"),
        Err(_) => Some("failed"),
    }
}

/// The organisations that lists name.
pub async fn organisations(store: &Store) {
    for (name, code, place) in [
        ("示范市市场监督管理局", "11519900MB0000001A", "5199"),
        ("示范市卫生健康委员会", "11519900MB0000002B", "5199"),
        ("省会市卫生健康委员会", "11510100MB0000003C", "5101"),
    ] {
        store
            .write(Signer::system(), move |tx| async move {
                let new = NewOrganisation {
                    name: name.to_owned(),
                    code: code.to_owned(),
                    region: region(place),
                    short_name: None,
                    phone: None,
                    address: None,
                    placeholder: false,
                };
                ensure_organisation(&tx, new).await.map(|_| ())
            })
            .await
            .unwrap();
    }
}
