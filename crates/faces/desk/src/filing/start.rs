//! Who applies: typed from the document that lies on the counter.

use axum::{
    Router,
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::get,
};
use serde::Serialize;
use tongban_access::{Action, Actor, PartyKind};
use tongban_cases::{Applicant, Consent, StartDraft};
use tongban_catalogue::{Audience, ItemRef, ItemVersion, applicable, published};
use tongban_codes::{CitizenNumber, Phone, Uscc};
use tongban_procedure::State as CaseState;
use tongban_web::{
    Form, OnceKey, Pairs, Sentence, Visitor, WebError,
    forms::{ErrorLink, FieldError, FieldView, summary},
    local_path::see_other,
    once,
};
use uuid::Uuid;

use super::{sources::fetch, steps};
use crate::{
    StaffState,
    parts::{Crumb, frame, path, refusal, render_with, staff, today},
    told::Told,
};

pub(super) fn routes() -> Router<StaffState> {
    Router::new().route("/desk/file/start/{item}", get(ask).post(begin))
}

#[derive(Serialize)]
struct StartPage {
    crumbs: Vec<Crumb>,
    steps: Vec<Sentence>,
    name: String,
    action: String,
    /// The kinds of applicant that the matter serves; `kind` is chosen.
    kinds: Vec<&'static str>,
    kind: String,
    fields: Vec<FieldView>,
    present: bool,
    present_error: Option<Sentence>,
    links: Vec<ErrorLink>,
}

/// What the clerk typed.
#[derive(Debug, Default, Clone)]
struct Typed {
    kind: String,
    name: String,
    number: String,
    phone: String,
    present: bool,
}

impl Typed {
    fn read(posted: &Pairs) -> Self {
        let text = |name: &str| posted.get(name).unwrap_or_default().trim().to_owned();
        Self {
            kind: text("kind"),
            name: text("name"),
            number: text("number"),
            phone: text("phone"),
            present: posted.get("present") == Some("true"),
        }
    }

    /// The applicant in strict form, or what is to be put right.
    fn applicant(&self, item: &ItemVersion) -> Result<Applicant, Vec<FieldError>> {
        let mut errors = Vec::new();
        let kind = PartyKind::from_word(&self.kind).filter(|kind| item.content.serves(Audience::from(*kind)));
        if kind.is_none() {
            errors.push(FieldError::new("kind", "error-choice"));
        }
        if self.name.is_empty() {
            errors.push(FieldError::new("name", "error-required"));
        }
        let kind = kind.unwrap_or(PartyKind::Person);
        let number = match kind {
            _ if self.number.is_empty() => Err("error-required"),
            PartyKind::Person => CitizenNumber::parse_lenient(&self.number)
                .map(|number| number.as_str().to_owned())
                .map_err(|_| "error-citizen-number"),
            PartyKind::Enterprise => Uscc::parse_lenient(&self.number)
                .map(|code| code.as_str().to_owned())
                .map_err(|_| "error-uscc"),
        };
        let number = number
            .map_err(|key| errors.push(FieldError::new("number", key)))
            .unwrap_or_default();
        let phone = match self.phone.as_str() {
            "" => None,
            typed => Phone::parse_lenient(typed)
                .map(|phone| phone.as_str().to_owned())
                .map_err(|_| errors.push(FieldError::new("phone", "error-mobile")))
                .ok(),
        };
        if errors.is_empty() {
            Ok(Applicant {
                account: None,
                kind,
                name: self.name.clone(),
                number,
                phone,
            })
        } else {
            Err(errors)
        }
    }

    fn fields(&self, errors: &[FieldError]) -> Vec<FieldView> {
        let field = |name: &str, label: &str, value: &str, required: bool| {
            let mut view = FieldView::text(name, label);
            view.value = value.to_owned();
            view.required = required;
            // what a clerk types about others must not be offered again to the next in the queue
            view.autocomplete = Some("off".to_owned());
            view.error = errors
                .iter()
                .find(|error| error.field == name)
                .map(FieldError::sentence);
            view
        };
        let mut phone = field("phone", "desk-file-phone", &self.phone, false);
        phone.input_type = "tel";
        phone.check = Some("mobile".to_owned());
        vec![
            field("name", "desk-file-name", &self.name, true),
            field("number", "desk-file-number", &self.number, true),
            phone,
        ]
    }
}

async fn find(state: &StaffState, item: &str) -> Result<ItemVersion, WebError> {
    let found = published(&state.store, ItemRef::from_segment(item), today(&state.store))
        .await
        .told()?;
    found.filter(applicable).ok_or_else(WebError::not_found)
}

