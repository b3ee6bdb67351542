//! Settings: defaults, then a file, then `TONGBAN_…` variables.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
};

use anyhow::Context as _;
use figment::{
    Figment,
    providers::{Env, Format as _, Serialized, Toml},
};
use serde::{Deserialize, Serialize};
use tongban_store::StoreConfig;

/// Everything that an installation may set.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Where the program listens.
    pub listen: SocketAddr,
    /// How people reach it, without a slash at the end: for links in messages and on licences.
    pub public_address: String,
    /// Keys, files and the search index live here; with SQLite the database too.
    pub data_dir: PathBuf,
    /// `postgres://…`; empty: SQLite in the data folder.
    pub database_url: String,
    /// Connections to the database.
    pub connections: u32,
    /// The region whose pages are shown: 12 digits.
    pub region: String,
    /// Folders to look for fonts in, before the usual ones.
    pub font_dirs: Vec<PathBuf>,
    /// Pages, texts and their limits.
    pub web: tongban_web::Settings,
    /// Address of the short message gateway of the installation; empty: short messages wait as jobs. The little protocol is
    /// in the README of the courier.
    pub sms_gateway: String,
    /// What the gateway is shown as a bearer token. From the environment (`TONGBAN_SMS_SECRET`) rather than from the file.
    pub sms_secret: Secret,
    /// A file that holds it instead.
    pub sms_secret_file: Option<PathBuf>,
    /// Certificates of authorities (PEM) that vouch for department systems and gateways, besides those of the machine.
    pub authorities: Option<PathBuf>,
    /// Where `/metrics` listens; absent: nowhere. An address that only the watcher reaches.
    pub metrics_listen: Option<SocketAddr>,
}

/// A word that is never printed.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// The word itself.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl From<String> for Secret {
    fn from(word: String) -> Self {
        Self(word)
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(if self.0.is_empty() { "none" } else { "***" })
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            public_address: "http://127.0.0.1:8080".to_owned(),
            data_dir: PathBuf::from("data"),
            database_url: String::new(),
            connections: 8,
            region: "519900000000".to_owned(),
            font_dirs: Vec::new(),
            web: tongban_web::Settings::default(),
            sms_gateway: String::new(),
            sms_secret: Secret::default(),
            sms_secret_file: None,
            authorities: None,
            metrics_listen: None,
        }
    }
}

impl Settings {
    /// Reads a file, if one is named, and the environment over it.
    pub fn read(file: Option<&Path>) -> anyhow::Result<Self> {
        let mut figment = Figment::from(Serialized::defaults(Self::default()));
        if let Some(file) = file {
            anyhow::ensure!(
                file.is_file(),
                "the configuration {} is not there",
                file.display()
            );
            figment = figment.merge(Toml::file(file));
        }
        figment
            .merge(
                Env::prefixed("TONGBAN_")
                    .ignore(&[
                        "shared",
                        "test_postgres",
                        "real_data_log",
                        "font_dir",
                        "write_generated",
                        "chromium",
                        "gallery",
                    ])
                    .split("__"),
            )
            .extract()
            .context("the settings could not be read")
    }

    /// As [`read`](Self::read), for a command that may name the data folder.
    pub fn for_command(file: Option<&Path>, data_dir: Option<PathBuf>) -> anyhow::Result<Self> {
        let mut settings = Self::read(file)?;
        if let Some(folder) = data_dir {
            settings.data_dir = folder;
        }
        Ok(settings)
    }

    /// The word for the short message gateway, from its file where one is named.
    pub fn sms_word(&self) -> anyhow::Result<Secret> {
        match &self.sms_secret_file {
            None => Ok(self.sms_secret.clone()),
            Some(file) => {
                let word = std::fs::read_to_string(file)
                    .with_context(|| format!("the secret of the gateway in {}", file.display()))?;
                Ok(Secret::from(word.trim().to_owned()))
            }
        }
    }

    /// Where the database is.
    pub fn store(&self) -> StoreConfig {
        let mut config = StoreConfig::in_folder(&self.data_dir);
        if !self.database_url.is_empty() {
            config.database_url.clone_from(&self.database_url);
        }
        config.connections = self.connections;
        config
    }
}
