//! Naming the licence that an application renews, when it is handed in.

use tongban_catalogue::ItemContent;
use tongban_codes::civil::beijing_date;
use tongban_procedure::{Renewable, renewal};
use tongban_store::Tx;
use uuid::Uuid;

use super::row;
use crate::{
    case::{query::party_kind, row::case, save},
    error::{Error, refused},
};

/// The licence that is renewed: the one that was chosen, or the only one of its type. `None` where the item renews nothing.
///
/// Refuses `case.renewal_none` (the applicant holds none that this organ issued and that is in force), `case.renewal_choose` (several, and
/// none was chosen), `case.renewal_open` (another application for it is under way).
pub(crate) async fn named(
    tx: &Tx,
    row: &case::Model,
    content: &ItemContent,
    chosen: Option<Uuid>,
) -> Result<Option<Renewable>, Error> {
    let Some(renewal) = content.renewal() else {
        return Ok(None);
    };
    let number = tx
        .store()
        .unseal(save::number_field(&row.party_kind), &row.applicant_sealed)?;
    let held = tongban_licences::held_in(tx, party_kind(row)?, &number).await?;
    let today = beijing_date(tx.now());
    let mut there = renewal::renewable(held, &renewal, row.organisation, today);
    if let Some(chosen) = chosen {
        there.retain(|known| known.licence == chosen);
    }
    let named = match there.len() {
        0 => return Err(refused("case.renewal_none")),
        1 => there.remove(0),
        _ => return Err(refused("case.renewal_choose")),
    };
    if row::is_asked_for(tx, named.licence).await? {
        return Err(refused("case.renewal_open"));
    }
    Ok(Some(named))
}
