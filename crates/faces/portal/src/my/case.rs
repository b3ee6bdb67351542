//! One case: where it stands, until when, what happened, what it led to.

use axum::{
    Router,
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::get,
};
use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use tongban_cases::{Delivery, HistoryView};
use tongban_catalogue::Place;
use tongban_codes::{Light, LimitUnit};
use tongban_feedback::RatingView;
use tongban_procedure::{ClockReading, DocumentKind, HearingTerm, RenewalView, State as CaseState};
use tongban_web::{Sentence, Visitor, WebError, forms::OriginTone, local_path::see_other};
use uuid::Uuid;

use super::{
    cases::tone,
    confirm::value_rows,
    context,
    draft::{Own, origin_tag},
    rating::RatingForm,
};
use crate::{
    PortalState, files,
    parts::{Crumb, path},
    told::Told,
};

pub(crate) fn routes() -> Router<PortalState> {
    Router::new()
        .route("/my/cases/{case}", get(show))
        .route("/my/cases/{case}/documents/{document}", get(files::document))
}

#[derive(Serialize)]
struct CasePage {
    crumbs: Vec<Crumb>,
    address: String,
    name: String,
    number: Option<String>,
    state: CaseState,
    tone: &'static str,
    organisation: String,
    /// Who filed it for the applicant.
    agent: Option<Sentence>,
    clock: Option<ClockCard>,
    /// What it renews, while that is not decided.
    renewal: Option<RenewalView>,
    /// The terms of a hearing that is under way.
    hearing: Vec<HearingTerm>,
    supplement_text: Option<String>,
    /// Names of the materials that the case waits for (容缺后补).
    to_follow: Vec<String>,
    supplement_until: Option<NaiveDate>,
    timeline: Vec<Entry>,
    refusal: Option<RefusalCard>,
    documents: Vec<DocumentRow>,
    delivery: Option<DeliveryCard>,
    can_withdraw: bool,
    values: Vec<ValueRow>,
    materials: Vec<MaterialRow>,
    facts: Vec<FactRow>,
    progress: Option<ProgressLink>,
    licence_href: Option<String>,
    can_rate: bool,
    rating: Option<RatingView>,
    form: RatingForm,
}

/// How paper reaches the applicant, until it has.
#[derive(Serialize)]
struct DeliveryCard {
    /// `pick_up` or `post`.
    way: &'static str,
    /// Where it is sent.
    address: Option<String>,
    /// Where it is fetched.
    places: Vec<Place>,
    /// Whether it can be fetched, or is being sent, now.
    ready: bool,
}

/// Nothing where the electronic result is enough, where the paper has been handed over, and where there will be none.
fn delivery(own: &Own) -> Option<DeliveryCard> {
    let view = &own.view;
    let decided = matches!(view.state, CaseState::Granted | CaseState::Refused);
    if view.delivered_at.is_some() || view.state.is_closed() && !decided {
        return None;
    }
    let picks_up = match view.delivery {
        Delivery::Electronic => return None,
        Delivery::PickUp => true,
        Delivery::Post => false,
    };
    Some(DeliveryCard {
        way: view.delivery.as_str(),
        address: view.delivery_address.clone().filter(|_| !picks_up),
        places: if picks_up {
            own.item.content.places.clone()
        } else {
            Vec::new()
        },
        ready: decided,
    })
}

/// Why an application was not accepted or was refused, and what can be done about it (行政许可法 38).
#[derive(Serialize)]
struct RefusalCard {
    reasons: Option<String>,
    remedies: Vec<String>,
    href: String,
}

/// The card of the document that says no, if there is one.
fn refusal(own: &Own) -> Option<RefusalCard> {
    let document = own
        .view
        .documents
        .iter()
        .rfind(|document| matches!(document.kind, DocumentKind::Refusal | DocumentKind::NonAcceptance))?;
    let said = own
        .view
        .history
        .iter()
        .rfind(|line| matches!(line.kind.as_str(), "refused" | "not_accepted"));
    Some(RefusalCard {
        reasons: said.and_then(|line| line.note.clone()),
        remedies: document.body.remedies.clone(),
        href: format!("{}/documents/{}.pdf", own.address(), document.id),
    })
}

/// Until when the office has to act.
#[derive(Serialize)]
pub(crate) struct ClockCard {
    pub rule: String,
    pub article: Option<String>,
    pub unit: LimitUnit,
    pub total: u32,
    pub used: Option<u32>,
    pub light: Light,
    pub due_on: Option<NaiveDate>,
    pub earliest: Option<NaiveDate>,
    /// The year whose days off are not published, where that is why there is no date.
    pub missing_year: Option<i32>,
    /// The first day on which it stands still, and how many days are left then.
    pub stopped_since: Option<NaiveDate>,
    pub left: Option<u32>,
    /// Until when it was said to stand still, and whether that has passed.
    pub announced_until: Option<NaiveDate>,
    pub overruns: bool,
    /// Working days by which it was extended.
    pub extended: u32,
}

