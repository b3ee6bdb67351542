//! The catalogue's own tables. Forward only.

use sea_orm_migration::prelude::*;

mod m0600_items;
mod m0601_finding_moves;
mod m0602_item_files;

/// This room's migrations, in order.
pub fn migrations() -> Vec<Box<dyn MigrationTrait>> {
    vec![
        Box::new(m0600_items::Migration),
        Box::new(m0601_finding_moves::Migration),
        Box::new(m0602_item_files::Migration),
    ]
}
