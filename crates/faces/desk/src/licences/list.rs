//! The licences of the own organisation.

use axum::{
    extract::{Query, State},
    http::StatusCode,
    response::Response,
};
use serde::{Deserialize, Serialize};
use tongban_access::Action;
use tongban_licences::{FindByNumber, IssuedFilter, IssuedLicence, LicenceStatus};
use tongban_web::{Form, Sentence, Visitor, WebError, local_path::encode_query};

use super::standing;
use crate::{
    StaffState,
    parts::{Pages, Tab, act, frame, page_request, refusal, render, render_with, staff, today},
    told::Told,
};

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    /// An identifier, or the number that is printed. A holder's number never stands in an address.
    q: String,
    show: String,
    page: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Typed {
    number: String,
}

#[derive(Serialize)]
struct ListPage {
    q: String,
    tabs: Vec<Tab>,
    rows: Vec<Row>,
    pages: Option<Pages>,
    /// The rows are those of the number that was typed.
    by_number: bool,
    number_error: Option<Sentence>,
}

#[derive(Serialize)]
struct Row {
    href: String,
    name: String,
    number: String,
    edition: i32,
    holder: String,
    issued_on: chrono::NaiveDate,
    valid_to: Option<chrono::NaiveDate>,
    standing: &'static str,
    tone: &'static str,
}

fn row(licence: IssuedLicence, day: chrono::NaiveDate) -> Row {
    let (standing, tone) = standing(licence.status, licence.valid_from, licence.valid_to, day);
    Row {
        href: format!("/desk/licences/{}", licence.id),
        name: licence.name,
        number: licence.number,
        edition: licence.edition,
        holder: licence.holder_name,
        issued_on: licence.issued_on,
        valid_to: licence.valid_to,
        standing,
        tone,
    }
}

fn tabs(show: Option<LicenceStatus>) -> Vec<Tab> {
    let all = Tab {
        href: "/desk/licences".to_owned(),
        label: Sentence::key("desk-licences-all"),
        count: None,
        current: show.is_none(),
    };
    let others = LicenceStatus::ALL.into_iter().map(|status| Tab {
        href: format!("/desk/licences?show={}", status.as_str()),
        label: Sentence::key(format!("portal-standing-{}", status.as_str())),
        count: None,
        current: show == Some(status),
    });
    [all].into_iter().chain(others).collect()
}

pub(super) async fn show(
    State(state): State<StaffState>,
    visitor: Visitor,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    let actor = &staff(&visitor, Action::LicenceManage)?.actor;
    let q: String = asked.q.trim().chars().take(200).collect();
    let show = LicenceStatus::from_word(&asked.show);
    let filter = IssuedFilter {
        identifier: (!q.is_empty()).then(|| q.clone()),
        status: show,
    };
    let found = tongban_licences::licences_issued(&state.store, actor, &filter, page_request(&asked.page))
        .await
        .told()?;
    let status = show.map_or("", LicenceStatus::as_str);
    let base = format!("/desk/licences?q={}&show={status}&page=", encode_query(&q));
    let day = today(&state.store);
    let data = ListPage {
        q,
        tabs: tabs(show),
        pages: Some(Pages::of(&found, base)),
        rows: found.rows.into_iter().map(|licence| row(licence, day)).collect(),
        by_number: false,
        number_error: None,
    };
    render(&state, &frame(&state, &visitor), "desk/licences.html", &data)
}

/// The answer stands on the page that was posted: a number does not belong into an address, nor back into its field.
pub(super) async fn find(
    State(state): State<StaffState>,
    visitor: Visitor,
    Form(typed): Form<Typed>,
) -> Result<Response, WebError> {
    let actor = &staff(&visitor, Action::LicenceManage)?.actor;
    let input = FindByNumber { number: typed.number };
    let found = act(&state, actor, input, |tx, by, input| async move {
        tongban_licences::find_by_number(&tx, &by, input).await
    })
    .await
    .told();
    let (rows, error) = match found {
        Ok(rows) => (rows, None),
        Err(error) => match refusal(&error, state.kit.pages.texts()) {
            Some(_) => (Vec::new(), Some(Sentence::key("desk-licences-number-wrong"))),
            None => return Err(error),
        },
    };
    let status = if error.is_some() {
        StatusCode::UNPROCESSABLE_ENTITY
    } else {
        StatusCode::OK
    };
    let day = today(&state.store);
    let data = ListPage {
        q: String::new(),
        tabs: tabs(None),
        rows: rows.into_iter().map(|licence| row(licence, day)).collect(),
        pages: None,
        by_number: error.is_none(),
        number_error: error,
    };
    let page = frame(&state, &visitor);
    render_with(&state, &page, "desk/licences.html", &data, status)
}
