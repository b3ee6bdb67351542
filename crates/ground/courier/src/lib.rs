//! What leaves for people's telephones: short messages, sent after the commit of the act that asked for them.
//!
//! - `sms` asking for a message inside an act
//! - `gateway` what a provider must do
//! - `http_gateway` a provider over HTTP
//! - `http` the client for what leaves over HTTP
//! - `screen` the gateway of the demo, which shows messages on a page
//! - `jobs` the job that sends
//! - `sealed` where sealed values rest

mod gateway;
mod http;
mod http_gateway;
mod jobs;
mod screen;
mod sealed;
mod sms;

pub use gateway::{SendError, SmsGateway};
pub use http::{ClientError, http_client};
pub use http_gateway::{GatewayError, HttpGateway};
pub use jobs::wire;
pub use screen::{ScreenSink, ShownMessage};
pub use sealed::SEALED_COLUMNS;
pub use sms::{SendSms, send_sms, send_sms_until};
