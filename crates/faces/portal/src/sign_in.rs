//! Signing in by password or one-time code, and signing out.

use std::time::Duration;

use axum::{
    Router,
    extract::{Query, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use serde::{Deserialize, Serialize};
use tongban_codes::{CitizenNumber, Phone};
use tongban_identity::{
    AccountKind, Browser, CodeFor, CodeRequested, CodeSignIn, OpenedSession, PasswordSignIn, RequestCode,
};
use tongban_store::{Signer, Tx};
use tongban_web::{
    Area, Flash, Form, KeptForm, LocalPath, Sender, Sentence, SignInPage, Visitor, WebError, cookies,
    flash::Tone, local_path::see_other, sender, sign_in_page::never_stored,
};

use crate::{
    PortalState,
    told::{Told, answer},
    upstream::{LINKING, forget_waiting},
};

pub(crate) fn routes() -> Router<PortalState> {
    Router::new()
        .route("/sign-in", get(ask).post(by_password))
        .route("/sign-in/other", post(ask_other))
        .route("/sign-in/code", get(enter).post(request))
        .route("/sign-in/code/enter", post(by_code))
        .route("/sign-out", post(sign_out))
}

/// Who asked for a code, sealed, while the code is on its way: a number must not stand in an address.
const ASKED: &str = "tb_code";
/// How long that is kept, in seconds: a code is good for five minutes.
const ASKED_SECONDS: u64 = 600;
const ASKED_FIELD: &str = "sign_in_name";
/// How often, and how long apart, the demo looks for its simulated message before the page is shown.
const LOOKS: usize = 15;
const LOOK_AGAIN: Duration = Duration::from_millis(100);

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    kind: String,
    way: String,
    back: String,
}

fn kind_of(word: &str) -> AccountKind {
    AccountKind::from_word(word).unwrap_or(AccountKind::Person)
}

/// Whether a form waits for its sender.
pub(crate) enum Waits {
    Nothing,
    Form(KeptForm),
    /// One was carried, and is no longer good: too old, or of another browser.
    Lost,
}

/// What stands in the hidden field instead of a form that was lost on the way.
const LOST: &str = "-";

impl Waits {
    /// What the hidden field of the page before brought.
    pub(crate) fn of(state: &PortalState, visitor: &Visitor, sealed: &str) -> Self {
        if sealed.is_empty() {
            return Self::Nothing;
        }
        KeptForm::open(&state.kit, visitor, sealed).map_or(Self::Lost, Self::Form)
    }

    /// What the hidden field of the next page carries on.
    pub(crate) fn sealed(&self) -> Option<String> {
        match self {
            Self::Nothing => None,
            Self::Form(kept) => Some(kept.sealed().to_owned()),
            Self::Lost => Some(LOST.to_owned()),
        }
    }
}

/// The way of signing in that an address asks for.
fn way_of(kind: AccountKind, word: &str) -> &'static str {
    if word == "code" && kind != AccountKind::Staff {
        "code"
    } else {
        "password"
    }
}

async fn ask(
    State(state): State<PortalState>,
    visitor: Visitor,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    let kind = kind_of(&asked.kind);
    let data = SignInPage {
        kind: kind.as_str(),
        way: way_of(kind, &asked.way),
        back: LocalPath::parse_or_home(&asked.back),
        name: String::new(),
        error: None,
        locked: false,
        kept: None,
    };
    data.show(&state.kit, &visitor)
}

#[derive(Deserialize)]
struct Carried {
    #[serde(default)]
    kept: String,
    #[serde(default)]
    back: String,
}

/// The same page as another kind of account or by another way, with the form that waits: it stands in no address, so a
/// link cannot carry it.
async fn ask_other(
    State(state): State<PortalState>,
    visitor: Visitor,
    Query(asked): Query<Asked>,
    Form(carried): Form<Carried>,
) -> Result<Response, WebError> {
    let kind = kind_of(&asked.kind);
    let data = SignInPage {
        kind: kind.as_str(),
        way: way_of(kind, &asked.way),
        back: LocalPath::parse_or_home(&carried.back),
        name: String::new(),
        error: None,
        locked: false,
        kept: Waits::of(&state, &visitor, &carried.kept).sealed(),
    };
    data.show(&state.kit, &visitor)
}

#[derive(Deserialize)]
struct TypedPassword {
    kind: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    password: String,
    #[serde(default)]
    back: String,
    #[serde(default)]
    kept: String,
}

