//! Small things that several pages share: the frame with its menu, who may enter, ids, lists that page, use cases.

use std::{future::Future, sync::Arc};

use axum::{http::StatusCode, response::Response};
use chrono::{Datelike, NaiveDate};
use serde::Serialize;
use tongban_access::{Action, Actor, Reach, require_second_factor};
use tongban_codes::{WorkCalendar, civil::beijing_date};
use tongban_store::{PageRequest, Store, StoreError, Tx};
use tongban_web::{Area, NavItem, PageContext, Sentence, SignedIn, Visitor, WebError, pages::Texts};

pub use tongban_web::parts::{Crumb, Pages, id, path};

use crate::{StaffState, told::Told};

/// Rows of a list.
const ROWS: u64 = 20;

/// The civil day in Beijing.
pub fn today(store: &Store) -> NaiveDate {
    beijing_date(store.now())
}

/// Working days from the year before this one on: what running clocks need.
pub async fn calendar(store: &Store) -> Result<Arc<WorkCalendar>, WebError> {
    tongban_directory::calendar_from(store, today(store).year() - 1)
        .await
        .told()
}

/// The page that an address asks for.
pub fn page_request(number: &str) -> PageRequest {
    PageRequest::new(number.parse().unwrap_or(1), ROWS)
}

/// Whether this actor may do this to anything at all. What exactly, the rooms decide.
pub fn may(actor: &Actor, action: Action) -> bool {
    !Reach::of(actor, action).is_nothing()
}

/// A member of staff whose role has this action; others are told that the page is not for them. Where the page is there for acts that take a
/// second factor, it is asked for at the door, and not after a long form.
pub fn staff(visitor: &Visitor, action: Action) -> Result<&SignedIn, WebError> {
    let session = visitor.require_staff()?;
    if !may(&session.actor, action) {
        return Err(WebError::forbidden());
    }
    at_the_door(&session.actor, action)?;
    Ok(session)
}

/// Asks for the second factor, where the pages of an action are there for nothing else.
pub(crate) fn at_the_door(actor: &Actor, action: Action) -> Result<(), WebError> {
    let asks = matches!(
        action,
        Action::ItemManage
            | Action::ImportRun
            | Action::AccountManage
            | Action::ClientManage
            | Action::DepartmentSwitch
            | Action::PersonServe
    );
    if asks {
        require_second_factor(actor, action.as_str())?;
    }
    Ok(())
}

/// The context of a page of the desk, with the menu of its visitor.
pub fn frame(state: &StaffState, visitor: &Visitor) -> PageContext {
    let page = visitor.page(Area::Desk);
    let mut nav = menu(state, visitor.actor(), &page.path);
    nav.push(NavItem::new("/desk/post", "desk-nav-post").marked_for(&page.path));
    page.with_nav(nav)
}

fn menu(state: &StaffState, actor: &Actor, here: &str) -> Vec<NavItem> {
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
        (Action::PersonServe, "/desk/people", "desk-nav-people"),
        (Action::PersonServe, "/desk/mandates", "desk-nav-mandates"),
        (Action::PersonServe, "/desk/corrections", "desk-nav-corrections"),
        (Action::LicenceManage, "/desk/licences", "desk-nav-licences"),
        (Action::RatingFollowUp, "/desk/follow-ups", "desk-nav-follow-ups"),
        (Action::CaseSupervise, "/desk/supervise", "desk-nav-supervise"),
        (Action::ItemManage, "/desk/items", "desk-nav-items"),
        (Action::ItemManage, "/desk/quality", "desk-nav-quality"),
        (Action::ImportRun, "/desk/imports", "desk-nav-imports"),
        (Action::AccountManage, "/desk/staff", "desk-nav-staff"),
        (Action::ClientManage, "/desk/clients", "desk-nav-clients"),
        (
            Action::DepartmentSwitch,
            "/desk/departments",
            "desk-nav-departments",
        ),
        (Action::SystemInspect, "/desk/access", "desk-nav-access"),
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
pub fn render<T: Serialize>(
    state: &StaffState,
    page: &PageContext,
    name: &str,
    data: &T,
) -> Result<Response, WebError> {
    render_with(state, page, name, data, StatusCode::OK)
}

/// The same with another status.
pub fn render_with<T: Serialize>(
    state: &StaffState,
    page: &PageContext,
    name: &str,
    data: &T,
    status: StatusCode,
) -> Result<Response, WebError> {
    let page = state.kit.pages.render(page, name, data)?.with_status(status);
    Ok(axum::response::IntoResponse::into_response(page))
}

/// Runs a use case for the one who is signed in.
pub async fn act<I, T, E, F, Answer>(state: &StaffState, actor: &Actor, input: I, use_case: F) -> Result<T, E>
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
pub struct Fact {
    /// What it is called.
    pub label: Sentence,
    /// What is so.
    pub value: Sentence,
}

impl Fact {
    /// A text key and what is so.
    pub fn new(label: &str, value: Sentence) -> Self {
        Self {
            label: Sentence::key(label),
            value,
        }
    }
}

/// A choice of a filter or a tab.
#[derive(Debug, Clone, Serialize)]
pub struct Tab {
    /// Where it leads.
    pub href: String,
    /// What it is called.
    pub label: Sentence,
    /// How many rows it has, where they are counted.
    pub count: Option<u64>,
    /// Whether it is the one that is shown.
    pub current: bool,
}

/// What a refusal says, when the error is one: it belongs on the page that was posted, not on a page of its own.
pub fn refusal(error: &WebError, texts: &Texts) -> Option<Sentence> {
    (error.status() == StatusCode::UNPROCESSABLE_ENTITY).then(|| error.sentence(texts))
}
