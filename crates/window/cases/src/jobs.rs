//! What happens when a limit passes, and when the calendar changes.
//!
//! A job is planned in the act that starts a clock, for the first instant after its last day in Beijing. When it runs it counts again: the
//! calendar may have changed. While the calendar does not reach, it looks again each day, and an import of the year plans it anew at once.

use std::sync::Arc;

use chrono::{Datelike as _, NaiveDate, TimeDelta};
use serde::{Deserialize, Serialize};
use tongban_access::Actor;
use tongban_catalogue::{ItemVersion, version};
use tongban_codes::{
    Due, WorkCalendar,
    civil::{beijing_date, day_end, day_start},
};
use tongban_directory::{CalendarChanged, calendar_from};
use tongban_procedure::limits;
use tongban_store::{Job, Message, Signer, Store, StoreError, Tx, WorkError, Worker};
use uuid::Uuid;

use crate::{
    acceptance::{
        accept_by_silence::{AcceptBySilence, accept_by_silence},
        lapse::{Lapse, lapse},
        remind::{Remind, remind},
    },
    case::{query::find, row::clock},
    clock::{query, recompute::recompute, run::clock_of, warn},
    draft::jobs as drafts,
    error::Error,
    renewal::by_silence::{RenewBySilence, renew_by_silence},
};

/// The last day of a clock is over, unless the calendar has changed.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct ClockDue {
    case: Uuid,
    clock: Uuid,
}

impl Job for ClockDue {
    const KIND: &'static str = "case.clock_due";
}

/// Some days before the term of a supplement ends.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct SupplementReminder {
    case: Uuid,
    clock: Uuid,
}

impl Job for SupplementReminder {
    const KIND: &'static str = "case.supplement_reminder";
}

/// The last day of the licence that a case renews is over.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct RenewalDue {
    case: Uuid,
}

impl Job for RenewalDue {
    const KIND: &'static str = "case.renewal_due";
}

/// Working days before the last one on which the applicant is reminded, at most half of the term.
const REMIND_BEFORE: i32 = 3;
/// The hour in Beijing at which people are reminded.
const REMIND_HOUR: i64 = 9;

/// The jobs of this room, and its ear for the calendar.
#[must_use]
pub fn wire(worker: Worker) -> Worker {
    warn::wire(drafts::wire(worker))
        .job(|store: Store, message: Message<ClockDue>| async move {
            clock_due(&store, message.body).await.map_err(work_error)
        })
        .job(|store: Store, message: Message<RenewalDue>| async move {
            renewal_due(&store, message.body).await.map_err(work_error)
        })
        .job(|store: Store, message: Message<SupplementReminder>| async move {
            let SupplementReminder { case, clock } = message.body;
            store
                .write(Signer::system(), move |tx| async move {
                    remind(&tx, &Actor::System, Remind { case, clock }).await
                })
                .await
                .map_err(work_error)
        })
        .subscribe("cases", |store: Store, _: Message<CalendarChanged>| async move {
            recompute(&store).await.map_err(work_error)
        })
}

fn work_error(error: Error) -> WorkError {
    match error {
        Error::Store(error) => WorkError::from(error),
        other => WorkError(other.to_string()),
    }
}

/// What a clock's end means: silence of the office, or of the applicant.
async fn clock_due(store: &Store, due: ClockDue) -> Result<(), Error> {
    let Some((running, item)) = query::running_with_item(store, due.clock).await? else {
        return Ok(());
    };
    let item: ItemVersion = version(store, item)
        .await?
        .ok_or_else(|| StoreError::Corrupt("the item version of a case".to_owned()))?;
    let calendar = calendar_from(store, running.started_on.year()).await?;
    let ClockDue { case, clock } = due;
    let rule = running.rule;
    store
        .write(Signer::system(), move |tx| {
            let (item, calendar) = (item.clone(), Arc::clone(&calendar));
            let silent = rule == limits::SUPPLEMENT_NOTICE;
            let unanswered = rule == limits::SUPPLEMENT_ANSWER;
            async move {
                if silent {
                    let input = AcceptBySilence {
                        case,
                        clock,
                        item,
                        calendar,
                    };
                    accept_by_silence(&tx, &Actor::System, input).await
                } else if unanswered {
                    let input = Lapse {
                        case,
                        clock,
                        item,
                        calendar,
                    };
                    lapse(&tx, &Actor::System, input).await
                } else {
                    Ok(())
                }
            }
        })
        .await
}

