//! From when to when a post is lent. Pure.

use chrono::NaiveDate;
use serde::Serialize;

use crate::{Error, error::refused};

/// The longest a post is lent, in days. Whoever is away for longer has a successor.
pub const MOST_DAYS: i64 = 92;
/// Longest reason, in characters.
const LONGEST_REASON: usize = 100;

/// How a delegation stands on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DelegationStanding {
    /// Its first day is still to come.
    Ahead,
    InForce,
    /// Its last day has passed, or it was ended.
    Over,
}

/// How a delegation stands: first and last day belong to it.
pub(crate) fn standing(
    starts_on: NaiveDate,
    ends_on: NaiveDate,
    ended: bool,
    today: NaiveDate,
) -> DelegationStanding {
    if ended || today > ends_on {
        DelegationStanding::Over
    } else if today < starts_on {
        DelegationStanding::Ahead
    } else {
        DelegationStanding::InForce
    }
}

/// Refusals: `staff.days_order`, `staff.days_past`, `staff.days_many` with `limit`.
pub(crate) fn check_days(starts_on: NaiveDate, ends_on: NaiveDate, today: NaiveDate) -> Result<(), Error> {
    if ends_on < starts_on {
        return Err(refused("staff.days_order", []));
    }
    if starts_on < today {
        return Err(refused("staff.days_past", []));
    }
    if (ends_on - starts_on).num_days() >= MOST_DAYS {
        return Err(refused("staff.days_many", [("limit", MOST_DAYS.to_string())]));
    }
    Ok(())
}

/// The reason without spaces around it. Refusals: `staff.reason_missing`, `staff.reason_long` with `limit`.
pub(crate) fn check_reason(reason: &str) -> Result<String, Error> {
    let reason = reason.trim();
    if reason.is_empty() {
        return Err(refused("staff.reason_missing", []));
    }
    if reason.chars().count() > LONGEST_REASON {
        return Err(refused(
            "staff.reason_long",
            [("limit", LONGEST_REASON.to_string())],
        ));
    }
    Ok(reason.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 12, day).unwrap()
    }

    #[test]
    fn first_and_last_day_belong_to_it() {
        for (today, ended, stands) in [
            (9, false, DelegationStanding::Ahead),
            (10, false, DelegationStanding::InForce),
            (20, false, DelegationStanding::InForce),
            (21, false, DelegationStanding::Over),
            (15, true, DelegationStanding::Over),
        ] {
            assert_eq!(standing(day(10), day(20), ended, day(today)), stands, "{today}");
        }
    }

    #[test]
    fn days_lie_ahead_and_are_not_many() {
        let code = |from, to| match check_days(from, to, day(10)) {
            Ok(()) => None,
            Err(Error::Refused(refusal)) => Some(refusal.code),
            Err(other) => unreachable!("{other}"),
        };
        assert_eq!(code(day(10), day(10)), None);
        assert_eq!(code(day(11), day(10)), Some("staff.days_order"));
        assert_eq!(code(day(9), day(12)), Some("staff.days_past"));
        let far = day(10) + chrono::Duration::days(MOST_DAYS);
        assert_eq!(code(day(10), far), Some("staff.days_many"));
        assert_eq!(code(day(10), far.pred_opt().unwrap()), None);
    }
}
