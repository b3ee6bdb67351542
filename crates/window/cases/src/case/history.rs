//! What happened to a case, line by line. Never changed, only added to.

use tongban_access::Actor;
use uuid::Uuid;

/// What a line of the history can tell of. Pages have a sentence for each.
pub const HISTORY_KINDS: [&str; 23] = [
    "submitted",
    "supplement_asked",
    "supplement_served",
    "supplement_reminded",
    "supplemented",
    "attended",
    "material_followed",
    "accepted",
    "accepted_by_silence",
    "not_accepted",
    "non_acceptance_served",
    "lapsed",
    "lapse_served",
    "special_started",
    "special_ended",
    "limit_extended",
    "date_known",
    "step",
    "granted",
    "renewed_by_silence",
    "refused",
    "delivered",
    "withdrawn",
];

/// A new line of the history.
pub(crate) struct Line<'text> {
    pub case: Uuid,
    /// One of [`HISTORY_KINDS`].
    pub kind: &'static str,
    pub note: Option<&'text str>,
    pub document: Option<Uuid>,
}

/// Who acted, in words that the applicant may read: the office, not the officer's name.
pub(crate) fn label(actor: &Actor) -> String {
    match actor {
        Actor::Nobody | Actor::System => String::new(),
        Actor::Party { agency: Some(_), .. } => "agent".to_owned(),
        Actor::Party { .. } => "applicant".to_owned(),
        Actor::Staff { post, .. } => post.organisation_name.clone(),
    }
}
