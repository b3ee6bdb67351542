//! What the tests of all rooms share: a database each, a clock that stands, a worker that drains.
//!
//! Every test of a room runs on SQLite and on PostgreSQL:
//!
//! ```ignore
//! fn migrations() -> Vec<Box<dyn MigrationTrait>> { [tongban_store::migrations(), crate::migrations()].into_iter().flatten().collect() }
//!
//! tongban_testkit::both! { migrations,
//!     async fn accepts_a_case(kit: Kit) { … }
//! }
//! ```
//!
//! makes `accepts_a_case::sqlite` and `accepts_a_case::postgres`. The PostgreSQL server is named by
//! `TONGBAN_TEST_POSTGRES` (`postgres://user@127.0.0.1:PORT`); `cargo xtask test` starts one. Where it is missing the
//! test fails: it does not skip.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test stops at the first surprise"
)]

mod database;
mod real_data;
pub mod tls;

use std::sync::Arc;

use chrono::{DateTime, TimeZone, Utc};
use tongban_store::{Backend, FixedClock, Store};

pub use database::{create_database, open};
pub use real_data::{real_data, shared_folder};
pub use sea_orm_migration::MigrationTrait;

/// One test's world.
#[derive(Debug)]
pub struct Kit {
    pub store: Store,
    pub clock: Arc<FixedClock>,
    pub backend: Backend,
    /// The data folder; it vanishes with the kit.
    pub folder: tempfile::TempDir,
}

/// Friday, 20 November 2026, 10:30 in Beijing: the instant at which every kit's clock stands at first.
pub fn start() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 11, 20, 2, 30, 0).unwrap()
}

/// Writes a test once and runs it on both databases.
#[macro_export]
macro_rules! both {
    ($migrations:path, $(#[$meta:meta])* async fn $name:ident($kit:ident: Kit) $body:block) => {
        mod $name {
            #[allow(unused_imports, reason = "a test may need nothing of its module")]
            use super::*;

            async fn run($kit: $crate::Kit) $body

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                run($crate::open($crate::Database::Sqlite, $migrations()).await).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                run($crate::open($crate::Database::Postgres, $migrations()).await).await;
            }
        }
    };
}

/// Which database a kit opens.
pub use tongban_store::Backend as Database;
