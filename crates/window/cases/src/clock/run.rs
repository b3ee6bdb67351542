//! Clocks between their rows and what they are.

use chrono::NaiveDate;
use tongban_codes::{LegalClock, LimitUnit, StopInterval, WorkCalendar};
use tongban_procedure::{CaseClock, Rule, limits};
use tongban_store::{StoreError, Tx};
use uuid::Uuid;

use crate::{case::row::clock, special::row as special};

/// A clock as it is stored.
///
/// Of `procedures` only those of the clock's own case count, and only for the clocks that they concern; what began after a clock has
/// ended is none of its business.
pub(crate) fn clock_of(row: &clock::Model, procedures: &[special::Model]) -> Result<CaseClock, StoreError> {
    let unit =
        LimitUnit::parse(&row.unit).map_err(|error| StoreError::Corrupt(format!("clock unit: {error}")))?;
    let amount =
        u32::try_from(row.amount).map_err(|_| StoreError::Corrupt("a clock runs backwards".to_owned()))?;
    let mut own: Vec<&special::Model> = Vec::new();
    for procedure in procedures {
        let began = row.ended_on.is_none_or(|ended| procedure.started_on <= ended);
        if procedure.case_id == row.case_id && began && limits::concerns(&row.rule, procedure.effect()?) {
            own.push(procedure);
        }
    }
    let mut extended = 0;
    for procedure in &own {
        extended += procedure.adds()?;
    }
    Ok(CaseClock {
        rule: row.rule.clone(),
        article: row.article.clone(),
        clock: LegalClock {
            unit,
            limit: amount + extended,
            started: row.started_on,
            stops: own
                .iter()
                .filter_map(|procedure| procedure.stop())
                .map(|stop| StopInterval {
                    to: row
                        .ended_on
                        .map_or(stop.to, |ended| Some(stop.to.map_or(ended, |to| to.min(ended)))),
                    ..stop
                })
                .collect(),
            until: row.until,
        },
        ended_on: row.ended_on,
        extended,
        procedures: own
            .iter()
            .map(|procedure| procedure.view())
            .collect::<Result<_, _>>()?,
    })
}

/// The last day and the earliest possible day of a new clock.
pub(crate) fn bounds(
    rule: &Rule,
    started: NaiveDate,
    calendar: &WorkCalendar,
) -> (Option<NaiveDate>, Option<NaiveDate>) {
    let due = LegalClock::new(rule.unit, rule.amount, started).due(calendar);
    (due.date(), due.earliest())
}

/// The last day and the earliest possible day of a clock that runs.
pub(crate) fn bounds_of(
    row: &clock::Model,
    procedures: &[special::Model],
    calendar: &WorkCalendar,
) -> Result<(Option<NaiveDate>, Option<NaiveDate>), StoreError> {
    let due = clock_of(row, procedures)?.clock.due(calendar);
    Ok((due.date(), due.earliest()))
}

/// The row of a clock that starts.
pub(crate) fn row(tx: &Tx, case: Uuid, rule: &Rule, started: NaiveDate) -> Result<clock::Model, StoreError> {
    Ok(clock::Model {
        id: tx.new_id(),
        case_id: case,
        rule: rule.code.to_owned(),
        unit: rule.unit.as_str().to_owned(),
        amount: i32::try_from(rule.amount).map_err(|_| StoreError::Corrupt("limit of a clock".to_owned()))?,
        article: rule.article.clone(),
        started_on: started,
        ended_on: None,
        until: None,
    })
}
