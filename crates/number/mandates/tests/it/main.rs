//! Mandates on both databases.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "tests stop at the first surprise"
)]

mod acting;
mod builders;
mod firm;
mod give;
mod jobs;
mod window;
