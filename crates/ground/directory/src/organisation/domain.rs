//! What an organisation is.

use serde::{Deserialize, Serialize};
use tongban_codes::{RegionCode, Uscc};
use uuid::Uuid;

/// A body that carries matters out (实施主体).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Organisation {
    pub id: Uuid,
    /// The unified social credit code, or whatever unit code the list holds; in capitals.
    pub code: String,
    pub name: String,
    pub short_name: Option<String>,
    pub region: RegionCode,
    pub phone: Option<String>,
    pub address: Option<String>,
    /// Made because a list named it; no directory of organisations has described it yet.
    pub placeholder: bool,
}

impl Organisation {
    /// The code as a unified social credit code, when it is a valid one.
    pub fn uscc(&self) -> Option<Uscc> {
        Uscc::parse(&self.code).ok()
    }

    /// The short name where there is one.
    pub fn display_name(&self) -> &str {
        self.short_name.as_deref().unwrap_or(&self.name)
    }
}

/// A unit code in the form under which organisations are kept: without white space, in capitals.
pub fn normal_code(code: &str) -> String {
    code.chars()
        .filter(|character| !character.is_whitespace())
        .collect::<String>()
        .to_uppercase()
}
