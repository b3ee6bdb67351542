//! What can go wrong. No variant repeats the data of a page, except the characters that cannot
//! be printed: whoever filed the name must be told which.

use std::path::PathBuf;

/// A failure of this room.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PressError {
    /// No font with Chinese characters was found.
    #[error("no Chinese font in {}; install one (for example WenQuanYi Micro Hei) or set TONGBAN_FONT_DIR",
        looked.iter().map(|path| path.display().to_string()).collect::<Vec<_>>().join(", "))]
    NoFont {
        /// The folders and files that were searched, in order.
        looked: Vec<PathBuf>,
    },
    /// The fonts lack characters of the page. Nothing is printed: an empty box in a name is a
    /// wrong name.
    #[error("no installed font has {}",
        characters.iter().map(|character| format!("{character} (U+{:04X})", u32::from(*character)))
            .collect::<Vec<_>>().join(", "))]
    MissingGlyph {
        /// Each missing character once, in the order of their code points.
        characters: Vec<char>,
    },
    /// The template does not compile, or the data lacks something that it needs.
    #[error("template: {0}")]
    Template(String),
    /// The record cannot be attached.
    #[error("the record cannot be attached: {0}")]
    Record(&'static str),
    /// The text is too long for a QR code.
    #[error("{bytes} bytes are too many for a QR code")]
    QrTooLong {
        /// The length of the text.
        bytes: usize,
    },
    /// What was handed in is not a PDF that can be read within the limits.
    #[error("not a readable PDF: {0}")]
    Pdf(&'static str),
}
