//! The guide of one matter.

use std::collections::BTreeMap;

use axum::{
    Router,
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::get,
};
use chrono::NaiveDate;
use serde::Serialize;
use tongban_access::{Action, Reach, Thing, permit};
use tongban_catalogue::{
    EndedItem, ItemContent, ItemRef, ItemVersion, Limit, Material, MaterialSource, Necessity, Place,
    Question, Replacement, Situation, SpecialProcedure, applicable,
};
use tongban_feedback::ItemRating;
use tongban_licences::HeldLicence;
use tongban_web::{Area, Sentence, Visitor, WebError, forms::OriginTone, local_path::encode_query};

use uuid::Uuid;

use crate::{
    PortalState,
    elements::{FileLink, Words, material_details, material_files, more, result_files},
    files,
    parts::{Crumb, Fact, id, today},
    told::Told,
};

pub(crate) fn routes() -> Router<PortalState> {
    Router::new()
        .route("/items/{item}", get(guide))
        .route("/items/{item}/preview", get(preview))
        .route("/items/{item}/files/{file}", get(files::item_file))
}

#[derive(Serialize)]
struct GuidePage {
    /// The page of the editor, when this is a draft that only its operator sees.
    draft_of: Option<String>,
    crumbs: Vec<Crumb>,
    name: String,
    code: String,
    summary: Option<String>,
    invented: bool,
    /// Where to begin, when the matter can be applied for here.
    apply_href: Option<String>,
    /// How many materials need not be handed in.
    spared: usize,
    facts: Vec<Fact>,
    condition: Option<String>,
    situations: Vec<Situation>,
    materials: Vec<MaterialRow>,
    /// Samples of what one gets.
    samples: Vec<FileLink>,
    /// What only some lists say of a matter.
    more: Vec<Fact>,
    /// Another system's page where it is handled.
    elsewhere: Option<String>,
    steps: Vec<StepRow>,
    flow: Option<String>,
    special_procedures: Vec<SpecialProcedure>,
    places: Vec<Place>,
    consult_phone: Option<String>,
    complaint_phone: Option<String>,
    basis: Vec<BasisRow>,
    questions: Vec<Question>,
    rating: Option<RatingLine>,
    /// Words for the search when this guide is not the right one.
    department_href: String,
    version: i32,
    effective_from: NaiveDate,
    /// How its fee is paid, where it has one.
    fee_paid: Option<Sentence>,
    /// Where its end is planned.
    last_day: Option<NaiveDate>,
}

#[derive(Serialize)]
struct MaterialRow {
    name: String,
    necessity: &'static str,
    tone: OriginTone,
    origin: Sentence,
    hint: Option<String>,
    /// Whether this visitor need not hand it in, whatever they hold.
    spared: bool,
    /// The situations that ask for it, where not all do.
    situations: Vec<String>,
    details: Vec<Fact>,
    files: Vec<FileLink>,
}

#[derive(Serialize)]
struct StepRow {
    name: String,
    days: Option<u32>,
    /// 下级行政机关初审
    first_review: bool,
}

#[derive(Serialize)]
struct BasisRow {
    law: String,
    article: String,
    text: String,
    source: String,
    read_on: Option<NaiveDate>,
}

/// What people say of the matter.
#[derive(Serialize)]
struct RatingLine {
    average: String,
    stars: i64,
    count: i64,
    bad: i64,
}

impl From<ItemRating> for RatingLine {
    fn from(rating: ItemRating) -> Self {
        Self {
            average: format!("{}.{}", rating.average_tenths / 10, rating.average_tenths % 10),
            stars: (rating.average_tenths + 5) / 10,
            count: rating.count,
            bad: rating.bad,
        }
    }
}

#[derive(Serialize)]
struct MissingPage {
    search_href: String,
    ended: Option<EndedView>,
}

/// A matter that could be applied for once.
#[derive(Serialize)]
struct EndedView {
    name: String,
    last_day: NaiveDate,
    withdrawn: bool,
    /// The search for what it was called.
    same_name_href: String,
    department: String,
    department_href: String,
    consult_phone: Option<String>,
}

