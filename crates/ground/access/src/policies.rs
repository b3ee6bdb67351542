//! The rules, in Cedar: `policies/*.cedar`, one small set for each domain beside what all of them have in common; and what a locality adds.
//!
//! Each rule carries `@id`, and in words `@zh` and `@en`; `@basis` names the law. The schema (`policies/tongban.cedarschema`) says what rules can
//! speak of. All of it is parsed and judged when the program starts, which it does not with a rule that cannot hold.
//!
//! **Lists.** A forbid names its place in its head alone (`resource in Region::"…"`), never in its conditions, except in
//! domains without lists. So a list can be told by the same rules which places it leaves out: each forbid has a twin without
//! the place, and where the twin holds, the place is left out in SQL.

use std::{
    collections::{BTreeMap, HashMap},
    path::Path,
    str::FromStr as _,
    sync::{LazyLock, OnceLock},
};

use cedar_policy::{
    ActionConstraint, Authorizer, Decision, Effect, EntityTypeName, EntityUid, Policy, PolicyId, PolicySet,
    ResourceConstraint, Schema, ValidationMode, Validator,
};
use serde::Serialize;
use tongban_codes::RegionCode;
use uuid::Uuid;

use crate::{
    Action, ActionRule, Actor, Place, PolicyError, Thing, Within,
    entities::{self, Question, action_uid, is_known},
    table::Table,
};

const SCHEMA: &str = include_str!("../../../../policies/tongban.cedarschema");
const ACTIONS: &str = include_str!("../../../../policies/actions.csv");
const REACH: &str = include_str!("../../../../policies/reach.csv");
const COMMON: Text<'static> = Text {
    file: "common.cedar",
    text: include_str!("../../../../policies/common.cedar"),
    local: false,
};

macro_rules! domains {
    ($($name:literal),+ $(,)?) => {
        /// The domains, and the file of each.
        const DOMAINS: &[(&str, Text<'static>)] = &[$((
            $name,
            Text {
                file: concat!($name, ".cedar"),
                text: include_str!(concat!("../../../../policies/", $name, ".cedar")),
                local: false,
            },
        )),+];
    };
}

domains![
    "case",
    "licence",
    "person",
    "sharing",
    "catalogue",
    "rating",
    "platform"
];

/// What a locality binds roles to, in its folder.
const ROLES: &str = "roles.csv";
/// More rules than a locality needs; each costs time at every decision.
const MOST_RULES: usize = 64;
/// What stands before the names of its rules.
const LOCAL: &str = "local:";
const ENOUGH_STACK: usize = 256 * 1024;
const MORE_STACK: usize = 1024 * 1024;
/// A file of rules, in bytes.
const LARGEST: u64 = 1024 * 1024;

/// One rule, for those who want to read it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Rule {
    pub id: String,
    /// `common`, or the domain.
    pub domain: String,
    /// Whether it forbids; else it permits.
    pub forbids: bool,
    /// In words, Chinese.
    pub zh: String,
    /// In words, English.
    pub en: String,
    /// The law that it follows, Chinese.
    pub basis: Option<String>,
    /// The rule itself.
    pub text: String,
    /// Whether the locality added it.
    pub local: bool,
}

#[derive(Clone, Copy)]
struct Text<'text> {
    file: &'text str,
    text: &'text str,
    local: bool,
}

/// The rules of one domain.
struct Domain {
    all: PolicySet,
    /// Without what the locality adds: clocks, jobs and imports go on whatever it forbids to people.
    house: PolicySet,
    /// The rules that permit.
    permits: PolicySet,
    /// The forbids without their places, for lists; beside one rule that permits everything.
    lists: PolicySet,
    /// Where each twin forbids; none: everywhere.
    places: HashMap<PolicyId, Option<Place>>,
}

/// Everything that decides: the table and the rules. The program decides by the ones that are [in force](enforce_policies).
pub struct Policies {
    table: Table,
    domains: HashMap<&'static str, Domain>,
    /// For each action: itself in the words of the rules, and the type of its things.
    kinds: HashMap<Action, (EntityUid, EntityTypeName)>,
    rules: Vec<Rule>,
}

/// An answer of the rules.
#[derive(Debug, Default)]
pub(crate) struct Answer {
    pub(crate) allowed: bool,
    /// The rules that decided.
    pub(crate) by: Vec<PolicyId>,
}

/// What a locality adds: the folder, read.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Overlay {
    /// Its rules, by domain.
    rules: BTreeMap<String, String>,
    roles: Option<String>,
}

