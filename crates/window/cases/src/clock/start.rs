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
    let decide = limits::decide(content);
    // Before the clock of the decision, so that this one is the later row.
    if let Some(rule) = limits::first_review(content) {
        let rule = match &decide {
            Some(decide) if content.promised_limit.is_some() => within(rule, decide, since, calendar),
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

/// The first review never takes longer than the office has promised for the whole: of two terms the one that ends first. Its article stays.
fn within(rule: Rule, promised: &Rule, since: NaiveDate, calendar: &WorkCalendar) -> Rule {
    let end = |rule: &Rule| run::bounds(rule, since, calendar).1;
    if end(promised) < end(&rule) {
        Rule {
            amount: promised.amount,
            unit: promised.unit,
            ..rule
        }
    } else {
        rule
    }
}
