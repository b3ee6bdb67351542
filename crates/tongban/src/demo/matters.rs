//! The matters and licence types of the demo city, and the licences that its people already hold.

use std::collections::BTreeMap;

use anyhow::Context as _;
use chrono::Days;
use serde::Deserialize;
use serde_json::{Map, Value};
use tongban_access::{Actor, PartyKind};
use tongban_catalogue::{
    AttachFile, DraftVersion, FilePlace, ItemContent, NewFile, Place, PublishVersion, attach_file,
    draft_version, publish_version,
};
use tongban_codes::{LicenceTypeCode, civil::beijing_date};
use tongban_licences::{FieldDef, IssueLicence, LicenceType, issue, register_licence_type};
use tongban_store::{Signer, Store};

use super::{
    people::firms,
    places::{City, Office},
};

const ITEMS: &str = include_str!("city/items.json");
const TYPES: &str = include_str!("city/licence_types.json");

/// The blank form of a matter of the demo and its filled sample: matter, material, place, name, content.
type OwnFile = (
    &'static str,
    &'static str,
    fn(String) -> FilePlace,
    &'static str,
    &'static [u8],
);
const FILES: [OwnFile; 2] = [
    (
        "510711110000",
        "report",
        FilePlace::Blank,
        "残疾评定表（空白）.pdf",
        include_bytes!("city/report_blank.pdf"),
    ),
    (
        "510711110000",
        "report",
        FilePlace::Example,
        "残疾评定表（填写示例）.pdf",
        include_bytes!("city/report_example.pdf"),
    ),
];

/// Matters that the neighbour city offers too: both of its police, both without a licence at their end.
const OF_NEIGHBOUR: [&str; 2] = ["510709102000", "512009105000"];
/// From the founding of the city to the last day of the permit that can be renewed.
const RUNS_OUT_AFTER: Days = Days::new(110);

#[derive(Deserialize)]
struct TypeEntry {
    key: String,
    name: String,
    organisation: String,
    holder: PartyKind,
    fields: Vec<FieldDef>,
}

/// The demo's list of matters: what most of them share stands once.
#[derive(Deserialize)]
struct ItemList {
    /// Elements of a matter that says nothing else.
    defaults: Map<String, Value>,
    /// Fields that begin the form of a group of matters, such as name, number and telephone.
    groups: BTreeMap<String, Map<String, Value>>,
    /// Which of them need not be filled: not everybody has a telephone.
    optional: BTreeMap<String, Vec<String>>,
    items: Vec<ItemEntry>,
}

#[derive(Deserialize)]
struct ItemEntry {
    /// The twelve digits of the basic code.
    basic: String,
    organisation: String,
    group: String,
    content: Map<String, Value>,
}

/// The whole content of a matter: its own words, the shared ones where it has none, its group's fields first.
fn whole(list: &ItemList, entry: &ItemEntry) -> anyhow::Result<Value> {
    let group = list
        .groups
        .get(&entry.group)
        .with_context(|| format!("the demo has no group {}", entry.group))?;
    let mut content = list.defaults.clone();
    content.extend(entry.content.clone());
    let form = content
        .get_mut("form")
        .and_then(Value::as_object_mut)
        .context("a matter without a form")?;
    let mut properties = group.clone();
    let optional = list
        .optional
        .get(&entry.group)
        .map(Vec::as_slice)
        .unwrap_or_default();
    let mut required: Vec<Value> = group
        .keys()
        .filter(|field| !optional.contains(field))
        .cloned()
        .map(Value::String)
        .collect();
    if let Some(Value::Object(own)) = form.remove("properties") {
        properties.extend(own);
    }
    if let Some(Value::Array(own)) = form.remove("required") {
        required.extend(own);
    }
    form.insert("properties".to_owned(), Value::Object(properties));
    form.insert("required".to_owned(), Value::Array(required));
    Ok(Value::Object(content))
}

/// Type codes by the keys of the demo's lists.
pub type TypeCodes = BTreeMap<String, String>;