impl Overlay {
    /// Reads a folder: `roles.csv`, and one file for each domain that it adds rules to.
    pub(crate) fn read(folder: &Path) -> Result<Self, PolicyError> {
        let spoilt =
            |error: std::io::Error| PolicyError::Folder(folder.display().to_string(), error.to_string());
        let mut overlay = Self::default();
        let mut names: Vec<_> = std::fs::read_dir(folder)
            .map_err(spoilt)?
            .collect::<Result<_, _>>()
            .map_err(spoilt)?;
        names.sort_by_key(std::fs::DirEntry::file_name);
        for entry in names {
            let name = entry.file_name().to_string_lossy().into_owned();
            let domain = name.strip_suffix(".cedar");
            if name.starts_with('.') || (domain.is_none() && name != ROLES) {
                // what somebody notes beside the rules; nothing that looks like a rule is passed over
                if name.ends_with(".csv") {
                    return Err(PolicyError::UnknownFile(name));
                }
                continue;
            }
            if std::fs::metadata(entry.path()).map_err(spoilt)?.len() > LARGEST {
                return Err(PolicyError::Form(name, "larger than 1 MiB".to_owned()));
            }
            let text = std::fs::read_to_string(entry.path())
                .map_err(|error| PolicyError::Form(name.clone(), error.to_string()))?;
            match domain {
                Some(domain) if DOMAINS.iter().any(|(known, _)| *known == domain) => {
                    overlay.rules.insert(domain.to_owned(), text);
                }
                Some(_) => return Err(PolicyError::UnknownFile(name)),
                None => overlay.roles = Some(text),
            }
        }
        Ok(overlay)
    }
}

/// Parses the rules of a file, under their own names.
fn parse(from: Text<'_>) -> Result<Vec<Policy>, PolicyError> {
    let form = |error: String| PolicyError::Form(from.file.to_owned(), error);
    let set = PolicySet::from_str(from.text).map_err(|errors| {
        let all: Vec<String> = errors.iter().map(ToString::to_string).collect();
        form(all.join("; "))
    })?;
    if set.num_of_templates() > 0 {
        return Err(form("templates are not used here".to_owned()));
    }
    let mut policies: Vec<Policy> = Vec::new();
    for policy in set.policies() {
        let said = |name: &str| policy.annotation(name).filter(|words| !words.trim().is_empty());
        let Some(id) = said("id") else {
            return Err(form(format!(
                "a rule has no @id: {}",
                policy.to_cedar().unwrap_or_default()
            )));
        };
        if said("zh").is_none() || (!from.local && said("en").is_none()) {
            return Err(form(format!(
                "{id} does not say in words (@zh, @en) what it is for"
            )));
        }
        let id = if from.local {
            format!("{LOCAL}{id}")
        } else {
            id.to_owned()
        };
        policies.push(policy.new_id(PolicyId::new(id)));
    }
    // as they stand in the file, as far as names go: the parser numbers them
    policies.sort_by_key(|policy| {
        let id: &str = policy.id().as_ref();
        let name = id.strip_prefix(LOCAL).unwrap_or(id).to_owned();
        from.text.find(&format!("@id(\"{name}\")"))
    });
    Ok(policies)
}

/// Cedar answers with an error, and nothing is allowed, where less than 100 KiB of stack are left: a decision deep in a handler would be
/// refused for that alone.
fn with_stack<T>(call: impl FnOnce() -> T) -> T {
    stacker::maybe_grow(ENOUGH_STACK, MORE_STACK, call)
}

fn is_local(id: &PolicyId) -> bool {
    let id: &str = id.as_ref();
    id.starts_with(LOCAL)
}

/// The rule with new parts of its head.
fn with_head(policy: &Policy, part: &str, head: serde_json::Value) -> Result<Policy, PolicyError> {
    let spoilt = |error: String| PolicyError::Form(policy.id().to_string(), error);
    let mut json = policy.to_json().map_err(|error| spoilt(error.to_string()))?;
    if let Some(fields) = json.as_object_mut() {
        fields.insert(part.to_owned(), head);
    }
    Policy::from_json(Some(policy.id().clone()), json).map_err(|error| spoilt(error.to_string()))
}

/// The rule about the actions of its domain, where it names none: it is judged by what it can be asked about.
fn within_domain(policy: &Policy, actions: &[&EntityUid]) -> Result<Policy, PolicyError> {
    if policy.action_constraint() != ActionConstraint::Any {
        return Ok(policy.clone());
    }
    let entities: Vec<_> = actions
        .iter()
        .map(|action| serde_json::json!({ "type": "Action", "id": action.id().unescaped() }))
        .collect();
    with_head(
        policy,
        "action",
        serde_json::json!({ "op": "in", "entities": entities }),
    )
}

