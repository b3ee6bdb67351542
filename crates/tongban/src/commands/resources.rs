//! `tongban resources`

use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    process::ExitCode,
    sync::Arc,
};

use anyhow::Context as _;
use clap::Args;
use serde::Deserialize;
use tongban_access::{Actor, PartyKind};
use tongban_codes::RegionCode;
use tongban_directory::organisation_by_code;
use tongban_exchange::{Field, Resource, ShareClass, register_resource};
use tongban_store::{Signer, Store, SystemClock};

use crate::{settings::Settings, wiring};

/// Enter what department systems answer for into the directory of the exchange, or change entries. All of the file or nothing.
#[derive(Debug, Args)]
pub struct Resources {
    /// A JSON list; docs/operations.md says of what.
    file: PathBuf,
    #[arg(long)]
    config: Option<PathBuf>,
    #[arg(long)]
    data_dir: Option<PathBuf>,
}

/// One entry of the file. The secret stands in a file of its own, so that this one can be shown around.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    code: String,
    name: String,
    /// The region of the organisation, 12 digits.
    region: String,
    /// The code of the organisation in that region.
    organisation: String,
    share_class: ShareClass,
    url: String,
    fields: Vec<Field>,
    subject: PartyKind,
    /// Beside the list, unless it begins at the root.
    secret_file: PathBuf,
}

impl Resources {
    pub(super) async fn run(self) -> anyhow::Result<ExitCode> {
        super::start_quiet_log();
        let settings = Settings::for_command(self.config.as_deref(), self.data_dir)?;
        let text =
            fs::read_to_string(&self.file).with_context(|| format!("reading {}", self.file.display()))?;
        let entries: Vec<Entry> = serde_json::from_str(&text)
            .with_context(|| format!("{} is no list of resources", self.file.display()))?;
        let store = wiring::open_store(&settings, Arc::new(SystemClock)).await?;
        let beside = self.file.parent().unwrap_or(Path::new("")).to_owned();
        let done = enter(&store, entries, &beside).await;
        store.close().await?;
        let count = done?;
        writeln!(
            std::io::stdout().lock(),
            "{count} resources stand in the directory of the exchange"
        )?;
        Ok(ExitCode::SUCCESS)
    }
}

async fn enter(store: &Store, entries: Vec<Entry>, beside: &Path) -> anyhow::Result<usize> {
    let mut ready = Vec::new();
    for entry in entries {
        let region =
            RegionCode::parse(&entry.region).with_context(|| format!("the region of {}", entry.code))?;
        let organisation = organisation_by_code(store, &region, &entry.organisation)
            .await?
            .with_context(|| {
                format!(
                    "{}: region {region} has no organisation {}",
                    entry.code, entry.organisation
                )
            })?;
        let file = beside.join(&entry.secret_file);
        let secret = fs::read_to_string(&file)
            .with_context(|| format!("reading the secret of {} from {}", entry.code, file.display()))?;
        let resource = Resource {
            code: entry.code,
            name: entry.name,
            organisation: organisation.id,
            organisation_name: organisation.name,
            share_class: entry.share_class,
            url: entry.url,
            fields: entry.fields,
            subject: entry.subject,
        };
        ready.push((resource, secret.trim().to_owned()));
    }
    let count = ready.len();
    store
        .write(Signer::system(), move |tx| {
            let ready = ready.clone();
            async move {
                for (resource, secret) in ready {
                    register_resource(&tx, &Actor::System, resource, &secret).await?;
                }
                Ok::<(), tongban_exchange::Error>(())
            }
        })
        .await?;
    Ok(count)
}
