//! Before anything leaves: checks every question and writes it down, in one act.

use std::sync::Arc;

use tongban_access::Actor;
use tongban_store::{AuditEntry, Store, StoreError, Tx};
use uuid::Uuid;

use super::{
    domain::{FactAnswer, FactOutcome, FactRequest, LivePurpose, PurposeRef, Source, judge},
    protocol::{Question, QuestionPurpose},
    row,
};
use crate::{Error, Field, Resource, resources, subject_blind};

/// The name under which the nonce of a read is sealed.
pub(crate) const NONCE_FIELD: &str = "exchange.nonce";

/// What was decided about one question.
pub(super) enum Planned {
    Refused(FactAnswer),
    Ask(Box<Plan>),
}

/// Whom a question goes to.
#[derive(Clone)]
pub(super) enum Way {
    /// A department's system, with its secret.
    System { secret_sealed: String },
    /// A later room.
    Source(Arc<dyn Source>),
}

/// A resource that is asked for, with the way to it.
#[derive(Clone)]
pub(super) struct Reachable {
    pub resource: Resource,
    pub way: Way,
}

/// A question that may leave. It holds the number in clear and lives only as long as the call.
pub(super) struct Plan {
    pub read: Uuid,
    pub request: FactRequest,
    pub live: LivePurpose,
    pub resource: Resource,
    /// What is asked for, with the words for it.
    pub fields: Vec<Field>,
    pub way: Way,
    pub subject_blind: String,
    pub nonce: String,
}

impl Plan {
    /// The exact bytes that are posted.
    pub fn question(&self) -> Result<Vec<u8>, StoreError> {
        Ok(serde_json::to_vec(&Question {
            resource: &self.request.resource,
            fields: self.fields.iter().map(|field| field.name.as_str()).collect(),
            subject_kind: self.live.subject.kind,
            number: &self.live.subject.number,
            request_id: self.read,
            nonce: &self.nonce,
            purpose: QuestionPurpose {
                reference: &self.request.purpose,
                title: &self.live.title,
                organisation: &self.live.organisation,
            },
            basis: &self.request.basis,
        })?)
    }
}

/// Judges and records all questions, in their order.
pub(super) async fn record(
    store: &Store,
    actor: &Actor,
    requests: Vec<FactRequest>,
    purposes: Vec<(PurposeRef, Option<LivePurpose>)>,
    served: Vec<Reachable>,
) -> Result<Vec<Planned>, Error> {
    let input = Arc::new((actor.clone(), requests, purposes, served));
    store
        .write(actor.signer(), move |tx| {
            let input = Arc::clone(&input);
            async move {
                let (actor, requests, purposes, served) = &*input;
                record_in(&tx, actor, requests, purposes, served).await
            }
        })
        .await
}

async fn record_in(
    tx: &Tx,
    actor: &Actor,
    requests: &[FactRequest],
    purposes: &[(PurposeRef, Option<LivePurpose>)],
    served: &[Reachable],
) -> Result<Vec<Planned>, Error> {
    let codes: Vec<String> = requests.iter().map(|request| request.resource.clone()).collect();
    let registered = resources::of_codes(tx, &codes).await?;
    let entries: Vec<Reachable> = registered
        .into_iter()
        .map(|entry| Reachable {
            resource: entry.resource,
            way: Way::System {
                secret_sealed: entry.secret_sealed,
            },
        })
        .chain(served.iter().cloned())
        .collect();
    let mut planned = Vec::with_capacity(requests.len());
    let mut rows = Vec::new();
    for request in requests {
        let live = purposes
            .iter()
            .find(|(purpose, _)| *purpose == request.purpose)
            .and_then(|(_, live)| live.as_ref());
        let entry = entries
            .iter()
            .find(|entry| entry.resource.code == request.resource);
        let read = tx.new_id();
        let verdict = judge(actor, request, live, entry.map(|entry| &entry.resource));
        match (verdict, live, entry) {
            (Ok(()), Some(live), Some(entry)) => {
                let plan = Plan {
                    read,
                    request: request.clone(),
                    live: live.clone(),
                    fields: entry.resource.offered(&request.fields),
                    resource: entry.resource.clone(),
                    way: entry.way.clone(),
                    subject_blind: subject_blind(tx.store(), live.subject.kind, &live.subject.number),
                    nonce: tx.random_code(),
                };
                let nonce_sealed = tx.store().seal(NONCE_FIELD, &plan.nonce)?;
                rows.push(row::asked(tx, actor, &plan, nonce_sealed)?);
                planned.push(Planned::Ask(Box::new(plan)));
            }
            (verdict, _, entry) => {
                // `judge` lets nothing through without a purpose and an entry, so there is a code.
                let code = verdict.err().unwrap_or("exchange.purpose_not_live");
                tx.audit(
                    AuditEntry::new("exchange.refused")
                        .on("exchange_read", read)
                        .with("code", code)
                        .with("resource", request.resource.clone())
                        .with("purpose_kind", request.purpose.kind.clone())
                        .with("purpose_id", request.purpose.id.to_string()),
                )
                .await?;
                planned.push(Planned::Refused(FactAnswer {
                    read,
                    resource: request.resource.clone(),
                    at: tx.now(),
                    source: entry.map_or_else(|| request.resource.clone(), |entry| entry.resource.source()),
                    outcome: FactOutcome::Refused { code },
                }));
            }
        }
    }
    row::insert(tx, rows).await?;
    Ok(planned)
}
