//! Validating a form against the JSON Schema of its item version. The same rules run in the browser as HTML
//! constraints; these are the ones that count.

use std::{collections::BTreeMap, sync::Arc};

use jsonschema::{
    Validator,
    error::{TypeKind, ValidationErrorKind},
};
use serde_json::{Map, Value};
use tongban_store::Store;

use super::version::{ItemVersion, VersionState};

/// One thing wrong with one field of a form.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct FieldProblem {
    pub field: String,
    /// `required`, `number`, `too_long`, `pattern` …: the key of the sentence is `field-` and this word.
    pub problem: &'static str,
    pub args: BTreeMap<String, String>,
}

/// The rules of a form, made ready once: that takes longer than checking a form by them.
struct FormRules {
    /// `None`: the schema is itself broken. The catalogue's lint keeps such items from being published.
    validator: Option<Validator>,
    order: Vec<String>,
}

impl FormRules {
    fn of(schema: &Value) -> Self {
        let order = schema
            .get("properties")
            .and_then(Value::as_object)
            .map(|all| all.keys().cloned().collect())
            .unwrap_or_default();
        Self {
            validator: jsonschema::options()
                .should_validate_formats(true)
                .build(schema)
                .ok(),
            order,
        }
    }

    /// The rules of an item version. A version that is not a draft does not change any more, so its rules are kept.
    fn of_item(store: &Store, item: &ItemVersion) -> Arc<Self> {
        const FROZEN: i64 = 0;
        let key = format!("form_rules:{}", item.id);
        if let Some(kept) = store.kept(&key, FROZEN) {
            return kept;
        }
        let rules = Arc::new(Self::of(&item.content.form));
        if item.state != VersionState::Draft {
            store.keep(&key, FROZEN, Arc::clone(&rules));
        }
        rules
    }

    fn problems(&self, values: &Map<String, Value>) -> Vec<FieldProblem> {
        let Some(validator) = &self.validator else {
            return vec![FieldProblem {
                field: String::new(),
                problem: "schema",
                args: BTreeMap::new(),
            }];
        };
        // An empty text is no answer.
        let filled: Map<String, Value> = values
            .iter()
            .filter(|(_, value)| !matches!(value, Value::Null) && value.as_str() != Some(""))
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect();
        let instance = Value::Object(filled);
        let mut found: BTreeMap<String, FieldProblem> = BTreeMap::new();
        for error in validator.iter_errors(&instance) {
            let path = error.instance_path().to_string();
            let at = path
                .trim_start_matches('/')
                .split('/')
                .next()
                .unwrap_or_default()
                .to_owned();
            let (field, problem, args) = describe(at, error.kind());
            found
                .entry(field.clone())
                .or_insert(FieldProblem { field, problem, args });
        }
        let mut problems: Vec<FieldProblem> = found.into_values().collect();
        problems.sort_by_key(|problem| {
            self.order
                .iter()
                .position(|name| *name == problem.field)
                .unwrap_or(usize::MAX)
        });
        problems
    }
}

/// Everything wrong with a filled form, at most one problem a field, in the order of the schema's properties.
///
/// A schema that is itself broken yields one problem without a field, `schema`.
pub fn problems(schema: &Value, values: &Map<String, Value>) -> Vec<FieldProblem> {
    FormRules::of(schema).problems(values)
}

/// The same for the form of an item version, whose rules are made ready once.
pub fn form_problems(store: &Store, item: &ItemVersion, values: &Map<String, Value>) -> Vec<FieldProblem> {
    FormRules::of_item(store, item).problems(values)
}

fn describe(at: String, kind: &ValidationErrorKind) -> (String, &'static str, BTreeMap<String, String>) {
    let with = |key: &str, value: String| BTreeMap::from([(key.to_owned(), value)]);
    match kind {
        ValidationErrorKind::Required { property } => (
            property.as_str().unwrap_or_default().to_owned(),
            "required",
            BTreeMap::new(),
        ),
        ValidationErrorKind::Type { kind } => {
            let number = match kind {
                TypeKind::Single(one) => matches!(one.to_string().as_str(), "number" | "integer"),
                TypeKind::Multiple(_) => false,
            };
            (at, if number { "number" } else { "type" }, BTreeMap::new())
        }
        ValidationErrorKind::Enum { .. } | ValidationErrorKind::Constant { .. } => {
            (at, "choice", BTreeMap::new())
        }
        ValidationErrorKind::Format { format } => (at, "format", with("format", format.clone())),
        ValidationErrorKind::Pattern { .. } => (at, "pattern", BTreeMap::new()),
        ValidationErrorKind::MinLength { limit } => {
            if *limit <= 1 {
                (at, "required", BTreeMap::new())
            } else {
                (at, "too_short", with("limit", limit.to_string()))
            }
        }
        ValidationErrorKind::MaxLength { limit } => (at, "too_long", with("limit", limit.to_string())),
        ValidationErrorKind::Minimum { limit } | ValidationErrorKind::ExclusiveMinimum { limit } => {
            (at, "too_small", with("limit", limit.to_string()))
        }
        ValidationErrorKind::Maximum { limit } | ValidationErrorKind::ExclusiveMaximum { limit } => {
            (at, "too_large", with("limit", limit.to_string()))
        }
        _ => (at, "invalid", BTreeMap::new()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::problems;

    #[test]
    fn names_the_field_and_what_is_wrong() {
        let schema = json!({
            "type": "object",
            "required": ["name", "area", "kind"],
            "properties": {
                "name": { "type": "string", "minLength": 1, "maxLength": 5 },
                "area": { "type": "number", "minimum": 1 },
                "kind": { "type": "string", "enum": ["a", "b"] },
                "opened": { "type": "string", "format": "date" },
            },
        });
        let check = |values: serde_json::Value| -> Vec<(String, &'static str)> {
            let values = values.as_object().cloned().unwrap_or_default();
            problems(&schema, &values)
                .into_iter()
                .map(|problem| (problem.field, problem.problem))
                .collect()
        };
        let field = |name: &str, problem: &'static str| (name.to_owned(), problem);
        assert_eq!(check(json!({ "name": "店", "area": 80, "kind": "a" })), []);
        assert_eq!(
            check(json!({ "name": "", "area": "八十", "kind": "c" })),
            [
                field("name", "required"),
                field("area", "number"),
                field("kind", "choice")
            ]
        );
        assert_eq!(
            check(json!({ "name": "一二三四五六", "area": 0, "kind": "a", "opened": "昨天" })),
            [
                field("name", "too_long"),
                field("area", "too_small"),
                field("opened", "format")
            ]
        );
    }
}
