//! Cases: applying and following for residents and firms, handling for the offices.

pub(crate) mod applicant;
pub(crate) mod documents;
pub(crate) mod files;
pub(crate) mod sources;
pub(crate) mod special;
pub(crate) mod staff;
pub(crate) mod view;
pub(crate) mod window;

use std::sync::Arc;

use serde::Serialize;
use tongban_access::Actor;
use tongban_cases::CaseView;
use tongban_catalogue::ItemVersion;
use tongban_codes::WorkCalendar;
use tongban_procedure::State as CaseState;
use tongban_web::WebError;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    ApiState,
    input::{act, calendar, id},
    told::Told,
};

/// A case with what is needed to act on it.
struct Opened {
    view: CaseView,
    item: ItemVersion,
    calendar: Arc<WorkCalendar>,
}

impl Opened {
    /// Loads a case that the actor may see; a member of staff or an agent who looks is written down for the applicant.
    async fn load(state: &ApiState, actor: &Actor, case: &str) -> Result<Self, WebError> {
        let case = id(case)?;
        let calendar = calendar(&state.store).await?;
        let view = tongban_cases::case_view(&state.store, actor, &calendar, case)
            .await
            .told()?;
        let view = view.ok_or_else(WebError::not_found)?;
        // a draft holds what its clerk typed; a filed case shows more, and that look is on record
        let other = actor.post().is_some() || actor.agency().is_some();
        if other && view.state != CaseState::Draft {
            act(state, actor, case, |tx, by, case| async move {
                tongban_cases::record_view(&tx, &by, case).await
            })
            .await
            .told()?;
        }
        let item = tongban_catalogue::version_of_case(&state.store, view.item_version)
            .await
            .told()?;
        Ok(Self {
            item: item.ok_or_else(WebError::not_found)?,
            view,
            calendar,
        })
    }
}

/// Where a case stands after an act. The next act sends `version` back.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CaseStanding {
    id: Uuid,
    /// None while it is a draft.
    number: Option<String>,
    #[schema(value_type = String, example = "submitted")]
    state: CaseState,
    version: i32,
    /// The licence that was issued, after a decision that grants one.
    licence: Option<Uuid>,
}

impl From<tongban_cases::CaseStanding> for CaseStanding {
    fn from(case: tongban_cases::CaseStanding) -> Self {
        Self {
            id: case.id,
            number: case.number,
            state: case.state,
            version: case.version,
            licence: case.licence,
        }
    }
}

/// How a case stands now, for one who has just acted on it.
async fn standing(state: &ApiState, actor: &Actor, case: Uuid) -> Result<CaseStanding, WebError> {
    let case = tongban_cases::case_standing(&state.store, actor, case)
        .await
        .told()?;
    case.map(CaseStanding::from).ok_or_else(WebError::not_found)
}
