//! What an operator writes of a platform.

use std::{collections::BTreeSet, path::PathBuf};

use serde::{Deserialize, Serialize};
use tongban_courier::ClientError;

use crate::http::is_safe;

/// A platform of others that speaks OpenID Connect and signs residents in.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UpstreamSetting {
    /// A short word: a-z, 0-9, `-`. Stands in addresses and beside links; it is not changed.
    pub id: String,
    /// What stands on the button.
    pub name: String,
    /// The same in English; empty: the name.
    #[serde(default)]
    pub name_en: String,
    /// `https://…`, as the platform writes it itself.
    pub issuer: String,
    /// What the platform knows this site by.
    pub client_id: String,
    /// A file that holds the secret that it gave; absent: it gave none, and the proof of PKCE is enough for it.
    #[serde(default)]
    pub client_secret_file: Option<PathBuf>,
    /// What is asked for besides `openid`.
    #[serde(default = "profile")]
    pub scopes: Vec<String>,
    /// Whether its word on name and number is as good as a register's: it opens accounts of level 2 and signs in to accounts that bear
    /// the number.
    #[serde(default)]
    pub vouches: bool,
    /// The names of its claims: citizen number, name, phone. A phone counts where `…_verified` says so.
    #[serde(default = "number_claim")]
    pub number_claim: String,
    #[serde(default = "name_claim")]
    pub name_claim: String,
    #[serde(default = "phone_claim")]
    pub phone_claim: String,
}

fn profile() -> Vec<String> {
    vec!["profile".to_owned()]
}

fn number_claim() -> String {
    "citizen_number".to_owned()
}

fn name_claim() -> String {
    "name".to_owned()
}

fn phone_claim() -> String {
    "phone_number".to_owned()
}

/// Settings that make no sense, in a sentence.
#[derive(Debug, thiserror::Error)]
pub enum SettingError {
    #[error("upstream {id}: {what}")]
    Wrong { id: String, what: &'static str },
    #[error("upstream {id}: the secret in {file} cannot be read")]
    Secret {
        id: String,
        file: PathBuf,
        #[source]
        source: std::io::Error,
    },
    #[error(transparent)]
    Client(#[from] ClientError),
}

pub(crate) const ISSUER: &str =
    "the issuer must be an https address without ? and # (http on the machine itself)";

impl UpstreamSetting {
    pub(crate) fn wrong(&self, what: &'static str) -> SettingError {
        SettingError::Wrong {
            id: self.id.clone(),
            what,
        }
    }

    /// The secret, from its file.
    pub(crate) fn secret(&self) -> Result<Option<String>, SettingError> {
        let Some(file) = &self.client_secret_file else {
            return Ok(None);
        };
        let word = std::fs::read_to_string(file).map_err(|source| SettingError::Secret {
            id: self.id.clone(),
            file: file.clone(),
            source,
        })?;
        match word.trim() {
            "" => Err(self.wrong("the file of its secret is empty")),
            word => Ok(Some(word.to_owned())),
        }
    }
}

/// Whether the platforms in the settings make sense.
pub fn check(settings: &[UpstreamSetting]) -> Result<(), SettingError> {
    let mut ids = BTreeSet::new();
    for setting in settings {
        let id = setting.id.as_str();
        let letters = id
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
        let wrong = if !letters || !(1..=32).contains(&id.len()) {
            "the id is not 1 to 32 of a-z, 0-9 and -"
        } else if !ids.insert(id) {
            "two platforms have this id"
        } else if setting.name.trim().is_empty() {
            "name is missing, it stands on the button"
        } else if setting.client_id.is_empty() {
            "client_id is missing"
        } else if !is_safe(&setting.issuer, &setting.issuer) || setting.issuer.contains(['?', '#']) {
            ISSUER
        } else if setting.vouches && (setting.number_claim.is_empty() || setting.name_claim.is_empty()) {
            "it vouches, so number_claim and name_claim say under which names"
        } else {
            continue;
        };
        return Err(setting.wrong(wrong));
    }
    Ok(())
}
