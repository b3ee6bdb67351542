//! This room's tables. Forward only.

use sea_orm_migration::prelude::*;

mod m0410_openid;
mod m0411_principals;

/// This room's migrations, in order.
pub fn migrations() -> Vec<Box<dyn MigrationTrait>> {
    vec![
        Box::new(m0410_openid::Migration),
        Box::new(m0411_principals::Migration),
    ]
}
