//! Where systems of others send people: to be signed in and asked, and to be signed out.

use axum::{
    Router,
    extract::{Query, RawForm, RawQuery, State},
    http::{HeaderMap, StatusCode, Uri},
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use serde::{Deserialize, Serialize};
use tongban_identity::Session;
use tongban_openid::{Answer, ConsentAsk, SignOutAsk, Stop, Weighed, paths};
use tongban_web::{
    Area, Flash, Form, LocalPath, Sentence, Visitor, WebError, cookies,
    flash::Tone,
    layers::allow_form_to,
    local_path::{encode_query, see_other},
    pages::Locale,
    sign_in_page::never_stored,
};

use crate::{
    PortalState,
    told::{Told, answer},
};

pub(crate) fn routes() -> Router<PortalState> {
    Router::new()
        .route(paths::AUTHORIZE, get(authorize).post(authorize_posted))
        .route("/openid/consent", post(consent))
        .route(paths::DEVICE, get(device_ask).post(device_answer))
        .route(paths::SIGN_OUT, get(sign_out_ask).post(sign_out_posted))
        .route("/openid/logout/sure", post(sign_out))
}

type Params = Vec<(String, String)>;

/// The pairs of a query as it came.
fn params(query: &str) -> Result<Params, WebError> {
    let uri: Uri = format!("/?{query}")
        .parse()
        .map_err(|_| WebError::bad_input("the query cannot be read"))?;
    Query::<Params>::try_from_uri(&uri)
        .map(|Query(params)| params)
        .map_err(|_| WebError::bad_input("the query cannot be read"))
}

/// The page of a request, to come back to. What does not fit into an address is pushed instead (RFC 9126).
fn page(path: &str, query: &str) -> Result<LocalPath, WebError> {
    LocalPath::parse(&format!("{path}?{query}")).ok_or_else(|| {
        WebError::refused(
            "openid.request_long",
            Vec::<(String, String)>::new(),
            StatusCode::BAD_REQUEST,
        )
    })
}

/// Where nobody is sent on: the refusal as a page. Otherwise the address to send the browser to.
fn stopped(stop: Stop) -> Result<String, WebError> {
    match stop {
        Stop::Here(refusal) => Err(WebError::refused(
            refusal.code,
            refusal.args,
            StatusCode::BAD_REQUEST,
        )),
        Stop::Back(address) => Ok(address),
        Stop::Failed(error) => Err(answer(error)),
    }
}

/// Sends the browser to a client.
///
/// The pages of this site name no other place that a form of theirs may lead to, and a browser holds that against every redirect
/// after the form. So where the request came from a page of ours (a sign-in, a step-up), a page of its own leads on.
fn on(
    state: &PortalState,
    visitor: &Visitor,
    headers: &HeaderMap,
    address: &str,
) -> Result<Response, WebError> {
    let from_here = headers
        .get("sec-fetch-site")
        .is_some_and(|site| site.as_bytes() == b"same-origin");
    if !from_here {
        return Ok(Redirect::to(address).into_response());
    }
    leads_on(state, visitor, address)
}

/// A page that leads on to another site, for the answer to a form.
pub(crate) fn leads_on(state: &PortalState, visitor: &Visitor, address: &str) -> Result<Response, WebError> {
    #[derive(Serialize)]
    struct GoPage<'a> {
        address: &'a str,
    }
    let mut response = state
        .kit
        .pages
        .render(
            &visitor.page(Area::Portal),
            "portal/openid_go.html",
            &GoPage { address },
        )?
        .into_response();
    never_stored(&mut response);
    Ok(response)
}

#[derive(Serialize)]
struct ConsentPage {
    /// What the client is called in the language of the page.
    name: String,
    organisation: String,
    purpose: String,
    scopes: Vec<Sentence>,
    sandbox: bool,
    back_to: String,
    /// The request, to be posted with the answer.
    request: String,
    /// Whose page it is.
    as_session: String,
}

/// A word for a session, for the pages on which somebody says yes: a yes on a page of somebody else is none.
fn as_session(state: &PortalState, session: &Session) -> String {
    let mut word = state
        .store
        .keys()
        .token_hash(&format!("openid-page-of|{}", session.id));
    word.truncate(32);
    word
}

