//! The table that decides. Deny is the default.

use tongban_codes::RegionCode;
use uuid::Uuid;

use crate::{Action, Actor, Assurance, Role};

/// What an action is done to, as far as the decision needs to know.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Thing {
    /// The account that it belongs to.
    pub owner: Option<Uuid>,
    /// The department that is responsible for it.
    pub organisation: Option<Uuid>,
    /// Where it belongs.
    pub region: Option<RegionCode>,
    /// The matter that it is about.
    pub item: Option<Uuid>,
    /// How well whoever applies must be known, where that is more than the action itself asks for.
    pub assurance: Option<Assurance>,
}

impl Thing {
    /// A thing of nobody and nowhere: for actions that need only a role.
    pub fn none() -> Self {
        Self::default()
    }

    /// A thing that belongs to an account.
    pub fn of(owner: Uuid) -> Self {
        Self {
            owner: Some(owner),
            ..Self::default()
        }
    }

    /// A thing of a department in a region.
    pub fn at(organisation: Uuid, region: RegionCode) -> Self {
        Self {
            organisation: Some(organisation),
            region: Some(region),
            ..Self::default()
        }
    }

    /// The same thing, about a matter.
    #[must_use]
    pub fn about(mut self, item: Uuid) -> Self {
        self.item = Some(item);
        self
    }

    /// The same thing, for those only who are known this well.
    #[must_use]
    pub fn asking(mut self, assurance: Assurance) -> Self {
        self.assurance = Some(assurance);
        self
    }

    /// The same thing with an owner.
    #[must_use]
    pub fn owned_by(mut self, owner: Option<Uuid>) -> Self {
        self.owner = owner;
        self
    }
}

/// The answer "no". Faces show it as 403, or as 404 where even the existence is private.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{actor} may not {action}")]
pub struct Denied {
    pub actor: &'static str,
    pub action: &'static str,
    /// The level of assurance that is all that lacks: whoever reaches it may.
    pub needs: Option<Assurance>,
    /// A second factor is all that lacks: whoever shows one may.
    pub second_factor: bool,
}

impl Denied {
    /// A plain no to whoever acts.
    pub fn new(actor: &Actor, action: &'static str) -> Self {
        Self {
            actor: actor.word(),
            action,
            needs: None,
            second_factor: false,
        }
    }
}

/// How well a person or firm must be known for an action: whatever touches a number needs the number to be theirs.
pub(crate) fn needed(action: Action) -> Assurance {
    match action {
        Action::CaseApply
        | Action::CaseWithdraw
        | Action::LicenceView
        | Action::FactRead
        | Action::DataView
        | Action::MandateGive => Assurance::RealName,
        _ => Assurance::Registered,
    }
}

/// What persons and firms do to what is theirs.
pub(crate) fn is_own(action: Action) -> bool {
    matches!(
        action,
        Action::CaseApply
            | Action::CaseView
            | Action::CaseWithdraw
            | Action::LicenceView
            | Action::DataView
            | Action::MandateGive
            | Action::FactRead
            | Action::RatingGive
    )
}

/// What staff do with a second factor only: deciding, sealing, running the platform, numbers in clear, and whatever decides who somebody is.
pub(crate) fn needs_second_factor(action: Action) -> bool {
    matches!(
        action,
        Action::CaseDecide
            | Action::CaseSpecialProcedure
            | Action::LicenceManage
            | Action::NumberReveal
            | Action::PersonServe
            | Action::ItemManage
            | Action::ImportRun
            | Action::AccountManage
            | Action::ClientManage
            | Action::DepartmentSwitch
    )
}

/// Refuses a member of staff who has shown no second factor, for acts that no table row stands for.
pub fn require_second_factor(actor: &Actor, action: &'static str) -> Result<(), Denied> {
    if actor.is_proven() {
        Ok(())
    } else {
        Err(Denied {
            second_factor: true,
            ..Denied::new(actor, action)
        })
    }
}

/// As [`permit`], for looking at what an action is done to and for showing its button: no second factor is asked for yet.
pub fn permit_looking(actor: &Actor, action: Action, thing: &Thing) -> Result<(), Denied> {
    permit(&actor.clone().proven(true), action, thing)
}

/// Decides whether an actor may do an action to a thing.
pub fn permit(actor: &Actor, action: Action, thing: &Thing) -> Result<(), Denied> {
    let needs = match actor.assurance() {
        Some(known) => [Some(needed(action)), thing.assurance]
            .into_iter()
            .flatten()
            .max()
            .filter(|needed| *needed > known),
        None => None,
    };
    let second_factor = needs_second_factor(action) && !actor.is_proven();
    let allowed = allowed(actor, action, thing);
    if allowed && needs.is_none() && !second_factor {
        return Ok(());
    }
    Err(Denied {
        // who may not do it at all is not told what would be missing
        needs: needs.filter(|_| allowed),
        second_factor: second_factor && allowed,
        ..Denied::new(actor, action.as_str())
    })
}

fn allowed(actor: &Actor, action: Action, thing: &Thing) -> bool {
    let owns = actor.account().is_some() && thing.owner == actor.account();
    let own_organisation = actor
        .post()
        .is_some_and(|post| thing.organisation == Some(post.organisation));
    let own_region = actor.post().is_some_and(|post| {
        thing
            .region
            .as_ref()
            .is_some_and(|region| post.region.contains(region))
    });
    match actor {
        Actor::System => true,
        Actor::Nobody => false,
        Actor::Party { agency, .. } => {
            owns && is_own(action) && agency.as_ref().is_none_or(|agency| agency.covers(action, thing))
        }
        Actor::Staff { post, .. } => match post.role {
            // 综合窗口: any matter of the region of the hall.
            Role::Clerk => match action {
                Action::CaseFileAtWindow
                | Action::CaseView
                | Action::NumberReveal
                | Action::CaseAccept
                | Action::CaseDeliver
                | Action::FactRead => own_region,
                // A person may go to any window.
                Action::PersonServe => true,
                // A form that the clerk fills for somebody at the window, or that has no account behind it.
                Action::CaseApply => own_region && (owns || thing.owner.is_none()),
                _ => false,
            },
            Role::Approver => match action {
                Action::CaseView
                | Action::NumberReveal
                | Action::CaseAccept
                | Action::CaseDecide
                | Action::CaseSpecialProcedure
                | Action::LicenceManage
                | Action::RatingFollowUp => own_organisation,
                _ => false,
            },
            Role::Supervisor => match action {
                Action::CaseView | Action::NumberReveal | Action::CaseSupervise | Action::RatingSupervise => {
                    own_region
                }
                Action::SystemInspect => true,
                _ => false,
            },
            Role::Operator => match action {
                // The catalogue, the lists and the accounts of the own region and what lies in it; licence types and working days lie nowhere.
                Action::ItemManage | Action::ImportRun | Action::AccountManage => {
                    own_region || thing.region.is_none()
                }
                Action::DepartmentSwitch | Action::ClientManage | Action::SystemInspect => true,
                _ => false,
            },
        },
    }
}
