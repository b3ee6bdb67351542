//! This room's tables. Forward only.

use sea_orm_migration::prelude::*;

mod m0400_identity_accounts;
mod m0401_identity_sign_in;
mod m0402_assurance;

/// This room's migrations, in order.
pub fn migrations() -> Vec<Box<dyn MigrationTrait>> {
    vec![
        Box::new(m0400_identity_accounts::Migration),
        Box::new(m0401_identity_sign_in::Migration),
        Box::new(m0402_assurance::Migration),
    ]
}
