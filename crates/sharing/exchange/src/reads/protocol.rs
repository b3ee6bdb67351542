//! The question and the answer as JSON. Pure. The room's README is the protocol in words.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use tongban_access::PartyKind;
use uuid::Uuid;

use super::domain::{PurposeRef, ReadBasis, Trouble};
use crate::Field;

/// What is posted to a department's system.
#[derive(Serialize)]
pub(super) struct Question<'read> {
    pub resource: &'read str,
    /// The facts that are asked for; empty: only whether the register knows the person or firm.
    pub fields: Vec<&'read str>,
    pub subject_kind: PartyKind,
    pub number: &'read str,
    pub request_id: Uuid,
    /// Random; it keeps the digests in the evidence from being guessed back to a number.
    pub nonce: &'read str,
    pub purpose: QuestionPurpose<'read>,
    pub basis: &'read ReadBasis,
}

/// Why, as the department keeps it.
#[derive(Serialize)]
pub(super) struct QuestionPurpose<'read> {
    #[serde(flatten)]
    pub reference: &'read PurposeRef,
    pub title: &'read str,
    pub organisation: &'read str,
}

#[derive(Deserialize)]
struct Answer {
    found: bool,
    subject: Option<AnswerSubject>,
    facts: Option<Map<String, Value>>,
}

#[derive(Deserialize)]
struct AnswerSubject {
    number: String,
}

/// What an answer says.
#[derive(PartialEq)]
pub(super) enum Said {
    Facts(Map<String, Value>),
    NotFound,
    /// About whom it was instead.
    AnotherSubject(String),
    Trouble(Trouble),
}

/// Reads an answer to a question about `asked`. Only the fields that were asked for come through.
pub(super) fn read_answer(body: &[u8], asked: &str, fields: &[Field]) -> Said {
    let Ok(answer) = serde_json::from_slice::<Answer>(body) else {
        return Said::Trouble(Trouble::Unreadable);
    };
    if let Some(subject) = &answer.subject
        && !subject.number.trim().eq_ignore_ascii_case(asked)
    {
        return Said::AnotherSubject(subject.number.trim().to_owned());
    }
    match (answer.found, answer.subject, answer.facts) {
        (false, _, _) => Said::NotFound,
        (true, Some(_), Some(mut facts)) => {
            facts.retain(|name, _| fields.iter().any(|field| field.name == *name));
            Said::Facts(facts)
        }
        // An answer that does not say whom it is about is no answer.
        (true, _, _) => Said::Trouble(Trouble::Unreadable),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ASKED: &str = "51990019900101001X";

    fn read(body: &str) -> String {
        let fields = [Field {
            name: "name".to_owned(),
            title: "姓名".to_owned(),
        }];
        match read_answer(body.as_bytes(), ASKED, &fields) {
            Said::Facts(facts) => Value::Object(facts).to_string(),
            Said::NotFound => "not found".to_owned(),
            Said::AnotherSubject(number) => format!("about {number}"),
            Said::Trouble(trouble) => trouble.as_str().to_owned(),
        }
    }

    #[test]
    fn answers_are_read_as_the_protocol_says() {
        let table = [
            (
                r#"{"found":true,"subject":{"number":"51990019900101001X"},"facts":{"name":"某"}}"#,
                r#"{"name":"某"}"#,
            ),
            (
                r#"{"found":true,"subject":{"number":" 51990019900101001x"},"facts":{"name":"某"}}"#,
                r#"{"name":"某"}"#,
            ),
            (
                r#"{"found":true,"subject":{"number":"51990019900101001X"},"facts":{"name":"某","debts":3}}"#,
                r#"{"name":"某"}"#,
            ),
            (
                r#"{"found":true,"subject":{"number":"519900199001010028"},"facts":{}}"#,
                "about 519900199001010028",
            ),
            (
                r#"{"found":false,"subject":{"number":"519900199001010028"}}"#,
                "about 519900199001010028",
            ),
            (r#"{"found":false}"#, "not found"),
            (r#"{"found":true,"facts":{"name":"某"}}"#, "unreadable"),
            (
                r#"{"found":true,"subject":{"number":"51990019900101001X"}}"#,
                "unreadable",
            ),
            (
                r#"{"subject":{"number":"51990019900101001X"},"facts":{}}"#,
                "unreadable",
            ),
            ("[]", "unreadable"),
            ("", "unreadable"),
            ("<html>", "unreadable"),
        ];
        for (body, expected) in table {
            assert_eq!(read(body), expected, "{body}");
        }
    }
}
