//! What a mandate is, how long it runs, and who may end it. Pure.

use chrono::{Months, NaiveDate};
use serde::{Deserialize, Serialize};
use tongban_access::{Agency, MandateKind, MandateScope, PartyKind};
use tongban_codes::CitizenNumber;
use uuid::Uuid;

use crate::{Error, error::refused};

/// Age at which a person acts alone (Civil Code art. 17).
const ADULT: u32 = 18;
/// Names that a scope may list, of each sort.
const LONGEST_SCOPE: usize = 50;

/// What a locality decides about mandates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MandateRules {
    /// How long a mandate may run at most, in months.
    pub longest_months: u32,
    /// How many agents a person may have at once.
    pub most_of_person: u64,
    /// How many administrators and agents a firm may have at once.
    pub most_of_firm: u64,
}

impl Default for MandateRules {
    fn default() -> Self {
        Self {
            longest_months: 24,
            most_of_person: 20,
            most_of_firm: 500,
        }
    }
}

impl MandateRules {
    pub(super) fn most(&self, kind: PartyKind) -> u64 {
        match kind {
            PartyKind::Person => self.most_of_person,
            PartyKind::Enterprise => self.most_of_firm,
        }
    }
}

/// How a mandate rests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    Offered,
    Accepted,
    Refused,
    /// By the principal, or at a window.
    Revoked,
    /// By the agent.
    GivenUp,
    /// The register names somebody else.
    Lapsed,
}

impl State {
    const ALL: [Self; 6] = [
        Self::Offered,
        Self::Accepted,
        Self::Refused,
        Self::Revoked,
        Self::GivenUp,
        Self::Lapsed,
    ];

    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Offered => "offered",
            Self::Accepted => "accepted",
            Self::Refused => "refused",
            Self::Revoked => "revoked",
            Self::GivenUp => "given_up",
            Self::Lapsed => "lapsed",
        }
    }

    pub(crate) fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == word)
    }

    /// Words of the states in which it may still be used, some day.
    pub(crate) const OPEN: [&str; 2] = ["offered", "accepted"];
}

/// How a mandate stands on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Waits for the agent's yes.
    Offered,
    /// Accepted, begins later.
    Ahead,
    /// In force.
    Active,
    Refused,
    Revoked,
    GivenUp,
    Lapsed,
    /// Its last day has passed.
    Over,
}

impl Standing {
    /// The word for texts and programs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Offered => "offered",
            Self::Ahead => "ahead",
            Self::Active => "active",
            Self::Refused => "refused",
            Self::Revoked => "revoked",
            Self::GivenUp => "given_up",
            Self::Lapsed => "lapsed",
            Self::Over => "over",
        }
    }

    /// Whether anything can come of it yet.
    pub fn is_open(self) -> bool {
        matches!(self, Self::Offered | Self::Ahead | Self::Active)
    }
}

/// How a mandate stands on a civil day; its first and its last day belong to it.
pub(crate) fn standing(
    state: State,
    starts_on: NaiveDate,
    ends_on: Option<NaiveDate>,
    today: NaiveDate,
) -> Standing {
    let over = ends_on.is_some_and(|last| last < today);
    match state {
        State::Refused => Standing::Refused,
        State::Revoked => Standing::Revoked,
        State::GivenUp => Standing::GivenUp,
        State::Lapsed => Standing::Lapsed,
        State::Offered | State::Accepted if over => Standing::Over,
        State::Offered => Standing::Offered,
        State::Accepted if today < starts_on => Standing::Ahead,
        State::Accepted => Standing::Active,
    }
}

/// A matter or a department with the name under which it was chosen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Named {
    pub id: Uuid,
    pub name: String,
}

/// What a mandate is for, as it rests. Both empty: everything.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scope {
    pub items: Vec<Named>,
    pub organisations: Vec<Named>,
}

impl Scope {
    pub fn is_everything(&self) -> bool {
        self.items.is_empty() && self.organisations.is_empty()
    }

    /// What permissions and lists ask.
    pub(crate) fn ids(&self) -> MandateScope {
        let ids = |named: &[Named]| named.iter().map(|named| named.id).collect();
        MandateScope {
            items: ids(&self.items),
            organisations: ids(&self.organisations),
        }
    }
}

