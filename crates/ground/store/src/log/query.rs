//! Reading the log.

use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect};
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

use super::Stream;
use crate::{Page, PageRequest, Store, StoreError, row::audit_entry};

/// One line of the log as a page shows it.
#[derive(Debug, Clone, Serialize)]
pub struct LogLine {
    pub id: Uuid,
    pub at: DateTime<Utc>,
    pub signer_kind: String,
    pub signer_id: Option<Uuid>,
    pub action: String,
    pub object_kind: String,
    pub object_id: String,
    pub detail: Value,
}

impl From<audit_entry::Model> for LogLine {
    fn from(row: audit_entry::Model) -> Self {
        Self {
            id: row.id,
            at: row.at,
            signer_kind: row.signer_kind,
            signer_id: row.signer_id,
            action: row.action,
            object_kind: row.object_kind,
            object_id: row.object_id,
            detail: serde_json::from_str(&row.detail).unwrap_or(Value::Null),
        }
    }
}

impl Store {
    /// Lines of one stream about one person or firm, newest first. `subjects` are all blind indexes of the number.
    pub async fn log_about(
        &self,
        stream: Stream,
        subjects: &[String],
        page: PageRequest,
    ) -> Result<Page<LogLine>, StoreError> {
        let query = audit_entry::Entity::find()
            .filter(audit_entry::Column::Stream.eq(stream.as_str()))
            .filter(audit_entry::Column::Subject.is_in(subjects.iter().map(String::as_str)));
        let total = query.clone().count(self.reader()).await?;
        let rows = query
            .order_by_desc(audit_entry::Column::At)
            .order_by_desc(audit_entry::Column::Id)
            .offset(page.offset())
            .limit(page.size)
            .all(self.reader())
            .await?;
        Ok(Page::new(
            rows.into_iter().map(LogLine::from).collect(),
            total,
            page,
        ))
    }

    /// Lines about one object with one of these actions, newest first.
    pub async fn log_of_actions(
        &self,
        object_kind: &str,
        object_id: &str,
        actions: &[&str],
        page: PageRequest,
    ) -> Result<Page<LogLine>, StoreError> {
        let query = audit_entry::Entity::find()
            .filter(audit_entry::Column::ObjectKind.eq(object_kind))
            .filter(audit_entry::Column::ObjectId.eq(object_id))
            .filter(audit_entry::Column::Action.is_in(actions.iter().copied()));
        let total = query.clone().count(self.reader()).await?;
        let rows = query
            .order_by_desc(audit_entry::Column::At)
            .order_by_desc(audit_entry::Column::Id)
            .offset(page.offset())
            .limit(page.size)
            .all(self.reader())
            .await?;
        Ok(Page::new(
            rows.into_iter().map(LogLine::from).collect(),
            total,
            page,
        ))
    }

    /// Every line about one object, oldest first, at most 500.
    pub async fn log_of(&self, object_kind: &str, object_id: &str) -> Result<Vec<LogLine>, StoreError> {
        let rows = audit_entry::Entity::find()
            .filter(audit_entry::Column::ObjectKind.eq(object_kind))
            .filter(audit_entry::Column::ObjectId.eq(object_id))
            .order_by_asc(audit_entry::Column::At)
            .order_by_asc(audit_entry::Column::Id)
            .limit(500)
            .all(self.reader())
            .await?;
        Ok(rows.into_iter().map(LogLine::from).collect())
    }
}
