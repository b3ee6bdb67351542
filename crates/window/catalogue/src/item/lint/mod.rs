//! What is wrong with an item's content: the quality rules that provinces run on their lists.
//!
//! Pure: content and what is registered in, findings out, each with a stable code, the field and an English sentence. Findings block publication; an
//! imported library may be published with its findings, which are then kept as debts.

mod rules;
#[cfg(test)]
mod tests;

use tongban_directory::import::Finding;

use super::{domain::ItemContent, registered::Registered};

/// Every code that [`lint`] can answer, so that a test can ask whether each has a sentence in each language.
pub const LINT_CODES: &[&str] = &[
    "lint.missing",
    "lint.assurance",
    "lint.topic_audience",
    "lint.project_type",
    "lint.promise_longer",
    "lint.handling",
    "lint.result_kind",
    "lint.result_sample",
    "lint.result_licence_type",
    "lint.result_field",
    "lint.renewal",
    "lint.renewal_term",
    "lint.trips_reason",
    "lint.trips_reason_idle",
    "lint.post_missing",
    "lint.depth_trips",
    "lint.fee_incomplete",
    "lint.payment_idle",
    "lint.payment_unsaid",
    "lint.phone_equal",
    "lint.phone_area",
    "lint.permit_questions",
    "lint.permit_steps",
    "lint.permit_step_missing",
    "lint.step_role",
    "lint.first_review",
    "lint.first_review_twice",
    "lint.first_review_step",
    "lint.first_review_limit",
    "lint.first_review_basis",
    "lint.special_basis",
    "lint.duty_incomplete",
    "lint.duty_idle",
    "lint.resource_unknown",
    "lint.licence_type_unknown",
    "lint.situation_name",
    "lint.situation_unknown",
    "lint.address",
];

/// Lists what does not hold, in the order of the fields of a guide. Empty for content that may be published. `registered` is what
/// [`registered`](super::registered::registered) says of this content.
pub fn lint(content: &ItemContent, registered: &Registered) -> Vec<Finding> {
    let mut findings = Vec::new();
    rules::missing(content, &mut findings);
    rules::topics(content, &mut findings);
    rules::limits(content, &mut findings);
    rules::handling(content, &mut findings);
    rules::trips(content, &mut findings);
    rules::fees(content, &mut findings);
    rules::phones(content, &mut findings);
    rules::permit(content, &mut findings);
    rules::steps(content, &mut findings);
    rules::first_review(content, &mut findings);
    rules::special_procedures(content, &mut findings);
    rules::duties(content, &mut findings);
    rules::results(content, &mut findings);
    rules::situations(content, &mut findings);
    rules::addresses(content, &mut findings);
    rules::sources(content, registered, &mut findings);
    findings
}

/// The codes of [`lint`].
pub fn lint_codes() -> &'static [&'static str] {
    LINT_CODES
}
