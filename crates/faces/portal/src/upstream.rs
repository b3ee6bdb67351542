//! 第三方平台登录: to a platform of others and back, what waits for the person's word, and the own links.

use axum::{
    Router,
    extract::{Path, Query, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use serde::{Deserialize, Serialize};
use tongban_access::PartyKind;
use tongban_identity::{
    AccountKind, BeginUpstream, CodeFor, FinishUpstream, OpenByUpstream, Refusal, UpstreamFor,
    UpstreamOutcome, UpstreamProvider, WaitingUpstream,
};
use tongban_web::{
    Area, Flash, Form, LocalPath, Pairs, Sender, Sentence, SignInPage, Visitor, WebError, cookies,
    flash::Tone, local_path::see_other, sender, sign_in_page::never_stored,
};

use crate::{
    PortalState,
    my::{context, go_on},
    openid::leads_on,
    parts::{id, path},
    sign_in::{CodeWay, Waiting, Waits, browser, explained, phone_code_sent, waiting, welcome},
    told::Told,
};

/// What only the browser holds that began.
const HOLDS: &str = "tb_upstream";
/// How long it is kept, in seconds: ten minutes at the platform, and ten over the question.
const HOLDS_SECONDS: u64 = 1200;

pub(crate) fn routes() -> Router<PortalState> {
    Router::new()
        .route("/sign-in/upstream/{platform}", post(begin))
        .route("/sign-in/upstream/{platform}/callback", get(back))
        .route("/sign-in/linking", get(linking).post(forget))
        .route("/sign-in/opening", get(opening).post(open))
        .route("/sign-in/opening/code", post(send_code))
        .route("/my/settings/platforms/{platform}", post(begin_link))
        .route("/my/settings/links/new", get(ask_to_link).post(link))
        .route("/my/settings/links/{link}/cut", get(ask_to_cut).post(cut))
}

fn provider<'state>(state: &'state PortalState, id: &str) -> Result<&'state dyn UpstreamProvider, WebError> {
    state
        .upstream
        .iter()
        .map(AsRef::as_ref)
        .find(|provider| provider.id() == id)
        .ok_or_else(WebError::not_found)
}

/// What people know a platform by; one that is gone from the settings by the operator's word.
pub(crate) fn platform_name(state: &PortalState, visitor: &Visitor, id: &str) -> String {
    state
        .kit
        .platforms
        .iter()
        .find(|platform| platform.id == id)
        .map_or_else(|| id.to_owned(), |platform| platform.name_in(visitor.locale()))
}

/// The same for messages and the log, whoever looks.
fn names(state: &PortalState) -> impl Fn(&str) -> String + Clone + Send + Sync + 'static {
    let platforms = std::sync::Arc::clone(&state.kit.platforms);
    move |id| {
        platforms
            .iter()
            .find(|platform| platform.id == id)
            .map_or_else(|| id.to_owned(), |platform| platform.name.clone())
    }
}

fn holds(headers: &HeaderMap) -> String {
    cookies::read(headers, HOLDS).unwrap_or_default()
}

fn hold(state: &PortalState, response: &mut Response, word: &str) {
    let cookie = cookies::set(HOLDS, word, Some(HOLDS_SECONDS), state.kit.settings.secure);
    cookies::add(response.headers_mut(), cookie);
}

fn let_go(state: &PortalState, response: &mut Response) {
    forget_waiting(state, response.headers_mut());
}

