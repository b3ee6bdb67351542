//! 好差评: saying how it was.

use axum::{
    Router,
    extract::{Path, State},
    http::StatusCode,
    response::Response,
    routing::post,
};
use tongban_feedback::GiveRating;
use tongban_web::{Flash, Form, Pairs, Sentence, Visitor, WebError};

use super::{
    case::{RatingForm, render},
    draft::Own,
};
use crate::{PortalState, parts::path, told::Told};

pub(crate) fn routes() -> Router<PortalState> {
    Router::new().route("/my/cases/{case}/rating", post(rate))
}

async fn rate(
    State(state): State<PortalState>,
    visitor: Visitor,
    Path(case): Path<String>,
    Form(posted): Form<Pairs>,
) -> Result<Response, WebError> {
    let session = visitor.require_party()?;
    let own = Own::load(&state, &session.actor, &case).await?;
    let typed = RatingForm {
        score: posted.get("score").and_then(|score| score.parse().ok()),
        chosen: posted.all("tag").map(str::to_owned).collect(),
        words: posted.get("words").unwrap_or_default().to_owned(),
        anonymous: posted.get("anonymous").is_some_and(|word| word == "true"),
        ..RatingForm::default()
    };
    let Some(score) = typed.score.filter(|score| (1..=5).contains(score)) else {
        return render(
            &state,
            &visitor,
            &own,
            RatingForm {
                error: Some(Sentence::key("error-choice")),
                ..typed
            },
        )
        .await;
    };
    let input = GiveRating {
        case: own.id(),
        score,
        tags: typed.chosen.clone(),
        words: typed.words.clone(),
        anonymous: typed.anonymous,
    };
    let by = own.actor.clone();
    let given = state
        .store
        .write(own.actor.signer(), move |tx| {
            let (by, input) = (by.clone(), input.clone());
            async move { tongban_feedback::give_rating(&tx, &by, input).await }
        })
        .await;
    let done = || {
        Flash::good(&state.kit, "portal-rated-thanks").redirect(&path(&format!("{}#rating", own.address())))
    };
    match given {
        Ok(()) => Ok(done()),
        // the second of two clicks
        Err(tongban_feedback::Error::Refused(refusal)) if refusal.code == "rating.once" => Ok(done()),
        Err(error) => {
            let error = Err::<(), _>(error)
                .told()
                .map_or_else(|error| error, |()| WebError::conflict());
            if error.status() != StatusCode::UNPROCESSABLE_ENTITY {
                return Err(error);
            }
            let sentence = error.sentence(state.kit.pages.texts());
            render(
                &state,
                &visitor,
                &own,
                RatingForm {
                    other_error: Some(sentence),
                    ..typed
                },
            )
            .await
        }
    }
}
