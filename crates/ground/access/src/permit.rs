//! The decision, by the table. Deny is the default.

use serde::Serialize;
use tongban_codes::RegionCode;
use uuid::Uuid;

use crate::{Action, Actor, Assurance, Within, table::table};

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
        Some(known) => [Some(table().level(action)), thing.assurance]
            .into_iter()
            .flatten()
            .max()
            .filter(|needed| *needed > known),
        None => None,
    };
    let second_factor = table().second_factor(action) && !actor.is_proven();
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

/// Why something is allowed or not, for whoever asks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Explanation {
    /// What `permit` says, a second factor and a level of assurance aside.
    pub allowed: bool,
    /// How far the table lets the action reach; none where it has no row.
    pub within: Option<Within>,
    /// Whether the thing lies within that.
    pub holds: bool,
    /// Whether staff show a second factor for it.
    pub second_factor: bool,
}

/// Why an actor may do an action to a thing, or may not: the row of the table that decides, and whether the thing lies within its reach.
pub fn explain(actor: &Actor, action: Action, thing: &Thing) -> Explanation {
    let within = table().within(actor, action);
    Explanation {
        allowed: allowed(actor, action, thing),
        within,
        holds: within.is_some_and(|within| within.holds(actor, thing)),
        second_factor: table().second_factor(action),
    }
}

fn allowed(actor: &Actor, action: Action, thing: &Thing) -> bool {
    match actor {
        Actor::System => true,
        Actor::Nobody => false,
        Actor::Party { .. } | Actor::Staff { .. } => {
            table()
                .within(actor, action)
                .is_some_and(|within| within.holds(actor, thing))
                && actor.agency().is_none_or(|agency| agency.covers(action, thing))
        }
    }
}
