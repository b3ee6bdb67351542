//! Civil time of the region. Instants are kept in UTC; legal days, document dates and number sequences follow
//! Beijing time, which is UTC+8 all year (summer time ended in 1991; instants before that are not our business).

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveTime, TimeDelta, Utc};

/// Seconds that civil time is ahead of UTC.
const AHEAD: i32 = 8 * 3600;

/// Beijing time, +08:00.
pub const CHINA: FixedOffset = offset();

#[expect(
    clippy::panic,
    reason = "evaluated by the compiler: a wrong number would not build"
)]
const fn offset() -> FixedOffset {
    match FixedOffset::east_opt(AHEAD) {
        Some(offset) => offset,
        None => panic!("eight hours are a valid offset"),
    }
}

/// The instant as civil date and time, for printing.
#[must_use]
pub fn beijing_time(instant: DateTime<Utc>) -> DateTime<FixedOffset> {
    instant.with_timezone(&CHINA)
}

/// The civil day that an instant belongs to.
#[must_use]
pub fn beijing_date(instant: DateTime<Utc>) -> NaiveDate {
    beijing_time(instant).date_naive()
}

/// The first instant of a civil day.
#[must_use]
pub fn day_start(date: NaiveDate) -> DateTime<Utc> {
    let midnight = date.and_time(NaiveTime::MIN).and_utc();
    midnight
        .checked_sub_signed(TimeDelta::seconds(i64::from(AHEAD)))
        .unwrap_or(DateTime::<Utc>::MIN_UTC)
}

/// The first instant after a civil day: a day is `day_start(d) <= t < day_end(d)`.
#[must_use]
pub fn day_end(date: NaiveDate) -> DateTime<Utc> {
    date.succ_opt().map_or(DateTime::<Utc>::MAX_UTC, day_start)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_day_turns_at_midnight_in_beijing() {
        for (instant, day) in [
            ("2026-11-22T15:59:00Z", "2026-11-22"), // 23:59
            ("2026-11-22T15:59:59.999999Z", "2026-11-22"),
            ("2026-11-22T16:00:00Z", "2026-11-23"), // 00:00
            ("2026-11-22T16:01:00Z", "2026-11-23"), // 00:01
            ("2026-12-31T15:59:00Z", "2026-12-31"),
            ("2026-12-31T16:01:00Z", "2027-01-01"),
            ("2028-02-28T16:01:00Z", "2028-02-29"),
        ] {
            let instant: DateTime<Utc> = instant.parse().unwrap();
            assert_eq!(beijing_date(instant).to_string(), day, "{instant}");
        }
    }

    #[test]
    fn a_day_holds_its_first_instant_and_not_its_end() {
        let day = NaiveDate::from_ymd_opt(2026, 12, 31).unwrap();
        assert_eq!(day_start(day).to_rfc3339(), "2026-12-30T16:00:00+00:00");
        assert_eq!(day_end(day).to_rfc3339(), "2026-12-31T16:00:00+00:00");
        assert_eq!(beijing_date(day_start(day)), day);
        assert_eq!(beijing_date(day_end(day)), day.succ_opt().unwrap());
        assert_eq!(
            beijing_time(day_start(day)).to_rfc3339(),
            "2026-12-31T00:00:00+08:00"
        );
        // The ends of time do not break it.
        let _ = (day_start(NaiveDate::MIN), day_end(NaiveDate::MAX));
    }
}
