//! For the tests of the faces: surroundings that stand still, a kit on them, and a context for every kind of visitor.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use chrono::{DateTime, Utc};
use tongban_crypto::sm3_hex;

use crate::{
    kit::{Kit, Settings, Surroundings},
    pages::{Area, Locale, PageContext, PagesError},
    session::{SignedInKind, SignedInView},
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
        organisation: None,
        roles: Vec::new(),
    }
}

/// An agent of a firm.
pub fn agent() -> SignedInView {
    SignedInView {
        name: "李×".to_owned(),
        kind: SignedInKind::Enterprise,
        acting_for: Some("示范市蜀香小馆".to_owned()),
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
