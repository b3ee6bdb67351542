//! What the catalogue tells and what it plans.

use serde::{Deserialize, Serialize};
use tongban_store::{Event, Job};
use uuid::Uuid;

/// What is in force of these items has changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CatalogueChanged {
    pub items: Vec<Uuid>,
}

impl Event for CatalogueChanged {
    const TOPIC: &'static str = "catalogue.changed";
}

/// A published version comes into force, or has ended: planned for the first instant of its day, and of the day after its last one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VersionDue {
    pub item: Uuid,
}

impl Job for VersionDue {
    const KIND: &'static str = "catalogue.version_due";
}
