//! When a draft that nobody touches is told about, and when it is erased. Pure.

use chrono::{DateTime, TimeDelta, Utc};

/// A draft that nobody has touched for so long is erased with everything that was fetched and handed in for it.
pub(crate) const KEPT: TimeDelta = TimeDelta::days(30);
/// The applicant hears of it so long before.
pub(crate) const NOTICE: TimeDelta = TimeDelta::days(5);

/// What is to be done with a draft now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Due {
    Nothing,
    /// Say when it will be erased.
    Warn,
    Erase,
}

/// Decides by the last touch and the last warning. A warning from before the last touch counts for nothing, and nothing
/// is erased that was not told [`NOTICE`] before, however late the sweep comes.
pub(crate) fn due(touched_at: DateTime<Utc>, warned_at: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Due {
    match warned_at.filter(|warned| *warned > touched_at) {
        None if now >= touched_at + KEPT - NOTICE => Due::Warn,
        Some(warned) if now >= touched_at + KEPT && now >= warned + NOTICE => Due::Erase,
        _ => Due::Nothing,
    }
}

/// From when on a draft may be erased that was warned at this instant.
pub(crate) fn erased_from(touched_at: DateTime<Utc>, warned_at: DateTime<Utc>) -> DateTime<Utc> {
    std::cmp::max(touched_at + KEPT, warned_at + NOTICE)
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, TimeDelta};

    use super::{Due, due, erased_from};

    #[test]
    fn a_draft_is_told_about_and_then_erased() {
        let touched = DateTime::UNIX_EPOCH;
        let day = |days: i64| touched + TimeDelta::days(days);
        let second = TimeDelta::seconds(1);
        for (warned, now, expected) in [
            (None, day(25) - second, Due::Nothing),
            (None, day(25), Due::Warn),
            (Some(day(25)), day(30) - second, Due::Nothing),
            (Some(day(25)), day(30), Due::Erase),
            // The sweep stood still for a while: the notice is kept all the same.
            (None, day(90), Due::Warn),
            (Some(day(90)), day(95) - second, Due::Nothing),
            (Some(day(90)), day(95), Due::Erase),
            // Touched after the warning: all begins anew.
            (Some(touched - second), day(24), Due::Nothing),
            (Some(touched - second), day(25), Due::Warn),
        ] {
            assert_eq!(due(touched, warned, now), expected, "{warned:?} {now}");
        }
        assert_eq!(erased_from(touched, day(25)), day(30));
        assert_eq!(erased_from(touched, day(90)), day(95));
    }
}
