//! The OpenAPI document, made from the handlers themselves, and the page that explains it.

mod page;

use std::sync::Arc;

use axum::{
    Extension, Router,
    http::header,
    response::{IntoResponse, Response},
    routing::get,
};
use tongban_web::{WebError, layers::body_limit};
use utoipa::{
    Modify, OpenApi, ToSchema,
    openapi::{
        Content, Ref, RefOr, ResponseBuilder,
        path::Operation,
        security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme},
    },
};
use utoipa_axum::{
    router::{OpenApiRouter, UtoipaMethodRouterExt as _},
    routes,
};

use crate::{
    ApiState,
    cases::{applicant, documents, files, sources, special, staff, window},
    data, items, licences, mandates, messages, progress, sessions, verify,
};

/// Room beside a file for the rest of its form.
const FORM: usize = 64 * 1024;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Tongban",
        description = "Find matters, apply, follow, handle, verify. Times are UTC, days are civil days in Beijing. \
            Every answer carries the id of its request in `X-Request-Id`. What cannot be done is told as RFC 9457 \
            `application/problem+json` with a stable `code`.",
        license(name = "Apache-2.0", identifier = "Apache-2.0"),
    ),
    tags(
        (name = "items", description = "Matters and their guides. Without signing in."),
        (name = "verify", description = "Is a licence true. Without signing in."),
        (name = "sessions", description = "Signing in and out."),
        (name = "cases", description = "Applying and following, for residents and firms."),
        (name = "progress", description = "Where a case stands, by its link or by number and second fact. Without signing in."),
        (name = "work", description = "Handling, and filing at the window, for staff."),
        (name = "licences", description = "What one holds."),
        (name = "messages", description = "What one was told."),
        (name = "mandates", description = "Who acts for whom, and for whom this session acts."),
        (name = "data", description = "Who read one's data."),
    ),
    components(schemas(Problem)),
    modifiers(&Security),
)]
struct Base;

/// RFC 9457: what could not be done, and why.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what the web kit writes")]
struct Problem {
    /// `/problems/` and the code.
    r#type: String,
    title: String,
    status: u16,
    /// For people, in the language of the cookie `tb_language`; Chinese without it.
    detail: String,
    /// Stable, for programs: `not-found`, `conflict`, or the code of a refusal such as `case.wrong_state`.
    code: String,
    /// What the sentence names.
    #[schema(value_type = Option<Object>)]
    args: Option<()>,
    /// What is wrong in single fields.
    fields: Option<Vec<ProblemField>>,
    request_id: String,
}

/// What is wrong in one field.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what the web kit writes")]
struct ProblemField {
    field: String,
    /// `required`, `choice`, `number`, `minimum`, `maximum`, `too-short`, `too-long`, `pattern`, `date`, `other` …
    code: String,
    #[schema(value_type = Option<Object>)]
    args: Option<()>,
    /// For people.
    detail: String,
}

/// The two ways to name a session.
struct Security;

impl Modify for Security {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let components = document.components.get_or_insert_default();
        let bearer = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .description(Some("The token that POST /api/v1/sessions answers"))
            .build();
        components.add_security_scheme("bearer", SecurityScheme::Http(bearer));
        let cookie = ApiKeyValue::with_description(
            tongban_web::cookies::SESSION,
            "The session of the pages. Requests that change something are taken from pages of this site only \
             (`Sec-Fetch-Site: same-origin`), or with the token of a page in `X-CSRF-Token`.",
        );
        components.add_security_scheme("cookie", SecurityScheme::ApiKey(ApiKey::Cookie(cookie)));
    }
}

