//! 导出我的数据: everything that is kept here about a person, as one file that programs read and people can open.

use axum::{Router, extract::State, response::Response, routing::get};
use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::{Map, Value, json};
use tongban_access::{Actor, PartyKind};
use tongban_store::{PageRequest, Stream};
use tongban_web::{
    Flash, Form, Page, Pairs, Visitor, WebError,
    download::{self, Shown},
    flash::Tone,
};
use uuid::Uuid;

use super::context;
use crate::{
    PortalState,
    parts::{calendar, path, today},
    sign_in::explained,
    told::Told,
};

/// Rows that are read at once.
const AT_ONCE: u64 = 100;
/// Rows of one list that a file holds; it says so where there are more.
const MOST: u64 = 5_000;

pub(crate) fn routes() -> Router<PortalState> {
    Router::new().route("/my/export", get(ask).post(export))
}

#[derive(Serialize)]
struct Nothing {}

async fn ask(State(state): State<PortalState>, visitor: Visitor) -> Result<Page, WebError> {
    let session = visitor.require_party()?;
    if session.actor.holder_kind() != Some(PartyKind::Person) {
        return Err(WebError::forbidden());
    }
    state
        .kit
        .pages
        .render(&context(&visitor), "portal/my/export.html", &Nothing {})
}

async fn export(
    State(state): State<PortalState>,
    visitor: Visitor,
    Form(_): Form<Pairs>,
) -> Result<Response, WebError> {
    let session = visitor.require_party()?;
    // one's own, for whomever one acts
    let actor = session.actor.as_holder();
    let (by, id) = (actor.clone(), session.session_id);
    let recorded = state
        .store
        .write(actor.signer(), move |tx| {
            let by = by.clone();
            async move { tongban_identity::record_export(&tx, &by, id).await }
        })
        .await;
    let party = match recorded {
        Ok(party) => party,
        Err(error) => {
            let words = explained(error)?.sentence(state.kit.pages.texts());
            return Ok(Flash::new(&state.kit, Tone::Warning, &words).redirect(&path("/my/export")));
        }
    };
    let now = state.store.now();
    let file = collect(&state, &actor, &party, now).await?;
    let text = serde_json::to_string_pretty(&file).map_err(WebError::internal)?;
    let name = format!("通办-我的数据-{}.json", today(&state.store));
    download::file(text, "application/json; charset=utf-8", &name, Shown::Kept)
}

/// All pages of a list, as far as a file goes; it says so where there are more. (Closures that borrow cannot be sent between threads.)
macro_rules! all {
    ($page:ident => $query:expr) => {{
        let mut rows: Vec<Value> = Vec::new();
        let mut number = 1;
        loop {
            let $page = PageRequest::new(number, AT_ONCE);
            let found = $query.await.told()?;
            for row in &found.rows {
                rows.push(serde_json::to_value(row).map_err(WebError::internal)?);
            }
            let read = number * AT_ONCE;
            if read >= found.total {
                break Value::Array(rows);
            }
            if read >= MOST {
                break json!({ "rows": rows, "total": found.total });
            }
            number += 1;
        }
    }};
}

async fn collect(
    state: &PortalState,
    actor: &Actor,
    party: &tongban_identity::Party,
    now: DateTime<Utc>,
) -> Result<Value, WebError> {
    let store = &state.store;
    let account = tongban_identity::account(store, party.account)
        .await
        .told()?
        .ok_or_else(WebError::not_found)?;
    let blinds = tongban_identity::subject_blinds(store, party.kind, &party.number);
    let calendar = calendar(store).await?;
    let mut file = Map::new();
    let mut put = |name: &str, value: Value| {
        file.insert(name.to_owned(), value);
    };
    put("exported_at", json!(now));
    put(
        "account",
        json!({
            "name": party.name,
            "citizen_number": party.number,
            "phone": party.phone,
            "opened_at": account.created_at,
            "checked_at": account.checked_at,
            "assurance": account.assurance,
        }),
    );
    put(
        "sessions",
        json!(tongban_identity::own_sessions(store, actor).await.told()?),
    );
    put(
        "passkeys",
        json!(tongban_identity::own_passkeys(store, actor).await.told()?),
    );
    put(
        "linked_platforms",
        json!(tongban_identity::own_upstreams(store, actor).await.told()?),
    );
    let more = &tongban_openid::HISTORY_ACTIONS[..];
    put(
        "history",
        all!(page => tongban_identity::own_history(store, actor, more, page)),
    );
    put(
        "linked_systems",
        all!(page => tongban_openid::linked_apps(store, actor, page)),
    );
    put(
        "who_acts_for_me",
        all!(page => tongban_mandates::given_mandates(store, actor, page)),
    );
    put(
        "for_whom_i_act",
        all!(page => tongban_mandates::received_mandates(store, actor, page)),
    );
    put(
        "messages",
        all!(page => tongban_engage::messages(store, actor, page)),
    );
    put("cases", cases(state, actor, &calendar).await?);
    put("licences", licences(state, actor).await?);
    put(
        "what_was_read_about_me",
        all!(page => tongban_exchange::reads_about(store, &blinds, page)),
    );
    put(
        "who_looked",
        all!(page => store.log_about(Stream::Access, &blinds, page)),
    );
    Ok(Value::Object(file))
}

/// Each case whole: form, materials by name, history, documents.
async fn cases(
    state: &PortalState,
    actor: &Actor,
    calendar: &tongban_codes::WorkCalendar,
) -> Result<Value, WebError> {
    let store = &state.store;
    let mut ids: Vec<Uuid> = Vec::new();
    for number in 1..=(MOST / AT_ONCE) {
        let request = PageRequest::new(number, AT_ONCE);
        let page = tongban_cases::my_cases(store, actor, calendar, request)
            .await
            .told()?;
        ids.extend(page.rows.iter().map(|row| row.id));
        if number * AT_ONCE >= page.total {
            break;
        }
    }
    let mut cases = Vec::with_capacity(ids.len());
    for id in ids {
        if let Some(view) = tongban_cases::case_view(store, actor, calendar, id)
            .await
            .told()?
        {
            cases.push(serde_json::to_value(view).map_err(WebError::internal)?);
        }
    }
    Ok(Value::Array(cases))
}

async fn licences(state: &PortalState, actor: &Actor) -> Result<Value, WebError> {
    let mut licences = Vec::new();
    for held in tongban_licences::my_licences(&state.store, actor).await.told()? {
        let view = tongban_licences::licence_view(&state.store, actor, held.id)
            .await
            .told()?;
        let mut value = serde_json::to_value(&view).map_err(WebError::internal)?;
        // the signed record: what anybody can verify
        value["record"] = Value::from(view.record);
        // a link that lets others verify is made anew on the page, and does not lie about in a file
        if let Some(fields) = value.as_object_mut() {
            fields.remove("verify_code");
        }
        licences.push(value);
    }
    Ok(Value::Array(licences))
}
