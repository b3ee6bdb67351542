//! Opens a session.

use tongban_store::{AuditEntry, Tx};
use uuid::Uuid;

use super::{
    Browser, Session, Way,
    domain::Recognition,
    query::in_act,
    row::{close_by_token, insert, live, set_recognised},
};
use crate::{
    AccountKind, Error,
    accounts::{query, row::Loaded},
    error::refused,
    jobs,
};

/// A session that was just opened. The token is told once, to the browser that signed in; only its hash rests.
#[derive(Clone)]
pub struct OpenedSession {
    /// 160 bits, URL-safe: the value of the session cookie.
    pub token: String,
    pub session: Session,
}

impl std::fmt::Debug for OpenedSession {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("OpenedSession")
            .field("session", &self.session)
            .finish_non_exhaustive()
    }
}

/// Opens a session for an account that has shown who it is. The token is always new: what a browser brought along never
/// becomes a session.
///
/// Refusal: `identity.no_post` for staff without one.
pub(crate) async fn open_session(
    tx: &Tx,
    account: &Loaded,
    way: Way,
    browser: &Browser,
) -> Result<OpenedSession, Error> {
    if let Some(token) = &browser.token {
        close_by_token(tx, token).await?;
    }
    let token = tx.random_code();
    let row = insert(tx, account.row.id, &token, way, &browser.device).await?;
    let session =
        live(tx.store(), &row, account, tx.now())?.ok_or_else(|| refused("identity.no_post", []))?;
    tx.audit(
        AuditEntry::new("identity.signed_in")
            .on("account", account.row.id)
            .with("way", way.as_str())
            .with("as", session.actor.word())
            .with("device", browser.device.clone()),
    )
    .await?;
    jobs::plan_sweep(tx).await?;
    Ok(OpenedSession { token, session })
}

/// Opens a session for a member of staff by a code that an operator handed over; whether it was right, the room of staff has looked.
pub async fn open_session_by_staff_code(
    tx: &Tx,
    account: Uuid,
    browser: &Browser,
) -> Result<OpenedSession, Error> {
    let account = query::by_id_held(tx, account).await?.ok_or(Error::NotFound)?;
    let account = query::with_posts(tx.connection(), account).await?;
    if account.kind()? != AccountKind::Staff {
        return Err(Error::NotFound);
    }
    let opened = open_session(tx, &account, Way::Code, browser).await?;
    set_recognised(
        tx,
        account.row.id,
        opened.session.id,
        Recognition::StaffCode,
        AccountKind::Staff,
    )
    .await?;
    let session = in_act(tx, opened.session.id)
        .await?
        .ok_or_else(|| refused("identity.no_post", []))?;
    Ok(OpenedSession { session, ..opened })
}

/// Opens a session without a proof, for the one-click sign-in of the demo. The binary wires a route to it under `demo` only.
pub async fn open_session_for(tx: &Tx, account: Uuid) -> Result<OpenedSession, Error> {
    let account = query::by_id(tx.connection(), account)
        .await?
        .ok_or(Error::NotFound)?;
    open_session(tx, &account, Way::Demo, &Browser::default()).await
}