async fn by_password(
    State(state): State<PortalState>,
    visitor: Visitor,
    headers: HeaderMap,
    sender: Sender,
    Form(typed): Form<TypedPassword>,
) -> Result<Response, WebError> {
    sender.count(&state.store, sender::SIGN_INS).await?;
    let kind = kind_of(&typed.kind);
    let input = PasswordSignIn {
        kind,
        name: typed.name.clone(),
        password: typed.password,
        browser: browser(&headers),
    };
    let waits = Waits::of(&state, &visitor, &typed.kept);
    match tongban_identity::sign_in_with_password(&state.store, input).await {
        Ok(opened) => welcome(&state, &visitor, &opened, &typed.back, waits).await,
        Err(error) => {
            let error = explained(error)?;
            let data = SignInPage {
                kind: kind.as_str(),
                way: "password",
                back: LocalPath::parse_or_home(&typed.back),
                name: typed.name,
                locked: error.code() == "identity.locked",
                error: Some(error.sentence(state.kit.pages.texts())),
                kept: waits.sealed(),
            };
            data.show(&state.kit, &visitor)
        }
    }
}

/// The browser that signs in.
pub(crate) fn browser(headers: &HeaderMap) -> Browser {
    let agent = headers
        .get(header::USER_AGENT)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    Browser {
        token: cookies::read(headers, cookies::SESSION),
        device: tongban_identity::device_words(agent),
    }
}

/// A refusal that the form can tell; everything else is told by a page of its own.
pub(crate) fn explained(error: tongban_identity::Error) -> Result<WebError, WebError> {
    let error = answer(error);
    if error.status() == StatusCode::UNPROCESSABLE_ENTITY {
        Ok(error)
    } else {
        Err(error)
    }
}

/// The session cookie, and the page that shows the form that waited; without one, the way to where the person wanted to go:
/// staff without a wish go to their desk.
pub(crate) async fn welcome(
    state: &PortalState,
    visitor: &Visitor,
    opened: &OpenedSession,
    back: &str,
    waits: Waits,
) -> Result<Response, WebError> {
    let wish = LocalPath::parse_or_home(back);
    let staff = opened.session.account.kind == AccountKind::Staff;
    let target = if staff && !wish.as_str().starts_with("/desk") && !wish.as_str().starts_with("/cockpit") {
        LocalPath::parse_or_home("/desk")
    } else {
        wish
    };
    let mut response = match waits {
        Waits::Nothing => see_other(&target).into_response(),
        Waits::Lost => Flash::new(&state.kit, Tone::Warning, &Sentence::key("kept-lost")).redirect(&target),
        Waits::Form(waits) => {
            let session = state.kit.sessions.load(&opened.token).await?;
            let session = session.ok_or_else(|| WebError::internal("a session ended as it began"))?;
            let visitor = visitor.welcomed(session);
            if waits.belongs_to(&state.kit, &visitor) {
                let mut response = waits.page(&state.kit, &visitor)?.into_response();
                never_stored(&mut response);
                response
            } else {
                // whose words they are, this account does not learn
                Flash::new(&state.kit, Tone::Warning, &Sentence::key("kept-not-yours")).redirect(&target)
            }
        }
    };
    cookies::add(
        response.headers_mut(),
        cookies::session(&opened.token, state.kit.settings.secure),
    );
    cookies::add(
        response.headers_mut(),
        cookies::remove(cookies::SIGNED_OUT, state.kit.settings.secure),
    );
    forget_code(state, &mut response);
    // a request to a platform waits for who was asked about it, and for nobody else who signs in here
    if !target.as_str().starts_with(LINKING) {
        forget_waiting(state, response.headers_mut());
    }
    Ok(response)
}

/// Nobody waits for a code in this browser any more.
pub(crate) fn forget_code(state: &PortalState, response: &mut Response) {
    cookies::add(
        response.headers_mut(),
        cookies::remove(ASKED, state.kit.settings.secure),
    );
}

#[derive(Deserialize)]
struct TypedName {
    kind: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    back: String,
    #[serde(default)]
    kept: String,
}

/// What a code is asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum CodeWay {
    /// To sign in to an account.
    #[default]
    SignIn,
    /// To open one.
    Register,
    /// To give the own account another phone.
    Phone,
    /// To open one for somebody whom a platform of others vouches for; asked for on a page of its own.
    Upstream,
}

/// Who waits for a code.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Waiting {
    pub kind: AccountKind,
    pub name: String,
    pub way: CodeWay,
}

