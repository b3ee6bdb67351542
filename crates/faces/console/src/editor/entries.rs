//! A section of entries: the list with its order, one entry, a new one, and taking one away.

use axum::{
    Router,
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::get,
};
use serde::Serialize;
use serde_json::{Map, Value};
use tongban_web::{
    Flash, Form, Pairs, Sentence, Visitor, WebError,
    forms::{self, FieldError},
    local_path::see_other,
};

use super::{
    FindingLink, Opened, Saved, Writing, ask, errors_of, fields, files, onward, refusal_link, schema,
    section::{FieldsPage, Typed, asked, choices_for, lead_of, to_mend},
    sections::{List, Section, title_of},
    stale,
};
use crate::{
    StaffState,
    parts::{Crumb, frame, path, render_with},
};

pub(super) fn routes() -> Router<StaffState> {
    Router::new()
        .route("/desk/items/{item}/edit/{section}/{entry}", get(show).post(save))
        .route(
            "/desk/items/{item}/edit/{section}/{entry}/{act}",
            get(ask_remove).post(arrange),
        )
}

#[derive(Serialize)]
struct ListPage {
    crumbs: Vec<Crumb>,
    name: String,
    title: Sentence,
    lead: Option<Sentence>,
    address: String,
    back: String,
    version: i32,
    rows: Vec<Row>,
    add: Sentence,
    empty: Sentence,
    next_href: Option<String>,
    /// Findings about the list as a whole.
    findings: Vec<FindingLink>,
    /// The way to the JSON of the form.
    raw_href: Option<String>,
}

#[derive(Serialize)]
struct Row {
    title: String,
    detail: Option<Sentence>,
    to_mend: usize,
    first: bool,
    last: bool,
}

/// The entries of a section.
pub(super) fn entries_of(section: &Section, list: &List, content: &Value) -> Vec<Value> {
    if section.word == "form" {
        return content.get("form").map(schema::entries).unwrap_or_default();
    }
    content
        .get(list.member)
        .and_then(Value::as_array)
        .cloned()
        .unwrap_or_default()
}

fn put(section: &Section, list: &List, content: &mut Value, entries: Vec<Value>) {
    content[list.member] = if section.word == "form" {
        schema::form(&content["form"], &entries)
    } else {
        Value::Array(entries)
    };
}

/// What stands below the title of an entry: what it is, in a word of its own.
fn detail(section: &Section, entry: &Value) -> Option<Sentence> {
    let word = |name: &str| {
        let value = entry.get(name)?.as_str()?;
        Some(Sentence::key(format!("editor-word-{name}-{value}")))
    };
    let text = |name: &str| {
        let text = entry.get(name)?.as_str()?;
        (!text.is_empty()).then(|| Sentence::plain(text))
    };
    match section.word {
        "materials" => word("necessity"),
        "form" | "results" => word("kind"),
        "steps" => word("role"),
        "fees" => text("standard"),
        "places" => text("address"),
        "legal_basis" => text("article"),
        "duties" => text("resource"),
        "special_procedures" => text("basis"),
        "situations" => text("explain"),
        _ => None,
    }
}

/// The list of a section.
pub(super) fn list(
    state: &StaffState,
    visitor: &Visitor,
    writing: &Writing<'_>,
    section: &'static Section,
    list: &List,
) -> Result<Response, WebError> {
    let opened = writing.opened;
    let found = writing.findings();
    let entries = entries_of(section, list, &writing.content()?);
    let of_list: Vec<_> = found
        .iter()
        .filter(|finding| finding.field == list.member)
        .cloned()
        .collect();
    let last = entries.len().saturating_sub(1);
    let address = format!("{}/edit/{}", opened.address(), section.word);
    let data = ListPage {
        crumbs: opened.crumbs(Sentence::key(format!("editor-section-{}", section.word))),
        name: opened.name(),
        title: Sentence::key(format!("editor-section-{}", section.word)),
        lead: lead_of(state, section),
        back: opened.address(),
        version: writing.guard(),
        rows: entries
            .iter()
            .enumerate()
            .map(|(index, entry)| Row {
                title: title_of(list, entry),
                detail: detail(section, entry),
                to_mend: to_mend(&found, section, Some(index)),
                first: index == 0,
                last: index == last,
            })
            .collect(),
        add: Sentence::key(format!("editor-add-{}", section.word)),
        empty: Sentence::key(format!("editor-empty-{}", section.word)),
        next_href: section
            .next()
            .map(|next| format!("{}/edit/{}", opened.address(), next.word)),
        findings: super::finding_links(&of_list, &opened.address(), state.kit.pages.texts()),
        raw_href: (section.word == "form").then(|| format!("{}/edit/form/json", opened.address())),
        address,
    };
    render_with(
        state,
        &frame(state, visitor),
        "desk/item_list.html",
        &data,
        StatusCode::OK,
    )
}

