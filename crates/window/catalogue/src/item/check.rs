//! What content must be to be kept at all, even as a draft. Softer rules are in `lint`.

use std::collections::HashSet;

use serde_json::Value;
use tongban_directory::import::Finding;

use super::domain::ItemContent;
use crate::Error;

/// Longest name, in characters: the width of the national collection table.
const LONGEST_NAME: usize = 1_000;

/// One reason why content cannot be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Problem {
    code: &'static str,
    field: String,
    message: String,
}

impl From<Problem> for Error {
    fn from(problem: Problem) -> Self {
        Self::refused(
            problem.code,
            [("field", problem.field), ("reason", problem.message)],
        )
    }
}

impl From<Problem> for Finding {
    fn from(problem: Problem) -> Self {
        Self::new(problem.code, &problem.field, problem.message)
    }
}

/// The first thing that makes content impossible.
pub(super) fn check(content: &ItemContent) -> Result<(), Problem> {
    let problem = |code, field: &str, message: &str| Problem {
        code,
        field: field.to_owned(),
        message: message.to_owned(),
    };
    let name = content.name.trim();
    if name.is_empty() {
        return Err(problem("item.name_missing", "name", "the name is missing"));
    }
    if name.chars().count() > LONGEST_NAME {
        return Err(problem(
            "item.name_too_long",
            "name",
            "the name has more than 1000 characters",
        ));
    }
    if content.item_type.on_application() || content.form.is_null() {
        check_form(&content.form)?;
    } else {
        return Err(problem(
            "item.form_of_authority",
            "form",
            "nobody applies for a matter of this type",
        ));
    }
    if content.hides_its_situations() {
        return Err(problem(
            "item.form",
            "form",
            "the field \"situation\" asks for the situation: call the other one something else",
        ));
    }
    distinct(
        "materials",
        content.materials.iter().map(|material| material.code.as_str()),
    )?;
    distinct("steps", content.steps.iter().map(|step| step.code.as_str()))?;
    distinct(
        "special_procedures",
        content
            .special_procedures
            .iter()
            .map(|procedure| procedure.code.as_str()),
    )?;
    for (index, material) in content.materials.iter().enumerate() {
        if material.name.trim().is_empty() {
            return Err(problem(
                "item.material_name",
                &format!("materials[{index}].name"),
                "the name is missing",
            ));
        }
        if material.media.is_empty() || material.max_bytes == 0 {
            return Err(problem(
                "item.material_media",
                &format!("materials[{index}].media"),
                "no file could ever be handed in",
            ));
        }
    }
    Ok(())
}

/// A form is a JSON Schema object, or nothing.
fn check_form(form: &Value) -> Result<(), Problem> {
    let problem = |message: String| Problem {
        code: "item.form",
        field: "form".to_owned(),
        message,
    };
    if form.is_null() {
        return Ok(());
    }
    if form.get("type").and_then(Value::as_str) != Some("object") {
        return Err(problem("the form is not a JSON Schema of type object".to_owned()));
    }
    jsonschema::meta::validate(form).map_err(|error| problem(error.to_string()))?;
    jsonschema::validator_for(form).map_err(|error| problem(error.to_string()))?;
    Ok(())
}

/// Codes name things inside the item: none may be empty or used twice.
fn distinct<'code>(field: &str, codes: impl Iterator<Item = &'code str>) -> Result<(), Problem> {
    let mut seen = HashSet::new();
    for (index, code) in codes.enumerate() {
        let at = || format!("{field}[{index}].code");
        if code.trim().is_empty() {
            return Err(Problem {
                code: "item.part_code_missing",
                field: at(),
                message: "the code is missing".to_owned(),
            });
        }
        if !seen.insert(code) {
            return Err(Problem {
                code: "item.part_code_twice",
                field: at(),
                message: "the code is used twice".to_owned(),
            });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use tongban_codes::ItemType;

    use super::*;
    use crate::item::domain::{Material, Step};

    #[test]
    fn names_what_cannot_be_kept() {
        type Break = fn(&mut ItemContent);
        let broken: [(&str, Break); 9] = [
            ("item.name_missing", |content| content.name = "　".to_owned()),
            ("item.name_too_long", |content| content.name = "长".repeat(1_001)),
            ("item.form", |content| content.form = json!({"type": "string"})),
            ("item.form", |content| {
                content.form = json!({"type": "object", "properties": {"a": {"type": 7}}})
            }),
            ("item.form_of_authority", |content| {
                content.item_type = ItemType::Punishment;
                content.form = json!({"type": "object"});
            }),
            ("item.part_code_missing", |content| {
                content.materials = vec![Material::new("", "申请表")]
            }),
            ("item.part_code_twice", |content| {
                let step = Step {
                    code: "a".to_owned(),
                    name: "受理".to_owned(),
                    role: "clerk".to_owned(),
                    ..Step::default()
                };
                content.steps = vec![step.clone(), step];
            }),
            ("item.material_name", |content| {
                content.materials = vec![Material::new("M1", "")]
            }),
            ("item.material_media", |content| {
                content.materials = vec![Material {
                    media: Vec::new(),
                    ..Material::new("M1", "申请表")
                }];
            }),
        ];
        for (code, break_it) in broken {
            let mut content = ItemContent::new("食品经营许可", ItemType::Permit);
            assert_eq!(check(&content), Ok(()));
            break_it(&mut content);
            assert_eq!(check(&content).map_err(|problem| problem.code), Err(code));
        }
    }
}
