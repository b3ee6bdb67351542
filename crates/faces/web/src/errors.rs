//! One refusal, told as a page to people and as RFC 9457 JSON to programs, always with the id of the request.
//!
//! A handler returns `Result<_, WebError>`. The error itself knows neither the visitor nor the templates: it travels in the
//! extensions of the response, and the innermost layer of [`crate::layers`] tells it in the visitor's language.
//!
//! | status | constructor | text keys of the page |
//! |---|---|---|
//! | 400 | `bad_input` | `problem-bad-input-…` |
//! | 401 | `sign_in_needed` | a redirect for pages, `problem-sign-in-needed-…` for programs |
//! | 403 | `forbidden`, `foreign_form` | `problem-forbidden-…`, `problem-foreign-form-…` |
//! | 403 | `assurance_needed` | the ways up for pages, `problem-assurance-needed-…` for programs |
//! | 403 | `second_factor_needed` | the way to show one for pages, `problem-second-factor-needed-…` for programs |
//! | 404 | `not_found` | `problem-not-found-…` |
//! | 405 | `method_not_allowed` | `problem-method-…` |
//! | 408, 413, 415 | `too_slow`, `too_large`, `wrong_kind` | `problem-…` |
//! | 409 | `conflict`, `page_of_another`, `acting_ended` | `problem-conflict-…`, `problem-page-of-another-…`, `problem-acting-ended-…` |
//! | 422 or as given | `refused(code, args, status)` | `refused-<code, dots as dashes>` |
//! | 429 | `too_many` | `problem-too-many-…` |
//! | 500 | `internal` | `problem-internal-…` |
//! | 503 | `unavailable` | `problem-unavailable-…` |

use std::{error::Error, fmt, sync::Arc};

