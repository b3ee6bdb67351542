//! Reading drafts that rest, and whether a file is still needed.

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect};
use tongban_codes::civil::beijing_date;
use tongban_procedure::State;
use tongban_store::{BlobId, Store, StoreError, Tx};
use uuid::Uuid;

use super::{rest, row};
use crate::{
    case::{
        domain::Channel,
        row::{case, find, material},
    },
    error::Error,
};

/// Drafts that nobody has touched since an instant, after an id, the oldest ids first.
pub(crate) async fn resting(
    store: &Store,
    touched_before: DateTime<Utc>,
    after: Uuid,
    most: u64,
) -> Result<Vec<Uuid>, StoreError> {
    Ok(case::Entity::find()
        .select_only()
        .column(case::Column::Id)
        .filter(case::Column::State.eq(State::Draft.as_str()))
        .filter(case::Column::TouchedAt.lte(touched_before))
        .filter(case::Column::Id.gt(after))
        .order_by_asc(case::Column::Id)
        .limit(most)
        .into_tuple()
        .all(store.reader())
        .await?)
}

/// Whether any case, licence or uploaded list still holds a file.
pub(crate) async fn file_is_held(store: &Store, file: &BlobId) -> Result<bool, Error> {
    let materials = material::Entity::find()
        .filter(material::Column::Blob.eq(file.as_str()))
        .count(store.reader())
        .await?;
    Ok(materials > 0
        || tongban_licences::carrier_is(store, file).await?
        || tongban_catalogue::item_file_is(store, file).await?
        || tongban_directory::import::upload_holds(store, file).await?)
}

/// A draft that the applicant is told about before it is erased.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RestingDraft {
    /// The civil day from which on it is erased.
    pub until: NaiveDate,
    /// Whether the applicant fills it, and not a clerk at the window.
    pub own: bool,
}

/// The draft of a warning, for subscribers; `None` where it was filed, touched or erased meanwhile.
pub async fn resting_draft_in(tx: &Tx, case: Uuid) -> Result<Option<RestingDraft>, Error> {
    let Some(draft) = find(tx, case)
        .await?
        .filter(|draft| draft.state == State::Draft.as_str())
    else {
        return Ok(None);
    };
    let warned = row::warned_at(tx, case).await?;
    Ok(warned
        .filter(|warned| *warned > draft.touched_at)
        .map(|warned| RestingDraft {
            until: beijing_date(rest::erased_from(draft.touched_at, warned)),
            own: draft.channel == Channel::Online.as_str(),
        }))
}
