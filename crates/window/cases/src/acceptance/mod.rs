//! At the window: accept, tell once what is missing, or not accept. And what time does where nobody acts.

pub(crate) mod accept;
pub(crate) mod accept_by_silence;
pub(crate) mod answer_supplement;
pub(crate) mod ask_supplement;
pub(crate) mod attend;
pub(crate) mod lapse;
pub(crate) mod not_accept;
pub(crate) mod remind;
pub(crate) mod serve_notice;

use chrono::NaiveDate;
use tongban_codes::{WorkCalendar, civil::beijing_date};
use tongban_procedure::limits;
use tongban_store::{StoreError, Tx};
use uuid::Uuid;

use crate::{case::row, jobs};

/// The day on which an application was received that counts as accepted since then: the term of the notice of what is missing has passed
/// (行政许可法 32), whether or not the job that says so has run.
pub(crate) async fn silent_since(
    tx: &Tx,
    case: Uuid,
    calendar: &WorkCalendar,
) -> Result<Option<NaiveDate>, StoreError> {
    let Some(notice) = row::running_clock(tx, case, limits::SUPPLEMENT_NOTICE).await? else {
        return Ok(None);
    };
    let over = jobs::has_passed(&notice, None, calendar, beijing_date(tx.now()))?;
    Ok(over.then_some(notice.started_on))
}
