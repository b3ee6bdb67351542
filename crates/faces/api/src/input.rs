//! Bodies and addresses, read strictly; and the lists that page.

use std::{future::Future, sync::Arc};

use axum::{
    body::Bytes,
    extract::{FromRequest, Multipart, Request, multipart::MultipartError},
    http::{HeaderMap, StatusCode, header},
};
use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use tongban_access::Actor;
use tongban_codes::{WorkCalendar, civil::beijing_date};
use tongban_store::{Page, PageRequest, Store, StoreError, Tx};
use tongban_web::WebError;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::{ApiState, told::Told};

/// A JSON body. What does not fit is told by its place, never by its content: that may be a password.
pub(crate) struct Body<T>(pub T);

impl<T: DeserializeOwned> FromRequest<ApiState> for Body<T> {
    type Rejection = WebError;

    async fn from_request(request: Request, state: &ApiState) -> Result<Self, Self::Rejection> {
        if !is_media(request.headers(), "application/json") {
            return Err(wrong_media());
        }
        let bytes =
            Bytes::from_request(request, state)
                .await
                .map_err(|rejection| match rejection.status() {
                    StatusCode::PAYLOAD_TOO_LARGE => WebError::too_large(),
                    _ => WebError::bad_input("the body was cut off on its way"),
                })?;
        serde_json::from_slice(&bytes)
            .map(Self)
            .map_err(|error| WebError::bad_input(misfit(&error)))
    }
}

/// What is wrong with a body: a missing field by its name, everything else by its place.
fn misfit(error: &serde_json::Error) -> String {
    let words = error.to_string();
    let place = format!("line {} column {}", error.line(), error.column());
    match words.split(" at line ").next() {
        Some(missing) if missing.starts_with("missing field") => missing.to_owned(),
        _ if error.is_data() => format!("a value of the wrong type ends at {place}"),
        _ => format!("not JSON from {place} on"),
    }
}

/// Whether the body says that it is of this media type.
pub(crate) fn is_media(headers: &HeaderMap, media: &str) -> bool {
    let own = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    own.split(';')
        .next()
        .is_some_and(|own| own.trim().eq_ignore_ascii_case(media))
}

/// A body of a media type that this place does not take (415).
pub(crate) fn wrong_media() -> WebError {
    WebError::refused(
        "api.media_type",
        [("media", "application/json")],
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
    )
}

/// A file of a posted form, with the other fields.
#[derive(Default)]
pub(crate) struct Parcel {
    pub name: String,
    pub file: Option<Bytes>,
    pub fields: Vec<(String, String)>,
}

impl Parcel {
    /// The first value of a field.
    pub(crate) fn field(&self, name: &str) -> Option<&str> {
        self.fields
            .iter()
            .find(|(own, _)| own == name)
            .map(|(_, value)| value.as_str())
    }
}

/// Bytes of one field that is not the file.
const LONGEST_TEXT: usize = 4 * 1024;

/// Reads a form with one file in the field `file`, of at most so many bytes.
pub(crate) async fn read_parcel(
    request: Request,
    state: &ApiState,
    largest: usize,
) -> Result<Parcel, WebError> {
    let broken = |error: MultipartError| match error.status() {
        StatusCode::PAYLOAD_TOO_LARGE => WebError::too_large(),
        _ => WebError::bad_input("the form was cut off on its way"),
    };
    let mut form = Multipart::from_request(request, state)
        .await
        .map_err(|_| WebError::bad_input("not a form of the kind multipart/form-data"))?;
    let mut parcel = Parcel::default();
    while let Some(mut field) = form.next_field().await.map_err(broken)? {
        let name = field.name().unwrap_or_default().to_owned();
        let limit = if name == "file" { largest } else { LONGEST_TEXT };
        if name == "file" {
            parcel.name = clean_name(field.file_name().unwrap_or_default());
        }
        let mut bytes = Vec::new();
        while let Some(piece) = field.chunk().await.map_err(broken)? {
            if bytes.len() + piece.len() > limit {
                return Err(WebError::too_large());
            }
            bytes.extend_from_slice(&piece);
        }
        if name == "file" {
            parcel.file = Some(Bytes::from(bytes));
        } else {
            let text = String::from_utf8(bytes).map_err(|_| WebError::bad_input("a field is not UTF-8"))?;
            parcel.fields.push((name, text));
        }
    }
    Ok(parcel)
}

/// The bare name of a file: no folders, no control characters, at most 100 characters.
fn clean_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    last.chars()
        .filter(|character| !character.is_control())
        .take(100)
        .collect::<String>()
        .trim()
        .to_owned()
}

/// An id in an address. What is none leads nowhere.
pub(crate) fn id(text: &str) -> Result<Uuid, WebError> {
    Uuid::parse_str(text).map_err(|_| WebError::not_found())
}

/// Which page of a list is asked for.
#[derive(Debug, Clone, Copy, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub(crate) struct Paging {
    /// Pages count from 1.
    #[param(minimum = 1, default = 1)]
    page: Option<u64>,
    /// Rows of a page.
    #[param(minimum = 1, maximum = 200, default = 20)]
    size: Option<u64>,
}

impl Paging {
    pub(crate) fn request(self) -> PageRequest {
        PageRequest::new(self.page.unwrap_or(1), self.size.unwrap_or(20))
    }
}

/// One page of a list.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Listing<T> {
    pub items: Vec<T>,
    /// From 1.
    pub page: u64,
    pub pages: u64,
    /// Rows of the whole list.
    pub total: u64,
}

impl<T> From<Page<T>> for Listing<T> {
    fn from(page: Page<T>) -> Self {
        Self {
            pages: page.pages(),
            page: page.number,
            total: page.total,
            items: page.rows,
        }
    }
}

/// One page of rows that are all at hand.
pub(crate) fn page_of<T>(all: Vec<T>, paging: Paging) -> Page<T> {
    let request = paging.request();
    let whole = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
    let total = u64::try_from(all.len()).unwrap_or(u64::MAX);
    let rows = all
        .into_iter()
        .skip(whole(request.offset()))
        .take(whole(request.size))
        .collect();
    Page::new(rows, total, request)
}

/// The civil day in Beijing.
pub(crate) fn today(store: &Store) -> NaiveDate {
    beijing_date(store.now())
}

/// Working days from the year before this one on: what running clocks need.
pub(crate) async fn calendar(store: &Store) -> Result<Arc<WorkCalendar>, WebError> {
    tongban_directory::calendar_from(store, today(store).year() - 1)
        .await
        .told()
}

/// Runs a use case for the one who is signed in.
pub(crate) async fn act<I, T, E, F, Answer>(
    state: &ApiState,
    actor: &Actor,
    input: I,
    use_case: F,
) -> Result<T, E>
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

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::{clean_name, misfit};

    #[derive(Debug, Deserialize)]
    struct Password {
        #[expect(dead_code, reason = "only read by serde")]
        password: String,
    }

    #[test]
    fn a_misfit_is_told_without_its_content() {
        let told = |body: &str| {
            serde_json::from_str::<Password>(body)
                .map_err(|error| misfit(&error))
                .unwrap_err()
        };
        assert_eq!(told("{}"), "missing field `password`");
        assert_eq!(
            told("{\"password\": 123456}"),
            "a value of the wrong type ends at line 1 column 19"
        );
        assert_eq!(told("{\"password\""), "not JSON from line 1 column 11 on");
    }

    #[test]
    fn a_name_is_only_a_name() {
        assert_eq!(clean_name("../../平面图.pdf"), "平面图.pdf");
        assert_eq!(clean_name("C:\\fakepath\\a\nb.png"), "ab.png");
    }
}
