//! A brake on guessing: something may be tried a few times, then not for a while. It is kept in the database, so that all
//! nodes share it and a restart does not loosen it.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use chrono::{DateTime, Duration, Utc};
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

    /// The same for what comes too often for a write each: a node takes tries in lots, and spends a lot in memory. What it has not spent when it
    /// stops is gone, so a restart tightens the limit by a lot and never loosens it.
    pub async fn brake_in_lots(
        &self,
        brake: Brake,
        about: &str,
        lot: i32,
    ) -> Result<Option<u64>, StoreError> {
        let key = self.brake_key(brake, about);
        if self.lots().spend(&key, self.now()) {
            return Ok(None);
        }
        if let Some(row) = brake::Entity::find_by_id(key.clone()).one(self.reader()).await?
            && row.tries >= brake.most
            && row.until > self.now()
        {
            return Ok(Some(seconds(row.until - self.now())));
        }
        let of = key.clone();
        let row = self
            .write(Signer::nobody(), move |tx| {
                let key = of.clone();
                async move { add(&tx, brake, key, lot).await }
            })
            .await?;
        let before = row.tries - lot;
        if before >= brake.most {
            return Ok(Some(seconds(row.until - self.now())));
        }
        // one of them is this try
        self.lots().take(
            key,
            std::cmp::min(lot, brake.most - before) - 1,
            row.until,
            self.now(),
        );
        Ok(None)
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
    let row = add(tx, brake, key, 1).await?;
    Ok((row.tries > brake.most).then(|| seconds(row.until - tx.now())))
}

/// Adds tries; answers the row as it is then.
async fn add(tx: &Tx, brake: Brake, key: String, tries: i32) -> Result<brake::Model, StoreError> {
    let now = tx.now();
    // Windows that are over are of no use to anybody.
    brake::Entity::delete_many()
        .filter(brake::Column::Until.lte(now))
        .exec(tx.connection())
        .await?;
    let row = brake::ActiveModel {
        key: Set(key.clone()),
        tries: Set(tries),
        until: Set(now + brake.window),
    };
    let again = OnConflict::column(brake::Column::Key)
        .value(
            brake::Column::Tries,
            Expr::col((brake::Entity, brake::Column::Tries)).add(tries),
        )
        .to_owned();
    brake::Entity::insert(row)
        .on_conflict(again)
        .exec_without_returning(tx.connection())
        .await?;
    brake::Entity::find_by_id(key)
        .one(tx.connection())
        .await?
        .ok_or_else(|| StoreError::Corrupt("a counted try is not there".to_owned()))
}

/// Lots are let go of once there are so many.
const MOST_LOTS: usize = 4_096;

/// Lots that this node has taken and not spent.
#[derive(Default)]
pub(crate) struct Lots(Mutex<HashMap<String, (i32, DateTime<Utc>)>>);

impl Lots {
    /// Spends one try of a lot, if there is one that counts yet.
    fn spend(&self, key: &str, now: DateTime<Utc>) -> bool {
        let mut lots = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match lots.get_mut(key) {
            Some((left, until)) if *left > 0 && *until > now => {
                *left -= 1;
                true
            }
            _ => false,
        }
    }

    /// Adds what was taken to what another request took meanwhile.
    fn take(&self, key: String, tries: i32, until: DateTime<Utc>, now: DateTime<Utc>) {
        let mut lots = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if lots.len() >= MOST_LOTS {
            lots.retain(|_, (left, until)| *left > 0 && *until > now);
        }
        let lot = lots.entry(key).or_insert((0, until));
        if lot.1 != until {
            *lot = (0, until);
        }
        lot.0 += tries;
    }
}

fn seconds(left: Duration) -> u64 {
    u64::try_from(left.num_seconds()).map_or(1, |left| Ord::max(left, 1))
}
