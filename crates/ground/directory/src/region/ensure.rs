//! Makes a region that a list names and the directory does not hold.

use tongban_codes::RegionCode;
use tongban_store::Tx;

use super::query;
use crate::Error;

/// Makes a placeholder for a region that is not there. Says whether it had to be made.
///
/// `name` is what the list calls it; without one the code stands in its place.
pub async fn ensure_region(tx: &Tx, code: &RegionCode, name: Option<&str>) -> Result<bool, Error> {
    query::insert_placeholder(tx, code, name.unwrap_or(code.as_str())).await
}
