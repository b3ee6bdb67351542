//! The migrations of all rooms, in building order.

use sea_orm_migration::MigrationTrait;

/// The migrations of one room under its name.
pub type OfRoom = (&'static str, Vec<Box<dyn MigrationTrait>>);

/// Each room's own.
pub fn by_room() -> Vec<OfRoom> {
    vec![
        ("store", tongban_store::migrations()),
        ("directory", tongban_directory::migrations()),
        ("exchange", tongban_exchange::migrations()),
        ("identity", tongban_identity::migrations()),
        ("staff", tongban_staff::migrations()),
        ("mandates", tongban_mandates::migrations()),
        ("openid", tongban_openid::migrations()),
        ("licences", tongban_licences::migrations()),
        ("catalogue", tongban_catalogue::migrations()),
        ("cases", tongban_cases::migrations()),
        ("engage", tongban_engage::migrations()),
        ("feedback", tongban_feedback::migrations()),
    ]
}

/// Every migration of the product.
pub fn all() -> Vec<Box<dyn MigrationTrait>> {
    by_room()
        .into_iter()
        .flat_map(|(_, migrations)| migrations)
        .collect()
}
