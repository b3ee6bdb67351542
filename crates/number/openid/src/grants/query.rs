//! Listing grants.

use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect};
use tongban_store::{Page, PageRequest, Store, StoreError};
use uuid::Uuid;

use super::row::grant;

/// The grants of an account that stand, the last used first.
pub(super) async fn standing_of(
    store: &Store,
    account: Uuid,
    page: PageRequest,
) -> Result<Page<grant::Model>, StoreError> {
    let query = grant::Entity::find()
        .filter(grant::Column::Account.eq(account))
        .filter(grant::Column::RevokedAt.is_null());
    let total = query.clone().count(store.reader()).await?;
    let rows = query
        .order_by_desc(grant::Column::UsedAt)
        .order_by_asc(grant::Column::Id)
        .offset(page.offset())
        .limit(page.size)
        .all(store.reader())
        .await?;
    Ok(Page::new(rows, total, page))
}
