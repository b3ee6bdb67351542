//! A brake on guessing: a case number or licence identifier with a second fact may be tried a few times, then not for a while.
//! Pages and API share the count.

use chrono::Duration;
use tongban_store::{Brake, Store};

use crate::errors::WebError;

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

/// Counts a try and refuses when there were too many.
pub async fn count(store: &Store, about: &str) -> Result<(), WebError> {
    match store.brake(GUESSES, &plain(about)).await? {
        None => Ok(()),
        Some(seconds) => Err(WebError::too_many(seconds)),
    }
}

/// Forgets the tries: the second fact was right.
pub async fn right(store: &Store, about: &str) -> Result<(), WebError> {
    Ok(store.release(GUESSES, &plain(about)).await?)
}
