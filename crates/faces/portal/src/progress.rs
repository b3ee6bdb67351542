//! Where a case stands, for one who has its link, or its number and a second fact.

use axum::{
    Router,
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use tongban_cases::{DocumentView, Progress};
use tongban_feedback::{RateByLink, RateByNumber};
use tongban_procedure::State as CaseState;
use tongban_web::{Area, Flash, Form, Page, Pairs, Sentence, Visitor, WebError};
use uuid::Uuid;

use crate::{
    PortalState, guesses,
    my::progress_parts::{ClockCard, Entry, RatingForm, timeline, told_rating, tone},
    parts::{calendar, path},
    told::Told,
};

pub(crate) fn routes() -> Router<PortalState> {
    Router::new()
        .route("/progress", get(ask).post(by_number))
        .route("/progress/rating", post(rate_by_number))
        .route("/progress/{code}", get(by_code))
        .route("/progress/{code}/rating", post(rate))
}

#[derive(Default, Serialize)]
struct AskPage {
    number: String,
    error: Option<Sentence>,
}

#[derive(Serialize)]
struct ProgressPage {
    number: String,
    name: String,
    organisation: String,
    state: CaseState,
    tone: &'static str,
    clock: Option<ClockCard>,
    timeline: Vec<Entry>,
    letters: Vec<Letter>,
    /// The number to ask for them with, for one who came by the link of a case without an account.
    letters_of: Option<String>,
    /// Where the rating of a case goes that was decided and not rated yet.
    rate_action: Option<String>,
    /// What goes with it: number and second fact of who came by them. Who came by the link is asked for the second fact.
    facts: Option<TypedNumber>,
    rated: bool,
    form: RatingForm,
}

/// A document, in its words.
#[derive(Serialize)]
struct Letter {
    title: String,
    number: String,
    issued_on: NaiveDate,
    paragraphs: Vec<String>,
    remedies: Vec<String>,
}

impl From<DocumentView> for Letter {
    fn from(document: DocumentView) -> Self {
        Self {
            title: document.body.title,
            number: document.number,
            issued_on: document.issued_on,
            paragraphs: document.body.paragraphs,
            remedies: document.body.remedies,
        }
    }
}

/// How somebody came, and what stands in the form that rates.
struct Came<'code> {
    by: By<'code>,
    rated: bool,
    form: RatingForm,
}

enum By<'code> {
    /// The link, by its code.
    Link(&'code str),
    /// The number of the case and the second fact, which were right.
    Number(TypedNumber),
}

fn form(state: &PortalState, visitor: &Visitor, data: &AskPage) -> Result<Page, WebError> {
    let status = if data.error.is_some() {
        StatusCode::UNPROCESSABLE_ENTITY
    } else {
        StatusCode::OK
    };
    Ok(state
        .kit
        .pages
        .render(&visitor.page(Area::Portal), "portal/progress.html", data)?
        .with_status(status))
}

fn answer(
    state: &PortalState,
    visitor: &Visitor,
    progress: Progress,
    came: Came<'_>,
) -> Result<Page, WebError> {
    let decided = matches!(
        progress.state,
        CaseState::Granted | CaseState::Refused | CaseState::NotAccepted
    );
    let (action, facts) = match came.by {
        By::Link(code) => (format!("/progress/{code}/rating"), None),
        By::Number(facts) => ("/progress/rating".to_owned(), Some(facts)),
    };
    let by_link = facts.is_none();
    let status = if came.form.failed() {
        StatusCode::UNPROCESSABLE_ENTITY
    } else {
        StatusCode::OK
    };
    let data = ProgressPage {
        timeline: timeline(progress.state, &progress.history, |_| None),
        clock: progress.clock.as_ref().map(ClockCard::from),
        letters_of: (by_link && progress.alone).then(|| progress.number.clone()),
        letters: progress.letters.into_iter().rev().map(Letter::from).collect(),
        number: progress.number,
        name: progress.item_name,
        organisation: progress.organisation_name,
        tone: tone(progress.state),
        state: progress.state,
        rate_action: (decided && !came.rated).then_some(action),
        facts,
        rated: came.rated,
        form: came.form.with_tags(),
    };
    Ok(state
        .kit
        .pages
        .render(&visitor.page(Area::Portal), "portal/progress_case.html", &data)?
        .with_status(status))
}

async fn ask(State(state): State<PortalState>, visitor: Visitor) -> Result<Page, WebError> {
    form(&state, &visitor, &AskPage::default())
}

async fn by_code(
    State(state): State<PortalState>,
    visitor: Visitor,
    Path(code): Path<String>,
) -> Result<Page, WebError> {
    show(&state, &visitor, &code, RatingForm::default()).await
}

/// The page of a link, also for a rating that came back with an error.
async fn show(
    state: &PortalState,
    visitor: &Visitor,
    code: &str,
    form: RatingForm,
) -> Result<Page, WebError> {
    let (progress, case) = behind(state, code).await?;
    let rated = tongban_feedback::is_rated(&state.store, case).await.told()?;
    let by = By::Link(code);
    answer(state, visitor, progress, Came { by, rated, form })
}

/// The case behind a link.
async fn behind(state: &PortalState, code: &str) -> Result<(Progress, Uuid), WebError> {
    let calendar = calendar(&state.store).await?;
    let progress = tongban_cases::progress_by_code(&state.store, &calendar, code)
        .await
        .told()?;
    let case = tongban_cases::case_of_link(&state.store, code).await.told()?;
    progress.zip(case).ok_or_else(WebError::not_found)
}

