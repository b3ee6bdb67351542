//! Keys that are honoured once: idempotency of POSTs that create, and inboxes of subscribers.

use sea_orm::{EntityTrait, Set, sea_query::OnConflict};

use crate::{StoreError, Tx, row::once_key};

/// What is known of an idempotency key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Replay {
    /// Never seen: do the work, then `remember` its answer.
    First,
    /// Seen with the same request: give this answer again.
    Again(String),
    /// Seen with another request: refuse.
    Mismatch,
}

impl Tx {
    /// True the first time a committed act names this key.
    pub async fn once(&self, key: &str) -> Result<bool, StoreError> {
        let row = once_key::ActiveModel {
            key: Set(key.to_owned()),
            at: Set(self.now()),
            request: Set(None),
            answer: Set(None),
        };
        let inserted = once_key::Entity::insert(row)
            .on_conflict(OnConflict::column(once_key::Column::Key).do_nothing().to_owned())
            .exec_without_returning(self.connection())
            .await?;
        Ok(inserted > 0)
    }

    /// Looks an idempotency key up. `request` is a digest of who asked for what.
    pub async fn replay(&self, key: &str, request: &str) -> Result<Replay, StoreError> {
        let found = once_key::Entity::find_by_id(key.to_owned())
            .one(self.connection())
            .await?;
        Ok(match found {
            None => Replay::First,
            Some(row) if row.request.as_deref() == Some(request) => match row.answer {
                Some(answer) => Replay::Again(answer),
                None => Replay::Mismatch,
            },
            Some(_) => Replay::Mismatch,
        })
    }

    /// Keeps the answer of a key, in the act that made it. A second act with the same key fails as a duplicate.
    pub async fn remember(&self, key: &str, request: &str, answer: &str) -> Result<(), StoreError> {
        let row = once_key::ActiveModel {
            key: Set(key.to_owned()),
            at: Set(self.now()),
            request: Set(Some(request.to_owned())),
            answer: Set(Some(answer.to_owned())),
        };
        once_key::Entity::insert(row)
            .exec_without_returning(self.connection())
            .await?;
        Ok(())
    }
}