/// Registers the licence types.
pub async fn licence_types(store: &Store, city: &City) -> anyhow::Result<TypeCodes> {
    let entries: Vec<TypeEntry> = serde_json::from_str(TYPES).context("the demo's licence types")?;
    let mut codes = TypeCodes::new();
    let mut numbers: BTreeMap<String, u16> = BTreeMap::new();
    for entry in entries {
        let office = city.office(&entry.organisation)?;
        let number = numbers.entry(entry.organisation.clone()).or_default();
        *number += 1;
        let code = LicenceTypeCode::new(&office.code, *number)?;
        let new = LicenceType {
            code: code.as_str().to_owned(),
            name: entry.name,
            definer_name: office.name.clone(),
            definer_code: office.code.as_str().to_owned(),
            fields: entry.fields,
            holder: entry.holder,
            invented: true,
        };
        store
            .write(Signer::system(), move |tx| {
                let new = new.clone();
                async move { register_licence_type(&tx, &Actor::System, new).await }
            })
            .await?;
        codes.insert(entry.key, code.as_str().to_owned());
    }
    Ok(codes)
}

/// Writes and publishes the matters. They pass the same lint as anybody's.
pub async fn items(store: &Store, city: &City, types: &TypeCodes) -> anyhow::Result<usize> {
    let list: ItemList = serde_json::from_str(ITEMS).context("the demo's matters")?;
    for entry in &list.items {
        let mut content = whole(&list, entry)?;
        fill_type_codes(&mut content, types)?;
        let content: ItemContent =
            serde_json::from_value(content).with_context(|| format!("the matter {}", entry.basic))?;
        let office = city.office(&entry.organisation)?;
        publish(store, city, office, &entry.basic, content).await?;
    }
    Ok(list.items.len())
}

/// Some matters of the city, offered by the neighbour city at its own hall.
pub async fn of_neighbour(store: &Store, neighbour: &City) -> anyhow::Result<()> {
    let list: ItemList = serde_json::from_str(ITEMS).context("the demo's matters")?;
    for basic in OF_NEIGHBOUR {
        let entry = list
            .items
            .iter()
            .find(|entry| entry.basic == basic)
            .with_context(|| format!("the demo has no matter {basic}"))?;
        let mut content: ItemContent = serde_json::from_value(whole(&list, entry)?)
            .with_context(|| format!("the matter {basic} of the neighbour"))?;
        content.places = vec![Place {
            name: "邻城市政务服务中心".to_owned(),
            address: "邻城市和平路 1 号".to_owned(),
            hours: "工作日 8:30–17:30".to_owned(),
            phone: "0000-56780001".to_owned(),
            counters: vec!["1 号窗口：综合受理".to_owned(), "2 号窗口：户籍".to_owned()],
        }];
        content.consult_phone = Some("0000-56780001".to_owned());
        content.complaint_phone = Some("0000-56780002".to_owned());
        let office = neighbour.office(&entry.organisation)?;
        publish(store, neighbour, office, basic, content).await?;
    }
    Ok(())
}

async fn publish(
    store: &Store,
    city: &City,
    office: &Office,
    basic: &str,
    mut content: ItemContent,
) -> anyhow::Result<()> {
    content.department.clone_from(&office.name);
    let name = content.name.clone();
    let draft = DraftVersion {
        item: None,
        code: item_code(office, basic),
        region: city.region.clone(),
        organisation: office.id,
        content,
        effective_from: None,
        expected: None,
    };
    let mut files = Vec::new();
    for (_, material, place, name, bytes) in FILES.iter().filter(|file| file.0 == basic) {
        let file = NewFile {
            blob: store.blobs().put(bytes).await?,
            name: (*name).to_owned(),
            media: "application/pdf".to_owned(),
            bytes: bytes.len() as u64,
        };
        files.push((place((*material).to_owned()), file));
    }
    store
        .write(Signer::system(), move |tx| {
            let (draft, files) = (draft.clone(), files.clone());
            async move {
                let mut drafted = draft_version(&tx, &Actor::System, draft).await?;
                for (place, file) in files {
                    let attach = AttachFile {
                        item: drafted.item,
                        expected: drafted.guard,
                        place,
                        file: Some(file),
                    };
                    drafted = attach_file(&tx, &Actor::System, attach).await?;
                }
                let publish = PublishVersion {
                    version: drafted.version,
                    expected: None,
                    effective_from: None,
                    allow_debts: false,
                };
                publish_version(&tx, &Actor::System, publish).await
            }
        })
        .await
        .with_context(|| format!("the matter {name} of {}", office.name))?;
    Ok(())
}

