//! 谁替我办事: who may act for the person or firm, letting somebody, and taking it back.

use std::collections::BTreeSet;

use axum::{
    Router,
    extract::{Path, Query, State},
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::get,
};
use chrono::{Months, NaiveDate};
use serde::{Deserialize, Serialize};
use tongban_access::{Action, Actor, MandateKind, PartyKind, Thing, permit};
use tongban_catalogue::ItemRef;
use tongban_mandates::{GiveMandate, MandateView, Named, Scope, Side};
use tongban_search::SearchRequest;
use tongban_web::{Flash, Form, OnceKey, Pairs, Sentence, Visitor, WebError, local_path::see_other, once};
use uuid::Uuid;

use super::{Tab, context, tabs};
use crate::{
    PortalState,
    parts::{Pages, id, page_request, path, today},
    told::Told,
};

/// Matters that one search shows.
const FOUND: usize = 12;
/// Matters that a mandate may name.
const MOST_ITEMS: usize = 50;
/// Longest question, in characters.
const LONGEST_QUESTION: usize = 60;

pub(crate) fn routes() -> Router<PortalState> {
    Router::new()
        .route("/my/mandates", get(show))
        .route("/my/mandates/new", get(ask_new).post(give))
        .route("/my/mandates/{mandate}/revoke", get(ask_revoke).post(revoke))
}

/// Whose mandates they are: the account whose matters the session does.
fn principal(visitor: &Visitor) -> Result<(&Actor, PartyKind), WebError> {
    let session = visitor.require_party()?;
    let actor = &session.actor;
    let Actor::Party { account, party, .. } = actor else {
        return Err(WebError::forbidden());
    };
    permit(actor, Action::MandateGive, &Thing::of(*account))?;
    Ok((actor, *party))
}

/// The kinds that somebody may give, the usual one first.
fn kinds(actor: &Actor, party: PartyKind) -> Vec<&'static str> {
    let kinds: &[MandateKind] = match (party, actor.agency().map(|agency| agency.kind)) {
        (PartyKind::Person, _) => &[MandateKind::Family],
        (PartyKind::Enterprise, Some(MandateKind::Administrator)) => &[MandateKind::Agent],
        (PartyKind::Enterprise, _) => &[MandateKind::Agent, MandateKind::Administrator],
    };
    kinds.iter().map(|kind| kind.as_str()).collect()
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    page: Option<String>,
}

#[derive(Serialize)]
struct MandatesPage {
    tabs: Vec<Tab>,
    mandates: Vec<MandateView>,
    pages: Pages,
    /// A firm's own page: its agents act for it.
    firm: bool,
}

async fn show(
    State(state): State<PortalState>,
    visitor: Visitor,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    let (actor, party) = principal(&visitor)?;
    let session = visitor.require_party()?;
    let found = tongban_mandates::given_mandates(&state.store, actor, page_request(asked.page.as_deref()))
        .await
        .told()?;
    let here = if actor.holder_kind() == Some(PartyKind::Person) {
        "/my/acting"
    } else {
        "/my/mandates"
    };
    let data = MandatesPage {
        tabs: tabs(&state, session, here).await?,
        pages: Pages::of(&found, "/my/mandates?page="),
        mandates: found.rows,
        firm: party == PartyKind::Enterprise,
    };
    Ok(state
        .kit
        .pages
        .render(&context(&visitor), "portal/my/mandates.html", &data)?
        .into_response())
}

/// What was typed. Checkboxes repeat their name.
#[derive(Debug, Clone, Default, Serialize)]
struct Typed {
    kind: String,
    agent_name: String,
    agent_number: String,
    /// `everything` or `chosen`.
    reach: String,
    starts_on: String,
    ends_on: String,
    q: String,
    items: Vec<Named>,
    organisations: BTreeSet<Uuid>,
}

#[derive(Serialize)]
struct NewPage<'a> {
    typed: &'a Typed,
    kinds: Vec<&'static str>,
    firm: bool,
    /// What the search found, and is not chosen already.
    found: Vec<Named>,
    /// Whether anything was searched for.
    searched: bool,
    departments: Vec<Named>,
    first: NaiveDate,
    last: Option<NaiveDate>,
    /// With the id of the field that it is about.
    error: Option<(Sentence, &'static str)>,
}

