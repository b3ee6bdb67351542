//! Asks for a short message, inside an act.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use tongban_codes::Phone;
use tongban_store::{Job, StoreError, Tx};
use uuid::Uuid;

pub(crate) const PHONE_FIELD: &str = "courier.phone";
pub(crate) const TEXT_FIELD: &str = "courier.text";

/// The job that sends one message. Number and text are sealed.
#[derive(Clone, Serialize, Deserialize)]
pub struct SendSms {
    pub(crate) phone: String,
    pub(crate) text: String,
    /// After this instant the message is of no use and is dropped.
    pub(crate) until: Option<DateTime<Utc>>,
}

impl Job for SendSms {
    const KIND: &'static str = "courier.sms";
}

/// Sends a message once the act is committed. Answers the id of the job.
pub async fn send_sms(tx: &Tx, phone: &str, text: &str) -> Result<Uuid, StoreError> {
    plan(tx, phone, text, None).await
}

/// As [`send_sms`], for a message that is of no use later, such as a one-time code: what could not be sent by `until`
/// is erased unsent.
pub async fn send_sms_until(
    tx: &Tx,
    phone: &str,
    text: &str,
    until: DateTime<Utc>,
) -> Result<Uuid, StoreError> {
    plan(tx, phone, text, Some(until)).await
}

async fn plan(tx: &Tx, phone: &str, text: &str, until: Option<DateTime<Utc>>) -> Result<Uuid, StoreError> {
    // Numbers are judged where they come in. One that is malformed here would be tried for ever.
    let phone =
        Phone::parse(phone).map_err(|error| StoreError::Corrupt(format!("telephone number: {error}")))?;
    let job = SendSms {
        phone: tx.store().seal(PHONE_FIELD, phone.as_str())?,
        text: tx.store().seal(TEXT_FIELD, text)?,
        until,
    };
    let now = tx.now();
    tx.enqueue(&job, now).await
}
