//! The elements of an implementation list that only some matters say: as facts, details and files of a guide. What a source leaves out is left out.

use serde::Serialize;
use tongban_catalogue::{Attachment, ItemContent, Material, MaterialForm, MaterialKind, ResultDefinition};
use tongban_web::{Locale, Sentence, pages::Texts};
use uuid::Uuid;

use crate::parts::Fact;

/// A file that belongs to a matter.
#[derive(Serialize)]
pub(crate) struct FileLink {
    /// What it is: a blank form, a sample.
    label: Sentence,
    name: String,
    href: String,
    kilobytes: u64,
}

impl FileLink {
    fn of(item: Uuid, key: &str, file: &Attachment) -> Self {
        Self {
            label: Sentence::key(key),
            name: file.name.clone(),
            href: format!("/items/{item}/files/{}", file.id),
            kilobytes: file.bytes.div_ceil(1024),
        }
    }
}

/// The blank form and the filled sample of a material.
pub(crate) fn material_files(item: Uuid, material: &Material) -> Vec<FileLink> {
    [
        ("portal-file-blank", &material.blank),
        ("portal-file-example", &material.example),
    ]
    .into_iter()
    .filter_map(|(key, file)| Some(FileLink::of(item, key, file.as_ref()?)))
    .collect()
}

/// Samples of what a granted case ends in.
pub(crate) fn result_files(item: Uuid, results: &[ResultDefinition]) -> Vec<FileLink> {
    results
        .iter()
        .filter_map(|result| {
            Some(FileLink::of(
                item,
                "portal-file-sample",
                result.sample_file.as_ref()?,
            ))
        })
        .collect()
}

/// What else is said of a material: what it is, how many, how it is filled in, what it has to be like.
pub(crate) fn material_details(material: &Material) -> Vec<Fact> {
    let kind = match material.kind {
        MaterialKind::Certificate => Some("certificate"),
        MaterialKind::ApplicationForm => Some("application_form"),
        MaterialKind::Other => None,
    };
    let form = match material.form {
        MaterialForm::Paper => Some("paper"),
        MaterialForm::Electronic => Some("electronic"),
        MaterialForm::Either => None,
    };
    let word = |label, word: Option<&str>| {
        let word = word?;
        Some(Fact::new(label, Sentence::key(format!("{label}-{word}"))))
    };
    let mut facts: Vec<Fact> = [
        word("portal-material-kind", kind),
        word("portal-material-form", form),
    ]
    .into_iter()
    .flatten()
    .collect();
    if let Some(copies) = material.copies.filter(|copies| *copies > 0) {
        facts.push(Fact::new(
            "portal-material-copies",
            Sentence::key("portal-copies").with("count", copies),
        ));
    }
    facts.extend(texts(&[
        ("portal-material-format", &material.format),
        ("portal-material-got", &material.source_explain),
        ("portal-material-fill", &material.fill_explain),
        ("portal-material-standard", &material.accept_standard),
        ("portal-material-remark", &material.remark),
        ("portal-material-law", &material.by_law),
    ]));
    facts
}

/// Facts about the matter beyond what everybody asks first.
pub(crate) fn more(content: &ItemContent, words: Words<'_>) -> Vec<Fact> {
    let codes = |label: &str, joined: &Option<String>| {
        let codes: Vec<String> = joined
            .as_deref()?
            .split(['^', ','])
            .map(str::trim)
            .filter(|code| !code.is_empty())
            .map(str::to_owned)
            .collect();
        words.fact(label, &codes)
    };
    let mut facts: Vec<Fact> = Vec::new();
    facts.extend(texts(&[
        ("portal-fact-quota", &content.quota),
        ("portal-fact-intermediary", &content.intermediary),
    ]));
    facts.extend(words.fact("portal-fact-channels", &content.channels));
    facts.extend(codes("portal-fact-area", &content.handle_area));
    for (label, said) in [
        ("portal-fact-hall", content.in_hall),
        ("portal-fact-bookable", content.bookable),
        ("portal-fact-express", content.express),
        ("portal-fact-self-service", content.self_service),
    ] {
        if let Some(said) = said {
            facts.push(Fact::new(
                label,
                Sentence::key(if said { "answer-yes" } else { "answer-no" }),
            ));
        }
    }
    if !content.other_departments.is_empty() {
        facts.push(Fact::new(
            "portal-fact-others",
            Sentence::plain(content.other_departments.join("、")),
        ));
    }
    facts.extend(texts(&[("portal-fact-entrusted", &content.entrusted_by)]));
    facts.extend(codes("portal-fact-level", &content.use_level));
    facts.extend(codes("portal-fact-power", &content.power_source));
    facts.extend(codes("portal-fact-body", &content.dept_type));
    facts
}

fn texts(said: &[(&str, &Option<String>)]) -> Vec<Fact> {
    said.iter()
        .filter_map(|(label, text)| {
            let text = text.as_deref().map(str::trim).filter(|text| !text.is_empty())?;
            Some(Fact::new(label, Sentence::plain(text)))
        })
        .collect()
}

/// Words for codes, in a language.
#[derive(Clone, Copy)]
pub(crate) struct Words<'a> {
    pub texts: &'a Texts,
    pub locale: Locale,
}

impl Words<'_> {
    /// Codes of a national list as words, by the keys `LABEL-CODE`; a code that no list has is told as it is. Nothing where there is none.
    fn fact(self, label: &str, codes: &[String]) -> Option<Fact> {
        let words: Vec<String> = codes
            .iter()
            .map(|code| {
                let key = format!("{label}-{code}");
                if self.texts.has(self.locale, &key) {
                    self.texts.say(self.locale, &Sentence::key(key))
                } else {
                    code.clone()
                }
            })
            .collect();
        let between = match self.locale {
            Locale::Chinese => "、",
            Locale::English => ", ",
        };
        (!words.is_empty()).then(|| Fact::new(label, Sentence::plain(words.join(between))))
    }
}

#[cfg(test)]
mod tests {
    use tongban_codes::ItemType;

    use super::*;

    #[test]
    fn what_a_source_leaves_out_is_left_out() {
        let mut content = ItemContent::new("某事", ItemType::Permit);
        let texts = Texts::load(None).unwrap();
        let words = Words {
            texts: &texts,
            locale: Locale::Chinese,
        };
        assert_eq!(more(&content, words).len(), 0);
        assert_eq!(material_details(&Material::new("M1", "照片")).len(), 0);
        content.quota = Some("  ".to_owned());
        content.use_level = Some("3^4".to_owned());
        content.in_hall = Some(false);
        content.power_source = Some("77".to_owned());
        let told: Vec<(Sentence, Sentence)> = more(&content, words)
            .into_iter()
            .map(|fact| (fact.label, fact.value))
            .collect();
        assert_eq!(
            told,
            [
                (Sentence::key("portal-fact-hall"), Sentence::key("answer-no")),
                (Sentence::key("portal-fact-level"), Sentence::plain("市级、县级")),
                (Sentence::key("portal-fact-power"), Sentence::plain("77")),
            ]
        );
    }
}
