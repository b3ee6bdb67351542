//! The application form as a plain list of fields, and back to the JSON Schema that it is. Pure.
//!
//! An entry holds `name`, `title`, `kind`, `required`, `options`, `source`, `hint`, and under `base` the property as it was, so that what the
//! list does not ask for (limits of length, patterns, English titles) stays.

use serde_json::{Map, Value, json};

const BASE: &str = "base";

/// The fields of a form in their order on the page.
pub(super) fn entries(form: &Value) -> Vec<Value> {
    let required: Vec<&str> = form
        .get("required")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    let mut properties: Vec<(&String, &Value)> = form
        .get("properties")
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
        .collect();
    let order = |property: &Value| {
        property
            .pointer("/x-ui/order")
            .and_then(Value::as_f64)
            .unwrap_or(f64::MAX)
    };
    // stable: what has no order keeps its place in the schema
    properties.sort_by(|(_, one), (_, other)| order(one).total_cmp(&order(other)));
    properties
        .into_iter()
        .map(|(name, property)| entry(name, property, required.contains(&name.as_str())))
        .collect()
}

fn entry(name: &str, property: &Value, required: bool) -> Value {
    let mut entry = json!({
        "name": name,
        "title": property.get("title").cloned().unwrap_or_else(|| Value::from(name)),
        "kind": kind(property),
        "required": required,
        BASE: property,
    });
    let options = options(property);
    if !options.is_empty() {
        entry["options"] = Value::from(options);
    }
    if let Some(source) = property.get("x-source").and_then(source_word) {
        entry["source"] = Value::from(source);
    }
    if let Some(hint) = property
        .pointer("/x-ui/hint")
        .or_else(|| property.get("description"))
    {
        entry["hint"] = hint.clone();
    }
    entry
}

fn kind(property: &Value) -> &str {
    let text = |name: &str| property.get(name).and_then(Value::as_str);
    let widget = property.pointer("/x-ui/widget").and_then(Value::as_str);
    match (text("type").unwrap_or("string"), text("format")) {
        ("array", _) => "choices",
        ("boolean", _) => "yes_no",
        ("integer", _) => "integer",
        ("number", _) => "number",
        (_, Some(format @ ("date" | "mobile" | "email" | "citizen-number" | "uscc"))) => format,
        _ if property.get("enum").is_some() || property.get("oneOf").is_some() => "choice",
        _ if widget == Some("textarea") => "long",
        _ => "text",
    }
}

/// The choices, one text each: the word, or `word=label` where they differ.
fn options(property: &Value) -> Vec<String> {
    let of = property.get("items").unwrap_or(property);
    let word = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    if let Some(words) = of.get("enum").and_then(Value::as_array) {
        return words.iter().map(word).collect();
    }
    let titled = of.get("oneOf").and_then(Value::as_array).into_iter().flatten();
    titled
        .filter_map(|one| {
            let value = word(one.get("const")?);
            Some(match one.get("title").and_then(Value::as_str) {
                Some(title) if title != value => format!("{value}={title}"),
                _ => value,
            })
        })
        .collect()
}

/// Where a value comes from, as one word: `account:name`, `resource:population.basic:address`, `licence:TYPE:field`.
fn source_word(source: &Value) -> Option<String> {
    let part = |name: &str| source.get(name).and_then(Value::as_str);
    if let Some(fact) = part("account") {
        return Some(format!("account:{fact}"));
    }
    ["resource", "licence"]
        .into_iter()
        .find_map(|kind| Some(format!("{kind}:{}:{}", part(kind)?, part("field")?)))
}

fn source(word: &str) -> Option<Value> {
    let mut parts = word.splitn(3, ':');
    match (parts.next()?, parts.next()?, parts.next()) {
        ("account", fact, None) => Some(json!({ "account": fact })),
        (kind @ ("resource" | "licence"), of, Some(field)) => Some(json!({ kind: of, "field": field })),
        _ => None,
    }
}

/// The form with these fields, in this order. What the form holds besides its fields stays. Without fields there is no form.
pub(super) fn form(before: &Value, entries: &[Value]) -> Value {
    if entries.is_empty() {
        return Value::Null;
    }
    let mut properties = Map::new();
    let mut required = Vec::new();
    for (index, entry) in entries.iter().enumerate() {
        let name = entry.get("name").and_then(Value::as_str).unwrap_or_default();
        if entry.get("required").and_then(Value::as_bool).unwrap_or(false) {
            required.push(Value::from(name));
        }
        properties.insert(name.to_owned(), property(entry, index));
    }
    let mut form = before.as_object().cloned().unwrap_or_default();
    form.insert("type".to_owned(), Value::from("object"));
    form.insert("required".to_owned(), Value::from(required));
    form.insert("properties".to_owned(), Value::Object(properties));
    Value::Object(form)
}

