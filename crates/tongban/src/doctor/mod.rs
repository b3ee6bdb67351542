//! What `tongban doctor` looks at. It repairs nothing, migrates nothing and makes nothing.

mod config;
mod data;
mod machine;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use serde::Serialize;
use tongban_crypto::KeyRing;
use tongban_store::{Clock, Store, keep::examine};

use crate::settings::Settings;

/// How a check ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    Ok,
    Warning,
    Fault,
}

impl State {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warning => "warning",
            Self::Fault => "fault",
        }
    }
}

/// One check: what was looked at, how it stands, and what to do where it does not stand well.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Check {
    pub name: &'static str,
    pub state: State,
    pub sentence: String,
}

impl Check {
    fn ok(name: &'static str, sentence: impl Into<String>) -> Self {
        Self::new(name, State::Ok, sentence)
    }

    fn warning(name: &'static str, sentence: impl Into<String>) -> Self {
        Self::new(name, State::Warning, sentence)
    }

    fn fault(name: &'static str, sentence: impl Into<String>) -> Self {
        Self::new(name, State::Fault, sentence)
    }

    fn new(name: &'static str, state: State, sentence: impl Into<String>) -> Self {
        Self {
            name,
            state,
            sentence: sentence.into(),
        }
    }
}

/// All checks, in the order in which a person would go through them.
pub async fn look(settings: &Settings, clock: Arc<dyn Clock>) -> Vec<Check> {
    let mut checks = vec![
        machine::data_folder(&settings.data_dir),
        machine::disk_space(&settings.data_dir),
        machine::font(settings),
    ];
    let (check, ring) = machine::key_ring(&settings.data_dir);
    checks.push(check);
    let health = examine(&settings.store().database_url, crate::migrations::all).await;
    let (database, usable) = data::database(&health);
    checks.extend(database);
    match (usable, ring) {
        (true, Some(ring)) => checks.extend(inside(settings, ring, clock).await),
        _ => checks.push(Check::warning(
            "content",
            "not looked at: the database or the key ring cannot be used",
        )),
    }
    checks.extend(config::all(settings));
    checks
}

/// Checks that read rows and files.
async fn inside(settings: &Settings, ring: KeyRing, clock: Arc<dyn Clock>) -> Vec<Check> {
    let store = match Store::open(&settings.store(), ring, Arc::clone(&clock)).await {
        Ok(store) => store,
        Err(error) => return vec![Check::fault("content", said("the database", &error))],
    };
    let mut checks = vec![
        data::sealed(&store).await,
        data::files(&store).await,
        data::calendar(&store).await,
        data::jobs(&store).await,
        data::log(&store).await,
    ];
    if let Err(error) = store.close().await {
        checks.push(Check::fault("content", said("closing the database", &error)));
    }
    checks
}

/// An error with its causes, as one sentence.
fn said(doing: &str, error: &dyn std::error::Error) -> String {
    let mut sentence = format!("{doing}: {error}");
    let mut cause = error.source();
    while let Some(error) = cause {
        sentence.push_str(&format!(": {error}"));
        cause = error.source();
    }
    sentence
}
