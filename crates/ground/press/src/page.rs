//! What is printed, and who prints it.

use crate::PressError;
use chrono::{DateTime, Utc};
use std::fmt;

/// Everything that a PDF is made of. Equal pages give equal bytes.
#[derive(Clone)]
pub struct Page {
    /// Typst source. Comes from the templates of the installation, never from a user.
    pub template: String,
    /// What the template prints, as `sys.inputs.data`. Values only: a text in here is printed as
    /// it stands, whatever marks it contains.
    pub data: serde_json::Value,
    /// A file carried inside the PDF: its name and its bytes.
    pub record: Option<(String, Vec<u8>)>,
    /// The time stamp of the PDF, and what `datetime.today()` answers (as a day in Beijing).
    pub at: DateTime<Utc>,
}

impl fmt::Debug for Page {
    /// Without the data, which names people.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Page")
            .field(
                "record",
                &self.record.as_ref().map(|(name, bytes)| (name, bytes.len())),
            )
            .field("at", &self.at)
            .finish_non_exhaustive()
    }
}

/// Prints pages. Slow (milliseconds) and never to be called inside a database transaction.
pub trait Typesetter: Send + Sync {
    /// The page as a PDF.
    fn pdf(&self, page: &Page) -> Result<Vec<u8>, PressError>;
}

/// A record's name is printed into the PDF and offered as a file name when it is saved.
pub(crate) fn check_record(record: Option<&(String, Vec<u8>)>) -> Result<(), PressError> {
    let Some((name, bytes)) = record else {
        return Ok(());
    };
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_');
    if name.is_empty() || name.len() > 100 || name.starts_with('.') || !name.bytes().all(plain) {
        return Err(PressError::Record(
            "its name must be 1 to 100 letters, digits, dots, dashes",
        ));
    }
    if bytes.len() > crate::MAXIMUM_RECORD_BYTES {
        return Err(PressError::Record("it is too large"));
    }
    Ok(())
}