/// What waits in this browser for somebody's word is not for whoever comes next.
pub(crate) fn forget_waiting(state: &PortalState, headers: &mut HeaderMap) {
    cookies::add(headers, cookies::remove(HOLDS, state.kit.settings.secure));
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Posted {
    back: String,
    kept: String,
}

/// The sign-in page with what is wrong, and the form that waits.
fn sign_in_page(
    state: &PortalState,
    visitor: &Visitor,
    back: &str,
    kept: Option<String>,
    error: Sentence,
) -> Result<Response, WebError> {
    let page = SignInPage {
        kind: AccountKind::Person.as_str(),
        way: "password",
        back: LocalPath::parse_or_home(back),
        name: String::new(),
        error: Some(error),
        locked: false,
        kept,
    };
    page.show(&state.kit, visitor)
}

/// To the platform. Whoever is signed in already is asked anew there: they want to show that it is still them. So is whoever comes after
/// somebody has signed out in this browser: the one who went may be signed in there still.
async fn begin(
    State(state): State<PortalState>,
    visitor: Visitor,
    headers: HeaderMap,
    sender: Sender,
    Path(platform): Path<String>,
    Form(posted): Form<Posted>,
) -> Result<Response, WebError> {
    sender.count(&state.store, sender::CHALLENGES).await?;
    let provider = provider(&state, &platform)?;
    let kept = Waits::of(&state, &visitor, &posted.kept).sealed();
    let input = BeginUpstream {
        wanted: UpstreamFor::SignIn {
            anew: visitor.signed_in().is_some() || cookies::read(&headers, cookies::SIGNED_OUT).is_some(),
        },
        back: LocalPath::parse_or_home(&posted.back).to_string(),
        kept: kept.clone(),
    };
    let begun = tongban_identity::begin_upstream(&state.store, provider, &state.public_address, input).await;
    match begun {
        Ok(begun) => {
            let mut response = leads_on(&state, &visitor, &begun.address)?;
            hold(&state, &mut response, &begun.browser);
            Ok(response)
        }
        Err(error) => {
            let sentence = explained(error)?.sentence(state.kit.pages.texts());
            sign_in_page(&state, &visitor, &posted.back, kept, sentence)
        }
    }
}

async fn begin_link(
    State(state): State<PortalState>,
    visitor: Visitor,
    sender: Sender,
    Path(platform): Path<String>,
    Form(_): Form<Pairs>,
) -> Result<Response, WebError> {
    let session = visitor.require_party()?;
    sender.count(&state.store, sender::CHALLENGES).await?;
    let provider = provider(&state, &platform)?;
    let input = BeginUpstream {
        wanted: UpstreamFor::Link {
            actor: session.actor.clone(),
            session: session.session_id,
        },
        back: SETTINGS.to_owned(),
        kept: None,
    };
    let begun = tongban_identity::begin_upstream(&state.store, provider, &state.public_address, input).await;
    match begun {
        Ok(begun) => {
            let mut response = leads_on(&state, &visitor, &begun.address)?;
            hold(&state, &mut response, &begun.browser);
            Ok(response)
        }
        Err(error) => to_settings(&state, error),
    }
}

const SETTINGS: &str = "/my/settings";

fn to_settings(state: &PortalState, error: tongban_identity::Error) -> Result<Response, WebError> {
    let sentence = explained(error)?.sentence(state.kit.pages.texts());
    Ok(Flash::new(&state.kit, Tone::Warning, &sentence).redirect(&path(SETTINGS)))
}

/// What a platform puts into the address. What else stands there is not looked at.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Brought {
    state: String,
    code: Option<String>,
    iss: Option<String>,
    error: Option<String>,
}

/// The browser is back. The address holds a code: every answer leads away from it.
async fn back(
    State(state): State<PortalState>,
    visitor: Visitor,
    headers: HeaderMap,
    sender: Sender,
    Path(platform): Path<String>,
    Query(brought): Query<Brought>,
) -> Result<Response, WebError> {
    sender.count(&state.store, sender::SIGN_INS).await?;
    let provider = provider(&state, &platform)?;
    let input = FinishUpstream {
        state: brought.state,
        code: brought.code.filter(|code| !code.is_empty()),
        issuer: brought.iss,
        error: brought.error,
        waiting: holds(&headers),
        browser: browser(&headers),
    };
    let finished = tongban_identity::finish_upstream(&state.store, provider, &state.public_address, input)
        .await
        .told()?;
    match finished.outcome {
        UpstreamOutcome::SignedIn(opened) => {
            let kept = finished.kept.unwrap_or_default();
            let waits = Waits::of(&state, &visitor, &kept);
            let mut response = welcome(&state, &visitor, &opened, &finished.back, waits).await?;
            let_go(&state, &mut response);
            Ok(response)
        }
        UpstreamOutcome::Links => {
            let person = visitor
                .signed_in()
                .is_some_and(|session| session.actor.holder_kind() == Some(PartyKind::Person));
            let next = if person || finished.links {
                NEW_LINK
            } else {
                LINKING
            };
            Ok(see_other(&path(next)).into_response())
        }
        UpstreamOutcome::Opens => Ok(see_other(&path(OPENING)).into_response()),
        UpstreamOutcome::Refused(refusal) => {
            let sentence = words_of(&state, refusal)?;
            if finished.kept.is_some() {
                return sign_in_page(&state, &visitor, &finished.back, finished.kept, sentence);
            }
            let to = if finished.links {
                path(SETTINGS)
            } else {
                let back = LocalPath::parse_or_home(&finished.back);
                LocalPath::parse_or_home(&format!("/sign-in?back={}", back.encoded()))
            };
            let mut response = Flash::new(&state.kit, Tone::Warning, &sentence).redirect(&to);
            let_go(&state, &mut response);
            Ok(response)
        }
    }
}