impl From<EndedItem> for EndedView {
    fn from(ended: EndedItem) -> Self {
        let content = &ended.version.content;
        Self {
            name: content.name.clone(),
            last_day: ended.last_day,
            withdrawn: ended.withdrawn,
            same_name_href: format!("/search?q={}", encode_query(&content.name)),
            department: content.department.clone(),
            department_href: format!("/search?department={}", encode_query(&content.department)),
            consult_phone: content.consult_phone.clone(),
        }
    }
}

async fn guide(
    State(state): State<PortalState>,
    visitor: Visitor,
    Path(item): Path<String>,
) -> Result<Response, WebError> {
    let (which, day) = (ItemRef::from_segment(&item), today(&state.store));
    let found = tongban_catalogue::published(&state.store, which, day)
        .await
        .told()?;
    let Some(version) = found else {
        let ended = tongban_catalogue::ended(&state.store, which, day).await.told()?;
        let status = if ended.is_some() {
            StatusCode::GONE
        } else {
            StatusCode::NOT_FOUND
        };
        let page = state.kit.pages.render(
            &visitor.page(Area::Portal),
            "portal/guide_missing.html",
            &MissingPage {
                search_href: "/search".to_owned(),
                ended: ended.map(EndedView::from),
            },
        )?;
        return Ok(page.with_status(status).into_response());
    };
    show(&state, &visitor, &version, None).await
}

/// The draft of an item as it will look, for the operators who keep it.
async fn preview(
    State(state): State<PortalState>,
    visitor: Visitor,
    Path(item): Path<String>,
) -> Result<Response, WebError> {
    let draft = draft_for(&state, &visitor, id(&item)?).await?;
    let editor = format!("/desk/items/{}", draft.item);
    show(&state, &visitor, &draft, Some(editor)).await
}

/// The draft of an item, for an operator who keeps it.
pub(crate) async fn draft_for(
    state: &PortalState,
    visitor: &Visitor,
    item: Uuid,
) -> Result<ItemVersion, WebError> {
    let actor = &visitor.require_staff()?.actor;
    let reach = Reach::of(actor, Action::ItemManage);
    if reach.is_nothing() {
        return Err(WebError::forbidden());
    }
    tongban_catalogue::draft_of(&state.store, item)
        .await
        .told()?
        .map(|draft| draft.version)
        .filter(|draft| reach.holds(&Thing::at(draft.organisation, draft.region.clone())))
        .ok_or_else(WebError::not_found)
}

async fn show(
    state: &PortalState,
    visitor: &Visitor,
    version: &ItemVersion,
    draft_of: Option<String>,
) -> Result<Response, WebError> {
    let content = &version.content;
    let organisation = tongban_directory::organisation(&state.store, version.organisation)
        .await
        .told()?;
    let names = Names::read(state, content).await?;
    let held = held_by(state, visitor, version).await?;
    let rating = tongban_feedback::item_rating(&state.store, version.item)
        .await
        .told()?;
    let materials: Vec<MaterialRow> = content
        .materials
        .iter()
        .map(|material| material_row(version.item, material, &names, &held, today(&state.store)))
        .collect();
    // a draft shows what it will offer, and offers nothing yet
    let can_apply = applicable(version) || (draft_of.is_some() && content.has_form());
    let organisation_name = organisation.as_ref().map_or_else(
        || content.department.clone(),
        |organisation| organisation.name.clone(),
    );
    let data = GuidePage {
        draft_of: draft_of.clone(),
        crumbs: crumbs(version),
        name: content.name.clone(),
        code: version.code.clone(),
        summary: content.summary.clone(),
        invented: content.invented,
        apply_href: can_apply.then(|| match &draft_of {
            Some(editor) => editor.clone(),
            None => format!("/apply/{}", version.item),
        }),
        spared: materials.iter().filter(|row| row.spared).count(),
        facts: facts(content, &organisation_name, can_apply),
        condition: content.accept_condition.clone(),
        steps: content
            .steps
            .iter()
            .map(|step| StepRow {
                name: step.name.clone(),
                days: step.days,
                first_review: content.item_type == tongban_codes::ItemType::Permit && step.first_review,
            })
            .collect(),
        flow: content.flow.clone(),
        special_procedures: content.special_procedures.clone(),
        places: content.places.clone(),
        consult_phone: content
            .consult_phone
            .clone()
            .or_else(|| organisation.and_then(|organisation| organisation.phone)),
        complaint_phone: content.complaint_phone.clone(),
        basis: content
            .legal_basis
            .iter()
            .map(|basis| BasisRow {
                law: basis.law.clone(),
                article: basis.article.clone(),
                text: basis.text.clone(),
                source: basis.source.clone(),
                read_on: basis.read_on,
            })
            .collect(),
        questions: content.questions.clone(),
        rating: rating.map(RatingLine::from),
        department_href: format!("/search?department={}", encode_query(&content.department)),
        version: version.number,
        effective_from: version.effective_from,
        last_day: content.effective_until,
        situations: content.situations.clone(),
        samples: result_files(version.item, &content.results),
        more: more(
            content,
            Words {
                texts: state.kit.pages.texts(),
                locale: visitor.locale(),
            },
        ),
        elsewhere: content
            .online_address
            .clone()
            .filter(|address| !can_apply && is_web_address(address)),
        fee_paid: (!content.fees.is_empty() && can_apply).then(|| fee_paid(content)),
        materials,
    };
    Ok(state
        .kit
        .pages
        .render(&visitor.page(Area::Portal), "portal/guide.html", &data)?
        .into_response())
}

