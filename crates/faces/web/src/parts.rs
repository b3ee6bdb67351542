//! Small things that the pages of every face share: ids out of addresses, lists that page, the way up.

use serde::Serialize;
use tongban_store::Page;
use uuid::Uuid;

use crate::{LocalPath, Sentence, WebError};

/// An id in an address. What is none leads nowhere.
pub fn id(text: &str) -> Result<Uuid, WebError> {
    Uuid::parse_str(text).map_err(|_| WebError::not_found())
}

/// A path made by us: an id or a fixed word in it cannot make it foreign.
pub fn path(text: &str) -> LocalPath {
    LocalPath::parse_or_home(text)
}

/// What the macro `pagination` needs.
#[derive(Debug, Serialize)]
pub struct Pages {
    /// The address up to the page number.
    pub base: String,
    pub number: u64,
    pub pages: u64,
    pub count: u64,
}

impl Pages {
    pub fn of<T>(page: &Page<T>, base: impl Into<String>) -> Self {
        Self {
            base: base.into(),
            number: page.number,
            pages: page.pages(),
            count: page.total,
        }
    }
}

/// One step of the way up; the last one is the page itself.
#[derive(Debug, Clone, Serialize)]
pub struct Crumb {
    pub href: Option<String>,
    pub label: Sentence,
}

impl Crumb {
    pub fn link(href: impl Into<String>, label: Sentence) -> Self {
        Self {
            href: Some(href.into()),
            label,
        }
    }

    pub fn here(label: Sentence) -> Self {
        Self { href: None, label }
    }
}
