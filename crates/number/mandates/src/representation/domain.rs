//! What is asked of the register, and how its answer is judged. Pure.

use chrono::Duration;
use tongban_codes::RegionCode;
use tongban_exchange::{FactAnswer, FactOutcome, WantedFacts};
use tongban_identity::{Party, same_name};

use crate::{Refusal, error::refusal};

/// Checks that disagree, of one account within [`WINDOW`]: an answer speaks of nobody but the one who asks, so they are few enough.
pub(super) const MOST: u64 = 10;
pub(super) const WINDOW: Duration = Duration::hours(24);
/// How long a check is live for the exchange: far longer than its calls take.
pub(super) const LIVE: Duration = Duration::minutes(5);
/// What the reading is told to be for.
pub(super) const TITLE: &str = "核验法定代表人";

/// By what a locality finds the legal representative of a firm.
#[derive(Debug, Clone)]
pub struct RepresentationRules {
    /// The resource that knows the firm of a code.
    pub register: String,
    /// Names of facts there: of the firm, its representative, and the representative's citizen number.
    pub name_field: String,
    pub representative_field: String,
    pub number_field: String,
    /// The fact that says how the firm is registered, and the words of it under which it may act; no words: it is not asked.
    pub status_field: String,
    pub in_business: Vec<String>,
    /// How many days the register's word holds before it must be asked again.
    pub days: i64,
    /// The organisation that runs the platform, as people are told who read their data.
    pub organisation: String,
    /// Where that organisation belongs.
    pub region: RegionCode,
}

impl RepresentationRules {
    pub(super) fn wanted(&self) -> WantedFacts {
        let mut fields = vec![
            self.name_field.clone(),
            self.representative_field.clone(),
            self.number_field.clone(),
        ];
        if !self.in_business.is_empty() {
            fields.push(self.status_field.clone());
        }
        WantedFacts {
            resource: self.register.clone(),
            fields,
        }
    }
}

/// What the register said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Outcome {
    /// It is they. The name of the firm.
    Agrees(String),
    /// It names somebody else, or knows no such firm. Which, nobody is told.
    Differs,
    /// It is they, of a firm that is not in business.
    Closed,
    /// It did not answer.
    Silent,
}

impl Outcome {
    pub(super) fn as_str(&self) -> &'static str {
        match self {
            Self::Agrees(_) => "agrees",
            Self::Differs => "differs",
            Self::Closed => "closed",
            Self::Silent => "silent",
        }
    }

    pub(super) fn refusal(&self) -> Option<Refusal> {
        match self {
            Self::Agrees(_) => None,
            Self::Differs => Some(refusal("mandate.not_representative", [])),
            Self::Closed => Some(refusal("mandate.firm_closed", [])),
            Self::Silent => Some(refusal("mandate.register_silent", [])),
        }
    }
}

/// Holds the answer against the person who asks.
pub(super) fn judge(rules: &RepresentationRules, answer: Option<&FactAnswer>, person: &Party) -> Outcome {
    let facts = match answer.map(|answer| &answer.outcome) {
        Some(FactOutcome::Facts(facts)) => facts,
        Some(FactOutcome::NotFound) => return Outcome::Differs,
        _ => return Outcome::Silent,
    };
    let text = |field: &str| facts.get(field).and_then(|held| held.as_str()).map(str::trim);
    let (Some(name), Some(representative), Some(number)) = (
        text(&rules.name_field).filter(|name| !name.is_empty()),
        text(&rules.representative_field),
        text(&rules.number_field),
    ) else {
        return Outcome::Differs;
    };
    if !number.eq_ignore_ascii_case(&person.number) || !same_name(representative, &person.name) {
        return Outcome::Differs;
    }
    let in_business = rules.in_business.is_empty()
        || text(&rules.status_field)
            .is_some_and(|status| rules.in_business.iter().any(|word| word == status));
    if in_business {
        Outcome::Agrees(name.to_owned())
    } else {
        Outcome::Closed
    }
}
