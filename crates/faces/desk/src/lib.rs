//! Pages for window clerks, department approvers and supervisors. Everything lies below `/desk`.
//!
//! ```text
//! list        the work list: what is due first stands first
//! notices     limits that are about to pass, or have passed
//! case/       one case with everything that belongs to it, and what can be done to it
//! filing/     窗口代办: filing for a person who stands at the window
//! licences/   licences that the own organisation issued: find, suspend, revoke, cancel, new editions
//! supervise   a region as its supervisor sees it
//! follow_ups  what a department did about bad ratings
//! people      accounts of persons, document in hand
//! corrections names of persons that are wrong, document in hand
//! mandates    agents and guardians of persons, document in hand
//! access      who may do what, as the table has it, and why somebody may or may not
//! told        how refusals become answers
//! ```
//!
//! No rules live here: a handler reads what was posted, calls a use case of a room, and shows what came back.

mod access;
mod case;
mod corrections;
mod filing;
mod follow_ups;
mod licences;
mod list;
mod mandates;
mod notices;
mod people;
mod supervise;
mod told;

use axum::Router;
use tongban_console::{StaffState, parts};

/// All pages for staff, those of operators among them, the state already given. Merge it with the routes of the web kit, then wrap both into its layers.
pub fn router(state: StaffState) -> Router {
    Router::new()
        .merge(list::routes())
        .merge(notices::routes())
        .merge(case::routes())
        .merge(filing::routes())
        .merge(licences::routes())
        .merge(supervise::routes())
        .merge(follow_ups::routes())
        .merge(people::routes())
        .merge(corrections::routes())
        .merge(mandates::routes())
        .merge(access::routes())
        .merge(tongban_console::routes())
        .with_state(state)
}