impl From<&ClockReading> for ClockCard {
    fn from(clock: &ClockReading) -> Self {
        Self {
            rule: clock.rule.clone(),
            article: clock.article.clone(),
            unit: clock.unit,
            total: clock.total,
            used: clock.used,
            light: clock.light,
            due_on: clock.due_on,
            earliest: clock.earliest,
            missing_year: clock.missing_year,
            stopped_since: clock.stopped_since,
            left: clock.left,
            announced_until: clock.announced_until,
            overruns: clock.overruns,
            extended: clock.extended,
        }
    }
}

/// One entry of the macro `timeline`.
#[derive(Serialize)]
pub(crate) struct Entry {
    pub title: Sentence,
    pub state: &'static str,
    pub at: Option<DateTime<Utc>>,
    pub detail: Option<Sentence>,
    pub href: Option<String>,
    pub link: Option<Sentence>,
}

#[derive(Serialize)]
struct DocumentRow {
    href: String,
    title: String,
    number: String,
    issued_on: NaiveDate,
}

#[derive(Serialize)]
struct ValueRow {
    label: String,
    value: Option<Sentence>,
    tone: Option<OriginTone>,
    origin: Option<Sentence>,
}

#[derive(Serialize)]
struct MaterialRow {
    name: String,
    file: Option<String>,
    href: Option<String>,
    tone: Option<OriginTone>,
    origin: Option<Sentence>,
}

#[derive(Serialize)]
struct FactRow {
    source: String,
    outcome: String,
    at: DateTime<Utc>,
}

#[derive(Serialize)]
struct ProgressLink {
    href: String,
    /// An SVG of the full address, made by us.
    qr: Option<String>,
}

/// What happened, and what is still to come.
pub(crate) fn timeline(
    state: CaseState,
    history: &[HistoryView],
    document_href: impl Fn(Uuid) -> Option<String>,
) -> Vec<Entry> {
    let last = history.len();
    let mut entries: Vec<Entry> = history
        .iter()
        .enumerate()
        .map(|(index, line)| {
            let by_agent = line.by == "agent";
            let by = (!line.by.is_empty() && line.by != "applicant" && !by_agent).then(|| line.by.clone());
            let words: Vec<String> = by.into_iter().chain(line.note.clone()).collect();
            let href = line.document.and_then(&document_href);
            Entry {
                // the name of a step stands in its note, which only the parties of the case see
                title: match &line.note {
                    Some(step) if line.kind == "step" => Sentence::plain(step.clone()),
                    _ => Sentence::key(format!("portal-event-{}", line.kind)),
                },
                state: if index + 1 == last && !state.is_closed() {
                    "now"
                } else {
                    "done"
                },
                at: Some(line.at),
                detail: if line.kind == "step" {
                    (!line.by.is_empty()).then(|| Sentence::plain(line.by.clone()))
                } else {
                    (!words.is_empty())
                        .then(|| Sentence::plain(words.join(" · ")))
                        .or_else(|| by_agent.then(|| Sentence::key("portal-by-agent")))
                },
                link: href.is_some().then(|| Sentence::key("portal-see-document")),
                href,
            }
        })
        .collect();
    let to_come: &[&str] = match state {
        CaseState::Submitted => &["accepted", "decided"],
        CaseState::Supplement => &["supplemented", "accepted", "decided"],
        CaseState::Accepted => &["decided"],
        _ => &[],
    };
    entries.extend(to_come.iter().map(|word| Entry {
        title: Sentence::key(format!("portal-next-{word}")),
        state: "next",
        at: None,
        detail: None,
        href: None,
        link: None,
    }));
    entries
}

/// The clock that runs.
pub(crate) fn running(clocks: &[ClockReading]) -> Option<ClockCard> {
    clocks
        .iter()
        .find(|clock| clock.ended_on.is_none() && clock.is_of_office())
        .map(ClockCard::from)
}

async fn show(
    State(state): State<PortalState>,
    visitor: Visitor,
    Path(case): Path<String>,
) -> Result<Response, WebError> {
    let session = visitor.require_party()?;
    let own = Own::load(&state, &session.actor, &case).await?;
    if own.view.state == CaseState::Draft {
        return Ok(see_other(&path(&format!("{}/form", own.address()))).into_response());
    }
    if session.actor.agency().is_some() {
        let (by, case) = (session.actor.clone(), own.view.id);
        state
            .store
            .write(session.actor.signer(), move |tx| {
                let by = by.clone();
                async move { tongban_cases::record_view(&tx, &by, case).await }
            })
            .await
            .told()?;
    }
    render(&state, &visitor, &own, RatingForm::default()).await
}