/// Nobody may have decided in time.
async fn renewal_due(store: &Store, due: RenewalDue) -> Result<(), Error> {
    let Some(row) = find(store, due.case).await? else {
        return Ok(());
    };
    let item: ItemVersion = version(store, row.item_version)
        .await?
        .ok_or_else(|| StoreError::Corrupt("the item version of a case".to_owned()))?;
    let calendar = calendar_from(store, beijing_date(store.now()).year()).await?;
    let input = RenewBySilence {
        case: due.case,
        item,
        calendar,
    };
    store
        .write(Signer::system(), move |tx| {
            let input = input.clone();
            async move { renew_by_silence(&tx, &Actor::System, input).await }
        })
        .await
}

/// Plans what follows where nobody has decided on a renewal when the last day of the licence is over.
pub(crate) async fn plan_renewal(tx: &Tx, case: Uuid, expires_on: NaiveDate) -> Result<(), StoreError> {
    tx.enqueue(&RenewalDue { case }, day_end(expires_on)).await?;
    Ok(())
}

/// Whether the last day of a clock is over. `told`: a day that was told in writing; it stands, also where the calendar now says an earlier one.
pub(crate) fn has_passed(
    row: &clock::Model,
    told: Option<NaiveDate>,
    calendar: &WorkCalendar,
    today: NaiveDate,
) -> Result<bool, StoreError> {
    let due = clock_of(row, &[])?.clock.due(calendar);
    Ok(match due {
        Due::Date(date) => today > told.map_or(date, |told| told.max(date)),
        Due::Open { .. } | Due::Stopped { .. } => false,
    })
}

/// Plans what follows when this clock passes, and the reminder before it.
pub(crate) async fn plan(
    tx: &Tx,
    row: &clock::Model,
    told: Option<NaiveDate>,
    calendar: &WorkCalendar,
) -> Result<(), StoreError> {
    let due = clock_of(row, &[])?.clock.due(calendar);
    let last = match due {
        Due::Date(date) => told.map_or(date, |told| told.max(date)),
        Due::Open { earliest, .. } => earliest.max(beijing_date(tx.now())),
        Due::Stopped { .. } => return Ok(()),
    };
    let (case, clock) = (row.case_id, row.id);
    tx.enqueue(&ClockDue { case, clock }, day_end(last)).await?;
    if row.rule == limits::SUPPLEMENT_ANSWER && due.date().is_some() {
        let on = reminded_on(last, row.amount, calendar);
        let at = day_start(on) + TimeDelta::hours(REMIND_HOUR);
        tx.enqueue(&SupplementReminder { case, clock }, at).await?;
    }
    Ok(())
}

/// The day on which the applicant is reminded of a term of so many working days that ends on `last`.
fn reminded_on(last: NaiveDate, amount: i32, calendar: &WorkCalendar) -> NaiveDate {
    let before = REMIND_BEFORE.min(amount / 2);
    let (mut date, mut counted) = (last, 0);
    while counted < before {
        counted += i32::from(calendar.is_workday(date).unwrap_or(true));
        let Some(earlier) = date.pred_opt() else { break };
        date = earlier;
    }
    date
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn the_reminder_comes_some_working_days_before() {
        let november = day("2026-01-01")
            .iter_days()
            .take_while(|date| date.year() == 2026)
            .map(|date| {
                let weekend = matches!(date.weekday(), chrono::Weekday::Sat | chrono::Weekday::Sun);
                (date, !weekend, "")
            });
        let calendar = WorkCalendar::from_days(november).unwrap();
        for (last, amount, reminded) in [
            ("2026-11-27", 10, "2026-11-24"),
            // Over a weekend: Monday the 30th, Friday the 27th and Thursday the 26th are left.
            ("2026-11-30", 10, "2026-11-25"),
            ("2026-11-27", 3, "2026-11-26"),
            ("2026-11-27", 1, "2026-11-27"),
        ] {
            assert_eq!(
                reminded_on(day(last), amount, &calendar),
                day(reminded),
                "{last} {amount}"
            );
        }
    }
}
