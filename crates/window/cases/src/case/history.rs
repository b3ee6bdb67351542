//! What happened to a case, line by line. Never changed, only added to.

use tongban_access::Actor;
use uuid::Uuid;

/// A new line of the history.
pub(crate) struct Line<'text> {
    pub case: Uuid,
    pub kind: &'static str,
    pub note: Option<&'text str>,
    pub document: Option<Uuid>,
}

/// Who acted, in words that the applicant may read: the office, not the officer's name.
pub(crate) fn label(actor: &Actor) -> String {
    match actor {
        Actor::Nobody | Actor::System => String::new(),
        Actor::Party { .. } => "applicant".to_owned(),
        Actor::Staff { post, .. } => post.organisation_name.clone(),
    }
}
