//! The door by which a matter reads a licence through the exchange: `licence:TYPE` answers with the fields of the valid
//! licence of that type which the person or firm holds.

use serde_json::{Map, Value};
use tongban_codes::civil::beijing_date;
use tongban_exchange::{Error, Field, Resource, ShareClass, Source, Subject};
use tongban_store::{Store, StoreError};
use uuid::Uuid;

use super::query::held;
use crate::types::query::licence_type;

/// What stands before the type in the code of a resource.
const PREFIX: &str = "licence:";

/// Facts that every licence has, beside the fields of its type. Their names begin so that they hide no field of a type.
const OF_EVERY_LICENCE: [(&str, &str); 3] = [
    ("licence_identifier", "电子证照标识"),
    ("licence_issuer", "颁发机关"),
    ("licence_valid_to", "有效期至"),
];

/// Licences as resources of the exchange. Wired into it by the binary.
#[derive(Debug, Clone)]
pub struct LicenceSource {
    store: Store,
}

impl LicenceSource {
    pub fn new(store: Store) -> Self {
        Self { store }
    }
}

fn failed(error: crate::Error) -> Error {
    match error {
        crate::Error::Store(error) => Error::Store(error),
        other => Error::Store(StoreError::Corrupt(format!("a licence: {other}"))),
    }
}

#[async_trait::async_trait]
impl Source for LicenceSource {
    /// The type's fields, without those that the type calls private.
    async fn resource(&self, code: &str) -> Result<Option<Resource>, Error> {
        let Some(type_code) = code.strip_prefix(PREFIX) else {
            return Ok(None);
        };
        let Some(found) = licence_type(&self.store, type_code).await.map_err(failed)? else {
            return Ok(None);
        };
        let own = found
            .fields
            .iter()
            .filter(|field| !field.private)
            .map(|field| Field {
                name: field.name.clone(),
                title: field.title.clone(),
            });
        let every = OF_EVERY_LICENCE.into_iter().map(|(name, title)| Field {
            name: name.to_owned(),
            title: title.to_owned(),
        });
        Ok(Some(Resource {
            code: code.to_owned(),
            name: found.name,
            // Nobody's by id: a type is defined by an office that need not be one of ours.
            organisation: Uuid::nil(),
            organisation_name: found.definer_name,
            share_class: ShareClass::Conditional,
            url: String::new(),
            fields: own.chain(every).collect(),
            subject: found.holder,
        }))
    }

    /// The newest licence of the type that is valid today.
    async fn facts(&self, code: &str, subject: &Subject) -> Result<Option<Map<String, Value>>, Error> {
        let type_code = code.strip_prefix(PREFIX).unwrap_or_default();
        let today = beijing_date(self.store.now());
        let licences = held(&self.store, subject.kind, &subject.number)
            .await
            .map_err(failed)?;
        let newest = licences
            .into_iter()
            .find(|licence| licence.type_code == type_code && licence.is_valid_on(today));
        Ok(newest.map(|licence| {
            let mut facts = licence.fields;
            facts.insert("licence_identifier".to_owned(), Value::String(licence.identifier));
            facts.insert("licence_issuer".to_owned(), Value::String(licence.issuer_name));
            if let Some(day) = licence.valid_to {
                facts.insert("licence_valid_to".to_owned(), Value::String(day.to_string()));
            }
            facts
        }))
    }
}
