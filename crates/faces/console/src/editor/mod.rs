//! The item editor: a draft is written section by section, judged, looked at, and published from a day on.
//!
//! ```text
//! overview      one item: its sections, what is still to be mended, and what can be done with it
//! section       a page of fields
//! entries       a list: materials, steps, places, form fields
//! files         blank forms and samples that everybody may have
//! raw_form      the application form as JSON, for those who write schemas by hand
//! publish, ask  publishing; the questions before discarding and withdrawing
//! history       versions and what changed in each
//! new           an item that is not there yet
//! sections, fields, schema   which elements are asked for where, and how they go to and fro. Pure
//! ```
//!
//! Each page saves the draft as a whole under the guard of the page that was open. An older page, or the second of two clicks, changes
//! nothing: where it says what stands there already it simply goes on, else it is told and shown what was typed.

mod ask;
mod entries;
mod fields;
mod files;
mod history;
mod new;
mod overview;
mod publish;
mod raw_form;
mod schema;
mod section;
mod sections;

use axum::{Router, http::StatusCode, response::Response};
use serde::Serialize;
use serde_json::Value;
use tongban_access::{Action, Actor, Reach, Scope, Thing};
use tongban_catalogue::{DraftVersion, Finding, ItemContent, ItemLine, ItemRef, VersionInFull, lint};
use tongban_codes::RegionCode;
use tongban_store::PageRequest;
use tongban_web::{
    LocalPath, Pairs, Sentence, Visitor, WebError,
    forms::{ErrorLink, FieldError},
    pages::Texts,
};
use uuid::Uuid;

pub(super) use self::sections::Spot;
use self::{
    fields::{Choices, World},
    sections::{ORGANISATION, Section, placed},
};
use crate::{
    StaffState,
    findings::{FindingView, finding_words},
    parts::{Crumb, act, frame, id, path, refusal, render_with, staff},
    told::Told,
};

/// Organisations are read so many at a time, and at most so many times: a longer list is none to choose from.
const ORGANISATIONS: u64 = 200;
const ORGANISATION_PAGES: u64 = 10;

pub(super) fn routes() -> Router<StaffState> {
    Router::new()
        .merge(new::routes())
        .merge(overview::routes())
        .merge(section::routes())
        .merge(entries::routes())
        .merge(files::routes())
        .merge(raw_form::routes())
        .merge(publish::routes())
        .merge(ask::routes())
        .merge(history::routes())
}

/// The region whose items somebody keeps; none keeps all.
pub(super) fn region_of(actor: &Actor) -> Option<RegionCode> {
    match Reach::of(actor, Action::ItemManage).scope() {
        Scope::Region(region) => Some(region.clone()),
        _ => None,
    }
}

/// An item that this operator may keep, with its draft.
struct Opened {
    actor: Actor,
    line: ItemLine,
    draft: Option<VersionInFull>,
    /// What is wrong with the draft.
    findings: Vec<Finding>,
}

impl Opened {
    /// To operators of another region the item does not exist.
    async fn load(state: &StaffState, visitor: &Visitor, item: &str) -> Result<Self, WebError> {
        let actor = staff(visitor, Action::ItemManage)?.actor.clone();
        let line = tongban_catalogue::item(&state.store, ItemRef::Id(id(item)?))
            .await
            .told()?
            .ok_or_else(WebError::not_found)?;
        let thing = Thing::at(line.organisation, line.region.clone());
        if !Reach::of(&actor, Action::ItemManage).holds(&thing) {
            return Err(WebError::not_found());
        }
        let draft = tongban_catalogue::draft_of(&state.store, line.id).await.told()?;
        let findings = match &draft {
            None => Vec::new(),
            Some(draft) => {
                let content = &draft.version.content;
                let registered = tongban_catalogue::registered(&state.store, content)
                    .await
                    .map_err(WebError::internal)?;
                lint(content, &registered)
            }
        };
        Ok(Self {
            actor,
            line,
            draft,
            findings,
        })
    }

    fn address(&self) -> String {
        format!("/desk/items/{}", self.line.id)
    }

    /// What the item is called: in its draft, else in force.
    fn name(&self) -> String {
        self.draft.as_ref().map_or_else(
            || self.line.name.clone(),
            |draft| draft.version.content.name.clone(),
        )
    }

    fn crumbs(&self, here: Sentence) -> Vec<Crumb> {
        vec![
            Crumb::link("/desk/items", Sentence::key("desk-nav-items")),
            Crumb::link(self.address(), Sentence::plain(self.name())),
            Crumb::here(here),
        ]
    }

