//! Fill a draft with what the government already holds.
//!
//! Three parts, because a department's system may be slow and no transaction may wait for it: the consents are
//! recorded in one act, the exchange asks the departments with no act open, and a second act puts the answers into the
//! form. [`fetch`] runs all three.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use serde_json::{Map, Value};
use tongban_access::{Action, Actor};
use tongban_catalogue::{ItemContent, ItemVersion, Replacement, wanted_facts};
use tongban_codes::civil::beijing_date;
use tongban_exchange::{Exchange, FactAnswer, FactOutcome, FactRequest, PurposeRef, ReadBasis, WantedFacts};
use tongban_licences::HeldLicence;
use tongban_procedure::State;
use tongban_store::{AccessEntry, AuditEntry, Store, StoreError, Tx};
use uuid::Uuid;

use crate::{
    case::{
        access,
        domain::{Origin, OriginKind},
        row::{self, fact, material},
        save::{self, FormData},
    },
    error::{Error, refused_with},
};

/// The kind of purpose under which cases read facts.
pub const PURPOSE: &str = "case";
/// How long a waiting person waits for all departments together.
const BUDGET: Duration = Duration::from_millis(2_500);

/// The types of licence that an item's form and materials draw on.
fn wanted_licences(content: &ItemContent) -> BTreeSet<&str> {
    let fields = content.form.get("properties").and_then(Value::as_object);
    let of_form = fields.into_iter().flat_map(Map::values);
    let of_form = of_form.filter_map(|property| source_of(property, "licence"));
    let of_materials = content
        .materials
        .iter()
        .filter_map(|material| match &material.replaced_by {
            Some(Replacement::Licence { licence_type }) => Some(licence_type.as_str()),
            _ => None,
        });
    of_form.chain(of_materials).collect()
}

/// By what right a resource is read for a matter, where it may be read at all.
fn basis_of(content: &ItemContent, resource: &str, consented: &[String]) -> Option<ReadBasis> {
    match content.duty(resource) {
        Some(duty) => Some(ReadBasis::Duty {
            law: duty.basis(),
            item: content.name.clone(),
        }),
        None => consented
            .iter()
            .any(|code| code == resource)
            .then_some(ReadBasis::Consent),
    }
}

fn source_of<'value>(property: &'value Value, kind: &str) -> Option<&'value str> {
    property.get("x-source")?.get(kind)?.as_str()
}

/// Which sources the applicant lets be read; the others are filled by hand. What the law tells the office to check is read without,
/// and needs not stand here.
#[derive(Debug, Clone)]
pub struct Consent {
    pub case: Uuid,
    pub resources: Vec<String>,
}

/// Records for which sources the applicant has said yes. Saying it again for fewer takes the others back.
pub async fn record_consent(tx: &Tx, actor: &Actor, input: Consent) -> Result<(), Error> {
    let loaded = load_fillable(tx, actor, input.case).await?;
    let mut row = loaded.row.clone();
    row.consents = serde_json::to_string(&input.resources).map_err(StoreError::from)?;
    save::store(tx, &loaded, row).await?;
    tx.audit(
        AuditEntry::new("case.consent")
            .on("case", input.case)
            .with("resources", input.resources),
    )
    .await?;
    Ok(())
}

/// What came back for a draft.
#[derive(Debug, Clone)]
pub struct Fill {
    pub case: Uuid,
    pub item: ItemVersion,
    pub answers: Vec<FactAnswer>,
    /// Licences that the applicant holds.
    pub held: Vec<HeldLicence>,
}

