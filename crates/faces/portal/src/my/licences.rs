//! One's own licences: the list, the face, the page to keep.

use axum::{
    Router,
    extract::{Path, Query, State},
    routing::get,
};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use tongban_access::Actor;
use tongban_licences::{HeldLicence, LicenceStatus, LicenceView};
use tongban_store::Page as ListPage;
use tongban_web::{Page, Sentence, Visitor, WebError};
use uuid::Uuid;

use super::{Tab, context, tabs};
use crate::{
    PortalState, files,
    parts::{Crumb, Pages, id, page_request, today},
    told::Told,
};

pub(crate) fn routes() -> Router<PortalState> {
    Router::new()
        .route("/my/licences", get(list))
        .route("/my/licences/{licence}", get(show))
        .route("/my/licences/{licence}/licence.pdf", get(files::carrier))
}

#[derive(Deserialize)]
struct Asked {
    page: Option<String>,
}

#[derive(Serialize)]
struct LicencesPage {
    tabs: Vec<Tab>,
    rows: Vec<Row>,
    pages: Pages,
}

#[derive(Serialize)]
struct Row {
    href: String,
    name: String,
    issuer: String,
    issued_on: NaiveDate,
    valid_to: Option<NaiveDate>,
    standing: &'static str,
    tone: &'static str,
}

/// How a licence stands on a day, and its colour.
fn standing(
    status: LicenceStatus,
    valid_from: NaiveDate,
    valid_to: Option<NaiveDate>,
    day: NaiveDate,
) -> (&'static str, &'static str) {
    match status {
        LicenceStatus::Valid if valid_to.is_some_and(|last| last < day) => ("expired", "plain"),
        LicenceStatus::Valid if day < valid_from => ("not_yet", "yellow"),
        LicenceStatus::Valid => ("valid", "green"),
        LicenceStatus::Suspended => ("suspended", "yellow"),
        LicenceStatus::Revoked => ("revoked", "red"),
        LicenceStatus::Replaced => ("replaced", "plain"),
        LicenceStatus::Cancelled => ("cancelled", "plain"),
    }
}

fn row(held: HeldLicence, day: NaiveDate) -> Row {
    let (standing, tone) = standing(held.status, held.valid_from, held.valid_to, day);
    Row {
        href: format!("/my/licences/{}", held.id),
        name: held.name,
        issuer: held.issuer_name,
        issued_on: held.issued_on,
        valid_to: held.valid_to,
        standing,
        tone,
    }
}

async fn list(
    State(state): State<PortalState>,
    visitor: Visitor,
    Query(asked): Query<Asked>,
) -> Result<Page, WebError> {
    let session = visitor.require_party()?;
    let all = tongban_licences::my_licences(&state.store, &session.actor)
        .await
        .told()?;
    let request = page_request(asked.page.as_deref());
    let day = today(&state.store);
    let total = u64::try_from(all.len()).unwrap_or(0);
    let (skip, take) = (
        usize::try_from(request.offset()).unwrap_or(usize::MAX),
        usize::try_from(request.size).unwrap_or(usize::MAX),
    );
    let rows: Vec<Row> = all
        .into_iter()
        .skip(skip)
        .take(take)
        .map(|held| row(held, day))
        .collect();
    let page = ListPage::new(rows, total, request);
    let data = LicencesPage {
        tabs: tabs(&state, session, "/my/licences").await?,
        pages: Pages::of(&page, "/my/licences?page="),
        rows: page.rows,
    };
    state
        .kit
        .pages
        .render(&context(&visitor), "portal/my/licences.html", &data)
}

#[derive(Serialize)]
struct LicencePage {
    crumbs: Vec<Crumb>,
    licence: LicenceView,
    standing: &'static str,
    tone: &'static str,
    pdf_href: String,
    verify_href: Option<String>,
    verify_address: Option<String>,
    /// An SVG of the verifying address, made by us.
    qr: Option<String>,
}

/// That somebody who acts for the holder looked at a licence stands under who read the holder's data.
pub(crate) async fn looked(state: &PortalState, actor: &Actor, licence: Uuid) -> Result<(), WebError> {
    if actor.agency().is_none() {
        return Ok(());
    }
    let by = actor.clone();
    state
        .store
        .write(actor.signer(), move |tx| {
            let by = by.clone();
            async move { tongban_licences::record_licence_view(&tx, &by, licence).await }
        })
        .await
        .told()
}

async fn show(
    State(state): State<PortalState>,
    visitor: Visitor,
    Path(licence): Path<String>,
) -> Result<Page, WebError> {
    let session = visitor.require_party()?;
    looked(&state, &session.actor, id(&licence)?).await?;
    let licence = tongban_licences::licence_view(&state.store, &session.actor, id(&licence)?)
        .await
        .told()?;
    let (standing, tone) = standing(
        licence.status,
        licence.valid_from,
        licence.valid_to,
        today(&state.store),
    );
    let verify_href = licence.verify_code.as_ref().map(|code| format!("/verify/{code}"));
    let verify_address = verify_href
        .as_ref()
        .map(|href| format!("{}{href}", state.public_address));
    let data = LicencePage {
        crumbs: vec![
            Crumb::link("/my/licences", Sentence::key("portal-my-licences")),
            Crumb::here(Sentence::plain(licence.name.clone())),
        ],
        pdf_href: format!("/my/licences/{}/licence.pdf", licence.id),
        qr: verify_address
            .as_ref()
            .and_then(|address| tongban_press::qr_svg(address).ok()),
        verify_href,
        verify_address,
        standing,
        tone,
        licence,
    };
    state
        .kit
        .pages
        .render(&context(&visitor), "portal/my/licence.html", &data)
}