async fn new_page(
    state: &PortalState,
    visitor: &Visitor,
    typed: &Typed,
    error: Option<(Sentence, &'static str)>,
) -> Result<Response, WebError> {
    let (actor, party) = principal(visitor)?;
    let found = search(state, typed).await?;
    let departments = tongban_directory::organisations_of(&state.store, &state.home_region)
        .await
        .told()?;
    let first = today(&state.store);
    let status = if error.is_some() {
        StatusCode::UNPROCESSABLE_ENTITY
    } else {
        StatusCode::OK
    };
    let data = NewPage {
        kinds: kinds(actor, party),
        firm: party == PartyKind::Enterprise,
        searched: !typed.q.trim().is_empty(),
        found,
        departments: departments
            .into_iter()
            .map(|organisation| Named {
                id: organisation.id,
                name: organisation.display_name().to_owned(),
            })
            .collect(),
        first,
        last: first.checked_add_months(Months::new(state.mandates.longest_months)),
        typed,
        error,
    };
    Ok(state
        .kit
        .pages
        .render(&context(visitor), "portal/my/mandate_new.html", &data)?
        .with_status(status)
        .into_response())
}

/// Matters by what was typed into the search box.
async fn search(state: &PortalState, typed: &Typed) -> Result<Vec<Named>, WebError> {
    let words: String = typed.q.trim().chars().take(LONGEST_QUESTION).collect();
    if words.is_empty() {
        return Ok(Vec::new());
    }
    let request = SearchRequest {
        query: words,
        region: Some(state.home_region.as_str().to_owned()),
        limit: FOUND,
        ..SearchRequest::default()
    };
    let catalogue = state.catalogue.clone();
    let answer = tokio::task::spawn_blocking(move || catalogue.search(&request))
        .await
        .map_err(WebError::internal)?
        .told()?;
    Ok(answer
        .hits
        .into_iter()
        .filter(|hit| !typed.items.iter().any(|item| item.id == hit.id))
        .map(|hit| Named {
            id: hit.id,
            name: format!("{}（{}）", hit.name, hit.department),
        })
        .collect())
}

async fn ask_new(State(state): State<PortalState>, visitor: Visitor) -> Result<Response, WebError> {
    let (actor, party) = principal(&visitor)?;
    let typed = Typed {
        kind: kinds(actor, party)
            .first()
            .copied()
            .unwrap_or_default()
            .to_owned(),
        reach: "chosen".to_owned(),
        ends_on: today(&state.store)
            .checked_add_months(Months::new(6))
            .map(|day| day.to_string())
            .unwrap_or_default(),
        ..Typed::default()
    };
    new_page(&state, &visitor, &typed, None).await
}

/// What was posted, with the names of matters that are there. Others are left out: nothing was chosen that is not on the page.
async fn typed(state: &PortalState, posted: &Pairs) -> Result<Typed, WebError> {
    let text = |name: &str| posted.get(name).unwrap_or_default().to_owned();
    let mut items: Vec<Named> = Vec::new();
    for item in posted.all("item").take(MOST_ITEMS + 1) {
        if items.iter().any(|chosen| chosen.id.to_string() == item) {
            continue;
        }
        let found =
            tongban_catalogue::published(&state.store, ItemRef::from_segment(item), today(&state.store));
        if let Some(version) = found.await.told()? {
            items.push(Named {
                id: version.item,
                name: version.content.name.clone(),
            });
        }
    }
    Ok(Typed {
        kind: text("kind"),
        agent_name: text("agent_name"),
        agent_number: text("agent_number"),
        reach: text("reach"),
        starts_on: text("starts_on"),
        ends_on: text("ends_on"),
        q: text("q"),
        items,
        organisations: posted
            .all("organisation")
            .filter_map(|organisation| organisation.parse().ok())
            .collect(),
    })
}

/// A day as a browser sends it, or as somebody types it.
fn day(text: &str) -> Result<Option<NaiveDate>, Sentence> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    text.replace(['/', '.', '年', '月'], "-")
        .trim_end_matches('日')
        .parse()
        .map(Some)
        .map_err(|_| Sentence::key("portal-mandate-day-wrong"))
}

