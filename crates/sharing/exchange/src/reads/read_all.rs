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
    domain::{FactAnswer, FactOutcome, FactRequest, LivePurpose, Purpose, PurposeRef, ReadOutcome, Source},
    record::{self, Plan, Planned, Reachable, Way},
};
use crate::{
    Error, Resource, refused,
    resources::{self, SECRET_FIELD},
};

/// Most questions of one call.
const MOST_QUESTIONS: usize = 32;

/// The gateway. Cheap to clone.
#[derive(Clone)]
pub struct Exchange(Arc<Inner>);

#[derive(Clone)]
struct Inner {
    store: Store,
    /// The rooms that own purposes, each asked in turn.
    purposes: Vec<Arc<dyn Purpose>>,
    client: Client,
    /// Answers by outcome, in the order of [`ReadOutcome::ALL`].
    outcomes: Arc<[AtomicU64; ReadOutcome::ALL.len()]>,
    sources: Vec<Arc<dyn Source>>,
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
            purposes: vec![purpose],
            client,
            outcomes: Arc::default(),
            sources: Vec::new(),
        }))
    }

    /// How many reads of this process came to which end, for watching.
    pub fn counted(&self) -> Vec<(ReadOutcome, u64)> {
        let counts = self.0.outcomes.iter().map(|count| count.load(Relaxed));
        ReadOutcome::ALL.into_iter().zip(counts).collect()
    }

    fn count(&self, outcome: ReadOutcome) {
        for (known, count) in ReadOutcome::ALL.into_iter().zip(self.0.outcomes.iter()) {
            if known == outcome {
                count.fetch_add(1, Relaxed);
            }
        }
    }

    /// The same gateway, which also asks another room whether a purpose is live.
    #[must_use]
    pub fn with_purpose(self, purpose: Arc<dyn Purpose>) -> Self {
        let mut inner = Arc::unwrap_or_clone(self.0);
        inner.purposes.push(purpose);
        Self(Arc::new(inner))
    }

    /// The same gateway, which also asks a later room for its resources.
    #[must_use]
    pub fn with_source(self, source: Arc<dyn Source>) -> Self {
        let mut inner = Arc::unwrap_or_clone(self.0);
        inner.sources.push(source);
        Self(Arc::new(inner))
    }

    /// The entry of a code: of the directory, or of a later room that serves it.
    pub async fn resource(&self, code: &str) -> Result<Option<Resource>, Error> {
        match resources::resource(&self.0.store, code).await? {
            Some(found) => Ok(Some(found)),
            None => Ok(self.served(code).await?.map(|served| served.resource)),
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
        let mut served = Vec::new();
        for request in &requests {
            served.extend(self.served(&request.resource).await?);
        }
        let planned = record::record(&self.0.store, actor, requests, purposes, served).await?;
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

    /// What a later room serves under a code. Codes of the directory have no colon.
    async fn served(&self, code: &str) -> Result<Option<Reachable>, Error> {
        if !code.contains(':') {
            return Ok(None);
        }
        for source in &self.0.sources {
            if let Some(resource) = source.resource(code).await? {
                return Ok(Some(Reachable {
                    resource,
                    way: Way::Source(Arc::clone(source)),
                }));
            }
        }
        Ok(None)
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
                let live = self.live(&request.purpose, actor).await?;
                purposes.push((request.purpose.clone(), live));
            }
        }
        Ok(purposes)
    }

    /// What the owner of a purpose says; each room knows its own kinds alone.
    async fn live(&self, purpose: &PurposeRef, actor: &Actor) -> Result<Option<LivePurpose>, Error> {
        for owner in &self.0.purposes {
            if let Some(live) = owner.live(purpose, actor).await? {
                return Ok(Some(live));
            }
        }
        Ok(None)
    }

    async fn carry_out(self, actor: Actor, plan: Plan, budget: Duration) -> Result<FactAnswer, Error> {
        let store = &self.0.store;
        let question = plan.question()?;
        let reply = match &plan.way {
            Way::System { secret_sealed } => {
                let secret = store.unseal(SECRET_FIELD, secret_sealed)?;
                let url = &plan.resource.url;
                call::ask(&self.0.client, url, &secret, question.clone(), budget).await
            }
            Way::Source(source) => {
                call::ask_source(source.as_ref(), &plan.resource.code, &plan.live.subject, budget).await
            }
        };
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
