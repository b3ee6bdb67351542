//! The demo city: all invented, on loopback only, and said so on every page.
//!
//! It is built by the use cases that people use, not by inserts; a half-built city never counts, because it is built
//! in a folder beside and moved into place when it stands.

pub mod assemble;
pub mod departments;
pub mod face;
mod faces;
pub mod matters;
mod past;
pub mod people;
pub mod places;
pub mod registers;
mod sandbox;

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Instant,
};

use anyhow::Context as _;
use tongban_access::Actor;
use tongban_crypto::KeyRing;
use tongban_directory::{builtin_calendar, import::ImportOptions, import_calendar};
use tongban_exchange::register_resource;
use tongban_store::{Clock, FixedClock, Signer, Store, StoreConfig, SystemClock};

use self::{
    departments::{Department, OFFERS},
    people::TryAccount,
    places::City,
};

/// What the demo needs to know of a city that stands.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
pub struct Standing {
    /// Whom one may try.
    pub accounts: Vec<TryAccount>,
    /// Offices that answer for the registers: code of the department system, id and name of the office.
    pub offices: Vec<(String, uuid::Uuid, String)>,
}

impl Standing {
    /// What may rest on disk: numbers of people and firms stand nowhere in plain text, not even invented ones.
    fn without_numbers(&self) -> Self {
        let mut standing = self.clone();
        for account in &mut standing.accounts {
            if account.is_party() {
                account.login.clear();
            }
        }
        standing
    }

    /// Puts the numbers back, which the demo knows by name.
    fn with_numbers(mut self) -> anyhow::Result<Self> {
        for account in &mut self.accounts {
            if account.is_party() {
                account.login = people::number_of(&account.label)?;
            }
        }
        Ok(self)
    }
}

const STANDING: &str = "demo.json";
/// The address of department systems before the city is opened: nobody listens there.
const NOT_OPENED: &str = "http://127.0.0.1:9";

/// Makes sure that a city stands in the folder; builds one where there is none.
pub async fn ensure(folder: &Path) -> anyhow::Result<Standing> {
    let file = folder.join(STANDING);
    if file.is_file() {
        let text =
            std::fs::read_to_string(&file).with_context(|| format!("{} cannot be read", file.display()))?;
        let standing: Standing =
            serde_json::from_str(&text).with_context(|| format!("{} is not readable", file.display()))?;
        return standing.with_numbers();
    }
    if folder.is_dir() && std::fs::read_dir(folder)?.next().is_some() {
        anyhow::bail!(
            "{} holds something that is no demo city; name another folder with --data-dir",
            folder.display()
        );
    }
    let began = Instant::now();
    let beside = beside(folder);
    if beside.exists() {
        // What a run that was cut off left behind; nobody has used it.
        std::fs::remove_dir_all(&beside)
            .with_context(|| format!("{} cannot be removed", beside.display()))?;
    }
    let config = StoreConfig::in_folder(&beside);
    let standing = build(&config, Arc::new(SystemClock))
        .await
        .context("the demo city could not be built")?;
    std::fs::write(
        beside.join(STANDING),
        serde_json::to_string_pretty(&standing.without_numbers())?,
    )?;
    if folder.is_dir() {
        std::fs::remove_dir(folder)?;
    }
    std::fs::rename(&beside, folder)
        .with_context(|| format!("{} cannot be moved into place", beside.display()))?;
    tracing::info!(milliseconds = began.elapsed().as_millis(), "the demo city stands");
    Ok(standing)
}

fn beside(folder: &Path) -> PathBuf {
    let mut name = folder.file_name().unwrap_or_default().to_os_string();
    name.push(".building");
    folder.with_file_name(name)
}

/// Builds the city in an empty database, with some weeks that it has lived through; the keys lie in the data folder.
pub async fn build(config: &StoreConfig, clock: Arc<dyn Clock>) -> anyhow::Result<Standing> {
    let keys = KeyRing::load_or_create(&config.data_dir.join("keys"))?;
    let now = clock.now();
    let clock = Arc::new(FixedClock::new(past::founded(now)));
    let store = Store::open(config, keys, Arc::<FixedClock>::clone(&clock)).await?;
    store.migrate(crate::migrations::all()).await?;
    let (city, standing) = found(&store).await?;
    past::live(&store, &clock, now, &city, &standing).await?;
    store.close().await?;
    Ok(standing)
}

/// Puts the city into an empty, migrated database: places, people and matters, and nothing that has happened yet.
pub async fn furnish(store: &Store) -> anyhow::Result<Standing> {
    Ok(found(store).await?.1)
}

async fn found(store: &Store) -> anyhow::Result<(City, Standing)> {
    import_calendar(
        store,
        &Actor::System,
        &builtin_calendar()?,
        &ImportOptions::silent(),
    )
    .await?;
    let city = places::build(store).await?;
    let neighbour = places::neighbour(store).await?;
    let accounts = people::build(store, &city, &neighbour).await?;
    let standing = Standing {
        accounts,
        offices: offices(&city)?,
    };
    // Matters name only registers that the directory has. Where their systems listen is entered anew whenever the city is opened.
    register_resources(store, &standing, NOT_OPENED, &store.random_code()).await?;
    sandbox::register(store).await?;
    let types = matters::licence_types(store, &city).await?;
    matters::items(store, &city, &types).await?;
    matters::of_neighbour(store, &neighbour).await?;
    matters::held_licences(store, &city, &types).await?;
    matters::expiring_licence(store, &city, &types).await?;
    Ok((city, standing))
}

/// Which office answers for which register.
fn offices(city: &City) -> anyhow::Result<Vec<(String, uuid::Uuid, String)>> {
    let office_of = |department| match department {
        Department::Population => "公安局",
        Department::Enterprises => "市场监督管理局",
        Department::CivilAffairs => "民政局",
        Department::SocialInsurance => "人力资源和社会保障局",
        Department::Property => "自然资源局",
    };
    OFFERS
        .iter()
        .map(|offer| {
            let office = city.office(office_of(offer.department))?;
            Ok((offer.code.to_owned(), office.id, office.name.clone()))
        })
        .collect()
}

/// Enters the department systems into the exchange's directory, at the port they listen on this time.
pub async fn register_resources(
    store: &Store,
    standing: &Standing,
    base: &str,
    secret: &str,
) -> anyhow::Result<()> {
    for offer in &OFFERS {
        let (_, id, name) = standing
            .offices
            .iter()
            .find(|(code, ..)| code == offer.code)
            .with_context(|| format!("no office answers for {}", offer.code))?;
        let entry = offer.entry(base, *id, name);
        let secret = secret.to_owned();
        store
            .write(Signer::system(), move |tx| {
                let (entry, secret) = (entry.clone(), secret.clone());
                async move { register_resource(&tx, &Actor::System, entry, &secret).await }
            })
            .await?;
    }
    Ok(())
}