/// Every route with what the document says of it.
fn described() -> OpenApiRouter<ApiState> {
    OpenApiRouter::with_openapi(Base::openapi())
        .routes(routes!(items::list_items))
        .routes(routes!(items::read_item))
        .routes(routes!(verify::verify_code))
        .routes(routes!(verify::verify_upload).layer(body_limit(verify::LARGEST_FILE + FORM)))
        .routes(routes!(sessions::sign_in))
        .routes(routes!(sessions::second_factor))
        .routes(routes!(sessions::sign_out))
        .routes(routes!(applicant::list_cases, applicant::start_case))
        .routes(routes!(
            applicant::read_case,
            applicant::save_case,
            applicant::discard_case
        ))
        .routes(routes!(sources::list_sources, sources::consent_to_sources))
        .routes(routes!(files::attach_material).layer(body_limit(files::LARGEST_FILE + FORM)))
        .routes(routes!(files::detach_material))
        .routes(routes!(applicant::submit_case))
        .routes(routes!(applicant::withdraw_case))
        .routes(routes!(applicant::rate_case))
        .routes(routes!(documents::list_documents))
        .routes(routes!(documents::read_document))
        .routes(routes!(progress::progress_by_code))
        .routes(routes!(progress::progress_by_number))
        .routes(routes!(staff::list_work))
        .routes(routes!(window::list_window_cases, window::start_window_case))
        .routes(routes!(staff::accept_case))
        .routes(routes!(staff::ask_supplement))
        .routes(routes!(staff::not_accept_case))
        .routes(routes!(staff::complete_step))
        .routes(routes!(special::start_special))
        .routes(routes!(special::end_special))
        .routes(routes!(special::extend_limit))
        .routes(routes!(staff::decide_case))
        .routes(routes!(staff::deliver_case))
        .routes(routes!(licences::list_licences))
        .routes(routes!(licences::read_licence))
        .routes(routes!(messages::list_messages))
        .routes(routes!(messages::mark_messages_read))
        .routes(routes!(mandates::give_mandate))
        .routes(routes!(mandates::list_received))
        .routes(routes!(mandates::list_given))
        .routes(routes!(mandates::answer_mandate))
        .routes(routes!(mandates::end_mandate))
        .routes(routes!(mandates::act_for))
        .routes(routes!(data::list_reads))
        .routes(routes!(data::list_looks))
}

/// Routes and finished document: every operation says how it tells what could not be done.
fn parts() -> (Router<ApiState>, utoipa::openapi::OpenApi) {
    let (router, mut document) = described().split_for_parts();
    let media = "application/problem+json";
    let problem = || Content::new(Some(Ref::from_schema_name("Problem")));
    for item in document.paths.paths.values_mut() {
        for (_, operation) in operations(item) {
            let answers = &mut operation.responses.responses;
            for (status, answer) in answers.iter_mut() {
                let RefOr::T(answer) = answer else { continue };
                // the standard asks for a description of every answer
                if answer.description.is_empty() {
                    "What was asked for".clone_into(&mut answer.description);
                }
                if status.starts_with('4') {
                    answer.content.insert(media.to_owned(), RefOr::T(problem()));
                }
            }
            let other = ResponseBuilder::new()
                .description("What could not be done")
                .content(media, problem())
                .build();
            answers.insert("default".to_owned(), RefOr::T(other));
        }
    }
    (router, document)
}

/// The operations of a path, with their methods.
fn operations(item: &mut utoipa::openapi::PathItem) -> impl Iterator<Item = (&'static str, &mut Operation)> {
    let all = [
        ("GET", item.get.as_mut()),
        ("POST", item.post.as_mut()),
        ("PATCH", item.patch.as_mut()),
        ("DELETE", item.delete.as_mut()),
    ];
    all.into_iter()
        .filter_map(|(method, operation)| Some((method, operation?)))
}

/// The OpenAPI document as JSON, indented.
///
/// # Errors
/// None in practice: the document is made from plain values.
pub fn openapi_json() -> Result<String, serde_json::Error> {
    parts().1.to_pretty_json()
}

/// The document, shared by the two routes that show it.
#[derive(Clone)]
struct Document(Arc<utoipa::openapi::OpenApi>);

/// All routes of the API, and the document of them.
pub(crate) fn routes() -> Router<ApiState> {
    let (router, document) = parts();
    let shown = Router::new()
        .route("/api/openapi.json", get(json))
        .route("/api/docs", get(page::show))
        .layer(Extension(Document(Arc::new(document))));
    router.merge(shown)
}

async fn json(Extension(document): Extension<Document>) -> Result<Response, WebError> {
    let text = document.0.to_pretty_json().map_err(WebError::internal)?;
    Ok(([(header::CONTENT_TYPE, "application/json")], text).into_response())
}
