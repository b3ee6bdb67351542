//! What a template can see: itself, its inputs, the fonts, the day.

use super::fonts::Fonts;
use crate::PressError;
use chrono::{DateTime, Utc};
use typst::diag::{FileError, FileResult};
use typst::foundations::{Bytes, Datetime, Dict, Duration};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt, World};

/// The world of one page: one source and no files.
pub(super) struct PageWorld<'engine> {
    fonts: &'engine Fonts,
    library: LazyHash<Library>,
    source: Source,
    at: DateTime<Utc>,
}

impl<'engine> PageWorld<'engine> {
    pub(super) fn new(
        fonts: &'engine Fonts,
        template: String,
        inputs: Dict,
        at: DateTime<Utc>,
    ) -> Result<Self, PressError> {
        let path =
            VirtualPath::new("template.typ").map_err(|_| PressError::Template("no path".to_owned()))?;
        // Always the same path: file ids are never given back.
        let id = RootedPath::new(VirtualRoot::Project, path).intern();
        Ok(Self {
            fonts,
            library: LazyHash::new(Library::builder().with_inputs(inputs).build()),
            source: Source::new(id, template),
            at,
        })
    }
}

impl World for PageWorld<'_> {
    fn library(&self) -> &LazyHash<Library> {
        &self.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &self.fonts.book
    }

    fn main(&self) -> FileId {
        self.source.id()
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        if id == self.source.id() {
            Ok(self.source.clone())
        } else {
            Err(FileError::AccessDenied)
        }
    }

    fn file(&self, _id: FileId) -> FileResult<Bytes> {
        Err(FileError::AccessDenied)
    }

    fn font(&self, index: usize) -> Option<Font> {
        self.fonts.font(index)
    }

    fn today(&self, offset: Option<Duration>) -> Option<Datetime> {
        super::day(
            self.at,
            offset.map_or(f64::from(super::BEIJING_MINUTES) * 60.0, |offset| {
                offset.seconds()
            }),
        )
    }
}
