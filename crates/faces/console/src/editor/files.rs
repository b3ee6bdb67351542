//! The files of an item that everybody may have: the blank form and the filled sample of a material, the sample of a result. Each has a page of
//! its own, from which it is put in, replaced or taken out of the draft.

use axum::{
    Router,
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::get,
};
use serde::Serialize;
use tongban_catalogue::{AttachFile, Attachment, FilePlace, ItemContent, NewFile};
use tongban_web::{
    Flash, Form, OnceKey, Pairs, Sentence, Upload, Visitor, WebError,
    forms::{ErrorLink, FieldError},
    layers::body_limit,
    local_path::see_other,
    once,
    upload::{FileKind, UploadRules, UploadedFile},
};

use super::{Opened, Writing, ask, sections::Section, stale};
use crate::{
    StaffState,
    parts::{Crumb, frame, path, refusal, render_with},
    told::Told,
};

const MEGABYTE: usize = 1024 * 1024;
/// The largest file: what a phone still loads while somebody waits.
const LARGEST_FILE: usize = 10 * MEGABYTE;
/// Up to here a form is read to its end, so that a file that is too large is told beside its field.
const LARGEST_FORM: usize = 5 * LARGEST_FILE;

pub(super) fn routes() -> Router<StaffState> {
    Router::new()
        .route(
            "/desk/items/{item}/files/{section}/{entry}/{place}",
            get(show).post(take).layer(body_limit(LARGEST_FORM)),
        )
        .route(
            "/desk/items/{item}/files/{section}/{entry}/{place}/remove",
            get(ask_remove).post(remove),
        )
}

/// The places for files of one entry of a section, by their words.
fn words(section: &str) -> &'static [&'static str] {
    match section {
        "materials" => &["blank", "example"],
        "results" => &["sample"],
        _ => &[],
    }
}

/// One place, as the page of its entry shows it.
#[derive(Serialize)]
pub(super) struct Slot {
    title: Sentence,
    href: String,
    /// The file that is there.
    file: Option<FileView>,
}

#[derive(Serialize)]
struct FileView {
    name: String,
    kilobytes: u64,
    href: String,
}

impl FileView {
    fn of(item: &str, file: &Attachment) -> Self {
        Self {
            name: file.name.clone(),
            kilobytes: file.bytes.div_ceil(1024),
            href: format!("/items/{item}/files/{}", file.id),
        }
    }
}

/// The places of an entry that stands in the draft.
pub(super) fn slots(writing: &Writing<'_>, section: &Section, entry: usize) -> Vec<Slot> {
    let content = &writing.draft.version.content;
    words(section.word)
        .iter()
        .filter_map(|word| Place::of(content, section.word, entry, word))
        .map(|place| place.slot(writing))
        .collect()
}

/// Where a file of the draft stands, or may stand.
struct Place {
    place: FilePlace,
    section: &'static Section,
    entry: usize,
    /// What the material or the result is called.
    name: String,
    file: Option<Attachment>,
}

impl Place {
    fn of(content: &ItemContent, section: &str, entry: usize, word: &str) -> Option<Self> {
        let section = Section::of_word(section)?;
        let (place, name, file) = match (section.word, word) {
            ("materials", "blank" | "example") => {
                let material = content.materials.get(entry)?;
                let code = material.code.clone();
                let (place, file) = match word {
                    "blank" => (FilePlace::Blank(code), &material.blank),
                    _ => (FilePlace::Example(code), &material.example),
                };
                (place, &material.name, file)
            }
            ("results", "sample") => {
                let result = content.results.get(entry)?;
                (FilePlace::Sample(entry), &result.name, &result.sample_file)
            }
            _ => return None,
        };
        Some(Self {
            place,
            section,
            entry,
            name: name.clone(),
            file: file.clone(),
        })
    }

    fn title(&self) -> Sentence {
        Sentence::key(format!("editor-file-{}", self.place.as_str()))
    }

    fn address(&self, opened: &Opened) -> String {
        format!(
            "{}/files/{}/{}/{}",
            opened.address(),
            self.section.word,
            self.entry,
            self.place.as_str()
        )
    }

    /// The page of the entry.
    fn back(&self, opened: &Opened) -> String {
        format!("{}/edit/{}/{}", opened.address(), self.section.word, self.entry)
    }

    fn view(&self, opened: &Opened) -> Option<FileView> {
        self.file
            .as_ref()
            .map(|file| FileView::of(&opened.line.id.to_string(), file))
    }

    fn slot(&self, writing: &Writing<'_>) -> Slot {
        Slot {
            title: self.title(),
            href: self.address(writing.opened),
            file: self.view(writing.opened),
        }
    }
}

#[derive(Serialize)]
struct FilePage {
    crumbs: Vec<Crumb>,
    /// What the material or the result is called.
    name: String,
    title: Sentence,
    address: String,
    back: String,
    version: i32,
    limit: usize,
    file: Option<FileView>,
    error: Option<Sentence>,
    links: Vec<ErrorLink>,
}

fn page(
    state: &StaffState,
    visitor: &Visitor,
    writing: &Writing<'_>,
    place: &Place,
    error: Option<Sentence>,
) -> Result<Response, WebError> {
    let opened = writing.opened;
    let mut crumbs = opened.crumbs(place.title());
    crumbs.insert(
        2,
        Crumb::link(place.back(opened), Sentence::plain(place.name.clone())),
    );
    let status = if error.is_some() {
        StatusCode::UNPROCESSABLE_ENTITY
    } else {
        StatusCode::OK
    };
    let data = FilePage {
        crumbs,
        name: place.name.clone(),
        title: place.title(),
        address: place.address(opened),
        back: place.back(opened),
        version: writing.guard(),
        limit: LARGEST_FILE / MEGABYTE,
        file: place.view(opened),
        links: error
            .iter()
            .map(|sentence| ErrorLink {
                id: Some("f-file".to_owned()),
                label: None,
                sentence: sentence.clone(),
            })
            .collect(),
        error,
    };
    render_with(
        state,
        &frame(state, visitor),
        "desk/item_file.html",
        &data,
        status,
    )
}