/// The page, also for a rating that came back with an error.
pub(crate) async fn render(
    state: &PortalState,
    visitor: &Visitor,
    own: &Own,
    form: RatingForm,
) -> Result<Response, WebError> {
    let view = &own.view;
    let address = own.address();
    let document_href = |document: Uuid| Some(format!("{address}/documents/{document}.pdf"));
    let rating = tongban_feedback::rating_of(&state.store, &own.actor, own.id())
        .await
        .told()?;
    let code = tongban_cases::progress_code(&state.store, &own.actor, own.id())
        .await
        .told()?;
    let progress = code.map(|code| ProgressLink {
        qr: tongban_press::qr_svg(&format!("{}/progress/{code}", state.public_address)).ok(),
        href: format!("/progress/{code}"),
    });
    let failed = form.failed();
    let data = CasePage {
        crumbs: vec![
            Crumb::link("/my/cases", Sentence::key("portal-my-cases")),
            Crumb::here(Sentence::plain(view.item_name.clone())),
        ],
        name: view.item_name.clone(),
        number: view.number.clone(),
        state: view.state,
        tone: tone(view.state),
        organisation: view.organisation_name.clone(),
        agent: view.agent.as_ref().map(|agent| {
            Sentence::key(format!("portal-case-agent-as-{}", agent.kind.as_str()))
                .with("name", agent.name.clone())
        }),
        clock: running(&view.clocks),
        hearing: view
            .procedures
            .iter()
            .filter(|known| known.ended_on.is_none())
            .flat_map(|known| {
                tongban_procedure::hearing_terms(
                    &own.item.content,
                    &known.kind,
                    known.started_on,
                    &own.calendar,
                )
            })
            .collect(),
        renewal: view.renewal.clone().filter(|_| !view.state.is_closed()),
        to_follow: own.to_follow(),
        supplement_text: view
            .supplement_text
            .clone()
            .filter(|_| view.state == CaseState::Supplement),
        supplement_until: view.supplement_until,
        timeline: timeline(view.state, &view.history, document_href),
        refusal: refusal(own),
        delivery: delivery(own),
        documents: view
            .documents
            .iter()
            .map(|document| DocumentRow {
                href: format!("{address}/documents/{}.pdf", document.id),
                title: document.body.title.clone(),
                number: document.number.clone(),
                issued_on: document.issued_on,
            })
            .collect(),
        can_withdraw: matches!(
            view.state,
            CaseState::Submitted | CaseState::Supplement | CaseState::Accepted
        ),
        values: value_rows(own)
            .into_iter()
            .map(|(label, value, tag)| ValueRow {
                label,
                value,
                tone: tag.as_ref().map(|(tone, _)| *tone),
                origin: tag.map(|(_, sentence)| sentence),
            })
            .collect(),
        materials: view
            .materials
            .iter()
            .map(|material| {
                let tag = origin_tag(&material.origin);
                MaterialRow {
                    name: material.name.clone(),
                    file: material.file_name.clone(),
                    href: material
                        .has_file
                        .then(|| format!("{address}/files/{}", material.id)),
                    tone: tag.as_ref().map(|(tone, _)| *tone),
                    origin: tag.map(|(_, sentence)| sentence),
                }
            })
            .collect(),
        facts: view
            .facts
            .iter()
            .map(|fact| FactRow {
                source: fact.source.clone(),
                outcome: fact.outcome.clone(),
                at: fact.at,
            })
            .collect(),
        progress,
        licence_href: view.licence.map(|licence| format!("/my/licences/{licence}")),
        can_rate: rating.is_none()
            && matches!(
                view.state,
                CaseState::Granted | CaseState::Refused | CaseState::NotAccepted
            ),
        rating,
        form: form.with_tags(),
        address,
    };
    let status = if failed {
        StatusCode::UNPROCESSABLE_ENTITY
    } else {
        StatusCode::OK
    };
    Ok(state
        .kit
        .pages
        .render(&context(visitor), "portal/my/case.html", &data)?
        .with_status(status)
        .into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(kind: &str, by: &str, note: Option<&str>) -> HistoryView {
        HistoryView {
            at: DateTime::from_timestamp(1_795_574_040, 0).unwrap(),
            kind: kind.to_owned(),
            by: by.to_owned(),
            note: note.map(str::to_owned),
            document: Some(Uuid::nil()),
        }
    }

    #[test]
    fn the_last_event_of_an_open_case_is_where_it_stands_and_the_rest_is_to_come() {
        let history = [
            line("submitted", "applicant", None),
            line("supplement_asked", "示范市政务服务中心", Some("平面图看不清")),
        ];
        let entries = timeline(CaseState::Supplement, &history, |id| Some(id.to_string()));
        let states: Vec<&str> = entries.iter().map(|entry| entry.state).collect();
        assert_eq!(states, ["done", "now", "next", "next", "next"]);
        assert_eq!(entries[0].detail, None);
        assert_eq!(
            entries[1].detail,
            Some(Sentence::plain("示范市政务服务中心 · 平面图看不清"))
        );
        assert!(entries[1].href.is_some());
        let step = |note| {
            timeline(
                CaseState::Accepted,
                &[line("step", "示范市公安局", note)],
                |_| None,
            )
            .remove(0)
            .title
        };
        assert_eq!(step(Some("审核")), Sentence::plain("审核"));
        assert_eq!(
            step(None),
            Sentence::key("portal-event-step"),
            "who follows the link reads no notes"
        );
        assert!(
            timeline(CaseState::Granted, &history, |_| None)
                .iter()
                .all(|entry| entry.state == "done" && entry.href.is_none())
        );
    }
}
