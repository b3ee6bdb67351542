//! Importing lists: read a file, judge each row, write in stages, keep the report.
//!
//! A list is read whole ([`Source`]), then judged in stages of [`STAGE_ROWS`] rows. A stage is one `write`: what the rows change, and
//! the report about them, are kept together or not at all, and between two stages a running server writes. A repeated
//! import of the same list changes nothing. A dry run judges the same way and writes nothing, not even a report.
//!
//! Every row has one [`RowFate`]: accepted, accepted with named warnings, or refused with reasons. Rows are never dropped in
//! silence, and one bad row does not stop the others.
//!
//! `uploads`: an operator uploads a list at the desk; it is kept, judged dry with a report, and imported after a question. Both are planned runs
//! that the worker carries out ([`perform`]). What nobody imports is let go of after a term.

mod budget;
mod cells;
mod finding;
mod query;
mod report;
mod scope;
mod source;
mod stage;
pub(crate) mod uploads;
mod workbook;

pub use cells::Cells;
pub use finding::Finding;
pub use query::{ImportRun, RunState, import_rows, import_run, import_runs};
pub use report::{ImportReport, Judgement, Outcome, RowFate, Verdict};
pub use scope::outside;
pub use source::{Format, Source, SourceRow};
pub use stage::{ImportOptions, STAGE_ROWS, Stage, stage_rows};
pub use uploads::{
    domain::{ListKind, LookedOver, look_over},
    expire_upload::{UPLOAD_KEPT_DAYS, UploadExpired},
    import_upload::{ImportUpload, import_upload},
    perform::{ImportPlanned, Task, perform},
    query::{Upload, upload_holds, upload_of},
    receive_upload::{ReceiveUpload, receive_upload},
};