pub(crate) const LINKING: &str = "/sign-in/linking";
const NEW_LINK: &str = "/my/settings/links/new";
const OPENING: &str = "/sign-in/opening";

fn words_of(state: &PortalState, refusal: Refusal) -> Result<Sentence, WebError> {
    Ok(explained(tongban_identity::Error::Refused(refusal))?.sentence(state.kit.pages.texts()))
}

/// What waits in this browser; nothing waits any more where the person was too slow.
async fn waits_here(state: &PortalState, headers: &HeaderMap) -> Result<Option<WaitingUpstream>, WebError> {
    tongban_identity::waiting_upstream(&state.store, &holds(headers))
        .await
        .told()
}

fn lost(state: &PortalState) -> Response {
    let sentence = Sentence::key("refused-identity-upstream_lost");
    Flash::new(&state.kit, Tone::Warning, &sentence).redirect(&path("/sign-in"))
}

#[derive(Serialize)]
struct LinkPage {
    platform: String,
    /// What the platform calls the person.
    name: Option<String>,
    back: LocalPath,
}

fn shown(
    state: &PortalState,
    visitor: &Visitor,
    template: &str,
    data: &impl Serialize,
    status: StatusCode,
) -> Result<Response, WebError> {
    let mut response = state
        .kit
        .pages
        .render(&visitor.page(Area::Portal), template, data)?
        .with_status(status)
        .into_response();
    never_stored(&mut response);
    Ok(response)
}

/// Nobody here is linked with whom the platform names: sign in once in a way of your own.
async fn linking(
    State(state): State<PortalState>,
    visitor: Visitor,
    headers: HeaderMap,
) -> Result<Response, WebError> {
    let Some(waits) = waits_here(&state, &headers).await? else {
        return Ok(lost(&state));
    };
    if waits.opens {
        return Ok(see_other(&path(OPENING)).into_response());
    }
    if visitor.signed_in().is_some() {
        return Ok(see_other(&path(NEW_LINK)).into_response());
    }
    let data = LinkPage {
        platform: platform_name(&state, &visitor, &waits.provider),
        name: waits.name,
        back: path(NEW_LINK),
    };
    shown(
        &state,
        &visitor,
        "portal/upstream_linking.html",
        &data,
        StatusCode::OK,
    )
}

/// The person goes another way.
async fn forget(
    State(state): State<PortalState>,
    visitor: Visitor,
    headers: HeaderMap,
    Form(_): Form<Pairs>,
) -> Result<Response, WebError> {
    let waits = waits_here(&state, &headers).await?;
    tongban_identity::forget_upstream(&state.store, &holds(&headers))
        .await
        .told()?;
    let to = match waits {
        Some(waits) if visitor.signed_in().is_some() => LocalPath::parse_or_home(&waits.back),
        _ => path("/sign-in"),
    };
    let mut response = see_other(&to).into_response();
    let_go(&state, &mut response);
    Ok(response)
}

