//! A screen begins to wait.

use tongban_store::Tx;

use super::{
    domain::{LIVE, ScanStanding},
    row::{self, scan},
};
use crate::Error;

/// A screen that waits.
#[derive(Clone)]
pub struct StartedScan {
    /// For the picture: whoever holds it may answer.
    pub code: String,
    /// For the browser alone: whoever holds it may sign in.
    pub browser: String,
    /// How long the screen waits, in seconds.
    pub seconds: i64,
}

/// Makes the code of a picture and what the browser keeps. `device` is what the browser is, in a few words (see [`device_words`](crate::device_words)).
pub async fn start_scan(tx: &Tx, device: &str) -> Result<StartedScan, Error> {
    let started = StartedScan {
        code: tx.random_code(),
        browser: tx.random_code(),
        seconds: LIVE.num_seconds(),
    };
    let row = scan::Model {
        id: tx.new_id(),
        code_hash: row::code_hash(tx.store(), &started.code),
        browser_hash: row::browser_hash(tx.store(), &started.browser),
        device: device.to_owned(),
        state: ScanStanding::Open.as_str().to_owned(),
        account: None,
        at: tx.now(),
    };
    // anybody may ask: what is over does not pile up until the night
    row::erase_before(tx, tx.now() - LIVE * 20).await?;
    row::insert(tx, row).await?;
    Ok(started)
}
