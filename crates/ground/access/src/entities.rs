//! Actors and things in the words of the rules: entities of `policies/tongban.cedarschema`.

use std::{
    collections::{HashMap, HashSet},
    str::FromStr as _,
    sync::LazyLock,
};

use cedar_policy::{
    Context, Entities, Entity, EntityId, EntityTypeName, EntityUid, Request, RestrictedExpression,
};
use tongban_codes::RegionCode;
use uuid::Uuid;

use crate::{Action, Actor, Agency, Role, Thing, Within};

macro_rules! kinds {
    ($($field:ident = $name:literal),+ $(,)?) => {
        /// The types of entities that are named here.
        struct Kinds { $($field: Option<EntityTypeName>),+ }

        static KINDS: LazyLock<Kinds> = LazyLock::new(|| Kinds {
            $($field: EntityTypeName::from_str($name).ok()),+
        });
    };
}

kinds! {
    visitor = "Visitor",
    platform = "Platform",
    party = "Party",
    staff = "Staff",
    role = "Role",
    account = "Account",
    organisation = "Organisation",
    region = "Region",
    item = "Item",
    resource = "Resource",
    action = "Action",
}

/// Why a question cannot be put.
pub(crate) type Spoilt = String;

fn uid(kind: Option<&EntityTypeName>, id: &str) -> Result<EntityUid, Spoilt> {
    let kind = kind.ok_or("a type of entities has no name")?;
    Ok(EntityUid::from_type_name_and_id(kind.clone(), EntityId::new(id)))
}

fn of(kind: Option<&EntityTypeName>, id: Uuid) -> Result<EntityUid, Spoilt> {
    uid(kind, &id.to_string())
}

/// The action in the words of the rules.
pub(crate) fn action_uid(action: Action) -> Result<EntityUid, Spoilt> {
    uid(KINDS.action.as_ref(), action.as_str())
}

type Attributes = HashMap<String, RestrictedExpression>;

fn put(attributes: &mut Attributes, name: &str, value: RestrictedExpression) {
    attributes.insert(name.to_owned(), value);
}

fn word(text: &str) -> RestrictedExpression {
    RestrictedExpression::new_string(text.to_owned())
}

fn set(kind: Option<&EntityTypeName>, ids: &[Uuid]) -> Result<RestrictedExpression, Spoilt> {
    let each: Result<Vec<_>, _> = ids
        .iter()
        .map(|id| of(kind, *id).map(RestrictedExpression::new_entity_uid))
        .collect();
    Ok(RestrictedExpression::new_set(each?))
}

fn agency(agency: &Agency) -> Result<RestrictedExpression, Spoilt> {
    let fields = [
        ("kind".to_owned(), word(agency.kind.as_str())),
        ("items".to_owned(), set(KINDS.item.as_ref(), &agency.scope.items)?),
        (
            "organisations".to_owned(),
            set(KINDS.organisation.as_ref(), &agency.scope.organisations)?,
        ),
    ];
    RestrictedExpression::new_record(fields).map_err(|error| error.to_string())
}

fn region(code: &RegionCode) -> Result<EntityUid, Spoilt> {
    uid(KINDS.region.as_ref(), code.as_str())
}

fn principal(actor: &Actor) -> Result<Entity, Spoilt> {
    let kinds = &*KINDS;
    let mut attributes = Attributes::new();
    let mut parents = HashSet::new();
    let uid = match actor {
        Actor::Nobody => uid(kinds.visitor.as_ref(), "nobody")?,
        Actor::System => uid(kinds.platform.as_ref(), "platform")?,
        Actor::Party {
            account,
            party,
            assurance,
            agency: acts,
        } => {
            let owner = of(kinds.account.as_ref(), *account)?;
            put(
                &mut attributes,
                "account",
                RestrictedExpression::new_entity_uid(owner),
            );
            put(&mut attributes, "kind", word(party.as_str()));
            let level = RestrictedExpression::new_long(i64::from(assurance.number()));
            put(&mut attributes, "level", level);
            if let Some(acts) = acts {
                put(&mut attributes, "agency", agency(acts)?);
            }
            of(
                kinds.party.as_ref(),
                acts.as_ref().map_or(*account, |acts| acts.agent),
            )?
        }
        Actor::Staff {
            account,
            post,
            proven,
            deputy_for,
        } => {
            for (name, value) in [
                ("account", of(kinds.account.as_ref(), *account)?),
                (
                    "organisation",
                    of(kinds.organisation.as_ref(), post.organisation)?,
                ),
                ("region", region(&post.region)?),
            ] {
                put(&mut attributes, name, RestrictedExpression::new_entity_uid(value));
            }
            put(&mut attributes, "proven", RestrictedExpression::new_bool(*proven));
            let deputy = RestrictedExpression::new_bool(deputy_for.is_some());
            put(&mut attributes, "deputy", deputy);
            parents.insert(uid(kinds.role.as_ref(), post.role.as_str())?);
            of(kinds.staff.as_ref(), *account)?
        }
    };
    Entity::new(uid, attributes, parents).map_err(|error| error.to_string())
}

