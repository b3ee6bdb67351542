//! This room's tables. Forward only.

use sea_orm_migration::prelude::*;

mod m0400_identity_accounts;
mod m0401_identity_sign_in;
mod m0402_assurance;
mod m0403_passkeys;
mod m0404_window_and_scan;
mod m0405_acting;
mod m0406_corrections;
mod m0407_staff_passkeys;
mod m0408_upstream;

/// This room's migrations, in order.
pub fn migrations() -> Vec<Box<dyn MigrationTrait>> {
    vec![
        Box::new(m0400_identity_accounts::Migration),
        Box::new(m0401_identity_sign_in::Migration),
        Box::new(m0402_assurance::Migration),
        Box::new(m0403_passkeys::Migration),
        Box::new(m0404_window_and_scan::Migration),
        Box::new(m0405_acting::Migration),
        Box::new(m0406_corrections::Migration),
        Box::new(m0407_staff_passkeys::Migration),
        Box::new(m0408_upstream::Migration),
    ]
}
