//! What the government does for people, item by item: versions, guides, search.
//!
//! - `item` what an item says (`domain`), its versions (`version`), how it is judged (`lint`), the use cases that write it
//!   (`draft_version`, `publish_version`, `withdraw_version`, `import`), and what pages read (`query`)
//! - `quality` findings that were published with their items and are still owed
//! - `catalogue` the search index of the room `search`, kept in step with the database

mod catalogue;
mod error;
mod events;
mod item;
mod migrations;
mod quality;
mod row;

pub use catalogue::{Catalogue, wire};
pub use error::{Error, Refusal};
pub use events::{CatalogueChanged, VersionDue};
pub use item::{
    attach_file::{AttachFile, FilePlace, NewFile, attach_file},
    changes::{Change, Entries, changes},
    discard_draft::{DiscardDraft, discard_draft},
    domain::{
        Attachment, Audience, DEFAULT_MAX_BYTES, Fee, Handling, ItemContent, LegalBasis, Limit, Material,
        MaterialForm, MaterialKind, MaterialSource, Necessity, Place, ProjectType, Question, Renewal,
        Replacement, ResultDefinition, ResultKind, Situation, SpecialProcedure, StatutoryDuty, Step,
    },
    draft_version::{DraftVersion, DraftedVersion, draft_version},
    filled::{FieldProblem, form_problems, problems},
    import::{ITEMS, ItemImport, import_items, wire_imports},
    lint::{lint, lint_codes},
    publish_version::{PublishVersion, PublishedVersion, publish_version},
    query::{
        Count, EndedItem, ItemFilter, ItemLine, ItemState, VersionInFull, VersionLine, applicable_items,
        department_counts, draft_of, ended, file_of_version, item, item_file, item_file_is, item_history,
        items, items_by_topic, items_of_codes, published, topic_counts, type_counts, version, version_in,
        version_of_case, version_state_in, versions_in_full,
    },
    registered::{Registered, registered},
    situations::SITUATION,
    sources::{resources_by_consent, resources_of, wanted_facts},
    version::{ItemRef, ItemVersion, VersionState, applicable},
    withdraw_version::{WithdrawVersion, withdraw_version},
};
pub use migrations::migrations;
pub use quality::query::{
    Debt, DebtFilter, QualityDay, debt_counts, debt_departments, debts, findings_of, quality_days,
};
/// A thing to look at in an item: stable code, field, English sentence.
pub use tongban_directory::import::Finding;
