//! Fields of the editor: which element of the content each one holds, how it is asked for, and how what was posted goes back. Pure.
//!
//! A field names its element by a path with dots (`legal_limit.amount`) below the content, or below the entry of a list. The path is the
//! name of the input as well, and the way in which findings name the element.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use tongban_codes::{Fen, ItemType};
use tongban_web::{
    Locale,
    forms::{self, FieldError, FieldView, Filled},
    pages::Texts,
};

/// Bytes of the megabyte in which the size of files is asked for.
const MEGABYTE: u64 = 1024 * 1024;

/// How an element is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// One line of text.
    Line,
    /// Some lines of text.
    Long,
    /// A list of texts, one a line.
    Lines,
    /// A whole number, not below zero.
    Count,
    Flag,
    /// Yes, no, or not said.
    YesOrNo,
    Day,
    /// Yuan with two decimals.
    Money,
    /// Bytes, asked for in megabytes.
    Megabytes,
    /// One of the national types.
    ItemType,
    /// One of these words.
    Choice(&'static [&'static str]),
    /// Some of these words.
    Choices(&'static [&'static str]),
    /// Some of these words, kept joined by `^` as the national tables have them.
    Joined(&'static [&'static str]),
    /// One of the choices that the world holds: organisations, licence types, registers.
    World(World),
    /// A licence or a register, kept as an object.
    Replacement,
    /// Names to names, one pair a line: `经营场所=address`.
    Pairs,
}

/// Where the choices of a field come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum World {
    Organisations,
    LicenceTypes,
    /// Registers of the exchange: what a duty is to check.
    Resources,
    /// Licences and registers: what spares a material.
    Replacements,
    /// Single facts of licences, registers and accounts: what fills a field.
    Facts,
}

/// The choices of the world, as value and label.
pub(super) type Choices = BTreeMap<World, Vec<(String, String)>>;

/// One field.
#[derive(Debug, Clone, Copy)]
pub(super) struct Field {
    pub path: &'static str,
    pub kind: Kind,
    pub required: bool,
}

impl Field {
    pub(super) const fn new(path: &'static str, kind: Kind) -> Self {
        Self {
            path,
            kind,
            required: false,
        }
    }

    pub(super) const fn required(path: &'static str, kind: Kind) -> Self {
        Self {
            path,
            kind,
            required: true,
        }
    }

    /// Whether a finding about this path is about this field: the same element, a part of it, or what it is a part of.
    fn about(&self, path: &str) -> bool {
        let below =
            |whole: &str, part: &str| part.strip_prefix(whole).is_some_and(|rest| rest.starts_with('.'));
        self.path == path || below(path, self.path) || below(self.path, path)
    }

    fn world(&self) -> Option<World> {
        match self.kind {
            Kind::World(world) => Some(world),
            Kind::Replacement => Some(World::Replacements),
            _ => None,
        }
    }
}

/// Which choices some fields need.
pub(super) fn worlds(fields: &[Field]) -> Vec<World> {
    fields.iter().filter_map(Field::world).collect()
}

/// The field that a finding is told beside.
pub(super) fn field_about(fields: &[Field], path: &str) -> Option<&'static str> {
    fields
        .iter()
        .find(|field| field.about(path))
        .map(|field| field.path)
}

/// What the fields are made of: a section with its texts, and the choices of the world.
pub(super) struct Asked<'a> {
    /// The word of the section in the keys of texts.
    pub section: &'a str,
    pub fields: &'a [Field],
    pub choices: &'a Choices,
    pub texts: &'a Texts,
    pub locale: Locale,
}

