//! After the call: what it came to, the evidence, the line that the person sees; in one act.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use tongban_access::Actor;
use tongban_crypto::sm3_hex;
use tongban_store::{AccessEntry, AuditEntry, Store, Tx};

use super::{
    call::Reply,
    domain::{FactOutcome, ReadOutcome, Trouble, reader_in_words},
    evidence,
    protocol::{Said, read_answer},
    record::Plan,
    row,
};
use crate::{Error, WrongSubject, subject_blind};

/// A question with what came of it.
pub(super) struct Answered {
    pub plan: Plan,
    pub said: Said,
    pub status: Option<u16>,
    /// SM3 of the question as it was posted; the nonce is inside.
    pub request_digest: String,
    /// SM3 of the nonce and then the answer as it came; `None` when no whole answer came.
    pub answer_digest: Option<String>,
}

impl Answered {
    pub fn judge(plan: Plan, question: &[u8], reply: Reply) -> Self {
        let request_digest = sm3_hex(question);
        match reply {
            Reply::Trouble { status, trouble } => Self {
                plan,
                said: Said::Trouble(trouble),
                status,
                request_digest,
                answer_digest: None,
            },
            Reply::Body { status, body } => {
                let said = read_answer(&body, &plan.live.subject.number, &plan.fields);
                let answer_digest = Some(digest_with(&plan.nonce, &body));
                Self {
                    plan,
                    said,
                    status,
                    request_digest,
                    answer_digest,
                }
            }
        }
    }

    /// What the caller gets.
    pub fn outcome(&self) -> FactOutcome {
        match &self.said {
            Said::Facts(facts) => FactOutcome::Facts(facts.clone()),
            Said::NotFound => FactOutcome::NotFound,
            Said::AnotherSubject(_) => FactOutcome::WrongSubject,
            Said::Trouble(reason) => FactOutcome::Unavailable { reason: *reason },
        }
    }

    /// What the row keeps.
    pub fn kept(&self) -> (ReadOutcome, Option<Trouble>) {
        match &self.said {
            Said::Facts(_) => (ReadOutcome::Facts, None),
            Said::NotFound => (ReadOutcome::NotFound, None),
            Said::AnotherSubject(_) => (ReadOutcome::WrongSubject, None),
            Said::Trouble(trouble) => (ReadOutcome::Unavailable, Some(*trouble)),
        }
    }

    /// The names of the facts that came, never their values.
    pub fn fields(&self) -> Vec<&str> {
        match &self.said {
            Said::Facts(facts) => facts.keys().map(String::as_str).collect(),
            _ => Vec::new(),
        }
    }
}

fn digest_with(nonce: &str, body: &[u8]) -> String {
    sm3_hex([nonce.as_bytes(), body].concat())
}

/// Writes the outcome down and answers when.
pub(super) async fn write_down(
    store: &Store,
    actor: &Actor,
    answered: Answered,
) -> Result<DateTime<Utc>, Error> {
    let input = Arc::new((actor.clone(), answered));
    store
        .write(actor.signer(), move |tx| {
            let input = Arc::clone(&input);
            async move { write_in(&tx, &input.0, &input.1).await }
        })
        .await
}

async fn write_in(tx: &Tx, actor: &Actor, answered: &Answered) -> Result<DateTime<Utc>, Error> {
    let plan = &answered.plan;
    row::answered(tx, answered).await?;
    tx.audit(evidence::line(tx, answered)?).await?;
    match &answered.said {
        // That somebody is not in a register is also something learnt about them.
        Said::Facts(_) | Said::NotFound => {
            tx.access_log(AccessEntry {
                subject_blind: plan.subject_blind.clone(),
                object_kind: "resource",
                object_id: plan.resource.code.clone(),
                purpose: format!("{}（{}）", plan.live.title, plan.live.organisation),
                reader: reader_in_words(actor),
            })
            .await?;
        }
        Said::AnotherSubject(number) => {
            let other = subject_blind(tx.store(), plan.resource.subject, number);
            tx.audit(
                AuditEntry::new("exchange.wrong_subject")
                    .on("exchange_read", plan.read)
                    .about(&plan.subject_blind)
                    .with("resource", plan.resource.code.clone())
                    .with("source", plan.resource.source())
                    .with("answered_about", other),
            )
            .await?;
            tx.emit(&WrongSubject {
                read: plan.read,
                resource: plan.resource.code.clone(),
            })
            .await?;
        }
        Said::Trouble(_) => {}
    }
    Ok(tx.now())
}
