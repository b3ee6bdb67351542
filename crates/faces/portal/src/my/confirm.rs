//! 确认提交: everything once more, who will see it, how the result comes; then handing in.

use std::sync::Arc;

use axum::{
    Router,
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::get,
};
use serde::Serialize;
use tongban_access::{Actor, Assurance, PartyKind};
use tongban_cases::{AnswerSupplement, CaseStanding, Delivery, Submit};
use tongban_catalogue::{Fee, ItemVersion};
use tongban_codes::WorkCalendar;
use tongban_procedure::{Renewable, State as CaseState};
use tongban_web::{
    Flash, Form, Pairs, Sentence, Visitor, WebError,
    flash::Tone,
    forms::{ErrorLink, OriginTone},
    local_path::see_other,
};
use uuid::Uuid;

use super::{
    context,
    draft::{Own, origin_tag},
    form::{closed, crumbs},
};
use crate::{
    PortalState,
    apply::steps,
    guide::fee_paid,
    parts::{Crumb, calendar, id, path},
    told::{Told, answer},
};

pub(crate) fn routes() -> Router<PortalState> {
    Router::new().route("/my/cases/{case}/confirm", get(show).post(hand_in))
}

#[derive(Serialize)]
struct ConfirmPage {
    crumbs: Vec<Crumb>,
    steps: Vec<Sentence>,
    name: String,
    address: String,
    version: i32,
    applicant: String,
    values: Vec<ValueRow>,
    materials: Vec<MaterialRow>,
    organisation: String,
    /// Whether a supplement is answered rather than an application handed in.
    supplement: bool,
    /// Names of the materials that are missing and may follow (容缺后补).
    to_follow: Vec<String>,
    /// The last day of the matter, where its end is planned and the application is not handed in yet.
    last_day: Option<chrono::NaiveDate>,
    /// What is charged, and how it is paid.
    fees: Vec<Fee>,
    fee_paid: Sentence,
    delivery: &'static str,
    delivery_address: String,
    /// The licences that may be renewed, where the matter renews one, and the chosen one.
    renewable: Option<Vec<Renewable>>,
    renews: String,
    renewal_error: Option<Sentence>,
    /// The level of assurance that the matter asks for and the visitor has not reached.
    needs: Option<u8>,
    links: Vec<ErrorLink>,
    address_error: Option<Sentence>,
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
    files: Vec<String>,
    tone: Option<OriginTone>,
    origin: Option<Sentence>,
    missing: bool,
}

/// What was chosen on the page when it comes back with an error.
#[derive(Default)]
struct Chosen {
    delivery: Delivery,
    address: String,
    error: Option<Sentence>,
    renews: String,
    renewal_error: Option<Sentence>,
}

/// Label, value and origin of a field.
pub(crate) type ShownValue = (String, Option<Sentence>, Option<(OriginTone, Sentence)>);

/// Each field, in the order of the form.
pub(crate) fn value_rows(own: &Own) -> Vec<ShownValue> {
    let mut fields: Vec<_> = own.properties().collect();
    let order = |property: &serde_json::Value| {
        property
            .pointer("/x-ui/order")
            .and_then(serde_json::Value::as_f64)
            .unwrap_or(f64::MAX)
    };
    fields.sort_by(|(_, left), (_, right)| order(left).total_cmp(&order(right)));
    fields
        .into_iter()
        .map(|(name, property)| {
            let label = property
                .get("title")
                .and_then(serde_json::Value::as_str)
                .unwrap_or(name)
                .to_owned();
            let value = own.shown_value(name);
            let tag = own
                .view
                .origins
                .get(name)
                .filter(|_| value.is_some())
                .and_then(origin_tag);
            (label, value, tag)
        })
        .collect()
}

