//! This room's own tables. Forward only.

use sea_orm_migration::prelude::*;

mod m0301_exchange;
mod m0302_asked_fields;
mod m0303_outcomes;

/// This room's migrations, in order.
pub fn migrations() -> Vec<Box<dyn MigrationTrait>> {
    vec![
        Box::new(m0301_exchange::Migration),
        Box::new(m0302_asked_fields::Migration),
        Box::new(m0303_outcomes::Migration),
    ]
}