/// Puts facts and licences into the form and attaches what needs not be handed in.
///
/// A value that the applicant has typed stays; a value that came from a source before is renewed. A licence that is used leaves a trace for its
/// holder. A clerk's draft exists only where the presence of the person was recorded ([`crate::start_draft`]). A conflict where the item is not
/// the version by which the case is judged.
pub async fn fill_draft(tx: &Tx, actor: &Actor, input: Fill) -> Result<(), Error> {
    let loaded = load_fillable(tx, actor, input.case).await?;
    save::same_item(&loaded, &input.item)?;
    let mut form = save::form(tx, &loaded.row)?;
    let today = beijing_date(tx.now());
    let field = save::number_field(&loaded.row.party_kind);
    let number = tx.store().unseal(field, &loaded.row.applicant_sealed)?;
    let phone = match &loaded.row.phone_sealed {
        Some(sealed) => Some(tx.store().unseal(save::PHONE, sealed)?),
        None => None,
    };
    let mut used: BTreeMap<Uuid, &str> = BTreeMap::new();
    let properties = input
        .item
        .content
        .form
        .get("properties")
        .and_then(Value::as_object);
    for (name, property) in properties.into_iter().flatten() {
        if form
            .origins
            .get(name)
            .is_some_and(|origin| origin.kind == OriginKind::You)
        {
            continue;
        }
        if let Some(word) = source_of(property, "account") {
            let value = match word {
                "name" => Some(loaded.row.applicant_name.clone()),
                "number" => Some(number.clone()),
                "phone" => phone.clone(),
                _ => None,
            };
            if let Some(value) = value {
                let origin = Origin {
                    kind: OriginKind::Account,
                    label: String::new(),
                    reference: None,
                    at: Some(tx.now()),
                };
                put(&mut form, name, Value::String(value), origin);
            }
        } else if let Some(resource) = source_of(property, "resource") {
            fill_from_answer(
                &mut form,
                name,
                property,
                input.answers.iter().find(|answer| answer.resource == resource),
            );
        } else if let Some(type_code) = source_of(property, "licence") {
            let held = input
                .held
                .iter()
                .find(|held| held.type_code == type_code && held.is_valid_on(today));
            let key = property
                .pointer("/x-source/field")
                .and_then(Value::as_str)
                .unwrap_or_default();
            if let Some(held) = held
                && let Some(value) = held.fields.get(key)
            {
                let origin = Origin {
                    kind: OriginKind::Licence,
                    label: held.name.clone(),
                    reference: Some(held.id),
                    at: Some(tx.now()),
                };
                put(&mut form, name, value.clone(), origin);
                used.insert(held.id, &held.name);
            }
        }
    }
    row::remove_fetched(tx, input.case).await?;
    let asked = wanted_facts(&input.item.content);
    for answer in &input.answers {
        keep_fact(tx, input.case, answer).await?;
    }
    for wanted in &input.item.content.materials {
        let Some(origin) = spared(wanted.replaced_by.as_ref(), &input, &asked, today) else {
            continue;
        };
        if let (OriginKind::Licence, Some(id)) = (origin.kind, origin.reference)
            && let Some(held) = input.held.iter().find(|held| held.id == id)
        {
            used.insert(held.id, &held.name);
        }
        let new = material::Model {
            id: tx.new_id(),
            case_id: input.case,
            code: wanted.code.clone(),
            name: wanted.name.clone(),
            origin: serde_json::to_string(&origin).map_err(StoreError::from)?,
            blob: None,
            file_name: None,
            media: None,
            size: None,
            at: tx.now(),
            superseded_at: None,
        };
        row::add_material(tx, new).await?;
    }
    trace_licences(tx, actor, &loaded.row, &used).await?;
    let mut row = loaded.row.clone();
    save::set_form(tx, &mut row, &form)?;
    save::store(tx, &loaded, row).await?;
    Ok(())
}

/// A licence that was used stands under "who read my data" and in the audit: which one, for which case, by whom. Once a day.
async fn trace_licences(
    tx: &Tx,
    actor: &Actor,
    case: &row::case::Model,
    used: &BTreeMap<Uuid, &str>,
) -> Result<(), Error> {
    let reader = match (actor.post(), actor.agency()) {
        (Some(post), _) => access::reader(post),
        (None, Some(_)) => "代办人".to_owned(),
        (None, None) => "本人".to_owned(),
    };
    let by = actor
        .holder()
        .map(|account| account.to_string())
        .unwrap_or_default();
    let day = beijing_date(tx.now());
    let mut new = Vec::new();
    for (licence, name) in used {
        if !tx
            .once(&format!("case.licence:{}:{licence}:{by}:{day}", case.id))
            .await?
        {
            continue;
        }
        new.push(licence.to_string());
        tx.access_log(AccessEntry {
            subject_blind: case.applicant_blind.clone(),
            object_kind: "licence",
            object_id: licence.to_string(),
            purpose: format!("办理“{}”时使用{name}", case.item_name),
            reader: reader.clone(),
        })
        .await?;
    }
    if !new.is_empty() {
        tx.audit(
            AuditEntry::new("case.use_licences")
                .on("case", case.id)
                .about(&case.applicant_blind)
                .with("licences", new),
        )
        .await?;
    }
    Ok(())
}

/// Where a material came from that nobody has to hand in. `asked` is what was asked of each resource: a register that knows the applicant and says
/// nothing of it spares nothing.
fn spared(
    replacement: Option<&Replacement>,
    input: &Fill,
    asked: &[WantedFacts],
    today: chrono::NaiveDate,
) -> Option<Origin> {
    match replacement? {
        Replacement::Licence { licence_type } => {
            let held = input
                .held
                .iter()
                .find(|held| held.type_code == *licence_type && held.is_valid_on(today))?;
            Some(Origin {
                kind: OriginKind::Licence,
                label: held.name.clone(),
                reference: Some(held.id),
                at: None,
            })
        }
        Replacement::Resource { resource, fields } => {
            let answer = input.answers.iter().find(|answer| answer.resource == *resource)?;
            let FactOutcome::Facts(facts) = &answer.outcome else {
                return None;
            };
            let of_resource = asked.iter().find(|wanted| wanted.resource == *resource);
            let fields = match (fields.is_empty(), of_resource) {
                (true, Some(wanted)) => &wanted.fields,
                _ => fields,
            };
            says_any(facts, fields).then(|| Origin {
                kind: OriginKind::Resource,
                label: answer.source.clone(),
                reference: Some(answer.read),
                at: Some(answer.at),
            })
        }
    }
}

