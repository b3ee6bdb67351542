//! This room's tables. Forward only.

use sea_orm_migration::prelude::*;

mod m0801_messages;
mod m0802_desk_notices;
mod m0803_item_of_notices;

/// This room's migrations, in order.
pub fn migrations() -> Vec<Box<dyn MigrationTrait>> {
    vec![
        Box::new(m0801_messages::Migration),
        Box::new(m0802_desk_notices::Migration),
        Box::new(m0803_item_of_notices::Migration),
    ]
}