/// The section of an address, which is a list, and which of its entries is meant: none is a new one.
fn of_address(
    section: &str,
    entry: &str,
) -> Result<(&'static Section, &'static List, Option<usize>), WebError> {
    let section = Section::of_word(section).ok_or_else(WebError::not_found)?;
    let list = section.list.as_ref().ok_or_else(WebError::not_found)?;
    let entry = match entry {
        "new" => None,
        number => Some(number.parse().map_err(|_| WebError::not_found())?),
    };
    Ok((section, list, entry))
}

/// One entry on its page.
struct EntryPage<'a> {
    state: &'a StaffState,
    visitor: &'a Visitor,
    writing: &'a Writing<'a>,
    section: &'static Section,
    list: &'static List,
    index: Option<usize>,
}

impl EntryPage<'_> {
    fn address(&self) -> String {
        format!("{}/edit/{}", self.writing.opened.address(), self.section.word)
    }

    fn here(&self) -> String {
        let entry = self
            .index
            .map_or_else(|| "new".to_owned(), |index| index.to_string());
        format!("{}/{entry}", self.address())
    }

    fn answer(
        &self,
        asked: &fields::Asked<'_>,
        entries: &[Value],
        values: &Value,
        typed: Typed,
    ) -> Result<Response, WebError> {
        let opened = self.writing.opened;
        let findings = match self.index {
            Some(_) => self.writing.findings(),
            None => Vec::new(),
        };
        let told = if typed.errors.is_empty() {
            errors_of(&findings, self.section, self.index, self.state.kit.pages.texts())
        } else {
            typed.errors.clone()
        };
        let form_fields = asked.views(values, &told);
        let mut links = forms::summary(&form_fields, &typed.errors);
        links.extend(typed.refusal.map(refusal_link));
        let title = match self.index.and_then(|index| entries.get(index)) {
            Some(entry) => Sentence::plain(title_of(self.list, entry)),
            None => Sentence::key(format!("editor-add-{}", self.section.word)),
        };
        let mut crumbs = opened.crumbs(title.clone());
        crumbs.insert(
            2,
            Crumb::link(
                self.address(),
                Sentence::key(format!("editor-section-{}", self.section.word)),
            ),
        );
        FieldsPage {
            crumbs,
            name: opened.name(),
            title,
            lead: None,
            action: self.here(),
            back: self.address(),
            version: self.writing.guard(),
            links,
            to_mend: self
                .index
                .map_or(0, |index| to_mend(&findings, self.section, Some(index))),
            next: false,
            remove_href: self.index.map(|_| format!("{}/remove", self.here())),
            creates: false,
            files: self
                .index
                .map_or_else(Vec::new, |index| files::slots(self.writing, self.section, index)),
            form_fields,
        }
        .answer(self.state, self.visitor)
    }
}

/// What stands in a new entry before anybody has typed.
fn fresh(section: &Section) -> Value {
    match section.word {
        "materials" => serde_json::json!({
            "necessity": "required", "source": "applicant", "form": "either",
            "media": ["application/pdf", "image/jpeg", "image/png"], "max_bytes": 20 * 1024 * 1024,
        }),
        "form" => serde_json::json!({"kind": "text", "required": true}),
        "steps" => serde_json::json!({"role": "approver"}),
        "results" => serde_json::json!({"kind": "licence"}),
        _ => Value::Object(Map::new()),
    }
}

async fn show(
    State(state): State<StaffState>,
    visitor: Visitor,
    Path((item, section, entry)): Path<(String, String, String)>,
) -> Result<Response, WebError> {
    let (section, list, index) = of_address(&section, &entry)?;
    let opened = Opened::load(&state, &visitor, &item).await?;
    let writing = match opened.writing(&format!("edit/{}/{entry}", section.word)) {
        Ok(writing) => writing,
        Err(elsewhere) => return Ok(see_other(&elsewhere).into_response()),
    };
    let entries = entries_of(section, list, &writing.content()?);
    let shown = match index {
        None => fresh(section),
        Some(index) => entries.get(index).cloned().ok_or_else(WebError::not_found)?,
    };
    let choices = choices_for(&state, &visitor, &opened, section).await?;
    let asked = asked(&state, &visitor, section, &choices);
    let page = EntryPage {
        state: &state,
        visitor: &visitor,
        writing: &writing,
        section,
        list,
        index,
    };
    page.answer(
        &asked,
        &entries,
        &fields::read(section.fields, &shown),
        Typed::default(),
    )
}

