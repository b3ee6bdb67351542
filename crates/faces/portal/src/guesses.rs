//! The brake on guessing, as the pages use it.

use tongban_web::{WebError, guesses};

use crate::PortalState;

/// Counts a try and refuses when there were too many. The demo listens on loopback alone and is exempt.
pub(crate) async fn count(state: &PortalState, about: &str) -> Result<(), WebError> {
    if state.demo.is_some() {
        return Ok(());
    }
    guesses::count(&state.store, about).await
}

/// Forgets the tries: the second fact was right.
pub(crate) async fn right(state: &PortalState, about: &str) -> Result<(), WebError> {
    if state.demo.is_some() {
        return Ok(());
    }
    guesses::right(&state.store, about).await
}