/// 实施编码: the office, the level (3: a city), the basic code.
pub fn item_code(office: &Office, basic: &str) -> String {
    format!("{}3{basic}", office.code.as_str())
}

/// Replaces `$key` by the type code of that key, wherever a licence type stands.
fn fill_type_codes(value: &mut Value, types: &TypeCodes) -> anyhow::Result<()> {
    match value {
        Value::String(text) => {
            if let Some(key) = text.strip_prefix('$') {
                *text = types
                    .get(key)
                    .with_context(|| format!("the demo has no licence type {key}"))?
                    .clone();
            }
        }
        Value::Array(items) => {
            for item in items {
                fill_type_codes(item, types)?;
            }
        }
        Value::Object(fields) => {
            for (_, field) in fields.iter_mut() {
                fill_type_codes(field, types)?;
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
    Ok(())
}

/// Every firm holds its business licence.
pub async fn held_licences(store: &Store, city: &City, types: &TypeCodes) -> anyhow::Result<()> {
    let office = city.office("市场监督管理局")?;
    let type_code = types
        .get("business")
        .context("the demo has no business licence")?;
    for firm in firms()? {
        let fields = [
            ("representative", firm.representative),
            ("address", firm.address),
            ("scope", firm.scope),
        ];
        let fields: Map<String, Value> = fields
            .into_iter()
            .map(|(key, value)| (key.to_owned(), Value::String(value.to_owned())))
            .collect();
        let new = IssueLicence {
            type_code: type_code.clone(),
            holder_kind: PartyKind::Enterprise,
            holder_name: firm.name.to_owned(),
            holder_number: firm.code.as_str().to_owned(),
            issuer: office.id,
            issuer_name: office.name.clone(),
            issuer_code: office.code.as_str().to_owned(),
            region: city.region.clone(),
            issued_on: beijing_date(store.now()),
            valid_from: beijing_date(store.now()),
            valid_to: None,
            fields,
            item_name: None,
            item_code: None,
            item: None,
            case_number: None,
        };
        hold(store, new).await?;
    }
    Ok(())
}

/// The first firm holds a permit that runs out some weeks after the city is opened, for who wants to walk a renewal (延续).
pub async fn expiring_licence(store: &Store, city: &City, types: &TypeCodes) -> anyhow::Result<()> {
    let office = city.office("卫生健康委员会")?;
    let firm = firms()?.into_iter().next().context("the demo has no firm")?;
    let founded = beijing_date(store.now());
    let valid_to = founded
        .checked_add_days(RUNS_OUT_AFTER)
        .context("the last day of a permit of the demo")?;
    let fields = [
        ("place", firm.address),
        ("kind", "其他"),
        ("representative", firm.representative),
    ];
    let new = IssueLicence {
        type_code: types
            .get("hygiene")
            .context("the demo has no hygiene permit")?
            .clone(),
        holder_kind: PartyKind::Enterprise,
        holder_name: firm.name.to_owned(),
        holder_number: firm.code.as_str().to_owned(),
        issuer: office.id,
        issuer_name: office.name.clone(),
        issuer_code: office.code.as_str().to_owned(),
        region: city.region.clone(),
        issued_on: founded,
        valid_from: founded,
        valid_to: Some(valid_to),
        fields: fields
            .into_iter()
            .map(|(key, value)| (key.to_owned(), Value::String(value.to_owned())))
            .collect(),
        item_name: Some("公共场所卫生许可（新办）".to_owned()),
        item_code: None,
        item: None,
        case_number: None,
    };
    hold(store, new).await
}

async fn hold(store: &Store, new: IssueLicence) -> anyhow::Result<()> {
    store
        .write(Signer::system(), move |tx| {
            let new = new.clone();
            async move { issue(&tx, new).await }
        })
        .await?;
    Ok(())
}
