//! An item that is not there yet: its code, its organisation, its name and its type; the rest is written in its draft.

use axum::{
    Router,
    extract::State,
    response::{IntoResponse, Response},
    routing::get,
};
use serde_json::{Value, json};
use tongban_access::Action;
use tongban_catalogue::{DraftVersion, ItemContent};
use tongban_codes::ItemType;
use tongban_web::{
    Flash, Form, OnceKey, Pairs, Sentence, Visitor, WebError,
    forms::{self, FieldError},
    once,
};

use super::{
    choices,
    fields::{self, Asked, Choices, Field, Kind, World},
    refusal_link,
    section::FieldsPage,
};
use crate::{
    StaffState,
    parts::{Crumb, id, path, refusal, staff},
    told::Told,
};

pub(super) fn routes() -> Router<StaffState> {
    Router::new().route("/desk/items/new", get(show).post(make))
}

const FIELDS: &[Field] = &[
    Field::required("name", Kind::Line),
    Field::required("code", Kind::Line),
    Field::required("item_type", Kind::ItemType),
    Field::required("organisation", Kind::World(World::Organisations)),
];

async fn known(state: &StaffState, visitor: &Visitor) -> Result<Choices, WebError> {
    let actor = &staff(visitor, Action::ItemManage)?.actor;
    let texts = state.kit.pages.texts();
    choices(state, actor, FIELDS, |key| {
        texts.say(visitor.locale(), &Sentence::key(key))
    })
    .await
}

fn page(
    state: &StaffState,
    visitor: &Visitor,
    choices: &Choices,
    values: &Value,
    errors: &[FieldError],
    refusal: Option<Sentence>,
) -> Result<Response, WebError> {
    let form_fields = asked(state, visitor, choices).views(values, errors);
    let mut links = forms::summary(&form_fields, errors);
    links.extend(refusal.map(refusal_link));
    FieldsPage {
        crumbs: vec![
            Crumb::link("/desk/items", Sentence::key("desk-nav-items")),
            Crumb::here(Sentence::key("editor-new")),
        ],
        name: String::new(),
        title: Sentence::key("editor-new"),
        lead: Some(Sentence::key("editor-new-lead")),
        action: "/desk/items/new".to_owned(),
        back: "/desk/items".to_owned(),
        version: 0,
        form_fields,
        links,
        to_mend: 0,
        next: false,
        remove_href: None,
        creates: true,
        files: Vec::new(),
    }
    .answer(state, visitor)
}

fn asked<'a>(state: &'a StaffState, visitor: &Visitor, choices: &'a Choices) -> Asked<'a> {
    Asked {
        section: "new",
        fields: FIELDS,
        choices,
        texts: state.kit.pages.texts(),
        locale: visitor.locale(),
    }
}

async fn show(State(state): State<StaffState>, visitor: Visitor) -> Result<Response, WebError> {
    let choices = known(&state, &visitor).await?;
    page(&state, &visitor, &choices, &json!({"item_type": "01"}), &[], None)
}

async fn make(
    State(state): State<StaffState>,
    visitor: Visitor,
    Form(posted): Form<Pairs>,
) -> Result<Response, WebError> {
    let actor = staff(&visitor, Action::ItemManage)?.actor.clone();
    let choices = known(&state, &visitor).await?;
    let values = asked(&state, &visitor, &choices).parse(&posted);
    let errors = fields::judge(FIELDS, &values, &choices);
    if !errors.is_empty() {
        return page(&state, &visitor, &choices, &values, &errors, None);
    }
    let text = |name: &str| values.get(name).and_then(Value::as_str).unwrap_or_default();
    let Ok(item_type) = ItemType::from_code(text("item_type")) else {
        let error = FieldError::new("item_type", "error-choice");
        return page(&state, &visitor, &choices, &values, &[error], None);
    };
    let organisation = tongban_directory::organisation(&state.store, id(text("organisation"))?)
        .await
        .told()?
        .ok_or_else(WebError::not_found)?;
    let content = ItemContent {
        department: organisation
            .short_name
            .clone()
            .unwrap_or_else(|| organisation.name.clone()),
        ..ItemContent::new(text("name"), item_type)
    };
    let input = DraftVersion {
        item: None,
        code: text("code").to_owned(),
        region: organisation.region.clone(),
        organisation: organisation.id,
        content,
        effective_from: None,
        expected: None,
    };
    let key = OnceKey::of_form(&state.kit, &actor, "POST /desk/items/new", &(), &posted)?;
    let made = once(&state.store, &actor, key, input, |tx, by, input| async move {
        tongban_catalogue::draft_version(&tx, &by, input)
            .await
            .told()
            .map(|drafted| drafted.item)
    });
    match made.await {
        Ok(item) => Ok(Flash::good(&state.kit, "editor-made")
            .redirect(&path(&format!("/desk/items/{item}")))
            .into_response()),
        Err(error) => match refusal(&error, state.kit.pages.texts()) {
            Some(sentence) => page(&state, &visitor, &choices, &values, &[], Some(sentence)),
            None => Err(error),
        },
    }
}
