//! The store's own tables. Forward only.

use sea_orm_migration::prelude::*;

mod m0001_store;
mod m0002_log_leaves;
mod m0020_brakes;
mod m0021_kept_answers;

/// This room's migrations, in order.
pub fn migrations() -> Vec<Box<dyn MigrationTrait>> {
    vec![
        Box::new(m0001_store::Migration),
        Box::new(m0002_log_leaves::Migration),
        Box::new(m0020_brakes::Migration),
        Box::new(m0021_kept_answers::Migration),
    ]
}
