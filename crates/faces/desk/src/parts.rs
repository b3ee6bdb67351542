//! Small things that several pages share: the frame with its menu, who may enter, ids, lists that page, use cases.

use std::{future::Future, sync::Arc};

use axum::{http::StatusCode, response::Response};
use chrono::{Datelike, NaiveDate};
use serde::Serialize;
use tongban_access::{Action, Actor, Reach};
use tongban_codes::{WorkCalendar, civil::beijing_date};
use tongban_store::{PageRequest, Store, StoreError, Tx};
use tongban_web::{Area, NavItem, PageContext, Sentence, SignedIn, Visitor, WebError};

pub(crate) use tongban_web::parts::{Crumb, Pages, id, path};

use crate::{DeskState, told::Told};

/// Rows of a list.
const ROWS: u64 = 20;

/// The civil day in Beijing.
pub(crate) fn today(store: &Store) -> NaiveDate {
    beijing_date(store.now())
}

/// Working days from the year before this one on: what running clocks need.
pub(crate) async fn calendar(store: &Store) -> Result<Arc<WorkCalendar>, WebError> {
    tongban_directory::calendar_from(store, today(store).year() - 1)
        .await
        .told()
}

/// The page that an address asks for.
pub(crate) fn page_request(number: &str) -> PageRequest {
    PageRequest::new(number.parse().unwrap_or(1), ROWS)
}

/// Whether this actor may do this to anything at all. What exactly, the rooms decide.
pub(crate) fn may(actor: &Actor, action: Action) -> bool {
    Reach::of(actor, action) != Reach::Nothing
}

/// A member of staff whose role has this action; others are told that the page is not for them.
pub(crate) fn staff(visitor: &Visitor, action: Action) -> Result<&SignedIn, WebError> {
    let session = visitor.require_staff()?;
    if may(&session.actor, action) {
        Ok(session)
    } else {
        Err(WebError::forbidden())
    }
}

/// The context of a page of the desk, with the menu of its visitor.
pub(crate) fn frame(state: &DeskState, visitor: &Visitor) -> PageContext {
    let page = visitor.page(Area::Desk);
    let mut nav = menu(state, visitor.actor(), &page.path);
    if crate::post::posts(visitor).len() > 1 {
        nav.push(NavItem::new("/desk/post", "desk-nav-post").marked_for(&page.path));
    }
    page.with_nav(nav)
}

fn menu(state: &DeskState, actor: &Actor, here: &str) -> Vec<NavItem> {
    let mut menu = Vec::new();
    if may(actor, Action::CaseView) {
        let mut work = NavItem::new("/desk", "desk-nav-work");
        let place = here.split('?').next().unwrap_or_default();
        // everything lies below /desk: only the list and its cases belong to this entry
        work.current = place == "/desk" || place.starts_with("/desk/cases");
        menu.push(work);
        menu.push(NavItem::new("/desk/notices", "desk-nav-notices").marked_for(here));
    }
    let entries = [
        (Action::CaseFileAtWindow, "/desk/file", "desk-nav-file"),
        (Action::LicenceManage, "/desk/licences", "desk-nav-licences"),
        (Action::RatingFollowUp, "/desk/follow-ups", "desk-nav-follow-ups"),
        (Action::CaseSupervise, "/desk/supervise", "desk-nav-supervise"),
        (Action::ItemManage, "/desk/items", "desk-nav-items"),
        (Action::ItemManage, "/desk/quality", "desk-nav-quality"),
        (Action::ImportRun, "/desk/imports", "desk-nav-imports"),
        (
            Action::DepartmentSwitch,
            "/desk/departments",
            "desk-nav-departments",
        ),
        (Action::SystemInspect, "/desk/work", "desk-nav-jobs"),
    ];
    for (action, href, key) in entries {
        let there = action != Action::DepartmentSwitch || state.demo_departments.is_some();
        if there && may(actor, action) {
            menu.push(NavItem::new(href, key).marked_for(here));
        }
    }
    menu
}

/// Renders a page of the desk.
pub(crate) fn render<T: Serialize>(
    state: &DeskState,
    page: &PageContext,
    name: &str,
    data: &T,
) -> Result<Response, WebError> {
    render_with(state, page, name, data, StatusCode::OK)
}

/// The same with another status.
pub(crate) fn render_with<T: Serialize>(
    state: &DeskState,
    page: &PageContext,
    name: &str,
    data: &T,
    status: StatusCode,
) -> Result<Response, WebError> {
    let page = state.kit.pages.render(page, name, data)?.with_status(status);
    Ok(axum::response::IntoResponse::into_response(page))
}

/// Runs a use case for the one who is signed in.
pub(crate) async fn act<I, T, E, F, Answer>(
    state: &DeskState,
    actor: &Actor,
    input: I,
    use_case: F,
) -> Result<T, E>
where
    I: Clone + Send + Sync + 'static,
    T: Send + 'static,
    E: From<StoreError> + Send + 'static,
    F: Fn(Tx, Actor, I) -> Answer + Send + Sync + 'static,
    Answer: Future<Output = Result<T, E>> + Send + 'static,
{
    let by = actor.clone();
    state
        .store
        .write(actor.signer(), move |tx| use_case(tx, by.clone(), input.clone()))
        .await
}

/// One entry of the macro `facts`.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Fact {
    pub label: Sentence,
    pub value: Sentence,
}

impl Fact {
    pub(crate) fn new(label: &str, value: Sentence) -> Self {
        Self {
            label: Sentence::key(label),
            value,
        }
    }
}

/// A choice of a filter or a tab.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Tab {
    pub href: String,
    pub label: Sentence,
    pub count: Option<u64>,
    pub current: bool,
}
