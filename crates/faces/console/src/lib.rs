//! The frame of the pages for staff, and the pages of those who keep an installation: operators. Everything lies below `/desk`.
//!
//! ```text
//! items        items of the own region, and where they stand
//! editor/      the item editor: a draft, section by section
//! quality      findings that were published, and who has them
//! imports/     uploading a list, trying it, importing it
//! clients      systems of others that sign people in here
//! departments  the demo's department systems
//! jobs         what waits for another try
//! findings     what rules and imports found, in words
//! post         another post of the same member of staff, one that a colleague lent among them
//! factors      what one shows beside the password: asked for, set up, removed
//! lending      a post lent to a colleague
//! members/     staff: who comes, moves and leaves, what they sign in with
//! parts, told  the frame with its menu, who may enter, how refusals become answers
//! ```
//!
//! No rules live here: a handler reads what was posted, calls a use case of a room, and shows what came back.

mod clients;
mod departments;
mod editor;
mod factors;
mod findings;
mod imports;
mod items;
mod jobs;
mod lending;
mod members;
pub mod parts;
mod post;
mod quality;
mod state;
mod told;

use axum::Router;

pub use state::{DEPARTMENT_MODES, DemoMessages, DepartmentSwitch, DepartmentSwitches, StaffState};

/// The pages of operators, and the one on which a member of staff takes another post.
pub fn routes() -> Router<StaffState> {
    Router::new()
        .merge(items::routes())
        .merge(editor::routes())
        .merge(quality::routes())
        .merge(imports::routes())
        .merge(clients::routes())
        .merge(departments::routes())
        .merge(jobs::routes())
        .merge(post::routes())
        .merge(factors::routes())
        .merge(lending::routes())
        .merge(members::routes())
}
