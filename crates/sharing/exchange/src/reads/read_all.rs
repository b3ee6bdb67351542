//! Reads facts for somebody who waits.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::Duration,
};

use futures::future::try_join_all;
use reqwest::Client;
use tongban_access::{Action, Actor, Thing, permit};
use tongban_store::{Store, StoreError};

use super::{
    answer::{self, Answered},
    call,
    domain::{FactAnswer, FactOutcome, FactRequest, LivePurpose, Purpose, PurposeRef, ReadOutcome},
    record::{self, Plan, Planned},
};
use crate::{Error, refused, resources::SECRET_FIELD};

/// Most questions of one call.
const MOST_QUESTIONS: usize = 32;

/// The gateway. Cheap to clone.
#[derive(Clone)]
pub struct Exchange(Arc<Inner>);

struct Inner {
    store: Store,
    purpose: Arc<dyn Purpose>,
    client: Client,
    /// Answers by outcome, in the order of [`ReadOutcome::ALL`].
    outcomes: [AtomicU64; ReadOutcome::ALL.len()],
}

impl std::fmt::Debug for Exchange {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Exchange").finish_non_exhaustive()
    }
}

impl Exchange {
    /// `client` is the one that [`http_client`](super::http_client) makes.
    pub fn new(store: Store, purpose: Arc<dyn Purpose>, client: Client) -> Self {
        Self(Arc::new(Inner {
            store,
            purpose,
            client,
            outcomes: Default::default(),
        }))
    }

    /// How many reads of this process came to which end, for watching.
    pub fn counted(&self) -> Vec<(ReadOutcome, u64)> {
        let counts = self.0.outcomes.iter().map(|count| count.load(Relaxed));
        ReadOutcome::ALL.into_iter().zip(counts).collect()
    }

    fn count(&self, outcome: ReadOutcome) {
        for (known, count) in ReadOutcome::ALL.into_iter().zip(&self.0.outcomes) {
            if known == outcome {
                count.fetch_add(1, Relaxed);
            }
        }
    }

    /// Asks all questions in parallel, each call to a department within `budget`; answers in the same order.
    ///
    /// A question that a rule forbids is answered `Refused` and never leaves; a department that does not answer
    /// is `Unavailable`. An error means that the platform itself failed: no fact is handed out whose evidence
    /// could not be written. Once asked, a read is carried to its end even if the caller goes away.
    ///
    /// Refusals: `exchange.too_many_questions` (`most`).
    pub async fn read_all(
        &self,
        actor: &Actor,
        requests: Vec<FactRequest>,
        budget: Duration,
    ) -> Result<Vec<FactAnswer>, Error> {
        if *actor == Actor::Nobody {
            permit(actor, Action::FactRead, &Thing::none())?;
        }
        if requests.len() > MOST_QUESTIONS {
            return Err(refused(
                "exchange.too_many_questions",
                [("most", &MOST_QUESTIONS.to_string())],
            ));
        }
        if requests.is_empty() {
            return Ok(Vec::new());
        }
        let purposes = self.ask_purposes(actor, &requests).await?;
        let planned = record::record(&self.0.store, actor, requests, purposes).await?;
        let reads = planned.into_iter().map(|planned| async move {
            match planned {
                Planned::Refused(answer) => Ok(answer),
                Planned::Ask(plan) => {
                    // Of its own, so that evidence is written even when the one who waits has closed the page.
                    let read = tokio::spawn(self.clone().carry_out(actor.clone(), *plan, budget));
                    read.await.unwrap_or(Err(Error::Store(StoreError::Panicked)))
                }
            }
        });
        try_join_all(reads).await
    }

    /// Asks the owner of each purpose once, however many questions name it.
    async fn ask_purposes(
        &self,
        actor: &Actor,
        requests: &[FactRequest],
    ) -> Result<Vec<(PurposeRef, Option<LivePurpose>)>, Error> {
        let mut purposes: Vec<(PurposeRef, Option<LivePurpose>)> = Vec::new();
        for request in requests {
            if !purposes.iter().any(|(known, _)| *known == request.purpose) {
                let live = self.0.purpose.live(&request.purpose, actor).await?;
                purposes.push((request.purpose.clone(), live));
            }
        }
        Ok(purposes)
    }

    async fn carry_out(self, actor: Actor, plan: Plan, budget: Duration) -> Result<FactAnswer, Error> {
        let store = &self.0.store;
        let secret = store.unseal(SECRET_FIELD, &plan.secret_sealed)?;
        let question = plan.question()?;
        let reply = call::ask(
            &self.0.client,
            &plan.resource.url,
            &secret,
            question.clone(),
            budget,
        )
        .await;
        let answered = Answered::judge(plan, &question, reply);
        let outcome = answered.outcome();
        self.count(answered.kept().0);
        if let FactOutcome::WrongSubject = outcome {
            tracing::warn!(read.id = %answered.plan.read, resource.code = answered.plan.resource.code, "a department's system answered about another person; the facts were thrown away");
        }
        let read = answered.plan.read;
        let resource = answered.plan.resource.code.clone();
        let source = answered.plan.resource.source();
        let at = answer::write_down(store, &actor, answered).await?;
        Ok(FactAnswer {
            read,
            resource,
            at,
            source,
            outcome,
        })
    }
}
