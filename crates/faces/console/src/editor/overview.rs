//! One item of the catalogue: its sections, what is to be mended before publishing, and what can be done.

use axum::{
    Router,
    extract::{Path, Query, State},
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use tongban_catalogue::{DraftVersion, Finding, ItemVersion, findings_of};
use tongban_store::PageRequest;
use tongban_web::{Flash, Form, Pairs, Sentence, Visitor, WebError, local_path::see_other};

use super::{
    FindingLink, Opened,
    entries::entries_of,
    finding_links,
    sections::{SECTIONS, Section, placed},
};
use crate::{
    StaffState,
    parts::{Crumb, act, frame, path, render_with},
    told::Told,
};

pub(super) fn routes() -> Router<StaffState> {
    Router::new()
        .route("/desk/items/{item}", get(show))
        .route("/desk/items/{item}/draft", post(begin))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    /// The page below the item's address that somebody wanted to write on before there was a draft.
    to: String,
}

#[derive(Serialize)]
struct ItemPage {
    crumbs: Vec<Crumb>,
    name: String,
    code: String,
    department: String,
    address: String,
    /// The version in force, and since when.
    current: Option<Standing>,
    guide_href: Option<String>,
    draft: Option<DraftView>,
    /// Findings that were published with what is in force.
    debts: Vec<FindingLink>,
    to: String,
}

#[derive(Serialize)]
struct Standing {
    number: i32,
    since: NaiveDate,
}

#[derive(Serialize)]
struct DraftView {
    number: i32,
    version: i32,
    preview_href: String,
    sections: Vec<SectionRow>,
    findings: Vec<FindingLink>,
}

#[derive(Serialize)]
struct SectionRow {
    href: String,
    label: Sentence,
    /// How many entries a list has.
    entries: Option<usize>,
    to_mend: usize,
}

fn section_row(
    section: &Section,
    address: &str,
    content: &serde_json::Value,
    findings: &[Finding],
) -> SectionRow {
    SectionRow {
        href: format!("{address}/edit/{}", section.word),
        label: Sentence::key(format!("editor-section-{}", section.word)),
        entries: section
            .list
            .as_ref()
            .map(|list| entries_of(section, list, content).len()),
        to_mend: placed(findings)
            .filter(|(spot, _)| spot.is_some_and(|spot| spot.section == section.word))
            .count(),
    }
}

async fn show(
    State(state): State<StaffState>,
    visitor: Visitor,
    Path(item): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    let opened = Opened::load(&state, &visitor, &item).await?;
    let texts = state.kit.pages.texts();
    let address = opened.address();
    let current = match opened.line.current {
        Some(version) => tongban_catalogue::version(&state.store, version).await.told()?,
        None => None,
    };
    let debts = match current {
        Some(_) => findings_of(&state.store, opened.line.id).await.told()?,
        None => Vec::new(),
    };
    let draft = match opened.writing("").ok() {
        None => None,
        Some(writing) => {
            let (content, findings) = (writing.content()?, writing.findings());
            Some(DraftView {
                number: writing.draft.line.number,
                version: writing.guard(),
                preview_href: format!("/items/{}/preview", opened.line.id),
                sections: SECTIONS
                    .iter()
                    .map(|section| section_row(section, &address, &content, &findings))
                    .collect(),
                findings: finding_links(&findings, &address, texts),
            })
        }
    };
    let data = ItemPage {
        crumbs: vec![
            Crumb::link("/desk/items", Sentence::key("desk-nav-items")),
            Crumb::here(Sentence::plain(opened.name())),
        ],
        name: opened.name(),
        code: opened.line.code.clone(),
        department: opened.line.department.clone(),
        guide_href: current.as_ref().map(|_| format!("/items/{}", opened.line.id)),
        current: current.map(|current| Standing {
            number: current.number,
            since: current.effective_from,
        }),
        debts: finding_links(&debts, &address, texts),
        draft,
        to: asked.to,
        address,
    };
    render_with(
        &state,
        &frame(&state, &visitor),
        "desk/item.html",
        &data,
        StatusCode::OK,
    )
}

/// What a new draft begins with: the version in force, else the last one that there was.
async fn pattern(state: &StaffState, opened: &Opened) -> Result<Option<ItemVersion>, WebError> {
    if let Some(current) = opened.line.current {
        return tongban_catalogue::version(&state.store, current).await.told();
    }
    let newest = tongban_catalogue::versions_in_full(&state.store, opened.line.id, PageRequest::new(1, 1))
        .await
        .told()?;
    Ok(newest.rows.into_iter().next().map(|newest| newest.version))
}

/// Begins a draft of what is in force. Where there is one already, that is the one to go on with.
async fn begin(
    State(state): State<StaffState>,
    visitor: Visitor,
    Path(item): Path<String>,
    Form(posted): Form<Pairs>,
) -> Result<Response, WebError> {
    let opened = Opened::load(&state, &visitor, &item).await?;
    // only pages of the editor: the rest of an address comes from the visitor
    let wanted = posted.get("to").filter(|to| to.starts_with("edit/"));
    let to = match wanted {
        Some(page) => format!("{}/{page}", opened.address()),
        None => opened.address(),
    };
    if opened.draft.is_some() {
        return Ok(see_other(&path(&to)).into_response());
    }
    let pattern = pattern(&state, &opened).await?.ok_or_else(WebError::not_found)?;
    let input = DraftVersion {
        item: Some(opened.line.id),
        code: String::new(),
        region: opened.line.region.clone(),
        organisation: pattern.organisation,
        content: pattern.content.as_ref().clone(),
        effective_from: None,
        expected: None,
    };
    let begun = act(&state, &opened.actor, input, |tx, by, input| async move {
        tongban_catalogue::draft_version(&tx, &by, input).await
    });
    match begun.await.told() {
        Ok(_) => Ok(Flash::good(&state.kit, "editor-begun")
            .redirect(&path(&to))
            .into_response()),
        // somebody was quicker, or this is the second of two clicks
        Err(error) if error.status() == StatusCode::CONFLICT => Ok(see_other(&path(&to)).into_response()),
        Err(error) => Err(error),
    }
}