/// Where a forbid holds; `Err` where its head names something that no list can leave out.
fn place(policy: &Policy) -> Result<Option<Place>, ()> {
    let ResourceConstraint::In(place) = (match policy.resource_constraint() {
        ResourceConstraint::Any => return Ok(None),
        other => other,
    }) else {
        return Err(());
    };
    let id: &str = place.id().as_ref();
    let found = match place.type_name().basename() {
        "Region" => RegionCode::parse(id).ok().map(Place::Region),
        "Organisation" => Uuid::parse_str(id).ok().map(Place::Organisation),
        "Item" => Uuid::parse_str(id).ok().map(Place::Item),
        "Resource" => Some(Place::Resource(id.to_owned())),
        _ => None,
    };
    found.map(Some).ok_or(())
}

/// Whether the conditions of a rule speak of the thing.
fn speaks_of_thing(value: &serde_json::Value) -> bool {
    match value {
        serde_json::Value::Object(fields) => {
            fields
                .get("Var")
                .and_then(serde_json::Value::as_str)
                .is_some_and(|name| name == "resource")
                || fields.values().any(speaks_of_thing)
        }
        serde_json::Value::Array(each) => each.iter().any(speaks_of_thing),
        _ => false,
    }
}

/// The forbid without its place, for lists. None where its conditions speak of the thing.
fn twin(policy: &Policy) -> Result<Option<Policy>, PolicyError> {
    let json = policy
        .to_json()
        .map_err(|error| PolicyError::Form(policy.id().to_string(), error.to_string()))?;
    if json.get("conditions").is_some_and(speaks_of_thing) {
        return Ok(None);
    }
    with_head(policy, "resource", serde_json::json!({ "op": "All" })).map(Some)
}

impl Domain {
    fn build(policies: &[Policy]) -> Result<Self, PolicyError> {
        let mut domain = Self {
            all: PolicySet::new(),
            house: PolicySet::new(),
            permits: PolicySet::new(),
            lists: PolicySet::new(),
            places: HashMap::new(),
        };
        let twice = |policy: &Policy| PolicyError::Twice("@id".to_owned(), policy.id().to_string());
        let everything = Policy::parse(
            Some(PolicyId::new("everything that is not forbidden")),
            "permit (principal, action, resource);",
        )
        .map_err(|error| PolicyError::Form("lists".to_owned(), error.to_string()))?;
        domain
            .lists
            .add(everything.clone())
            .map_err(|_| twice(&everything))?;
        for policy in policies {
            domain.all.add(policy.clone()).map_err(|_| twice(policy))?;
            if !is_local(policy.id()) {
                domain.house.add(policy.clone()).map_err(|_| twice(policy))?;
            }
            match policy.effect() {
                Effect::Permit => domain.permits.add(policy.clone()).map_err(|_| twice(policy))?,
                Effect::Forbid => {
                    if let (Some(twin), Ok(place)) = (twin(policy)?, place(policy)) {
                        domain.places.insert(policy.id().clone(), place);
                        domain.lists.add(twin).map_err(|_| twice(policy))?;
                    }
                }
            }
        }
        Ok(domain)
    }
}

/// What a rule of a locality has to keep to.
fn judge_local(file: &str, policy: &Policy) -> Result<(), PolicyError> {
    let told = |why: fn(String, String) -> PolicyError| why(file.to_owned(), policy.id().to_string());
    if policy.effect() == Effect::Permit {
        return Err(told(PolicyError::Permits));
    }
    if place(policy).is_err() || twin(policy)?.is_none() {
        return Err(told(PolicyError::PlaceInConditions));
    }
    Ok(())
}

/// Whether everything that a rule names is there, and whether its actions are of the domain.
fn judge_names(file: &str, policy: &Policy, of_the_domain: &[&EntityUid]) -> Result<(), PolicyError> {
    if let Some(unknown) = policy.entity_literals().iter().find(|entity| !is_known(entity)) {
        return Err(PolicyError::UnknownEntity(
            file.to_owned(),
            policy.id().to_string(),
            unknown.to_string(),
        ));
    }
    let actions = match policy.action_constraint() {
        ActionConstraint::Any => Vec::new(),
        ActionConstraint::Eq(action) => vec![action],
        ActionConstraint::In(actions) => actions,
    };
    match actions.iter().find(|action| !of_the_domain.contains(action)) {
        Some(foreign) => Err(PolicyError::OtherDomain(
            file.to_owned(),
            policy.id().to_string(),
            foreign.id().unescaped().to_owned(),
        )),
        None => Ok(()),
    }
}