fn crumbs(version: &ItemVersion) -> Vec<Crumb> {
    let content = &version.content;
    let mut crumbs = vec![Crumb::link("/", Sentence::key("nav-items"))];
    if !content.department.is_empty() {
        crumbs.push(Crumb::link(
            format!("/search?department={}", encode_query(&content.department)),
            Sentence::plain(content.department.clone()),
        ));
    }
    crumbs.push(Crumb::here(Sentence::key(format!(
        "portal-item-type-{}",
        content.item_type.code()
    ))));
    crumbs
}

/// How long a limit is: 5 个工作日, or 即办.
pub(crate) fn limit_sentence(limit: &Limit) -> Sentence {
    if limit.amount == 0 {
        return Sentence::key("portal-limit-at-once");
    }
    Sentence::key(format!("portal-limit-{}", limit.unit.as_str())).with("amount", limit.amount)
}

fn facts(content: &ItemContent, organisation: &str, can_apply: bool) -> Vec<Fact> {
    let unknown = || Sentence::key("portal-unknown");
    let mut facts = vec![how_long(content)];
    if let Some(explain) = content
        .promised_limit
        .as_ref()
        .and_then(|limit| limit.explain.as_deref())
    {
        facts.push(Fact::new("portal-fact-limit-explain", Sentence::plain(explain)));
    }
    facts.extend(legal_limit(content));
    facts.push(match content.trips {
        Some(trips) => Fact::new(
            "portal-fact-trips",
            Sentence::key("portal-trips").with("count", trips),
        )
        .strong()
        .note(content.trips_reason.clone().map(Sentence::plain)),
        None => Fact::new("portal-fact-trips", unknown()),
    });
    facts.push(fee(content, can_apply));
    facts.push(Fact::new("portal-fact-who", Sentence::plain(organisation)));
    facts.push(Fact::new("portal-fact-audience", audience(content)));
    let results: Vec<&str> = content
        .results
        .iter()
        .map(|result| result.name.as_str())
        .filter(|name| !name.is_empty())
        .collect();
    facts.push(if results.is_empty() {
        Fact::new("portal-fact-result", unknown())
    } else {
        Fact::new("portal-fact-result", Sentence::plain(results.join("、")))
    });
    facts
}

fn how_long(content: &ItemContent) -> Fact {
    let Some(promised) = content.promised_limit.as_ref().or(content.legal_limit.as_ref()) else {
        return Fact::new("portal-fact-how-long", Sentence::key("portal-unknown"));
    };
    let word = if content.promised_limit.is_some() {
        "portal-limit-promised"
    } else {
        "portal-limit-legal"
    };
    Fact::new("portal-fact-how-long", limit_sentence(promised))
        .strong()
        .note(Some(Sentence::key(word)))
}

