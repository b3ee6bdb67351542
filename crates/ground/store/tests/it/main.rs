//! The store on both databases. This room may not use the testkit, which is built on it.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests stop at the first surprise"
)]

mod brake;
mod copy;
mod counts;
mod keep;
mod kit;
mod log;
mod log_leader;
mod log_verify;
mod replay;
mod reseal;
mod work;
mod write;