impl Asked<'_> {
    /// The fields on a page, filled.
    pub(super) fn views(&self, values: &Value, errors: &[FieldError]) -> Vec<FieldView> {
        let filled = Filled {
            values,
            origins: &BTreeMap::new(),
            errors,
        };
        forms::fields(&self.schema(values), filled, self.locale)
    }

    /// What was posted, as values by path. A choice that is none stays as it was typed and is judged by [`judge`].
    pub(super) fn parse(&self, posted: &tongban_web::Pairs) -> Value {
        forms::parse(&self.schema(&Value::Null), posted)
    }

    fn schema(&self, values: &Value) -> Value {
        let mut properties = Map::new();
        let mut required = Vec::new();
        for (order, field) in self.fields.iter().enumerate() {
            if field.required {
                required.push(Value::from(field.path));
            }
            properties.insert(
                field.path.to_owned(),
                self.property(field, order, values.get(field.path)),
            );
        }
        json!({"type": "object", "properties": properties, "required": required})
    }

    fn property(&self, field: &Field, order: usize, value: Option<&Value>) -> Value {
        let key = format!("editor-{}-{}", self.section, field.path.replace('.', "_"));
        let hint = format!("{key}-hint");
        let mut look = json!({"order": order});
        let mut property = match field.kind {
            Kind::Line | Kind::Money => json!({"type": "string"}),
            Kind::Long => json!({"type": "string", "maxLength": 20_000}),
            Kind::Lines | Kind::Pairs => json!({"type": "string", "maxLength": 20_000}),
            Kind::Count | Kind::Megabytes => json!({"type": "integer", "minimum": 0}),
            Kind::Flag => json!({"type": "boolean"}),
            Kind::Day => json!({"type": "string", "format": "date"}),
            Kind::Choices(_) | Kind::Joined(_) => json!({"type": "array", "items": {}}),
            Kind::ItemType | Kind::Choice(_) | Kind::YesOrNo | Kind::World(_) | Kind::Replacement => {
                json!({"type": "string"})
            }
        };
        match field.kind {
            Kind::Long => look["widget"] = json!("textarea"),
            Kind::Lines | Kind::Pairs => {
                look["widget"] = json!("textarea");
                look["rows"] = json!(3);
            }
            Kind::ItemType | Kind::YesOrNo | Kind::World(_) | Kind::Replacement => {
                look["widget"] = json!("select");
            }
            Kind::Choice(_) if !field.required => look["widget"] = json!("select"),
            _ => {}
        }
        let labelled = self.labelled(field, value);
        if !labelled.is_empty() {
            let words: Vec<&str> = labelled.iter().map(|(word, _)| word.as_str()).collect();
            if property.get("items").is_some() {
                property["items"] = json!({ "enum": words });
            } else {
                property["enum"] = json!(words);
            }
            look["labels"] = labelled
                .iter()
                .cloned()
                .map(|(word, label)| (word, Value::from(label)))
                .collect();
        }
        property["title"] = Value::from(self.say(&key));
        if self.texts.has(Locale::Chinese, &hint) {
            property["description"] = Value::from(self.say(&hint));
        }
        property["x-ui"] = look;
        property
    }

    /// The choices of a field. What stands in the content and is none of them is offered too: opening a page must not change anything.
    fn labelled(&self, field: &Field, value: Option<&Value>) -> Vec<(String, String)> {
        let mut known: Vec<(String, String)> = match field.kind {
            Kind::ItemType => ItemType::ALL
                .into_iter()
                .map(|kind| {
                    (
                        kind.code().to_owned(),
                        self.say(&format!("portal-item-type-{}", kind.code())),
                    )
                })
                .collect(),
            Kind::Choice(words) | Kind::Choices(words) | Kind::Joined(words) => words
                .iter()
                .map(|word| ((*word).to_owned(), self.word(field, word)))
                .collect(),
            Kind::YesOrNo => [("true", "answer-yes"), ("false", "answer-no")]
                .map(|(word, key)| (word.to_owned(), self.say(key)))
                .into(),
            _ => match field.world() {
                Some(world) => self.choices.get(&world).cloned().unwrap_or_default(),
                None => return Vec::new(),
            },
        };
        let there: Vec<&str> = match value {
            Some(Value::Array(values)) => values.iter().filter_map(Value::as_str).collect(),
            Some(Value::String(text)) if !text.is_empty() => vec![text],
            _ => Vec::new(),
        };
        for word in there {
            if !known.iter().any(|(known, _)| known == word) {
                known.push((word.to_owned(), word.to_owned()));
            }
        }
        known
    }

    /// The label of a word: its text, or the word itself where it speaks for itself (Ⅰ, Ⅱ).
    fn word(&self, field: &Field, word: &str) -> String {
        let last = field.path.rsplit('.').next().unwrap_or(field.path);
        let key = format!("editor-word-{last}-{}", word.replace(['/', '.'], "-"));
        if self.texts.has(Locale::Chinese, &key) {
            self.say(&key)
        } else {
            word.to_owned()
        }
    }

    fn say(&self, key: &str) -> String {
        self.texts.say(self.locale, &tongban_web::Sentence::key(key))
    }
}

