//! Makes an organisation that a list names and the directory does not hold.

use tongban_codes::RegionCode;
use tongban_store::Tx;
use uuid::Uuid;

use super::{
    domain::{Organisation, normal_code},
    query,
};
use crate::Error;

/// What is known of an organisation that may have to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewOrganisation {
    pub region: RegionCode,
    pub code: String,
    pub name: String,
    pub short_name: Option<String>,
    pub phone: Option<String>,
    pub address: Option<String>,
    /// Whether it is only named by another list.
    pub placeholder: bool,
}

impl NewOrganisation {
    /// A placeholder: only region, code and name are known.
    pub fn placeholder(region: RegionCode, code: impl Into<String>, name: impl Into<String>) -> Self {
        Self {
            region,
            code: code.into(),
            name: name.into(),
            short_name: None,
            phone: None,
            address: None,
            placeholder: true,
        }
    }
}

/// The organisation of this region and code; makes it where it is not there. Says whether it had to be made.
pub async fn ensure_organisation(tx: &Tx, new: NewOrganisation) -> Result<(Uuid, bool), Error> {
    let code = normal_code(&new.code);
    let organisation = Organisation {
        id: tx.new_id(),
        code,
        name: new.name,
        short_name: new.short_name,
        region: new.region,
        phone: new.phone,
        address: new.address,
        placeholder: new.placeholder,
    };
    query::insert_missing(tx, &organisation).await
}
