//! The quality board: what is published with findings, by rule and by department, and what has been mended. Each line leads to the
//! field in the editor. Nothing of another region.

use axum::{
    Router,
    extract::{Query, State},
    response::Response,
    routing::get,
};
use chrono::{DateTime, Days, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use tongban_access::Action;
use tongban_catalogue::{Count, Debt, DebtFilter, QualityDay};
use tongban_web::{Sentence, Visitor, WebError, local_path::encode_query, pages::Texts};

use crate::{
    StaffState,
    editor::{Spot, label_of, region_of},
    findings::{FindingView, code_words},
    parts::{Pages, frame, page_request, render, staff, today},
    told::Told,
};

/// Days of the trend.
const TREND: u64 = 30;

pub(super) fn routes() -> Router<StaffState> {
    Router::new().route("/desk/quality", get(quality))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    finding: String,
    department: String,
    page: String,
}

impl Asked {
    /// The address of the board with one choice changed.
    fn address(finding: &str, department: &str) -> String {
        format!(
            "/desk/quality?finding={}&department={}",
            encode_query(finding),
            encode_query(department)
        )
    }
}

#[derive(Serialize)]
struct QualityPage {
    total: i64,
    /// One for each rule, the most frequent first.
    rules: Vec<CountRow>,
    /// One for each department, the most frequent first.
    departments: Vec<CountRow>,
    finding: Option<Chosen>,
    department: Option<Chosen>,
    trend: Trend,
    rows: Vec<DebtRow>,
    pages: Pages,
}

/// What the lists are narrowed to, and the way back.
#[derive(Serialize)]
struct Chosen {
    words: Sentence,
    off_href: String,
}

#[derive(Serialize)]
struct CountRow {
    href: String,
    words: Sentence,
    items: i64,
    /// Of the largest, in percent, for the bar.
    percent: i64,
    current: bool,
}

#[derive(Serialize)]
struct Trend {
    days: Vec<DayRow>,
    appeared: i64,
    mended: i64,
    length: u64,
}

#[derive(Serialize)]
struct DayRow {
    day: NaiveDate,
    appeared: i64,
    mended: i64,
    /// Of the most in a day, in percent, for the bars.
    appeared_percent: i64,
    mended_percent: i64,
}

impl Trend {
    fn of(days: Vec<QualityDay>) -> Self {
        let most = days
            .iter()
            .map(|day| day.appeared.max(day.mended))
            .max()
            .unwrap_or(1)
            .max(1);
        Self {
            appeared: days.iter().map(|day| day.appeared).sum(),
            mended: days.iter().map(|day| day.mended).sum(),
            length: TREND,
            days: days
                .into_iter()
                .map(|day| DayRow {
                    day: day.day,
                    appeared: day.appeared,
                    mended: day.mended,
                    appeared_percent: day.appeared * 100 / most,
                    mended_percent: day.mended * 100 / most,
                })
                .collect(),
        }
    }
}

#[derive(Serialize)]
struct DebtRow {
    /// The field in the editor.
    href: String,
    name: String,
    department: String,
    label: Sentence,
    finding: FindingView,
    found_at: DateTime<Utc>,
}

impl DebtRow {
    fn of(debt: Debt, texts: &Texts) -> Self {
        let item = format!("/desk/items/{}", debt.item);
        Self {
            href: Spot::of(&debt.finding.field).map_or_else(|| item.clone(), |spot| spot.href(&item)),
            label: label_of(&debt.finding.field),
            finding: FindingView::of(&debt.finding, texts),
            name: debt.name,
            department: debt.department,
            found_at: debt.found_at,
        }
    }
}

fn rows(
    counts: Vec<Count>,
    chosen: &str,
    href: impl Fn(&str) -> String,
    words: impl Fn(&str) -> Sentence,
) -> Vec<CountRow> {
    let largest = counts.first().map_or(1, |count| count.items.max(1));
    counts
        .into_iter()
        .map(|count| CountRow {
            href: href(&count.value),
            words: words(&count.value),
            percent: (count.items * 100 / largest).max(1),
            current: count.value == chosen,
            items: count.items,
        })
        .collect()
}

async fn quality(
    State(state): State<StaffState>,
    visitor: Visitor,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    let actor = &staff(&visitor, Action::ItemManage)?.actor;
    let texts = state.kit.pages.texts();
    let Asked {
        finding,
        department,
        page,
    } = asked;
    let chosen = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    let filter = |finding: &str, department: &str| DebtFilter {
        within: region_of(actor),
        finding: chosen(finding),
        department: chosen(department),
    };
    // each list of counts is narrowed by the other choice
    let rules = tongban_catalogue::debt_counts(&state.store, &filter("", &department))
        .await
        .told()?;
    let departments = tongban_catalogue::debt_departments(&state.store, &filter(&finding, ""))
        .await
        .told()?;
    let found = tongban_catalogue::debts(&state.store, &filter(&finding, &department), page_request(&page))
        .await
        .told()?;
    let since = today(&state.store) - Days::new(TREND);
    let days = tongban_catalogue::quality_days(&state.store, region_of(actor).as_ref(), since)
        .await
        .told()?;
    let data = QualityPage {
        total: rules.iter().map(|count| count.items).sum(),
        rules: rows(
            rules,
            &finding,
            |code| Asked::address(code, &department),
            |code| code_words(code, texts),
        ),
        departments: rows(
            departments,
            &department,
            |name| Asked::address(&finding, name),
            |name| Sentence::plain(name),
        ),
        finding: chosen(&finding).map(|code| Chosen {
            words: code_words(&code, texts),
            off_href: Asked::address("", &department),
        }),
        department: chosen(&department).map(|name| Chosen {
            words: Sentence::plain(name),
            off_href: Asked::address(&finding, ""),
        }),
        trend: Trend::of(days),
        pages: Pages::of(&found, format!("{}&page=", Asked::address(&finding, &department))),
        rows: found
            .rows
            .into_iter()
            .map(|debt| DebtRow::of(debt, texts))
            .collect(),
    };
    render(&state, &frame(&state, &visitor), "desk/quality.html", &data)
}