async fn save(
    State(state): State<StaffState>,
    visitor: Visitor,
    Path((item, section, entry)): Path<(String, String, String)>,
    Form(posted): Form<Pairs>,
) -> Result<Response, WebError> {
    let (section, list, index) = of_address(&section, &entry)?;
    let opened = Opened::load(&state, &visitor, &item).await?;
    let writing = match opened.writing(&format!("edit/{}", section.word)) {
        Ok(writing) => writing,
        Err(elsewhere) => return Ok(see_other(&elsewhere).into_response()),
    };
    let page = EntryPage {
        state: &state,
        visitor: &visitor,
        writing: &writing,
        section,
        list,
        index,
    };
    let mut content = writing.content()?;
    let mut entries = entries_of(section, list, &content);
    if index.is_some_and(|index| index >= entries.len()) {
        return stale(&state, &visitor, page.address(), &posted);
    }
    let choices = choices_for(&state, &visitor, &opened, section).await?;
    let asked = asked(&state, &visitor, section, &choices);
    let values = asked.parse(&posted);
    let before = index.and_then(|index| entries.get(index)).cloned();
    let mut written = before.clone().unwrap_or_else(|| Value::Object(Map::new()));
    fields::write(section.fields, &values, &mut written);
    let others: Vec<&Value> = entries
        .iter()
        .enumerate()
        .filter(|(at, _)| Some(*at) != index)
        .map(|(_, entry)| entry)
        .collect();
    let mut errors = fields::judge(section.fields, &values, &choices);
    errors.extend(name_error(section, &written, &others));
    complete(section, list, &mut written, &others);
    if !errors.is_empty() {
        let typed = Typed {
            errors,
            refusal: None,
        };
        return page.answer(&asked, &entries, &values, typed);
    }
    match index {
        Some(index) => entries[index] = written,
        // the second of two clicks on "add" finds its entry there already
        None if entries.iter().any(|entry| same(entry, &written)) => {}
        None => entries.push(written),
    }
    let kept = entries.clone();
    put(section, list, &mut content, entries);
    match writing.save(&state, content, &posted).await? {
        Saved::Kept => {
            let to = onward(&posted, &page.address(), &opened.address(), section);
            Ok(Flash::good(&state.kit, "editor-saved")
                .redirect(&path(&to))
                .into_response())
        }
        Saved::Stale => stale(&state, &visitor, page.here(), &posted),
        Saved::Refused(sentence) => {
            let typed = Typed {
                errors: Vec::new(),
                refusal: Some(sentence),
            };
            page.answer(&asked, &kept, &values, typed)
        }
    }
}

/// Whether two entries say the same but for the code that was made for them.
fn same(one: &Value, other: &Value) -> bool {
    let plain = |entry: &Value| {
        let mut entry = entry.clone();
        if let Some(members) = entry.as_object_mut() {
            for made in ["code", "base"] {
                members.shift_remove(made);
            }
            members.sort_keys();
        }
        entry
    };
    plain(one) == plain(other)
}

/// The name of a form field is a key of the filled form: small letters, digits, underscores, and each once.
fn name_error(section: &Section, entry: &Value, others: &[&Value]) -> Option<FieldError> {
    if section.word != "form" {
        return None;
    }
    let name = entry.get("name").and_then(Value::as_str)?;
    let key = name.starts_with(|first: char| first.is_ascii_lowercase())
        && name.chars().all(|character| {
            character.is_ascii_lowercase() || character.is_ascii_digit() || character == '_'
        });
    if !key {
        return Some(FieldError::new("name", "editor-error-name"));
    }
    let twice = others
        .iter()
        .any(|other| other.get("name").and_then(Value::as_str) == Some(name));
    twice.then(|| FieldError::new("name", "editor-error-name-twice"))
}

/// Gives an entry what it cannot do without: a code, a name, an empty basis.
fn complete(section: &Section, list: &List, entry: &mut Value, others: &[&Value]) {
    let free = |member: &str, made: &dyn Fn(usize) -> String| {
        (others.len() + 1..)
            .map(made)
            .find(|code| {
                !others
                    .iter()
                    .any(|other| other.get(member).and_then(Value::as_str) == Some(code))
            })
            .unwrap_or_default()
    };
    let blank = |entry: &Value, member: &str| {
        entry
            .get(member)
            .and_then(Value::as_str)
            .is_none_or(|text| text.trim().is_empty())
    };
    if let Some(letter) = list.code
        && blank(entry, "code")
    {
        entry["code"] = Value::from(free("code", &|number| format!("{letter}{number}")));
    }
    if section.word == "form" && blank(entry, "name") {
        entry["name"] = Value::from(free("name", &|number| format!("field_{number}")));
    }
    if section.word == "steps" {
        super::section::tidy_limits(entry, &["first_review_limit"]);
    }
    if section.word == "special_procedures" && blank(entry, "basis") {
        entry["basis"] = Value::from("");
    }
}

