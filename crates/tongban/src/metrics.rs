//! `/metrics`: what a watcher needs to see, as Prometheus reads it. On an address of its own, never on the public face.

use std::sync::Arc;

use anyhow::Context as _;
use axum::{
    Router,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse as _, Response},
    routing::get,
};
use prometheus_client::{
    encoding::text::encode,
    metrics::{counter::Counter, family::Family, gauge::Gauge},
    registry::Registry,
};
use tokio::sync::Mutex;
use tongban_exchange::Exchange;
use tongban_store::{Store, StoreError};
use tongban_web::HttpMetrics;

type Label = [(&'static str, &'static str); 1];

/// Everything that is counted in this process. Cheap to clone.
#[derive(Clone)]
pub struct Metrics(Arc<Inner>);

struct Inner {
    registry: Registry,
    http: HttpMetrics,
    acts: Counter,
    commits: Counter,
    statements: Counter,
    jobs: Family<Label, Gauge>,
    events: Gauge,
    oldest_job: Gauge,
    reads: Family<Label, Counter>,
    /// Rows of the log: `covered` by a signed checkpoint, `waiting` for a number.
    log: Family<Label, Gauge>,
    log_fault: Gauge,
    memory: Gauge,
    /// One look at a time: counters are moved on to what the rooms have counted.
    looking: Mutex<()>,
}

impl Default for Metrics {
    fn default() -> Self {
        let mut registry = Registry::default();
        let http = HttpMetrics::register(&mut registry);
        let inner = Inner {
            http,
            acts: Counter::default(),
            commits: Counter::default(),
            statements: Counter::default(),
            jobs: Family::default(),
            events: Gauge::default(),
            oldest_job: Gauge::default(),
            reads: Family::default(),
            log: Family::default(),
            log_fault: Gauge::default(),
            memory: Gauge::default(),
            looking: Mutex::new(()),
            registry: Registry::default(),
        };
        registry.register("tongban_acts", "Acts that were committed", inner.acts.clone());
        registry.register(
            "tongban_commits",
            "Durable commits; on SQLite several acts share one",
            inner.commits.clone(),
        );
        registry.register(
            "tongban_statements",
            "Statements of rooms",
            inner.statements.clone(),
        );
        registry.register("tongban_jobs", "Jobs that are not done", inner.jobs.clone());
        registry.register(
            "tongban_events_unrouted",
            "Events that have not become jobs yet",
            inner.events.clone(),
        );
        registry.register(
            "tongban_oldest_due_job_seconds",
            "For how long the oldest job that is due has been due",
            inner.oldest_job.clone(),
        );
        registry.register(
            "tongban_exchange_reads",
            "Reads from department systems by their end",
            inner.reads.clone(),
        );
        registry.register("tongban_log_rows", "Rows of the log", inner.log.clone());
        registry.register(
            "tongban_log_fault",
            "1 when a row of the log has waited too long for its number",
            inner.log_fault.clone(),
        );
        registry.register(
            "process_resident_memory_bytes",
            "Resident memory",
            inner.memory.clone(),
        );
        Self(Arc::new(Inner { registry, ..inner }))
    }
}

impl Metrics {
    /// The part that the faces count.
    pub fn http(&self) -> HttpMetrics {
        self.0.http.clone()
    }

    /// The route, for a listener of its own.
    pub fn router(&self, store: Store, exchange: Exchange) -> Router {
        Router::new().route("/metrics", get(show)).with_state(Watched {
            metrics: self.clone(),
            store,
            exchange,
        })
    }

    async fn look(&self, store: &Store, exchange: &Exchange) -> Result<(), StoreError> {
        let inner = &self.0;
        let _one = inner.looking.lock().await;
        let counted = store.counted();
        move_on(&inner.acts, counted.acts);
        move_on(&inner.commits, counted.commits);
        move_on(&inner.statements, counted.statements);
        for (outcome, count) in exchange.counted() {
            move_on(
                &inner.reads.get_or_create(&[("outcome", outcome.as_str())]),
                count,
            );
        }
        let work = store.work_standing().await?;
        inner
            .jobs
            .get_or_create(&[("state", "waiting")])
            .set(whole(work.jobs));
        inner
            .jobs
            .get_or_create(&[("state", "failing")])
            .set(whole(work.failing));
        inner.events.set(whole(work.events));
        let due = work.oldest_due.map_or(0, |due| (store.now() - due).num_seconds());
        inner.oldest_job.set(due);
        let log = store.log_standing().await?;
        inner
            .log
            .get_or_create(&[("state", "covered")])
            .set(whole(log.covered));
        inner
            .log
            .get_or_create(&[("state", "waiting")])
            .set(whole(log.uncovered));
        inner.log_fault.set(i64::from(log.fault));
        inner.memory.set(whole(resident_bytes().unwrap_or(0)));
        Ok(())
    }
}

/// Brings a counter to what was counted elsewhere.
fn move_on(counter: &Counter, to: u64) {
    counter.inc_by(to.saturating_sub(counter.get()));
}

fn whole(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// From `/proc/self/status`; nothing where there is no such file.
fn resident_bytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kilobytes: u64 = line.split_whitespace().next()?.parse().ok()?;
    Some(kilobytes * 1024)
}

#[derive(Clone)]
struct Watched {
    metrics: Metrics,
    store: Store,
    exchange: Exchange,
}

async fn show(State(watched): State<Watched>) -> Response {
    let looked = watched.metrics.look(&watched.store, &watched.exchange).await;
    let text = looked.context("counting").and_then(|()| {
        let mut text = String::new();
        encode(&mut text, &watched.metrics.0.registry)?;
        Ok(text)
    });
    match text {
        Ok(text) => {
            let media = "application/openmetrics-text; version=1.0.0; charset=utf-8";
            ([(header::CONTENT_TYPE, media)], text).into_response()
        }
        Err(error) => {
            tracing::error!(error = format!("{error:#}"), "the metrics could not be read");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}
