//! A brake on guessing: something may be tried a few times, then not for a while. It is kept in the database, so that all
//! nodes share it and a restart does not loosen it.

use chrono::Duration;
use sea_orm::{
    ColumnTrait, EntityTrait, QueryFilter, Set,
    sea_query::{Expr, ExprTrait, OnConflict},
};

use crate::{Signer, Store, StoreError, Tx, row::brake};

/// How often, within which time.
#[derive(Debug, Clone, Copy)]
pub struct Brake {
    /// Keeps the tries of one kind apart from those of another.
    pub kind: &'static str,
    /// Tries that are allowed within the window.
    pub most: i32,
    /// From the first try on.
    pub window: Duration,
}

impl Store {
    /// Counts a try, before it is known whether it is a right one: guesses that are sent all at once are counted too.
    /// Answers the seconds to wait when there were too many. What the tries are about rests as a keyed hash.
    pub async fn brake(&self, brake: Brake, about: &str) -> Result<Option<u64>, StoreError> {
        let key = self.brake_key(brake, about);
        // Looking costs a read: who is braked writes nothing.
        if let Some(row) = brake::Entity::find_by_id(key.clone()).one(self.reader()).await?
            && row.tries >= brake.most
            && row.until > self.now()
        {
            return Ok(Some(seconds(row.until - self.now())));
        }
        self.write(Signer::nobody(), move |tx| {
            let key = key.clone();
            async move { count(&tx, brake, key).await }
        })
        .await
    }

    /// Forgets the tries: the last one was right.
    pub async fn release(&self, brake: Brake, about: &str) -> Result<(), StoreError> {
        let key = self.brake_key(brake, about);
        self.write(Signer::nobody(), move |tx| {
            let key = key.clone();
            async move {
                brake::Entity::delete_by_id(key).exec(tx.connection()).await?;
                Ok(())
            }
        })
        .await
    }

    fn brake_key(&self, brake: Brake, about: &str) -> String {
        self.keys().token_hash(&format!("brake|{}|{about}", brake.kind))
    }
}

async fn count(tx: &Tx, brake: Brake, key: String) -> Result<Option<u64>, StoreError> {
    let now = tx.now();
    // Windows that are over are of no use to anybody.
    brake::Entity::delete_many()
        .filter(brake::Column::Until.lte(now))
        .exec(tx.connection())
        .await?;
    let row = brake::ActiveModel {
        key: Set(key.clone()),
        tries: Set(1),
        until: Set(now + brake.window),
    };
    let again = OnConflict::column(brake::Column::Key)
        .value(
            brake::Column::Tries,
            Expr::col((brake::Entity, brake::Column::Tries)).add(1),
        )
        .to_owned();
    brake::Entity::insert(row)
        .on_conflict(again)
        .exec_without_returning(tx.connection())
        .await?;
    let row = brake::Entity::find_by_id(key)
        .one(tx.connection())
        .await?
        .ok_or_else(|| StoreError::Corrupt("a counted try is not there".to_owned()))?;
    Ok((row.tries > brake.most).then(|| seconds(row.until - now)))
}

fn seconds(left: Duration) -> u64 {
    u64::try_from(left.num_seconds()).map_or(1, |left| Ord::max(left, 1))
}
