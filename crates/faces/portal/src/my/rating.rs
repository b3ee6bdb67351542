//! 好差评: saying how it was.

use axum::{
    Router,
    extract::{Path, State},
    http::StatusCode,
    response::Response,
    routing::post,
};
use serde::Serialize;
use tongban_feedback::{BAD_TAGS, GOOD_TAGS, GiveRating};
use tongban_web::{Flash, Form, Pairs, Sentence, Visitor, WebError};

use super::{case::render, draft::Own};
use crate::{PortalState, parts::path, told::Told};

pub(crate) fn routes() -> Router<PortalState> {
    Router::new().route("/my/cases/{case}/rating", post(rate))
}

/// What stands in the form that rates.
#[derive(Default, Serialize)]
pub(crate) struct RatingForm {
    pub score: Option<u8>,
    pub good: Vec<&'static str>,
    pub bad: Vec<&'static str>,
    pub chosen: Vec<String>,
    pub words: String,
    pub anonymous: bool,
    pub error: Option<Sentence>,
    pub other_error: Option<Sentence>,
}

impl RatingForm {
    /// What was posted.
    pub(crate) fn typed(posted: &Pairs) -> Self {
        Self {
            score: posted.get("score").and_then(|score| score.parse().ok()),
            chosen: posted.all("tag").map(str::to_owned).collect(),
            words: posted.get("words").unwrap_or_default().to_owned(),
            anonymous: posted.get("anonymous").is_some_and(|word| word == "true"),
            ..Self::default()
        }
    }

    /// The level that was chosen, if it is one.
    pub(crate) fn level(&self) -> Option<u8> {
        self.score.filter(|score| (1..=5).contains(score))
    }

    /// Whether it came back with an error.
    pub(crate) fn failed(&self) -> bool {
        self.error.is_some() || self.other_error.is_some()
    }

    /// The same with the tags that may be chosen.
    pub(crate) fn with_tags(self) -> Self {
        Self {
            good: GOOD_TAGS.to_vec(),
            bad: BAD_TAGS.to_vec(),
            ..self
        }
    }
}

/// What became of a rating: nothing to say where it was taken (the second of two clicks finds it taken), a sentence for the
/// page where it was refused.
pub(crate) fn told_rating(
    state: &PortalState,
    given: Result<(), tongban_feedback::Error>,
) -> Result<Option<Sentence>, WebError> {
    match given {
        Ok(()) => Ok(None),
        Err(tongban_feedback::Error::Refused(refusal)) if refusal.code == "rating.once" => Ok(None),
        Err(error) => match Err::<(), _>(error).told() {
            Err(error) if error.status() == StatusCode::UNPROCESSABLE_ENTITY => {
                Ok(Some(error.sentence(state.kit.pages.texts())))
            }
            Err(error) => Err(error),
            Ok(()) => Ok(None),
        },
    }
}

async fn rate(
    State(state): State<PortalState>,
    visitor: Visitor,
    Path(case): Path<String>,
    Form(posted): Form<Pairs>,
) -> Result<Response, WebError> {
    let session = visitor.require_party()?;
    let own = Own::load(&state, &session.actor, &case).await?;
    let typed = RatingForm::typed(&posted);
    let Some(score) = typed.level() else {
        let form = RatingForm {
            error: Some(Sentence::key("error-choice")),
            ..typed
        };
        return render(&state, &visitor, &own, form).await;
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
    match told_rating(&state, given)? {
        None => {
            let there = path(&format!("{}#rating", own.address()));
            Ok(Flash::good(&state.kit, "portal-rated-thanks").redirect(&there))
        }
        Some(sentence) => {
            let form = RatingForm {
                other_error: Some(sentence),
                ..typed
            };
            render(&state, &visitor, &own, form).await
        }
    }
}
