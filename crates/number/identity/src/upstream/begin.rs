//! Sends a browser to a platform.

use tongban_access::{Actor, PartyKind};
use tongban_store::{Signer, Store, StoreError};
use uuid::Uuid;

use super::{
    domain::{Secrets, Stage},
    provider::{UpstreamAsked, UpstreamProvider},
    row::{self, SECRETS_FIELD, ceremony},
};
use crate::{
    Error,
    error::{own_account, refused},
    sessions::query::own_session,
    sign_in::domain::may_change_ways_in,
};

/// What a browser is sent for.
#[derive(Clone)]
pub enum UpstreamFor {
    /// To sign in; anew where somebody is signed in here already, who wants to show that it is still them.
    SignIn { anew: bool },
    /// To link a person of the platform with the own account.
    Link { actor: Actor, session: Uuid },
}

/// Somebody pressed the button of a platform.
#[derive(Clone)]
pub struct BeginUpstream {
    pub wanted: UpstreamFor,
    /// Where the person wanted to go; a path of ours.
    pub back: String,
    /// A form that waits, sealed by the face.
    pub kept: Option<String>,
}

/// A browser that is to go to a platform. `Debug` prints nothing of it.
#[derive(Clone)]
pub struct BegunUpstream {
    /// Where it goes.
    pub address: String,
    /// For the browser alone: without it the answer is worth nothing.
    pub browser: String,
}

impl std::fmt::Debug for BegunUpstream {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("BegunUpstream").finish_non_exhaustive()
    }
}

/// The address to which a platform sends browsers back. Each has its own, so that none answers for another.
pub(super) fn redirect_of(home: &str, provider: &dyn UpstreamProvider) -> String {
    format!("{home}/sign-in/upstream/{}/callback", provider.id())
}

/// Begins; answers where the browser goes and what it keeps. `home` is where the site is reached, without a slash at the end.
///
/// Refusals: `identity.upstream_silent` (the platform does not answer). For a link also `identity.persons_only` and
/// `identity.sign_in_anew` (the session is older than 15 minutes, or showed nothing of the person's own).
pub async fn begin_upstream(
    store: &Store,
    provider: &dyn UpstreamProvider,
    home: &str,
    input: BeginUpstream,
) -> Result<BegunUpstream, Error> {
    let (session, anew) = match &input.wanted {
        UpstreamFor::SignIn { anew } => (None, *anew),
        UpstreamFor::Link { actor, session } => {
            let account = own_account(actor, "identity.link_upstream")?;
            if actor.holder_kind() != Some(PartyKind::Person) {
                return Err(refused("identity.persons_only", []));
            }
            let own = own_session(store, account, *session)
                .await?
                .ok_or(Error::NotFound)?;
            may_change_ways_in(&own, store.now())?;
            (Some(*session), false)
        }
    };
    let state = store.random_code();
    let browser = store.random_code();
    let asked = UpstreamAsked {
        state: state.clone(),
        nonce: store.random_code(),
        // PKCE asks for 43 characters at least
        verifier: format!("{}{}", store.random_code(), store.random_code()),
        redirect: redirect_of(home, provider),
        anew,
    };
    let address = provider.address(&asked).await.map_err(|trouble| {
        tracing::warn!(provider = provider.id(), error = %trouble, "a platform cannot be asked to sign somebody in");
        refused("identity.upstream_silent", [])
    })?;
    let secrets = Secrets {
        nonce: asked.nonce,
        verifier: asked.verifier,
        anew,
    };
    let row = ceremony::Model {
        id: Uuid::nil(),
        state_hash: row::state_hash(store, &state),
        browser_hash: row::browser_hash(store, &browser),
        provider: provider.id().to_owned(),
        session,
        stage: Stage::Asked.as_str().to_owned(),
        secrets_sealed: Some(row::sealed(store, SECRETS_FIELD, &secrets)?),
        person_sealed: None,
        back: input.back,
        kept: input.kept,
        at: store.now(),
    };
    store
        .write(Signer::nobody(), move |tx| {
            let row = ceremony::Model {
                id: tx.random_id(),
                at: tx.now(),
                ..row.clone()
            };
            async move { row::begin(&tx, row).await }
        })
        .await
        .map_err(|error: StoreError| error.into())
        .map(|()| BegunUpstream { address, browser })
}
