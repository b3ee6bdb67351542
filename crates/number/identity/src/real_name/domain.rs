//! What is asked of the registers, and how their answers are judged. Pure.

use chrono::Duration;
use serde::Deserialize;
use tongban_codes::RegionCode;
use tongban_exchange::{FactAnswer, FactOutcome, WantedFacts};

use crate::{Refusal, error::refusal};

/// Checks within [`WINDOW`] that one account may ask for.
pub(super) const MOST: u64 = 5;
/// Checks within [`WINDOW`] of one number, by all accounts together.
pub(super) const MOST_OF_NUMBER: u64 = 10;
pub(super) const WINDOW: Duration = Duration::hours(24);
/// How long a check is live for the exchange: far longer than its calls take.
pub(super) const LIVE: Duration = Duration::minutes(5);
/// What the person is told that it is for.
pub(super) const TITLE: &str = "账号实名核验";

/// One more fact by which a person shows that a number is theirs, such as the number of the social security card.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Proof {
    /// A word for it; its label is the text `proof-WORD`.
    pub word: String,
    /// The resource of the exchange that knows it.
    pub resource: String,
    /// The name of the fact there.
    pub field: String,
}

/// By what a locality checks persons.
///
/// The guide of 2016 asks for the citizen number and two more proofs: the phone, shown by a code, is one; the other is one
/// of [`proofs`](Self::proofs), as the person chooses.
#[derive(Debug, Clone)]
pub struct RealNameRules {
    /// The resource that knows the name of a number.
    pub register: String,
    /// The name of that fact there.
    pub name_field: String,
    /// None: name and number are enough here.
    pub proofs: Vec<Proof>,
    /// The organisation that runs the platform, as people are told who read their data.
    pub organisation: String,
    /// Where that organisation belongs.
    pub region: RegionCode,
}

impl RealNameRules {
    pub(super) fn proof(&self, word: &str) -> Option<&Proof> {
        self.proofs.iter().find(|proof| proof.word == word)
    }

    /// What a check with this proof asks for.
    pub(super) fn wanted(&self, proof: Option<&Proof>) -> Vec<WantedFacts> {
        let mut wanted = vec![WantedFacts {
            resource: self.register.clone(),
            fields: vec![self.name_field.clone()],
        }];
        if let Some(proof) = proof {
            match wanted.iter_mut().find(|asked| asked.resource == proof.resource) {
                Some(asked) => asked.fields.push(proof.field.clone()),
                None => wanted.push(WantedFacts {
                    resource: proof.resource.clone(),
                    fields: vec![proof.field.clone()],
                }),
            }
        }
        wanted
    }
}

/// What the registers said, taken together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    /// Everything agrees.
    Passed,
    /// Something differs, or nobody is known by the number. Which, nobody is told: it could be guessed at.
    Differs,
    /// A register did not answer.
    Silent,
}

impl Outcome {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Differs => "differs",
            Self::Silent => "silent",
        }
    }

    /// What the person is told, where it is no yes.
    pub(super) fn refusal(self) -> Option<Refusal> {
        match self {
            Self::Passed => None,
            Self::Differs => Some(refusal("identity.real_name_differs", [])),
            Self::Silent => Some(refusal("identity.real_name_silent", [])),
        }
    }
}

/// A name or a proof without what people type differently: spaces, the dot inside names of other peoples, upper and lower case.
pub(crate) fn plain(text: &str) -> String {
    text.chars()
        .filter(|letter| !letter.is_whitespace() && !"·•・.．-".contains(*letter))
        .flat_map(char::to_uppercase)
        .collect()
}