/// Takes a rating of one who came by the link and knows the second fact.
async fn rate(
    State(state): State<PortalState>,
    visitor: Visitor,
    Path(code): Path<String>,
    Form(posted): Form<Pairs>,
) -> Result<Response, WebError> {
    let (progress, _) = behind(&state, &code).await?;
    let typed = RatingForm::typed(&posted);
    let last_four = posted.get("last_four").unwrap_or_default().trim().to_owned();
    let Some(score) = typed.level() else {
        let form = RatingForm {
            error: Some(Sentence::key("error-choice")),
            ..typed
        };
        return Ok(show(&state, &visitor, &code, form).await?.into_response());
    };
    guesses::count(&state, &progress.number).await?;
    let input = RateByLink {
        code: code.clone(),
        last_four,
        score,
        tags: typed.chosen.clone(),
        words: typed.words.clone(),
        anonymous: typed.anonymous,
    };
    let given = state
        .store
        .write(visitor.actor().signer(), move |tx| {
            let input = input.clone();
            async move { tongban_feedback::give_rating_by_link(&tx, input).await }
        })
        .await;
    let second_fact = matches!(&given, Err(tongban_feedback::Error::Refused(refusal)) if refusal.code == "rating.second_fact");
    if !second_fact {
        guesses::right(&state, &progress.number).await?;
    }
    match told_rating(&state, given)? {
        None => {
            let there = path(&format!("/progress/{code}#rating"));
            Ok(Flash::good(&state.kit, "portal-rated-thanks").redirect(&there))
        }
        Some(sentence) => {
            let form = RatingForm {
                other_error: Some(sentence),
                ..typed
            };
            Ok(show(&state, &visitor, &code, form).await?.into_response())
        }
    }
}

#[derive(Clone, Serialize, Deserialize)]
struct TypedNumber {
    #[serde(default)]
    number: String,
    #[serde(default)]
    last_four: String,
}

/// What a number and a second fact led to.
enum Found {
    Case(Uuid, Box<Progress>),
    /// The page that asks, with what is wrong.
    Nothing(Page),
}

impl TypedNumber {
    /// Looks for the case, with the brake on. A number that nobody has and a wrong second fact answer alike.
    async fn find(&self, state: &PortalState, visitor: &Visitor) -> Result<Found, WebError> {
        let ask_again = |key: &str| {
            let page = AskPage {
                number: self.number.clone(),
                error: Some(Sentence::key(key.to_owned())),
            };
            form(state, visitor, &page).map(Found::Nothing)
        };
        let number = self.plain();
        if number.is_empty() || self.last_four.trim().is_empty() {
            return ask_again("portal-both-needed");
        }
        guesses::count(state, &number).await?;
        let calendar = calendar(&state.store).await?;
        let found = tongban_cases::progress_by_number(&state.store, &calendar, &number, &self.last_four)
            .await
            .told()?;
        match found {
            Some((case, progress)) => {
                guesses::right(state, &number).await?;
                Ok(Found::Case(case, Box::new(progress)))
            }
            None => ask_again("portal-progress-none"),
        }
    }

    /// The number as it is stored.
    fn plain(&self) -> String {
        self.number.chars().filter(char::is_ascii_alphanumeric).collect()
    }
}

/// The answer stands on the page that was posted.
async fn by_number(
    State(state): State<PortalState>,
    visitor: Visitor,
    Form(typed): Form<TypedNumber>,
) -> Result<Page, WebError> {
    match typed.find(&state, &visitor).await? {
        Found::Nothing(page) => Ok(page),
        Found::Case(case, progress) => {
            let rated = tongban_feedback::is_rated(&state.store, case).await.told()?;
            let came = Came {
                by: By::Number(typed),
                rated,
                form: RatingForm::default(),
            };
            answer(&state, &visitor, *progress, came)
        }
    }
}

/// Takes a rating of one who came by number and second fact; both come along with it.
async fn rate_by_number(
    State(state): State<PortalState>,
    visitor: Visitor,
    Form(posted): Form<Pairs>,
) -> Result<Response, WebError> {
    let facts = TypedNumber {
        number: posted.get("number").unwrap_or_default().to_owned(),
        last_four: posted.get("last_four").unwrap_or_default().to_owned(),
    };
    let (case, progress) = match facts.find(&state, &visitor).await? {
        Found::Nothing(page) => return Ok(page.into_response()),
        Found::Case(case, progress) => (case, *progress),
    };
    let typed = RatingForm::typed(&posted);
    let back = |typed: RatingForm, rated: bool| {
        let came = Came {
            by: By::Number(facts.clone()),
            rated,
            form: typed,
        };
        answer(&state, &visitor, progress.clone(), came).map(IntoResponse::into_response)
    };
    let rated = tongban_feedback::is_rated(&state.store, case).await.told()?;
    let Some(score) = typed.level() else {
        let error = Some(Sentence::key("error-choice"));
        return back(RatingForm { error, ..typed }, rated);
    };
    let input = RateByNumber {
        number: facts.plain(),
        last_four: facts.last_four.clone(),
        score,
        tags: typed.chosen.clone(),
        words: typed.words.clone(),
        anonymous: typed.anonymous,
    };
    let given = state
        .store
        .write(visitor.actor().signer(), move |tx| {
            let input = input.clone();
            async move { tongban_feedback::give_rating_by_number(&tx, input).await }
        })
        .await;
    match told_rating(&state, given)? {
        // there is no address of the case to go to: the page that asks says thank you
        None => Ok(Flash::good(&state.kit, "portal-rated-thanks").redirect(&path("/progress"))),
        Some(sentence) => {
            let other_error = Some(sentence);
            back(RatingForm { other_error, ..typed }, rated)
        }
    }
}
