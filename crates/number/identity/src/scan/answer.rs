//! The phone asks its holder, and answers for them.

use chrono::{DateTime, Utc};
use tongban_access::{Actor, Denied};
use tongban_store::{AuditEntry, Store};
use uuid::Uuid;

use super::{domain::ScanStanding, row};
use crate::{Error, error::refused};

/// What the phone shows about the screen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScanView {
    /// What the screen's browser calls itself.
    pub device: String,
    pub at: DateTime<Utc>,
}

/// Persons and firms scan; members of staff sign in at their own desk.
fn scanner(actor: &Actor) -> Result<Uuid, Denied> {
    actor
        .holder()
        .filter(|_| actor.holder_kind().is_some())
        .ok_or(Denied::new(actor, "identity.scan"))
}

/// Looks at the screen of a code; from then on the screen says so.
///
/// Refusal: `identity.scan_ended` (too late, answered, or never there).
pub async fn see_scan(store: &Store, actor: &Actor, code: &str) -> Result<ScanView, Error> {
    scanner(actor)?;
    let ended = || refused("identity.scan_ended", []);
    let found = row::by_code(store, code).await?.ok_or_else(ended)?;
    match ScanStanding::from_word(&found.state) {
        ScanStanding::Open | ScanStanding::Seen => {}
        _ => return Err(ended()),
    }
    let id = found.id;
    store
        .write(actor.as_holder().signer(), move |tx| async move {
            row::advance(&tx, id, &[ScanStanding::Open], ScanStanding::Seen, None).await
        })
        .await?;
    Ok(ScanView {
        device: found.device,
        at: found.at,
    })
}

/// Says yes or no to the screen of a code.
///
/// Refusal: `identity.scan_ended`.
pub async fn answer_scan(store: &Store, actor: &Actor, code: &str, yes: bool) -> Result<(), Error> {
    let account = scanner(actor)?;
    let ended = || refused("identity.scan_ended", []);
    let found = row::by_code(store, code).await?.ok_or_else(ended)?;
    let to = if yes {
        ScanStanding::Approved
    } else {
        ScanStanding::Refused
    };
    let id = found.id;
    let answered = store
        .write(actor.as_holder().signer(), move |tx| async move {
            let open = [ScanStanding::Open, ScanStanding::Seen];
            let answered = row::advance(&tx, id, &open, to, Some(account)).await?;
            if answered {
                tx.audit(
                    AuditEntry::new("identity.scan_answered")
                        .on("account", account)
                        .with("answer", to.as_str()),
                )
                .await?;
            }
            Ok::<_, Error>(answered)
        })
        .await?;
    if answered { Ok(()) } else { Err(ended()) }
}
