//! The texts: complete in both languages, used by name in every template, free of invisible marks.

use std::{collections::BTreeSet, sync::Arc};

use tongban_web::{Locale, Pages, Sentence, forms, testing};

fn pages() -> Pages {
    Pages::load(None, Arc::new(testing::StillSurroundings::default())).unwrap()
}

#[test]
fn both_languages_have_the_same_keys() {
    let pages = pages();
    let (chinese, english) = (
        pages.texts().keys(Locale::Chinese),
        pages.texts().keys(Locale::English),
    );
    assert!(chinese.len() > 100);
    let missing: Vec<_> = chinese.difference(&english).collect();
    assert!(missing.is_empty(), "keys that locales/en lacks: {missing:#?}");
    let surplus: Vec<_> = english.difference(&chinese).collect();
    assert!(surplus.is_empty(), "keys that locales/zh-CN lacks: {surplus:#?}");
}

/// The keys that templates name outright: `t("…"` with either quote.
fn named(source: &str) -> BTreeSet<String> {
    let mut keys = BTreeSet::new();
    for quote in ['"', '\''] {
        let call = format!("t({quote}");
        for (at, _) in source.match_indices(&call) {
            // `asset("…")` ends like `t("…")`
            if source[..at].ends_with(|before: char| before.is_alphanumeric() || before == '_') {
                continue;
            }
            let rest = &source[at + call.len()..];
            let (key, after) = rest.split_once(quote).unwrap();
            // `t("rating-" ~ level)` is put together while the page is rendered
            if !after.trim_start().starts_with('~') {
                keys.insert(key.to_owned());
            }
        }
    }
    keys
}

#[test]
fn every_key_that_a_template_names_has_a_text() {
    let pages = pages();
    let known = pages.texts().keys(Locale::Chinese);
    for name in pages.template_names() {
        let missing: Vec<_> = named(&pages.template_source(name).unwrap())
            .into_iter()
            .filter(|key| !known.contains(key))
            .collect();
        assert!(
            missing.is_empty(),
            "{name} names keys without a text: {missing:?}"
        );
    }
}

#[test]
fn no_template_holds_a_script_or_a_style_of_its_own() {
    let pages = pages();
    for name in pages.template_names() {
        let source = pages.template_source(name).unwrap();
        for inline in [
            " style=\"",
            "<style",
            "<script>",
            " onclick=",
            " onsubmit=",
            " onchange=",
            "javascript:",
        ] {
            assert!(
                !source.contains(inline),
                "{name} holds {inline}, which the content policy forbids"
            );
        }
    }
}

#[test]
fn every_field_error_and_every_problem_has_its_texts() {
    let pages = pages();
    for (key, _) in forms::KEYS {
        assert!(pages.texts().has(Locale::Chinese, key), "{key}");
    }
    for kind in [
        "not-found",
        "forbidden",
        "foreign-form",
        "sign-in-needed",
        "bad-input",
        "conflict",
        "page-of-another",
        "acting-ended",
        "too-many",
        "too-large",
        "too-slow",
        "method",
        "unavailable",
        "internal",
    ] {
        for part in ["title", "words", "next"] {
            assert!(
                pages
                    .texts()
                    .has(Locale::Chinese, &format!("problem-{kind}-{part}")),
                "{kind} {part}"
            );
        }
    }
}

#[test]
fn arguments_stand_in_the_text_without_invisible_marks() {
    let pages = pages();
    let sentence = Sentence::key("error-minimum").with("limit", 1);
    assert_eq!(pages.text(Locale::Chinese, &sentence), "不能小于 1");
    assert_eq!(pages.text(Locale::English, &sentence), "Must be at least 1");
    assert_eq!(
        pages.text(
            Locale::English,
            &Sentence::key("error-summary-title").with("count", 1)
        ),
        "One thing to put right"
    );
    assert_eq!(
        pages.text(
            Locale::English,
            &Sentence::key("error-summary-title").with("count", 3)
        ),
        "3 things to put right"
    );
    assert_eq!(pages.text(Locale::Chinese, &Sentence::plain("王×")), "王×");
}

#[test]
fn a_key_that_nobody_has_is_printed_itself() {
    assert_eq!(
        pages().text(Locale::English, &Sentence::key("no-such-key")),
        "no-such-key"
    );
}
