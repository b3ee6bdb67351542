//! The exchange asks this room whether a case is live, about whom, and what it may read.

use tongban_access::{Action, Actor, PartyKind, permit};
use tongban_catalogue::{resources_of, version, wanted_facts};
use tongban_exchange::{DeclaredDuty, LivePurpose, Purpose, PurposeRef, Subject};
use tongban_procedure::State;
use tongban_store::{Store, StoreError};

use crate::{
    case::{query, save},
    draft::fill::PURPOSE,
};

/// Cases as purposes. Wired into the exchange by the binary.
#[derive(Debug, Clone)]
pub struct CasePurpose {
    store: Store,
}

impl CasePurpose {
    pub fn new(store: Store) -> Self {
        Self { store }
    }
}

#[async_trait::async_trait]
impl Purpose for CasePurpose {
    /// A draft is live for its applicant, or for the clerk who recorded that the person is present; a filed case for
    /// the office that handles it, until it is closed.
    async fn live(
        &self,
        purpose: &PurposeRef,
        actor: &Actor,
    ) -> Result<Option<LivePurpose>, tongban_exchange::Error> {
        if purpose.kind != PURPOSE {
            return Ok(None);
        }
        let Some(row) = query::purpose_row(&self.store, purpose.id).await? else {
            return Ok(None);
        };
        let Some(state) = State::from_word(&row.state) else {
            return Ok(None);
        };
        let thing = save::thing(&row)?;
        if state.is_closed() || permit(actor, Action::FactRead, &thing).is_err() {
            return Ok(None);
        }
        if state == State::Draft && thing.owner != actor.account() {
            return Ok(None);
        }
        let item = version(&self.store, row.item_version)
            .await
            .map_err(|error| StoreError::Corrupt(format!("item version of a case: {error}")))?;
        let (Some(item), Some(kind)) = (item, PartyKind::from_word(&row.party_kind)) else {
            return Ok(None);
        };
        let number = self
            .store
            .unseal(save::number_field(&row.party_kind), &row.applicant_sealed)?;
        let consents = serde_json::from_str(&row.consents).map_err(StoreError::from)?;
        Ok(Some(LivePurpose {
            subject: Subject {
                kind,
                number,
                name: row.applicant_name.clone(),
            },
            resources: wanted_facts(&item.content),
            consents,
            duties: resources_of(&item.content)
                .into_iter()
                .filter_map(|resource| {
                    let law = item.content.duty(&resource)?.basis();
                    Some(DeclaredDuty { resource, law })
                })
                .collect(),
            title: row.item_name.clone(),
            law: item
                .content
                .legal_basis
                .first()
                .map(|basis| format!("{}{}", basis.law, basis.article)),
            organisation: row.organisation_name.clone(),
            region: save::region(&row)?,
            filed: state != State::Draft,
        }))
    }
}
