//! The table: who may do what, within which reach, known how well. It stands in `policies/actions.csv` and `policies/reach.csv`, which a legal
//! officer reads; the rules ([`crate::policies`]) and the scope of lists ([`Reach`](crate::Reach)) both read it and nothing else.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use crate::{Action, Actor, Assurance, MandateKind, PolicyError, Role};

/// How far an action reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Within {
    /// What is one's own.
    Own,
    /// What is the principal's and lies within the scope of the mandate.
    Principal,
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
            Self::Principal => "principal",
            Self::Organisation => "organisation",
            Self::Region => "region",
            Self::RegionOrNowhere => "region_or_nowhere",
            Self::Window => "window",
            Self::Everything => "everything",
        }
    }
}

/// Of whom a row of the table speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "&'static str")]
pub enum Who {
    /// A person or a firm, itself.
    Party,
    /// Whoever acts for one.
    Agent(MandateKind),
    Staff(Role),
}

impl Who {
    /// Everybody whom a row may speak of, residents first.
    pub fn all() -> impl Iterator<Item = Self> {
        [Self::Party]
            .into_iter()
            .chain(MandateKind::ALL.map(Self::Agent))
            .chain(Role::ALL.map(Self::Staff))
    }

    /// The stable word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Party => "party",
            Self::Agent(kind) => kind.as_str(),
            Self::Staff(role) => role.as_str(),
        }
    }

    /// Of whom the table has to be asked; nobody and the platform do not stand in it.
    pub fn of(actor: &Actor) -> Option<Self> {
        match actor {
            Actor::Nobody | Actor::System => None,
            Actor::Party { agency: None, .. } => Some(Self::Party),
            Actor::Party {
                agency: Some(agency), ..
            } => Some(Self::Agent(agency.kind)),
            Actor::Staff { post, .. } => Some(Self::Staff(post.role)),
        }
    }
}

impl TryFrom<String> for Who {
    type Error = String;

    fn try_from(word: String) -> Result<Self, String> {
        Self::all()
            .find(|who| who.as_str() == word)
            .ok_or_else(|| format!("there is no role {word}"))
    }
}

impl From<Who> for &'static str {
    fn from(who: Who) -> Self {
        who.as_str()
    }
}

/// What the table says of an action, whoever does it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ActionRule {
    /// The stable word of the action.
    pub action: &'static str,
    /// Whose rules decide it: `case` for `policies/case.cedar`.
    pub domain: String,
    /// How well persons and firms must be known.
    pub level: Assurance,
    /// Whether staff show a second factor.
    pub second_factor: bool,
    /// In words, Chinese.
    pub zh: String,
    /// In words, English.
    pub en: String,
    /// Who does it, and how far.
    pub reach: Vec<Row>,
}

/// One row of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Row {
    pub who: Who,
    pub within: Within,
    /// Whether the locality bound it.
    pub local: bool,
}