/// Asks before an entry goes.
async fn ask_remove(
    State(state): State<StaffState>,
    visitor: Visitor,
    Path((item, section, entry, act)): Path<(String, String, String, String)>,
) -> Result<Response, WebError> {
    let (section, list, index) = of_address(&section, &entry)?;
    let opened = Opened::load(&state, &visitor, &item).await?;
    let back = format!("{}/edit/{}", opened.address(), section.word);
    let writing = match opened.writing(&format!("edit/{}", section.word)) {
        Ok(writing) => writing,
        Err(elsewhere) => return Ok(see_other(&elsewhere).into_response()),
    };
    let entries = entries_of(section, list, &writing.content()?);
    let gone = index
        .filter(|_| act == "remove")
        .and_then(|index| entries.get(index))
        .ok_or_else(WebError::not_found)?;
    ask::Question {
        word: "remove",
        name: title_of(list, gone),
        action: format!("{back}/{entry}/remove"),
        version: Some(writing.guard()),
        back,
        reason: None,
        refusal: None,
        danger: true,
    }
    .answer(&state, &visitor)
}

/// Takes an entry away, or moves it up or down by one.
async fn arrange(
    State(state): State<StaffState>,
    visitor: Visitor,
    Path((item, section, entry, act)): Path<(String, String, String, String)>,
    Form(posted): Form<Pairs>,
) -> Result<Response, WebError> {
    let (section, list, index) = of_address(&section, &entry)?;
    let index = index.ok_or_else(WebError::not_found)?;
    let opened = Opened::load(&state, &visitor, &item).await?;
    let writing = match opened.writing(&format!("edit/{}", section.word)) {
        Ok(writing) => writing,
        Err(elsewhere) => return Ok(see_other(&elsewhere).into_response()),
    };
    let back = format!("{}/edit/{}", opened.address(), section.word);
    let guard = posted.get("version").and_then(|version| version.parse().ok());
    let mut content = writing.content()?;
    let mut entries = entries_of(section, list, &content);
    // which entry a number means, only the page of the same version knows
    if guard != Some(writing.guard()) || index >= entries.len() {
        return stale(&state, &visitor, back, &Pairs::default());
    }
    match act.as_str() {
        "remove" => {
            entries.remove(index);
        }
        "up" if index > 0 => entries.swap(index, index - 1),
        "down" if index + 1 < entries.len() => entries.swap(index, index + 1),
        "up" | "down" => {}
        _ => return Err(WebError::not_found()),
    }
    put(section, list, &mut content, entries);
    match writing.save(&state, content, &posted).await? {
        Saved::Kept => Ok(Flash::good(&state.kit, "editor-saved")
            .redirect(&path(&back))
            .into_response()),
        Saved::Stale => stale(&state, &visitor, back, &Pairs::default()),
        Saved::Refused(sentence) => Ok(Flash::new(&state.kit, tongban_web::flash::Tone::Bad, &sentence)
            .redirect(&path(&back))
            .into_response()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_code_is_made_where_nobody_wrote_one() {
        let section = Section::of_word("materials").unwrap();
        let list = section.list.as_ref().unwrap();
        let there = [json!({"code": "M2", "name": "甲"})];
        let others: Vec<&Value> = there.iter().collect();
        let mut entry = json!({"name": "乙"});
        complete(section, list, &mut entry, &others);
        assert_eq!(entry["code"], "M3");
        let mut own = json!({"name": "乙", "code": "identity"});
        complete(section, list, &mut own, &others);
        assert_eq!(own["code"], "identity");
    }

    #[test]
    fn names_of_form_fields_are_keys() {
        let section = Section::of_word("form").unwrap();
        let there = json!({"name": "shop"});
        for (name, expected) in [
            ("area", None),
            ("Area", Some("editor-error-name")),
            ("店名", Some("editor-error-name")),
            ("1st", Some("editor-error-name")),
            ("shop", Some("editor-error-name-twice")),
        ] {
            let found = name_error(section, &json!({"name": name}), &[&there]);
            assert_eq!(found.as_ref().map(|error| error.key.as_str()), expected, "{name}");
        }
    }

    #[test]
    fn the_second_click_says_the_same() {
        assert!(same(
            &json!({"code": "M1", "name": "甲"}),
            &json!({"name": "甲", "code": "M2"})
        ));
        assert!(!same(&json!({"name": "甲"}), &json!({"name": "乙"})));
    }
}