/// Asks for a code, waits for the simulated message in the demo, and answers the cookie that remembers who waits.
pub(crate) async fn code_sent<F, Fut>(
    state: &PortalState,
    waiting: Waiting,
    ask: F,
) -> Result<Option<HeaderValue>, tongban_identity::Error>
where
    F: Fn(Tx) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<CodeRequested, tongban_identity::Error>> + Send + 'static,
{
    let look = async || match &state.demo {
        Some(demo) => demo.latest_message(waiting.kind, &waiting.name).await,
        None => None,
    };
    let before = look().await;
    state.store.write(Signer::nobody(), ask).await?;
    if state.demo.is_some() {
        // The message goes out after the commit; a person should not have to reload the page to see it.
        for _look in 0..LOOKS {
            if look().await != before {
                break;
            }
            tokio::time::sleep(LOOK_AGAIN).await;
        }
    }
    let words = serde_json::to_string(&waiting).map_err(tongban_store::StoreError::from)?;
    let asked = state.store.seal(ASKED_FIELD, &words)?;
    Ok(cookies::set(
        ASKED,
        &asked,
        Some(ASKED_SECONDS),
        state.kit.settings.secure,
    ))
}

/// Sends a code, then asks for it on a page of its own.
async fn request(
    State(state): State<PortalState>,
    visitor: Visitor,
    sender: Sender,
    Form(typed): Form<TypedName>,
) -> Result<Response, WebError> {
    sender.count(&state.store, sender::CODES).await?;
    let kind = kind_of(&typed.kind);
    let back = LocalPath::parse_or_home(&typed.back);
    let waits = Waits::of(&state, &visitor, &typed.kept);
    let input = RequestCode {
        kind,
        name: typed.name.clone(),
    };
    let waiting = Waiting {
        kind,
        name: typed.name.clone(),
        way: CodeWay::SignIn,
    };
    let sent = code_sent(&state, waiting.clone(), move |tx| {
        let input = input.clone();
        async move { tongban_identity::request_code(&tx, input).await }
    })
    .await;
    let cookie = match sent {
        Ok(cookie) => cookie,
        Err(error) => {
            let error = explained(error)?;
            let data = SignInPage {
                kind: kind.as_str(),
                way: "code",
                back,
                name: typed.name,
                locked: false,
                error: Some(error.sentence(state.kit.pages.texts())),
                kept: waits.sealed(),
            };
            return data.show(&state.kit, &visitor);
        }
    };
    let mut response = if waits.sealed().is_some() {
        // what waits cannot travel through a redirect
        code_form(&state, &visitor, waiting, back, None, waits).await?
    } else {
        see_other(&code_page(&back)).into_response()
    };
    cookies::add(response.headers_mut(), cookie);
    Ok(response)
}

/// As [`code_sent`], for a code to a phone that is to be shown to be somebody's.
pub(crate) async fn phone_code_sent(
    state: &PortalState,
    waiting: Waiting,
    purpose: CodeFor,
) -> Result<Option<HeaderValue>, tongban_identity::Error> {
    let phone = waiting.name.clone();
    code_sent(state, waiting, move |tx| {
        let phone = phone.clone();
        async move { tongban_identity::request_phone_code(&tx, &phone, purpose).await }
    })
    .await
}

fn code_page(back: &LocalPath) -> LocalPath {
    LocalPath::parse_or_home(&format!("/sign-in/code?back={}", back.encoded()))
}

/// Who asked for a code in this browser, for this.
pub(crate) fn waiting(state: &PortalState, headers: &HeaderMap, way: CodeWay) -> Option<Waiting> {
    let sealed = cookies::read(headers, ASKED)?;
    let words = state.store.unseal(ASKED_FIELD, &sealed).ok()?;
    serde_json::from_str(&words)
        .ok()
        .filter(|waiting: &Waiting| waiting.way == way)
}

#[derive(Serialize)]
struct CodePage {
    way: CodeWay,
    kind: AccountKind,
    /// Masked.
    name: String,
    /// As typed, to ask once more.
    typed: String,
    back: LocalPath,
    message: Option<String>,
    demo: bool,
    error: Option<Sentence>,
    kept: Option<String>,
}

