//! The migrations of all rooms, in building order.

use sea_orm_migration::MigrationTrait;

/// Every migration of the product.
pub fn all() -> Vec<Box<dyn MigrationTrait>> {
    [
        tongban_store::migrations(),
        tongban_directory::migrations(),
        tongban_exchange::migrations(),
        tongban_identity::migrations(),
        tongban_licences::migrations(),
        tongban_catalogue::migrations(),
        tongban_cases::migrations(),
        tongban_engage::migrations(),
        tongban_feedback::migrations(),
    ]
    .into_iter()
    .flatten()
    .collect()
}
