//! "Why this date": the steps of a count as a page tells them.

use serde::Serialize;
use tongban_codes::{Explanation, WorkCalendar};

use super::run::CaseClock;
use crate::special::domain::SpecialView;

/// The count of one clock, with the article it rests on.
#[derive(Debug, Clone, Serialize)]
pub struct ClockExplanation {
    pub rule: String,
    pub article: Option<String>,
    /// Working days by which the limit was extended; the explanation counts with them.
    pub extended: u32,
    /// What stopped or extended it.
    pub procedures: Vec<SpecialView>,
    pub explanation: Explanation,
}

impl CaseClock {
    /// Each step of the count.
    pub fn explain(&self, calendar: &WorkCalendar) -> ClockExplanation {
        ClockExplanation {
            rule: self.rule.clone(),
            article: self.article.clone(),
            extended: self.extended,
            procedures: self.procedures.clone(),
            explanation: self.clock.explain(calendar),
        }
    }
}
