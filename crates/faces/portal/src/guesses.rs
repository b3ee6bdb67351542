//! A brake on guessing: a case number or licence identifier with a second fact may be tried a few times, then not for a while.

use chrono::Duration;
use tongban_store::Brake;
use tongban_web::WebError;

use crate::{PortalState, told::Told};

/// Five tries for one number, then a rest until fifteen minutes after the first.
const GUESSES: Brake = Brake {
    kind: "second-fact",
    most: 5,
    window: Duration::minutes(15),
};

/// Letters and digits alone: the same number in another spelling is the same number.
fn plain(about: &str) -> String {
    about
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|letter| letter.to_ascii_uppercase())
        .collect()
}

/// Counts a try and refuses when there were too many. The demo listens on loopback alone and is exempt.
pub(crate) async fn count(state: &PortalState, about: &str) -> Result<(), WebError> {
    if state.demo.is_some() {
        return Ok(());
    }
    match state.store.brake(GUESSES, &plain(about)).await.told()? {
        None => Ok(()),
        Some(seconds) => Err(WebError::too_many(seconds)),
    }
}

/// Forgets the tries: the second fact was right.
pub(crate) async fn right(state: &PortalState, about: &str) -> Result<(), WebError> {
    if state.demo.is_some() {
        return Ok(());
    }
    state.store.release(GUESSES, &plain(about)).await.told()
}
