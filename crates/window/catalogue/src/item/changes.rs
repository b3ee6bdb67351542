//! What differs between two versions of an item. Pure.

use std::collections::BTreeSet;

use serde::Serialize;
use serde_json::{Map, Value};

use super::domain::ItemContent;

/// One element of the content that differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Change {
    /// The element: `name`, `promised_limit`, `materials`, as findings name it.
    pub field: String,
    /// What stood there, where it is a text, a number or a flag.
    pub before: Option<String>,
    /// What stands there now.
    pub after: Option<String>,
    /// Entries of a list: how many are new, gone, and written otherwise.
    pub entries: Option<Entries>,
}

/// How the entries of a list differ.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Entries {
    pub added: usize,
    pub removed: usize,
    pub changed: usize,
    /// Only their order is another one.
    pub moved: bool,
}

/// The elements that differ, in the order of their names.
pub fn changes(before: &ItemContent, after: &ItemContent) -> Vec<Change> {
    let (before, after) = (members(before), members(after));
    let names: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    names
        .into_iter()
        .filter(|name| said(before.get(*name)) != said(after.get(*name)))
        .map(|name| change(name, said(before.get(name)), said(after.get(name))))
        .collect()
}

fn members(content: &ItemContent) -> Map<String, Value> {
    match serde_json::to_value(content) {
        Ok(Value::Object(members)) => members,
        _ => Map::new(),
    }
}

/// Nothing, an empty text and an empty list all say nothing.
fn said(value: Option<&Value>) -> Option<&Value> {
    value.filter(|value| match value {
        Value::Null => false,
        Value::String(text) => !text.is_empty(),
        Value::Array(values) => !values.is_empty(),
        _ => true,
    })
}

fn change(name: &str, before: Option<&Value>, after: Option<&Value>) -> Change {
    let of_lists = [before, after].into_iter().flatten().all(Value::is_array);
    Change {
        field: name.to_owned(),
        before: before.and_then(words),
        after: after.and_then(words),
        entries: of_lists.then(|| entries(list(before), list(after))),
    }
}

fn list(value: Option<&Value>) -> &[Value] {
    value.and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// A value in one line; a list of texts joined, an object by its plain members.
fn words(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        Value::Array(values) => {
            let texts: Option<Vec<&str>> = values.iter().map(Value::as_str).collect();
            texts.map(|texts| texts.join("、"))
        }
        Value::Object(_) | Value::Null => None,
    }
}

/// Entries are the same by their code, where they have one, else by what they say.
fn entries(before: &[Value], after: &[Value]) -> Entries {
    fn key(value: &Value) -> &Value {
        value.get("code").unwrap_or(value)
    }
    let with_key =
        |values: &[Value], wanted: &Value| values.iter().find(|value| key(value) == wanted).cloned();
    let added = after
        .iter()
        .filter(|value| with_key(before, key(value)).is_none())
        .count();
    let removed = before
        .iter()
        .filter(|value| with_key(after, key(value)).is_none())
        .count();
    let changed = after
        .iter()
        .filter(|value| with_key(before, key(value)).is_some_and(|old| old != **value))
        .count();
    Entries {
        added,
        removed,
        changed,
        moved: added + removed + changed == 0,
    }
}

#[cfg(test)]
mod tests {
    use tongban_codes::ItemType;

    use super::*;
    use crate::item::domain::{Material, Place};

    #[test]
    fn names_what_differs_and_nothing_else() {
        let before = ItemContent::new("食品经营许可", ItemType::Permit);
        assert!(changes(&before, &before.clone()).is_empty());
        let mut after = before.clone();
        after.name = "食品经营许可（新办）".to_owned();
        after.summary = Some("开饭店前要办的证。".to_owned());
        after.materials = vec![Material::new("M1", "平面图")];
        let fields: Vec<String> = changes(&before, &after)
            .into_iter()
            .map(|change| change.field)
            .collect();
        assert_eq!(fields, ["materials", "name", "summary"]);
        let change = &changes(&before, &after)[1];
        assert_eq!(
            (change.before.as_deref(), change.after.as_deref()),
            (Some("食品经营许可"), Some("食品经营许可（新办）"))
        );
    }

    #[test]
    fn lists_are_compared_entry_by_entry() {
        let with = |materials: Vec<Material>| ItemContent {
            materials,
            ..ItemContent::new("某事", ItemType::Permit)
        };
        let (one, two) = (Material::new("M1", "平面图"), Material::new("M2", "申请表"));
        let renamed = Material::new("M1", "经营场所平面图");
        for (before, after, expected) in [
            (
                vec![one.clone()],
                vec![one.clone(), two.clone()],
                (1, 0, 0, false),
            ),
            (
                vec![one.clone(), two.clone()],
                vec![two.clone()],
                (0, 1, 0, false),
            ),
            (vec![one.clone()], vec![renamed], (0, 0, 1, false)),
            (vec![one.clone(), two.clone()], vec![two, one], (0, 0, 0, true)),
        ] {
            let found = changes(&with(before), &with(after)).remove(0).entries.unwrap();
            assert_eq!((found.added, found.removed, found.changed, found.moved), expected);
        }
    }

    #[test]
    fn entries_without_a_code_are_the_same_by_what_they_say() {
        let place = |name: &str| Place {
            name: name.to_owned(),
            ..Place::default()
        };
        let with = |places: Vec<Place>| ItemContent {
            places,
            ..ItemContent::new("某事", ItemType::Permit)
        };
        let found = changes(&with(vec![place("甲")]), &with(vec![place("乙")])).remove(0);
        let entries = found.entries.unwrap();
        assert_eq!((entries.added, entries.removed), (1, 1));
    }
}