async fn render(
    state: &PortalState,
    visitor: &Visitor,
    own: &Own,
    chosen: Chosen,
) -> Result<Response, WebError> {
    let renewable = tongban_cases::renewable_licences(&state.store, &own.actor, own.id())
        .await
        .told()?;
    let values = value_rows(own)
        .into_iter()
        .map(|(label, value, tag)| ValueRow {
            label,
            value,
            tone: tag.as_ref().map(|(tone, _)| *tone),
            origin: tag.map(|(_, sentence)| sentence),
        })
        .collect();
    let missing = own.missing_materials();
    let materials = own
        .view
        .asked(&own.item)
        .map(|material| {
            let there: Vec<_> = own
                .view
                .materials
                .iter()
                .filter(|there| there.code == material.code)
                .collect();
            let tag = there
                .iter()
                .find(|there| !there.has_file)
                .and_then(|there| origin_tag(&there.origin));
            MaterialRow {
                name: material.name.clone(),
                files: there
                    .iter()
                    .filter(|there| there.has_file)
                    .filter_map(|there| there.file_name.clone())
                    .collect(),
                tone: tag.as_ref().map(|(tone, _)| *tone),
                origin: tag.map(|(_, sentence)| sentence),
                missing: missing.contains(&material.name),
            }
        })
        .collect();
    let mut links: Vec<ErrorLink> = Vec::new();
    if let Some(error) = &chosen.error {
        links.push(ErrorLink {
            id: Some("f-delivery_address".to_owned()),
            label: None,
            sentence: error.clone(),
        });
    }
    if let Some(error) = &chosen.renewal_error {
        links.push(ErrorLink {
            id: Some("f-renews".to_owned()),
            label: None,
            sentence: error.clone(),
        });
    }
    let data = ConfirmPage {
        crumbs: crumbs(own, "portal-step-confirm"),
        steps: steps(&own.item.content),
        name: own.view.item_name.clone(),
        address: own.address(),
        version: own.view.version,
        applicant: own.view.applicant_name.clone(),
        values,
        materials,
        organisation: own.view.organisation_name.clone(),
        supplement: own.view.state == CaseState::Supplement,
        to_follow: own
            .view
            .missing(&own.item, tongban_catalogue::Necessity::Deferred),
        last_day: own
            .item
            .content
            .effective_until
            .filter(|_| own.view.state == CaseState::Draft),
        fees: own.item.content.fees.clone(),
        fee_paid: fee_paid(&own.item.content),
        delivery: chosen.delivery.as_str(),
        delivery_address: chosen.address,
        address_error: chosen.error,
        renewable,
        renews: chosen.renews,
        renewal_error: chosen.renewal_error,
        needs: Some(own.item.content.assurance)
            .filter(|_| own.view.party_kind == PartyKind::Person)
            .filter(|needed| visitor.actor().assurance() < Some(*needed))
            .map(Assurance::number),
        links,
    };
    let status = if data.links.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    Ok(state
        .kit
        .pages
        .render(&context(visitor), "portal/my/confirm.html", &data)?
        .with_status(status)
        .into_response())
}

/// The step to go back to while something is missing.
fn earlier_step(state: &PortalState, own: &Own) -> Option<Response> {
    let (step, key) = if !own.problems().is_empty() {
        ("form", "portal-form-not-complete")
    } else if !own.missing_materials().is_empty() {
        ("materials", "portal-materials-not-complete")
    } else {
        return None;
    };
    let target = path(&format!("{}/{step}", own.address()));
    Some(Flash::new(&state.kit, Tone::Warning, &Sentence::key(key)).redirect(&target))
}

async fn show(
    State(state): State<PortalState>,
    visitor: Visitor,
    Path(case): Path<String>,
) -> Result<Response, WebError> {
    let session = visitor.require_party()?;
    let own = Own::load(&state, &session.actor, &case).await?;
    if let Some(elsewhere) = closed(&own).or_else(|| earlier_step(&state, &own)) {
        return Ok(elsewhere);
    }
    render(&state, &visitor, &own, Chosen::default()).await
}

/// What a case needs to be handed in. Reading all of it, as the page does, would take as long as handing it in.
struct Ready<'request> {
    state: &'request PortalState,
    actor: &'request Actor,
    case: CaseStanding,
    item: ItemVersion,
    calendar: Arc<WorkCalendar>,
    seen: Option<i32>,
}

impl<'request> Ready<'request> {
    async fn load(
        state: &'request PortalState,
        actor: &'request Actor,
        case: &str,
        posted: &Pairs,
    ) -> Result<Self, WebError> {
        let case = tongban_cases::case_standing(&state.store, actor, id(case)?)
            .await
            .told()?
            .ok_or_else(WebError::not_found)?;
        let item = tongban_catalogue::version_of_case(&state.store, case.item_version)
            .await
            .told()?
            .ok_or_else(WebError::not_found)?;
        Ok(Self {
            state,
            actor,
            case,
            item,
            calendar: calendar(&state.store).await?,
            seen: posted.get("version").and_then(|version| version.parse().ok()),
        })
    }

