//! How far a list reaches. The same rules as [`permit`](crate::permit), as a value that SQL can apply.

use tongban_codes::RegionCode;
use uuid::Uuid;

use crate::{
    Action, Actor, MandateScope, Role,
    permit::{is_own, needed},
};

/// The scope of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reach {
    /// Nothing at all.
    Nothing,
    /// What belongs to the account.
    Own(Uuid),
    /// What belongs to the account and lies within the scope of its agent's mandate.
    OwnWithin(Uuid, MandateScope),
    /// What the organisation is responsible for.
    Organisation(Uuid),
    /// What lies in a region or below it.
    Region(RegionCode),
    /// Everything.
    Everything,
}

impl Reach {
    /// The reach of an actor for an action that lists. Whoever lacks a second factor sees the list and is asked for it by the act.
    pub fn of(actor: &Actor, action: Action) -> Self {
        match (actor, action) {
            (Actor::System, _) => Self::Everything,
            (
                Actor::Party {
                    account,
                    assurance,
                    agency,
                    ..
                },
                action,
            ) if is_own(action) && *assurance >= needed(action) => match agency {
                None => Self::Own(*account),
                Some(agency) if !agency.kind.allows(action) => Self::Nothing,
                Some(agency) if agency.scope.is_everything() => Self::Own(*account),
                Some(agency) => Self::OwnWithin(*account, agency.scope.clone()),
            },
            (Actor::Staff { post, .. }, action) => match (post.role, action) {
                (
                    Role::Clerk,
                    Action::CaseFileAtWindow
                    | Action::CaseView
                    | Action::NumberReveal
                    | Action::CaseAccept
                    | Action::CaseDeliver
                    | Action::FactRead,
                ) => Self::Region(post.region.clone()),
                (Role::Clerk, Action::PersonServe) => Self::Everything,
                (
                    Role::Approver,
                    Action::CaseView
                    | Action::NumberReveal
                    | Action::CaseAccept
                    | Action::CaseDecide
                    | Action::CaseSpecialProcedure
                    | Action::LicenceManage
                    | Action::RatingFollowUp,
                ) => Self::Organisation(post.organisation),
                (
                    Role::Supervisor,
                    Action::CaseView | Action::NumberReveal | Action::CaseSupervise | Action::RatingSupervise,
                ) => Self::Region(post.region.clone()),
                (Role::Supervisor, Action::SystemInspect) => Self::Everything,
                (Role::Operator, Action::ItemManage | Action::ImportRun | Action::AccountManage) => {
                    Self::Region(post.region.clone())
                }
                (Role::Operator, Action::DepartmentSwitch | Action::ClientManage | Action::SystemInspect) => {
                    Self::Everything
                }
                _ => Self::Nothing,
            },
            _ => Self::Nothing,
        }
    }

    /// Whether a thing lies within the reach; the test that compares it with `permit` uses it.
    pub fn holds(&self, thing: &crate::Thing) -> bool {
        match self {
            Self::Nothing => false,
            Self::Own(account) => thing.owner == Some(*account),
            Self::OwnWithin(account, scope) => thing.owner == Some(*account) && scope.holds(thing),
            Self::Organisation(organisation) => thing.organisation == Some(*organisation),
            Self::Region(region) => thing.region.as_ref().is_some_and(|own| region.contains(own)),
            Self::Everything => true,
        }
    }
}
