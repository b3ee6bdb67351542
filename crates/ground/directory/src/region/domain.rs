//! What a region is.

use serde::{Deserialize, Serialize};
use tongban_codes::{RegionCode, RegionLevel};

/// A region that the directory knows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Region {
    pub code: RegionCode,
    pub name: String,
    pub level: RegionLevel,
    /// The region one level up, which the directory need not hold.
    pub parent: Option<RegionCode>,
    /// Made because a list named it; no directory of regions has described it yet.
    pub placeholder: bool,
}

/// Which regions a list shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RegionFilter {
    /// Only this region and what lies in it.
    pub within: Option<RegionCode>,
    /// Only this level.
    pub level: Option<RegionLevel>,
    /// Only names that contain this text.
    pub name: Option<String>,
}
