//! The OpenAPI document and the page made from it.

use serde_json::Value;

use crate::world::{World, migrations};

fn operations(document: &Value) -> Vec<(String, String, Value)> {
    let paths = document["paths"].as_object().unwrap();
    paths
        .iter()
        .flat_map(|(path, item)| {
            let item = item.as_object().unwrap();
            item.iter()
                .map(move |(method, operation)| (method.clone(), path.clone(), operation.clone()))
        })
        .collect()
}

/// Every `$ref` below a value.
fn references(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(all) => {
            for (name, value) in all {
                match value.as_str() {
                    Some(reference) if name == "$ref" => found.push(reference.to_owned()),
                    _ => references(value, found),
                }
            }
        }
        Value::Array(all) => all.iter().for_each(|value| references(value, found)),
        _ => {}
    }
}

#[test]
fn the_document_is_whole() {
    let document: Value = serde_json::from_str(&tongban_api::openapi_json().unwrap()).unwrap();
    assert_eq!(document["openapi"], "3.1.0");
    let operations = operations(&document);
    assert_eq!(operations.len(), 47);
    let mut ids: Vec<_> = operations
        .iter()
        .map(|(_, _, operation)| operation["operationId"].to_string())
        .collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(
        ids.len(),
        operations.len(),
        "every operation has an id of its own"
    );
    for (method, path, operation) in &operations {
        assert!(path.starts_with("/api/v1/"), "{path}");
        assert!(
            operation["responses"]["default"]["content"]["application/problem+json"].is_object(),
            "{method} {path}"
        );
        assert!(
            operation["summary"].is_string() && operation["tags"][0].is_string(),
            "{method} {path}"
        );
        for (status, answer) in operation["responses"].as_object().unwrap() {
            assert!(
                answer["description"].is_string(),
                "{method} {path} {status} says nothing"
            );
        }
        for name in path
            .split('{')
            .skip(1)
            .map(|rest| rest.split('}').next().unwrap())
        {
            let named = operation["parameters"]
                .as_array()
                .unwrap()
                .iter()
                .any(|one| one["name"] == name);
            assert!(named, "{method} {path} does not describe {name}");
        }
    }
    let mut found = Vec::new();
    references(&document, &mut found);
    for reference in found {
        let pointer = reference.strip_prefix('#').unwrap();
        assert!(document.pointer(pointer).is_some(), "{reference} leads nowhere");
    }
}

/// POSTs that take no `Idempotency-Key`, and why a second one does no harm.
const NEED_NO_KEY: [(&str, &str); 9] = [
    ("/api/v1/verify", "reads"),
    ("/api/v1/progress", "reads"),
    (
        "/api/v1/messages/read",
        "marks what is there: marking it again says the same",
    ),
    (
        "/api/v1/sessions",
        "its answer is a token that rests nowhere and so cannot be answered again; a session ends by itself",
    ),
    (
        "/api/v1/sessions/current/second-factor",
        "what was shown once is refused by name, and the session stays as it was",
    ),
    ("/api/v1/acting", "says for whom: saying it again changes nothing"),
    (
        "/api/v1/mandates/{mandate}/answer",
        "an offer is answered once: the second answer is refused by name",
    ),
    (
        "/api/v1/mandates/{mandate}/end",
        "what has ended does not end again, and says so",
    ),
    (
        "/api/v1/cases/{id}/sources",
        "names all sources that may be read: naming them again says the same",
    ),
];

#[test]
fn whatever_creates_takes_an_idempotency_key() {
    let document: Value = serde_json::from_str(&tongban_api::openapi_json().unwrap()).unwrap();
    let mut without = Vec::new();
    let all = operations(&document);
    for (_, path, operation) in all.iter().filter(|(method, ..)| method == "post") {
        let parameters = operation["parameters"].as_array().cloned().unwrap_or_default();
        let key = parameters.iter().find(|one| one["name"] == "Idempotency-Key");
        match key {
            Some(key) => assert!(
                key["in"] == "header" && key["required"] != true && key["description"].is_string(),
                "{path} {key}"
            ),
            None => without.push(path.as_str()),
        }
    }
    without.sort_unstable();
    let mut expected = NEED_NO_KEY.map(|(path, _why)| path);
    expected.sort_unstable();
    assert_eq!(
        without, expected,
        "a POST takes a key, or stands in the list with its reason"
    );
}

tongban_testkit::both! { migrations,
    async fn the_page_says_everything_in_both_languages(kit: Kit) {
        let world = World::build(kit).await;
        let served = world.get("/api/openapi.json").await;
        assert_eq!(served.headers["content-type"], "application/json");
        let document = served.expect(200);
        assert_eq!(document, serde_json::from_str::<Value>(&tongban_api::openapi_json().unwrap()).unwrap());
        for (language, words) in [("zh-CN", "找事项"), ("en", "Find matters")] {
            let page = world.send("GET", "/api/docs", &[("cookie", &format!("tb_language={language}"))], "").await;
            let text = page.text();
            assert_eq!(page.status.as_u16(), 200, "{text}");
            assert!(text.contains(words) && text.contains("/api/v1/cases/{id}/decision"));
            // a key without a text prints itself
            assert!(!text.contains(">api-"), "{language}");
            for (_, path, operation) in operations(&document) {
                assert!(text.contains(&format!("id=\"do-{}\"", operation["operationId"].as_str().unwrap())), "{path}");
            }
        }
        assert_eq!(world.get("/api/v1/nothing").await.refused(404), "not-found");
        assert_eq!(world.ask("", "PATCH", "/api/v1/items", Value::Null).await.refused(405), "method");
    }
}
