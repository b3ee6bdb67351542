//! 情形: in which of its situations a matter is applied for, and what that asks for. Pure.
//!
//! A matter with several situations asks for the applicant's in its form, in the field [`SITUATION`], which follows from
//! [`ItemContent::situations`] whenever a draft is written. So the choice is filed, shown and judged as everything else that the form asks.

use serde_json::{Map, Value, json};

use super::domain::{ItemContent, Material};

/// The field of the form in which the situation stands, by name.
pub const SITUATION: &str = "situation";

impl ItemContent {
    /// The situation that a filled form names.
    pub fn situation_of(filled: &Map<String, Value>) -> Option<&str> {
        filled.get(SITUATION)?.as_str()
    }

    /// The materials that a filled form asks for. Before it names its situation: those of all.
    pub fn wanted<'content>(
        &'content self,
        filled: &'content Map<String, Value>,
    ) -> impl Iterator<Item = &'content Material> {
        let known = Self::situation_of(filled)
            .filter(|chosen| self.situations.iter().any(|situation| situation.name == *chosen));
        self.materials
            .iter()
            .filter(move |material| material.is_for(known))
    }

    /// The same with its form settled.
    pub(super) fn settled(mut self) -> Self {
        self.settle_situations();
        self
    }

    /// Lets the form ask for the situation, first of all and of everybody, where there are several and there is a form; else it asks for none.
    /// A field of that name which the office wrote itself is left alone; [`check`](super::check::check) refuses it beside several situations.
    pub(super) fn settle_situations(&mut self) {
        let trim = |name: &mut String| *name = name.trim().to_owned();
        self.situations
            .iter_mut()
            .for_each(|situation| trim(&mut situation.name));
        for material in &mut self.materials {
            material.situations.iter_mut().for_each(trim);
        }
        let there = self.form.pointer(&format!("/properties/{SITUATION}"));
        let ours = there.is_some_and(is_ours);
        let asks = self.situations.len() > 1
            && (ours || there.is_none())
            && self.form_fields().iter().any(|(name, _)| *name != SITUATION);
        let (Some(form), true) = (self.form.as_object_mut(), asks || ours) else {
            return;
        };
        let names: Vec<&str> = self
            .situations
            .iter()
            .map(|situation| situation.name.as_str())
            .collect();
        let required = form.entry("required").or_insert_with(|| json!([])).as_array_mut();
        if let Some(required) = required {
            required.retain(|name| name != SITUATION);
            if asks {
                required.insert(0, Value::from(SITUATION));
            }
        }
        let properties = form
            .entry("properties")
            .or_insert_with(|| Value::Object(Map::new()))
            .as_object_mut();
        if let Some(properties) = properties {
            if !asks {
                properties.shift_remove(SITUATION);
                return;
            }
            let field = json!({
                "type": "string", "title": "办理情形", "enum": names, "x-ui": {"order": -1}, MADE: true,
            });
            properties.shift_insert(0, SITUATION.to_owned(), field);
        }
    }

    /// Whether the form has a field of the office's own where the situation would be asked for.
    pub(super) fn hides_its_situations(&self) -> bool {
        let there = self.form.pointer(&format!("/properties/{SITUATION}"));
        self.situations.len() > 1 && there.is_some_and(|field| !is_ours(field))
    }
}

/// Marks the field that was made here.
const MADE: &str = "x-situations";

fn is_ours(field: &Value) -> bool {
    field.get(MADE).is_some_and(|made| made == true)
}

#[cfg(test)]
mod tests {
    use tongban_codes::ItemType;

    use super::*;
    use crate::item::domain::{Necessity, Situation};

    fn two_ways() -> ItemContent {
        let named = |name: &str| Situation {
            name: name.to_owned(),
            explain: None,
        };
        let mut content = ItemContent::new("居住证办理", ItemType::Confirmation);
        content.form =
            json!({"type": "object", "properties": {"address": {"type": "string"}}, "required": ["address"]});
        content.situations = vec![named("首次申领"), named("遗失补领")];
        content.materials = vec![
            Material::new("photo", "照片"),
            Material {
                situations: vec!["遗失补领".to_owned()],
                ..Material::new("loss", "遗失声明")
            },
        ];
        content.settle_situations();
        content
    }

    #[test]
    fn the_form_asks_for_the_situation_first() {
        let content = two_ways();
        assert_eq!(content.form_fields()[0].0, SITUATION);
        assert_eq!(content.form["required"], json!(["situation", "address"]));
        assert_eq!(
            content.form["properties"]["situation"]["enum"],
            json!(["首次申领", "遗失补领"])
        );
        let mut again = content.clone();
        again.settle_situations();
        assert_eq!(again, content, "written again, nothing changes");
        again.situations.truncate(1);
        again.settle_situations();
        assert_eq!(again.form["required"], json!(["address"]));
        assert_eq!(
            again.form_fields().len(),
            1,
            "with one way only there is nothing to choose"
        );
    }

    #[test]
    fn a_field_of_the_offices_own_is_left_alone() {
        let mut content = two_ways();
        content.form =
            json!({"type": "object", "properties": {"situation": {"type": "string", "title": "家庭情况"}}});
        let form = content.form.clone();
        for (number, hides) in [(2, true), (1, false), (0, false)] {
            content.situations.truncate(number);
            content.settle_situations();
            assert_eq!(
                (&content.form, content.hides_its_situations()),
                (&form, hides),
                "{number}"
            );
        }
    }

    #[test]
    fn white_space_around_a_name_says_nothing() {
        let mut content = two_ways();
        content.situations[1].name = " 遗失补领　".to_owned();
        content.materials[1].situations = vec!["　遗失补领".to_owned()];
        content.settle_situations();
        assert_eq!(content.form["properties"]["situation"]["enum"][1], "遗失补领");
        assert_eq!(content.materials[1].situations, ["遗失补领"]);
    }

    #[test]
    fn a_guide_without_a_form_gets_none() {
        for form in [Value::Null, json!({"type": "object"})] {
            let mut content = two_ways();
            content.form = form.clone();
            content.settle_situations();
            assert_eq!(content.form, form);
        }
    }

    #[test]
    fn the_situation_decides_which_materials_are_needed() {
        let content = two_ways();
        let wanted = |filled: Value| {
            let filled = filled.as_object().cloned().unwrap_or_default();
            let codes: Vec<String> = content
                .missing(Necessity::Required, &filled, |_| false)
                .map(|material| material.code.clone())
                .collect();
            codes.join(" ")
        };
        assert_eq!(wanted(json!({"situation": "首次申领"})), "photo");
        assert_eq!(wanted(json!({"situation": "遗失补领"})), "photo loss");
        assert_eq!(wanted(json!({})), "photo loss", "before it is said, all of them");
        assert_eq!(
            wanted(json!({"situation": "别的"})),
            "photo loss",
            "what is no situation says nothing"
        );
    }
}
