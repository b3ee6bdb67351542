//! Whether an item can still be applied for by a version: judged when a draft is started, and again when it is handed in.

use chrono::NaiveDate;
use tongban_catalogue::{ItemVersion, VersionState, version_state_in};
use tongban_store::Tx;

use crate::error::{Error, refused, refused_with};

/// Refuses `case.item_ended` after the last day of the version (a civil day in Beijing, 计划取消日期), and `case.item_withdrawn` where the
/// version was taken back. What was handed in before goes on by its version and is not asked.
pub(crate) async fn still_offered(tx: &Tx, item: &ItemVersion, today: NaiveDate) -> Result<(), Error> {
    if let Some(last_day) = item.content.effective_until
        && item.content.has_ended(today)
    {
        return Err(refused_with(
            "case.item_ended",
            &[("last_day", &last_day.to_string())],
        ));
    }
    match version_state_in(tx, item.id).await? {
        Some(VersionState::Withdrawn) => Err(refused("case.item_withdrawn")),
        _ => Ok(()),
    }
}
