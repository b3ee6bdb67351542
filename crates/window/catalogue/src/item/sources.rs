//! What an item has to know of the applicant, and from whom. Pure.

use serde_json::{Map, Value};
use tongban_exchange::WantedFacts;

use super::domain::{ItemContent, Replacement, form_source};

/// What an item's form and materials need to know, resource by resource, in the order of the form. What they do not name
/// is not asked for.
pub fn wanted_facts(content: &ItemContent) -> Vec<WantedFacts> {
    let mut wanted: Vec<WantedFacts> = Vec::new();
    let mut want = |resource: &str, fields: &[&str]| {
        let index = wanted
            .iter()
            .position(|known| known.resource == resource)
            .unwrap_or_else(|| {
                wanted.push(WantedFacts {
                    resource: resource.to_owned(),
                    fields: Vec::new(),
                });
                wanted.len() - 1
            });
        if let Some(known) = wanted.get_mut(index) {
            for field in fields {
                if !known.fields.iter().any(|there| there == field) {
                    known.fields.push((*field).to_owned());
                }
            }
        }
    };
    let fields = content.form.get("properties").and_then(Value::as_object);
    for property in fields.into_iter().flat_map(Map::values) {
        if let Some(resource) = form_source(property, "resource") {
            let field = form_source(property, "field");
            want(resource, field.as_slice());
        }
    }
    for material in &content.materials {
        if let Some(Replacement::Resource { resource, fields }) = &material.replaced_by {
            let fields: Vec<&str> = fields.iter().map(String::as_str).collect();
            want(resource, &fields);
        }
    }
    wanted
}

/// The codes of the resources that an item draws on, in the order of the form.
pub fn resources_of(content: &ItemContent) -> Vec<String> {
    wanted_facts(content)
        .into_iter()
        .map(|wanted| wanted.resource)
        .collect()
}

/// The codes of those that are read only with the applicant's yes: the others rest on a duty by law, and are told before.
pub fn resources_by_consent(content: &ItemContent) -> Vec<String> {
    let mut resources = resources_of(content);
    resources.retain(|resource| content.duty(resource).is_none());
    resources
}
