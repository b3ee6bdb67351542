//! What the search index follows.

use std::collections::HashMap;

use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect};
use tongban_search::SearchDocument;
use tongban_store::Store;
use uuid::Uuid;

use crate::{
    Error,
    item::{query::in_force, version::ItemVersion},
    row::{item, item_version},
};

/// What changed after a revision: documents to search in, and items to be found no more.
#[derive(Debug, Default)]
pub(super) struct Changes {
    pub(super) documents: Vec<SearchDocument>,
    pub(super) gone: Vec<Uuid>,
    /// The highest revision among them.
    pub(super) revision: i64,
}

/// Items read at once when the index follows.
const CHANGES: u64 = 500;

/// Changes after a revision, at most [`CHANGES`] and those of the same revision; nothing when there are none.
pub(super) async fn changes_after(store: &Store, revision: i64) -> Result<Changes, Error> {
    let mut rows = changed_items(store, revision, Some(CHANGES)).await?;
    let Some(last) = rows.last().map(|row| row.revision) else {
        return Ok(Changes::default());
    };
    if rows.len() as u64 == CHANGES {
        // A revision may be shared by the rows of one stage of an import: take the last one whole.
        rows.retain(|row| row.revision < last);
        rows.extend(
            item::Entity::find()
                .filter(item::Column::Revision.eq(last))
                .all(store.reader())
                .await?,
        );
    }
    let mut changes = Changes {
        revision: last,
        ..Changes::default()
    };
    let current: Vec<Uuid> = rows.iter().filter_map(|row| row.current).collect();
    let versions: HashMap<Uuid, item_version::Model> = item_version::Entity::find()
        .filter(item_version::Column::Id.is_in(current))
        .all(store.reader())
        .await?
        .into_iter()
        .map(|row| (row.id, row))
        .collect();
    for row in rows {
        match row.current.and_then(|id| versions.get(&id)) {
            None => changes.gone.push(row.id),
            Some(version) => changes
                .documents
                .push(document(&ItemVersion::try_from(version.clone())?)),
        }
    }
    Ok(changes)
}

async fn changed_items(store: &Store, revision: i64, limit: Option<u64>) -> Result<Vec<item::Model>, Error> {
    let rows = item::Entity::find()
        .filter(item::Column::Revision.gt(revision))
        .order_by_asc(item::Column::Revision)
        .order_by_asc(item::Column::Id)
        .limit(limit)
        .all(store.reader())
        .await?;
    Ok(rows)
}

/// The highest revision, and how many items are in force.
pub(super) async fn standing(store: &Store) -> Result<(i64, u64), Error> {
    let last = item::Entity::find()
        .order_by_desc(item::Column::Revision)
        .limit(1)
        .one(store.reader())
        .await?
        .map_or(0, |row| row.revision);
    Ok((last, in_force(None).count(store.reader()).await?))
}

/// An item in force as the search sees it.
fn document(version: &ItemVersion) -> SearchDocument {
    let content = &version.content;
    SearchDocument {
        id: version.item,
        code: version.code.clone(),
        name: content.name.clone(),
        department: content.department.clone(),
        region: version.region.as_str().to_owned(),
        item_type: content.item_type.chinese_name().to_owned(),
        audience: content
            .audience
            .iter()
            .map(|audience| audience.as_str().to_owned())
            .collect(),
        topics: content.topics.clone(),
        keywords: content.keywords.clone(),
        text: content.summary.clone().unwrap_or_default(),
    }
}
