//! The screen takes the session that the phone allowed.

use tongban_store::{Signer, Store};

use super::{domain::ScanStanding, row};
use crate::{
    Error,
    accounts::query,
    error::refused,
    sessions::{Browser, OpenedSession, Way, open_session},
};

/// How the scan of this browser stands.
pub async fn scan_standing(store: &Store, browser: &str) -> Result<ScanStanding, Error> {
    let found = row::by_browser(store, browser).await?;
    Ok(found.map_or(ScanStanding::Ended, |row| ScanStanding::from_word(&row.state)))
}

/// Opens the session that the phone allowed: once. `waiting` is what the waiting browser holds.
///
/// Refusal: `identity.scan_not_approved`.
pub async fn claim_scan(store: &Store, waiting: &str, signs_in: Browser) -> Result<OpenedSession, Error> {
    let refused = || refused("identity.scan_not_approved", []);
    let found = row::by_browser(store, waiting).await?.ok_or_else(refused)?;
    let (scan, account) = (found.id, found.account.ok_or_else(refused)?);
    store
        .write(Signer::nobody(), move |tx| {
            let signs_in = signs_in.clone();
            async move {
                if !row::take_approved(&tx, scan).await? {
                    return Err(refused());
                }
                let account = query::by_id(tx.connection(), account)
                    .await?
                    .ok_or_else(refused)?;
                open_session(&tx, &account, Way::Scan, &signs_in).await
            }
        })
        .await
}
