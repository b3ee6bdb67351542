//! Cases on both databases.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "tests stop at the first surprise"
)]

mod acceptance;
mod agents;
mod clocks;
mod decision;
mod deferred;
mod demand;
mod discard;
mod draft;
mod fetch;
mod first_review;
mod held;
mod lights;
mod lists;
mod path;
mod privacy;
mod progress;
mod renewal;
mod reseal;
#[path = "../../../../ground/testkit/shared/everything_at_rest.rs"]
mod rest;
mod special;
mod time;
mod window;
#[path = "../../../../ground/testkit/shared/city_of_cases.rs"]
mod world;