    /// The draft to write in; where there is none yet, the way to begin one and come back.
    fn writing(&self, spot: &str) -> Result<Writing<'_>, LocalPath> {
        match &self.draft {
            Some(draft) => Ok(Writing { opened: self, draft }),
            None => {
                let to = tongban_web::local_path::encode_query(spot);
                Err(path(&format!("{}?to={to}", self.address())))
            }
        }
    }
}

/// A draft that is being written.
struct Writing<'a> {
    opened: &'a Opened,
    draft: &'a VersionInFull,
}

/// What became of a save.
enum Saved {
    Kept,
    /// The catalogue does not take it, and says why.
    Refused(Sentence),
    /// Somebody else wrote meanwhile.
    Stale,
}

impl Writing<'_> {
    fn guard(&self) -> i32 {
        self.draft.line.guard
    }

    /// The content as the fields read it, with the organisation beside it.
    fn content(&self) -> Result<Value, WebError> {
        let mut content =
            serde_json::to_value(self.draft.version.content.as_ref()).map_err(WebError::internal)?;
        content[ORGANISATION] = Value::from(self.draft.version.organisation.to_string());
        Ok(content)
    }

    fn findings(&self) -> Vec<Finding> {
        self.opened.findings.clone()
    }

    /// Keeps the content where the page was not older than the draft. What stands there already needs no saving.
    async fn save(&self, state: &StaffState, content: Value, posted: &Pairs) -> Result<Saved, WebError> {
        let organisation = content
            .get(ORGANISATION)
            .and_then(Value::as_str)
            .and_then(|id| Uuid::parse_str(id).ok())
            .unwrap_or(self.draft.version.organisation);
        let content: ItemContent =
            serde_json::from_value(content).map_err(|error| WebError::bad_input(error.to_string()))?;
        if content == *self.draft.version.content && organisation == self.draft.version.organisation {
            return Ok(Saved::Kept);
        }
        let Some(seen) = posted.get("version").and_then(|version| version.parse().ok()) else {
            return Ok(Saved::Stale);
        };
        let input = DraftVersion {
            item: Some(self.opened.line.id),
            code: String::new(),
            region: self.opened.line.region.clone(),
            organisation,
            content,
            effective_from: None,
            expected: Some(seen),
        };
        let saved = act(state, &self.opened.actor, input, |tx, by, input| async move {
            tongban_catalogue::draft_version(&tx, &by, input).await
        });
        match saved.await.told() {
            Ok(_) => Ok(Saved::Kept),
            Err(error) if error.status() == StatusCode::CONFLICT => Ok(Saved::Stale),
            Err(error) => match refusal(&error, state.kit.pages.texts()) {
                Some(sentence) => Ok(Saved::Refused(sentence)),
                None => Err(error),
            },
        }
    }
}

/// The page after a save: the list or item it belongs to, or the next section.
fn onward(posted: &Pairs, back: &str, item: &str, section: &Section) -> String {
    match (posted.get("then"), section.next()) {
        (Some("next"), Some(next)) => format!("{item}/edit/{}", next.word),
        _ => back.to_owned(),
    }
}

#[derive(Serialize)]
struct ConflictPage {
    href: String,
    /// What was typed, to be copied.
    typed: Vec<String>,
}

/// Says that somebody wrote meanwhile, shows what was typed, and leads back.
fn stale(state: &StaffState, visitor: &Visitor, href: String, posted: &Pairs) -> Result<Response, WebError> {
    let data = ConflictPage {
        href,
        typed: posted
            .0
            .iter()
            .filter(|(name, value)| !matches!(name.as_str(), "version" | "then") && !value.trim().is_empty())
            .map(|(_, value)| value.clone())
            .collect(),
    };
    render_with(
        state,
        &frame(state, visitor),
        "desk/item_conflict.html",
        &data,
        StatusCode::CONFLICT,
    )
}

/// What the findings of a page say beside its fields.
fn errors_of(
    findings: &[Finding],
    section: &Section,
    entry: Option<usize>,
    texts: &Texts,
) -> Vec<FieldError> {
    placed(findings)
        .filter_map(|(spot, finding)| {
            let spot = spot.filter(|spot| spot.is_on(section, entry))?;
            let key = finding_words(&finding.code, texts)?;
            let error = FieldError::new(spot.field?, key);
            Some(
                finding
                    .args
                    .iter()
                    .fold(error, |error, (name, value)| error.with(name, value.clone())),
            )
        })
        .collect()
}