fn resource(kind: &EntityTypeName, thing: &Thing) -> Result<Entity, Spoilt> {
    let kinds = &*KINDS;
    let mut attributes = Attributes::new();
    let mut parents = HashSet::new();
    if let Some(owner) = thing.owner {
        let owner = of(kinds.account.as_ref(), owner)?;
        put(
            &mut attributes,
            "owner",
            RestrictedExpression::new_entity_uid(owner),
        );
    }
    let places = [
        (
            "organisation",
            thing.organisation.map(|id| of(kinds.organisation.as_ref(), id)),
        ),
        ("region", thing.region.as_ref().map(region)),
        ("item", thing.item.map(|id| of(kinds.item.as_ref(), id))),
    ];
    for (name, place) in places {
        if let Some(place) = place.transpose()? {
            parents.insert(place.clone());
            put(&mut attributes, name, RestrictedExpression::new_entity_uid(place));
        }
    }
    if let Some(level) = thing.assurance {
        let level = RestrictedExpression::new_long(i64::from(level.number()));
        put(&mut attributes, "level", level);
    }
    if let Some(shared) = &thing.shared {
        parents.insert(uid(kinds.resource.as_ref(), &shared.resource)?);
        put(&mut attributes, "share", word(shared.class));
    }
    let uid = EntityUid::from_type_name_and_id(kind.clone(), EntityId::new("thing"));
    Entity::new(uid, attributes, parents).map_err(|error| error.to_string())
}

/// A question to the rules: who, what, to what; with the row of the table as its context.
pub(crate) struct Question {
    pub(crate) request: Request,
    pub(crate) entities: Entities,
}

/// What the table says for a question.
pub(crate) struct Row {
    pub(crate) within: Option<Within>,
    pub(crate) level: i64,
    pub(crate) second_factor: bool,
}

/// Puts the question. `kind` is the type of the thing for this action.
pub(crate) fn question(
    actor: &Actor,
    action: &EntityUid,
    kind: &EntityTypeName,
    thing: &Thing,
    row: &Row,
) -> Result<Question, Spoilt> {
    let principal = principal(actor)?;
    let resource = resource(kind, thing)?;
    let context = Context::from_pairs([
        (
            "reach".to_owned(),
            word(row.within.map_or("none", Within::as_str)),
        ),
        ("level".to_owned(), RestrictedExpression::new_long(row.level)),
        (
            "second_factor".to_owned(),
            RestrictedExpression::new_bool(row.second_factor),
        ),
    ])
    .map_err(|error| error.to_string())?;
    let request = Request::new(principal.uid(), action.clone(), resource.uid(), context, None)
        .map_err(|error| error.to_string())?;
    let mut entities = vec![principal, resource];
    // the regions that the thing's lies in
    if let Some(code) = &thing.region {
        let above: Result<HashSet<_>, _> = code.ancestors().iter().map(region).collect();
        entities.push(Entity::new_no_attrs(region(code)?, above?));
    }
    let entities = Entities::from_entities(entities, None).map_err(|error| error.to_string())?;
    Ok(Question { request, entities })
}

/// Whether something that a rule names can be there at all. Types that nothing is named of are none of this.
pub(crate) fn is_known(entity: &EntityUid) -> bool {
    let id: &str = entity.id().as_ref();
    match entity.type_name().basename() {
        "Role" => Role::from_word(id).is_some(),
        "Region" => RegionCode::parse(id).is_ok(),
        "Organisation" | "Item" | "Account" | "Staff" | "Party" => Uuid::parse_str(id).is_ok(),
        "Action" => Action::from_word(id).is_some(),
        "Resource" => !id.is_empty(),
        _ => false,
    }
}
