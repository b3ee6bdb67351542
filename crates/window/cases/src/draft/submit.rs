//! Hand the application in.

use std::sync::Arc;

use serde_json::{Map, Value};
use tongban_access::{Action, Actor, PartyKind, permit};
use tongban_catalogue::{ItemVersion, Necessity, form_problems};
use tongban_codes::{CaseNumber, WorkCalendar, civil::beijing_date};
use tongban_exchange::{PurposeRef, mark_filed};
use tongban_identity::party_in;
use tongban_procedure::{DocumentKind, Move, limits};
use tongban_store::{AuditEntry, StoreError, Tx};
use uuid::Uuid;

use super::{deferred::to_follow, fill::PURPOSE, lapsed::without_lapsed, offered::still_offered};
use crate::{
    case::{
        domain::Delivery,
        history::Line,
        row::{self, material},
        save,
    },
    clock::run,
    document::{issue, received},
    error::{Error, Refusal, refused_with},
    events::CaseSubmitted,
    jobs,
    renewal::{name::named, row as renewal},
};

/// Hand in what the draft holds.
#[derive(Debug, Clone)]
pub struct Submit {
    pub case: Uuid,
    pub item: ItemVersion,
    pub calendar: Arc<WorkCalendar>,
    /// The version that the confirming page showed: what is handed in is what was seen.
    pub seen: Option<i32>,
    pub delivery: Delivery,
    /// Address for 邮寄.
    pub delivery_address: Option<String>,
    /// The licence to be renewed, where the item renews one and the applicant holds several of its type.
    pub renews: Option<Uuid>,
}

/// What the applicant is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Submitted {
    pub number: String,
    /// The code of the progress link: at least 128 random bits.
    pub progress_code: String,
}

