//! The typst engine as a [`Typesetter`].

mod fonts;
mod world;

use crate::page::check_record;
use crate::{Page, PressError, Typesetter, extract_record};
use chrono::{DateTime, Datelike, FixedOffset, Timelike, Utc};
use fonts::Fonts;
use std::collections::BTreeSet;
use std::path::PathBuf;
use typst::World;
use typst::diag::SourceDiagnostic;
use typst::ecow::EcoVec;
use typst::foundations::{Bytes, Datetime, Dict, IntoValue, Smart, Value};
use typst::layout::{Frame, FrameItem};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards, Timestamp};
use world::PageWorld;

/// The civil time of all documents: minutes east of Greenwich.
const BEIJING_MINUTES: i32 = 8 * 60;

/// Stands behind every template and attaches the record.
const ATTACH: &str = "\n#if sys.inputs.record != none { pdf.attach(sys.inputs.record.name, \
    sys.inputs.record.bytes, relationship: \"data\", mime-type: sys.inputs.record.mime, \
    description: sys.inputs.record.name) }\n";

/// Typesets with typst: one source, no files, no packages, no network; the fonts found when it
/// was made and no others. The PDF is PDF/A-3a (ISO 19005-3), so that it can be archived with
/// the record in it.
pub struct TypstEngine {
    fonts: Fonts,
}

impl TypstEngine {
    /// Looks for Chinese fonts: in `font_paths` (folders or files), then `TONGBAN_FONT_DIR`, then
    /// `~/.local/share/fonts`, then `/usr/share/fonts`. The first place that has any is taken,
    /// so that a document does not change when an unrelated font is installed.
    pub fn new(font_paths: &[PathBuf]) -> Result<Self, PressError> {
        Ok(Self {
            fonts: Fonts::find(font_paths)?,
        })
    }

    /// The families in use, best first.
    pub fn families(&self) -> &[String] {
        &self.fonts.families
    }
}

impl Typesetter for TypstEngine {
    fn pdf(&self, page: &Page) -> Result<Vec<u8>, PressError> {
        check_record(page.record.as_ref())?;
        self.fonts.check(&page.data)?;
        let at = page.at.with_timezone(&beijing()?);
        let now = civil(&at)?;
        let world = PageWorld::new(
            &self.fonts,
            format!("{}{ATTACH}", page.template),
            inputs(page, &self.fonts)?,
            page.at,
        )?;
        let compiled = typst::compile::<PagedDocument>(&world);
        let document = compiled.output.map_err(|errors| refused(&world, &errors))?;
        check_frames(&document)?;
        let options = PdfOptions {
            ident: Smart::Custom(format!("{}{}", page.at.timestamp_micros(), page.data)),
            creator: Smart::Custom(Some("Tongban".to_owned())),
            timestamp: Timestamp::new_local(now, BEIJING_MINUTES),
            standards: PdfStandards::new(&[PdfStandard::A_3a])
                .map_err(|error| PressError::Template(error.message().to_string()))?,
            ..PdfOptions::default()
        };
        let pdf = typst_pdf::pdf(&document, &options).map_err(|errors| refused(&world, &errors))?;
        // The engine remembers what it laid out; without this it remembers every document.
        typst::comemo::evict(16);
        // A template that hides the line behind it (an open comment) must not cost the record.
        if let Some((name, bytes)) = &page.record
            && extract_record(&pdf, name)?.as_ref() != Some(bytes)
        {
            return Err(PressError::Template("it swallows the attached record".to_owned()));
        }
        Ok(pdf)
    }
}

/// What the template sees as `sys.inputs`. Nothing here is parsed as markup.
fn inputs(page: &Page, fonts: &Fonts) -> Result<Dict, PressError> {
    let data: Value = serde_json::from_value(page.data.clone())
        .map_err(|error| PressError::Template(format!("the data cannot be handed over: {error}")))?;
    let record = match &page.record {
        None => Value::None,
        Some((name, bytes)) => {
            let mime = if name.ends_with(".json") {
                "application/json"
            } else {
                "application/octet-stream"
            };
            let mut record = Dict::new();
            record.insert("name".into(), name.as_str().into_value());
            record.insert("mime".into(), mime.into_value());
            record.insert("bytes".into(), Bytes::new(bytes.clone()).into_value());
            record.into_value()
        }
    };
    let mut inputs = Dict::new();
    inputs.insert("data".into(), data);
    inputs.insert("record".into(), record);
    inputs.insert("fonts".into(), families(&fonts.families));
    inputs.insert("serif".into(), families(&fonts.serif_first));
    Ok(inputs)
}

fn families(names: &[String]) -> Value {
    names
        .iter()
        .map(|name| name.as_str().into_value())
        .collect::<typst::foundations::Array>()
        .into_value()
}

fn beijing() -> Result<FixedOffset, PressError> {
    FixedOffset::east_opt(BEIJING_MINUTES * 60).ok_or(PressError::Template("no time zone".to_owned()))
}

fn civil(at: &DateTime<FixedOffset>) -> Result<Datetime, PressError> {
    let small = |value: u32| u8::try_from(value).unwrap_or(0);
    Datetime::from_ymd_hms(
        at.year(),
        small(at.month()),
        small(at.day()),
        small(at.hour()),
        small(at.minute()),
        small(at.second()),
    )
    .ok_or_else(|| PressError::Template("the time stamp is no date".to_owned()))
}

/// The engine's errors in one line each: where in the template, what, and its advice.
fn refused(world: &PageWorld<'_>, errors: &EcoVec<SourceDiagnostic>) -> PressError {
    use typst::WorldExt;
    let lines: Vec<String> = errors
        .iter()
        .map(|error| {
            let line = world
                .range(error.span)
                .zip(world.source(world.main()).ok())
                .and_then(|(range, source)| source.lines().byte_to_line(range.start));
            let place = line.map_or_else(String::new, |line| format!("line {}: ", line + 1));
            let hints: String = error.hints.iter().map(|hint| format!(" ({})", hint.v)).collect();
            format!("{place}{}{hints}", error.message)
        })
        .collect();
    PressError::Template(lines.join("; "))
}

/// Finds glyphs that stand for "no such character" among what was laid out: the template's own
/// texts, and what it made of the data.
fn check_frames(document: &PagedDocument) -> Result<(), PressError> {
    let mut missing = BTreeSet::new();
    for page in document.pages() {
        missing_in(&page.frame, &mut missing);
    }
    if missing.is_empty() {
        Ok(())
    } else {
        Err(PressError::MissingGlyph {
            characters: missing.into_iter().collect(),
        })
    }
}

fn missing_in(frame: &Frame, missing: &mut BTreeSet<char>) {
    for (_, item) in frame.items() {
        match item {
            FrameItem::Group(group) => missing_in(&group.frame, missing),
            FrameItem::Text(text) => {
                for glyph in text.glyphs.iter().filter(|glyph| glyph.id == 0) {
                    missing.extend(text.text[glyph.range()].chars());
                }
            }
            _ => {}
        }
    }
}

/// The day in a zone `offset` away from UTC, for `datetime.today(offset: …)`.
fn day(at: DateTime<Utc>, offset_seconds: f64) -> Option<Datetime> {
    // Whole seconds within a day; anything else is no time zone.
    let seconds = (offset_seconds.abs() < 86_400.0).then_some(offset_seconds as i32)?;
    let local = at.with_timezone(&FixedOffset::east_opt(seconds)?);
    Datetime::from_ymd(
        local.year(),
        u8::try_from(local.month()).ok()?,
        u8::try_from(local.day()).ok()?,
    )
}