async fn ask_to_link(
    State(state): State<PortalState>,
    visitor: Visitor,
    headers: HeaderMap,
) -> Result<Response, WebError> {
    let session = visitor.require_party()?.session_id;
    let waits = waits_here(&state, &headers).await?;
    // what one session asked for is no other session's to answer
    let Some(waits) = waits.filter(|waits| waits.session.is_none_or(|asked| asked == session)) else {
        let sentence = Sentence::key("refused-identity-upstream_lost");
        return Ok(Flash::new(&state.kit, Tone::Warning, &sentence).redirect(&path(SETTINGS)));
    };
    if waits.opens {
        return Ok(see_other(&path(OPENING)).into_response());
    }
    let data = LinkPage {
        platform: platform_name(&state, &visitor, &waits.provider),
        name: waits.name,
        back: LocalPath::parse_or_home(&waits.back),
    };
    shown(
        &state,
        &visitor,
        "portal/my/upstream_link.html",
        &data,
        StatusCode::OK,
    )
}

async fn link(
    State(state): State<PortalState>,
    visitor: Visitor,
    headers: HeaderMap,
    Form(_): Form<Pairs>,
) -> Result<Response, WebError> {
    let session = visitor.require_party()?;
    let linked = tongban_identity::link_upstream(
        &state.store,
        &session.actor,
        session.session_id,
        &holds(&headers),
        names(&state),
    )
    .await;
    match linked {
        Ok(linked) => {
            let done = Flash::good(&state.kit, "upstream-linked");
            let mut response = go_on(&state, &visitor, &linked.back, linked.kept.as_deref(), done)?;
            let_go(&state, &mut response);
            Ok(response)
        }
        Err(error) => to_settings(&state, error),
    }
}

#[derive(Serialize)]
struct CutPage {
    action: String,
    platform: String,
}

async fn ask_to_cut(
    State(state): State<PortalState>,
    visitor: Visitor,
    Path(link): Path<String>,
) -> Result<Response, WebError> {
    let session = visitor.require_party()?;
    let link = id(&link)?;
    let held = tongban_identity::own_upstreams(&state.store, &session.actor)
        .await
        .told()?;
    let found = held
        .into_iter()
        .find(|held| held.id == link)
        .ok_or_else(WebError::not_found)?;
    let data = CutPage {
        action: format!("/my/settings/links/{link}/cut"),
        platform: platform_name(&state, &visitor, &found.provider),
    };
    Ok(state
        .kit
        .pages
        .render(&context(&visitor), "portal/my/upstream_cut.html", &data)?
        .into_response())
}

async fn cut(
    State(state): State<PortalState>,
    visitor: Visitor,
    Path(link): Path<String>,
    Form(_): Form<Pairs>,
) -> Result<Response, WebError> {
    let actor = visitor.require_party()?.actor.clone();
    let (link, by, names) = (id(&link)?, actor.clone(), names(&state));
    state
        .store
        .write(actor.as_holder().signer(), move |tx| {
            let (by, names) = (by.clone(), names.clone());
            async move { tongban_identity::cut_upstream(&tx, &by, link, names).await }
        })
        .await
        .told()?;
    Ok(Flash::good(&state.kit, "upstream-cut-done").redirect(&path(SETTINGS)))
}

#[derive(Default, Serialize)]
struct OpeningPage {
    platform: String,
    name: String,
    /// Masked.
    number: String,
    /// Masked: a phone that the platform has verified.
    phone: Option<String>,
    /// What was typed as another phone.
    typed: String,
    /// Masked: the phone to which a code was sent.
    sent: Option<String>,
    message: Option<String>,
    demo: bool,
    error: Option<Sentence>,
}

