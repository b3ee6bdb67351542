//! A licence type and its fields. Pure.

use serde::{Deserialize, Serialize};
use tongban_access::PartyKind;
use tongban_codes::LicenceTypeCode;

use crate::{Error, error::refused};

/// One field of a licence beyond holder, issuer and dates, such as 经营场所.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldDef {
    /// The stable name, under which a form or another licence fills it.
    pub name: String,
    /// What is printed before its value.
    pub title: String,
    /// Kept sealed and used for filling forms, but neither signed nor printed.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub private: bool,
}

impl FieldDef {
    /// A field that is signed and printed.
    pub fn new(name: impl Into<String>, title: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            title: title.into(),
            private: false,
        }
    }

    /// The same field, kept back from the signed record and the page.
    #[must_use]
    pub fn private(mut self) -> Self {
        self.private = true;
        self
    }
}

/// A licence type (证照类型) of GB/T 36903.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LicenceType {
    /// 21 characters: the code of the authority that defines it, and three digits.
    pub code: String,
    /// 食品经营许可证
    pub name: String,
    /// The authority that defines it.
    pub definer_name: String,
    /// Its unified social credit code, the first 18 characters of `code`.
    pub definer_code: String,
    /// In printing order.
    pub fields: Vec<FieldDef>,
    /// Whether persons or firms hold it.
    pub holder: PartyKind,
    /// Invented for a demonstration: every licence of it says so, on the page and in the signed record.
    #[serde(default)]
    pub invented: bool,
}

impl LicenceType {
    /// Judges a type. Refusals: `licence.type` (the code's form), `licence_type.name_missing`,
    /// `licence_type.definer_missing`, `licence_type.definer_code`, `licence_type.field_name`, `licence_type.field_twice`.
    pub(crate) fn check(&self) -> Result<(), Error> {
        let code = LicenceTypeCode::parse(&self.code)?;
        if self.name.trim().is_empty() {
            return Err(refused("licence_type.name_missing", []));
        }
        if self.definer_name.trim().is_empty() {
            return Err(refused("licence_type.definer_missing", []));
        }
        if code.as_str().get(..18) != Some(self.definer_code.as_str()) {
            return Err(refused(
                "licence_type.definer_code",
                [("code", self.code.clone())],
            ));
        }
        for (index, field) in self.fields.iter().enumerate() {
            if field.name.trim().is_empty() || field.title.trim().is_empty() {
                return Err(refused(
                    "licence_type.field_name",
                    [("position", (index + 1).to_string())],
                ));
            }
            if self
                .fields
                .iter()
                .take(index)
                .any(|earlier| earlier.name == field.name)
            {
                return Err(refused(
                    "licence_type.field_twice",
                    [("field", field.name.clone())],
                ));
            }
        }
        Ok(())
    }
}
