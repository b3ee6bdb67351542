//! This room's tables. Forward only.

use sea_orm_migration::prelude::*;

mod m0410_staff;

/// This room's migrations, in order.
pub fn migrations() -> Vec<Box<dyn MigrationTrait>> {
    vec![Box::new(m0410_staff::Migration)]
}