async fn opening_page(
    state: &PortalState,
    visitor: &Visitor,
    headers: &HeaderMap,
    sent: Option<Waiting>,
    typed: String,
    error: Option<Sentence>,
) -> Result<Response, WebError> {
    let Some(waits) = waits_here(state, headers).await?.filter(|waits| waits.opens) else {
        return Ok(lost(state));
    };
    let status = if error.is_some() {
        StatusCode::UNPROCESSABLE_ENTITY
    } else {
        StatusCode::OK
    };
    let message = match (&state.demo, &sent) {
        (Some(demo), Some(sent)) => demo.latest_message(sent.kind, &sent.name).await,
        _ => None,
    };
    let data = OpeningPage {
        platform: platform_name(state, visitor, &waits.provider),
        name: waits.name.unwrap_or_default(),
        number: waits.number.unwrap_or_default(),
        phone: waits.phone,
        typed,
        sent: sent.map(|sent| crate::sign_in::masked(&sent.name)),
        message,
        demo: state.demo.is_some(),
        error,
    };
    shown(state, visitor, "portal/upstream_opening.html", &data, status)
}

async fn opening(
    State(state): State<PortalState>,
    visitor: Visitor,
    headers: HeaderMap,
) -> Result<Response, WebError> {
    opening_page(&state, &visitor, &headers, None, String::new(), None).await
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Typed {
    phone: String,
    code: String,
    agree: String,
}

/// Sends a code to the phone that was typed.
async fn send_code(
    State(state): State<PortalState>,
    visitor: Visitor,
    headers: HeaderMap,
    sender: Sender,
    Form(typed): Form<Typed>,
) -> Result<Response, WebError> {
    sender.count(&state.store, sender::REGISTRATIONS).await?;
    if waits_here(&state, &headers)
        .await?
        .is_none_or(|waits| !waits.opens)
    {
        return Ok(lost(&state));
    }
    if typed.agree.is_empty() {
        let sentence = Sentence::key("portal-register-agree-needed");
        return opening_page(&state, &visitor, &headers, None, typed.phone, Some(sentence)).await;
    }
    // nothing typed: the one that the platform has verified
    let phone = if typed.phone.trim().is_empty() {
        tongban_identity::waiting_upstream_phone(&state.store, &holds(&headers))
            .await
            .told()?
            .unwrap_or_default()
    } else {
        typed.phone.clone()
    };
    let waits = Waiting {
        kind: AccountKind::Person,
        name: phone,
        way: CodeWay::Upstream,
    };
    match phone_code_sent(&state, waits.clone(), CodeFor::Register).await {
        Ok(cookie) => {
            let mut response =
                opening_page(&state, &visitor, &headers, Some(waits), typed.phone, None).await?;
            cookies::add(response.headers_mut(), cookie);
            Ok(response)
        }
        Err(error) => {
            let sentence = explained(error)?.sentence(state.kit.pages.texts());
            opening_page(&state, &visitor, &headers, None, typed.phone, Some(sentence)).await
        }
    }
}

/// Opens the account by the phone to which a code was sent in this browser.
async fn open(
    State(state): State<PortalState>,
    visitor: Visitor,
    headers: HeaderMap,
    sender: Sender,
    Form(typed): Form<Typed>,
) -> Result<Response, WebError> {
    sender.count(&state.store, sender::SIGN_INS).await?;
    let Some(waits) = waits_here(&state, &headers).await?.filter(|waits| waits.opens) else {
        return Ok(lost(&state));
    };
    let sent = waiting(&state, &headers, CodeWay::Upstream).filter(|_| !typed.code.is_empty());
    let Some(sent) = sent else {
        let sentence = Sentence::key("upstream-phone-needed");
        return opening_page(&state, &visitor, &headers, None, typed.phone, Some(sentence)).await;
    };
    let input = OpenByUpstream {
        waiting: holds(&headers),
        phone: sent.name.clone(),
        code: typed.code,
        browser: browser(&headers),
        name: names(&state)(&waits.provider),
    };
    match tongban_identity::open_by_upstream(&state.store, input).await {
        Ok(done) => {
            let kept = done.kept.unwrap_or_default();
            let form = Waits::of(&state, &visitor, &kept);
            let mut response = welcome(&state, &visitor, &done.opened, &done.back, form).await?;
            let_go(&state, &mut response);
            Ok(response)
        }
        Err(error) => {
            let sentence = explained(error)?.sentence(state.kit.pages.texts());
            opening_page(
                &state,
                &visitor,
                &headers,
                Some(sent),
                typed.phone,
                Some(sentence),
            )
            .await
        }
    }
}
