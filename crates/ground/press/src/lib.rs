//! Typesetting: documents and licence pages as PDF, QR codes, and reading a record back out of a
//! PDF that somebody hands in.
//!
//! The engine (feature `engine`) is large, so only the binary asks for it; rooms take a
//! `dyn Typesetter`. [`BlankTypesetter`] stands in where the look does not matter.

mod blank;
#[cfg(feature = "engine")]
mod engine;
mod error;
pub mod ofd;
mod page;
mod qr;
mod record;

pub use blank::BlankTypesetter;
#[cfg(feature = "engine")]
pub use engine::TypstEngine;
pub use error::PressError;
pub use page::{Page, Typesetter};
pub use qr::qr_svg;
pub use record::{DAMAGED_RECORD, MAXIMUM_PDF_BYTES, MAXIMUM_RECORD_BYTES, extract_record};
