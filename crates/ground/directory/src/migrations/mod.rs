//! The directory's own tables. Forward only.

use sea_orm_migration::prelude::*;

mod m0100_directory;
mod m0101_import_uploads;
mod m0102_erased_uploads;

/// This room's migrations, in order.
pub fn migrations() -> Vec<Box<dyn MigrationTrait>> {
    vec![
        Box::new(m0100_directory::Migration),
        Box::new(m0101_import_uploads::Migration),
        Box::new(m0102_erased_uploads::Migration),
    ]
}
