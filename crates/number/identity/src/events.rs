//! What later rooms are told.

use serde::{Deserialize, Serialize};
use tongban_store::Event;
use uuid::Uuid;

/// Sessions of an account were ended before their time. Those that run out by rest or age are not told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionsEnded {
    pub account: Uuid,
    /// The one that ended; none: all of them.
    pub session: Option<Uuid>,
    /// The one that stays, where all others ended.
    pub kept: Option<Uuid>,
    /// Whether everything ends that anybody let the account into: it was closed, merged, or given back at a window.
    pub for_good: bool,
}

impl Event for SessionsEnded {
    const TOPIC: &'static str = "identity.sessions_ended";
}

impl SessionsEnded {
    pub(crate) fn one(account: Uuid, session: Uuid) -> Self {
        Self {
            account,
            session: Some(session),
            kept: None,
            for_good: false,
        }
    }

    pub(crate) fn of(account: Uuid, kept: Option<Uuid>) -> Self {
        Self {
            account,
            session: None,
            kept,
            for_good: false,
        }
    }

    pub(crate) fn for_good(account: Uuid) -> Self {
        Self {
            for_good: true,
            ..Self::of(account, None)
        }
    }
}
