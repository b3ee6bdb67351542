//! Where the data lives.

use std::path::{Path, PathBuf};

/// The two databases that the product runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Backend {
    Sqlite,
    Postgres,
}

/// What `Store::open` needs to know.
#[derive(Debug, Clone)]
pub struct StoreConfig {
    /// `sqlite:PATH` or `postgres://…`.
    pub database_url: String,
    /// Keys, blobs and the search index live below it.
    pub data_dir: PathBuf,
    /// Connections for reading (SQLite) or for everything (PostgreSQL).
    pub connections: u32,
}

impl StoreConfig {
    /// SQLite in the data folder itself.
    pub fn in_folder(data_dir: &Path) -> Self {
        let file = data_dir.join("tongban.db");
        Self {
            database_url: format!("sqlite:{}", file.display()),
            data_dir: data_dir.to_path_buf(),
            connections: 4,
        }
    }

    /// Which database the address names; `None` for an address of neither.
    pub fn backend(&self) -> Option<Backend> {
        if self.database_url.starts_with("sqlite:") {
            Some(Backend::Sqlite)
        } else if self.database_url.starts_with("postgres:") || self.database_url.starts_with("postgresql:") {
            Some(Backend::Postgres)
        } else {
            None
        }
    }
}