fn property(entry: &Value, order: usize) -> Value {
    let text = |name: &str| entry.get(name).and_then(Value::as_str).unwrap_or_default();
    let before = entry.get(BASE).cloned().unwrap_or_else(|| json!({}));
    let same_kind = entry.get(BASE).is_some_and(|before| kind(before) == text("kind"));
    // another kind of field begins anew: a limit of length means nothing to a date
    let mut property = if same_kind { before.clone() } else { json!({}) };
    if !same_kind {
        let (kind, format) = match text("kind") {
            "choices" => ("array", None),
            "yes_no" => ("boolean", None),
            kind @ ("integer" | "number") => (kind, None),
            format @ ("date" | "mobile" | "email" | "citizen-number" | "uscc") => ("string", Some(format)),
            _ => ("string", None),
        };
        property["type"] = Value::from(kind);
        if let Some(format) = format {
            property["format"] = Value::from(format);
        }
        if text("kind") == "long" {
            property["maxLength"] = Value::from(2_000);
        }
    }
    property["title"] = Value::from(text("title"));
    put_options(&mut property, entry);
    let mut look = before.get("x-ui").cloned().unwrap_or_else(|| json!({}));
    if let Some(look) = look.as_object_mut() {
        look.insert("order".to_owned(), Value::from(order));
        if !same_kind {
            look.shift_remove("widget");
        }
        if text("kind") == "long" {
            look.insert("widget".to_owned(), Value::from("textarea"));
        }
        match text("hint") {
            "" => look.shift_remove("hint"),
            hint => look.insert("hint".to_owned(), Value::from(hint)),
        };
    }
    if let Some(members) = property.as_object_mut() {
        // the hint of the list stands in one place
        members.shift_remove("description");
        members.insert("x-ui".to_owned(), look);
        match source(text("source")) {
            Some(source) => members.insert("x-source".to_owned(), source),
            None => members.shift_remove("x-source"),
        };
    }
    property
}

fn put_options(property: &mut Value, entry: &Value) {
    let options: Vec<&str> = entry
        .get("options")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    if options == self::options(property) {
        return;
    }
    let choices = if options.iter().any(|option| option.contains('=')) {
        let titled = options.iter().map(|option| {
            let (word, title) = option.split_once('=').unwrap_or((option, option));
            json!({"const": word.trim(), "title": title.trim()})
        });
        ("oneOf", titled.collect::<Value>())
    } else {
        ("enum", Value::from(options.clone()))
    };
    let array = property.get("type").and_then(Value::as_str) == Some("array");
    let holder = if array {
        property["items"] = json!({});
        &mut property["items"]
    } else {
        property
    };
    if let Some(members) = holder.as_object_mut() {
        members.shift_remove("enum");
        members.shift_remove("oneOf");
        if !options.is_empty() {
            members.insert(choices.0.to_owned(), choices.1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn before() -> Value {
        json!({
            "type": "object",
            "required": ["shop"],
            "properties": {
                "area": {"type": "number", "title": "面积", "minimum": 1, "x-ui": {"unit": "平方米", "order": 2}},
                "shop": {"type": "string", "title": "店名", "maxLength": 40, "x-ui": {"order": 1}},
                "reason": {"type": "string", "title": "事由", "enum": ["就业", "就读"], "x-ui": {"order": 3}},
                "address": {"type": "string", "title": "住址", "x-source": {"resource": "population.basic", "field": "address"}},
            },
        })
    }

    #[test]
    fn a_form_that_nobody_touches_keeps_all_it_says() {
        let fields = entries(&before());
        let names: Vec<&str> = fields.iter().filter_map(|entry| entry["name"].as_str()).collect();
        assert_eq!(names, ["shop", "area", "reason", "address"]);
        let after = form(&before(), &fields);
        for (name, property) in before()["properties"].as_object().unwrap() {
            let mut expected = property.clone();
            let mut found = after["properties"][name].clone();
            expected["x-ui"]["order"] = Value::Null;
            found["x-ui"]["order"] = Value::Null;
            assert_eq!(found, expected, "{name}");
        }
        assert_eq!(after["required"], json!(["shop"]));
        assert_eq!(entries(&after).len(), 4);
    }

    #[test]
    fn another_kind_begins_anew() {
        let mut fields = entries(&before());
        fields[0]["kind"] = json!("date");
        fields[1]["kind"] = json!("choice");
        fields[1]["options"] = json!(["s=小", "l=大"]);
        fields[3]["source"] = json!("account:name");
        let after = form(&before(), &fields);
        assert_eq!(after["properties"]["shop"]["format"], "date");
        assert_eq!(after["properties"]["shop"].get("maxLength"), None);
        assert_eq!(
            after["properties"]["area"]["oneOf"][1],
            json!({"const": "l", "title": "大"})
        );
        assert_eq!(
            after["properties"]["address"]["x-source"],
            json!({"account": "name"})
        );
        let again = entries(&after);
        assert_eq!(again[1]["options"], json!(["s=小", "l=大"]));
        assert_eq!(again[3]["source"], "account:name");
    }

    #[test]
    fn several_of_a_list_and_no_field_at_all() {
        let field =
            json!({"name": "goods", "title": "卖什么", "kind": "choices", "options": ["热菜", "凉菜"]});
        let after = form(&Value::Null, std::slice::from_ref(&field));
        assert_eq!(
            after["properties"]["goods"]["items"],
            json!({"enum": ["热菜", "凉菜"]})
        );
        assert_eq!(kind(&after["properties"]["goods"]), "choices");
        assert_eq!(form(&after, &[]), Value::Null);
    }
}
