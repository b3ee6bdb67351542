//! The work list of an office.

use axum::{
    Router,
    extract::{Query, State},
    response::{IntoResponse, Redirect, Response},
    routing::get,
};
use serde::{Deserialize, Serialize};
use tongban_access::{Action, Actor};
use tongban_cases::{CaseLine, WorkCounts, WorkFilter, WorkTotals};
use tongban_codes::Light;
use tongban_procedure::State as CaseState;
use tongban_web::{Sentence, Visitor, WebError};
use uuid::Uuid;

use crate::{
    StaffState,
    parts::{Pages, Tab, calendar, frame, may, page_request, render},
    told::Told,
};

pub(crate) fn routes() -> Router<StaffState> {
    Router::new().route("/desk", get(list))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    show: String,
    page: String,
    /// The number of a case that somebody looks for.
    number: String,
}

#[derive(Serialize)]
struct ListPage {
    /// What was looked for and not found.
    number: String,
    show: &'static str,
    tabs: Vec<Tab>,
    lights: WorkCounts,
    /// Notices that stand.
    notices: u64,
    rows: Vec<Row>,
    pages: Pages,
}

/// A line of a list of cases.
#[derive(Serialize)]
pub(crate) struct Row {
    pub id: Uuid,
    pub href: String,
    pub light: Option<Light>,
    pub remaining: Sentence,
    pub item_name: String,
    pub number: Option<String>,
    pub applicant: String,
    pub step: Sentence,
    pub shared: u32,
    pub uploaded: u32,
    pub action: Sentence,
}

/// The words of the filters in addresses and text keys, in the order of the tabs.
const FILTERS: [&str; 6] = ["accept", "decide", "deliver", "supplement", "open", "closed"];

/// What an office looks at first.
fn usual(actor: &Actor) -> &'static str {
    if may(actor, Action::CaseFileAtWindow) {
        "accept"
    } else if may(actor, Action::CaseDecide) {
        "decide"
    } else {
        "open"
    }
}

async fn list(
    State(state): State<StaffState>,
    visitor: Visitor,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    let session = visitor.require_staff()?;
    let actor = &session.actor;
    if !may(actor, Action::CaseView) {
        // operators handle no cases: their desk begins with the items
        return Ok(Redirect::to("/desk/items").into_response());
    }
    let number: String = asked.number.trim().chars().take(40).collect();
    if !number.is_empty()
        && let Some(case) = tongban_cases::case_of_number(&state.store, actor, &number)
            .await
            .told()?
    {
        return Ok(Redirect::to(&format!("/desk/cases/{case}")).into_response());
    }
    let show = FILTERS
        .into_iter()
        .find(|word| *word == asked.show)
        .unwrap_or_else(|| usual(actor));
    let filter = WorkFilter::from_word(show).ok_or_else(WebError::not_found)?;
    let calendar = calendar(&state.store).await?;
    let page = tongban_cases::work_list(&state.store, actor, filter, &calendar, page_request(&asked.page))
        .await
        .told()?;
    let totals = tongban_cases::work_totals(&state.store, actor).await.told()?;
    let data = ListPage {
        number,
        show,
        tabs: tabs(show, &totals),
        lights: tongban_cases::work_counts(&state.store, actor, &calendar)
            .await
            .told()?,
        notices: tongban_engage::open_notices(&state.store, actor).await.told()?,
        pages: Pages::of(&page, format!("/desk?show={show}&page=")),
        rows: page
            .rows
            .into_iter()
            .map(|line| row(line, filter, actor))
            .collect(),
    };
    render(&state, &frame(&state, &visitor), "desk/list.html", &data)
}

fn tabs(show: &str, totals: &WorkTotals) -> Vec<Tab> {
    let counts = [
        totals.accept,
        totals.decide,
        totals.deliver,
        totals.supplement,
        totals.open,
        totals.closed,
    ];
    FILTERS
        .into_iter()
        .zip(counts)
        .map(|(word, count)| Tab {
            href: format!("/desk?show={word}"),
            label: Sentence::key(format!("desk-show-{word}")),
            count: Some(count),
            current: word == show,
        })
        .collect()
}

fn row(line: CaseLine, filter: WorkFilter, actor: &Actor) -> Row {
    let action = match line.state {
        CaseState::Submitted if may(actor, Action::CaseAccept) => "desk-do-accept",
        CaseState::Accepted if may(actor, Action::CaseDecide) => "desk-do-decide",
        CaseState::Granted | CaseState::Refused
            if filter == WorkFilter::ToDeliver && may(actor, Action::CaseDeliver) =>
        {
            "desk-do-deliver"
        }
        _ => "desk-do-look",
    };
    let step = match line.state {
        CaseState::Refused if filter == WorkFilter::ToDeliver => "desk-state-deliver-refused".to_owned(),
        _ if filter == WorkFilter::ToDeliver => "desk-state-deliver".to_owned(),
        state => state_key(state),
    };
    Row {
        id: line.id,
        href: format!("/desk/cases/{}", line.id),
        remaining: remaining(line.light, line.remaining, line.stopped_since.is_some()),
        // a clock that stands still has no light, unless what stops it takes longer than was announced
        light: line
            .light
            .filter(|light| line.stopped_since.is_none() || *light != Light::Green),
        item_name: line.item_name,
        number: line.number,
        applicant: line.applicant,
        step: Sentence::key(step),
        shared: line.shared,
        uploaded: line.uploaded,
        action: Sentence::key(action),
    }
}

/// The text key of a state.
pub(crate) fn state_key(state: CaseState) -> String {
    format!("desk-state-{}", state.as_str().replace('_', "-"))
}

/// How long an office still has.
pub(crate) fn remaining(light: Option<Light>, days: Option<i64>, stopped: bool) -> Sentence {
    if stopped {
        return Sentence::key("desk-stopped");
    }
    match (light, days) {
        (None, _) => Sentence::key("desk-no-clock"),
        (Some(_), None) => Sentence::key("desk-days-unknown"),
        (Some(_), Some(0)) => Sentence::key("desk-due-today"),
        (Some(_), Some(days)) if days < 0 => Sentence::key("desk-days-late").with("days", -days),
        (Some(_), Some(days)) => Sentence::key("desk-days-left").with("days", days),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_remaining_days_are_told_in_words() {
        for (light, days, key) in [
            (None, None, "desk-no-clock"),
            (Some(Light::Yellow), None, "desk-days-unknown"),
            (Some(Light::Yellow), Some(0), "desk-due-today"),
            (Some(Light::Red), Some(-2), "desk-days-late"),
            (Some(Light::Green), Some(3), "desk-days-left"),
        ] {
            let told = remaining(light, days, false);
            assert!(
                matches!(&told, Sentence::Key { key: found, .. } if found == key),
                "{told:?}"
            );
        }
        let told = remaining(Some(Light::Yellow), Some(0), true);
        assert!(
            matches!(&told, Sentence::Key { key, .. } if key == "desk-stopped"),
            "{told:?}"
        );
    }
}