fn rule(policy: &Policy, domain: &str, local: bool) -> Rule {
    let said = |name: &str| policy.annotation(name).map(str::to_owned);
    let zh = said("zh").unwrap_or_default();
    Rule {
        id: policy.id().to_string(),
        domain: domain.to_owned(),
        forbids: policy.effect() == Effect::Forbid,
        en: said("en").unwrap_or_else(|| zh.clone()),
        zh,
        basis: said("basis"),
        text: policy.to_cedar().unwrap_or_default(),
        local,
    }
}

impl Policies {
    /// The house's own, with what a locality keeps in its folder, parsed and judged.
    pub fn read(overlay: Option<&Path>) -> Result<Self, PolicyError> {
        Self::load(&overlay.map(Overlay::read).transpose()?.unwrap_or_default())
    }

    fn load(overlay: &Overlay) -> Result<Self, PolicyError> {
        with_stack(|| Self::load_here(overlay))
    }

    fn load_here(overlay: &Overlay) -> Result<Self, PolicyError> {
        let mut table = Table::read(ACTIONS, REACH)?;
        if let Some(roles) = &overlay.roles {
            table.bind(ROLES, roles)?;
        }
        let (schema, _) = Schema::from_cedarschema_str(SCHEMA)
            .map_err(|error| PolicyError::Form("tongban.cedarschema".to_owned(), error.to_string()))?;
        let kinds = kinds(&schema)?;
        for rule in table.all() {
            if !DOMAINS.iter().any(|(name, _)| *name == rule.domain) {
                return Err(PolicyError::UnknownFile(format!("{}.cedar", rule.domain)));
            }
        }
        let validator = Validator::new(schema);
        let common = parse(COMMON)?;
        let mut rules: Vec<Rule> = common
            .iter()
            .map(|policy| rule(policy, "common", false))
            .collect();
        let mut domains = HashMap::new();
        for (name, own) in DOMAINS {
            let of_the_domain: Vec<&EntityUid> = kinds
                .iter()
                .filter(|(action, _)| table.rule(**action).is_some_and(|rule| rule.domain == *name))
                .map(|(_, (uid, _))| uid)
                .collect();
            let local = overlay.rules.get(*name).map(|text| Text {
                file: own.file,
                text,
                local: true,
            });
            let mut policies = common.clone();
            let mut added = 0;
            for from in [Some(*own), local].into_iter().flatten() {
                for policy in parse(from)? {
                    judge_names(from.file, &policy, &of_the_domain)?;
                    if from.local {
                        judge_local(from.file, &policy)?;
                        added += 1;
                    }
                    rules.push(rule(&policy, name, from.local));
                    policies.push(within_domain(&policy, &of_the_domain)?);
                }
            }
            if added > MOST_RULES {
                return Err(PolicyError::TooMany(own.file.to_owned(), MOST_RULES));
            }
            let domain = Domain::build(&policies)?;
            let judged = validator.validate(&domain.all, ValidationMode::Strict);
            // a warning says that a rule can never hold: whoever wrote it meant something else
            let wrong = judged
                .validation_errors()
                .map(ToString::to_string)
                .chain(judged.validation_warnings().map(ToString::to_string))
                .next();
            if let Some(wrong) = wrong {
                return Err(PolicyError::Form(own.file.to_owned(), wrong));
            }
            domains.insert(*name, domain);
        }
        Ok(Self {
            table,
            domains,
            kinds,
            rules,
        })
    }

    fn ask(&self, actor: &Actor, action: Action, thing: &Thing, of: fn(&Domain) -> &PolicySet) -> Answer {
        match with_stack(|| self.answer(actor, action, thing, of)) {
            Ok(answer) => answer,
            Err(error) => {
                // nothing is allowed that could not be asked
                tracing::error!(
                    action = action.as_str(),
                    error,
                    "the rules of access could not be asked"
                );
                Answer::default()
            }
        }
    }

    fn answer(
        &self,
        actor: &Actor,
        action: Action,
        thing: &Thing,
        of: fn(&Domain) -> &PolicySet,
    ) -> Result<Answer, String> {
        let row = self.table.rule(action).ok_or("the action is in no table")?;
        let domain = self
            .domains
            .get(row.domain.as_str())
            .ok_or("the action has no rules")?;
        let (action_uid, kind) = self.kinds.get(&action).ok_or("the schema lacks the action")?;
        let row = entities::Row {
            within: self.table.within(actor, action),
            level: i64::from(row.level.number()),
            second_factor: row.second_factor,
        };
        let Question { request, entities } = entities::question(actor, action_uid, kind, thing, &row)?;
        let response = Authorizer::new().is_authorized(&request, of(domain), &entities);
        // a rule that cannot be computed is passed over by Cedar; it might have been a forbid
        if let Some(error) = response.diagnostics().errors().next() {
            return Err(error.to_string());
        }
        Ok(Answer {
            allowed: response.decision() == Decision::Allow,
            by: response.diagnostics().reason().cloned().collect(),
        })
    }