/// What a limit rests on and what one has to know about it.
fn limit_note(limit: &Limit) -> Option<Sentence> {
    let words: Vec<&str> = [&limit.basis, &limit.explain]
        .into_iter()
        .filter_map(|text| text.as_deref())
        .collect();
    (!words.is_empty()).then(|| Sentence::plain(words.join("；")))
}

/// Only the web is linked to: whoever writes a list does not get to run anything in a reader's page.
fn is_web_address(address: &str) -> bool {
    ["https://", "http://"]
        .iter()
        .any(|scheme| address.starts_with(scheme))
}

/// The limit of the law, beside a promise, with its basis.
fn legal_limit(content: &ItemContent) -> Option<Fact> {
    let legal = content.legal_limit.as_ref()?;
    let note = limit_note(legal);
    (content.promised_limit.is_some() || note.is_some())
        .then(|| Fact::new("portal-fact-legal-limit", limit_sentence(legal)).note(note))
}

/// How a fee is paid today: Tongban takes no money.
pub(crate) fn fee_paid(content: &ItemContent) -> Sentence {
    Sentence::key(if content.online_payment == Some(true) {
        "portal-fee-online"
    } else {
        "portal-fee-at-window"
    })
}

fn fee(content: &ItemContent, can_apply: bool) -> Fact {
    if content.fees.is_empty() {
        // a guide that says nothing of fees must not be read as "free"
        let key = if can_apply {
            "portal-fee-none"
        } else {
            "portal-unknown"
        };
        return Fact::new("portal-fact-fee", Sentence::key(key));
    }
    let words: Vec<String> = content
        .fees
        .iter()
        .map(|fee| {
            let what = [fee.name.as_str(), fee.standard.as_str()]
                .into_iter()
                .filter(|text| !text.is_empty())
                .collect::<Vec<_>>()
                .join("：");
            match &fee.reduction {
                Some(reduction) => format!("{what}（{reduction}）"),
                None => what,
            }
        })
        .collect();
    let basis: Vec<&str> = content
        .fees
        .iter()
        .map(|fee| fee.basis.as_str())
        .filter(|basis| !basis.is_empty())
        .collect();
    let note = (!basis.is_empty()).then(|| Sentence::plain(basis.join("；")));
    Fact::new("portal-fact-fee", Sentence::plain(words.join("；"))).note(note)
}

fn audience(content: &ItemContent) -> Sentence {
    use tongban_catalogue::Audience;
    let key = match (
        content.serves(Audience::Person),
        content.serves(Audience::Enterprise),
    ) {
        _ if content.audience.is_empty() => "portal-unknown",
        (true, true) => "portal-audience-both",
        (true, false) => "portal-audience-person",
        _ => "portal-audience-enterprise",
    };
    Sentence::key(key)
}

/// Names of the licences and registers that spare people a material.
pub(crate) struct Names {
    names: BTreeMap<String, String>,
    /// Titles of the facts that a register is asked for.
    answers: BTreeMap<String, Vec<String>>,
}

impl Names {
    pub(crate) async fn read(state: &PortalState, content: &ItemContent) -> Result<Self, WebError> {
        let (mut names, mut answers) = (BTreeMap::new(), BTreeMap::new());
        for wanted in tongban_catalogue::wanted_facts(content) {
            if let Some(found) = state.exchange.resource(&wanted.resource).await.told()? {
                let asked = found.offered(&wanted.fields);
                answers.insert(
                    wanted.resource.clone(),
                    asked.into_iter().map(|field| field.title).collect(),
                );
                names.insert(wanted.resource, found.source());
            }
        }
        for material in &content.materials {
            if let Some(Replacement::Licence { licence_type }) = &material.replaced_by
                && !names.contains_key(licence_type)
                && let Some(found) = tongban_licences::licence_type(&state.store, licence_type)
                    .await
                    .told()?
            {
                names.insert(licence_type.clone(), found.name);
            }
        }
        Ok(Self { names, answers })
    }

    /// The name, or the code where the directory has no such entry.
    pub(crate) fn of(&self, code: &str) -> String {
        self.names.get(code).cloned().unwrap_or_else(|| code.to_owned())
    }

