//! The database and what rests in it.

use chrono::NaiveDate;
use tongban_codes::civil::beijing_date;
use tongban_directory::calendar_from;
use tongban_store::{
    Store,
    keep::{Health, KeepError, open_samples},
};

use super::{Check, said};

/// The work calendar is asked for this long before its last day: the yearly notice comes in November.
const CALENDAR_WARNING: i64 = 60;
/// How many files are read.
const FILES: usize = 32;
/// The oldest PostgreSQL that the tests run on.
const POSTGRES: i32 = 150_000;

/// Answers too whether the rows may be looked at.
pub(super) fn database(health: &Result<Health, KeepError>) -> (Vec<Check>, bool) {
    const NAME: &str = "database";
    let health = match health {
        Ok(health) => health,
        Err(error) => {
            return (
                vec![Check::fault(NAME, said("it cannot be opened", error))],
                false,
            );
        }
    };
    let mut checks = Vec::new();
    match health.integrity.as_deref() {
        None | Some("ok") => {}
        Some(verdict) => checks.push(Check::fault(
            "integrity",
            format!("SQLite says: {verdict}; stop the program and restore the last backup"),
        )),
    }
    match health.server_version {
        Some(version) if version < POSTGRES => checks.push(Check::fault(
            "server version",
            format!(
                "PostgreSQL {} is too old; 15 or newer is needed",
                version / 10_000
            ),
        )),
        Some(version) => checks.push(Check::ok(
            "server version",
            format!("PostgreSQL {}", version / 10_000),
        )),
        None => {}
    }
    let (pending, unknown) = (health.pending.len(), health.unknown.first());
    let current = match (unknown, pending) {
        (Some(name), _) => Check::fault(
            "migrations",
            format!("a newer version of the program ran here ({name}); use that version"),
        ),
        (None, 0) => Check::ok("migrations", "up to date"),
        (None, _) => Check::fault(
            "migrations",
            format!("{pending} have not run; back up, then run tongban migrate"),
        ),
    };
    let usable = unknown.is_none() && pending == 0;
    checks.push(current);
    if checks.iter().all(|check| check.name != "integrity") {
        checks.insert(0, Check::ok(NAME, "opens"));
    }
    (checks, usable)
}

pub(super) async fn sealed(store: &Store) -> Check {
    const NAME: &str = "sealed values";
    match open_samples(store, &crate::sealed::columns()).await {
        Ok(0) => Check::ok(NAME, "there are none yet"),
        Ok(opened) => Check::ok(NAME, format!("the key ring opens them ({opened} kinds tried)")),
        Err(error) => Check::fault(
            NAME,
            format!(
                "{}; the key ring is not the one of this database: bring back the right copy",
                said("one could not be opened", &error)
            ),
        ),
    }
}

pub(super) async fn files(store: &Store) -> Check {
    const NAME: &str = "files";
    match store.sample_files(FILES).await {
        Ok((read, spoilt)) if spoilt.is_empty() => {
            Check::ok(NAME, format!("{read} were read, and each is what its name says"))
        }
        Ok((read, spoilt)) => Check::fault(
            NAME,
            format!(
                "{} of {read} are spoilt, the first is {}; bring it back from a backup",
                spoilt.len(),
                spoilt.first().map_or("", |id| id.as_str())
            ),
        ),
        Err(error) => Check::fault(NAME, said("they cannot be read", &error)),
    }
}

pub(super) async fn calendar(store: &Store) -> Check {
    const NAME: &str = "work calendar";
    let today = beijing_date(store.now());
    let year = chrono::Datelike::year(&today);
    match calendar_from(store, year).await {
        Ok(calendar) => judge_calendar(today, calendar.known_until(today)),
        Err(error) => Check::fault(NAME, said("it cannot be read", &error)),
    }
}

/// One table holds for the whole country: the State Council's yearly notice.
fn judge_calendar(today: NaiveDate, known_until: Option<NaiveDate>) -> Check {
    const NAME: &str = "work calendar";
    const TO_DO: &str = "import the new one with tongban import calendar FILE as soon as it is published";
    match known_until {
        None => Check::fault(
            NAME,
            format!("today is not covered, so no legal limit gets a date; {TO_DO}"),
        ),
        Some(last) if (last - today).num_days() <= CALENDAR_WARNING => Check::warning(
            NAME,
            format!(
                "it ends on {last}, in {} days; limits beyond it get no date; {TO_DO}",
                (last - today).num_days()
            ),
        ),
        Some(last) => Check::ok(NAME, format!("covers until {last}")),
    }
}

pub(super) async fn jobs(store: &Store) -> Check {
    const NAME: &str = "jobs";
    match store.job_standing().await {
        Ok(standing) if standing.failing == 0 => {
            Check::ok(NAME, format!("{} wait, none has failed", standing.waiting))
        }
        Ok(standing) => Check::warning(
            NAME,
            format!(
                "{} of {} have failed and are tried again; look at them on the operator's page",
                standing.failing, standing.waiting
            ),
        ),
        Err(error) => Check::fault(NAME, said("they cannot be read", &error)),
    }
}

pub(super) async fn log(store: &Store) -> Check {
    const NAME: &str = "log";
    match store.log_standing().await {
        Ok(standing) if standing.fault => Check::fault(
            NAME,
            format!(
                "{} rows have waited too long for their number: see that the program runs, then run tongban audit verify",
                standing.uncovered
            ),
        ),
        Ok(standing) => Check::ok(
            NAME,
            format!(
                "{} rows are under a signature, {} wait",
                standing.covered, standing.uncovered
            ),
        ),
        Err(error) => Check::fault(NAME, said("it cannot be read", &error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::State;

    fn day(month: u32, day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, month, day).unwrap()
    }

    #[test]
    fn warns_sixty_days_before_the_calendar_ends() {
        let last = Some(day(12, 31));
        for (today, known, state) in [
            (day(11, 1), last, State::Warning),
            (day(10, 31), last, State::Ok),
            (day(12, 31), last, State::Warning),
            (day(12, 31), None, State::Fault),
        ] {
            assert_eq!(judge_calendar(today, known).state, state, "{today}");
        }
    }

    #[test]
    fn a_database_that_is_behind_or_ahead_is_a_fault() {
        let health = Health {
            backend: tongban_store::Backend::Postgres,
            pending: Vec::new(),
            unknown: Vec::new(),
            integrity: None,
            server_version: Some(150_018),
        };
        let state = |health: Health| {
            let (checks, usable) = database(&Ok(health));
            (checks.iter().all(|check| check.state == State::Ok), usable)
        };
        assert_eq!(state(health.clone()), (true, true));
        assert_eq!(
            state(Health {
                pending: vec!["m1".to_owned()],
                ..health.clone()
            }),
            (false, false)
        );
        assert_eq!(
            state(Health {
                unknown: vec!["m9".to_owned()],
                ..health.clone()
            }),
            (false, false)
        );
        assert_eq!(
            state(Health {
                server_version: Some(140_002),
                ..health.clone()
            }),
            (false, true)
        );
        assert_eq!(
            state(Health {
                integrity: Some("row 7 missing from index".to_owned()),
                ..health
            }),
            (false, true)
        );
    }
}
