//! Counting again when working days were imported: dates that could not be known become known.

use std::sync::Arc;

use chrono::{Datelike as _, NaiveDate};
use tongban_access::Actor;
use tongban_codes::WorkCalendar;
use tongban_directory::calendar;
use tongban_procedure::limits;
use tongban_store::{Signer, Store, Tx};
use uuid::Uuid;

use super::{query, run::clock_of};
use crate::{
    case::{history::Line, row, save},
    error::Error,
    jobs,
    special::row as special,
};

/// Clocks that are counted again in one act.
const BATCH: u64 = 100;

/// Counts all running clocks again, batch by batch. What is right already is not written; a second run writes nothing.
pub(crate) async fn recompute(store: &Store) -> Result<(), Error> {
    let calendar = calendar(store).await?;
    let mut after = Uuid::nil();
    loop {
        let batch = query::running_after(store, after, BATCH).await?;
        let Some(last) = batch.last() else { return Ok(()) };
        after = *last;
        let calendar = Arc::clone(&calendar);
        store
            .write(Signer::system(), move |tx| {
                let (batch, calendar) = (batch.clone(), Arc::clone(&calendar));
                async move {
                    for clock in batch {
                        count_again(&tx, clock, &calendar).await?;
                    }
                    Ok::<_, Error>(())
                }
            })
            .await?;
    }
}

/// Counts one clock again. A case that is changed at this moment is a conflict: the event is handled again.
async fn count_again(tx: &Tx, clock: Uuid, calendar: &WorkCalendar) -> Result<(), Error> {
    let Some(clock) = row::clock_in(tx, clock).await? else {
        return Ok(());
    };
    if clock.rule == limits::FIRST_REVIEW {
        // Its days stand in no row; who looks counts them.
        return Ok(());
    }
    let Some(case) = row::find(tx, clock.case_id).await? else {
        return Ok(());
    };
    let procedures = special::of_cases_in(tx, &[case.id]).await?;
    let due = clock_of(&clock, &procedures)?.clock.due(calendar);
    let (before, mut after) = (row::Days::of(&case), row::Days::of(&case));
    let known = if clock.rule == limits::SUPPLEMENT_ANSWER {
        // A day that was told in writing stands: the calendar may only make it later.
        after.supplement_until = match (before.supplement_until, due.date()) {
            (Some(told), Some(date)) => Some(told.max(date)),
            (told, date) => told.or(date),
        };
        (before.supplement_until.is_none())
            .then_some(after.supplement_until)
            .flatten()
    } else {
        (after.due_on, after.due_earliest) = (due.date(), due.earliest());
        (before.due_on.is_none()).then_some(after.due_on).flatten()
    };
    if after == before {
        return Ok(());
    }
    if !row::set_days(tx, case.id, case.version, after).await? {
        return Err(Error::Conflict);
    }
    if let Some(date) = known {
        tell(tx, case.id, date).await?;
    }
    if clock.rule == limits::SUPPLEMENT_NOTICE || clock.rule == limits::SUPPLEMENT_ANSWER {
        jobs::plan(
            tx,
            &clock,
            after
                .supplement_until
                .filter(|_| clock.rule == limits::SUPPLEMENT_ANSWER),
            calendar,
        )
        .await?;
    }
    Ok(())
}

/// The line for the applicant: a date that was to be announced is known.
async fn tell(tx: &Tx, case: Uuid, date: NaiveDate) -> Result<(), Error> {
    let note = format!("{} 年 {} 月 {} 日", date.year(), date.month(), date.day());
    let line = Line {
        case,
        kind: "date_known",
        note: Some(&note),
        document: None,
    };
    save::note(tx, &Actor::System, line).await?;
    Ok(())
}
