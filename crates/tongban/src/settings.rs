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
use tongban_codes::RegionCode;
use tongban_identity::{Proof, RealNameRules};
use tongban_mandates::{MandateRules, RepresentationRules};
use tongban_store::StoreConfig;
use tongban_upstream::UpstreamSetting;

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
    /// By what the real-name check of persons goes.
    pub real_name: RealName,
    /// By what the legal representative of a firm is found.
    pub representation: Representation,
    /// Limits of mandates: agents of firms, family and guardians of persons.
    pub mandates: Mandates,
    /// Address of the gateway of a provider of face checks; empty: nobody looks at faces. The little protocol is in the
    /// README of the room of identity.
    pub face_gateway: String,
    /// Where the pages of that provider are, to which people are sent; empty: beside the gateway.
    pub face_pages: String,
    /// What the gateway is shown as a bearer token. From the environment (`TONGBAN_FACE_SECRET`) rather than from the file.
    pub face_secret: Secret,
    /// A file that holds it instead.
    pub face_secret_file: Option<PathBuf>,
    /// Platforms of others that sign residents in, in the order of their buttons.
    pub upstream: Vec<UpstreamSetting>,
    /// Where `/metrics` listens; absent: nowhere. An address that only the watcher reaches.
    pub metrics_listen: Option<SocketAddr>,
}

/// By what the real-name check goes: the register that knows the names, and the proofs of which a person chooses one.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RealName {
    /// The resource of the exchange that knows the name of a citizen number.
    pub register: String,
    /// The name of that fact there.
    pub name_field: String,
    /// The organisation that runs the platform, in words; empty: the place.
    pub organisation: String,
    /// One of these beside phone and number. None: name and number are enough here.
    pub proofs: Vec<ProofSetting>,
}

/// One further proof; its label is the text `proof-WORD`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProofSetting {
    pub word: String,
    pub resource: String,
    pub field: String,
}

/// By what the legal representative of a firm is found: the register of enterprises, and what its facts are called there.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Representation {
    /// The resource of the exchange that knows a firm by its code.
    pub register: String,
    /// The name of the firm there.
    pub name_field: String,
    /// The name of its legal representative.
    pub representative_field: String,
    /// The citizen number of the legal representative.
    pub number_field: String,
    /// How the firm is registered.
    pub status_field: String,
    /// Words of that under which a firm may act. None: it is not asked.
    pub in_business: Vec<String>,
    /// How many days the register's word holds.
    pub days: u32,
}

impl Default for Representation {
    fn default() -> Self {
        Self {
            register: "enterprises.basic".to_owned(),
            name_field: "name".to_owned(),
            representative_field: "legal_representative".to_owned(),
            number_field: "legal_representative_number".to_owned(),
            status_field: "status".to_owned(),
            in_business: ["存续", "在业", "开业"].map(str::to_owned).to_vec(),
            days: 90,
        }
    }
}

/// Limits of mandates.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Mandates {
    /// How long one may run, in months.
    pub longest_months: u32,
    /// How many agents a person may have at once, and name in a day.
    pub most_of_person: u64,
    /// The same of a firm.
    pub most_of_firm: u64,
}

impl Default for Mandates {
    fn default() -> Self {
        let rules = MandateRules::default();
        Self {
            longest_months: rules.longest_months,
            most_of_person: rules.most_of_person,
            most_of_firm: rules.most_of_firm,
        }
    }
}

impl Mandates {
    /// As the room takes them.
    pub fn rules(&self) -> MandateRules {
        MandateRules {
            longest_months: self.longest_months,
            most_of_person: self.most_of_person,
            most_of_firm: self.most_of_firm,
        }
    }
}

impl Default for RealName {
    fn default() -> Self {
        let proof = |word: &str, resource: &str, field: &str| ProofSetting {
            word: word.to_owned(),
            resource: resource.to_owned(),
            field: field.to_owned(),
        };
        Self {
            register: "population.basic".to_owned(),
            name_field: "name".to_owned(),
            organisation: String::new(),
            proofs: vec![
                proof("insurance_card", "social_insurance.participation", "card"),
                proof("property_certificate", "property.ownership", "certificate"),
                proof("marriage_certificate", "civil_affairs.marriage", "certificate"),
            ],
        }
    }
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
            real_name: RealName::default(),
            representation: Representation::default(),
            mandates: Mandates::default(),
            face_gateway: String::new(),
            face_pages: String::new(),
            face_secret: Secret::default(),
            face_secret_file: None,
            upstream: Vec::new(),
            metrics_listen: None,
        }
    }
}

impl Settings {
    /// What the locality adds to the rules of access: the folder `access` of its overlay, where there is one. The README of the room of
    /// access says what may stand there.
    pub fn access_overlay(&self) -> Option<PathBuf> {
        let folder = self.web.overlay.as_ref()?.join("access");
        folder.is_dir().then_some(folder)
    }

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

    /// The platforms of others in a file and nothing else of it: all that the demo takes from one.
    pub fn upstream_of(file: &Path) -> anyhow::Result<Vec<UpstreamSetting>> {
        Figment::from(Toml::file_exact(file))
            .extract_inner("upstream")
            .with_context(|| format!("the platforms in {}", file.display()))
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
        word(&self.sms_secret, self.sms_secret_file.as_deref())
    }

    /// The word for the gateway of face checks, from its file where one is named.
    pub fn face_word(&self) -> anyhow::Result<Secret> {
        word(&self.face_secret, self.face_secret_file.as_deref())
    }

    /// The rules of the real-name check.
    pub fn real_name_rules(&self) -> anyhow::Result<RealNameRules> {
        let set = &self.real_name;
        Ok(RealNameRules {
            register: set.register.clone(),
            name_field: set.name_field.clone(),
            proofs: set
                .proofs
                .iter()
                .map(|proof| Proof {
                    word: proof.word.clone(),
                    resource: proof.resource.clone(),
                    field: proof.field.clone(),
                })
                .collect(),
            organisation: self.operator(),
            region: RegionCode::parse(&self.region).context("the region in the settings")?,
        })
    }

    /// The organisation that runs the platform, in words.
    fn operator(&self) -> String {
        if self.real_name.organisation.is_empty() {
            format!("{}政务服务平台", self.web.place)
        } else {
            self.real_name.organisation.clone()
        }
    }

    /// By what legal representatives are found.
    pub fn representation_rules(&self) -> anyhow::Result<RepresentationRules> {
        let set = self.representation.clone();
        Ok(RepresentationRules {
            register: set.register,
            name_field: set.name_field,
            representative_field: set.representative_field,
            number_field: set.number_field,
            status_field: set.status_field,
            in_business: set.in_business,
            days: i64::from(set.days),
            organisation: self.operator(),
            region: RegionCode::parse(&self.region).context("the region in the settings")?,
        })
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

/// A word from its file where one is named, else as it stands.
fn word(stands: &Secret, file: Option<&Path>) -> anyhow::Result<Secret> {
    match file {
        None => Ok(stands.clone()),
        Some(file) => {
            let word = std::fs::read_to_string(file)
                .with_context(|| format!("the secret of a gateway in {}", file.display()))?;
            Ok(Secret::from(word.trim().to_owned()))
        }
    }
}