use axum::{
    Json,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;
use serde_json::Value;
use tongban_access::{Assurance, Denied};
use tongban_store::StoreError;

use crate::{
    forms::FieldError,
    local_path::LocalPath,
    pages::{Locale, Texts},
    sentence::{Arguments, Sentence},
};

/// What a handler answers instead of a page.
pub struct WebError(Box<Inner>);

struct Inner {
    status: StatusCode,
    /// The stable code that programs compare: `not-found`, or the code of a room such as `case.limit_passed`.
    code: String,
    /// Whether the code came from a room.
    refused: bool,
    args: Arguments,
    /// What is wrong with single fields.
    fields: Vec<FieldError>,
    retry_after: Option<u64>,
    sign_in_back: Option<LocalPath>,
    assurance: Option<Assurance>,
    /// Whether a second factor is all that lacks.
    second_factor: bool,
    cause: Option<Box<dyn Error + Send + Sync>>,
}

impl WebError {
    fn of(status: StatusCode, code: &str) -> Self {
        Self(Box::new(Inner {
            status,
            code: code.to_owned(),
            refused: false,
            args: Arguments::new(),
            fields: Vec::new(),
            retry_after: None,
            sign_in_back: None,
            assurance: None,
            second_factor: false,
            cause: None,
        }))
    }

    /// There is no such thing, or the visitor may not know that there is (404).
    pub fn not_found() -> Self {
        Self::of(StatusCode::NOT_FOUND, "not-found")
    }

    /// The visitor may not do this (403).
    pub fn forbidden() -> Self {
        Self::of(StatusCode::FORBIDDEN, "forbidden")
    }

    /// The visitor must sign in first, and comes back to `back` afterwards: a redirect for pages, 401 for programs.
    pub fn sign_in_needed(back: LocalPath) -> Self {
        let mut error = Self::of(StatusCode::UNAUTHORIZED, "sign-in-needed");
        error.0.sign_in_back = Some(back);
        error
    }

    /// The visitor may do it once they are known this well (403): a page leads there and back, with what was typed.
    pub fn assurance_needed(level: Assurance) -> Self {
        let mut error = Self::of(StatusCode::FORBIDDEN, "assurance-needed");
        error.0.args.insert("level".to_owned(), level.number().into());
        error.0.assurance = Some(level);
        error
    }

    /// A member of staff may do it once they have shown a second factor (403): a page leads there and back, with what was typed.
    pub fn second_factor_needed() -> Self {
        let mut error = Self::of(StatusCode::FORBIDDEN, "second-factor-needed");
        error.0.second_factor = true;
        error
    }

    /// A room refused, with its stable code (`case.limit_passed`) and arguments. The sentence is the text `refused-case-limit_passed`.
    pub fn refused<N: Into<String>, V: Into<Value>>(
        code: &str,
        args: impl IntoIterator<Item = (N, V)>,
        status: StatusCode,
    ) -> Self {
        let mut error = Self::of(status, code);
        error.0.refused = true;
        error.0.args = args
            .into_iter()
            .map(|(name, value)| (name.into(), value.into()))
            .collect();
        error
    }

    /// The same refusal with what is wrong in single fields, which programs find under `fields`.
    #[must_use]
    pub fn with_fields(mut self, fields: Vec<FieldError>) -> Self {
        self.0.fields = fields;
        self
    }

    /// The request makes no sense to us (400). `detail` is for programs and the log; it must hold no personal data.
    pub fn bad_input(detail: impl Into<String>) -> Self {
        let mut error = Self::of(StatusCode::BAD_REQUEST, "bad-input");
        error
            .0
            .args
            .insert("detail".to_owned(), Value::String(detail.into()));
        error
    }

    /// A form that did not come from our page, or from a page that is too old (403).
    pub fn foreign_form() -> Self {
        Self::of(StatusCode::FORBIDDEN, "foreign-form")
    }

    /// The form stood on a page of another account than the one that acts now (409).
    pub fn page_of_another() -> Self {
        Self::of(StatusCode::CONFLICT, "page-of-another")
    }

    /// The mandate under which a program acted has ended (409): what it asks for would be its holder's own.
    pub fn acting_ended() -> Self {
        Self::of(StatusCode::CONFLICT, "acting-ended")
    }

    /// Somebody else changed the thing since the page was loaded (409).
    pub fn conflict() -> Self {
        Self::of(StatusCode::CONFLICT, "conflict")
    }

    /// Too many tries (429); welcome again after so many seconds.
    pub fn too_many(retry_after_seconds: u64) -> Self {
        let mut error = Self::of(StatusCode::TOO_MANY_REQUESTS, "too-many");
        error.0.retry_after = Some(retry_after_seconds);
        error
    }

    /// The body is longer than this place takes (413).
    pub fn too_large() -> Self {
        Self::of(StatusCode::PAYLOAD_TOO_LARGE, "too-large")
    }

    /// Nothing here answers this method (405).
    pub fn method_not_allowed() -> Self {
        Self::of(StatusCode::METHOD_NOT_ALLOWED, "method")
    }

    /// A part that we need does not answer now (503). Logged with its cause.
    pub fn unavailable(cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        let mut error = Self::of(StatusCode::SERVICE_UNAVAILABLE, "unavailable");
        error.0.retry_after = Some(10);
        error.0.cause = Some(cause.into());
        error
    }

    /// Our fault (500). The cause is logged once with the id of the request; the visitor gets the id, an apology and the hotline.
    pub fn internal(cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        let mut error = Self::of(StatusCode::INTERNAL_SERVER_ERROR, "internal");
        error.0.cause = Some(cause.into());
        error
    }

    /// What axum or a layer refused before a handler could.
    pub(crate) fn from_status(status: StatusCode) -> Self {
        match status {
            StatusCode::NOT_FOUND => Self::not_found(),
            StatusCode::FORBIDDEN => Self::forbidden(),
            StatusCode::METHOD_NOT_ALLOWED => Self::method_not_allowed(),
            StatusCode::PAYLOAD_TOO_LARGE => Self::too_large(),
            StatusCode::CONFLICT => Self::conflict(),
            StatusCode::TOO_MANY_REQUESTS => Self::too_many(60),
            StatusCode::GATEWAY_TIMEOUT | StatusCode::REQUEST_TIMEOUT => {
                Self::of(StatusCode::SERVICE_UNAVAILABLE, "too-slow")
            }
            StatusCode::SERVICE_UNAVAILABLE => Self::of(status, "unavailable"),
            status if status.is_server_error() => Self::of(status, "internal"),
            status => Self::of(status, "bad-input"),
        }
    }

    /// The status of the answer.
    pub fn status(&self) -> StatusCode {
        self.0.status
    }

    /// After how many seconds the visitor may come again, where that is known.
    pub fn retry_after(&self) -> Option<u64> {
        self.0.retry_after
    }

    /// The stable code.
    pub fn code(&self) -> &str {
        &self.0.code
    }

    /// What to tell the visitor. A refusal without a text of its own is told in general words.
    pub fn sentence(&self, texts: &Texts) -> Sentence {
        if !self.0.refused {
            return Sentence::key(format!("problem-{}-words", self.0.code));
        }
        let key = refusal_key(&self.0.code);
        if texts.has(Locale::Chinese, &key) || texts.has(Locale::English, &key) {
            Sentence::Key {
                key,
                args: self.0.args.clone(),
            }
        } else {
            tracing::warn!(refusal.code = self.0.code, "a refusal has no text of its own");
            Sentence::key("refused-other")
        }
    }
}

impl From<StoreError> for WebError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Conflict(_) => Self::conflict(),
            StoreError::Unavailable(_) => Self::unavailable(error),
            other => Self::internal(other),
        }
    }
}

impl From<Denied> for WebError {
    fn from(denied: Denied) -> Self {
        if denied.second_factor {
            return Self::second_factor_needed();
        }
        denied.needs.map_or_else(Self::forbidden, Self::assurance_needed)
    }
}

/// `case.limit_passed` is told by the text `refused-case-limit_passed`.
fn refusal_key(code: &str) -> String {
    format!("refused-{}", code.replace('.', "-"))
}

