//! One test binary: templates, texts, forms, and the layers with a router behind them.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests stop at the first surprise"
)]

mod csrf;
mod forms;
mod http;
mod kept;
mod once;
mod pages;
mod problems;
mod sessions;
mod texts;
mod uploads;
