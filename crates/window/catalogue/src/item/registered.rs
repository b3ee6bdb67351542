//! Which of the resources and licence types that items name are registered. What nobody has registered can spare nobody anything.

use std::collections::BTreeSet;

use tongban_exchange::{known_resources, known_resources_in};
use tongban_licences::{known_licence_types, known_licence_types_in};
use tongban_store::{Store, StoreError, Tx};

use super::domain::ItemContent;

/// Codes of resources that a licence type serves begin so (room of licences).
const OF_LICENCES: &str = "licence:";

/// The codes that some items name and that are registered.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Registered {
    pub(super) resources: BTreeSet<String>,
    pub(super) licence_types: BTreeSet<String>,
}

impl Registered {
    pub(super) fn has_resource(&self, code: &str) -> bool {
        match code.strip_prefix(OF_LICENCES) {
            Some(licence_type) => self.has_licence_type(licence_type),
            None => self.resources.contains(code),
        }
    }

    pub(super) fn has_licence_type(&self, code: &str) -> bool {
        self.licence_types.contains(code)
    }
}

/// What some contents name, for one question each.
fn named<'content>(contents: impl Iterator<Item = &'content ItemContent>) -> (Vec<String>, Vec<String>) {
    let (mut resources, mut types) = (BTreeSet::new(), BTreeSet::new());
    for content in contents {
        for code in content.resources() {
            match code.strip_prefix(OF_LICENCES) {
                Some(licence_type) => types.insert(licence_type.to_owned()),
                None => resources.insert(code.to_owned()),
            };
        }
        types.extend(content.licence_types().into_iter().map(str::to_owned));
    }
    (resources.into_iter().collect(), types.into_iter().collect())
}

/// What of the names in this content is registered.
pub async fn registered(store: &Store, content: &ItemContent) -> Result<Registered, StoreError> {
    let (resources, types) = named(std::iter::once(content));
    Ok(Registered {
        resources: known_resources(store, &resources).await?.into_iter().collect(),
        licence_types: known_licence_types(store, &types).await?.into_iter().collect(),
    })
}

/// The same of several contents, inside an act. Contents that name nothing ask nothing.
pub(super) async fn registered_in<'content>(
    tx: &Tx,
    contents: impl Iterator<Item = &'content ItemContent>,
) -> Result<Registered, StoreError> {
    let (resources, types) = named(contents);
    Ok(Registered {
        resources: known_resources_in(tx, &resources).await?.into_iter().collect(),
        licence_types: known_licence_types_in(tx, &types).await?.into_iter().collect(),
    })
}