/// The parts of an address: item, section, entry, place.
type Address = (String, String, usize, String);

/// The draft to write in and the place in it; else where to go first.
fn open<'opened>(
    opened: &'opened Opened,
    (_, section, entry, word): &Address,
) -> Result<Result<(Writing<'opened>, Place), Response>, WebError> {
    let writing = match opened.writing(&format!("edit/{section}")) {
        Ok(writing) => writing,
        Err(elsewhere) => return Ok(Err(see_other(&elsewhere).into_response())),
    };
    let place =
        Place::of(&writing.draft.version.content, section, *entry, word).ok_or_else(WebError::not_found)?;
    Ok(Ok((writing, place)))
}

async fn show(
    State(state): State<StaffState>,
    visitor: Visitor,
    Path(address): Path<Address>,
) -> Result<Response, WebError> {
    let opened = Opened::load(&state, &visitor, &address.0).await?;
    match open(&opened, &address)? {
        Ok((writing, place)) => page(&state, &visitor, &writing, &place, None),
        Err(elsewhere) => Ok(elsewhere),
    }
}

async fn take(
    State(state): State<StaffState>,
    visitor: Visitor,
    Path(address): Path<Address>,
    upload: Upload,
) -> Result<Response, WebError> {
    let opened = Opened::load(&state, &visitor, &address.0).await?;
    let received = upload
        .read(&UploadRules {
            largest_file: LARGEST_FILE,
            most_files: 1,
            kinds: FileKind::ALL.to_vec(),
        })
        .await?;
    let (writing, place) = match open(&opened, &address)? {
        Ok(opened) => opened,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let wrong = received.errors.first().map(FieldError::sentence);
    let file = match (received.files.into_iter().next(), wrong) {
        (_, Some(wrong)) => return page(&state, &visitor, &writing, &place, Some(wrong)),
        (None, None) => {
            let missing = FieldError::new("file", "error-file-required").sentence();
            return page(&state, &visitor, &writing, &place, Some(missing));
        }
        (Some(file), None) => file,
    };
    let blob = state.store.blobs().put(&file.bytes).await?;
    let UploadedFile {
        name, kind, bytes, ..
    } = file;
    let new = NewFile {
        name,
        media: kind.media_type().to_owned(),
        bytes: u64::try_from(bytes.len()).unwrap_or(u64::MAX),
        blob,
    };
    keep(&state, &visitor, &writing, &place, Some(new), &received.pairs).await
}

/// Puts a file in its place, or nothing; once for a form.
async fn keep(
    state: &StaffState,
    visitor: &Visitor,
    writing: &Writing<'_>,
    place: &Place,
    file: Option<NewFile>,
    posted: &Pairs,
) -> Result<Response, WebError> {
    let opened = writing.opened;
    let thing = (
        place.address(opened),
        file.as_ref().map(|file| file.blob.as_str()),
    );
    let key = OnceKey::of_form(
        &state.kit,
        &opened.actor,
        "POST /desk/items/files",
        &thing,
        posted,
    )?;
    let input = AttachFile {
        item: opened.line.id,
        expected: posted
            .get("version")
            .and_then(|version| version.parse().ok())
            .unwrap_or_default(),
        place: place.place.clone(),
        file,
    };
    let kept = once(
        &state.store,
        &opened.actor,
        key,
        input,
        |tx, by, input| async move {
            tongban_catalogue::attach_file(&tx, &by, input)
                .await
                .told()
                .map(|drafted| drafted.guard)
        },
    );
    match kept.await {
        Ok(_) => Ok(Flash::good(&state.kit, "editor-saved")
            .redirect(&path(&place.back(opened)))
            .into_response()),
        Err(error) if error.status() == StatusCode::CONFLICT => {
            stale(state, visitor, place.address(opened), &Pairs::default())
        }
        Err(error) => match refusal(&error, state.kit.pages.texts()) {
            Some(sentence) => page(state, visitor, writing, place, Some(sentence)),
            None => Err(error),
        },
    }
}

async fn ask_remove(
    State(state): State<StaffState>,
    visitor: Visitor,
    Path(address): Path<Address>,
) -> Result<Response, WebError> {
    let opened = Opened::load(&state, &visitor, &address.0).await?;
    let (writing, place) = match open(&opened, &address)? {
        Ok(opened) => opened,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let file = place.file.as_ref().ok_or_else(WebError::not_found)?;
    ask::Question {
        word: "remove-file",
        name: file.name.clone(),
        action: format!("{}/remove", place.address(&opened)),
        version: Some(writing.guard()),
        back: place.address(&opened),
        reason: None,
        refusal: None,
        danger: true,
    }
    .answer(&state, &visitor)
}

async fn remove(
    State(state): State<StaffState>,
    visitor: Visitor,
    Path(address): Path<Address>,
    Form(posted): Form<Pairs>,
) -> Result<Response, WebError> {
    let opened = Opened::load(&state, &visitor, &address.0).await?;
    let (writing, place) = match open(&opened, &address)? {
        Ok(opened) => opened,
        Err(elsewhere) => return Ok(elsewhere),
    };
    if place.file.is_none() {
        // the second of two clicks
        return Ok(Flash::good(&state.kit, "editor-saved")
            .redirect(&path(&place.back(&opened)))
            .into_response());
    }
    keep(&state, &visitor, &writing, &place, None, &posted).await
}
