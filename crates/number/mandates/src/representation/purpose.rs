//! The exchange asks this room whether a check of a representative runs, about which firm, and what it may read.

use tongban_access::{Actor, PartyKind};
use tongban_exchange::{LivePurpose, Purpose, PurposeRef, Subject};
use tongban_store::Store;

use super::{
    domain::{RepresentationRules, TITLE},
    row::{self, CODE_FIELD},
};

/// The kind of purpose that a check is.
pub(super) const PURPOSE: &str = "representation";

/// Checks of representatives as purposes. Wired into the exchange by the binary.
#[derive(Debug, Clone)]
pub struct RepresentationPurpose {
    store: Store,
    rules: RepresentationRules,
}

impl RepresentationPurpose {
    pub fn new(store: Store, rules: RepresentationRules) -> Self {
        Self { store, rules }
    }
}

#[async_trait::async_trait]
impl Purpose for RepresentationPurpose {
    /// Live for the person who asked, while the check runs.
    async fn live(
        &self,
        purpose: &PurposeRef,
        actor: &Actor,
    ) -> Result<Option<LivePurpose>, tongban_exchange::Error> {
        if purpose.kind != PURPOSE {
            return Ok(None);
        }
        let Some(row) = row::running(&self.store, purpose.id).await? else {
            return Ok(None);
        };
        let (true, Some(sealed)) = (actor.holder() == Some(row.account), &row.code_sealed) else {
            return Ok(None);
        };
        let wanted = self.rules.wanted();
        Ok(Some(LivePurpose {
            subject: Subject {
                kind: PartyKind::Enterprise,
                number: self.store.unseal(CODE_FIELD, sealed)?,
                name: String::new(),
            },
            consents: vec![wanted.resource.clone()],
            resources: vec![wanted],
            duties: Vec::new(),
            title: TITLE.to_owned(),
            law: None,
            organisation: self.rules.organisation.clone(),
            region: self.rules.region.clone(),
            filed: true,
        }))
    }
}
