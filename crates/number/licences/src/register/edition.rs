//! Correcting what a licence says, for a new edition of it. Pure.

use serde::Serialize;
use serde_json::{Map, Value};

use super::domain::{masked_text, text_of};
use crate::{Error, LicenceType, error::refused};

/// Puts corrections in the place of what stands. Refusal: `licence.masked_value`: what was copied from a page that shows it masked.
pub(super) fn correct(fields: &mut Map<String, Value>, corrections: Map<String, Value>) -> Result<(), Error> {
    for (name, value) in corrections {
        if value.as_str().is_some_and(|text| text.contains("**")) {
            return Err(refused("licence.masked_value", [("field", name)]));
        }
        let value = like(fields.get(&name), value);
        fields.insert(name, value);
    }
    Ok(())
}

/// A typed text in the form of what it replaces, so that forms which are filled from the licence find what they know.
fn like(old: Option<&Value>, new: Value) -> Value {
    let Value::String(text) = &new else {
        return new;
    };
    let text = text.trim();
    match old {
        Some(Value::Array(_)) => text
            .split(['、', ';', '；'])
            .map(str::trim)
            .filter(|part| !part.is_empty())
            .collect(),
        Some(Value::Number(_)) => text
            .parse::<serde_json::Number>()
            .map_or_else(|_| Value::from(text), Value::Number),
        Some(Value::Bool(_)) if text == "是" => Value::Bool(true),
        Some(Value::Bool(_)) if text == "否" => Value::Bool(false),
        _ => Value::from(text),
    }
}

/// A field of a licence as the form for a new edition offers it: what stands there is shown beside the field, never in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EditionField {
    pub name: String,
    pub title: String,
    /// What stands there, numbers masked; empty where nothing does, and of a private field.
    pub shown: String,
    /// Kept sealed: what stands there is not shown.
    pub private: bool,
}

/// The fields of a type in printing order, with what stands there.
pub(super) fn edition_fields(
    kind: &LicenceType,
    fields: &Map<String, Value>,
    number: &str,
) -> Vec<EditionField> {
    kind.fields
        .iter()
        .map(|field| {
            let value = fields.get(&field.name).filter(|_| !field.private);
            EditionField {
                name: field.name.clone(),
                title: field.title.clone(),
                shown: value.map_or_else(String::new, |value| {
                    masked_text(kind.holder, text_of(value).trim(), number)
                }),
                private: field.private,
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use tongban_access::PartyKind;

    use super::*;
    use crate::FieldDef;

    fn map(value: Value) -> Map<String, Value> {
        value.as_object().unwrap().clone()
    }

    #[test]
    fn a_typed_text_takes_the_form_of_what_it_replaces() {
        let mut fields =
            map(json!({"items": ["热食"], "area": 80, "chain": true, "place": "一号", "same": "同"}));
        let typed =
            json!({"items": "热食、 冷食；", "area": "95.5", "chain": "否", "place": " 二号 ", "new": "新"});
        correct(&mut fields, map(typed)).unwrap();
        let expected = json!({"items": ["热食", "冷食"], "area": 95.5, "chain": false, "place": "二号", "same": "同", "new": "新"});
        assert_eq!(Value::from(fields.clone()), expected);
        // what is no number stays what was typed, and is not lost
        correct(&mut fields, map(json!({"area": "约 80", "chain": "也许"}))).unwrap();
        assert_eq!(
            (&fields["area"], &fields["chain"]),
            (&json!("约 80"), &json!("也许"))
        );
    }

    #[test]
    fn a_masked_value_is_no_value() {
        let mut fields = map(json!({"manager": "李四 519900199001013330"}));
        let before = fields.clone();
        let refused = correct(&mut fields, map(json!({"manager": "李四 5199**********3330"})));
        assert!(matches!(refused, Err(Error::Refused(refusal)) if refusal.code == "licence.masked_value"));
        assert_eq!(fields, before);
    }

    #[test]
    fn a_form_shows_what_stands_and_masks_it() {
        let number = tongban_codes::CitizenNumber::generate(
            "519900",
            chrono::NaiveDate::from_ymd_opt(1990, 1, 1).unwrap(),
            1,
        )
        .unwrap();
        let kind = LicenceType {
            code: String::new(),
            name: String::new(),
            definer_name: String::new(),
            definer_code: String::new(),
            fields: vec![
                FieldDef::new("manager", "负责人"),
                FieldDef::new("phone", "电话").private(),
                FieldDef::new("place", "地址"),
            ],
            holder: PartyKind::Person,
            invented: true,
        };
        let fields = map(json!({"manager": format!("李四 {}", number.as_str()), "phone": "13800001111"}));
        let shown: Vec<_> = edition_fields(&kind, &fields, number.as_str())
            .into_iter()
            .map(|field| (field.shown, field.private))
            .collect();
        assert_eq!(shown[1..], [(String::new(), true), (String::new(), false)]);
        assert!(shown[0].0.starts_with("李四 5199**********"), "{}", shown[0].0);
    }
}
