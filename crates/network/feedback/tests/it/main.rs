//! Ratings and their follow-up, on both databases.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "tests stop at the first surprise"
)]

mod by_link;
mod follow_ups;
mod ratings;
#[path = "../../../../ground/testkit/shared/city_of_cases.rs"]
#[expect(dead_code, reason = "the room of cases needs more of its world")]
mod world;

use tongban_access::Actor;
use tongban_feedback::{AnswerFollowUp, Error, GiveRating, answer_follow_up, give_rating};
use tongban_store::Store;
use tongban_testkit::MigrationTrait;
use uuid::Uuid;

fn migrations() -> Vec<Box<dyn MigrationTrait>> {
    world::migrations()
        .into_iter()
        .chain(tongban_engage::migrations())
        .chain(tongban_feedback::migrations())
        .collect()
}

fn rating(case: Uuid, score: u8) -> GiveRating {
    GiveRating {
        case,
        score,
        tags: Vec::new(),
        words: String::new(),
        anonymous: false,
    }
}

async fn give(store: &Store, actor: &Actor, input: GiveRating) -> Result<(), Error> {
    let actor = actor.clone();
    store
        .write(actor.signer(), move |tx| {
            let (actor, input) = (actor.clone(), input.clone());
            async move { give_rating(&tx, &actor, input).await }
        })
        .await
}

async fn answer(store: &Store, actor: &Actor, follow_up: Uuid, words: &str) -> Result<(), Error> {
    let (actor, input) = (
        actor.clone(),
        AnswerFollowUp {
            follow_up,
            answer: words.to_owned(),
        },
    );
    store
        .write(actor.signer(), move |tx| {
            let (actor, input) = (actor.clone(), input.clone());
            async move { answer_follow_up(&tx, &actor, input).await }
        })
        .await
}

/// The code with which a use case was refused.
#[track_caller]
fn refused<T>(answer: Result<T, Error>) -> &'static str {
    match answer {
        Err(Error::Refused(refusal)) => refusal.code,
        Err(other) => panic!("not refused but: {other:?}"),
        Ok(_) => panic!("not refused"),
    }
}
