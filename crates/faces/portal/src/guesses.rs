//! A brake on guessing: a case number or licence identifier with a second fact may be tried a few times, then not for a while.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use chrono::{DateTime, Duration, Utc};
use tongban_web::WebError;

use crate::PortalState;

/// Wrong tries for one number within [`WINDOW`].
const MOST: usize = 5;
const WINDOW: Duration = Duration::minutes(15);
/// Numbers remembered at once; when there are more, those longest ago are forgotten.
const REMEMBERED: usize = 10_000;

/// Wrong tries by keyed hash of what was asked about. In the memory of this process: each node allows its own few.
#[derive(Debug, Clone, Default)]
pub(crate) struct Guesses(Arc<Mutex<HashMap<String, Vec<DateTime<Utc>>>>>);

impl Guesses {
    /// Refuses when this number was tried too often. The demo listens on loopback alone and is exempt.
    pub(crate) fn check(&self, state: &PortalState, about: &str) -> Result<(), WebError> {
        if state.demo.is_some() {
            return Ok(());
        }
        let now = state.store.now();
        let tries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let recent: Vec<_> = tries
            .get(&key(state, about))
            .into_iter()
            .flatten()
            .filter(|at| **at + WINDOW > now)
            .collect();
        if recent.len() < MOST {
            return Ok(());
        }
        let again = recent.first().map_or(WINDOW, |first| **first + WINDOW - now);
        Err(WebError::too_many(
            u64::try_from(again.num_seconds()).unwrap_or(1).max(1),
        ))
    }

    /// Counts a wrong try.
    pub(crate) fn missed(&self, state: &PortalState, about: &str) {
        let now = state.store.now();
        let mut tries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if tries.len() >= REMEMBERED {
            tries.retain(|_, at| at.last().is_some_and(|last| *last + WINDOW > now));
        }
        if tries.len() >= REMEMBERED
            && let Some(oldest) = tries
                .iter()
                .min_by_key(|(_, at)| at.last().copied())
                .map(|(key, _)| key.clone())
        {
            tries.remove(&oldest);
        }
        let own = tries.entry(key(state, about)).or_default();
        own.retain(|at| *at + WINDOW > now);
        own.push(now);
    }
}

fn key(state: &PortalState, about: &str) -> String {
    state.store.keys().token_hash(&format!("guess|{about}"))
}