async fn give(
    State(state): State<PortalState>,
    visitor: Visitor,
    Form(posted): Form<Pairs>,
) -> Result<Response, WebError> {
    let (actor, _) = principal(&visitor)?;
    let mut typed = typed(&state, &posted).await?;
    if posted.get("then") == Some("find") {
        // the page comes back with what was found, and everything that was typed
        return new_page(&state, &visitor, &typed, None).await;
    }
    typed.q.clear();
    let Some(kind) = MandateKind::from_word(&typed.kind) else {
        return Err(WebError::bad_input("kind"));
    };
    let (starts_on, ends_on) = match (day(&typed.starts_on), day(&typed.ends_on)) {
        (Ok(starts_on), Ok(ends_on)) => (starts_on, ends_on),
        (Err(words), _) => return new_page(&state, &visitor, &typed, Some((words, "f-starts_on"))).await,
        (_, Err(words)) => return new_page(&state, &visitor, &typed, Some((words, "f-ends_on"))).await,
    };
    let ids: Vec<Uuid> = typed.organisations.iter().copied().collect();
    let departments = tongban_directory::find_organisations(&state.store, &ids)
        .await
        .told()?;
    let session = visitor.require_party()?.session_id;
    let input = GiveMandate {
        session,
        kind,
        agent_name: typed.agent_name.clone(),
        agent_number: typed.agent_number.clone(),
        // administrators are for everything: there is nothing to choose
        everything: typed.reach == "everything" || kind == MandateKind::Administrator,
        scope: Scope {
            items: typed.items.clone(),
            organisations: ids
                .into_iter()
                .filter_map(|id| {
                    let organisation = departments.get(&id)?;
                    Some(Named {
                        id,
                        name: organisation.display_name().to_owned(),
                    })
                })
                .collect(),
        },
        starts_on,
        ends_on,
    };
    let key = OnceKey::of_form(&state.kit, actor, "POST /my/mandates/new", &(), &posted)?;
    let rules = state.mandates;
    let given = once(&state.store, actor, key, input, move |tx, by, input| async move {
        tongban_mandates::give_mandate(&tx, &by, &rules, input)
            .await
            .told()
            .map(drop)
    })
    .await;
    match given {
        Ok(()) => Ok(Flash::good(&state.kit, "portal-mandate-given").redirect(&path("/my/mandates"))),
        Err(error) if error.status() == StatusCode::UNPROCESSABLE_ENTITY => {
            let field = field_of(error.code());
            let words = error.sentence(state.kit.pages.texts());
            new_page(&state, &visitor, &typed, Some((words, field))).await
        }
        Err(error) => Err(error),
    }
}

/// The field that a refusal is about.
fn field_of(code: &str) -> &'static str {
    match code {
        "mandate.agent_missing" => "f-agent_name",
        "mandate.scope_missing" | "mandate.scope_long" | "mandate.scope_whole" => "f-reach",
        "mandate.term_missing" | "mandate.term_past" | "mandate.term_long" => "f-ends_on",
        "mandate.term_order" => "f-starts_on",
        "mandate.kind" | "mandate.too_many" => "f-kind",
        _ => "f-agent_number",
    }
}

#[derive(Serialize)]
struct RevokePage {
    mandate: MandateView,
}

async fn ask_revoke(
    State(state): State<PortalState>,
    visitor: Visitor,
    Path(mandate): Path<String>,
) -> Result<Response, WebError> {
    let (actor, _) = principal(&visitor)?;
    let mandate = tongban_mandates::mandate(&state.store, actor, id(&mandate)?, Side::Principal)
        .await
        .told()?
        .ok_or_else(WebError::not_found)?;
    if !mandate.may_end {
        return Ok(see_other(&path("/my/mandates")).into_response());
    }
    Ok(state
        .kit
        .pages
        .render(
            &context(&visitor),
            "portal/my/mandate_revoke.html",
            &RevokePage { mandate },
        )?
        .into_response())
}

async fn revoke(
    State(state): State<PortalState>,
    visitor: Visitor,
    Path(mandate): Path<String>,
    Form(_): Form<Pairs>,
) -> Result<Response, WebError> {
    let (actor, _) = principal(&visitor)?;
    let (by, id) = (actor.clone(), id(&mandate)?);
    let done = state
        .store
        .write(actor.signer(), move |tx| {
            let by = by.clone();
            async move { tongban_mandates::end_mandate(&tx, &by, id, Side::Principal).await }
        })
        .await
        .told();
    match done {
        Ok(()) => Ok(Flash::good(&state.kit, "portal-mandate-revoked").redirect(&path("/my/mandates"))),
        Err(error) => super::acting::flash_refusal(&state, error, "/my/mandates"),
    }
}
