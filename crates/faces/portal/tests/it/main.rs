//! The pages of the portal, asked for as a browser does, on both databases.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests stop at the first surprise"
)]

mod browser;
mod city;
mod clock;
mod duty;
mod kept;
mod lapsed;
mod public;
mod renewal;
mod snapshots;
mod supplement;
mod twice;
mod walk;
#[path = "../../../../ground/testkit/shared/city_of_cases.rs"]
#[expect(dead_code, reason = "the world of the case room; the pages need a part of it")]
mod world;