impl fmt::Debug for WebError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("WebError")
            .field("status", &self.0.status)
            .field("code", &self.0.code)
            .field("args", &self.0.args)
            .field("cause", &self.0.cause)
            .finish()
    }
}

impl fmt::Display for WebError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} ({})", self.0.code, self.0.status.as_u16())
    }
}

/// The error in the extensions of a response, waiting to be told.
#[derive(Clone)]
pub(crate) struct Told(Arc<WebError>);

impl IntoResponse for WebError {
    fn into_response(self) -> Response {
        // this body is seen only where the layers are missing
        let mut response = (self.status(), self.code().to_owned()).into_response();
        response.extensions_mut().insert(Told(Arc::new(self)));
        response
    }
}

/// RFC 9457, with the stable code, the arguments and the id of the request.
#[derive(Debug, Serialize)]
struct Problem {
    #[serde(rename = "type")]
    kind: String,
    title: String,
    status: u16,
    detail: String,
    code: String,
    #[serde(skip_serializing_if = "Arguments::is_empty")]
    args: Arguments,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    fields: Vec<ProblemField>,
    request_id: String,
}

/// One field that is to be put right.
#[derive(Debug, Serialize)]
struct ProblemField {
    field: String,
    /// `required`, `number`, `minimum`, `too-long` …
    code: String,
    #[serde(skip_serializing_if = "Arguments::is_empty")]
    args: Arguments,
    detail: String,
}

/// The data of `errors/problem.html`.
#[derive(Debug, Serialize)]
pub(crate) struct ProblemPage {
    pub status: u16,
    pub title: Sentence,
    pub sentence: Sentence,
    pub next: Sentence,
}

impl Told {
    /// Writes the cause to the log: the one place where it is handled.
    pub fn log(&self, request_id: &str) {
        let error = &self.0.0;
        let mut chain = String::new();
        let mut cause: Option<&(dyn Error + 'static)> = error
            .cause
            .as_deref()
            .map(|cause| cause as &(dyn Error + 'static));
        while let Some(current) = cause {
            if !chain.is_empty() {
                chain.push_str(": ");
            }
            chain.push_str(&current.to_string());
            cause = current.source();
        }
        if error.status.is_server_error() {
            tracing::error!(
                request.id = request_id,
                problem.code = error.code,
                problem.cause = chain,
                "a request failed"
            );
        } else {
            tracing::debug!(
                request.id = request_id,
                problem.code = error.code,
                "a request was refused"
            );
        }
    }

    /// Where to sign in, when that is what the visitor must do.
    pub fn sign_in_address(&self) -> Option<String> {
        self.0
            .0
            .sign_in_back
            .as_ref()
            .map(|back| format!("/sign-in?back={}", back.encoded()))
    }

    /// Whether a second factor is all that lacks.
    pub fn second_factor(&self) -> bool {
        self.0.0.second_factor
    }

    /// How well the visitor must be known, when that is what is missing.
    pub fn assurance(&self) -> Option<Assurance> {
        self.0.0.assurance
    }

    pub fn page(&self, texts: &Texts) -> ProblemPage {
        let inner = &self.0.0;
        let kind = if inner.refused {
            "refused"
        } else {
            inner.code.as_str()
        };
        ProblemPage {
            status: inner.status.as_u16(),
            title: Sentence::key(format!("problem-{kind}-title")),
            sentence: self.0.sentence(texts),
            next: Sentence::key(format!("problem-{kind}-next")),
        }
    }

    pub fn json(&self, texts: &Texts, locale: Locale, request_id: &str) -> Response {
        let inner = &self.0.0;
        let kind = if inner.refused {
            "refused"
        } else {
            inner.code.as_str()
        };
        let fields = inner.fields.iter().map(|error| ProblemField {
            field: error.field.clone(),
            code: error.key.strip_prefix("error-").unwrap_or(&error.key).to_owned(),
            args: error.args.clone(),
            detail: texts.say(locale, &error.sentence()),
        });
        let problem = Problem {
            kind: format!("/problems/{}", inner.code),
            title: texts.say(locale, &Sentence::key(format!("problem-{kind}-title"))),
            status: inner.status.as_u16(),
            detail: texts.say(locale, &self.0.sentence(texts)),
            code: inner.code.clone(),
            args: inner.args.clone(),
            fields: fields.collect(),
            request_id: request_id.to_owned(),
        };
        let mut response = (inner.status, Json(problem)).into_response();
        response.headers_mut().insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/problem+json"),
        );
        self.add_headers(&mut response);
        response
    }

    /// Headers that belong to the refusal in whichever form it is told.
    pub fn add_headers(&self, response: &mut Response) {
        if let Some(seconds) = self.0.0.retry_after {
            response
                .headers_mut()
                .insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if self.status() == StatusCode::UNAUTHORIZED {
            response
                .headers_mut()
                .insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
    }

    pub fn status(&self) -> StatusCode {
        self.0.status()
    }
}

impl From<WebError> for Told {
    fn from(error: WebError) -> Self {
        Self(Arc::new(error))
    }
}
