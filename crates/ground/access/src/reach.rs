//! How far a list reaches: the same decision as [`permit`](crate::permit), as a value that SQL can apply.

use tongban_codes::RegionCode;
use uuid::Uuid;

use crate::{Action, Actor, MandateScope, Policies, Thing, Within, policies::in_force};

/// The scope of a list, and what it leaves out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reach {
    pub(crate) scope: Scope,
    /// Places that rules forbid. Empty, where a locality adds none.
    pub(crate) except: Vec<Place>,
}

/// How far a list reaches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
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

/// Where things lie.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    Region(RegionCode),
    Organisation(Uuid),
    /// A matter, by the item that all its versions share.
    Item(Uuid),
    /// An entry of the directory of resources, by its code.
    Resource(String),
}

impl Place {
    fn holds(&self, thing: &Thing) -> bool {
        match self {
            Self::Region(region) => thing.region.as_ref().is_some_and(|own| region.contains(own)),
            Self::Organisation(organisation) => thing.organisation == Some(*organisation),
            Self::Item(item) => thing.item == Some(*item),
            Self::Resource(code) => thing
                .shared
                .as_ref()
                .is_some_and(|shared| shared.resource == *code),
        }
    }
}

impl Scope {
    fn of(actor: &Actor, within: Within) -> Self {
        let scope = actor.agency().map(|agency| &agency.scope);
        match (within, actor.account(), actor.post(), scope) {
            (Within::Own, Some(account), None, None) => Self::Own(account),
            (Within::Principal, Some(account), None, Some(scope)) if scope.is_everything() => {
                Self::Own(account)
            }
            (Within::Principal, Some(account), None, Some(scope)) => Self::OwnWithin(account, scope.clone()),
            (Within::Organisation, _, Some(post), _) => Self::Organisation(post.organisation),
            (Within::Region | Within::RegionOrNowhere, _, Some(post), _) => Self::Region(post.region.clone()),
            (Within::Everything, _, Some(_), _) => Self::Everything,
            _ => Self::Nothing,
        }
    }
}

impl Reach {
    /// Nothing at all.
    pub fn nothing() -> Self {
        Self {
            scope: Scope::Nothing,
            except: Vec::new(),
        }
    }

    /// The reach of an actor for an action that lists. Whoever lacks a second factor sees the list and is asked for it by the act.
    pub fn of(actor: &Actor, action: Action) -> Self {
        in_force().map_or_else(Self::nothing, |policies| policies.reach(actor, action))
    }

    pub fn scope(&self) -> &Scope {
        &self.scope
    }

    pub fn is_nothing(&self) -> bool {
        self.scope == Scope::Nothing
    }

    /// Whether a thing lies within the reach.
    pub fn holds(&self, thing: &Thing) -> bool {
        let within = match &self.scope {
            Scope::Nothing => false,
            Scope::Own(account) => thing.owner == Some(*account),
            Scope::OwnWithin(account, scope) => thing.owner == Some(*account) && scope.holds(thing),
            Scope::Organisation(organisation) => thing.organisation == Some(*organisation),
            Scope::Region(region) => thing.region.as_ref().is_some_and(|own| region.contains(own)),
            Scope::Everything => true,
        };
        within && !self.except.iter().any(|place| place.holds(thing))
    }
}

impl Policies {
    /// As [`Reach::of`], by these rules.
    pub fn reach(&self, actor: &Actor, action: Action) -> Reach {
        if *actor == Actor::System {
            return Reach {
                scope: Scope::Everything,
                except: Vec::new(),
            };
        }
        let within = self.within(actor, action);
        let scope = within.map_or(Scope::Nothing, |within| Scope::of(actor, within));
        if scope == Scope::Nothing {
            return Reach::nothing();
        }
        match self.left_out(&actor.clone().proven(true), action) {
            Some(except) => Reach { scope, except },
            None => Reach::nothing(),
        }
    }
}
