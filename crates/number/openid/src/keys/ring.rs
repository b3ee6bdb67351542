//! The keys at hand: read from the database, and again when they may have changed there.

use std::sync::{Arc, PoisonError, RwLock};

use chrono::{DateTime, Duration, Utc};
use serde_json::{Value, json};
use tongban_crypto::{TokenAlgorithm, TokenKey};
use tongban_store::{Store, StoreError};

use super::{
    domain::{Phase, phase},
    row::{self, Stored},
};

/// After this the keys are looked at again: another process may have rotated them.
const LOOK_AGAIN: Duration = Duration::minutes(1);

/// The keys of all algorithms. Cheap to clone.
#[derive(Clone, Default)]
pub(crate) struct Ring(Arc<RwLock<Option<Arc<Held>>>>);

struct Held {
    read_at: DateTime<Utc>,
    /// Newest of each algorithm first.
    keys: Vec<Stored>,
}

impl Held {
    fn phase(&self, position: usize, now: DateTime<Utc>) -> Option<Phase> {
        let key = self.keys.get(position)?;
        let successor = self
            .keys
            .iter()
            .take(position)
            .filter(|newer| newer.algorithm == key.algorithm)
            .map(|newer| newer.signs_from)
            .min();
        Some(phase(key.signs_from, successor, now))
    }

    fn find(&self, now: DateTime<Utc>, wanted: impl Fn(&Stored, Phase) -> bool) -> Option<Arc<TokenKey>> {
        self.keys
            .iter()
            .enumerate()
            .find(|(position, key)| self.phase(*position, now).is_some_and(|phase| wanted(key, phase)))
            .map(|(_, key)| Arc::clone(&key.key))
    }
}

impl Ring {
    async fn held(&self, store: &Store) -> Result<Arc<Held>, StoreError> {
        let now = store.now();
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(held) = known
            && now - held.read_at < LOOK_AGAIN
            && now >= held.read_at
        {
            return Ok(held);
        }
        let held = Arc::new(Held {
            read_at: now,
            keys: row::all(store).await?,
        });
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&held));
        Ok(held)
    }

    /// Has the next use look at the database.
    pub(crate) fn forget(&self) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// The key that signs now.
    pub(crate) async fn signing(
        &self,
        store: &Store,
        algorithm: TokenAlgorithm,
    ) -> Result<Arc<TokenKey>, StoreError> {
        let held = self.held(store).await?;
        held.find(store.now(), |key, phase| {
            key.algorithm == algorithm && phase == Phase::Signs
        })
        .ok_or_else(|| StoreError::Corrupt(format!("no key signs with {}", algorithm.as_str())))
    }

    /// The claims of a token of ours of this kind; `None` for any other, and for keys that are gone.
    pub(crate) async fn verify(
        &self,
        store: &Store,
        kind: &str,
        token: &str,
    ) -> Result<Option<Value>, StoreError> {
        let Some((kid, _)) = TokenKey::named_by(token) else {
            return Ok(None);
        };
        let held = self.held(store).await?;
        let key = held.find(store.now(), |key, phase| {
            key.key.kid() == kid && phase != Phase::Gone
        });
        Ok(key.and_then(|key| key.verify(kind, token)))
    }

    /// The public keys of an algorithm for others (RFC 7517), those that sign later too.
    pub(crate) async fn jwks(&self, store: &Store, algorithm: TokenAlgorithm) -> Result<Value, StoreError> {
        let held = self.held(store).await?;
        let now = store.now();
        let keys: Vec<Value> = held
            .keys
            .iter()
            .enumerate()
            .filter(|(_, key)| key.algorithm == algorithm)
            .filter(|(position, _)| {
                held.phase(*position, now)
                    .is_some_and(|phase| phase != Phase::Gone)
            })
            .map(|(_, key)| key.key.jwk())
            .collect();
        Ok(json!({ "keys": keys }))
    }
}
