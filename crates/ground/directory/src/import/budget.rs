//! How much a list may hold once it is read.
//!
//! A file is small on its way: a workbook is packed, a text that stands in a thousand cells is kept once, and a comma costs one byte. What a
//! list becomes in memory is counted while it is read, and the reading stops before it harms the server that reads it.

use crate::Error;

/// What a list may become, in bytes: 256 MiB. That is all villages of the country with five columns each, or fifty thousand matters with forty;
/// more at once would take memory from the people whom the same server answers.
pub(super) const MOST: u64 = 256 * 1024 * 1024;

/// What a row costs, about, beside its cells.
const ROW: u64 = 128;
/// What a cell costs, about, beside its text.
const CELL: u64 = 32;

/// Counts what is read of one list.
#[derive(Debug)]
pub(super) struct Budget<'list> {
    name: &'list str,
    left: u64,
}

impl<'list> Budget<'list> {
    pub(super) fn of(name: &'list str) -> Self {
        Self { name, left: MOST }
    }

    /// A row was read.
    pub(super) fn row(&mut self) -> Result<(), Error> {
        self.take(ROW)
    }

    /// A cell of so many bytes was read.
    pub(super) fn cell(&mut self, length: usize) -> Result<(), Error> {
        self.take(CELL + length as u64)
    }

    pub(super) fn take(&mut self, bytes: u64) -> Result<(), Error> {
        self.left = self.left.checked_sub(bytes).ok_or_else(|| too_much(self.name))?;
        Ok(())
    }
}

pub(super) fn too_much(name: &str) -> Error {
    Error::refused(
        "import.unpacks_too_large",
        [
            ("file", name.to_owned()),
            ("limit", (MOST / (1024 * 1024)).to_string()),
        ],
    )
}
