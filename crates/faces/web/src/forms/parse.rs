//! Posted text to typed values.

use chrono::NaiveDate;
use serde_json::{Map, Number, Value};

use crate::csrf::Pairs;

/// Turns the posted pairs of a form into an object of typed values.
///
/// Empty fields are left out, so `required` finds them. Text that cannot be the type of its field stays text: the schema
/// refuses it, and the page shows what was typed. Names that the schema does not know are dropped.
pub fn parse(schema: &Value, pairs: &Pairs) -> Value {
    let mut values = Map::new();
    let properties = schema.get("properties").and_then(Value::as_object);
    for (name, property) in properties.into_iter().flatten() {
        let value = match property.get("type").and_then(Value::as_str) {
            Some("array") => {
                let chosen: Vec<Value> = pairs
                    .all(name)
                    .filter(|text| !text.trim().is_empty())
                    .map(|text| Value::String(text.to_owned()))
                    .collect();
                (!chosen.is_empty()).then_some(Value::Array(chosen))
            }
            kind => pairs
                .get(name)
                .map(clean)
                .filter(|text| !text.is_empty())
                .map(|text| typed(kind.unwrap_or("string"), property, text)),
        };
        if let Some(value) = value {
            values.insert(name.clone(), value);
        }
    }
    Value::Object(values)
}

/// Spaces at both ends go, also the wide ones of Chinese keyboards; line ends become plain.
fn clean(text: &str) -> String {
    text.trim_matches(|character: char| character.is_whitespace() || character == '\u{feff}')
        .replace("\r\n", "\n")
}

fn typed(kind: &str, property: &Value, text: String) -> Value {
    let parsed = match kind {
        "number" => number(&text),
        "integer" => half_width(&text)
            .replace(',', "")
            .parse::<i64>()
            .ok()
            .map(Value::from),
        "boolean" => match text.as_str() {
            "true" | "on" | "yes" => Some(Value::Bool(true)),
            "false" | "off" | "no" => Some(Value::Bool(false)),
            _ => None,
        },
        _ => match property.get("format").and_then(Value::as_str) {
            Some("date") => date(&text).map(|day| Value::String(day.to_string())),
            Some("mobile" | "citizen-number" | "uscc" | "email") => Some(Value::String(
                half_width(&text)
                    .chars()
                    .filter(|character| !character.is_whitespace())
                    .collect::<String>(),
            )),
            _ => None,
        },
    };
    parsed.unwrap_or(Value::String(text))
}

/// Integers stay integers: `80` is stored as 80, not as 80.0.
fn number(text: &str) -> Option<Value> {
    let text = half_width(text).replace(',', "");
    if let Ok(whole) = text.parse::<i64>() {
        return Some(Value::from(whole));
    }
    let looks_plain = text
        .bytes()
        .all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'-' | b'+'));
    if !looks_plain {
        return None;
    }
    text.parse::<f64>()
        .ok()
        .and_then(Number::from_f64)
        .map(Value::Number)
}

/// Chinese keyboards type ８０，．and －; identifiers come in lower case.
fn half_width(text: &str) -> String {
    text.chars()
        .map(|character| match character {
            '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(character) - 0xfee0).unwrap_or(character),
            '。' => '.',
            other => other,
        })
        .collect()
}

/// `2026-12-01` as a date picker sends it, and what people type where there is none: 2026年12月1日, 2026/12/1, 2026.12.1, 20261201.
fn date(text: &str) -> Option<NaiveDate> {
    let text = half_width(text);
    if text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return NaiveDate::parse_from_str(&text, "%Y%m%d").ok();
    }
    let mut parts = text
        .split(|character: char| !character.is_ascii_digit())
        .filter(|part| !part.is_empty());
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() || year.len() != 4 {
        return None;
    }
    NaiveDate::from_ymd_opt(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn pairs(list: &[(&str, &str)]) -> Pairs {
        Pairs(
            list.iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect(),
        )
    }

    #[test]
    fn text_becomes_the_type_of_its_field_or_stays_text() {
        for (property, typed_text, expected) in [
            (json!({"type": "number"}), "80", json!(80)),
            (json!({"type": "number"}), " ８０．５ ", json!(80.5)),
            (json!({"type": "number"}), "1,200", json!(1200)),
            (json!({"type": "number"}), "八十", json!("八十")),
            (json!({"type": "number"}), "NaN", json!("NaN")),
            (json!({"type": "number"}), "1e400", json!("1e400")),
            (json!({"type": "integer"}), "3", json!(3)),
            (json!({"type": "integer"}), "3.5", json!("3.5")),
            (json!({"type": "boolean"}), "true", json!(true)),
            (json!({"type": "boolean"}), "no", json!(false)),
            (json!({"type": "boolean"}), "perhaps", json!("perhaps")),
            (
                json!({"type": "string"}),
                "\u{3000}浓洄街道\u{3000}",
                json!("浓洄街道"),
            ),
            (json!({"type": "string"}), "a\r\nb", json!("a\nb")),
            (json!({}), "x", json!("x")),
            (
                json!({"type": "string", "format": "date"}),
                "2026-12-01",
                json!("2026-12-01"),
            ),
            (
                json!({"type": "string", "format": "date"}),
                "2026年12月1日",
                json!("2026-12-01"),
            ),
            (
                json!({"type": "string", "format": "date"}),
                "２０２６/12/1",
                json!("2026-12-01"),
            ),
            (
                json!({"type": "string", "format": "date"}),
                "20261201",
                json!("2026-12-01"),
            ),
            (
                json!({"type": "string", "format": "date"}),
                "2026-02-30",
                json!("2026-02-30"),
            ),
            (
                json!({"type": "string", "format": "date"}),
                "下周一",
                json!("下周一"),
            ),
            (
                json!({"type": "string", "format": "mobile"}),
                "１３８ 0013 8000",
                json!("13800138000"),
            ),
        ] {
            let schema = json!({"type": "object", "properties": {"x": property}});
            assert_eq!(
                parse(&schema, &pairs(&[("x", typed_text)])),
                json!({"x": expected}),
                "{property} {typed_text}"
            );
        }
    }

    #[test]
    fn empty_and_unknown_fields_are_left_out() {
        let schema = json!({"type": "object", "properties": {"name": {"type": "string"}, "area": {"type": "number"}, "days": {"type": "array"}}});
        assert_eq!(
            parse(
                &schema,
                &pairs(&[("name", "  "), ("area", ""), ("role", "admin"), ("days", "")])
            ),
            json!({})
        );
    }

    #[test]
    fn a_hidden_default_yields_to_its_checkbox_and_choices_are_gathered() {
        let schema = json!({"type": "object", "properties": {"agreed": {"type": "boolean"}, "days": {"type": "array", "items": {"enum": ["mon", "tue", "wed"]}}}});
        let posted = pairs(&[
            ("agreed", "false"),
            ("agreed", "true"),
            ("days", "mon"),
            ("days", "wed"),
        ]);
        assert_eq!(
            parse(&schema, &posted),
            json!({"agreed": true, "days": ["mon", "wed"]})
        );
        assert_eq!(
            parse(&schema, &pairs(&[("agreed", "false")])),
            json!({"agreed": false})
        );
    }
}
