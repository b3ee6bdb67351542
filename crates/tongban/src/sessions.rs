//! Sessions of the identity room, as the faces read them.

use async_trait::async_trait;
use tongban_access::{Actor, Assurance, PartyKind};
use tongban_store::Store;
use tongban_web::{SessionSource, SignedIn, SignedInKind, SignedInView, WebError};

/// Looks session tokens up in the database.
#[derive(Debug, Clone)]
pub struct StoredSessions(pub Store);

#[async_trait]
impl SessionSource for StoredSessions {
    async fn load(&self, token: &str) -> Result<Option<SignedIn>, WebError> {
        let session = tongban_identity::load_session(&self.0, token)
            .await
            .map_err(WebError::internal)?;
        Ok(session.map(|session| {
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
            SignedIn {
                view: SignedInView {
                    name,
                    kind,
                    acting_for: None,
                    organisation: post.map(|post| post.organisation_name.clone()),
                    roles: post
                        .map(|post| post.role.as_str().to_owned())
                        .into_iter()
                        .collect(),
                },
                actor: session.actor.clone(),
                session_id: session.id,
                data: Some(std::sync::Arc::new(session)),
            }
        }))
    }
}