    /// What a register is asked for; `None` where the directory has no such register.
    pub(crate) fn answers(&self, resource: &str) -> Option<Vec<String>> {
        self.answers.get(resource).cloned()
    }
}

/// Licences of the visitor, where one of them could spare a material.
async fn held_by(
    state: &PortalState,
    visitor: &Visitor,
    version: &ItemVersion,
) -> Result<Vec<HeldLicence>, WebError> {
    let wanted = version
        .content
        .materials
        .iter()
        .any(|material| matches!(material.replaced_by, Some(Replacement::Licence { .. })));
    let Some(account) = visitor
        .require_party()
        .ok()
        .filter(|session| {
            // who acts for another sees their licences in the matters of the mandate only
            let thing = Thing::at(version.organisation, version.region.clone())
                .about(version.item)
                .owned_by(session.actor.account());
            permit(&session.actor, Action::CaseApply, &thing).is_ok()
        })
        .and_then(|session| session.actor.account())
        .filter(|_| wanted)
    else {
        return Ok(Vec::new());
    };
    match tongban_identity::party(&state.store, account).await.told()? {
        Some(party) => tongban_licences::held(&state.store, party.kind, &party.number)
            .await
            .told(),
        None => Ok(Vec::new()),
    }
}

fn material_row(
    item: Uuid,
    material: &Material,
    names: &Names,
    held: &[HeldLicence],
    today: NaiveDate,
) -> MaterialRow {
    let (tone, spared, origin) = match &material.replaced_by {
        Some(Replacement::Licence { licence_type }) => {
            let holds = held
                .iter()
                .any(|held| held.type_code == *licence_type && held.is_valid_on(today));
            let key = if holds {
                "portal-material-held"
            } else {
                "portal-material-licence"
            };
            (
                OriginTone::Shared,
                holds,
                Sentence::key(key).with("licence", names.of(licence_type)),
            )
        }
        Some(Replacement::Resource { resource, .. }) => (
            OriginTone::Shared,
            true,
            Sentence::key("portal-material-resource").with("source", names.of(resource)),
        ),
        None if material.source == MaterialSource::Government => (
            OriginTone::You,
            false,
            Sentence::key("portal-material-government"),
        ),
        None => (OriginTone::You, false, Sentence::key("portal-material-you")),
    };
    MaterialRow {
        name: material.name.clone(),
        necessity: necessity(material.necessity),
        tone,
        origin,
        hint: material.hint.clone(),
        spared,
        situations: material.situations.clone(),
        details: material_details(material),
        files: material_files(item, material),
    }
}

/// The word of a necessity in the text keys.
pub(crate) fn necessity(necessity: Necessity) -> &'static str {
    match necessity {
        Necessity::Required => "required",
        Necessity::Optional => "optional",
        Necessity::Deferred => "deferred",
    }
}

#[cfg(test)]
mod tests {
    use tongban_codes::{ItemType, LimitUnit};

    use super::*;

    #[test]
    fn a_guide_that_says_nothing_of_fees_is_not_free() {
        let content = ItemContent::new("某事", ItemType::Permit);
        assert_eq!(fee(&content, false).value, Sentence::key("portal-unknown"));
        assert_eq!(fee(&content, true).value, Sentence::key("portal-fee-none"));
    }

    #[test]
    fn the_promise_stands_before_the_law() {
        let mut content = ItemContent::new("某事", ItemType::Permit);
        assert_eq!(how_long(&content).value, Sentence::key("portal-unknown"));
        assert!(legal_limit(&content).is_none());
        content.legal_limit = Some(Limit {
            amount: 20,
            unit: LimitUnit::Workday,
            basis: None,
            explain: None,
        });
        assert_eq!(
            how_long(&content).value,
            Sentence::key("portal-limit-workday").with("amount", 20)
        );
        assert!(legal_limit(&content).is_none());
        content.promised_limit = Some(Limit {
            amount: 0,
            unit: LimitUnit::Workday,
            basis: None,
            explain: None,
        });
        assert_eq!(how_long(&content).value, Sentence::key("portal-limit-at-once"));
        assert!(legal_limit(&content).is_some());
    }
}
