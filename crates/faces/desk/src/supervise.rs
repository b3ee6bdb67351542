//! A region as its supervisor sees it: how the work stands, who read data for nothing, which departments answered about somebody
//! else, what people are unhappy with.

use axum::{
    Router,
    extract::{Query, State},
    response::Response,
    routing::get,
};
use chrono::{DateTime, Duration, Utc};
use serde::{Deserialize, Serialize};
use tongban_access::Action;
use tongban_cases::{WorkCounts, WorkFilter, WorkTotals};
use tongban_exchange::{NeverFiled, WrongAnswer};
use tongban_feedback::FollowUpLine;
use tongban_store::PageRequest;
use tongban_web::{Sentence, Visitor, WebError};

use crate::{
    StaffState,
    list::{remaining, state_key},
    parts::{Pages, calendar, frame, page_request, render, staff},
    told::Told,
};

/// Days that reads are looked back for, and days that a draft may take before it counts as never filed.
const BACK: i64 = 90;
const PATIENCE: i64 = 1;
/// The most urgent cases on the page.
const URGENT: u64 = 10;

pub(crate) fn routes() -> Router<StaffState> {
    Router::new().route("/desk/supervise", get(show))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    /// The page of the readers.
    page: String,
    /// The page of the answers about another person.
    answers: String,
    /// The page of the follow-ups.
    follow_ups: String,
}

#[derive(Serialize)]
struct SupervisePage {
    lights: WorkCounts,
    totals: WorkTotals,
    urgent: Vec<UrgentRow>,
    days: i64,
    readers: Vec<ReaderRow>,
    reader_pages: Pages,
    answers: Vec<AnswerRow>,
    answer_pages: Pages,
    follow_ups: Vec<FollowUpLine>,
    follow_up_count: u64,
    follow_up_pages: Pages,
}

#[derive(Serialize)]
struct UrgentRow {
    href: String,
    light: Option<tongban_codes::Light>,
    remaining: Sentence,
    item_name: String,
    organisation_name: String,
    state: Sentence,
}

/// A reader with the name of a member of staff; residents who gave their own form up are not named.
#[derive(Serialize)]
struct ReaderRow {
    kind: Sentence,
    name: Option<String>,
    organisation: Option<String>,
    reads: u64,
    drafts: u64,
    subjects: u64,
    latest: DateTime<Utc>,
}

/// An answer about another person: which register, for which case. Of whom it spoke is nowhere kept.
#[derive(Serialize)]
struct AnswerRow {
    at: DateTime<Utc>,
    resource: String,
    provider: String,
    purpose: String,
    used_by: String,
    /// The case, once it has been filed: a draft is for nobody but who fills it.
    href: Option<String>,
}

impl From<WrongAnswer> for AnswerRow {
    fn from(answer: WrongAnswer) -> Self {
        let case = answer.filed && answer.purpose.kind == tongban_cases::PURPOSE;
        Self {
            href: case.then(|| format!("/desk/cases/{}", answer.purpose.id)),
            at: answer.at,
            resource: answer.resource_name,
            provider: answer.provider,
            purpose: answer.purpose_title,
            used_by: answer.used_by,
        }
    }
}

async fn reader(state: &StaffState, line: NeverFiled) -> Result<ReaderRow, WebError> {
    let account = match (line.reader_account, &line.reader_organisation) {
        (Some(account), Some(_)) => tongban_identity::account(&state.store, account).await.told()?,
        _ => None,
    };
    Ok(ReaderRow {
        kind: Sentence::key(format!("desk-reader-{}", line.reader_kind)),
        name: account.map(|account| account.name),
        organisation: line.reader_organisation,
        reads: line.reads,
        drafts: line.drafts,
        subjects: line.subjects,
        latest: line.latest,
    })
}

async fn show(
    State(state): State<StaffState>,
    visitor: Visitor,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    let actor = &staff(&visitor, Action::CaseSupervise)?.actor;
    let calendar = calendar(&state.store).await?;
    let first = PageRequest::new(1, URGENT);
    let open = tongban_cases::work_list(&state.store, actor, WorkFilter::Open, &calendar, first)
        .await
        .told()?;
    let urgent = open
        .rows
        .into_iter()
        .filter(|line| {
            line.light
                .is_some_and(|light| light != tongban_codes::Light::Green)
        })
        .map(|line| UrgentRow {
            href: format!("/desk/cases/{}", line.id),
            remaining: remaining(line.light, line.remaining, line.stopped_since.is_some()),
            light: line.light,
            item_name: line.item_name,
            organisation_name: line.organisation_name,
            state: Sentence::key(state_key(line.state)),
        })
        .collect();
    let now = state.store.now();
    let (from, until) = (now - Duration::days(BACK), now - Duration::days(PATIENCE));
    let reads =
        tongban_exchange::reads_never_filed(&state.store, actor, from, until, page_request(&asked.page));
    let reads = reads.await.told()?;
    let answers = tongban_exchange::wrong_answers(&state.store, actor, page_request(&asked.answers))
        .await
        .told()?;
    // each list turns its own pages and leaves the other where it is
    let follow_ups = tongban_feedback::follow_ups(&state.store, actor, page_request(&asked.follow_ups))
        .await
        .told()?;
    let (read, answer, follow_up) = (reads.number, answers.number, follow_ups.number);
    let reader_pages = Pages::of(
        &reads,
        format!("/desk/supervise?answers={answer}&follow_ups={follow_up}&page="),
    );
    let answer_pages = Pages::of(
        &answers,
        format!("/desk/supervise?page={read}&follow_ups={follow_up}&answers="),
    );
    let follow_up_pages = Pages::of(
        &follow_ups,
        format!("/desk/supervise?page={read}&answers={answer}&follow_ups="),
    );
    let mut readers = Vec::with_capacity(reads.rows.len());
    for line in reads.rows {
        readers.push(reader(&state, line).await?);
    }
    let data = SupervisePage {
        lights: tongban_cases::work_counts(&state.store, actor, &calendar)
            .await
            .told()?,
        totals: tongban_cases::work_totals(&state.store, actor).await.told()?,
        urgent,
        days: BACK,
        readers,
        reader_pages,
        answers: answers.rows.into_iter().map(AnswerRow::from).collect(),
        answer_pages,
        follow_up_count: follow_ups.total,
        follow_up_pages,
        follow_ups: follow_ups.rows,
    };
    render(&state, &frame(&state, &visitor), "desk/supervise.html", &data)
}