/// The scope of a new mandate. Refusals: `mandate.scope_missing` (everything must be said, it is not the default),
/// `mandate.scope_whole` (this kind is for everything), `mandate.scope_long` with `limit`.
pub(super) fn check_scope(kind: MandateKind, everything: bool, scope: Scope) -> Result<Scope, Error> {
    let whole = !matches!(kind, MandateKind::Agent | MandateKind::Family);
    if everything {
        return Ok(Scope::default());
    }
    if whole {
        return Err(refused("mandate.scope_whole", []));
    }
    if scope.is_everything() {
        return Err(refused("mandate.scope_missing", []));
    }
    if scope.items.len() > LONGEST_SCOPE || scope.organisations.len() > LONGEST_SCOPE {
        return Err(refused(
            "mandate.scope_long",
            [("limit", LONGEST_SCOPE.to_string())],
        ));
    }
    Ok(scope)
}

/// Checks the days of a new mandate. Refusals: `mandate.term_missing`, `mandate.term_order`, `mandate.term_past`,
/// `mandate.term_long` with `until`, the last day that would do.
pub(super) fn check_term(
    starts_on: Option<NaiveDate>,
    ends_on: Option<NaiveDate>,
    today: NaiveDate,
    longest: Option<NaiveDate>,
) -> Result<(NaiveDate, NaiveDate), Error> {
    let Some(ends_on) = ends_on else {
        return Err(refused("mandate.term_missing", []));
    };
    let starts_on = starts_on.unwrap_or(today).max(today);
    if ends_on < today {
        return Err(refused("mandate.term_past", []));
    }
    if ends_on < starts_on {
        return Err(refused("mandate.term_order", []));
    }
    match longest {
        Some(until) if ends_on > until => Err(refused("mandate.term_long", [("until", until.to_string())])),
        _ => Ok((starts_on, ends_on)),
    }
}

/// The last day on which a mandate that begins on a day may run.
pub(super) fn longest(rules: &MandateRules, starts_on: NaiveDate) -> Option<NaiveDate> {
    starts_on.checked_add_months(Months::new(rules.longest_months))
}

/// The day on which a person comes of age.
pub(crate) fn of_age_on(number: &CitizenNumber) -> Option<NaiveDate> {
    number.birth_date().checked_add_months(Months::new(ADULT * 12))
}

/// Which kinds somebody may give. Refusal: `mandate.kind`.
pub(super) fn may_give(
    kind: MandateKind,
    principal: PartyKind,
    agency: Option<&Agency>,
) -> Result<(), Error> {
    let runs = |agency: &Agency| agency.kind == MandateKind::Representative;
    let may = match (principal, kind) {
        (PartyKind::Person, MandateKind::Family) => agency.is_none(),
        (PartyKind::Enterprise, MandateKind::Administrator) => agency.is_none_or(runs),
        (PartyKind::Enterprise, MandateKind::Agent) => true,
        _ => false,
    };
    if may {
        Ok(())
    } else {
        Err(refused("mandate.kind", []))
    }
}

/// From which side somebody looks at a mandate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    Principal,
    Agent,
}

