//! The short message gateway of an installation.

use std::sync::Arc;

use anyhow::Context as _;
use async_trait::async_trait;
use tongban_courier::{HttpGateway, SendError, SmsGateway};
use uuid::Uuid;

use crate::settings::Settings;

/// Where no gateway is configured, a message waits as a job that an operator sees.
struct NoGateway;

#[async_trait]
impl SmsGateway for NoGateway {
    async fn send(&self, _id: Uuid, _phone: &str, _text: &str) -> Result<(), SendError> {
        Err(SendError::Unavailable(
            "no short message gateway is configured".to_owned(),
        ))
    }

    fn simulated(&self) -> bool {
        false
    }
}

/// The gateway that the settings name.
pub fn gateway(settings: &Settings) -> anyhow::Result<Arc<dyn SmsGateway>> {
    if settings.sms_gateway.is_empty() {
        tracing::warn!("no short message gateway is configured: short messages wait");
        return Ok(Arc::new(NoGateway));
    }
    let word = settings.sms_word()?;
    let gateway = HttpGateway::new(
        &settings.sms_gateway,
        word.reveal(),
        settings.authorities.as_deref(),
    )
    .context("the setting sms_gateway")?;
    if gateway.is_in_the_clear() {
        tracing::warn!(
            "the short message gateway is reached without TLS: numbers and texts travel in the clear"
        );
    }
    Ok(Arc::new(gateway))
}
