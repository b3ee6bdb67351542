//! Start an application: for oneself, or, at a window, for the person who stands there.

use serde_json::Map;
use tongban_access::{Action, Actor, PartyKind, Thing, permit};
use tongban_catalogue::{Audience, ItemVersion, applicable};
use tongban_codes::civil::beijing_date;
use tongban_identity::{Party, party_in};
use tongban_mandates::agency_stands_in;
use tongban_procedure::State;
use tongban_staff::stands_in;
use tongban_store::{AuditEntry, Tx};
use uuid::Uuid;

use super::{jobs, offered::still_offered};
use crate::{
    case::{
        domain::{Channel, Delivery},
        row::{self, case},
        save,
    },
    error::{Error, refused},
};

/// Who applies, as the window or the account says it.
#[derive(Debug, Clone)]
pub struct Applicant {
    /// The account, when there is one.
    pub account: Option<Uuid>,
    pub kind: PartyKind,
    pub name: String,
    /// Citizen number or enterprise code, checked.
    pub number: String,
    pub phone: Option<String>,
}

impl From<Party> for Applicant {
    fn from(party: Party) -> Self {
        Self {
            account: Some(party.account),
            kind: party.kind,
            name: party.name,
            number: party.number,
            phone: party.phone,
        }
    }
}

/// Start an application for an item.
#[derive(Debug, Clone)]
pub struct StartDraft {
    pub item: ItemVersion,
    pub organisation_name: String,
    pub applicant: Applicant,
    /// At a window: the clerk has seen the person and the document. Opens the exchange to the clerk.
    pub present: bool,
}

/// The started case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Started {
    pub case: Uuid,
    /// Whether an open draft was found and goes on.
    pub resumed: bool,
}

/// Starts a draft, or goes on with the one that is open.
///
/// Refuses `case.item_ended` and `case.item_withdrawn` (no longer offered), `case.guide_only` (nothing to fill online), `case.not_for_you` (an item for firms only, or persons only),
/// `case.presence` (a clerk who has not recorded that the person is present), `case.name_differs` (the number belongs to an
/// account of another name).
pub async fn start_draft(tx: &Tx, actor: &Actor, input: StartDraft) -> Result<Started, Error> {
    let channel = match actor {
        Actor::Staff { .. } => {
            permit(
                actor,
                Action::CaseFileAtWindow,
                &Thing::at(input.item.organisation, input.item.region.clone()),
            )?;
            Channel::Window
        }
        _ => {
            permit(
                actor,
                Action::CaseApply,
                &Thing::at(input.item.organisation, input.item.region.clone())
                    .about(input.item.item)
                    .owned_by(input.applicant.account),
            )?;
            Channel::Online
        }
    };
    if !agency_stands_in(tx, actor).await? || !stands_in(tx, actor).await? {
        return Err(Error::NotFound);
    }
    still_offered(tx, &input.item, beijing_date(tx.now())).await?;
    if !applicable(&input.item) {
        return Err(refused("case.guide_only"));
    }
    if !input.item.content.serves(Audience::from(input.applicant.kind)) {
        return Err(refused("case.not_for_you"));
    }
    if channel == Channel::Window && !input.present {
        return Err(refused("case.presence"));
    }
    if let (Channel::Window, Some(account)) = (channel, input.applicant.account) {
        // The case will stand in this account: it must be the account of the person on the document.
        let known = party_in(tx, account).await?.ok_or(Error::NotFound)?;
        if known.name != input.applicant.name || known.number != input.applicant.number {
            return Err(refused("case.name_differs"));
        }
    }
    if let (Channel::Online, Some(account)) = (channel, input.applicant.account)
        && let Some(open) = row::open_draft(tx, account, input.item.item).await?
    {
        return Ok(Started {
            case: open.id,
            resumed: true,
        });
    }
    let field = save::number_field(input.applicant.kind.as_str());
    let id = tx.new_id();
    let phone_sealed = match &input.applicant.phone {
        Some(phone) => Some(tx.store().seal(save::PHONE, phone)?),
        None => None,
    };
    let new = case::Model {
        id,
        number: None,
        state: State::Draft.as_str().to_owned(),
        version: 1,
        item: input.item.item,
        item_version: input.item.id,
        item_code: input.item.code.clone(),
        item_name: input.item.content.name.clone(),
        organisation: input.item.organisation,
        organisation_name: input.organisation_name,
        region: input.item.region.as_str().to_owned(),
        account: input.applicant.account,
        party_kind: input.applicant.kind.as_str().to_owned(),
        applicant_name: input.applicant.name,
        applicant_sealed: tx.store().seal(field, &input.applicant.number)?,
        applicant_blind: tx.store().blind(field, &input.applicant.number),
        phone_sealed,
        form_sealed: save::seal_values(tx, &Map::new())?,
        origins: "{}".to_owned(),
        consents: "[]".to_owned(),
        channel: channel.as_str().to_owned(),
        clerk: if channel == Channel::Window {
            actor.account()
        } else {
            None
        },
        created_at: tx.now(),
        touched_at: tx.now(),
        submitted_at: None,
        accepted_at: None,
        decided_at: None,
        closed_at: None,
        delivered_at: None,
        supplemented: false,
        supplement_text: None,
        supplement_until: None,
        step: 0,
        due_on: None,
        due_earliest: None,
        licence: None,
        delivery: Delivery::default().as_str().to_owned(),
        delivery_sealed: None,
        progress_sealed: None,
        progress_hash: None,
        agent: None,
        mandate: None,
        agent_kind: None,
        agent_name: None,
        agent_sealed: None,
    };
    row::insert(tx, new).await?;
    jobs::plan_sweep(tx, 0).await?;
    let mut entry = AuditEntry::new("case.start")
        .on("case", id)
        .with("item", input.item.code);
    if channel == Channel::Window {
        entry = entry.with("presence", "recorded");
    }
    tx.audit(entry).await?;
    Ok(Started {
        case: id,
        resumed: false,
    })
}
