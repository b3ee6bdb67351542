//! The invented places and offices. Their codes lie in regions that nobody was given.

use std::collections::BTreeMap;

use anyhow::Context as _;
use tongban_codes::{OrganisationCode, RegionCode, Uscc};
use tongban_directory::{NewOrganisation, ensure_organisation, ensure_region};
use tongban_store::{Signer, Store};
use uuid::Uuid;

/// The city itself.
pub const CITY: &str = "519900000000";
/// The city beside it.
const NEIGHBOUR: &str = "519800000000";

const REGIONS: [(&str, &str); 9] = [
    (CITY, "示范市"),
    ("519901000000", "一县"),
    ("519901001000", "政通街道"),
    ("519901001001", "便民社区"),
    ("519901100000", "青石镇"),
    ("519901100200", "青石村"),
    ("519902000000", "二县"),
    ("519902100000", "白水镇"),
    (NEIGHBOUR, "邻城市"),
];

/// The departments of the city: name and the eight digits of the organisation code without its check digit.
const DEPARTMENTS: [(&str, &str); 9] = [
    ("政务服务中心", "00990001"),
    ("公安局", "00990002"),
    ("民政局", "00990003"),
    ("人力资源和社会保障局", "00990004"),
    ("市场监督管理局", "00990005"),
    ("卫生健康委员会", "00990006"),
    ("自然资源局", "00990007"),
    ("住房和城乡建设局", "00990008"),
    ("行政审批局", "00990009"),
];

/// The offices of the neighbour city.
const OF_NEIGHBOUR: [(&str, &str); 2] = [("政务服务中心", "00980001"), ("公安局", "00980002")];

/// One office of the demo.
#[derive(Debug, Clone)]
pub struct Office {
    pub id: Uuid,
    /// 示范市公安局
    pub name: String,
    pub code: Uscc,
}

/// The city after its places and offices stand.
#[derive(Debug, Clone)]
pub struct City {
    pub region: RegionCode,
    offices: BTreeMap<String, Office>,
}

impl City {
    /// An office by the short name that the demo's lists use, such as 公安局.
    pub fn office(&self, short: &str) -> anyhow::Result<&Office> {
        self.offices
            .get(short)
            .with_context(|| format!("the demo has no office {short}"))
    }
}

/// Makes regions and offices.
pub async fn build(store: &Store) -> anyhow::Result<City> {
    for (code, name) in REGIONS {
        let code = RegionCode::parse(code)?;
        store
            .write(Signer::system(), move |tx| {
                let code = code.clone();
                async move { ensure_region(&tx, &code, Some(name)).await }
            })
            .await?;
    }
    let (phone, address) = ("0000-12340001", "示范市一县政通路 1 号");
    with_offices(store, CITY, "示范市", &DEPARTMENTS, phone, address).await
}

/// Makes the offices of the neighbour city, whose region stands already.
pub async fn neighbour(store: &Store) -> anyhow::Result<City> {
    let (phone, address) = ("0000-56780001", "邻城市和平路 1 号");
    with_offices(store, NEIGHBOUR, "邻城市", &OF_NEIGHBOUR, phone, address).await
}

async fn with_offices(
    store: &Store,
    region: &str,
    city: &str,
    departments: &[(&str, &str)],
    phone: &str,
    address: &str,
) -> anyhow::Result<City> {
    let region = RegionCode::parse(region)?;
    let mut offices = BTreeMap::new();
    for (short, body) in departments {
        let code = Uscc::generate('1', '1', region.short(), &OrganisationCode::generate(body)?)?;
        let name = format!("{city}{short}");
        let new = NewOrganisation {
            region: region.clone(),
            code: code.as_str().to_owned(),
            name: name.clone(),
            short_name: Some((*short).to_owned()),
            phone: Some(phone.to_owned()),
            address: Some(address.to_owned()),
            placeholder: false,
        };
        let (id, _made) = store
            .write(Signer::system(), move |tx| {
                let new = new.clone();
                async move { ensure_organisation(&tx, new).await }
            })
            .await?;
        offices.insert((*short).to_owned(), Office { id, name, code });
    }
    Ok(City { region, offices })
}
