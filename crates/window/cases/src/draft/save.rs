//! Save a draft as it is typed.

use serde_json::{Map, Value};
use tongban_access::{Action, Actor};
use tongban_catalogue::ItemVersion;
use tongban_procedure::State;
use tongban_store::Tx;
use uuid::Uuid;

use crate::{
    case::{
        domain::{Origin, OriginKind},
        save,
    },
    error::{Error, refused, refused_with},
};

/// Largest form that a draft keeps, in bytes of JSON.
const LARGEST_FORM: usize = 256 * 1024;

/// Save what has been typed so far. It need not be valid yet.
#[derive(Debug, Clone)]
pub struct SaveDraft {
    pub case: Uuid,
    pub item: ItemVersion,
    /// The version that the page was read from; an older page is refused with a conflict.
    pub seen: Option<i32>,
    /// Only the fields that the page holds; others stay.
    pub values: Map<String, Value>,
}

/// Saves a draft (or the form of a supplement) and answers its new version. A conflict where the page or the item is not the one of the case.
pub async fn save_draft(tx: &Tx, actor: &Actor, input: SaveDraft) -> Result<i32, Error> {
    let loaded = save::load(tx, actor, Action::CaseApply, input.case).await?;
    save::same_version(&loaded, input.seen)?;
    save::same_item(&loaded, &input.item)?;
    if !matches!(loaded.state, State::Draft | State::Supplement) {
        return Err(refused_with(
            "case.wrong_state",
            &[("state", loaded.state.as_str())],
        ));
    }
    let mut form = save::form(tx, &loaded.row)?;
    let known = input
        .item
        .content
        .form
        .get("properties")
        .and_then(Value::as_object)
        .cloned()
        .unwrap_or_default();
    for (field, value) in input.values {
        // What the form does not ask for is not kept.
        if !known.contains_key(&field) {
            continue;
        }
        if form.values.get(&field) == Some(&value) {
            continue;
        }
        // A field that was empty and stayed empty was not typed: a source that comes back may still fill it.
        let empty = value.is_null() || value.as_str() == Some("");
        if empty && !form.values.contains_key(&field) {
            continue;
        }
        form.origins.insert(
            field.clone(),
            Origin {
                kind: OriginKind::You,
                label: String::new(),
                reference: None,
                at: None,
            },
        );
        form.values.insert(field, value);
    }
    if serde_json::to_string(&form.values)
        .map_err(tongban_store::StoreError::from)?
        .len()
        > LARGEST_FORM
    {
        return Err(refused("case.form_too_large"));
    }
    let mut row = loaded.row.clone();
    save::set_form(tx, &mut row, &form)?;
    Ok(save::store(tx, &loaded, row).await?.version)
}