/// What a scope means, in words.
pub(crate) fn scope_words(scope: &str) -> Sentence {
    match tongban_openid::Scope::from_word(scope) {
        Some(known) => Sentence::key(format!("openid-scope-{}", known.as_str())),
        None => Sentence::key("openid-scope-other").with("scope", scope),
    }
}

/// A name in the language of the page, where there is one.
pub(crate) fn in_language(visitor: &Visitor, name: String, english: String) -> String {
    if visitor.locale() == Locale::English && !english.is_empty() {
        english
    } else {
        name
    }
}

async fn authorize(
    State(state): State<PortalState>,
    visitor: Visitor,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, WebError> {
    let query = query.unwrap_or_default();
    let params = params(&query)?;
    let session = visitor.session_data::<Session>();
    let weighed = match state.openid.weigh(&params, session.as_deref()).await {
        Ok(weighed) => weighed,
        Err(stop) => return on(&state, &visitor, &headers, &stopped(stop)?),
    };
    match weighed {
        Weighed::SignIn { since } => {
            let query = match since {
                Some((name, value)) => format!("{query}&{name}={}", encode_query(&value)),
                None => query,
            };
            Err(WebError::sign_in_needed(page(paths::AUTHORIZE, &query)?))
        }
        Weighed::Surer(level) => {
            // the way there is through the address of this page
            page(paths::AUTHORIZE, &query)?;
            Err(WebError::assurance_needed(level))
        }
        Weighed::Ready => {
            let session = session.ok_or_else(WebError::forbidden)?;
            match state.openid.answer(&params, &session, Answer::AsBefore).await {
                Ok(Some(address)) => on(&state, &visitor, &headers, &address),
                Ok(None) => Ok(see_other(&page(paths::AUTHORIZE, &query)?).into_response()),
                Err(stop) => on(&state, &visitor, &headers, &stopped(stop)?),
            }
        }
        Weighed::Ask(ask) => {
            // as long as the page of consent stands, the way back to it must fit into an address
            page(paths::AUTHORIZE, &query)?;
            let session = session.ok_or_else(WebError::forbidden)?;
            consent_page(&state, &visitor, &session, ask, query)
        }
    }
}

fn consent_page(
    state: &PortalState,
    visitor: &Visitor,
    session: &Session,
    ask: ConsentAsk,
    request: String,
) -> Result<Response, WebError> {
    let data = ConsentPage {
        name: in_language(visitor, ask.name, ask.name_english),
        organisation: ask.organisation,
        purpose: ask.purpose,
        scopes: ask.scopes.iter().map(|scope| scope_words(scope)).collect(),
        sandbox: ask.sandbox,
        back_to: ask.back_to,
        request,
        as_session: as_session(state, session),
    };
    let mut response = state
        .kit
        .pages
        .render(&visitor.page(Area::Portal), "portal/openid_consent.html", &data)?
        .into_response();
    never_stored(&mut response);
    allow_form_to(&mut response, &ask.back_origin)?;
    Ok(response)
}

/// A request that another site posted (OpenID Connect Core §3.1.2.1): the same, by its address.
async fn authorize_posted(RawForm(body): RawForm) -> Result<Response, WebError> {
    posted(paths::AUTHORIZE, &body)
}

fn posted(path: &str, body: &[u8]) -> Result<Response, WebError> {
    let query = std::str::from_utf8(body).map_err(|_| WebError::bad_input("the form cannot be read"))?;
    Ok(see_other(&page(path, query)?).into_response())
}

#[derive(Debug, Deserialize)]
struct Answered {
    request: String,
    #[serde(default)]
    as_session: String,
    #[serde(default)]
    answer: String,
}

async fn consent(
    State(state): State<PortalState>,
    visitor: Visitor,
    Form(posted): Form<Answered>,
) -> Result<Response, WebError> {
    let again = page(paths::AUTHORIZE, &posted.request)?;
    // a session that ended meanwhile, or is another than the page was shown to, leads back to the question
    let Some(session) = visitor
        .session_data::<Session>()
        .filter(|session| as_session(&state, session) == posted.as_session)
    else {
        return Ok(see_other(&again).into_response());
    };
    let said = if posted.answer == "yes" {
        Answer::Yes
    } else {
        Answer::No
    };
    let params = params(&posted.request)?;
    match state.openid.answer(&params, &session, said).await {
        // the page of consent names where its form leads
        Ok(Some(address)) => Ok(Redirect::to(&address).into_response()),
        Ok(None) => Ok(see_other(&again).into_response()),
        Err(stop) => Ok(Redirect::to(&stopped(stop)?).into_response()),
    }
}

#[derive(Serialize)]
struct SignOutPage {
    /// What the client is called, if it has said who it is.
    name: Option<String>,
    request: String,
    /// Whether somebody is signed in at all.
    signed_in: bool,
    back: Option<String>,
}

async fn sign_out_ask(
    State(state): State<PortalState>,
    visitor: Visitor,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, WebError> {
    let request = query.unwrap_or_default();
    let session = visitor.session_data::<Session>();
    let asked = state
        .openid
        .sign_out_ask(&params(&request)?, session.as_deref())
        .await;
    let ask = match asked {
        Ok(ask) => ask,
        Err(stop) => return on(&state, &visitor, &headers, &stopped(stop)?),
    };
    if let Some(session) = session.as_ref().filter(|_| ask.sure) {
        end(&state, session).await?;
        let mut response = left(&state, &visitor, &ask, |address| {
            on(&state, &visitor, &headers, address)
        })?;
        cookies::add(
            response.headers_mut(),
            cookies::remove(cookies::SESSION, state.kit.settings.secure),
        );
        return Ok(response);
    }
    if session.is_none()
        && let Some(address) = &ask.back
    {
        return on(&state, &visitor, &headers, address);
    }
    sign_out_page(&state, &visitor, ask, request, session.is_some())
}

fn sign_out_page(
    state: &PortalState,
    visitor: &Visitor,
    ask: SignOutAsk,
    request: String,
    signed_in: bool,
) -> Result<Response, WebError> {
    let origin = ask.back.as_deref().and_then(origin_of);
    let data = SignOutPage {
        name: ask
            .client
            .map(|(name, english)| in_language(visitor, name, english)),
        request,
        signed_in,
        back: ask.back,
    };
    let mut response = state
        .kit
        .pages
        .render(&visitor.page(Area::Portal), "portal/openid_logout.html", &data)?
        .into_response();
    never_stored(&mut response);
    if let Some(origin) = origin {
        allow_form_to(&mut response, &origin)?;
    }
    Ok(response)
}

/// Scheme and host of an address, for the policy of a page; the scheme alone where there is no host.
fn origin_of(address: &str) -> Option<String> {
    let uri: Uri = address.parse().ok()?;
    match (uri.scheme_str(), uri.authority()) {
        (Some(scheme), Some(authority)) => Some(format!("{scheme}://{authority}")),
        _ => address.split_once(':').map(|(scheme, _)| format!("{scheme}:")),
    }
}

/// Where somebody goes who has been signed out.
fn left(
    state: &PortalState,
    visitor: &Visitor,
    ask: &SignOutAsk,
    go: impl FnOnce(&str) -> Result<Response, WebError>,
) -> Result<Response, WebError> {
    match &ask.back {
        Some(address) => go(address),
        None => sign_out_page(state, visitor, ask.clone(), String::new(), false),
    }
}

async fn end(state: &PortalState, session: &Session) -> Result<(), WebError> {
    let (actor, id) = (session.actor.clone(), session.id);
    state
        .store
        .write(actor.clone().signer(), move |tx| {
            let actor = actor.clone();
            async move { tongban_identity::sign_out(&tx, &actor, id).await }
        })
        .await
        .told()
}

async fn sign_out_posted(RawForm(body): RawForm) -> Result<Response, WebError> {
    posted(paths::SIGN_OUT, &body)
}

#[derive(Debug, Deserialize)]
struct Sure {
    request: String,
}

async fn sign_out(
    State(state): State<PortalState>,
    visitor: Visitor,
    Form(posted): Form<Sure>,
) -> Result<Response, WebError> {
    let session = visitor.session_data::<Session>();
    let asked = state
        .openid
        .sign_out_ask(&params(&posted.request)?, session.as_deref())
        .await;
    let ask = match asked {
        Ok(ask) => ask,
        Err(stop) => return Ok(Redirect::to(&stopped(stop)?).into_response()),
    };
    if let Some(session) = &session {
        end(&state, session).await?;
    }
    let mut response = match &ask.back {
        Some(address) => Redirect::to(address).into_response(),
        None => see_other(&LocalPath::parse_or_home("/openid/logout")).into_response(),
    };
    cookies::add(
        response.headers_mut(),
        cookies::remove(cookies::SESSION, state.kit.settings.secure),
    );
    Ok(response)
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct TypedCode {
    user_code: String,
}

#[derive(Serialize)]
struct DevicePage {
    /// What was typed.
    code: String,
    /// None before a code was typed, and where it is none.
    ask: Option<Asking>,
    error: Option<Sentence>,
    /// Whose page it is.
    as_session: String,
}

#[derive(Serialize)]
struct Asking {
    name: String,
    organisation: String,
    purpose: String,
    scopes: Vec<Sentence>,
    sandbox: bool,
}

/// A refusal belongs on the page on which the code was typed.
fn refused_code(state: &PortalState, error: tongban_openid::Error) -> Result<Sentence, WebError> {
    let error = answer(error);
    if error.status() == StatusCode::UNPROCESSABLE_ENTITY {
        Ok(error.sentence(state.kit.pages.texts()))
    } else {
        Err(error)
    }
}

fn device_page(state: &PortalState, visitor: &Visitor, data: &DevicePage) -> Result<Response, WebError> {
    let status = if data.error.is_some() {
        StatusCode::UNPROCESSABLE_ENTITY
    } else {
        StatusCode::OK
    };
    let mut response = state
        .kit
        .pages
        .render(&visitor.page(Area::Portal), "portal/openid_device.html", data)?
        .with_status(status)
        .into_response();
    never_stored(&mut response);
    Ok(response)
}

/// The code of a device is typed, or came with the picture; then the question.
async fn device_ask(
    State(state): State<PortalState>,
    visitor: Visitor,
    Query(typed): Query<TypedCode>,
) -> Result<Response, WebError> {
    visitor.require_party()?;
    let session = visitor
        .session_data::<Session>()
        .ok_or_else(WebError::forbidden)?;
    let mut data = DevicePage {
        code: typed.user_code,
        ask: None,
        error: None,
        as_session: as_session(&state, &session),
    };
    if !data.code.is_empty() {
        match state.openid.device_ask(&session, &data.code).await {
            Ok(ask) => {
                data.code = ask.code;
                data.ask = Some(Asking {
                    name: in_language(&visitor, ask.name, ask.name_english),
                    organisation: ask.organisation,
                    purpose: ask.purpose,
                    scopes: ask.scopes.iter().map(|scope| scope_words(scope)).collect(),
                    sandbox: ask.sandbox,
                });
            }
            Err(error) => data.error = Some(refused_code(&state, error)?),
        }
    }
    device_page(&state, &visitor, &data)
}

#[derive(Debug, Deserialize)]
struct DeviceAnswered {
    user_code: String,
    #[serde(default)]
    as_session: String,
    #[serde(default)]
    answer: String,
}

async fn device_answer(
    State(state): State<PortalState>,
    visitor: Visitor,
    Form(posted): Form<DeviceAnswered>,
) -> Result<Response, WebError> {
    visitor.require_party()?;
    let session = visitor
        .session_data::<Session>()
        .ok_or_else(WebError::forbidden)?;
    if posted.as_session != as_session(&state, &session) {
        let again = format!("{}?user_code={}", paths::DEVICE, encode_query(&posted.user_code));
        return Ok(see_other(&LocalPath::parse_or_home(&again)).into_response());
    }
    let yes = posted.answer == "yes";
    if let Err(error) = state.openid.answer_device(&session, &posted.user_code, yes).await {
        let data = DevicePage {
            code: posted.user_code,
            ask: None,
            error: Some(refused_code(&state, error)?),
            as_session: String::new(),
        };
        return device_page(&state, &visitor, &data);
    }
    let flash = if yes {
        Flash::good(&state.kit, "openid-device-allowed")
    } else {
        Flash::new(&state.kit, Tone::Note, &Sentence::key("openid-device-refused"))
    };
    Ok(flash.redirect(&LocalPath::parse_or_home("/my/apps")))
}
