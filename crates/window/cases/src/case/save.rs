//! Loading and saving a case inside an act, with the guard against a case that was changed meanwhile.

use std::collections::BTreeMap;

use serde_json::{Map, Value};
use tongban_access::{Action, Actor, Thing, permit};
use tongban_catalogue::ItemVersion;
use tongban_codes::RegionCode;
use tongban_mandates::agency_stands_in;
use tongban_procedure::{Move, State, next};
use tongban_staff::stands_in;
use tongban_store::{StoreError, Tx};
use uuid::Uuid;

use super::{
    domain::{Channel, Origin},
    history::{HISTORY_KINDS, Line, label},
    row::{self, case},
};
use crate::{
    acceptance::attend::attends_in,
    error::{Error, refused_with},
};

/// A case inside an act.
#[derive(Debug, Clone)]
pub(crate) struct Loaded {
    pub row: case::Model,
    pub state: State,
}

/// The form of a case, opened.
#[derive(Debug, Clone, Default)]
pub(crate) struct FormData {
    pub values: Map<String, Value>,
    pub origins: BTreeMap<String, Origin>,
}

/// Words that the values of this room are sealed under.
pub(crate) const FORM: &str = "case_form";
pub(crate) const FACT: &str = "case_fact";
pub(crate) const PROGRESS: &str = "progress";
pub(crate) const ADDRESS: &str = "address";
/// Field words for sealing and blind indexes; the same words in every room.
pub(crate) const CITIZEN: &str = "citizen";
pub(crate) const USCC: &str = "uscc";
pub(crate) const PHONE: &str = "phone";

/// Which field word a party's number is sealed under.
pub(crate) fn number_field(party_kind: &str) -> &'static str {
    if party_kind == "enterprise" { USCC } else { CITIZEN }
}

impl Loaded {
    pub(crate) fn id(&self) -> Uuid {
        self.row.id
    }

    /// Where a move leads, or the refusal that names the state.
    pub(crate) fn after(&self, action: Move) -> Result<State, Error> {
        next(self.state, action, self.row.supplemented)
            .ok_or_else(|| refused_with("case.wrong_state", &[("state", self.state.as_str())]))
    }
}

pub(crate) fn region(row: &case::Model) -> Result<RegionCode, StoreError> {
    RegionCode::parse(&row.region).map_err(|error| StoreError::Corrupt(format!("region of a case: {error}")))
}

pub(crate) fn thing(row: &case::Model) -> Result<Thing, StoreError> {
    // 窗口代办: while a clerk fills a form for somebody at the window, it is the clerk's own.
    let at_window = row.channel == Channel::Window.as_str() && row.state == State::Draft.as_str();
    let owner = if at_window { row.clerk } else { row.account };
    Ok(Thing::at(row.organisation, region(row)?)
        .about(row.item)
        .owned_by(owner))
}

/// Loads a case and checks that the actor may do this to it. A case that an outsider asks for does not exist.
pub(crate) async fn load(tx: &Tx, actor: &Actor, action: Action, id: Uuid) -> Result<Loaded, Error> {
    load_for(tx, actor, id, |_| action).await
}

/// The same, where what is done depends on how the case stands.
pub(crate) async fn load_for(
    tx: &Tx,
    actor: &Actor,
    id: Uuid,
    action: impl FnOnce(&case::Model) -> Action,
) -> Result<Loaded, Error> {
    // a mandate or a lent post that was taken back while the request was under way does nothing any more
    if !agency_stands_in(tx, actor).await? || !stands_in(tx, actor).await? {
        return Err(Error::NotFound);
    }
    let row = row::find(tx, id).await?.ok_or(Error::NotFound)?;
    let action = action(&row);
    let thing = thing(&row)?;
    // A draft is there for who fills it, and for nobody else.
    let owns = actor.account().is_some() && thing.owner == actor.account();
    if row.state == State::Draft.as_str() && !owns && *actor != Actor::System {
        return Err(Error::NotFound);
    }
    if let Err(denied) = permit(actor, action, &thing) {
        // 窗口代办: somebody with an account stands at the window of this clerk
        if action == Action::CaseApply && attends_in(tx, actor, &row).await? {
            return loaded(row);
        }
        let sees = permit(actor, Action::CaseView, &thing).is_ok();
        return Err(if sees {
            Error::Denied(denied)
        } else {
            Error::NotFound
        });
    }
    loaded(row)
}

fn loaded(row: case::Model) -> Result<Loaded, Error> {
    let state = State::from_word(&row.state)
        .ok_or_else(|| StoreError::Corrupt(format!("state {} of a case", row.state)))?;
    Ok(Loaded { row, state })
}

/// Refuses a page that was read before the case was changed. `None`: the caller holds no page.
pub(crate) fn same_version(loaded: &Loaded, seen: Option<i32>) -> Result<(), Error> {
    match seen {
        Some(version) if version != loaded.row.version => Err(Error::Conflict),
        _ => Ok(()),
    }
}

/// Refuses an item that is not the version by which the case is judged: it was changed, or the caller took another.
pub(crate) fn same_item(loaded: &Loaded, item: &ItemVersion) -> Result<(), Error> {
    if loaded.row.item_version == item.id {
        Ok(())
    } else {
        Err(Error::Conflict)
    }
}

/// Opens the form.
pub(crate) fn form(tx: &Tx, row: &case::Model) -> Result<FormData, StoreError> {
    open_form(tx.store(), row)
}

pub(crate) fn open_form(store: &tongban_store::Store, row: &case::Model) -> Result<FormData, StoreError> {
    let values = serde_json::from_str(&store.unseal(FORM, &row.form_sealed)?)?;
    let origins = serde_json::from_str(&row.origins)?;
    Ok(FormData { values, origins })
}

/// Puts a form back into its row.
pub(crate) fn set_form(tx: &Tx, row: &mut case::Model, form: &FormData) -> Result<(), StoreError> {
    row.form_sealed = seal_values(tx, &form.values)?;
    row.origins = serde_json::to_string(&form.origins)?;
    Ok(())
}

pub(crate) fn seal_values(tx: &Tx, values: &Map<String, Value>) -> Result<String, StoreError> {
    tx.store().seal(FORM, &serde_json::to_string(values)?)
}

/// Writes the changed row, only over the version that was read.
pub(crate) async fn store(tx: &Tx, before: &Loaded, mut after: case::Model) -> Result<case::Model, Error> {
    after.version = before.row.version + 1;
    after.touched_at = tx.now();
    if row::replace(tx, &before.row, after.clone()).await? {
        Ok(after)
    } else {
        Err(Error::Conflict)
    }
}

/// Adds a line to the history.
pub(crate) async fn note(tx: &Tx, actor: &Actor, line: Line<'_>) -> Result<(), StoreError> {
    debug_assert!(
        HISTORY_KINDS.contains(&line.kind),
        "{} is no kind of a line",
        line.kind
    );
    row::add_history(tx, actor.word(), label(actor), actor.holder(), line).await
}