    /// The decision.
    pub(crate) fn decide(&self, actor: &Actor, action: Action, thing: &Thing) -> Answer {
        match actor {
            Actor::System => self.ask(actor, action, thing, |domain| &domain.house),
            _ => self.ask(actor, action, thing, |domain| &domain.all),
        }
    }

    /// What the rules that permit say, whatever is forbidden.
    pub(crate) fn permitted(&self, actor: &Actor, action: Action, thing: &Thing) -> Answer {
        self.ask(actor, action, thing, |domain| &domain.permits)
    }

    /// The places that a list leaves out for an actor; `None`: there is no list at all.
    pub(crate) fn left_out(&self, actor: &Actor, action: Action) -> Option<Vec<Place>> {
        let answer = self.ask(actor, action, &Thing::none(), |domain| &domain.lists);
        if answer.allowed {
            return Some(Vec::new());
        }
        let domain = self.domains.get(self.table.rule(action)?.domain.as_str())?;
        // what could not be asked forbids by no rule, and shows nothing
        if answer.by.is_empty() {
            return None;
        }
        answer
            .by
            .iter()
            .map(|id| domain.places.get(id).cloned().flatten())
            .collect()
    }

    /// How many rules and how many bound rows the locality adds.
    pub fn added(&self) -> (usize, usize) {
        let rules = self.rules.iter().filter(|rule| rule.local).count();
        let rows = self.table.all().flat_map(|rule| &rule.reach);
        (rules, rows.filter(|row| row.local).count())
    }

    /// The whole table, in the order of the actions, for those who want to read it.
    pub fn actions(&self) -> Vec<ActionRule> {
        self.table.all().cloned().collect()
    }

    /// All rules: what domains have in common first, then by domain, the locality's own last.
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    pub(crate) fn within(&self, actor: &Actor, action: Action) -> Option<Within> {
        self.table.within(actor, action)
    }

    pub(crate) fn action(&self, action: Action) -> Option<&ActionRule> {
        self.table.rule(action)
    }

    /// The rules of these names, in the order in which they are kept.
    pub(crate) fn rules_of(&self, ids: &[PolicyId]) -> Vec<Rule> {
        let named = |rule: &&Rule| {
            ids.iter().any(|id| {
                let id: &str = id.as_ref();
                id == rule.id
            })
        };
        self.rules.iter().filter(named).cloned().collect()
    }
}

fn kinds(schema: &Schema) -> Result<HashMap<Action, (EntityUid, EntityTypeName)>, PolicyError> {
    let mut found = HashMap::new();
    for action in Action::ALL {
        let missing =
            || PolicyError::UnknownAction("tongban.cedarschema".to_owned(), action.as_str().to_owned());
        let uid = action_uid(*action).map_err(|_| missing())?;
        let mut kinds = schema.resources_for_action(&uid).ok_or_else(missing)?.cloned();
        let kind = kinds.next().ok_or_else(missing)?;
        found.insert(*action, (uid, kind));
    }
    Ok(found)
}

static HOUSE: LazyLock<Result<Policies, PolicyError>> = LazyLock::new(|| Policies::load(&Overlay::default()));
static IN_FORCE: OnceLock<(Overlay, Policies)> = OnceLock::new();

/// Puts the rules into force, with what a locality adds; once in the life of the program. It does not start with rules that cannot be read.
pub fn enforce_policies(overlay: Option<&Path>) -> Result<&'static Policies, PolicyError> {
    let overlay = overlay.map(Overlay::read).transpose()?.unwrap_or_default();
    let policies = Policies::load(&overlay)?;
    let (held, policies) = IN_FORCE.get_or_init(|| (overlay.clone(), policies));
    if *held == overlay {
        Ok(policies)
    } else {
        Err(PolicyError::InForce)
    }
}

/// The rules in force. `None` where they cannot be read: nothing is allowed then.
pub fn in_force() -> Option<&'static Policies> {
    match IN_FORCE.get() {
        Some((_, policies)) => Some(policies),
        None => HOUSE.as_ref().ok(),
    }
}
