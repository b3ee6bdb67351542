//! The exchange asks this room whether a real-name check runs, about whom, and what it may read.

use tongban_access::{Actor, PartyKind};
use tongban_exchange::{LivePurpose, Purpose, PurposeRef, Subject};
use tongban_store::Store;

use super::{
    domain::{RealNameRules, TITLE},
    row,
};
use crate::accounts::row::NUMBER_FIELD;

/// The kind of purpose that a check is.
pub(super) const PURPOSE: &str = "real_name";

/// Real-name checks as purposes. Wired into the exchange by the binary.
#[derive(Debug, Clone)]
pub struct RealNamePurpose {
    store: Store,
    rules: RealNameRules,
}

impl RealNamePurpose {
    pub fn new(store: Store, rules: RealNameRules) -> Self {
        Self { store, rules }
    }
}

#[async_trait::async_trait]
impl Purpose for RealNamePurpose {
    /// Live for the account that asked, while the check runs. Whoever asks says yes to it by asking.
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
        let (true, Some(sealed)) = (actor.holder() == Some(row.account), &row.number_sealed) else {
            return Ok(None);
        };
        let proof = row.proof.as_deref().and_then(|word| self.rules.proof(word));
        let resources = self.rules.wanted(proof);
        Ok(Some(LivePurpose {
            subject: Subject {
                kind: PartyKind::Person,
                number: self.store.unseal(NUMBER_FIELD, sealed)?,
                name: row.name,
            },
            consents: resources.iter().map(|wanted| wanted.resource.clone()).collect(),
            resources,
            duties: Vec::new(),
            title: TITLE.to_owned(),
            law: None,
            organisation: self.rules.organisation.clone(),
            region: self.rules.region.clone(),
            filed: true,
        }))
    }
}
