//! Imports: a list is uploaded, judged dry, imported after a question; and what became of each row.
//!
//! ```text
//! upload   the form, and the list of runs below it
//! report   one run: how far it is, row by row what became of them
//! start    the question before a list is imported
//! ```

mod report;
mod start;
mod upload;

use axum::Router;
use tongban_catalogue::ITEMS;
use tongban_directory::{CALENDAR, ORGANISATIONS, REGIONS, import::ListKind};
use tongban_licences::LICENCE_TYPES;
use tongban_staff::STAFF;

use crate::StaffState;

/// The lists that can be uploaded, in the order in which a new city needs them.
const LISTS: [ListKind; 6] = [REGIONS, ORGANISATIONS, STAFF, CALENDAR, LICENCE_TYPES, ITEMS];

pub(super) fn routes() -> Router<StaffState> {
    Router::new()
        .merge(upload::routes())
        .merge(report::routes())
        .merge(start::routes())
}
