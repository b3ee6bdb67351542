//! Screens without a keyboard (RFC 8628): a kiosk shows a code, the person types it on a phone and says yes there.

mod answer;
mod domain;
pub(crate) mod row;
mod start;

pub use answer::DeviceAsk;
pub(crate) use domain::{INTERVAL_STEP, Standing};
pub use start::DeviceStarted;
