//! Hashing and checking passwords: outside every act, on threads of their own, a few at a time.
//!
//! One hash takes 19 MiB and tens of milliseconds. Inside an act it would hold up every other writer; without a bound,
//! a crowd that signs in at once would take all memory.

use std::{
    num::NonZero,
    sync::{Arc, LazyLock},
    time::Duration,
};

use tokio::sync::Semaphore;
use tongban_crypto::password;
use tongban_store::StoreError;

use super::domain;
use crate::{Error, error::refused};

/// As many hashes at once as there are processors, but one: that one is for everybody else.
static HASHING: LazyLock<Arc<Semaphore>> = LazyLock::new(|| {
    let processors = std::thread::available_parallelism().map_or(2, NonZero::get);
    Arc::new(Semaphore::new(processors.saturating_sub(1).max(1)))
});
/// How long somebody waits for a turn before being told to come back.
const LONGEST_WAIT: Duration = Duration::from_secs(10);
/// How many wait for a turn. Who comes when so many wait is told at once.
static WAITING: LazyLock<Arc<Semaphore>> = LazyLock::new(|| Arc::new(Semaphore::new(MOST_WAITING)));
const MOST_WAITING: usize = 200;

/// A password that was judged and hashed. Only [`hash_password`] makes one.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(String);

impl PasswordHash {
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    pub(crate) fn into_text(self) -> String {
        self.0
    }
}

impl std::fmt::Debug for PasswordHash {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("PasswordHash")
    }
}

/// Judges a new password and hashes it. Never called inside a `write`.
///
/// Refusals: `identity.password_short`, `identity.password_long`, `identity.password_weak`, `identity.busy`.
pub async fn hash_password(plain: &str) -> Result<PasswordHash, Error> {
    domain::check_new_password(plain, &[])?;
    hash(plain.to_owned()).await
}

async fn hash(plain: String) -> Result<PasswordHash, Error> {
    let hashed = in_turn(move || password::hash(&plain)).await?;
    Ok(PasswordHash(hashed.map_err(StoreError::from)?))
}

/// What checking a password told.
#[derive(Clone)]
pub(crate) struct Checked {
    pub(crate) right: bool,
    /// The same password under today's cost, when the stored hash is weaker.
    pub(crate) stronger: Option<PasswordHash>,
}

/// Checks a password against a stored hash. Without one (nobody has that name, or the account has no password) it takes as long
/// and answers no.
pub(crate) async fn check_password(plain: &str, stored: Option<String>) -> Result<Checked, Error> {
    let known = stored.is_some();
    let stored = stored.unwrap_or_else(|| password::NOBODY.to_owned());
    let weak = password::needs_rehash(&stored);
    let tried = plain.to_owned();
    let matches = in_turn(move || password::try_verify(&tried, &stored))
        .await?
        .map_err(StoreError::from)?;
    let right = known && matches;
    let stronger = if right && weak {
        Some(hash(plain.to_owned()).await?)
    } else {
        None
    };
    Ok(Checked { right, stronger })
}

/// Runs heavy work on a thread for it, when its turn comes. The turn ends with the work, even when nobody waits any more.
async fn in_turn<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Error> {
    let place = Arc::clone(&WAITING)
        .try_acquire_owned()
        .map_err(|_| refused("identity.busy", []))?;
    let turn = tokio::time::timeout(LONGEST_WAIT, Arc::clone(&HASHING).acquire_owned())
        .await
        .map_err(|_| refused("identity.busy", []))?
        .map_err(|_| StoreError::Unavailable("password hashing has stopped"))?;
    drop(place);
    let work = tokio::task::spawn_blocking(move || {
        let answer = work();
        drop(turn);
        answer
    });
    Ok(work
        .await
        .map_err(|_| StoreError::Unavailable("a password hash stopped in the middle"))?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn checks_right_wrong_and_nobody() {
        let hashed = hash_password("mingyueqiansong").await.unwrap().into_text();
        assert!(
            check_password("mingyueqiansong", Some(hashed.clone()))
                .await
                .unwrap()
                .right
        );
        assert!(!check_password("abcd1235", Some(hashed)).await.unwrap().right);
        assert!(!check_password("mingyueqiansong", None).await.unwrap().right);
        assert!(!check_password("", None).await.unwrap().right);
    }

    #[tokio::test]
    async fn a_weaker_hash_is_made_anew() {
        let weak = password::hash_with_cost("mingyueqiansong", password::Cost::Testing).unwrap();
        let checked = check_password("mingyueqiansong", Some(weak.clone()))
            .await
            .unwrap();
        assert!(checked.right);
        assert!(!password::needs_rehash(checked.stronger.unwrap().as_str()));
        assert!(
            check_password("wrong", Some(weak))
                .await
                .unwrap()
                .stronger
                .is_none()
        );
    }
}