fn show(
    state: &StaffState,
    visitor: &Visitor,
    item: &ItemVersion,
    typed: &Typed,
    errors: &[FieldError],
) -> Result<Response, WebError> {
    let texts = state.kit.pages.texts();
    let mut fields = typed.fields(errors);
    for field in &mut fields {
        field.label = texts.say(visitor.locale(), &Sentence::key(field.label.clone()));
    }
    let kinds: Vec<&'static str> = [PartyKind::Person, PartyKind::Enterprise]
        .into_iter()
        .filter(|kind| item.content.serves(Audience::from(*kind)))
        .map(PartyKind::as_str)
        .collect();
    let kind = if typed.kind.is_empty() {
        kinds.first().map_or("", |kind| kind)
    } else {
        &typed.kind
    };
    let data = StartPage {
        crumbs: vec![
            Crumb::link("/desk/file", Sentence::key("desk-nav-file")),
            Crumb::here(Sentence::plain(item.content.name.clone())),
        ],
        steps: steps(),
        name: item.content.name.clone(),
        action: format!("/desk/file/start/{}", item.item),
        kind: kind.to_owned(),
        kinds,
        links: summary(&fields, errors),
        fields,
        present: typed.present,
        present_error: errors
            .iter()
            .find(|error| error.field == "present")
            .map(FieldError::sentence),
    };
    let status = if errors.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    render_with(
        state,
        &frame(state, visitor),
        "desk/file_start.html",
        &data,
        status,
    )
}

async fn ask(
    State(state): State<StaffState>,
    visitor: Visitor,
    Path(item): Path<String>,
) -> Result<Response, WebError> {
    staff(&visitor, Action::CaseFileAtWindow)?;
    let item = find(&state, &item).await?;
    show(&state, &visitor, &item, &Typed::default(), &[])
}

async fn start(
    state: &StaffState,
    actor: &Actor,
    key: Option<OnceKey>,
    input: StartDraft,
) -> Result<Uuid, WebError> {
    once(&state.store, actor, key, input, |tx, by, input| async move {
        let started = tongban_cases::start_draft(&tx, &by, input).await.told()?;
        Ok(started.case)
    })
    .await
}

async fn begin(
    State(state): State<StaffState>,
    visitor: Visitor,
    Path(item): Path<String>,
    Form(posted): Form<Pairs>,
) -> Result<Response, WebError> {
    let actor = &staff(&visitor, Action::CaseFileAtWindow)?.actor;
    let item = find(&state, &item).await?;
    let typed = Typed::read(&posted);
    let mut applicant = match typed.applicant(&item) {
        Ok(applicant) => applicant,
        Err(errors) => return show(&state, &visitor, &item, &typed, &errors),
    };
    applicant.account = tongban_identity::find_party(&state.store, applicant.kind, &applicant.number)
        .await
        .told()?;
    let organisation = tongban_directory::organisation(&state.store, item.organisation)
        .await
        .told()?;
    let input = StartDraft {
        organisation_name: organisation.map_or_else(|| item.content.department.clone(), |office| office.name),
        item: item.clone(),
        applicant,
        present: typed.present,
    };
    // two drafts of one person for one matter may be meant; two clicks on one page are not
    let key = OnceKey::of_form(&state.kit, actor, "POST /desk/file/start", &item.item, &posted)?;
    let mut started = start(&state, actor, key, input.clone()).await;
    if let Ok(case) = &started {
        let standing = tongban_cases::case_standing(&state.store, actor, *case)
            .await
            .told()?;
        if standing.is_none_or(|standing| standing.state != CaseState::Draft) {
            // an old page that the browser showed again: what it began is handed in or thrown away by now
            started = start(&state, actor, None, input).await;
        }
    }
    match started {
        // a matter that reads nothing has nothing to ask for
        Ok(case) if tongban_catalogue::resources_of(&item.content).is_empty() => {
            let consent = Consent {
                case,
                resources: Vec::new(),
            };
            fetch(&state, actor, item, consent).await
        }
        Ok(case) => Ok(see_other(&path(&format!("/desk/file/{case}/sources"))).into_response()),
        Err(error) => {
            let Some(Sentence::Key { key, args }) = refusal(&error, state.kit.pages.texts()) else {
                return Err(error);
            };
            let field = match error.code() {
                "case.presence" => "present",
                "case.name_differs" => "name",
                _ => "kind",
            };
            let errors = [FieldError {
                field: field.to_owned(),
                key,
                args,
            }];
            show(&state, &visitor, &item, &typed, &errors)
        }
    }
}