/// The table, read.
#[derive(Debug, Default)]
pub(crate) struct Table {
    rules: HashMap<Action, ActionRule>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ActionRow {
    action: String,
    domain: String,
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

fn rows<T: for<'row> Deserialize<'row>>(name: &str, text: &str) -> Result<Vec<T>, PolicyError> {
    csv::ReaderBuilder::new()
        .trim(csv::Trim::All)
        .from_reader(text.trim_start_matches('\u{feff}').as_bytes())
        .into_deserialize()
        .collect::<Result<_, _>>()
        .map_err(|error| PolicyError::Form(name.to_owned(), error.to_string()))
}

fn action(name: &str, word: &str) -> Result<Action, PolicyError> {
    Action::from_word(word).ok_or_else(|| PolicyError::UnknownAction(name.to_owned(), word.to_owned()))
}

impl Table {
    /// Reads a table. Every action stands in `actions.csv` once, and no row of `reach.csv` twice.
    pub(crate) fn read(actions: &str, reach: &str) -> Result<Self, PolicyError> {
        let mut table = Self::default();
        for row in rows::<ActionRow>(ACTIONS, actions)? {
            let found = action(ACTIONS, &row.action)?;
            let rule = ActionRule {
                action: found.as_str(),
                domain: row.domain,
                level: row.level,
                second_factor: row.second_factor == YesNo::Yes,
                zh: row.zh,
                en: row.en,
                reach: Vec::new(),
            };
            if table.rules.insert(found, rule).is_some() {
                return Err(PolicyError::Twice(ACTIONS.to_owned(), row.action));
            }
        }
        if let Some(missing) = Action::ALL
            .iter()
            .find(|action| !table.rules.contains_key(action))
        {
            return Err(PolicyError::Missing(missing.as_str()));
        }
        for row in rows::<ReachRow>(REACH, reach)? {
            let found = action(REACH, &row.action)?;
            table.add(
                REACH,
                found,
                Row {
                    who: row.who,
                    within: row.reach,
                    local: false,
                },
            )?;
        }
        Ok(table)
    }

    fn add(&mut self, name: &str, action: Action, row: Row) -> Result<(), PolicyError> {
        if self.row(row.who, action).is_some() {
            let words = format!("{} {}", row.who.as_str(), action.as_str());
            return Err(PolicyError::Twice(name.to_owned(), words));
        }
        if let Some(rule) = self.rules.get_mut(&action) {
            rule.reach.push(row);
        }
        Ok(())
    }

    /// Adds what a locality binds: roles of staff to actions, within a reach that the house gives to some role for that action and to that
    /// role for some other action. Nothing without bounds, and no reach that is new.
    pub(crate) fn bind(&mut self, name: &str, text: &str) -> Result<(), PolicyError> {
        let mut bound = Vec::new();
        for row in rows::<ReachRow>(name, text)? {
            let found = action(name, &row.action)?;
            let words = || format!("{} {} {}", row.who.as_str(), row.action, row.reach.as_str());
            if !matches!(row.who, Who::Staff(_)) {
                return Err(PolicyError::BindsNoStaff(words()));
            }
            let bounded = matches!(row.reach, Within::Organisation | Within::Region);
            let given = |to: &dyn Fn(Action, &Row) -> bool| {
                self.rules.iter().any(|(action, rule)| {
                    rule.reach
                        .iter()
                        .any(|has| !has.local && has.within == row.reach && to(*action, has))
                })
            };
            let of_the_action = given(&|action, has| action == found && matches!(has.who, Who::Staff(_)));
            let of_the_role = given(&|_, has| has.who == row.who);
            if !(bounded && of_the_action && of_the_role) {
                return Err(PolicyError::NewReach(words()));
            }
            bound.push((found, row.who, row.reach));
        }
        for (action, who, within) in bound {
            let local = true;
            self.add(name, action, Row { who, within, local })?;
        }
        Ok(())
    }

    fn row(&self, who: Who, action: Action) -> Option<Row> {
        let rule = self.rules.get(&action)?;
        rule.reach.iter().find(|row| row.who == who).copied()
    }

    /// How far somebody's action reaches; `None`: not at all.
    pub(crate) fn within(&self, actor: &Actor, action: Action) -> Option<Within> {
        Who::of(actor)
            .and_then(|who| self.row(who, action))
            .map(|row| row.within)
    }

    /// What stands there of an action.
    pub(crate) fn rule(&self, action: Action) -> Option<&ActionRule> {
        self.rules.get(&action)
    }

    /// The whole table, in the order of the actions.
    pub(crate) fn all(&self) -> impl Iterator<Item = &ActionRule> {
        Action::ALL.iter().filter_map(|action| self.rules.get(action))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "action,domain,level,second_factor,zh,en\n";
    const NONE: &str = "who,action,reach\n";

    fn all() -> String {
        Action::ALL.iter().fold(HEAD.to_owned(), |text, action| {
            format!("{text}{},case,registered,no,甲,a\n", action.as_str())
        })
    }

    #[test]
    fn what_is_spoilt_is_named() {
        let read = |actions: &str, reach: &str| Table::read(actions, reach).map(|_| ()).unwrap_err();
        assert_eq!(read(HEAD, NONE), PolicyError::Missing("case.apply"));
        let twice = format!("{}case.apply,case,registered,no,甲,a\n", all());
        assert_eq!(
            read(&twice, NONE),
            PolicyError::Twice("actions.csv".to_owned(), "case.apply".to_owned())
        );
        let unknown = format!("{}case.bribe,case,registered,no,甲,a\n", all());
        assert_eq!(
            read(&unknown, NONE),
            PolicyError::UnknownAction("actions.csv".to_owned(), "case.bribe".to_owned())
        );
        let row = |row: &str| read(&all(), &format!("{NONE}{row}\n"));
        assert_eq!(
            row("clerk,case.view,region\nclerk,case.view,everything"),
            PolicyError::Twice("reach.csv".to_owned(), "clerk case.view".to_owned())
        );
        for spoilt in [
            "mayor,case.view,region",
            "clerk,case.view,world",
            "clerk,case.view",
        ] {
            assert!(matches!(row(spoilt), PolicyError::Form(_, _)), "{spoilt}");
        }
        assert!(Table::read(&all(), NONE).is_ok());
    }

    #[test]
    fn a_locality_binds_within_the_reach_that_is_there() {
        let house = "clerk,case.view,region\nsupervisor,rating.supervise,region\napprover,case.decide,organisation\n\
            party,case.apply,own\nsupervisor,system.inspect,everything\nclerk,person.serve,everything\n";
        let bind = |row: &str| {
            let mut table = Table::read(&all(), &format!("{NONE}{house}")).unwrap();
            table.bind("roles.csv", &format!("{NONE}{row}\n")).map(|()| table)
        };
        let table = bind("clerk,rating.supervise,region").unwrap();
        let row = table
            .row(Who::Staff(Role::Clerk), Action::RatingSupervise)
            .unwrap();
        assert!(row.local && row.within == Within::Region);
        for (row, why) in [
            // the action has it, the role does not
            ("clerk,case.decide,organisation", "new"),
            // the role has it, the action does not
            ("clerk,case.decide,region", "new"),
            // without bounds
            ("clerk,system.inspect,everything", "new"),
            ("party,case.view,own", "staff"),
            ("family,case.view,principal", "staff"),
        ] {
            let error = bind(row).unwrap_err();
            let told = match error {
                PolicyError::NewReach(_) => "new",
                PolicyError::BindsNoStaff(_) => "staff",
                _ => "other",
            };
            assert_eq!(told, why, "{row}");
        }
        assert!(matches!(
            bind("clerk,case.view,region"),
            Err(PolicyError::Twice(_, _))
        ));
        // what the locality bound opens nothing further
        assert!(matches!(
            bind("clerk,rating.supervise,region\nsupervisor,case.bribe,region"),
            Err(PolicyError::UnknownAction(_, _))
        ));
    }
}
