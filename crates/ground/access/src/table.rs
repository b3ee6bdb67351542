//! The table: who may do what, within which reach, known how well. It stands in `policies/actions.csv` and `policies/reach.csv`, which a legal
//! officer reads; the decision ([`permit`](crate::permit)) and the scope of lists ([`Reach`](crate::Reach)) both read it and nothing else.

use std::{collections::HashMap, sync::LazyLock};

use serde::{Deserialize, Serialize};

use crate::{Action, Actor, Assurance, Role, Thing};

/// How far an action reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Within {
    /// What is one's own.
    Own,
    /// What the organisation of the post is responsible for.
    Organisation,
    /// What lies in the region of the post or below it.
    Region,
    /// The same, and what lies nowhere: lists and types that belong to no region.
    RegionOrNowhere,
    /// What lies in the region of the post and is of nobody yet, or one's own: a form filled for somebody who stands at the window. No list.
    Window,
    Everything,
}

impl Within {
    /// The stable word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Own => "own",
            Self::Organisation => "organisation",
            Self::Region => "region",
            Self::RegionOrNowhere => "region_or_nowhere",
            Self::Window => "window",
            Self::Everything => "everything",
        }
    }

    /// Whether a thing lies within it, for an actor.
    pub(crate) fn holds(self, actor: &Actor, thing: &Thing) -> bool {
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
        match self {
            Self::Own => owns,
            Self::Organisation => own_organisation,
            Self::Region => own_region,
            Self::RegionOrNowhere => own_region || thing.region.is_none(),
            Self::Window => own_region && (owns || thing.owner.is_none()),
            Self::Everything => true,
        }
    }
}

/// Of whom a row of the table speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Who {
    /// A person or a firm, itself or through an agent.
    Party,
    Clerk,
    Approver,
    Supervisor,
    Operator,
}

impl Who {
    pub const ALL: [Self; 5] = [
        Self::Party,
        Self::Clerk,
        Self::Approver,
        Self::Supervisor,
        Self::Operator,
    ];

    /// The stable word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Party => "party",
            Self::Clerk => Role::Clerk.as_str(),
            Self::Approver => Role::Approver.as_str(),
            Self::Supervisor => Role::Supervisor.as_str(),
            Self::Operator => Role::Operator.as_str(),
        }
    }

    /// Of whom the table has to be asked; nobody and the platform do not stand in it.
    pub fn of(actor: &Actor) -> Option<Self> {
        match actor {
            Actor::Nobody | Actor::System => None,
            Actor::Party { .. } => Some(Self::Party),
            Actor::Staff { post, .. } => Some(match post.role {
                Role::Clerk => Self::Clerk,
                Role::Approver => Self::Approver,
                Role::Supervisor => Self::Supervisor,
                Role::Operator => Self::Operator,
            }),
        }
    }
}

/// What the table says of an action, whoever does it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ActionRule {
    /// The stable word of the action.
    pub action: &'static str,
    /// How well persons and firms must be known.
    pub level: Assurance,
    /// Whether staff show a second factor.
    pub second_factor: bool,
    /// In words, Chinese.
    pub zh: String,
    /// In words, English.
    pub en: String,
    /// Who does it, and how far.
    pub reach: Vec<(Who, Within)>,
}

