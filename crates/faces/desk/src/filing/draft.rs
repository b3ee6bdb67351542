//! A case that a clerk fills: a draft begun at the window, or the supplement of a case filed there.

use std::collections::BTreeMap;

use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value};
use tongban_access::{Action, Actor};
use tongban_cases::{CaseView, OriginKind};
use tongban_catalogue::{ItemVersion, Necessity};
use tongban_procedure::State as CaseState;
use tongban_web::{
    Pairs, Sentence, Visitor, WebError,
    forms::{self, FieldError},
    local_path::see_other,
};
use uuid::Uuid;

use crate::{
    StaffState,
    case::words::{Tag, field_errors, masked},
    parts::{Crumb, act, calendar, id, path, staff},
    told::Told,
};

/// The case with its item, and the clerk who fills it.
pub(super) struct Draft {
    pub actor: Actor,
    pub view: CaseView,
    pub item: ItemVersion,
}

impl Draft {
    /// Loads what this clerk may fill. To anybody else it does not exist.
    pub(super) async fn load(state: &StaffState, visitor: &Visitor, case: &str) -> Result<Self, WebError> {
        let actor = staff(visitor, Action::CaseFileAtWindow)?.actor.clone();
        let case = id(case)?;
        let calendar = calendar(&state.store).await?;
        let view = tongban_cases::case_view(&state.store, &actor, &calendar, case)
            .await
            .told()?;
        let view = view.ok_or_else(WebError::not_found)?;
        if view.state != CaseState::Draft {
            // a filed case shows more than the clerk typed: this look is on record like any other
            let look = act(state, &actor, case, |tx, by, case| async move {
                tongban_cases::record_view(&tx, &by, case).await
            });
            look.await.told()?;
        }
        let item = tongban_catalogue::version_of_case(&state.store, view.item_version)
            .await
            .told()?;
        Ok(Self {
            actor,
            view,
            item: item.ok_or_else(WebError::not_found)?,
        })
    }

    pub(super) fn id(&self) -> Uuid {
        self.view.id
    }

    /// The beginning of the addresses of its pages.
    pub(super) fn address(&self) -> String {
        format!("/desk/file/{}", self.id())
    }

    /// Whether it is being filled.
    pub(super) fn is_open(&self) -> bool {
        match self.view.state {
            CaseState::Draft => true,
            CaseState::Supplement => self.is_for_applicant(),
            _ => false,
        }
    }

    /// The page of a case that cannot be filled any more.
    pub(super) fn closed(&self) -> Option<Response> {
        (!self.is_open()).then(|| see_other(&path(&format!("/desk/cases/{}", self.id()))).into_response())
    }

    /// Whether it is filed and waits for what may follow (容缺后补).
    pub(super) fn follows(&self) -> bool {
        self.is_for_applicant() && !tongban_cases::still_to_follow(&self.view, &self.item).is_empty()
    }

    /// Of a filed case: its applicant has no account, or stands at the window today.
    fn is_for_applicant(&self) -> bool {
        self.view.account.is_none() || self.view.attended
    }

    /// What was asked for, when this is a supplement.
    pub(super) fn supplement(&self) -> Option<String> {
        self.view
            .supplement_text
            .clone()
            .filter(|_| self.view.state == CaseState::Supplement)
    }

    pub(super) fn crumbs(&self, here: &str) -> Vec<Crumb> {
        vec![
            Crumb::link("/desk/file", Sentence::key("desk-nav-file")),
            Crumb::here(Sentence::plain(self.view.item_name.clone())),
            Crumb::here(Sentence::key(here)),
        ]
    }

    fn properties(&self) -> impl Iterator<Item = (&String, &Value)> {
        self.item
            .content
            .form
            .get("properties")
            .and_then(Value::as_object)
            .into_iter()
            .flatten()
    }

    /// The masked value of a field that holds an identifier from elsewhere: it is shown, and is no input.
    fn hidden_value(&self, field: &str) -> Option<String> {
        let origin = self.view.origins.get(field)?;
        if matches!(origin.kind, OriginKind::You | OriginKind::Waiting) {
            return None;
        }
        masked(self.view.values.get(field)?.as_str()?)
    }

    /// Where values came from, as tags below the fields.
    pub(super) fn origins(&self) -> BTreeMap<String, forms::Origin> {
        let tag = |(field, origin): (&String, &tongban_cases::Origin)| {
            let Tag { tone, sentence } = Tag::of(origin);
            let shown = self.hidden_value(field);
            (
                field.clone(),
                forms::Origin {
                    tone,
                    sentence,
                    shown,
                    wrong_href: None,
                },
            )
        };
        self.view.origins.iter().map(tag).collect()
    }

    /// The posted values, and `null` for fields that held something and were emptied.
    pub(super) fn posted_values(&self, posted: &Pairs) -> Map<String, Value> {
        let Value::Object(mut values) = forms::parse(&self.item.content.form, posted) else {
            return Map::new();
        };
        for (field, property) in self.properties() {
            if self.hidden_value(field).is_some() {
                values.remove(field);
                continue;
            }
            // a list of boxes posts nothing when none is ticked
            let list = property.get("type").and_then(Value::as_str) == Some("array");
            let on_page = list || posted.get(field).is_some();
            let held = self.view.values.get(field).is_some_and(|value| !value.is_null());
            if on_page && held && !values.contains_key(field) {
                values.insert(field.clone(), Value::Null);
            }
        }
        values
    }

    /// Everything wrong with what is filled in.
    pub(super) fn problems(&self) -> Vec<FieldError> {
        field_errors(tongban_catalogue::problems(
            &self.item.content.form,
            &self.view.values,
        ))
    }

    /// Names of required materials that are not there yet.
    pub(super) fn missing(&self) -> Vec<String> {
        self.view.missing(&self.item, Necessity::Required)
    }
}
