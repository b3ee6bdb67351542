//! The room's own tables. Forward only.

use sea_orm_migration::prelude::*;

mod m0500_licences;
mod m0501_status_cause;
mod m0502_item;

/// This room's migrations, in order.
pub fn migrations() -> Vec<Box<dyn MigrationTrait>> {
    vec![
        Box::new(m0500_licences::Migration),
        Box::new(m0501_status_cause::Migration),
        Box::new(m0502_item::Migration),
    ]
}
