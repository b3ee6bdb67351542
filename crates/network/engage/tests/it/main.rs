//! Messages about cases, on both databases.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "tests stop at the first surprise"
)]

mod mandates;
mod messages;
mod notices;
#[path = "../../../../ground/testkit/shared/everything_at_rest.rs"]
mod rest;
mod told;
#[path = "../../../../ground/testkit/shared/city_of_cases.rs"]
#[expect(dead_code, reason = "the room of cases needs more of its world")]
mod world;

use std::sync::Arc;

use tongban_access::Actor;
use tongban_courier::ScreenSink;
use tongban_engage::{Message, Settings, messages, wire};
use tongban_store::{PageRequest, Store, Worker};
use tongban_testkit::MigrationTrait;

const SITE: &str = "https://tongban.example.invalid";

fn migrations() -> Vec<Box<dyn MigrationTrait>> {
    world::migrations()
        .into_iter()
        .chain(tongban_engage::migrations())
        .collect()
}

fn settings() -> Settings {
    Settings {
        public_address: SITE.to_owned(),
    }
}

/// This room's worker; short messages stay where they were planned.
fn worker(store: &Store) -> Worker {
    wire(Worker::new(store.clone()), &settings())
}

/// The same with a telephone that shows what came.
fn worker_with_telephone(store: &Store) -> (Worker, ScreenSink) {
    let sink = ScreenSink::new();
    (tongban_courier::wire(worker(store), Arc::new(sink.clone())), sink)
}

/// The messages of an account, oldest first.
async fn told(store: &Store, actor: &Actor) -> Vec<Message> {
    let mut rows = messages(store, actor, PageRequest::new(1, 50))
        .await
        .unwrap()
        .rows;
    rows.reverse();
    rows
}