/// What stands in the content or the entry, as values of the fields.
pub(super) fn read(fields: &[Field], from: &Value) -> Value {
    let values = fields
        .iter()
        .filter_map(|field| Some((field.path.to_owned(), shown(field, at(from, field.path)?)?)));
    Value::Object(values.collect())
}

fn at<'value>(from: &'value Value, path: &str) -> Option<&'value Value> {
    path.split('.').try_fold(from, |value, name| value.get(name))
}

fn shown(field: &Field, value: &Value) -> Option<Value> {
    let text = |text: String| Some(Value::String(text));
    match (field.kind, value) {
        (_, Value::Null) => None,
        (Kind::Lines, Value::Array(lines)) => {
            let lines: Vec<&str> = lines.iter().filter_map(Value::as_str).collect();
            text(lines.join("\n"))
        }
        (Kind::Joined(_), Value::String(joined)) => {
            let words = joined.split('^').map(str::trim).filter(|word| !word.is_empty());
            Some(words.map(Value::from).collect())
        }
        (Kind::YesOrNo, Value::Bool(said)) => text(said.to_string()),
        (Kind::Megabytes, bytes) => Some(Value::from(bytes.as_u64()?.div_ceil(MEGABYTE))),
        (Kind::Pairs, Value::Object(pairs)) => {
            let lines: Vec<String> = pairs
                .iter()
                .map(|(name, value)| format!("{name}={}", value.as_str().unwrap_or_default()))
                .collect();
            text(lines.join("\n"))
        }
        (Kind::Replacement, replacement) => {
            let part = |name: &str| replacement.get(name).and_then(Value::as_str);
            match part("kind")? {
                "licence" => text(format!("licence:{}", part("licence_type")?)),
                kind => text(format!("{kind}:{}", part(kind)?)),
            }
        }
        (_, other) => Some(other.clone()),
    }
}

/// What is wrong with what was typed. Whether the content is good, the catalogue says.
pub(super) fn judge(fields: &[Field], values: &Value, choices: &Choices) -> Vec<FieldError> {
    fields
        .iter()
        .filter_map(|field| judge_one(field, values.get(field.path), choices))
        .collect()
}

fn judge_one(field: &Field, value: Option<&Value>, choices: &Choices) -> Option<FieldError> {
    let error = |key: &str| Some(FieldError::new(field.path, key));
    let Some(value) = value else {
        return field
            .required
            .then(|| FieldError::new(field.path, "error-required"));
    };
    match field.kind {
        Kind::Count | Kind::Megabytes => match value.as_i64() {
            None => error("error-integer"),
            Some(number) if number < 0 => Some(FieldError::new(field.path, "error-minimum").with("limit", 0)),
            Some(number) if number > 100_000 => {
                Some(FieldError::new(field.path, "error-maximum").with("limit", 100_000))
            }
            Some(_) => None,
        },
        Kind::Day
            if value
                .as_str()
                .is_none_or(|day| day.parse::<chrono::NaiveDate>().is_err()) =>
        {
            error("error-date")
        }
        Kind::Money if value.as_str().is_none_or(|text| Fen::parse(text).is_err()) => error("error-number"),
        Kind::Pairs if value.as_str().is_some_and(|text| pairs(text).is_none()) => {
            error("editor-error-pairs")
        }
        Kind::World(World::Organisations)
            if !choices.get(&World::Organisations).is_some_and(|known| {
                known
                    .iter()
                    .any(|(word, _)| Some(word.as_str()) == value.as_str())
            }) =>
        {
            error("error-choice")
        }
        _ => None,
    }
}

fn pairs(text: &str) -> Option<Map<String, Value>> {
    text.lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .map(|line| {
            let (name, value) = line.split_once(['=', '＝'])?;
            let (name, value) = (name.trim(), value.trim());
            (!name.is_empty() && !value.is_empty()).then(|| (name.to_owned(), Value::from(value)))
        })
        .collect()
}

/// Puts values that [`judge`] has passed into the content or the entry. An empty field takes its element away.
pub(super) fn write(fields: &[Field], values: &Value, into: &mut Value) {
    for field in fields {
        let value = values.get(field.path);
        // what spares a material says more than its code: untouched, it stays whole
        let untouched = field.kind == Kind::Replacement
            && at(into, field.path)
                .and_then(|before| shown(field, before))
                .as_ref()
                == value;
        if !untouched {
            set(into, field.path, value.and_then(|value| kept(field, value)));
        }
    }
}