/// Holds the answers against what was typed: each of `typed` is resource, field, words.
pub(super) fn judge(answers: &[FactAnswer], typed: &[(&str, &str, &str)]) -> Outcome {
    let mut outcome = Outcome::Passed;
    for (resource, field, words) in typed {
        let answer = answers.iter().find(|answer| answer.resource == *resource);
        let held = match answer.map(|answer| &answer.outcome) {
            Some(FactOutcome::Facts(facts)) => facts.get(*field).and_then(|held| held.as_str()),
            Some(FactOutcome::NotFound) => None,
            // a register that speaks of somebody else, or is not there, says nothing
            Some(
                FactOutcome::Unavailable { .. } | FactOutcome::WrongSubject | FactOutcome::Refused { .. },
            )
            | None => {
                return Outcome::Silent;
            }
        };
        let agrees = held.is_some_and(|held| !plain(held).is_empty() && plain(held) == plain(words));
        if !agrees {
            outcome = Outcome::Differs;
        }
    }
    outcome
}

/// Whether one more check may be asked for. Refusal: `identity.real_name_too_many` with `limit`.
pub(super) fn may_check(earlier: u64, most: u64) -> Result<(), Refusal> {
    if earlier >= most {
        Err(refusal(
            "identity.real_name_too_many",
            [("limit", most.to_string())],
        ))
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Map, json};
    use uuid::Uuid;

    use super::*;

    fn answer(resource: &str, outcome: FactOutcome) -> FactAnswer {
        FactAnswer {
            read: Uuid::nil(),
            resource: resource.to_owned(),
            at: chrono::DateTime::UNIX_EPOCH,
            source: String::new(),
            outcome,
        }
    }

    fn facts(field: &str, value: serde_json::Value) -> FactOutcome {
        FactOutcome::Facts(Map::from_iter([(field.to_owned(), value)]))
    }

    #[test]
    fn answers_are_held_against_what_was_typed() {
        let typed = [
            ("population", "name", "阿依古丽·买买提"),
            ("insurance", "card", "5199 0001 x"),
        ];
        let name = || answer("population", facts("name", json!("阿依古丽•买买提")));
        let card = |value: &str| answer("insurance", facts("card", json!(value)));
        let silent = |resource| {
            let reason = tongban_exchange::Trouble::TooSlow;
            answer(resource, FactOutcome::Unavailable { reason })
        };
        for (answers, outcome) in [
            (vec![name(), card("51990001X")], Outcome::Passed),
            (vec![name(), card("51990002X")], Outcome::Differs),
            (vec![name(), card("")], Outcome::Differs),
            (
                vec![
                    answer("population", facts("name", json!("王小明"))),
                    card("51990001X"),
                ],
                Outcome::Differs,
            ),
            (
                vec![answer("population", FactOutcome::NotFound), card("51990001X")],
                Outcome::Differs,
            ),
            (
                vec![answer("population", facts("name", json!(7))), card("51990001X")],
                Outcome::Differs,
            ),
            (vec![name(), silent("insurance")], Outcome::Silent),
            (vec![silent("population"), card("51990002X")], Outcome::Silent),
            (
                vec![name(), answer("insurance", FactOutcome::WrongSubject)],
                Outcome::Silent,
            ),
            (
                vec![
                    name(),
                    answer(
                        "insurance",
                        FactOutcome::Refused {
                            code: "exchange.fields_unknown",
                        },
                    ),
                ],
                Outcome::Silent,
            ),
            (vec![name()], Outcome::Silent),
        ] {
            assert_eq!(judge(&answers, &typed), outcome);
        }
    }

    #[test]
    fn one_question_a_register() {
        let proof = |resource: &str| Proof {
            word: "card".to_owned(),
            resource: resource.to_owned(),
            field: "card".to_owned(),
        };
        let rules = RealNameRules {
            register: "population".to_owned(),
            name_field: "name".to_owned(),
            proofs: Vec::new(),
            organisation: String::new(),
            region: RegionCode::parse("519900000000").unwrap(),
        };
        assert_eq!(rules.wanted(None).len(), 1);
        assert_eq!(rules.wanted(Some(&proof("insurance"))).len(), 2);
        let both = rules.wanted(Some(&proof("population")));
        assert_eq!(both.len(), 1);
        assert_eq!(both[0].fields, ["name", "card"]);
    }
}
