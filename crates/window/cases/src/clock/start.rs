//! What begins to run with acceptance: the limit of the decision, and that of the first review by the organ below.

use chrono::NaiveDate;
use tongban_catalogue::ItemContent;
use tongban_codes::WorkCalendar;
use tongban_store::{StoreError, Tx};

use super::{
    rules::{self, Rule},
    run,
};
use crate::{
    case::row::{self, case},
    document::issue::Particulars,
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
    let decide = rules::decide(content);
    // Before the clock of the decision, so that this one is the later row.
    if let Some(rule) = rules::first_review(content) {
        let rule = match &decide {
            Some(decide) if content.promised_limit.is_some() => within(rule, decide, since, calendar),
            _ => rule,
        };
        row::add_clock(tx, run::row(tx, case.id, &rule, since)?).await?;
    }
    if let Some(rule) = decide {
        (case.due_on, case.due_earliest) = run::bounds(&rule, since, calendar);
        particulars.until = case.due_on;
        particulars.limit = Some((rule.amount, rule.unit));
        row::add_clock(tx, run::row(tx, case.id, &rule, since)?).await?;
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
