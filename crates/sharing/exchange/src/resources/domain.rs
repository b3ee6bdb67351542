//! What a resource is, and when its entry is sound. Pure.

use reqwest::Url;
use serde::{Deserialize, Serialize};
use tongban_access::PartyKind;
use uuid::Uuid;

/// How far a resource is shared (国发〔2016〕51号: 无条件共享, 有条件共享, 不予共享).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ShareClass {
    /// 无条件共享: for every office.
    Unconditional,
    /// 有条件共享: for those whose duty needs it.
    Conditional,
    /// 不予共享: nobody reads it here.
    NotShared,
}

impl ShareClass {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unconditional => "unconditional",
            Self::Conditional => "conditional",
            Self::NotShared => "not_shared",
        }
    }

    /// The class of a stored word.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Unconditional, Self::Conditional, Self::NotShared]
            .into_iter()
            .find(|class| class.as_str() == word)
    }
}

/// One fact that a resource answers with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Field {
    /// The key in the answer, such as `name`.
    pub name: String,
    /// The words for it, such as 姓名.
    pub title: String,
}

/// One entry of the directory. The secret of its department system is not part of it and never leaves the room.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resource {
    /// `register.what`, such as `population.basic`.
    pub code: String,
    /// Its name in words, such as 人口基本信息.
    pub name: String,
    /// The organisation that answers for it.
    pub organisation: Uuid,
    pub organisation_name: String,
    pub share_class: ShareClass,
    /// Where the department's system takes the question: `http` or `https`.
    pub url: String,
    /// The facts that may come through. What an answer holds beyond them is dropped.
    pub fields: Vec<Field>,
    /// Whether it knows persons or firms.
    pub subject: PartyKind,
}

impl Resource {
    /// Where the facts come from, in words: 示范市公安局 人口基本信息.
    pub fn source(&self) -> String {
        format!("{} {}", self.organisation_name, self.name)
    }

    /// Those of its fields that are named here, in the order of the directory.
    pub fn offered(&self, names: &[String]) -> Vec<Field> {
        self.fields
            .iter()
            .filter(|field| names.contains(&field.name))
            .cloned()
            .collect()
    }
}

/// Checks an entry. Answers the code of the first thing wrong.
pub(crate) fn check(resource: &Resource, secret: &str) -> Result<(), &'static str> {
    let word = |text: &str| {
        !text.is_empty()
            && text
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
    };
    let code_is_sound = resource
        .code
        .split_once('.')
        .is_some_and(|(register, what)| word(register) && word(what));
    if !code_is_sound || resource.code.len() > 80 {
        return Err("exchange.resource_code");
    }
    if resource.name.trim().is_empty() || resource.organisation_name.trim().is_empty() {
        return Err("exchange.resource_name");
    }
    let url_is_sound = Url::parse(&resource.url).is_ok_and(|url| {
        matches!(url.scheme(), "http" | "https")
            && url.has_host()
            && url.username().is_empty()
            && url.password().is_none()
    });
    if !url_is_sound {
        return Err("exchange.resource_url");
    }
    if resource.fields.is_empty()
        || resource
            .fields
            .iter()
            .any(|field| field.name.is_empty() || field.title.trim().is_empty())
    {
        return Err("exchange.resource_fields");
    }
    // It travels as an HTTP header.
    if secret.len() < 16 || !secret.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err("exchange.resource_secret");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sound() -> Resource {
        Resource {
            code: "population.basic".to_owned(),
            name: "人口基本信息".to_owned(),
            organisation: Uuid::nil(),
            organisation_name: "示范市公安局".to_owned(),
            share_class: ShareClass::Conditional,
            url: "http://127.0.0.1:9/population".to_owned(),
            fields: vec![Field {
                name: "name".to_owned(),
                title: "姓名".to_owned(),
            }],
            subject: PartyKind::Person,
        }
    }

    const SECRET: &str = "sixteen-letters!";

    #[test]
    fn an_entry_is_checked_field_by_field() {
        type Spoil = fn(&mut Resource);
        let table: [(Spoil, Option<&str>); 11] = [
            (|_| {}, None),
            (
                |entry| entry.code = "population".to_owned(),
                Some("exchange.resource_code"),
            ),
            (
                |entry| entry.code = "Population.basic".to_owned(),
                Some("exchange.resource_code"),
            ),
            (
                |entry| entry.code = "population.".to_owned(),
                Some("exchange.resource_code"),
            ),
            (
                |entry| entry.name = " ".to_owned(),
                Some("exchange.resource_name"),
            ),
            (
                |entry| entry.organisation_name = String::new(),
                Some("exchange.resource_name"),
            ),
            (
                |entry| entry.url = "ftp://host/x".to_owned(),
                Some("exchange.resource_url"),
            ),
            (
                |entry| entry.url = "http://user:word@host/x".to_owned(),
                Some("exchange.resource_url"),
            ),
            (
                |entry| entry.url = "nowhere".to_owned(),
                Some("exchange.resource_url"),
            ),
            (|entry| entry.fields.clear(), Some("exchange.resource_fields")),
            (
                |entry| entry.fields[0].title.clear(),
                Some("exchange.resource_fields"),
            ),
        ];
        for (spoil, expected) in table {
            let mut entry = sound();
            spoil(&mut entry);
            assert_eq!(check(&entry, SECRET).err(), expected, "{entry:?}");
        }
        assert_eq!(check(&sound(), "short"), Err("exchange.resource_secret"));
        assert_eq!(
            check(&sound(), "sixteen letters and a line\nbreak"),
            Err("exchange.resource_secret")
        );
    }

    #[test]
    fn share_classes_have_stable_words() {
        for class in [
            ShareClass::Unconditional,
            ShareClass::Conditional,
            ShareClass::NotShared,
        ] {
            assert_eq!(ShareClass::from_word(class.as_str()), Some(class));
        }
        assert_eq!(ShareClass::from_word("open"), None);
    }
}
