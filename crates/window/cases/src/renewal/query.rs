//! Which licences a draft may renew.

use tongban_access::Actor;
use tongban_catalogue::version_of_case;
use tongban_codes::civil::beijing_date;
use tongban_procedure::{Renewable, State, renewal};
use tongban_store::Store;
use uuid::Uuid;

use crate::{
    case::query::{corrupt, held_by_applicant, visible},
    error::Error,
};

/// The licences that the applicant of a draft may renew with it, for who fills it; `None` where its item renews nothing, or it is filed.
pub async fn renewable_licences(
    store: &Store,
    actor: &Actor,
    case: Uuid,
) -> Result<Option<Vec<Renewable>>, Error> {
    let Some(row) = visible(store, actor, case)
        .await?
        .filter(|row| row.state == State::Draft.as_str())
    else {
        return Ok(None);
    };
    let item = version_of_case(store, row.item_version)
        .await?
        .ok_or_else(|| corrupt("item version"))?;
    let Some(renewal) = item.content.renewal() else {
        return Ok(None);
    };
    let held = held_by_applicant(store, case).await?;
    let today = beijing_date(store.now());
    Ok(Some(renewal::renewable(held, &renewal, row.organisation, today)))
}
