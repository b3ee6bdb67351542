//! 容缺后补: a material that may follow. The matter is taken and worked on without it; it is handed in while the matter is open, and
//! nothing is granted before it is there.

use tongban_catalogue::{ItemVersion, Material, Necessity};
use tongban_procedure::State;
use tongban_store::{StoreError, Tx};

use super::submit::names_missing;
use crate::case::{
    row::{self, case},
    save,
    view::CaseView,
};

/// Whether a filed case in this state still takes such materials.
pub(crate) fn takes_deferred(state: State) -> bool {
    matches!(state, State::Submitted | State::Accepted)
}

/// Names of the materials that may follow and are not there; asks the database only where the item has such materials.
pub(crate) async fn to_follow(
    tx: &Tx,
    case: &case::Model,
    item: &ItemVersion,
) -> Result<Vec<String>, StoreError> {
    let may = |material: &Material| material.necessity == Necessity::Deferred;
    if !item.content.materials.iter().any(may) {
        return Ok(Vec::new());
    }
    let (form, there) = (save::form(tx, case)?, row::materials(tx, case.id).await?);
    Ok(names_missing(item, Necessity::Deferred, &form.values, &there))
}

/// Names of the materials that a filed case still waits for; none once it is decided, and none of a draft.
pub fn still_to_follow(view: &CaseView, item: &ItemVersion) -> Vec<String> {
    if !takes_deferred(view.state) {
        return Vec::new();
    }
    view.missing(item, Necessity::Deferred)
}
