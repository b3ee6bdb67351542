//! Versions of an item: draft, published, withdrawn.

use std::sync::Arc;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use tongban_codes::RegionCode;
use uuid::Uuid;

use super::domain::ItemContent;

/// Where a version stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VersionState {
    /// Being written; nobody outside the desk sees it.
    Draft,
    /// In force from its effective date until another published version takes its place, or its last day has passed.
    Published,
    /// Taken back.
    Withdrawn,
}

impl VersionState {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Published => "published",
            Self::Withdrawn => "withdrawn",
        }
    }

    pub fn from_word(word: &str) -> Option<Self> {
        match word {
            "draft" => Some(Self::Draft),
            "published" => Some(Self::Published),
            "withdrawn" => Some(Self::Withdrawn),
            _ => None,
        }
    }
}

/// One version of an item. A case is judged by the version in force when it was filed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ItemVersion {
    pub id: Uuid,
    pub item: Uuid,
    /// The implementation code as imported (实施编码 or a local form).
    pub code: String,
    /// 1, 2, 3 … within the item.
    pub number: i32,
    pub state: VersionState,
    /// The organisation that is responsible (实施主体).
    pub organisation: Uuid,
    pub region: RegionCode,
    /// The civil day from which it is in force.
    pub effective_from: NaiveDate,
    pub content: Arc<ItemContent>,
}

/// Whether the item can be applied for online here. Imported bare rows have no form and are guides only.
pub fn applicable(version: &ItemVersion) -> bool {
    version.state == VersionState::Published && version.content.has_form()
}

/// How an item is named in a link: its id or its code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ItemRef<'text> {
    Id(Uuid),
    Code(&'text str),
}

impl<'text> ItemRef<'text> {
    /// Reads the segment of a link: a UUID is an id, everything else is a code.
    pub fn from_segment(segment: &'text str) -> Self {
        Uuid::parse_str(segment).map_or(Self::Code(segment), Self::Id)
    }
}
