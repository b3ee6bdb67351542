//! What the government does for people, item by item: versions, guides, search.
//!
//! - `item` what an item says (`domain`), how it is judged (`lint`), and the use cases that write it

mod item;

pub use item::domain::{
    Audience, DEFAULT_MAX_BYTES, Fee, ItemContent, ItemRef, ItemVersion, LegalBasis, Limit, Material,
    MaterialForm, MaterialSource, Necessity, Place, ProjectType, Question, Replacement, ResultDefinition,
    ResultKind, SpecialProcedure, Step, VersionState, applicable,
};
