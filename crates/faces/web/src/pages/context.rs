//! What every page knows: who looks, in which language, where they are.

use serde::Serialize;

use super::Locale;
use crate::{local_path::LocalPath, sentence::Sentence, session::SignedInView};

/// Which of the two fronts a page belongs to; the layout and the header follow.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Area {
    /// Residents and enterprises.
    #[default]
    Portal,
    /// Windows, departments, supervisors, operators.
    Desk,
}

/// The `page` of every template.
#[derive(Clone, Debug, Serialize)]
pub struct PageContext {
    /// The language; its tag is also the `lang` of the document.
    pub locale: Locale,
    /// Larger type and fewer choices.
    pub elder: bool,
    /// Whether the banner says that everything is invented.
    pub demo: bool,
    /// The value of the hidden field `_csrf`.
    pub csrf: String,
    /// The value of the hidden field `_once` of the forms that create something.
    pub once: String,
    /// The address of this page with its query.
    pub path: String,
    /// The page to come back to after a change of language or elder mode: this one, or for the answer to a posted form the page that held it.
    pub back: String,
    /// The id that the log knows this request by.
    pub request_id: String,
    /// Who is signed in.
    pub signed_in: Option<SignedInView>,
    /// Which front.
    pub area: Area,
    /// One sentence left by the request before.
    pub flash: Option<FlashView>,
    /// The menu of the desk, filled by the desk for the roles of its visitor.
    pub nav: Vec<NavItem>,
    /// Name of the place, in the language of the page.
    pub place: String,
    /// The hotline.
    pub hotline: String,
}

impl PageContext {
    /// The same context with a menu.
    #[must_use]
    pub fn with_nav(mut self, nav: Vec<NavItem>) -> Self {
        self.nav = nav;
        self
    }

    /// The same context with a sentence at the top of the page, for a page that answers directly instead of redirecting.
    #[must_use]
    pub fn with_flash(mut self, tone: crate::flash::Tone, sentence: Sentence) -> Self {
        self.flash = Some(FlashView { tone, sentence });
        self
    }

    /// The same context with another page to come back to.
    #[must_use]
    pub fn with_back(mut self, back: &LocalPath) -> Self {
        self.back = back.as_str().to_owned();
        self
    }
}

/// One entry of the menu.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NavItem {
    /// Where it leads.
    pub href: String,
    /// What it says.
    pub sentence: Sentence,
    /// How many things wait there.
    pub count: Option<u64>,
    /// Whether the visitor is there.
    pub current: bool,
}

impl NavItem {
    /// An entry named by a key of the texts.
    pub fn new(href: impl Into<String>, key: impl Into<String>) -> Self {
        Self {
            href: href.into(),
            sentence: Sentence::key(key),
            count: None,
            current: false,
        }
    }

    /// The same entry with a number beside it.
    #[must_use]
    pub fn with_count(mut self, count: u64) -> Self {
        self.count = Some(count);
        self
    }

    /// The same entry, marked when the path lies at or below it.
    #[must_use]
    pub fn marked_for(mut self, path: &str) -> Self {
        let path = path.split(['?', '#']).next().unwrap_or_default();
        self.current = path == self.href
            || path
                .strip_prefix(&self.href)
                .is_some_and(|rest| rest.starts_with('/'));
        self
    }
}

/// The sentence on top of a page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FlashView {
    /// How it is coloured.
    pub tone: crate::flash::Tone,
    /// What it says.
    pub sentence: Sentence,
}