/// Files the case: number, receipt, clock for the notice of what is missing, event; all in this act.
///
/// Denied with the level that is missing where the item asks to know the applicant better.
///
/// Refuses `case.item_ended` and `case.item_withdrawn` (no longer offered), `case.form_invalid` with the fields, `case.material_missing` and `case.material_lapsed` (a licence that was used is
/// in force no longer) with the names, `case.address_missing`, and
/// `case.wrong_state` (a double click, or a case that has moved on). For a renewal `case.renewal_none`, `case.renewal_choose`,
/// `case.renewal_open`.
pub async fn submit(tx: &Tx, actor: &Actor, input: Submit) -> Result<Submitted, Error> {
    let loaded = save::load(tx, actor, Action::CaseApply, input.case).await?;
    // Persons are recognised, agents among them; a firm that signs in itself is who its account says.
    if actor.holder_kind() == Some(PartyKind::Person) {
        let thing = save::thing(&loaded.row)?.asking(input.item.content.assurance);
        permit(actor, Action::CaseApply, &thing)?;
    }
    let state = loaded.after(Move::Submit)?;
    save::same_version(&loaded, input.seen)?;
    save::same_item(&loaded, &input.item)?;
    let today = beijing_date(tx.now());
    still_offered(tx, &input.item, today).await?;
    let materials = check_complete(tx, &loaded, &input.item).await?;
    let materials = without_lapsed(tx, &loaded.row, &input.item, materials, today).await?;
    if input.delivery == Delivery::Post
        && input
            .delivery_address
            .as_deref()
            .unwrap_or_default()
            .trim()
            .is_empty()
    {
        return Err(refused_with("case.address_missing", &[]));
    }
    let renewal = named(tx, &loaded.row, &input.item.content, input.renews)
        .await?
        .map(|named| renewal::Model::new(input.case, named));

    let mut row = loaded.row.clone();
    row.state = state.as_str().to_owned();
    if let Some(rule) = limits::supplement_notice(input.item.content.item_type) {
        (row.due_on, row.due_earliest) = run::bounds(&rule, today, &input.calendar);
        let clock = run::row(tx, input.case, &rule, today)?;
        // Silence is an answer: what follows is planned in the same act.
        jobs::plan(tx, &clock, None, &input.calendar).await?;
        row::add_clock(tx, clock).await?;
    }
    mark_filed(
        tx,
        &PurposeRef {
            kind: PURPOSE.to_owned(),
            id: input.case,
        },
    )
    .await?;

    let region = save::region(&row)?;
    let [serial, document_serial] = tx
        .next_numbers([
            format!("case:{}:{today}", region.short()).as_str(),
            issue::sequence(&row, DocumentKind::Receipt, today).as_str(),
        ])
        .await?;
    let serial = u32::try_from(serial).map_err(|_| StoreError::Corrupt("case serial".to_owned()))?;
    let number = CaseNumber::build(&region, today, serial)
        .map_err(|error| StoreError::Corrupt(format!("case number: {error}")))?
        .as_str()
        .to_owned();
    let progress_code = tx.random_code();
    row.number = Some(number.clone());
    row.submitted_at = Some(tx.now());
    row.progress_hash = Some(tx.store().keys().token_hash(&progress_code));
    row.progress_sealed = Some(tx.store().seal(save::PROGRESS, &progress_code)?);
    row.delivery = input.delivery.as_str().to_owned();
    row.delivery_sealed = match &input.delivery_address {
        Some(address) if input.delivery == Delivery::Post => {
            Some(tx.store().seal(save::ADDRESS, address.trim())?)
        }
        _ => None,
    };
    if let Some(agency) = actor.agency() {
        let agent = party_in(tx, agency.agent).await?.ok_or(Error::NotFound)?;
        row.agent = Some(agency.agent);
        row.mandate = Some(agency.mandate);
        row.agent_kind = Some(agency.kind.as_str().to_owned());
        row.agent_sealed = Some(tx.store().seal(save::CITIZEN, &agent.number)?);
        row.agent_name = Some(agent.name);
    }
    if let Some(renewal) = &renewal {
        renewal::insert(tx, renewal.clone()).await?;
        // An application that came too late goes its ordinary way.
        if renewal.in_time {
            jobs::plan_renewal(tx, input.case, renewal.expires_on).await?;
        }
    }
    let row = save::store(tx, &loaded, row).await?;
    let document = issue::issue_as(
        tx,
        &row,
        &input.item,
        DocumentKind::Receipt,
        &issue::Particulars {
            materials: received::lines(&input.item, &materials)?,
            to_follow: to_follow(tx, &row, &input.item).await?,
            renewal: renewal.map(renewal::Model::view),
            ..issue::Particulars::default()
        },
        document_serial,
    )
    .await?;
    save::note(
        tx,
        actor,
        Line {
            case: input.case,
            kind: "submitted",
            note: None,
            document: Some(document),
        },
    )
    .await?;
    tx.audit(
        AuditEntry::new("case.submit")
            .on("case", input.case)
            .about(&row.applicant_blind)
            .with("number", number.clone())
            .with("item_version", row.item_version.to_string()),
    )
    .await?;
    tx.emit(&CaseSubmitted { case: input.case }).await?;
    Ok(Submitted {
        number,
        progress_code,
    })
}

/// Every required field valid, every required material there; answers all materials.
pub(crate) async fn check_complete(
    tx: &Tx,
    loaded: &save::Loaded,
    item: &ItemVersion,
) -> Result<Vec<material::Model>, Error> {
    let form = save::form(tx, &loaded.row)?;
    let fields = form_problems(tx.store(), item, &form.values);
    if !fields.is_empty() {
        return Err(Error::Refused(Refusal {
            code: "case.form_invalid",
            args: Default::default(),
            fields,
        }));
    }
    let there = row::materials(tx, loaded.id()).await?;
    let missing = names_missing(item, Necessity::Required, &form.values, &there);
    if !missing.is_empty() {
        return Err(refused_with(
            "case.material_missing",
            &[("materials", &missing.join("、"))],
        ));
    }
    Ok(there)
}

/// Names of the materials of this necessity that the form asks for and that nobody has handed in or fetched.
pub(super) fn names_missing(
    item: &ItemVersion,
    necessity: Necessity,
    filled: &Map<String, Value>,
    there: &[material::Model],
) -> Vec<String> {
    item.content
        .missing(necessity, filled, |code| {
            there.iter().any(|material| material.code == code)
        })
        .map(|wanted| wanted.name.clone())
        .collect()
}
