//! What stops or extends the clock of a decision, as the page of a case offers it.

use axum::{
    extract::{Path, State},
    response::Response,
};
use serde::Deserialize;
use tongban_access::Action;
use tongban_cases::{EndSpecial, Extend, StartSpecial};
use tongban_web::{Form, Visitor, WebError};

use super::{
    act::{Refused, done_here},
    page::{Opened, Typed},
};
use crate::{
    StaffState,
    parts::{act, id, staff},
    told::Told,
};

/// What the forms post. Each of them uses some of the fields.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Posted {
    version: Option<i32>,
    /// The code of the procedure.
    kind: String,
    /// Working days that it is expected to take, as typed.
    days: String,
    /// The reason, or what the procedure found.
    text: String,
    /// Who approved an extension, and when.
    approval: String,
}

pub(super) async fn start(
    State(state): State<StaffState>,
    visitor: Visitor,
    Path(case): Path<String>,
    Form(posted): Form<Posted>,
) -> Result<Response, WebError> {
    let actor = &staff(&visitor, Action::CaseSpecialProcedure)?.actor;
    let case = id(&case)?;
    let Opened { item, calendar, .. } = Opened::load(&state, actor, case).await?;
    let input = StartSpecial {
        case,
        item,
        calendar,
        seen: posted.version,
        kind: posted.kind.clone(),
        reason: posted.text.clone(),
        // what is no number is no number of days: the room says what it takes
        days: posted.days.trim().parse().unwrap_or(0),
    };
    let answer = act(&state, actor, input, |tx, by, input| async move {
        tongban_cases::start_special(&tx, &by, input).await
    });
    let refused = Refused::of(&state, &visitor, actor, case);
    match answer.await.told() {
        Ok(()) => Ok(done_here(&state, case, "desk-done-special")),
        Err(error) => {
            let typed = Typed {
                special: posted.text.clone(),
                special_kind: posted.kind,
                special_days: posted.days,
                ..Typed::default()
            };
            refused.tell(error, &posted.text, typed).await
        }
    }
}

pub(super) async fn end(
    State(state): State<StaffState>,
    visitor: Visitor,
    Path(case): Path<String>,
    Form(posted): Form<Posted>,
) -> Result<Response, WebError> {
    let actor = &staff(&visitor, Action::CaseSpecialProcedure)?.actor;
    let case = id(&case)?;
    let Opened { item, calendar, .. } = Opened::load(&state, actor, case).await?;
    let input = EndSpecial {
        case,
        item,
        calendar,
        seen: posted.version,
        result: posted.text.clone(),
    };
    let answer = act(&state, actor, input, |tx, by, input| async move {
        tongban_cases::end_special(&tx, &by, input).await
    });
    let refused = Refused::of(&state, &visitor, actor, case);
    match answer.await.told() {
        Ok(()) => Ok(done_here(&state, case, "desk-done-special-end")),
        Err(error) => {
            let typed = Typed::of(|typed| &mut typed.special_result, &posted.text);
            refused.tell(error, &posted.text, typed).await
        }
    }
}

pub(super) async fn extend(
    State(state): State<StaffState>,
    visitor: Visitor,
    Path(case): Path<String>,
    Form(posted): Form<Posted>,
) -> Result<Response, WebError> {
    let actor = &staff(&visitor, Action::CaseSpecialProcedure)?.actor;
    let case = id(&case)?;
    let Opened { item, calendar, .. } = Opened::load(&state, actor, case).await?;
    let input = Extend {
        case,
        item,
        calendar,
        seen: posted.version,
        reason: posted.text.clone(),
        approval: posted.approval.clone(),
    };
    let answer = act(&state, actor, input, |tx, by, input| async move {
        tongban_cases::extend(&tx, &by, input).await
    });
    let refused = Refused::of(&state, &visitor, actor, case);
    match answer.await.told() {
        Ok(()) => Ok(done_here(&state, case, "desk-done-extend")),
        Err(error) => {
            let typed = Typed {
                extension: posted.text.clone(),
                approval: posted.approval,
                ..Typed::default()
            };
            refused.tell(error, &posted.text, typed).await
        }
    }
}
