//! New keys: the first ones, those that are due, and those that an operator wants at once.

use tongban_crypto::TokenAlgorithm;
use tongban_store::{AuditEntry, Signer, Store, StoreError, Tx};

use super::{
    domain::{AHEAD, STAYS, is_due},
    row,
};

/// How an operator takes new keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rotation {
    /// The new keys are published now and sign in a day; the old ones verify what they signed.
    Planned,
    /// The old keys are known to others: the new ones sign at once, and nothing that the old ones signed holds.
    AtOnce,
}

/// Makes the first key of each algorithm, once in an installation.
pub(crate) async fn ensure(store: &Store) -> Result<(), StoreError> {
    store
        .write(Signer::system(), |tx| async move {
            for algorithm in TokenAlgorithm::ALL {
                // of two processes that start at once, one writes
                if tx
                    .once(&format!("openid.first_key:{}", algorithm.as_str()))
                    .await?
                {
                    take(&tx, algorithm, Rotation::AtOnce).await?;
                }
            }
            Ok(())
        })
        .await
}

/// Takes a new key where the newest has signed long enough, and removes those whose signatures nobody looks at any more.
pub(crate) async fn rotate_if_due(tx: &Tx) -> Result<(), StoreError> {
    for algorithm in TokenAlgorithm::ALL {
        let begins = row::begins(tx, algorithm).await?;
        if begins.first().is_none_or(|newest| is_due(*newest, tx.now())) {
            take(tx, algorithm, Rotation::Planned).await?;
        }
        // the newest one that has taken over for long enough: what stood before it goes
        if let Some(since) = begins.iter().find(|since| **since + STAYS <= tx.now()) {
            row::remove_before(tx, algorithm, *since).await?;
        }
    }
    Ok(())
}

/// Takes a new key for each algorithm.
pub async fn rotate_keys(store: &Store, rotation: Rotation) -> Result<Vec<String>, StoreError> {
    store
        .write(Signer::system(), move |tx| async move {
            let mut kids = Vec::new();
            for algorithm in TokenAlgorithm::ALL {
                if rotation == Rotation::AtOnce {
                    row::remove_before(&tx, algorithm, tx.now() + AHEAD * 2).await?;
                }
                kids.push(take(&tx, algorithm, rotation).await?);
            }
            Ok(kids)
        })
        .await
}

async fn take(tx: &Tx, algorithm: TokenAlgorithm, rotation: Rotation) -> Result<String, StoreError> {
    let signs_from = match rotation {
        Rotation::Planned => tx.now() + AHEAD,
        Rotation::AtOnce => tx.now(),
    };
    let kid = row::insert(tx, algorithm, signs_from).await?;
    tx.audit(
        AuditEntry::new("openid.key_made")
            .on("key", &kid)
            .with("algorithm", algorithm.as_str())
            .with("signs_from", signs_from.to_rfc3339()),
    )
    .await?;
    Ok(kid)
}
