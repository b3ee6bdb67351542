//! The cells of one row, under the names of their columns.

use std::collections::{BTreeMap, HashMap};

use serde_json::Value;

/// One row of a list. Names are compared without case and outer white space; an empty cell is no cell.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Cells(HashMap<String, Value>);

impl Cells {
    /// From the members of a JSON object.
    pub fn from_object(object: serde_json::Map<String, Value>) -> Self {
        Self(
            object
                .into_iter()
                .map(|(name, value)| (normal(&name), value))
                .collect(),
        )
    }

    /// From a heading and a row of a sheet.
    pub fn from_columns<'text>(cells: impl IntoIterator<Item = (&'text str, String)>) -> Self {
        Self(
            cells
                .into_iter()
                .filter(|(name, text)| !name.trim().is_empty() && !text.trim().is_empty())
                .map(|(name, text)| (normal(name), Value::String(text)))
                .collect(),
        )
    }

    /// The first of these columns that holds something, as text without outer white space.
    pub fn text(&self, names: &[&str]) -> Option<String> {
        names.iter().find_map(|name| {
            let text = match self.0.get(&normal(name))? {
                Value::String(text) => text.trim().to_owned(),
                Value::Number(number) => number.to_string(),
                Value::Bool(flag) => flag.to_string(),
                Value::Null | Value::Array(_) | Value::Object(_) => return None,
            };
            (!text.is_empty()).then_some(text)
        })
    }

    /// The first of these members that is there and not null, as JSON.
    pub fn value(&self, names: &[&str]) -> Option<&Value> {
        names
            .iter()
            .find_map(|name| self.0.get(&normal(name)))
            .filter(|value| !value.is_null())
    }

    /// A list: a JSON array of texts, or one text cut at `|`, `^`, `;` and `；`.
    pub fn list(&self, names: &[&str]) -> Vec<String> {
        match self.value(names) {
            Some(Value::Array(values)) => values
                .iter()
                .filter_map(Value::as_str)
                .map(|text| text.trim().to_owned())
                .collect(),
            Some(Value::String(text)) => text
                .split(['|', '^', ';', '；'])
                .map(str::trim)
                .filter(|part| !part.is_empty())
                .map(str::to_owned)
                .collect(),
            _ => Vec::new(),
        }
    }

    /// All columns that hold a text, a number or a flag, in the order of their names.
    pub fn texts(&self) -> BTreeMap<String, String> {
        self.0
            .keys()
            .filter_map(|name| Some((name.clone(), self.text(&[name])?)))
            .collect()
    }

    /// The names of the columns that hold something, in small letters and no order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// Whether nothing stands in the row.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

fn normal(name: &str) -> String {
    name.trim().to_lowercase()
}
