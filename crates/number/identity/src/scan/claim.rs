//! The screen takes the session that the phone allowed.

use tongban_store::{Signer, Store};

use super::{domain::ScanStanding, row};
use crate::{
    Error,
    accounts::query,
    error::refused,
    sessions::{OpenedSession, Way, open_session, row::close_by_token},
};

/// How the scan of this browser stands.
pub async fn scan_standing(store: &Store, browser: &str) -> Result<ScanStanding, Error> {
    let found = row::by_browser(store, browser).await?;
    Ok(found.map_or(ScanStanding::Ended, |row| ScanStanding::from_word(&row.state)))
}

/// Opens the session that the phone allowed: once. `replaces` is the token that the browser held before; its session ends.
///
/// Refusal: `identity.scan_not_approved`.
pub async fn claim_scan(
    store: &Store,
    browser: &str,
    replaces: Option<String>,
) -> Result<OpenedSession, Error> {
    let refused = || refused("identity.scan_not_approved", []);
    let found = row::by_browser(store, browser).await?.ok_or_else(refused)?;
    let (scan, account) = (found.id, found.account.ok_or_else(refused)?);
    store
        .write(Signer::nobody(), move |tx| {
            let replaces = replaces.clone();
            async move {
                if !row::take_approved(&tx, scan).await? {
                    return Err(refused());
                }
                let account = query::by_id(tx.connection(), account)
                    .await?
                    .ok_or_else(refused)?;
                if let Some(token) = &replaces {
                    close_by_token(&tx, token).await?;
                }
                open_session(&tx, &account, Way::Scan).await
            }
        })
        .await
}
