//! 窗口代办: a clerk begins an application for the person who stands at the window. It is then filled and handed in by the
//! same requests with which an applicant does it.

use axum::{
    Json,
    extract::{Query, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize};
use tongban_access::{Action, PartyKind};
use tongban_cases::{Applicant, Fill, StartDraft};
use tongban_catalogue::ItemRef;
use tongban_codes::{CitizenNumber, Phone, Uscc};
use tongban_web::{OnceKey, WebError, forms::FieldError, once};
use utoipa::ToSchema;

use super::{CaseStanding, standing, view::CaseRow};
use crate::{
    ApiState,
    caller::Caller,
    input::{Body, Listing, Paging, calendar, today},
    once::IdempotencyKey,
    told::Told,
};

/// Who stands at the window, as the document on the counter says it, and what for.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
pub(crate) struct NewWindowCase {
    /// Id or implementation code of a matter.
    item: String,
    #[schema(value_type = String, example = "person", pattern = "^(person|enterprise)$")]
    kind: PartyKind,
    name: String,
    /// Citizen number or unified social credit code.
    number: String,
    phone: Option<String>,
    /// The clerk has seen the person and the document. It is on record, and nothing begins without it.
    present: bool,
}

impl NewWindowCase {
    /// The applicant in strict form, or what is to be put right.
    fn applicant(&self) -> Result<Applicant, WebError> {
        let mut wrong = Vec::new();
        let name = self.name.trim().to_owned();
        if name.is_empty() {
            wrong.push(FieldError::new("name", "error-required"));
        }
        let number = match self.kind {
            PartyKind::Person => CitizenNumber::parse_lenient(&self.number)
                .map(|number| number.as_str().to_owned())
                .map_err(|_| "error-citizen-number"),
            PartyKind::Enterprise => Uscc::parse_lenient(&self.number)
                .map(|code| code.as_str().to_owned())
                .map_err(|_| "error-uscc"),
        };
        let number = number
            .map_err(|key| wrong.push(FieldError::new("number", key)))
            .unwrap_or_default();
        let phone = match self.phone.as_deref().unwrap_or_default().trim() {
            "" => None,
            typed => Phone::parse_lenient(typed)
                .map(|phone| phone.as_str().to_owned())
                .map_err(|_| wrong.push(FieldError::new("phone", "error-mobile")))
                .ok(),
        };
        if wrong.is_empty() {
            Ok(Applicant {
                account: None,
                kind: self.kind,
                name,
                number,
                phone,
            })
        } else {
            let none: [(&str, &str); 0] = [];
            Err(WebError::refused("api.applicant", none, StatusCode::UNPROCESSABLE_ENTITY).with_fields(wrong))
        }
    }
}

/// Begins an application for a person who stands at the window (窗口代办).
///
/// Name and number are filled in. What registers may be read, by the person's yes, is told with `POST /api/v1/cases/{id}/sources`;
/// then the draft is filled and handed in like an applicant's own. To anybody but its clerk it does not exist until it is handed in.
#[utoipa::path(
    post,
    path = "/api/v1/window/cases",
    tag = "work",
    params(IdempotencyKey),
    request_body = NewWindowCase,
    responses(
        (status = 201, description = "A new draft", body = CaseStanding),
        (status = 422, description = "`case.presence`, `case.name_differs`, `case.not_for_you`, `case.guide_only`, or `api.applicant` with `fields`"),
    ),
    security(("bearer" = []), ("cookie" = []))
)]
pub(crate) async fn start_window_case(
    State(state): State<ApiState>,
    caller: Caller,
    headers: HeaderMap,
    Body(given): Body<NewWindowCase>,
) -> Result<Response, WebError> {
    let actor = caller.staff(Action::CaseFileAtWindow)?;
    let key = OnceKey::of_program(&state.kit, &headers, actor, "POST window/cases", "", &given)?;
    let item = tongban_catalogue::published(
        &state.store,
        ItemRef::from_segment(given.item.trim()),
        today(&state.store),
    );
    let item = item.await.told()?.ok_or_else(WebError::not_found)?;
    let mut applicant = given.applicant()?;
    applicant.account = tongban_identity::find_party(&state.store, applicant.kind, &applicant.number)
        .await
        .told()?;
    let organisation = tongban_directory::organisation(&state.store, item.organisation)
        .await
        .told()?;
    let input = StartDraft {
        organisation_name: organisation.map_or_else(|| item.content.department.clone(), |office| office.name),
        item: item.clone(),
        applicant,
        present: given.present,
    };
    let case = once(&state.store, actor, key, input, |tx, by, input| async move {
        let item = input.item.clone();
        let case = tongban_cases::start_draft(&tx, &by, input).await.told()?.case;
        // what lies on the counter; registers and licences wait for the person's yes
        let fill = Fill {
            case,
            item,
            answers: Vec::new(),
            held: Vec::new(),
        };
        tongban_cases::fill_draft(&tx, &by, fill).await.told()?;
        Ok(case)
    })
    .await?;
    Ok((StatusCode::CREATED, Json(standing(&state, actor, case).await?)).into_response())
}

/// Lists the drafts that one began at the window and that are still open, the last touched first.
#[utoipa::path(
    get,
    path = "/api/v1/window/cases",
    tag = "work",
    params(Paging),
    responses((status = 200, body = Listing<CaseRow>)),
    security(("bearer" = []), ("cookie" = []))
)]
pub(crate) async fn list_window_cases(
    State(state): State<ApiState>,
    caller: Caller,
    Query(paging): Query<Paging>,
) -> Result<Json<Listing<CaseRow>>, WebError> {
    let actor = caller.staff(Action::CaseFileAtWindow)?;
    let calendar = calendar(&state.store).await?;
    let page = tongban_cases::window_drafts(&state.store, actor, &calendar, paging.request())
        .await
        .told()?;
    Ok(Json(page.map(CaseRow::from).into()))
}
