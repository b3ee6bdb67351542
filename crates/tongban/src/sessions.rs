//! Sessions of the identity room, as the faces read them.

use async_trait::async_trait;
use tongban_access::{Actor, Assurance, PartyKind};
use tongban_mandates::Acting;
use tongban_store::Store;
use tongban_web::{ActingForView, SessionSource, SignedIn, SignedInKind, SignedInView, WebError};

/// Looks session tokens up in the database.
#[derive(Debug, Clone)]
pub struct StoredSessions(pub Store);

#[async_trait]
impl SessionSource for StoredSessions {
    async fn load(&self, token: &str) -> Result<Option<SignedIn>, WebError> {
        let session = tongban_identity::load_session(&self.0, token)
            .await
            .map_err(WebError::internal)?;
        let Some(mut session) = session else {
            return Ok(None);
        };
        if let Some(deputy) = tongban_staff::standing(&self.0, &session)
            .await
            .map_err(WebError::internal)?
        {
            session.actor = deputy;
        }
        let acting = tongban_mandates::acting(&self.0, &session)
            .await
            .map_err(WebError::internal)?;
        Ok(Some({
            let (kind, name) = match &session.actor {
                Actor::Party {
                    party: PartyKind::Enterprise,
                    ..
                } => (
                    SignedInKind::Enterprise,
                    PartyKind::Enterprise.shown_name(&session.account.name),
                ),
                Actor::Staff { .. } => (
                    SignedInKind::Staff,
                    PartyKind::Person.shown_name(&session.account.name),
                ),
                // all that is known is the phone, and that is masked already
                actor if actor.assurance() == Some(Assurance::Registered) => {
                    (SignedInKind::Resident, session.account.name.clone())
                }
                _ => (
                    SignedInKind::Resident,
                    PartyKind::Person.shown_name(&session.account.name),
                ),
            };
            let post = session.actor.post();
            let (actor, kind, acting_for, ended) = match acting {
                Acting::Oneself => (session.actor.clone(), kind, None, None),
                Acting::Ended { principal_name } => (session.actor.clone(), kind, None, Some(principal_name)),
                Acting::For(acting) => {
                    let kind = match acting.principal_kind {
                        PartyKind::Person => SignedInKind::Resident,
                        PartyKind::Enterprise => SignedInKind::Enterprise,
                    };
                    let principal = ActingForView {
                        // whom one acts for must not be mistaken for somebody of the same family name
                        name: acting.principal_name,
                        role: acting.kind.as_str().to_owned(),
                    };
                    (acting.actor, kind, Some(principal), None)
                }
            };
            SignedIn {
                view: SignedInView {
                    name,
                    kind,
                    acting_for,
                    acting_ended: ended,
                    organisation: post.map(|post| post.organisation_name.clone()),
                    roles: post
                        .map(|post| post.role.as_str().to_owned())
                        .into_iter()
                        .collect(),
                },
                actor,
                session_id: session.id,
                data: Some(std::sync::Arc::new(session)),
            }
        }))
    }
}