fn set(into: &mut Value, path: &str, value: Option<Value>) {
    let Some((parent, name)) = path.rsplit_once('.') else {
        match (into.as_object_mut(), value) {
            (Some(members), Some(value)) => {
                members.insert(path.to_owned(), value);
            }
            (Some(members), None) => {
                members.shift_remove(path);
            }
            (None, _) => {}
        }
        return;
    };
    let holder = into
        .as_object_mut()
        .map(|members| members.entry(parent).or_insert_with(|| Value::Object(Map::new())));
    if let Some(holder) = holder {
        if !holder.is_object() {
            *holder = Value::Object(Map::new());
        }
        set(holder, name, value);
    }
}

fn kept(field: &Field, value: &Value) -> Option<Value> {
    let text = value.as_str();
    match field.kind {
        Kind::Lines => {
            let lines = text?
                .split(['\n', '|', '；', ';'])
                .map(str::trim)
                .filter(|line| !line.is_empty());
            Some(lines.map(Value::from).collect())
        }
        Kind::Joined(_) => {
            let words: Vec<&str> = value.as_array()?.iter().filter_map(Value::as_str).collect();
            Some(Value::from(words.join("^")))
        }
        Kind::YesOrNo => text?.parse().ok().map(Value::Bool),
        Kind::Megabytes => Some(Value::from(value.as_u64()? * MEGABYTE)),
        Kind::Pairs => pairs(text?).map(Value::Object),
        Kind::Money => Some(json!(Fen::parse(text?).ok()?)),
        Kind::Replacement => {
            let (kind, code) = text?.split_once(':')?;
            match kind {
                "licence" => Some(json!({"kind": "licence", "licence_type": code})),
                "resource" => Some(json!({"kind": "resource", "resource": code})),
                _ => None,
            }
        }
        _ => Some(value.clone()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIELDS: &[Field] = &[
        Field::required("name", Kind::Line),
        Field::new("topics", Kind::Lines),
        Field::new("use_level", Kind::Joined(&["3", "4"])),
        Field::new("limit.amount", Kind::Count),
        Field::new("max_bytes", Kind::Megabytes),
        Field::new("replaced_by", Kind::Replacement),
        Field::new("fields", Kind::Pairs),
        Field::new("amount", Kind::Money),
        Field::new("online_payment", Kind::YesOrNo),
    ];

    #[test]
    fn what_is_read_and_written_back_is_the_same() {
        let content = json!({
            "name": "食品经营许可", "topics": ["开饭店", "准营准办"], "use_level": "3^4", "limit": {"amount": 5},
            "max_bytes": 20 * 1024 * 1024, "replaced_by": {"kind": "resource", "resource": "population.basic", "fields": ["name"]},
            "fields": {"经营场所": "address"}, "amount": "12.50", "online_payment": false,
            "untouched": true,
        });
        let mut written = content.clone();
        write(FIELDS, &read(FIELDS, &content), &mut written);
        assert_eq!(written, content);
    }

    #[test]
    fn an_empty_field_takes_its_element_away() {
        let mut content = json!({"name": "某事", "topics": ["a"], "limit": {"amount": 5, "unit": "workday"}});
        write(FIELDS, &json!({"name": "某事"}), &mut content);
        assert_eq!(content, json!({"name": "某事", "limit": {"unit": "workday"}}));
    }

    #[test]
    fn what_was_typed_wrong_is_named() {
        let values = json!({"limit.amount": "五", "max_bytes": -1, "fields": "经营场所", "amount": "十元"});
        let errors = judge(FIELDS, &values, &Choices::new());
        let named: Vec<(&str, &str)> = errors
            .iter()
            .map(|error| (error.field.as_str(), error.key.as_str()))
            .collect();
        assert_eq!(
            named,
            [
                ("name", "error-required"),
                ("limit.amount", "error-integer"),
                ("max_bytes", "error-minimum"),
                ("fields", "editor-error-pairs"),
                ("amount", "error-number"),
            ]
        );
    }

    #[test]
    fn findings_find_their_field() {
        for (path, field) in [
            ("name", Some("name")),
            ("limit", Some("limit.amount")),
            ("fields.经营场所", Some("fields")),
            ("limits", None),
        ] {
            assert_eq!(field_about(FIELDS, path), field, "{path}");
        }
    }
}