pub(crate) async fn code_form(
    state: &PortalState,
    visitor: &Visitor,
    waiting: Waiting,
    back: LocalPath,
    error: Option<Sentence>,
    waits: Waits,
) -> Result<Response, WebError> {
    let status = if error.is_some() {
        StatusCode::UNPROCESSABLE_ENTITY
    } else {
        StatusCode::OK
    };
    let message = match &state.demo {
        Some(demo) => demo.latest_message(waiting.kind, &waiting.name).await,
        None => None,
    };
    let data = CodePage {
        way: waiting.way,
        kind: waiting.kind,
        name: masked(&waiting.name),
        typed: waiting.name,
        back,
        message,
        demo: state.demo.is_some(),
        error,
        kept: waits.sealed(),
    };
    let mut response = state
        .kit
        .pages
        .render(&visitor.page(Area::Portal), "portal/sign_in_code.html", &data)?
        .with_status(status)
        .into_response();
    if waits.sealed().is_some() {
        never_stored(&mut response);
    }
    Ok(response)
}

pub(crate) fn masked(name: &str) -> String {
    if let Ok(phone) = Phone::parse_lenient(name) {
        return phone.masked();
    }
    CitizenNumber::parse_lenient(name).map_or_else(|_| name.trim().to_owned(), |number| number.masked())
}

async fn enter(
    State(state): State<PortalState>,
    visitor: Visitor,
    headers: HeaderMap,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    let back = LocalPath::parse_or_home(&asked.back);
    match waiting(&state, &headers, CodeWay::SignIn) {
        Some(waiting) => code_form(&state, &visitor, waiting, back, None, Waits::Nothing).await,
        None => Ok(see_other(&first_page(&back)).into_response()),
    }
}

fn first_page(back: &LocalPath) -> LocalPath {
    LocalPath::parse_or_home(&format!("/sign-in?way=code&back={}", back.encoded()))
}

#[derive(Deserialize)]
struct TypedCode {
    #[serde(default)]
    code: String,
    #[serde(default)]
    back: String,
    #[serde(default)]
    kept: String,
}

async fn by_code(
    State(state): State<PortalState>,
    visitor: Visitor,
    headers: HeaderMap,
    Form(typed): Form<TypedCode>,
) -> Result<Response, WebError> {
    let back = LocalPath::parse_or_home(&typed.back);
    let waits = Waits::of(&state, &visitor, &typed.kept);
    let Some(waiting) = waiting(&state, &headers, CodeWay::SignIn) else {
        if matches!(waits, Waits::Nothing) {
            return Ok(see_other(&first_page(&back)).into_response());
        }
        let data = SignInPage {
            kind: AccountKind::Person.as_str(),
            way: "code",
            back,
            name: String::new(),
            error: None,
            locked: false,
            kept: waits.sealed(),
        };
        return data.show(&state.kit, &visitor);
    };
    let input = CodeSignIn {
        kind: waiting.kind,
        name: waiting.name.clone(),
        code: typed.code,
        browser: browser(&headers),
    };
    match tongban_identity::sign_in_with_code(&state.store, input).await {
        Ok(opened) => welcome(&state, &visitor, &opened, &typed.back, waits).await,
        Err(error) => {
            let error = explained(error)?;
            let sentence = error.sentence(state.kit.pages.texts());
            code_form(&state, &visitor, waiting, back, Some(sentence), waits).await
        }
    }
}

/// Ends this session. Somebody whose session has ended already is told the same.
async fn sign_out(
    State(state): State<PortalState>,
    visitor: Visitor,
    Form(_): Form<tongban_web::Pairs>,
) -> Result<Response, WebError> {
    if let Some(session) = visitor.signed_in() {
        let (actor, id) = (session.actor.clone(), session.session_id);
        state
            .store
            .write(actor.clone().signer(), move |tx| {
                let actor = actor.clone();
                async move { tongban_identity::sign_out(&tx, &actor, id).await }
            })
            .await
            .told()?;
    }
    let mut response = Flash::good(&state.kit, "portal-signed-out").redirect(&LocalPath::parse_or_home("/"));
    signed_out(&state, &mut response);
    Ok(response)
}

/// Nobody is signed in in this browser any more, and whoever stayed signed in at a platform of others is asked there anew.
pub(crate) fn signed_out(state: &PortalState, response: &mut Response) {
    let secure = state.kit.settings.secure;
    let headers = response.headers_mut();
    cookies::add(headers, cookies::remove(cookies::SESSION, secure));
    cookies::add(headers, cookies::set(cookies::SIGNED_OUT, "yes", None, secure));
    forget_waiting(state, headers);
}
