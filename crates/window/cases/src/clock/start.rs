//! What begins to run with acceptance: the limit of the decision, and that of the first review by the organ below.

use chrono::NaiveDate;
use tongban_catalogue::ItemContent;
use tongban_codes::WorkCalendar;
use tongban_procedure::{Rule, limits};
use tongban_store::{StoreError, Tx};

use super::run;
use crate::{
    case::row::{self, case, clock},
    document::issue::Particulars,
    renewal::row as renewal,
};

/// Starts the clocks of an accepted case, and puts the limit of the decision into its row and into the words of the notice.
pub(crate) async fn start(
    tx: &Tx,
    case: &mut case::Model,
    content: &ItemContent,
    since: NaiveDate,
    calendar: &WorkCalendar,
    particulars: &mut Particulars,
) -> Result<(), StoreError> {
    (case.due_on, case.due_earliest) = (None, None);
    // A renewal is decided before the licence ends (行政许可法 50).
    let until = match content.renewal() {
        Some(_) => renewal::of_case_in(tx, case.id).await?,
        None => None,
    };
    let until = until
        .filter(|renewal| renewal.in_time && since <= renewal.expires_on)
        .map(|renewal| renewal.expires_on);
    let promised = limits::promised(content);
    let decide = match (&promised, limits::legal(content)) {
        (Some(promised), Some(legal)) => Some(sooner(promised.clone(), legal, since, calendar)),
        (_, legal) => promised.clone().or(legal),
    };
    // Before the clock of the decision, so that this one is the later row.
    if let Some(rule) = limits::first_review(content) {
        let rule = match (&promised, &decide) {
            (Some(_), Some(decide)) => within(rule, decide, since, calendar),
            _ => rule,
        };
        let clock = run::row(tx, case.id, &rule, since)?;
        row::add_clock(tx, clock::Model { until, ..clock }).await?;
    }
    if let Some(rule) = decide {
        let clock = clock::Model {
            until,
            ..run::row(tx, case.id, &rule, since)?
        };
        (case.due_on, case.due_earliest) = run::bounds_of(&clock, &[], calendar)?;
        particulars.until = case.due_on;
        particulars.limit = Some((rule.amount, rule.unit));
        row::add_clock(tx, clock).await?;
    }
    Ok(())
}

/// The first day on which a limit may end.
fn end(rule: &Rule, since: NaiveDate, calendar: &WorkCalendar) -> Option<NaiveDate> {
    run::bounds(rule, since, calendar).1
}

/// What the office promised, unless the law's limit ends before it: nobody promises the law away.
fn sooner(promised: Rule, legal: Rule, since: NaiveDate, calendar: &WorkCalendar) -> Rule {
    if end(&legal, since, calendar) < end(&promised, since, calendar) {
        legal
    } else {
        promised
    }
}

/// The first review never takes longer than the office has promised for the whole: of two terms the one that ends first. Its article stays.
fn within(rule: Rule, promised: &Rule, since: NaiveDate, calendar: &WorkCalendar) -> Rule {
    if end(promised, since, calendar) < end(&rule, since, calendar) {
        Rule {
            amount: promised.amount,
            unit: promised.unit,
            ..rule
        }
    } else {
        rule
    }
}

#[cfg(test)]
mod tests {
    use tongban_codes::LimitUnit;

    use super::*;

    #[test]
    fn nobody_promises_the_law_away() {
        let rule = |amount, unit, word: &str| Rule {
            code: limits::DECIDE,
            amount,
            unit,
            article: Some(word.to_owned()),
        };
        let law = || rule(20, LimitUnit::Workday, "法");
        let since = NaiveDate::from_ymd_opt(2026, 11, 20).unwrap();
        // without a calendar weekends alone are known: the comparison asks for the earliest day
        let calendar = WorkCalendar::default();
        for (amount, unit, kept) in [
            (5, LimitUnit::Workday, "承诺"),
            (20, LimitUnit::Workday, "承诺"),
            (60, LimitUnit::Workday, "法"),
            (15, LimitUnit::CalendarDay, "承诺"),
            (2, LimitUnit::Month, "法"),
        ] {
            let found = sooner(rule(amount, unit, "承诺"), law(), since, &calendar);
            assert_eq!(found.article.as_deref(), Some(kept), "{amount} {unit:?}");
        }
    }
}
