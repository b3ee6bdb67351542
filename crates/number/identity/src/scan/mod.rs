//! Signing in on a screen by scanning it with a phone that is signed in (扫码登录).

mod answer;
mod claim;
mod domain;
pub(crate) mod row;
mod start;

pub use answer::{ScanView, answer_scan, see_scan};
pub use claim::{claim_scan, scan_standing};
pub use domain::ScanStanding;
pub use start::{StartedScan, start_scan};
