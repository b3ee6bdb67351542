//! The decision, by table and rules. Deny is the default.

use serde::Serialize;
use tongban_codes::RegionCode;
use uuid::Uuid;

use crate::{Action, Actor, Assurance, Policies, Rule, Within, policies::in_force};

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
    /// Of what entry of the directory of resources facts are read for it.
    pub shared: Option<Shared>,
}

/// An entry of the directory of resources.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shared {
    /// Its code.
    pub resource: String,
    /// The word of its share class: `unconditional`, `conditional`, `not_shared` (国发〔2016〕51号).
    pub class: &'static str,
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

    /// Facts of a resource, read for the same thing.
    #[must_use]
    pub fn reading(mut self, resource: &str, class: &'static str) -> Self {
        self.shared = Some(Shared {
            resource: resource.to_owned(),
            class,
        });
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
    match in_force() {
        Some(policies) => policies.permit(actor, action, thing),
        None => Err(Denied::new(actor, action.as_str())),
    }
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
    /// The rules that decide: those that permit it, or those that forbid it whatever permits it.
    pub rules: Vec<Rule>,
}

/// Why an actor may do an action to a thing, or may not: the row of the table, whether the thing lies within its reach, and the rules.
/// `None` where no rules are in force, and nothing is allowed.
pub fn explain(actor: &Actor, action: Action, thing: &Thing) -> Option<Explanation> {
    Some(in_force()?.explain(actor, action, thing))
}

impl Policies {
    /// As the free [`permit`], by these rules.
    pub fn permit(&self, actor: &Actor, action: Action, thing: &Thing) -> Result<(), Denied> {
        let allowed = |actor: &Actor| self.decide(actor, action, thing).allowed;
        if allowed(actor) {
            return Ok(());
        }
        // who may not do it at all is not told what would be missing
        let needs = Assurance::ALL.into_iter().find(|level| {
            actor.assurance().is_some_and(|known| known < *level) && allowed(&actor.clone().assured(*level))
        });
        Err(Denied {
            needs,
            second_factor: !actor.is_proven() && allowed(&actor.clone().proven(true)),
            ..Denied::new(actor, action.as_str())
        })
    }

    /// As the free [`explain`], by these rules.
    pub fn explain(&self, actor: &Actor, action: Action, thing: &Thing) -> Explanation {
        let actor = actor.clone().proven(true).assured(Assurance::InPerson);
        let answer = self.decide(&actor, action, thing);
        Explanation {
            allowed: answer.allowed,
            within: self.within(&actor, action),
            holds: self.permitted(&actor, action, thing).allowed,
            second_factor: self.action(action).is_none_or(|rule| rule.second_factor),
            rules: self.rules_of(&answer.by),
        }
    }
}
