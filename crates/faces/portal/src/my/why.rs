//! 这个日期怎么算的: each step of the count, with the article it rests on.

use axum::{
    Router,
    extract::{Path, State},
    routing::get,
};
use chrono::NaiveDate;
use serde::Serialize;
use tongban_codes::Due;
use tongban_procedure::ClockExplanation;
use tongban_web::{Page, Sentence, Visitor, WebError};

use super::{context, draft::Own};
use crate::{PortalState, parts::Crumb, told::Told};

pub(crate) fn routes() -> Router<PortalState> {
    Router::new().route("/my/cases/{case}/why", get(why))
}

#[derive(Serialize)]
struct WhyPage {
    crumbs: Vec<Crumb>,
    address: String,
    name: String,
    counts: Vec<Count>,
}

/// The count of one clock.
#[derive(Serialize)]
struct Count {
    explanation: ClockExplanation,
    due_on: Option<NaiveDate>,
    /// A year whose days off are not published yet.
    missing_year: Option<i32>,
    running: bool,
}

async fn why(
    State(state): State<PortalState>,
    visitor: Visitor,
    Path(case): Path<String>,
) -> Result<Page, WebError> {
    let session = visitor.require_party()?;
    let own = Own::load(&state, &session.actor, &case).await?;
    let clocks = tongban_cases::clocks_of(&state.store, own.id()).await.told()?;
    let counts = clocks
        .iter()
        .map(|clock| {
            let explanation = clock.explain(&own.calendar);
            let missing_year = match explanation.explanation.due {
                Due::Open { missing_year, .. } => Some(missing_year),
                Due::Date(_) | Due::Stopped { .. } => None,
            };
            Count {
                due_on: explanation.explanation.due.date(),
                missing_year,
                running: clock.ended_on.is_none(),
                explanation,
            }
        })
        .collect();
    let data = WhyPage {
        crumbs: vec![
            Crumb::link("/my/cases", Sentence::key("portal-my-cases")),
            Crumb::link(own.address(), Sentence::plain(own.view.item_name.clone())),
            Crumb::here(Sentence::key("portal-why")),
        ],
        address: own.address(),
        name: own.view.item_name.clone(),
        counts,
    };
    state
        .kit
        .pages
        .render(&context(&visitor), "portal/my/why.html", &data)
}
