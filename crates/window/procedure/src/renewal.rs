//! Which licences a case may renew, until when one applies, and how long a renewed licence is valid.

use chrono::{Days, Months, NaiveDate};
use serde::Serialize;
use tongban_catalogue::Renewal;
use tongban_licences::HeldLicence;
use uuid::Uuid;

/// 应当在有效期届满三十日前提出申请 (行政许可法 50). Days of the applicant's, not working days of the organ.
const BEFORE_DAYS: u32 = 30;

/// A licence that the applicant of a draft may renew with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Renewable {
    pub licence: Uuid,
    pub name: String,
    pub identifier: String,
    pub expires_on: NaiveDate,
    /// The last day on which one applies in time.
    pub apply_by: NaiveDate,
    /// Whether today still is; otherwise silence renews nothing.
    pub in_time: bool,
}

/// What a filed case renews.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RenewalView {
    pub licence: Uuid,
    pub licence_name: String,
    pub expires_on: NaiveDate,
    pub apply_by: NaiveDate,
    /// Whether it was handed in in time: only then silence until the last day renews.
    pub in_time: bool,
}

/// The last day on which the renewal is applied for in time.
pub fn apply_by(expires_on: NaiveDate, renewal: &Renewal<'_>) -> NaiveDate {
    let days = renewal.before_days.unwrap_or(BEFORE_DAYS);
    expires_on
        .checked_sub_days(Days::new(u64::from(days)))
        .unwrap_or(NaiveDate::MIN)
}

/// Of what the applicant holds what this organ issued, of the type that the item renews, in force and not for ever.
pub fn renewable(
    held: Vec<HeldLicence>,
    renewal: &Renewal<'_>,
    organisation: Uuid,
    today: NaiveDate,
) -> Vec<Renewable> {
    held.into_iter()
        .filter(|held| {
            held.type_code == renewal.licence_type && held.issuer == organisation && held.is_valid_on(today)
        })
        .filter_map(|held| {
            let expires_on = held.valid_to?;
            let apply_by = apply_by(expires_on, renewal);
            Some(Renewable {
                licence: held.id,
                name: held.name,
                identifier: held.identifier,
                expires_on,
                apply_by,
                in_time: today <= apply_by,
            })
        })
        .collect()
}

/// First and last day of a renewed licence: prolonged by so many months; begun anew where it had ended before anybody decided.
pub fn period(
    valid_from: NaiveDate,
    expires_on: NaiveDate,
    months: u32,
    today: NaiveDate,
    counts_on: bool,
) -> Option<(NaiveDate, NaiveDate)> {
    let months = Months::new(months);
    if counts_on || today <= expires_on {
        Some((valid_from, expires_on.checked_add_months(months)?))
    } else {
        Some((today, today.checked_add_months(months)?.pred_opt()?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn one_applies_thirty_days_before_or_as_the_item_says() {
        let renewal = |before_days| Renewal {
            licence_type: "11100000000013338W001",
            months: 60,
            before_days,
        };
        assert_eq!(apply_by(day("2026-12-31"), &renewal(None)), day("2026-12-01"));
        assert_eq!(apply_by(day("2026-12-31"), &renewal(Some(90))), day("2026-10-02"));
    }

    #[test]
    fn a_renewed_licence_goes_on_where_the_old_one_ended() {
        let (from, last) = (day("2021-12-21"), day("2026-12-20"));
        for (today, counts_on, expected) in [
            ("2026-12-01", false, ("2021-12-21", "2031-12-20")),
            ("2026-12-20", false, ("2021-12-21", "2031-12-20")),
            // Decided after it had ended: what lay between was without a licence.
            ("2026-12-24", false, ("2026-12-24", "2031-12-23")),
            // Renewed by silence, whenever the job comes.
            ("2026-12-24", true, ("2021-12-21", "2031-12-20")),
        ] {
            let expected = Some((day(expected.0), day(expected.1)));
            assert_eq!(period(from, last, 60, day(today), counts_on), expected, "{today}");
        }
    }
}
