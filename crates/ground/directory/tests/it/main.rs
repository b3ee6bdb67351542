//! The directory on both databases.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "tests stop at the first surprise"
)]

mod calendar;
mod organisation;
mod region;
mod sheets;
mod uploads;
mod workbooks;

use tongban_access::{Actor, Post, Role};
use tongban_codes::RegionCode;
use tongban_directory::import::Source;
use tongban_testkit::MigrationTrait;
use uuid::Uuid;

fn migrations() -> Vec<Box<dyn MigrationTrait>> {
    [tongban_store::migrations(), tongban_directory::migrations()]
        .into_iter()
        .flatten()
        .collect()
}

fn code(text: &str) -> RegionCode {
    RegionCode::parse_lenient(text).unwrap()
}

fn source(name: &str, text: &str) -> Source {
    Source::parse(name, text.as_bytes()).unwrap()
}

fn staff(role: Role) -> Actor {
    let post = Post {
        organisation: Uuid::from_u128(1),
        organisation_name: "示范市政务服务局".to_owned(),
        region: code("5199"),
        role,
    };
    Actor::staff(Uuid::from_u128(2), post)
}

fn operator() -> Actor {
    staff(Role::Operator)
}

/// An operator of another region, with another account.
fn operator_of(place: &str) -> Actor {
    let post = operator().post().cloned().unwrap();
    Actor::staff(
        Uuid::from_u128(3),
        Post {
            region: code(place),
            ..post
        },
    )
}
