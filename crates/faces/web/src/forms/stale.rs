//! A form that was changed elsewhere while somebody filled an older page of it: what was typed stays on the page, and beside it
//! stands what the other page wrote.

use serde::Serialize;
use serde_json::{Map, Value};

use super::FieldView;
use crate::sentence::Sentence;

/// What a field holds that was changed elsewhere.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Elsewhere {
    /// What is asked.
    pub label: String,
    /// What is stored: one text, or the choices; nothing where it was emptied.
    pub stored: Vec<Sentence>,
}

/// The stored values with what was typed over them; `null` empties a field.
pub fn typed_over(mut stored: Map<String, Value>, typed: Map<String, Value>) -> Map<String, Value> {
    for (field, value) in typed {
        if value.is_null() {
            stored.remove(&field);
        } else {
            stored.insert(field, value);
        }
    }
    stored
}

/// The fields in which the two differ, with what is stored.
pub fn elsewhere(stored: &[FieldView], typed: &[FieldView]) -> Vec<Elsewhere> {
    let differs = |field: &&FieldView| {
        typed
            .iter()
            .find(|other| other.name == field.name)
            .is_some_and(|other| shown(other) != shown(field))
    };
    stored
        .iter()
        .filter(differs)
        .map(|field| Elsewhere {
            label: field.label.clone(),
            stored: shown(field),
        })
        .collect()
}

fn shown(field: &FieldView) -> Vec<Sentence> {
    if field.options.is_empty() {
        let value = field.value.trim();
        (!value.is_empty())
            .then(|| Sentence::plain(value))
            .into_iter()
            .collect()
    } else {
        let chosen = field.options.iter().filter(|option| option.chosen);
        chosen.map(|option| option.label.clone()).collect()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::json;

    use super::*;
    use crate::{
        forms::{Filled, fields},
        pages::Locale,
    };

    fn views(values: &Value) -> Vec<FieldView> {
        let schema = json!({"type": "object", "properties": {
            "shop": {"type": "string", "title": "店名"},
            "area": {"type": "integer", "title": "面积"},
            "kind": {"type": "string", "title": "业态", "oneOf": [{"const": "a", "title": "餐馆"}, {"const": "b", "title": "小吃店"}]},
        }});
        let filled = Filled {
            values,
            origins: &BTreeMap::new(),
            errors: &[],
        };
        fields(&schema, filled, Locale::Chinese)
    }

    #[test]
    fn only_what_differs_is_told_with_what_is_stored() {
        let stored = json!({"shop": "阳光小馆", "area": 80, "kind": "a"});
        let typed = typed_over(
            stored.as_object().unwrap().clone(),
            json!({"shop": "青石小馆", "kind": "b", "area": null})
                .as_object()
                .unwrap()
                .clone(),
        );
        assert_eq!(
            Value::Object(typed.clone()),
            json!({"shop": "青石小馆", "kind": "b"})
        );
        let told = elsewhere(&views(&stored), &views(&Value::Object(typed)));
        let told: Vec<_> = told.into_iter().map(|one| (one.label, one.stored)).collect();
        assert_eq!(
            told,
            [
                ("店名".to_owned(), vec![Sentence::plain("阳光小馆")]),
                ("面积".to_owned(), vec![Sentence::plain("80")]),
                ("业态".to_owned(), vec![Sentence::plain("餐馆")]),
            ]
        );
        assert_eq!(elsewhere(&views(&stored), &views(&stored)), []);
    }
}
