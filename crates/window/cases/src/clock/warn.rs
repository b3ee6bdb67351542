//! Telling that a limit is about to pass, or has passed: once a clock and colour. A special procedure that takes longer than was announced
//! is told alike.
//!
//! Each day just after midnight in Beijing all running limits of offices are read. The job plans itself for the next day; the
//! daily sweep over drafts, which the first draft of an installation begins, begins it.

use std::sync::Arc;

use chrono::{NaiveDate, TimeDelta};
use serde::{Deserialize, Serialize};
use tongban_codes::{
    Light,
    civil::{beijing_date, day_start},
};
use tongban_directory::calendar;
use tongban_procedure::limits;
use tongban_store::{Job, Message, Signer, Store, StoreError, Tx, WorkError, Worker};
use uuid::Uuid;

use super::query;
use crate::{case::row, error::Error, events::ClockWarned};

/// Clocks that are looked at together.
const BATCH: u64 = 200;
/// How long after midnight the day's look begins.
const AFTER_MIDNIGHT: TimeDelta = TimeDelta::minutes(5);

/// Looks at all running limits. Plans itself for the next day.
#[derive(Debug, Serialize, Deserialize)]
pub struct CheckLights {}

impl Job for CheckLights {
    const KIND: &'static str = "cases.check_lights";
}

/// Gives the worker the job.
#[must_use]
pub(crate) fn wire(worker: Worker) -> Worker {
    worker.job(|store: Store, _: Message<CheckLights>| async move {
        check(&store).await.map_err(|error| match error {
            Error::Store(error) => WorkError::from(error),
            other => WorkError(other.to_string()),
        })
    })
}

/// Plans the look of a civil day, once.
pub(crate) async fn plan(tx: &Tx, day: NaiveDate) -> Result<(), StoreError> {
    if tx.once(&format!("cases.check_lights:{day}")).await? {
        tx.enqueue(&CheckLights {}, day_start(day) + AFTER_MIDNIGHT)
            .await?;
    }
    Ok(())
}

/// A limit whose light is yellow or red.
#[derive(Debug, Clone)]
struct Urgent {
    case: Uuid,
    clock: Uuid,
    rule: String,
    /// What is told once a colour.
    key: String,
    light: Light,
}

async fn check(store: &Store) -> Result<(), Error> {
    let today = beijing_date(store.now());
    if let Some(tomorrow) = today.succ_opt() {
        store
            .write(
                Signer::system(),
                move |tx| async move { plan(&tx, tomorrow).await },
            )
            .await?;
    }
    let calendar = calendar(store).await?;
    let (mut after, mut urgent) = (Uuid::nil(), Vec::new());
    loop {
        let batch = query::running_page(store, after, BATCH).await?;
        let Some((last, ..)) = batch.last() else { break };
        after = *last;
        for (clock, case, running) in batch {
            let reading = running.reading(&calendar, today);
            if !running.is_of_office() || reading.light == Light::Green {
                continue;
            }
            // While a clock stands still, what stops it is urged, once for all clocks that it stops.
            let (rule, key) = match reading.stopped_since {
                Some(_) if running.is_beside() => continue,
                Some(since) => (limits::SPECIAL.to_owned(), format!("{clock}:{since}")),
                None => (running.rule, clock.to_string()),
            };
            urgent.push(Urgent {
                case,
                clock,
                rule,
                key,
                light: reading.light,
            });
        }
    }
    for some in urgent.chunks(BATCH as usize) {
        let some: Arc<[Urgent]> = some.into();
        store
            .write(Signer::system(), move |tx| {
                let some = Arc::clone(&some);
                async move {
                    for one in some.iter() {
                        warn(&tx, one).await?;
                    }
                    Ok::<_, Error>(())
                }
            })
            .await?;
    }
    Ok(())
}

/// Tells it, unless it was told, or the clock has ended meanwhile.
async fn warn(tx: &Tx, urgent: &Urgent) -> Result<(), Error> {
    let runs = row::clock_in(tx, urgent.clock)
        .await?
        .is_some_and(|clock| clock.ended_on.is_none());
    let colour = match urgent.light {
        Light::Green => return Ok(()),
        Light::Yellow => "yellow",
        Light::Red => "red",
    };
    if runs
        && tx
            .once(&format!("case.clock_warned:{}:{colour}", urgent.key))
            .await?
    {
        tx.emit(&ClockWarned {
            case: urgent.case,
            rule: urgent.rule.clone(),
            light: urgent.light,
        })
        .await?;
    }
    Ok(())
}