/// Whether somebody may end a mandate from a side by themself. Guardianship ends by law or judgment, representation by the register:
/// a window looks at the document, or the register is asked. But who is of age and signs in themself is not left in the hands of what one clerk
/// recorded: they end it, and a window may look again.
pub(crate) fn may_end(kind: MandateKind, side: Side, agency: Option<&Agency>, of_age: bool) -> bool {
    match (side, kind) {
        (Side::Principal, MandateKind::Guardian) if of_age => agency.is_none(),
        (_, MandateKind::Guardian | MandateKind::Representative) => false,
        (Side::Agent, _) => true,
        (Side::Principal, MandateKind::Family) => agency.is_none(),
        (Side::Principal, MandateKind::Administrator) => {
            agency.is_none_or(|agency| agency.kind == MandateKind::Representative)
        }
        (Side::Principal, MandateKind::Agent) => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn code(error: Error) -> &'static str {
        match error {
            Error::Refused(refusal) => refusal.code,
            other => unreachable!("{other}"),
        }
    }

    #[test]
    fn the_first_and_the_last_day_belong_to_it() {
        let at = |state, today| standing(state, day("2026-12-01"), Some(day("2026-12-31")), day(today));
        for (state, today, stands) in [
            (State::Offered, "2026-11-30", Standing::Offered),
            (State::Offered, "2027-01-01", Standing::Over),
            (State::Accepted, "2026-11-30", Standing::Ahead),
            (State::Accepted, "2026-12-01", Standing::Active),
            (State::Accepted, "2026-12-31", Standing::Active),
            (State::Accepted, "2027-01-01", Standing::Over),
            (State::Revoked, "2026-12-05", Standing::Revoked),
            (State::GivenUp, "2027-01-01", Standing::GivenUp),
            (State::Refused, "2026-12-05", Standing::Refused),
            (State::Lapsed, "2026-12-05", Standing::Lapsed),
        ] {
            assert_eq!(at(state, today), stands, "{state:?} {today}");
        }
        assert_eq!(
            standing(State::Accepted, day("2026-12-01"), None, day("2099-01-01")),
            Standing::Active
        );
        for state in State::ALL {
            assert_eq!(State::from_word(state.as_str()), Some(state));
        }
    }

    #[test]
    fn terms() {
        let today = day("2026-11-30");
        let until = longest(&MandateRules::default(), today);
        assert_eq!(until, Some(day("2028-11-30")));
        let check = |starts: Option<&str>, ends: Option<&str>| {
            check_term(starts.map(day), ends.map(day), today, until)
        };
        assert_eq!(
            check(None, Some("2026-11-30")).unwrap(),
            (today, today),
            "one day is a term"
        );
        // a day that has passed while the page was open begins today
        assert_eq!(check(Some("2026-11-29"), Some("2026-12-01")).unwrap().0, today);
        for (starts, ends, refusal) in [
            (None, None, "mandate.term_missing"),
            (None, Some("2026-11-29"), "mandate.term_past"),
            (Some("2026-12-05"), Some("2026-12-04"), "mandate.term_order"),
            (None, Some("2028-12-01"), "mandate.term_long"),
        ] {
            assert_eq!(code(check(starts, ends).unwrap_err()), refusal);
        }
    }

    #[test]
    fn scopes() {
        let one = || Scope {
            items: vec![Named {
                id: Uuid::from_u128(1),
                name: "食品经营许可".to_owned(),
            }],
            organisations: Vec::new(),
        };
        assert!(
            check_scope(MandateKind::Agent, true, one())
                .unwrap()
                .is_everything()
        );
        assert_eq!(check_scope(MandateKind::Family, false, one()).unwrap(), one());
        assert_eq!(
            code(check_scope(MandateKind::Agent, false, Scope::default()).unwrap_err()),
            "mandate.scope_missing"
        );
        assert_eq!(
            code(check_scope(MandateKind::Administrator, false, one()).unwrap_err()),
            "mandate.scope_whole"
        );
        let many = Scope {
            items: vec![one().items[0].clone(); 51],
            organisations: Vec::new(),
        };
        assert_eq!(
            code(check_scope(MandateKind::Agent, false, many).unwrap_err()),
            "mandate.scope_long"
        );
    }

    #[test]
    fn who_gives_and_who_ends() {
        let as_kind = |kind| Agency {
            mandate: Uuid::from_u128(1),
            agent: Uuid::from_u128(2),
            kind,
            scope: MandateScope::default(),
        };
        let representative = as_kind(MandateKind::Representative);
        let administrator = as_kind(MandateKind::Administrator);
        let guardian = as_kind(MandateKind::Guardian);
        for (kind, principal, agency, may) in [
            (MandateKind::Family, PartyKind::Person, None, true),
            (MandateKind::Guardian, PartyKind::Person, None, false),
            (MandateKind::Agent, PartyKind::Person, None, false),
            (MandateKind::Family, PartyKind::Person, Some(&guardian), false),
            (MandateKind::Administrator, PartyKind::Enterprise, None, true),
            (
                MandateKind::Administrator,
                PartyKind::Enterprise,
                Some(&representative),
                true,
            ),
            (
                MandateKind::Administrator,
                PartyKind::Enterprise,
                Some(&administrator),
                false,
            ),
            (
                MandateKind::Agent,
                PartyKind::Enterprise,
                Some(&administrator),
                true,
            ),
            (MandateKind::Representative, PartyKind::Enterprise, None, false),
        ] {
            assert_eq!(
                may_give(kind, principal, agency).is_ok(),
                may,
                "{kind:?} {principal:?}"
            );
        }
        for (kind, side, agency, may) in [
            (MandateKind::Guardian, Side::Principal, None, false),
            (MandateKind::Guardian, Side::Agent, None, false),
            (MandateKind::Representative, Side::Principal, None, false),
            (MandateKind::Family, Side::Principal, None, true),
            (MandateKind::Family, Side::Agent, None, true),
            (
                MandateKind::Administrator,
                Side::Principal,
                Some(&administrator),
                false,
            ),
            (
                MandateKind::Administrator,
                Side::Principal,
                Some(&representative),
                true,
            ),
            (MandateKind::Agent, Side::Principal, Some(&administrator), true),
            (MandateKind::Agent, Side::Agent, None, true),
        ] {
            assert_eq!(
                may_end(kind, side, agency, false),
                may,
                "{kind:?}
        assert!(may_end(MandateKind::Guardian, Side::Principal, None, true));
        assert!(!may_end(MandateKind::Guardian, Side::Principal, Some(&guardian), true));
        assert!(!may_end(MandateKind::Guardian, Side::Agent, None, true)); {side:?}"
            );
        }
    }
}
