//! 接入应用: systems of others that sign people in here. One operator writes, another approves.

use std::collections::BTreeMap;

use axum::{
    Router,
    extract::{Path, Query, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use serde::{Deserialize, Serialize};
use tongban_access::{Action, Actor};
use tongban_openid::{
    ClientAuth, ClientContent, ClientKind, ClientRow, Decision, Error, GrantType, ProposeClient, Scope,
    keys_of_text,
};
use tongban_web::{Flash, Form, Pairs, Sentence, Visitor, WebError, flash::Tone, sign_in_page::never_stored};
use uuid::Uuid;

use crate::{
    StaffState,
    parts::{Pages, act, frame, id, page_request, path, refusal, render, render_with, staff},
    told::{Told, answer},
};

pub(super) fn routes() -> Router<StaffState> {
    Router::new()
        .route("/desk/clients", get(list))
        .route("/desk/clients/new", get(new).post(write_new))
        .route("/desk/clients/{client}", get(show))
        .route("/desk/clients/{client}/edit", get(edit).post(write))
        .route("/desk/clients/{client}/hand-in", post(hand_in))
        .route("/desk/clients/{client}/review", post(review))
        .route("/desk/clients/{client}/standing", post(standing))
        .route("/desk/clients/{client}/secret", post(secret))
}

fn operator(visitor: &Visitor) -> Result<&Actor, WebError> {
    staff(visitor, Action::ClientManage).map(|session| &session.actor)
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    page: String,
}

#[derive(Serialize)]
struct ListPage {
    clients: Vec<ClientRow>,
    pages: Pages,
}

async fn list(
    State(state): State<StaffState>,
    visitor: Visitor,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    let actor = operator(&visitor)?;
    let found = tongban_openid::list_clients(&state.store, actor, page_request(&asked.page))
        .await
        .told()?;
    let data = ListPage {
        pages: Pages::of(&found, "/desk/clients?page="),
        clients: found.rows,
    };
    render(&state, &frame(&state, &visitor), "desk/clients.html", &data)
}

/// What stands in the form: texts as they were typed, lists as lines.
#[derive(Debug, Default, Serialize)]
struct Typed {
    name: String,
    name_english: String,
    organisation: String,
    purpose: String,
    kind: String,
    auth: String,
    keys: String,
    redirect_uris: String,
    post_logout_uris: String,
    back_channel_uri: String,
    sector: String,
    /// Those that belong to persons.
    scopes: Vec<String>,
    /// Those between machines, apart by spaces.
    other_scopes: String,
    grants: Vec<String>,
    algorithm: String,
    pushed_only: bool,
    proof_needed: bool,
    introspects: bool,
}

impl Typed {
    fn blank() -> Self {
        Self {
            kind: ClientKind::Web.as_str().to_owned(),
            auth: ClientAuth::Secret.as_str().to_owned(),
            scopes: vec![Scope::OpenId.as_str().to_owned()],
            grants: vec![GrantType::AuthorizationCode.as_str().to_owned()],
            algorithm: "ES256".to_owned(),
            ..Self::default()
        }
    }

    fn of(content: ClientContent) -> Self {
        let (scopes, others): (Vec<String>, Vec<String>) = content
            .scopes
            .into_iter()
            .partition(|scope| Scope::from_word(scope).is_some());
        Self {
            name: content.name,
            name_english: content.name_english,
            organisation: content.organisation,
            purpose: content.purpose,
            kind: content.kind.as_str().to_owned(),
            auth: content.auth.as_str().to_owned(),
            keys: content.keys.map(|keys| format!("{keys:#}")).unwrap_or_default(),
            redirect_uris: content.redirect_uris.join("\n"),
            post_logout_uris: content.post_logout_uris.join("\n"),
            back_channel_uri: content.back_channel_uri.unwrap_or_default(),
            sector: content.sector,
            scopes,
            other_scopes: others.join(" "),
            grants: content
                .grants
                .iter()
                .map(|grant| grant.as_str().to_owned())
                .collect(),
            algorithm: content.algorithm,
            pushed_only: content.pushed_only,
            proof_needed: content.proof_needed,
            introspects: content.introspects,
        }
    }

    fn posted(pairs: &Pairs) -> Self {
        let text = |name: &str| pairs.get(name).unwrap_or_default().to_owned();
        let all = |name: &str| pairs.all(name).map(str::to_owned).collect();
        Self {
            name: text("name"),
            name_english: text("name_english"),
            organisation: text("organisation"),
            purpose: text("purpose"),
            kind: text("kind"),
            auth: text("auth"),
            keys: text("keys"),
            redirect_uris: text("redirect_uris"),
            post_logout_uris: text("post_logout_uris"),
            back_channel_uri: text("back_channel_uri"),
            sector: text("sector"),
            scopes: all("scopes"),
            other_scopes: text("other_scopes"),
            grants: all("grants"),
            algorithm: text("algorithm"),
            pushed_only: pairs.get("pushed_only").is_some(),
            proof_needed: pairs.get("proof_needed").is_some(),
            introspects: pairs.get("introspects").is_some(),
        }
    }

    /// The content; what is wrong with it, the room says.
    fn content(&self) -> Result<ClientContent, Error> {
        let lines = |text: &str| text.lines().map(str::to_owned).collect();
        let grants = self.grants.iter().filter_map(|word| GrantType::from_word(word));
        let others = self.other_scopes.split_whitespace().map(str::to_owned);
        Ok(ClientContent {
            name: self.name.clone(),
            name_english: self.name_english.clone(),
            organisation: self.organisation.clone(),
            purpose: self.purpose.clone(),
            kind: ClientKind::from_word(&self.kind).unwrap_or(ClientKind::Web),
            auth: ClientAuth::from_word(&self.auth).unwrap_or(ClientAuth::Secret),
            keys: keys_of_text(&self.keys)?,
            redirect_uris: lines(&self.redirect_uris),
            post_logout_uris: lines(&self.post_logout_uris),
            back_channel_uri: Some(self.back_channel_uri.clone()),
            sector: self.sector.clone(),
            scopes: self.scopes.iter().cloned().chain(others).collect(),
            grants: grants.collect(),
            algorithm: self.algorithm.clone(),
            pushed_only: self.pushed_only,
            proof_needed: self.proof_needed,
            introspects: self.introspects,
        })
    }
}

#[derive(Serialize)]
struct FormPage {
    /// None: a new one.
    client: Option<Uuid>,
    version: i32,
    typed: Typed,
    kinds: Vec<&'static str>,
    auths: Vec<&'static str>,
    grants: Vec<&'static str>,
    scopes: Vec<&'static str>,
    error: Option<Sentence>,
    /// The field that the error is about.
    wrong: &'static str,
}

/// The field of the form that a refusal is about.
fn field_of(code: &str) -> &'static str {
    match code.trim_start_matches("openid.") {
        "organisation_missing" => "organisation",
        "purpose_missing" => "purpose",
        "grant_missing" | "grant_not_for_service" => "grants",
        "native_keeps_no_secret" | "auth_needed" => "auth",
        "keys_format" => "keys",
        "redirect_missing" | "redirect_format" | "addresses_many" => "redirect_uris",
        "logout_format" => "post_logout_uris",
        "sector_needed" | "sector_stays" => "sector",
        "scope_missing" | "scope_format" => "other_scopes",
        _ => "name",
    }
}

fn form(
    state: &StaffState,
    visitor: &Visitor,
    client: Option<(Uuid, i32)>,
    typed: Typed,
    error: Option<WebError>,
) -> Result<Response, WebError> {
    let status = if error.is_some() {
        StatusCode::UNPROCESSABLE_ENTITY
    } else {
        StatusCode::OK
    };
    let data = FormPage {
        client: client.map(|(id, _)| id),
        version: client.map(|(_, version)| version).unwrap_or_default(),
        typed,
        kinds: ClientKind::ALL.iter().map(|kind| kind.as_str()).collect(),
        auths: ClientAuth::ALL.iter().map(|auth| auth.as_str()).collect(),
        grants: GrantType::ALL.iter().map(|grant| grant.as_str()).collect(),
        scopes: Scope::ALL.iter().map(|scope| scope.as_str()).collect(),
        wrong: error.as_ref().map_or("", |error| field_of(error.code())),
        error: error.map(|error| error.sentence(state.kit.pages.texts())),
    };
    render_with(
        state,
        &frame(state, visitor),
        "desk/client_form.html",
        &data,
        status,
    )
}

async fn new(State(state): State<StaffState>, visitor: Visitor) -> Result<Response, WebError> {
    operator(&visitor)?;
    form(&state, &visitor, None, Typed::blank(), None)
}

async fn write_new(
    State(state): State<StaffState>,
    visitor: Visitor,
    Form(posted): Form<Pairs>,
) -> Result<Response, WebError> {
    written(&state, &visitor, None, &posted).await
}

async fn edit(
    State(state): State<StaffState>,
    visitor: Visitor,
    Path(client): Path<String>,
) -> Result<Response, WebError> {
    let row = found(&state, &visitor, &client).await?;
    let typed = row.proposal.or(row.content).map_or_else(Typed::blank, Typed::of);
    form(&state, &visitor, Some((row.id, row.version)), typed, None)
}

async fn write(
    State(state): State<StaffState>,
    visitor: Visitor,
    Path(client): Path<String>,
    Form(posted): Form<Pairs>,
) -> Result<Response, WebError> {
    let known = (id(&client)?, version(&posted)?);
    written(&state, &visitor, Some(known), &posted).await
}

async fn written(
    state: &StaffState,
    visitor: &Visitor,
    client: Option<(Uuid, i32)>,
    posted: &Pairs,
) -> Result<Response, WebError> {
    let actor = operator(visitor)?;
    let typed = Typed::posted(posted);
    let wrote = match typed.content() {
        Ok(content) => {
            let input = ProposeClient { client, content };
            act(state, actor, input, |tx, by, input| async move {
                tongban_openid::propose_client(&tx, &by, input).await
            })
            .await
        }
        Err(error) => Err(error),
    };
    match wrote {
        Ok(new) => Ok(Flash::good(&state.kit, "openid-client-written").redirect(&place(new.id))),
        Err(error) => {
            let error = answer(error);
            if refusal(&error, state.kit.pages.texts()).is_some() {
                form(state, visitor, client, typed, Some(error))
            } else {
                Err(error)
            }
        }
    }
}

fn place(client: Uuid) -> tongban_web::LocalPath {
    path(&format!("/desk/clients/{client}"))
}

fn version(posted: &Pairs) -> Result<i32, WebError> {
    posted
        .get("version")
        .and_then(|version| version.parse().ok())
        .ok_or_else(|| WebError::bad_input("the version of the client is missing"))
}

async fn found(state: &StaffState, visitor: &Visitor, client: &str) -> Result<ClientRow, WebError> {
    let actor = operator(visitor)?;
    tongban_openid::client(&state.store, actor, id(client)?)
        .await
        .told()
}

#[derive(Serialize)]
struct ClientPage {
    client: ClientRow,
    /// Whether the visitor wrote any of what waits: then another must review it.
    own: bool,
    /// A secret that was just made. It is told once.
    secret: Option<String>,
    /// Thumbprints of the public keys of both.
    proposed_keys: Vec<String>,
    used_keys: Vec<String>,
    /// Other clients of the sector.
    sharing: Vec<String>,
    /// What the lists of the content are called, for both columns.
    labels: BTreeMap<&'static str, Sentence>,
    issuer: String,
}

async fn client_page(
    state: &StaffState,
    visitor: &Visitor,
    client: ClientRow,
    secret: Option<String>,
) -> Result<Response, WebError> {
    let actor = operator(visitor)?;
    let own = actor
        .account()
        .is_some_and(|account| client.writers.contains(&account));
    let newest = client.proposal.as_ref().or(client.content.as_ref());
    let sector = newest.map(|content| content.sector.clone()).unwrap_or_default();
    let sharing = if sector.is_empty() {
        Vec::new()
    } else {
        tongban_openid::clients_of_sector(&state.store, actor, &sector, client.id)
            .await
            .told()?
    };
    let prints = |content: &Option<ClientContent>| {
        content
            .as_ref()
            .map(ClientContent::key_prints)
            .unwrap_or_default()
    };
    let label = |name: &'static str| (name, Sentence::key(format!("openid-client-{name}")));
    let data = ClientPage {
        proposed_keys: prints(&client.proposal),
        used_keys: prints(&client.content),
        sharing,
        client,
        own,
        secret,
        labels: ["redirect_uris", "post_logout_uris"].map(label).into(),
        issuer: state.public_address.clone(),
    };
    render(state, &frame(state, visitor), "desk/client.html", &data)
}

async fn show(
    State(state): State<StaffState>,
    visitor: Visitor,
    Path(client): Path<String>,
) -> Result<Response, WebError> {
    let row = found(&state, &visitor, &client).await?;
    client_page(&state, &visitor, row, None).await
}

/// Back to the client, with what was done or why not.
fn done(
    state: &StaffState,
    client: Uuid,
    worked: Result<(), Error>,
    key: &str,
) -> Result<Response, WebError> {
    match worked {
        Ok(()) => Ok(Flash::good(&state.kit, key).redirect(&place(client))),
        Err(error) => {
            let error = answer(error);
            match refusal(&error, state.kit.pages.texts()) {
                Some(sentence) => {
                    Ok(Flash::new(&state.kit, Tone::Warning, &sentence).redirect(&place(client)))
                }
                None => Err(error),
            }
        }
    }
}

async fn hand_in(
    State(state): State<StaffState>,
    visitor: Visitor,
    Path(client): Path<String>,
    Form(posted): Form<Pairs>,
) -> Result<Response, WebError> {
    let input = (id(&client)?, version(&posted)?);
    let worked =
        act(
            &state,
            operator(&visitor)?,
            input,
            |tx, by, (client, version)| async move {
                tongban_openid::hand_in_client(&tx, &by, client, version).await
            },
        )
        .await;
    done(&state, input.0, worked, "openid-client-handed-in")
}

async fn review(
    State(state): State<StaffState>,
    visitor: Visitor,
    Path(client): Path<String>,
    Form(posted): Form<Pairs>,
) -> Result<Response, WebError> {
    let (decision, key) = match posted.get("answer") {
        Some("approve") => (Decision::Approve, "openid-client-approved"),
        _ => {
            let remark = posted.get("remark").unwrap_or_default().to_owned();
            (Decision::SendBack(remark), "openid-client-sent-back")
        }
    };
    let client = id(&client)?;
    let input = (client, version(&posted)?, decision);
    let worked = act(
        &state,
        operator(&visitor)?,
        input,
        |tx, by, (client, version, decision)| async move {
            tongban_openid::review_client(&tx, &by, client, version, decision).await
        },
    )
    .await;
    done(&state, client, worked, key)
}

async fn standing(
    State(state): State<StaffState>,
    visitor: Visitor,
    Path(client): Path<String>,
    Form(posted): Form<Pairs>,
) -> Result<Response, WebError> {
    let suspended = posted.get("standing") == Some("suspended");
    let input = (id(&client)?, version(&posted)?, suspended);
    let worked = act(
        &state,
        operator(&visitor)?,
        input,
        |tx, by, (client, version, suspended)| async move {
            tongban_openid::suspend_client(&tx, &by, client, version, suspended).await
        },
    )
    .await;
    let key = if suspended {
        "openid-client-suspended"
    } else {
        "openid-client-resumed"
    };
    done(&state, input.0, worked, key)
}

/// Makes a new secret and shows it, once.
async fn secret(
    State(state): State<StaffState>,
    visitor: Visitor,
    Path(client): Path<String>,
    Form(posted): Form<Pairs>,
) -> Result<Response, WebError> {
    let known = (id(&client)?, version(&posted)?);
    let made = act(
        &state,
        operator(&visitor)?,
        known,
        |tx, by, (client, version)| async move {
            tongban_openid::new_client_secret(&tx, &by, client, version).await
        },
    )
    .await;
    match made {
        Ok(secret) => {
            let row = found(&state, &visitor, &client).await?;
            let mut response = client_page(&state, &visitor, row, Some(secret)).await?;
            never_stored(&mut response);
            Ok(response)
        }
        Err(Error::Conflict) => Ok(Redirect::to(place(known.0).as_str()).into_response()),
        Err(error) => done(&state, known.0, Err(error), ""),
    }
}
