//! `/api/docs`: the document as a page for people, drawn from the document itself.

use axum::{Extension, extract::State};
use serde::Serialize;
use serde_json::{Map, Value};
use tongban_web::{Area, Page, Visitor, WebError};

use super::Document;
use crate::ApiState;

/// The data of `api/docs.html`.
#[derive(Debug, Serialize)]
struct DocsPage {
    groups: Vec<Group>,
    schemas: Vec<Shape>,
}

/// Operations of one kind.
#[derive(Debug, Serialize)]
struct Group {
    /// The key of its title.
    title: String,
    id: String,
    operations: Vec<OperationView>,
}

/// One thing that can be done.
#[derive(Debug, Serialize)]
struct OperationView {
    /// The key of the sentence that says what it does.
    title: String,
    id: String,
    method: String,
    path: String,
    signed_in: bool,
    parameters: Vec<Field>,
    bodies: Vec<Carried>,
    answers: Vec<Carried>,
}

/// A body or an answer.
#[derive(Debug, Serialize)]
struct Carried {
    /// The status of an answer; none for a body.
    status: Option<String>,
    media: Option<String>,
    shape: Option<String>,
    words: String,
}

/// A parameter, or a field of a shape.
#[derive(Debug, Serialize)]
struct Field {
    name: String,
    /// `path`, `query` or `header`; none for a field of a shape.
    place: Option<String>,
    kind: String,
    /// The shape that the kind names.
    link: Option<String>,
    required: bool,
    words: String,
}

/// An object that is sent or answered.
#[derive(Debug, Serialize)]
struct Shape {
    name: String,
    words: String,
    fields: Vec<Field>,
}

/// Shows the page.
pub(super) async fn show(
    State(state): State<ApiState>,
    visitor: Visitor,
    Extension(document): Extension<Document>,
) -> Result<Page, WebError> {
    let document = serde_json::to_value(&*document.0).map_err(WebError::internal)?;
    state.kit.pages.render(
        &visitor.page(Area::Portal),
        "api/docs.html",
        &docs_page(&document),
    )
}

fn docs_page(document: &Value) -> DocsPage {
    let tags = document["tags"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|tag| text(&tag["name"]));
    let groups = tags.map(|tag| {
        let operations = entries(&document["paths"]).flat_map(|(path, item)| {
            entries(item)
                .filter(|(_, operation)| text(&operation["tags"][0]) == tag)
                .map(move |(method, operation)| {
                    let id = text(&operation["operationId"]);
                    OperationView {
                        title: format!("api-{}", id.replace('_', "-")),
                        id,
                        method: method.to_uppercase(),
                        path: path.clone(),
                        signed_in: operation.get("security").is_some(),
                        parameters: operation["parameters"]
                            .as_array()
                            .into_iter()
                            .flatten()
                            .map(parameter)
                            .collect(),
                        bodies: carried(&operation["requestBody"], None),
                        answers: entries(&operation["responses"])
                            .flat_map(|(status, answer)| carried(answer, Some(status)))
                            .collect(),
                    }
                })
        });
        Group {
            title: format!("api-group-{tag}"),
            operations: operations.collect(),
            id: tag,
        }
    });
    let schemas = entries(&document["components"]["schemas"]).map(|(name, schema)| Shape {
        name: name.clone(),
        words: text(&schema["description"]),
        fields: fields(schema),
    });
    DocsPage {
        groups: groups.collect(),
        schemas: schemas.collect(),
    }
}

fn entries(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flat_map(Map::iter)
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn parameter(parameter: &Value) -> Field {
    let schema = &parameter["schema"];
    Field {
        name: text(&parameter["name"]),
        place: Some(text(&parameter["in"])),
        kind: kind(schema),
        link: None,
        required: parameter["required"].as_bool().unwrap_or_default(),
        words: text(&parameter["description"]),
    }
}

/// What a body or an answer carries, one line for each media type.
fn carried(body: &Value, status: Option<&String>) -> Vec<Carried> {
    let words = text(&body["description"]);
    let line = |media: Option<&String>, shape: Option<String>| Carried {
        status: status.cloned(),
        media: media.cloned(),
        shape,
        words: words.clone(),
    };
    let mut lines: Vec<_> = entries(&body["content"])
        .map(|(media, content)| line(Some(media), named(&content["schema"])))
        .collect();
    if lines.is_empty() && status.is_some() {
        lines.push(line(None, None));
    }
    lines
}

/// The name of the shape that a schema refers to, also inside a list or beside null.
fn named(schema: &Value) -> Option<String> {
    if let Some(reference) = schema["$ref"].as_str() {
        return reference.rsplit('/').next().map(str::to_owned);
    }
    let one_of = schema["oneOf"].as_array().into_iter().flatten().find_map(named);
    one_of
        .or_else(|| schema.get("items").and_then(named))
        .or_else(|| schema.get("additionalProperties").and_then(named))
}

/// The type of a schema in one word.
fn kind(schema: &Value) -> String {
    if let Some(name) = named(schema) {
        return if schema.get("items").is_some() {
            format!("[{name}]")
        } else {
            name
        };
    }
    let words: Vec<&str> = match &schema["type"] {
        Value::Array(all) => all
            .iter()
            .filter_map(Value::as_str)
            .filter(|word| *word != "null")
            .collect(),
        one => one.as_str().into_iter().collect(),
    };
    let word = words.join(" | ");
    match (schema["format"].as_str(), word.as_str()) {
        (Some(format), _) => format!("{word} ({format})"),
        (None, "array") => format!("[{}]", kind(&schema["items"])),
        (None, _) => word,
    }
}

/// The fields of an object, those of its parts included.
fn fields(schema: &Value) -> Vec<Field> {
    let required: Vec<&str> = schema["required"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    let own = entries(&schema["properties"]).map(|(name, property)| Field {
        name: name.clone(),
        place: None,
        kind: kind(property),
        link: named(property),
        required: required.contains(&name.as_str()),
        words: text(&property["description"]),
    });
    let parts = schema["allOf"].as_array().into_iter().flatten();
    let parts = parts.flat_map(|part| match named(part) {
        Some(name) => vec![Field {
            name: "…".to_owned(),
            place: None,
            kind: name.clone(),
            link: Some(name),
            required: true,
            words: String::new(),
        }],
        None => fields(part),
    });
    own.chain(parts).collect()
}
