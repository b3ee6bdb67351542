//! The room's own tables. Forward only.

use sea_orm_migration::prelude::*;

mod m0500_licences;

/// This room's migrations, in order.
pub fn migrations() -> Vec<Box<dyn MigrationTrait>> {
    vec![Box::new(m0500_licences::Migration)]
}