    fn address(&self) -> String {
        format!("/my/cases/{}", self.case.id)
    }

    async fn submit(
        &self,
        delivery: Delivery,
        address: &str,
        renews: Option<Uuid>,
    ) -> Result<String, tongban_cases::Error> {
        let input = Submit {
            case: self.case.id,
            item: self.item.clone(),
            calendar: self.calendar.clone(),
            seen: self.seen,
            delivery,
            delivery_address: (!address.is_empty()).then(|| address.to_owned()),
            renews,
        };
        let by = self.actor.clone();
        let submitted = self
            .state
            .store
            .write(self.actor.signer(), move |tx| {
                let (by, input) = (by.clone(), input.clone());
                async move { tongban_cases::submit(&tx, &by, input).await }
            })
            .await?;
        Ok(submitted.number)
    }

    async fn answer_supplement(&self) -> Result<(), tongban_cases::Error> {
        let input = AnswerSupplement {
            case: self.case.id,
            item: self.item.clone(),
            calendar: self.calendar.clone(),
            seen: self.seen,
        };
        let by = self.actor.clone();
        self.state
            .store
            .write(self.actor.signer(), move |tx| {
                let (by, input) = (by.clone(), input.clone());
                async move { tongban_cases::answer_supplement(&tx, &by, input).await }
            })
            .await
    }
}

async fn hand_in(
    State(state): State<PortalState>,
    visitor: Visitor,
    Path(case): Path<String>,
    Form(posted): Form<Pairs>,
) -> Result<Response, WebError> {
    let session = visitor.require_party()?;
    let ready = Ready::load(&state, &session.actor, &case, &posted).await?;
    let page = path(&ready.address());
    // the second of two clicks: the first one has done it
    if !matches!(ready.case.state, CaseState::Draft | CaseState::Supplement) {
        return Ok(see_other(&page).into_response());
    }
    let delivery = posted
        .get("delivery")
        .and_then(Delivery::from_word)
        .unwrap_or_default();
    let address = posted
        .get("delivery_address")
        .unwrap_or_default()
        .trim()
        .to_owned();
    let renews = posted.get("renews").unwrap_or_default().to_owned();
    let handed_in = if ready.case.state == CaseState::Supplement {
        ready
            .answer_supplement()
            .await
            .map(|()| Flash::good(&state.kit, "portal-supplement-answered"))
    } else {
        let renews = Uuid::parse_str(&renews).ok();
        ready.submit(delivery, &address, renews).await.map(|number| {
            Flash::new(
                &state.kit,
                Tone::Good,
                &Sentence::key("portal-submitted").with("number", number),
            )
        })
    };
    let error = match handed_in {
        Ok(flash) => return Ok(flash.redirect(&page)),
        Err(error) => error,
    };
    let own = Own::load(&state, &session.actor, &case).await?;
    if let tongban_cases::Error::Refused(refusal) = &error {
        let sentence = Some(Sentence::key(format!(
            "refused-{}",
            refusal.code.replace('.', "-")
        )));
        let chosen = Chosen {
            delivery,
            address,
            renews,
            ..Chosen::default()
        };
        match refusal.code {
            "case.address_missing" => {
                let chosen = Chosen {
                    error: sentence,
                    ..chosen
                };
                return render(&state, &visitor, &own, chosen).await;
            }
            "case.renewal_none" | "case.renewal_choose" | "case.renewal_open" => {
                let chosen = Chosen {
                    renewal_error: sentence,
                    ..chosen
                };
                return render(&state, &visitor, &own, chosen).await;
            }
            _ => {}
        }
    }
    if let tongban_cases::Error::Refused(refusal) = &error
        && refusal.code == "case.material_lapsed"
    {
        let told = refusal.args.iter().fold(
            Sentence::key("refused-case-material_lapsed"),
            |told, (name, value)| told.with(name, value.clone()),
        );
        let materials = path(&format!("{}/materials", own.address()));
        return Ok(Flash::new(&state.kit, Tone::Warning, &told).redirect(&materials));
    }
    // two clicks at the same moment: one of them finds the case already handed in
    match closed(&own).or_else(|| earlier_step(&state, &own)) {
        Some(elsewhere) => Ok(elsewhere),
        None => Err(answer(error)),
    }
}