/// Whether an answer says any of these facts; where none was asked for, it is enough that the register knows the applicant.
fn says_any(facts: &Map<String, Value>, fields: &[String]) -> bool {
    let said = |value: &Value| match value {
        Value::Null => false,
        Value::String(text) => !text.trim().is_empty(),
        _ => true,
    };
    fields.is_empty() || fields.iter().any(|field| facts.get(field).is_some_and(said))
}

fn fill_from_answer(form: &mut FormData, name: &str, property: &Value, answer: Option<&FactAnswer>) {
    let Some(answer) = answer else {
        // Nobody asked this source: what an earlier yes had brought goes with the yes.
        if form.origins.remove(name).is_some() {
            form.values.remove(name);
        }
        return;
    };
    match &answer.outcome {
        FactOutcome::Facts(facts) => {
            let key = property
                .pointer("/x-source/field")
                .and_then(Value::as_str)
                .unwrap_or_default();
            if let Some(value) = facts.get(key) {
                let origin = Origin {
                    kind: OriginKind::Resource,
                    label: answer.source.clone(),
                    reference: Some(answer.read),
                    at: Some(answer.at),
                };
                put(form, name, value.clone(), origin);
            }
        }
        // The person goes on by hand at once, and the page says why.
        FactOutcome::Unavailable { .. } | FactOutcome::WrongSubject => {
            let waiting = Origin {
                kind: OriginKind::Waiting,
                label: answer.source.clone(),
                reference: Some(answer.read),
                at: Some(answer.at),
            };
            form.values.remove(name);
            form.origins.insert(name.to_owned(), waiting);
        }
        FactOutcome::NotFound | FactOutcome::Refused { .. } => {
            form.values.remove(name);
            form.origins.remove(name);
        }
    }
}

fn put(form: &mut FormData, name: &str, value: Value, origin: Origin) {
    form.values.insert(name.to_owned(), value);
    form.origins.insert(name.to_owned(), origin);
}

async fn keep_fact(tx: &Tx, case: Uuid, answer: &FactAnswer) -> Result<(), Error> {
    let (outcome, facts) = match &answer.outcome {
        FactOutcome::Facts(facts) => (
            "facts",
            Some(serde_json::to_string(facts).map_err(StoreError::from)?),
        ),
        FactOutcome::NotFound => ("not_found", None),
        FactOutcome::Unavailable { .. } => ("unavailable", None),
        FactOutcome::WrongSubject => ("wrong_subject", None),
        FactOutcome::Refused { .. } => ("refused", None),
    };
    let facts_sealed = match facts {
        Some(facts) => Some(tx.store().seal(save::FACT, &facts)?),
        None => None,
    };
    let new = fact::Model {
        id: tx.new_id(),
        case_id: case,
        resource: answer.resource.clone(),
        source: answer.source.clone(),
        outcome: outcome.to_owned(),
        facts_sealed,
        at: answer.at,
    };
    row::add_fact(tx, new).await?;
    Ok(())
}

async fn load_fillable(tx: &Tx, actor: &Actor, case: Uuid) -> Result<save::Loaded, Error> {
    let loaded = save::load(tx, actor, Action::CaseApply, case).await?;
    if loaded.state != State::Draft {
        return Err(refused_with(
            "case.wrong_state",
            &[("state", loaded.state.as_str())],
        ));
    }
    Ok(loaded)
}

/// Records the consents, asks the departments and the licence library, and fills the draft. What the matter reads by duty is asked
/// for each time: the page before this act has told so.
pub async fn fetch(
    store: &Store,
    exchange: &Exchange,
    actor: &Actor,
    item: ItemVersion,
    mut consent: Consent,
) -> Result<(), Error> {
    let case = consent.case;
    // a duty is no yes
    consent.resources.retain(|code| item.content.duty(code).is_none());
    let consented = consent.resources.clone();
    let by = actor.clone();
    store
        .write(actor.signer(), move |tx| {
            let (by, consent) = (by.clone(), consent.clone());
            async move { record_consent(&tx, &by, consent).await }
        })
        .await?;
    let requests = wanted_facts(&item.content)
        .into_iter()
        .filter_map(|wanted| {
            Some(FactRequest {
                purpose: PurposeRef {
                    kind: PURPOSE.to_owned(),
                    id: case,
                },
                basis: basis_of(&item.content, &wanted.resource, &consented)?,
                resource: wanted.resource,
                fields: wanted.fields,
            })
        })
        .collect();
    let answers = exchange.read_all(actor, requests, BUDGET).await?;
    // What the matter does not name is not looked at.
    let held = match wanted_licences(&item.content) {
        wanted if wanted.is_empty() => Vec::new(),
        wanted => {
            let mut held = crate::case::query::held_by_applicant(store, case).await?;
            held.retain(|held| wanted.contains(held.type_code.as_str()));
            held
        }
    };
    let by = actor.clone();
    let input = Fill {
        case,
        item,
        answers,
        held,
    };
    store
        .write(actor.signer(), move |tx| {
            let (by, input) = (by.clone(), input.clone());
            async move { fill_draft(&tx, &by, input).await }
        })
        .await
}