/// Why the table cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TableError {
    #[error("{0} cannot be read: {1}")]
    Form(&'static str, String),
    #[error("{0}: there is no action {1}")]
    UnknownAction(&'static str, String),
    #[error("{0}: {1} stands there twice")]
    Twice(&'static str, String),
    #[error("actions.csv: {0} is missing")]
    Missing(&'static str),
}

/// The table, read.
#[derive(Debug, Default)]
pub(crate) struct Table {
    rules: HashMap<Action, ActionRule>,
    reach: HashMap<(Who, Action), Within>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ActionRow {
    action: String,
    level: Assurance,
    second_factor: YesNo,
    zh: String,
    en: String,
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum YesNo {
    Yes,
    No,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ReachRow {
    who: Who,
    action: String,
    reach: Within,
}

const ACTIONS: &str = "actions.csv";
const REACH: &str = "reach.csv";

fn rows<T: for<'row> Deserialize<'row>>(name: &'static str, text: &str) -> Result<Vec<T>, TableError> {
    csv::Reader::from_reader(text.as_bytes())
        .into_deserialize()
        .collect::<Result<_, _>>()
        .map_err(|error| TableError::Form(name, error.to_string()))
}

fn action(name: &'static str, word: &str) -> Result<Action, TableError> {
    Action::from_word(word).ok_or_else(|| TableError::UnknownAction(name, word.to_owned()))
}

impl Table {
    /// Reads a table. Every action stands in `actions.csv` once, and no row of `reach.csv` twice.
    fn read(actions: &str, reach: &str) -> Result<Self, TableError> {
        let mut table = Self::default();
        for row in rows::<ActionRow>(ACTIONS, actions)? {
            let found = action(ACTIONS, &row.action)?;
            let rule = ActionRule {
                action: found.as_str(),
                level: row.level,
                second_factor: row.second_factor == YesNo::Yes,
                zh: row.zh,
                en: row.en,
                reach: Vec::new(),
            };
            if table.rules.insert(found, rule).is_some() {
                return Err(TableError::Twice(ACTIONS, row.action));
            }
        }
        if let Some(missing) = Action::ALL
            .iter()
            .find(|action| !table.rules.contains_key(action))
        {
            return Err(TableError::Missing(missing.as_str()));
        }
        for row in rows::<ReachRow>(REACH, reach)? {
            let found = action(REACH, &row.action)?;
            if table.reach.insert((row.who, found), row.reach).is_some() {
                let words = format!("{} {}", row.who.as_str(), row.action);
                return Err(TableError::Twice(REACH, words));
            }
            if let Some(rule) = table.rules.get_mut(&found) {
                rule.reach.push((row.who, row.reach));
            }
        }
        Ok(table)
    }

    /// How far somebody's action reaches; `None`: not at all.
    pub(crate) fn within(&self, actor: &Actor, action: Action) -> Option<Within> {
        Who::of(actor).and_then(|who| self.reach.get(&(who, action)).copied())
    }

    /// How well persons and firms must be known for an action. What the table does not have asks for everything.
    pub(crate) fn level(&self, action: Action) -> Assurance {
        self.rules
            .get(&action)
            .map_or(Assurance::InPerson, |rule| rule.level)
    }

    /// Whether staff show a second factor for an action.
    pub(crate) fn second_factor(&self, action: Action) -> bool {
        self.rules.get(&action).is_none_or(|rule| rule.second_factor)
    }
}

static TABLE: LazyLock<Result<Table, TableError>> = LazyLock::new(|| {
    Table::read(
        include_str!("../../../../policies/actions.csv"),
        include_str!("../../../../policies/reach.csv"),
    )
});
/// What holds where the table cannot be read: nothing is allowed.
static NOTHING: LazyLock<Table> = LazyLock::new(Table::default);

pub(crate) fn table() -> &'static Table {
    TABLE.as_ref().unwrap_or(&NOTHING)
}

/// Whether the table can be read. The program does not start with one that cannot: it would deny everything.
pub fn check_table() -> Result<(), TableError> {
    match &*TABLE {
        Ok(_) => Ok(()),
        Err(error) => Err(error.clone()),
    }
}

/// The whole table, in the order of the actions, for those who want to read it.
pub fn rules() -> Vec<ActionRule> {
    let rules = &table().rules;
    Action::ALL
        .iter()
        .filter_map(|action| rules.get(action).cloned())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "action,level,second_factor,zh,en\n";

    fn all() -> String {
        Action::ALL.iter().fold(HEAD.to_owned(), |text, action| {
            format!("{text}{},registered,no,甲,a\n", action.as_str())
        })
    }

    #[test]
    fn the_table_of_the_house_can_be_read() {
        assert_eq!(check_table(), Ok(()));
        assert_eq!(rules().len(), Action::ALL.len());
        assert!(
            rules()
                .iter()
                .all(|rule| !rule.zh.is_empty() && !rule.en.is_empty())
        );
    }

    #[test]
    fn what_is_spoilt_is_named() {
        let read = |actions: &str, reach: &str| Table::read(actions, reach).map(|_| ()).unwrap_err();
        let none = "who,action,reach\n";
        assert_eq!(read(HEAD, none), TableError::Missing("case.apply"));
        let twice = format!("{}case.apply,registered,no,甲,a\n", all());
        assert_eq!(
            read(&twice, none),
            TableError::Twice("actions.csv", "case.apply".to_owned())
        );
        let unknown = format!("{}case.bribe,registered,no,甲,a\n", all());
        assert_eq!(
            read(&unknown, none),
            TableError::UnknownAction("actions.csv", "case.bribe".to_owned())
        );
        let row = |row: &str| read(&all(), &format!("{none}{row}\n"));
        assert_eq!(
            row("clerk,case.view,region\nclerk,case.view,everything"),
            TableError::Twice("reach.csv", "clerk case.view".to_owned())
        );
        for spoilt in [
            "mayor,case.view,region",
            "clerk,case.view,world",
            "clerk,case.view",
        ] {
            assert!(
                matches!(row(spoilt), TableError::Form("reach.csv", _)),
                "{spoilt}"
            );
        }
        assert!(Table::read(&all(), none).is_ok());
    }
}
