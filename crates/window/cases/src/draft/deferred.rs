//! 容缺后补: a material that may follow. The matter is taken and worked on without it; it is handed in while the matter is open, and
//! nothing is granted before it is there.

use tongban_catalogue::{ItemVersion, Necessity};
use tongban_procedure::State;
use tongban_store::{StoreError, Tx};
use uuid::Uuid;

use crate::case::{
    row::{self, material},
    view::CaseView,
};

/// Whether a filed case in this state still takes such materials.
pub(crate) fn takes_deferred(state: State) -> bool {
    matches!(state, State::Submitted | State::Accepted)
}

/// Names of the materials that may follow and are not there.
pub(crate) fn deferred_missing(item: &ItemVersion, there: &[material::Model]) -> Vec<String> {
    item.content
        .missing(Necessity::Deferred, |code| {
            there.iter().any(|material| material.code == code)
        })
        .map(|wanted| wanted.name.clone())
        .collect()
}

/// The same of a case inside an act; asks the database only where the item has such materials.
pub(crate) async fn to_follow(tx: &Tx, case: Uuid, item: &ItemVersion) -> Result<Vec<String>, StoreError> {
    if item
        .content
        .missing(Necessity::Deferred, |_| false)
        .next()
        .is_none()
    {
        return Ok(Vec::new());
    }
    Ok(deferred_missing(item, &row::materials(tx, case).await?))
}

/// Names of the materials that a filed case still waits for; none once it is decided, and none of a draft.
pub fn still_to_follow(view: &CaseView, item: &ItemVersion) -> Vec<String> {
    if !takes_deferred(view.state) {
        return Vec::new();
    }
    view.missing(item, Necessity::Deferred)
}
