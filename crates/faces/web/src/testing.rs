//! For the tests of the faces: surroundings that stand still, a kit on them, and a context for every kind of visitor.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, Utc};
use tongban_crypto::sm3_hex;
use tongban_store::StoreError;

use crate::{
    kit::{Kit, Settings, Surroundings},
    pages::{Area, Locale, PageContext, PagesError},
    session::{ActingForView, SignedInKind, SignedInView},
};

/// A clock that stands at 2026-11-25 10:34 in Beijing, and codes that count up.
#[derive(Debug, Default)]
pub struct StillSurroundings {
    counter: AtomicU64,
}

impl Surroundings for StillSurroundings {
    fn now(&self) -> DateTime<Utc> {
        DateTime::from_timestamp(1_795_574_040, 0).unwrap_or_default()
    }

    fn random_code(&self) -> String {
        format!("{:016}-a-code", self.counter.fetch_add(1, Ordering::Relaxed))
    }

    fn keyed_hash(&self, text: &str) -> String {
        sm3_hex(format!("a key for tests|{text}"))
    }

    /// Encoded and signed rather than encrypted: tests of a page have no keys.
    fn seal(&self, purpose: &str, plain: &str) -> Result<String, StoreError> {
        let text = URL_SAFE_NO_PAD.encode(plain);
        let hash = self.keyed_hash(&format!("seal|{purpose}|{text}"));
        Ok(format!("{text}.{hash}"))
    }

    fn unseal(&self, purpose: &str, sealed: &str) -> Option<String> {
        let (text, hash) = sealed.split_once('.')?;
        if hash != self.keyed_hash(&format!("seal|{purpose}|{text}")) {
            return None;
        }
        String::from_utf8(URL_SAFE_NO_PAD.decode(text).ok()?).ok()
    }
}

/// A kit on plain HTTP with the built-in templates.
pub fn kit() -> Result<Kit, PagesError> {
    kit_with(Settings {
        secure: false,
        demo: true,
        ..Settings::default()
    })
}

/// A kit with settings of the test.
pub fn kit_with(settings: Settings) -> Result<Kit, PagesError> {
    Kit::new(settings, Arc::new(StillSurroundings::default()))
}

/// A context without a request behind it, nobody signed in.
pub fn context(locale: Locale, area: Area) -> PageContext {
    PageContext {
        locale,
        elder: false,
        demo: true,
        csrf: "fresh.token".to_owned(),
        once: "a-one-time-key".to_owned(),
        path: "/".to_owned(),
        back: "/".to_owned(),
        request_id: "7k3m9xq2ab".to_owned(),
        signed_in: None,
        area,
        flash: None,
        nav: Vec::new(),
        place: if locale == Locale::Chinese {
            "示范市"
        } else {
            "Demonstration City"
        }
        .to_owned(),
        hotline: "12345".to_owned(),
    }
}

/// Somebody signed in as a resident.
pub fn resident() -> SignedInView {
    SignedInView {
        name: "王×".to_owned(),
        kind: SignedInKind::Resident,
        acting_for: None,
        acting_ended: None,
        organisation: None,
        roles: Vec::new(),
    }
}

/// An agent of a firm.
pub fn agent() -> SignedInView {
    SignedInView {
        name: "李×".to_owned(),
        kind: SignedInKind::Enterprise,
        acting_for: Some(ActingForView {
            name: "示范市蜀香小馆".to_owned(),
            role: "agent".to_owned(),
        }),
        acting_ended: None,
        organisation: None,
        roles: Vec::new(),
    }
}

/// A member of staff.
pub fn clerk() -> SignedInView {
    SignedInView {
        name: "刘×".to_owned(),
        kind: SignedInKind::Staff,
        acting_for: None,
        acting_ended: None,
        organisation: Some("综合窗口 3 号".to_owned()),
        roles: vec!["clerk".to_owned()],
    }
}

/// The contexts that a template should survive: both languages, nobody and signed in, elder mode on and off.
pub fn contexts(area: Area) -> Vec<PageContext> {
    let visitors = match area {
        Area::Portal => vec![None, Some(resident()), Some(agent())],
        Area::Desk => vec![None, Some(clerk())],
    };
    let mut all = Vec::new();
    for locale in Locale::ALL {
        for visitor in &visitors {
            for elder in [false, true] {
                all.push(PageContext {
                    signed_in: visitor.clone(),
                    elder,
                    ..context(locale, area)
                });
            }
        }
    }
    all
}

/// The `<main>` of a page with everything taken out that differs from run to run, for snapshots: tokens and one-time keys,
/// ids, random codes and their drawings, the versions of static files.
pub fn steady_main(html: &str) -> String {
    let main = html.find("<main").map_or(html, |start| &html[start..]);
    let main = main.find("</main>").map_or(main, |end| &main[..end]);
    let mut text = main.to_owned();
    for field in ["_csrf", "_once", "kept"] {
        text = between(&text, &format!("name=\"{field}\" value=\""), "\"", "[random]");
    }
    text = between(&text, "<svg", "</svg>", ">[drawing]");
    let lines = words(&text);
    let lines = lines.lines().map(str::trim).filter(|line| !line.is_empty());
    lines.collect::<Vec<_>>().join("\n")
}

/// Puts `instead` wherever something stands between `start` and `end`.
fn between(text: &str, start: &str, end: &str, instead: &str) -> String {
    let mut parts = text.split(start);
    let mut made = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let rest = part.find(end).map_or("", |at| &part[at..]);
        made.push_str(start);
        made.push_str(instead);
        made.push_str(rest);
    }
    made
}

/// Ids become `[id]`, long words of letters and digits `[code]`. A number of digits only is a number of ours and stays.
fn words(text: &str) -> String {
    let of_word = |letter: char| letter.is_ascii_alphanumeric() || letter == '-' || letter == '_';
    let mut made = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(of_word) {
        made.push_str(&rest[..start]);
        let word = &rest[start..];
        let end = word.find(|letter| !of_word(letter)).unwrap_or(word.len());
        let (word, after) = word.split_at(end);
        made.push_str(if uuid::Uuid::parse_str(word).is_ok() && word.contains('-') {
            "[id]"
        } else if is_code(word) {
            "[code]"
        } else {
            word
        });
        rest = after;
    }
    made.push_str(rest);
    made
}

fn is_code(word: &str) -> bool {
    let any = |of: fn(&u8) -> bool| word.as_bytes().iter().any(of);
    let letters = any(u8::is_ascii_uppercase) && any(u8::is_ascii_lowercase);
    // now and then a random word has no digit
    word.len() >= 16
        && (any(u8::is_ascii_digit) && any(u8::is_ascii_alphabetic) || word.len() >= 24 && letters)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_random_is_taken_out_and_nothing_else() {
        let page = "<header>x</header><main id=\"main\">\n\n <input type=\"hidden\" name=\"_csrf\" value=\"ab.cd\"> <a href=\"/my/cases/018f3c1e-7a5b-7c3d-9e2f-0123456789ab/form\">51990120261120000001</a> <i>Zx81bQ0aa7Kk2mmP_-qw</i><svg class=\"qr\"><path d=\"M1\"/></svg></main><footer>";
        assert_eq!(
            steady_main(page),
            "<main id=\"main\">\n<input type=\"hidden\" name=\"_csrf\" value=\"[random]\"> <a href=\"/my/cases/[id]/form\">51990120261120000001</a> <i>[code]</i><svg>[drawing]</svg>"
        );
    }
}