/// Lines of a notice: each finding in words, with the way to where it is mended.
fn finding_links(findings: &[Finding], item: &str, texts: &Texts) -> Vec<FindingLink> {
    placed(findings)
        .map(|(spot, finding)| FindingLink {
            href: spot.map(|spot| spot.href(item)),
            label: label_of(&finding.field),
            sentence: FindingView::of(finding, texts).sentence,
        })
        .collect()
}

/// One finding of a list, with the way to its field.
#[derive(Serialize)]
struct FindingLink {
    href: Option<String>,
    label: Sentence,
    sentence: Sentence,
}

/// What the element of a finding is called on the pages of the editor.
pub(super) fn label_of(field: &str) -> Sentence {
    let Some(spot) = Spot::of(field) else {
        return Sentence::plain(field);
    };
    let section = Sentence::key(format!("editor-section-{}", spot.section));
    match (spot.entry, spot.field) {
        (None, Some(part)) => Sentence::key(format!("editor-{}-{}", spot.section, part.replace('.', "_"))),
        _ => section,
    }
}

/// A refusal as a line of the error summary.
fn refusal_link(sentence: Sentence) -> ErrorLink {
    ErrorLink {
        id: None,
        label: None,
        sentence,
    }
}

/// The choices that some fields need, as they stand now.
async fn choices(
    state: &StaffState,
    actor: &Actor,
    fields: &[fields::Field],
    say: impl Fn(&str) -> String,
) -> Result<Choices, WebError> {
    let mut choices = Choices::new();
    for world in fields::worlds(fields) {
        let list = match world {
            World::Organisations => organisations(state, actor).await?,
            World::LicenceTypes => licence_types(state).await?,
            World::Resources => registers(state).await?,
            World::Replacements => replacements(state, &say).await?,
            World::Facts => facts(state, &say).await?,
        };
        choices.insert(world, list);
    }
    Ok(choices)
}

async fn organisations(state: &StaffState, actor: &Actor) -> Result<Vec<(String, String)>, WebError> {
    let within = region_of(actor);
    let mut list = Vec::new();
    for number in 1..=ORGANISATION_PAGES {
        let page = PageRequest::new(number, ORGANISATIONS);
        let found = tongban_directory::organisations(&state.store, within.as_ref(), page)
            .await
            .told()?;
        let last = found.pages() <= number;
        list.extend(found.rows.into_iter().map(|organisation| {
            let label = format!("{}（{}）", organisation.name, organisation.code);
            (organisation.id.to_string(), label)
        }));
        if last {
            break;
        }
    }
    Ok(list)
}

async fn licence_types(state: &StaffState) -> Result<Vec<(String, String)>, WebError> {
    let types = tongban_licences::licence_types(&state.store)
        .await
        .map_err(WebError::internal)?;
    Ok(types.into_iter().map(|kind| (kind.code, kind.name)).collect())
}

async fn registers(state: &StaffState) -> Result<Vec<(String, String)>, WebError> {
    let registers = tongban_exchange::resources(&state.store).await.told()?;
    Ok(registers
        .into_iter()
        .map(|resource| (resource.code.clone(), resource.source()))
        .collect())
}

async fn replacements(
    state: &StaffState,
    say: impl Fn(&str) -> String,
) -> Result<Vec<(String, String)>, WebError> {
    let mut list = Vec::new();
    let licence = say("editor-of-licence");
    for (code, name) in licence_types(state).await? {
        list.push((format!("licence:{code}"), format!("{licence}{name}")));
    }
    let register = say("editor-of-register");
    for (code, source) in registers(state).await? {
        list.push((format!("resource:{code}"), format!("{register}{source}")));
    }
    Ok(list)
}

async fn facts(state: &StaffState, say: impl Fn(&str) -> String) -> Result<Vec<(String, String)>, WebError> {
    let mut list: Vec<(String, String)> = ["name", "number", "phone"]
        .into_iter()
        .map(|fact| {
            (
                format!("account:{fact}"),
                say(&format!("editor-word-source-account-{fact}")),
            )
        })
        .collect();
    for resource in tongban_exchange::resources(&state.store).await.told()? {
        for field in &resource.fields {
            list.push((
                format!("resource:{}:{}", resource.code, field.name),
                format!("{} · {}", resource.source(), field.title),
            ));
        }
    }
    let types = tongban_licences::licence_types(&state.store)
        .await
        .map_err(WebError::internal)?;
    for kind in types {
        for field in &kind.fields {
            list.push((
                format!("licence:{}:{}", kind.code, field.name),
                format!("{} · {}", kind.name, field.title),
            ));
        }
    }
    Ok(list)
}
