//! How far a list reaches. The same rules as [`permit`](crate::permit), as a value that SQL can apply.

use tongban_codes::RegionCode;
use uuid::Uuid;

use crate::{Action, Actor, MandateScope, Within, table::table};

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
        if *actor == Actor::System {
            return Self::Everything;
        }
        let Some(within) = table().within(actor, action) else {
            return Self::Nothing;
        };
        if actor
            .assurance()
            .is_some_and(|known| known < table().level(action))
        {
            return Self::Nothing;
        }
        let scope = match actor.agency() {
            Some(agency) if !agency.kind.allows(action) => return Self::Nothing,
            Some(agency) => Some(&agency.scope).filter(|scope| !scope.is_everything()),
            None => None,
        };
        match (within, actor.account(), actor.post(), scope) {
            (Within::Own, Some(account), _, None) => Self::Own(account),
            (Within::Own, Some(account), _, Some(scope)) => Self::OwnWithin(account, scope.clone()),
            (Within::Organisation, _, Some(post), _) => Self::Organisation(post.organisation),
            (Within::Region | Within::RegionOrNowhere, _, Some(post), _) => Self::Region(post.region.clone()),
            (Within::Everything, _, _, None) => Self::Everything,
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
