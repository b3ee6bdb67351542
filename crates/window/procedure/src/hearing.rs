//! The terms of a hearing (听证, 行政许可法 47, 48) as data, counted over the work calendar.

use chrono::NaiveDate;
use serde::Serialize;
use tongban_catalogue::ItemContent;
use tongban_codes::{ItemType, LegalClock, LimitUnit, WorkCalendar};

/// The code of the hearing among the special procedures.
const HEARING: &str = "hearing";

/// 被告知听证权利之日起五日内提出听证申请
const ASK: (&str, u32, &str) = ("ask", 5, "《中华人民共和国行政许可法》第四十七条");
/// 行政机关应当在二十日内组织听证
const HOLD: (&str, u32, &str) = ("hold", 20, "《中华人民共和国行政许可法》第四十七条");
/// 于举行听证的七日前将举行听证的时间、地点通知申请人、利害关系人
const ANNOUNCE: (&str, u32, &str) = ("announce", 7, "《中华人民共和国行政许可法》第四十八条");

/// One term of a hearing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HearingTerm {
    /// `ask`: for asking for it after being told; `hold`: for holding it once asked for; `announce`: before it, for time and place.
    pub code: &'static str,
    /// Working days.
    pub days: u32,
    pub article: &'static str,
    /// The last day, where it is asked for on the last day and held on the last day; nothing where the calendar ends before.
    pub by: Option<NaiveDate>,
}

/// The terms of a special procedure that is a hearing and was told on this day, in the order of time; none for other procedures and for
/// matters that are no permits.
pub fn hearing_terms(
    content: &ItemContent,
    kind: &str,
    told_on: NaiveDate,
    calendar: &WorkCalendar,
) -> Vec<HearingTerm> {
    if content.item_type != ItemType::Permit || kind != HEARING {
        return Vec::new();
    }
    let after = |days: u32, day: NaiveDate| {
        LegalClock::new(LimitUnit::Workday, days, day)
            .due(calendar)
            .date()
    };
    let asked = after(ASK.1, told_on);
    let held = asked.and_then(|day| after(HOLD.1, day));
    let announced = held.and_then(|day| before(ANNOUNCE.1, day, calendar));
    [(ASK, asked), (ANNOUNCE, announced), (HOLD, held)]
        .into_iter()
        .map(|((code, days, article), by)| HearingTerm {
            code,
            days,
            article,
            by,
        })
        .collect()
}

/// The day so many working days before another.
fn before(days: u32, day: NaiveDate, calendar: &WorkCalendar) -> Option<NaiveDate> {
    let (mut date, mut counted) = (day, 0);
    while counted < days {
        date = date.pred_opt()?;
        counted += u32::from(calendar.is_workday(date).ok()?);
    }
    Some(date)
}

#[cfg(test)]
mod tests {
    use chrono::Datelike as _;

    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    /// 2026 without holidays.
    fn calendar() -> WorkCalendar {
        let days = day("2026-01-01")
            .iter_days()
            .take_while(|date| date.year() == 2026)
            .map(|date| {
                let weekend = matches!(date.weekday(), chrono::Weekday::Sat | chrono::Weekday::Sun);
                (date, !weekend, "")
            });
        WorkCalendar::from_days(days).unwrap()
    }

    #[test]
    fn five_days_to_ask_twenty_to_hold_and_seven_before_it() {
        let permit = ItemContent::new("某许可", ItemType::Permit);
        let read = |told: &str| -> Vec<(&str, u32, Option<NaiveDate>)> {
            hearing_terms(&permit, "hearing", day(told), &calendar())
                .into_iter()
                .map(|term| (term.code, term.days, term.by))
                .collect()
        };
        // Told on Friday the 6th: until Friday the 13th; twenty more until Friday the 11th of December, and seven before that Wednesday the 2nd.
        assert_eq!(
            read("2026-11-06"),
            [
                ("ask", 5, Some(day("2026-11-13"))),
                ("announce", 7, Some(day("2026-12-02"))),
                ("hold", 20, Some(day("2026-12-11"))),
            ]
        );
        assert_eq!(
            read("2026-12-21"),
            [
                ("ask", 5, Some(day("2026-12-28"))),
                ("announce", 7, None),
                ("hold", 20, None)
            ],
            "no date is invented"
        );
    }

    #[test]
    fn other_procedures_and_other_matters_have_none() {
        let permit = ItemContent::new("某许可", ItemType::Permit);
        assert_eq!(
            hearing_terms(&permit, "testing", day("2026-11-06"), &calendar()),
            []
        );
        let service = ItemContent::new("某事", ItemType::PublicService);
        assert_eq!(
            hearing_terms(&service, "hearing", day("2026-11-06"), &calendar()),
            []
        );
    }
}
