//! This room's tables. Forward only.

use sea_orm_migration::prelude::*;

mod m0701_cases;
mod m0702_special_procedures;
mod m0710_draft_warnings;
mod m0711_cases_demand;
mod m0712_renewals;
mod m0713_filed_forms;
mod m0714_agents;

/// This room's migrations, in order.
pub fn migrations() -> Vec<Box<dyn MigrationTrait>> {
    vec![
        Box::new(m0701_cases::Migration),
        Box::new(m0702_special_procedures::Migration),
        Box::new(m0710_draft_warnings::Migration),
        Box::new(m0711_cases_demand::Migration),
        Box::new(m0712_renewals::Migration),
        Box::new(m0713_filed_forms::Migration),
        Box::new(m0714_agents::Migration),
    ]
}
