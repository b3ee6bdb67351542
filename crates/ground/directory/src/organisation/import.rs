//! Imports a list of organisations.
//!
//! Columns: `code` (also `uscc`, `org_code`, `most_common_valid_uscc`, `统一社会信用代码`; where it is empty, the first of
//! `all_org_codes`), `name` (also `department`, `名称`, `部门名称`), `short_name`, `phone`, `address`, `region` (also
//! `region_code`, `区划代码`; a list without it needs a region for the whole file).

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use tongban_access::Actor;
use tongban_codes::{RegionCode, Uscc};
use tongban_store::Store;
use uuid::Uuid;

use super::{
    domain::{Organisation, normal_code},
    query,
};
use crate::{
    Error,
    import::{
        Cells, Finding, ImportOptions, ImportReport, Judgement, ListKind, RowFate, Source, SourceRow, Stage,
        outside, stage_rows,
    },
    region,
};

/// The list as an upload is looked over for it.
pub const ORGANISATIONS: ListKind = ListKind {
    kind: "organisations",
    needs: &[&[CODE, OTHER_CODES], &[NAME]],
};

const CODE: &[&str] = &[
    "uscc",
    "code",
    "org_code",
    "most_common_valid_uscc",
    "统一社会信用代码",
    "机构代码",
    "单位代码",
];
const OTHER_CODES: &[&str] = &["all_org_codes"];
const NAME: &[&str] = &["name", "department", "org_name", "名称", "部门名称", "单位名称"];
const SHORT_NAME: &[&str] = &["short_name", "简称"];
const PHONE: &[&str] = &["phone", "电话", "联系电话"];
const ADDRESS: &[&str] = &["address", "地址", "办公地址"];
const REGION: &[&str] = &["region_code", "region", "区划代码", "行政区划代码"];

/// Imports organisations. `region` stands for rows that name none. What is there under the same region and code is updated;
/// a cell that the list leaves empty keeps what is there; nothing is deleted. Staff import for their own region.
pub async fn import_organisations(
    store: &Store,
    actor: &Actor,
    source: &Source,
    region: Option<&RegionCode>,
    options: &ImportOptions<'_>,
) -> Result<ImportReport, Error> {
    let region = Arc::new(region.cloned());
    let by = Arc::new(actor.clone());
    stage_rows(
        store,
        actor,
        ORGANISATIONS.kind,
        source,
        options,
        Seen::default(),
        move |stage, rows, seen| {
            let (region, by) = (Arc::clone(&region), Arc::clone(&by));
            async move { judge_stage(&stage, &by, &rows, region.as_ref().as_ref(), seen).await }
        },
    )
    .await
}

#[derive(Debug, Clone, Default)]
struct Seen {
    keys: HashSet<(RegionCode, String)>,
    /// Regions that this run has made, or in a dry run would have made.
    regions: HashSet<RegionCode>,
}

async fn judge_stage(
    stage: &Stage,
    by: &Actor,
    rows: &[SourceRow],
    default: Option<&RegionCode>,
    mut seen: Seen,
) -> Result<(Vec<RowFate>, Seen), Error> {
    let read: Vec<_> = rows
        .iter()
        .map(|row| {
            (
                row,
                row.cells
                    .as_ref()
                    .map_err(Clone::clone)
                    .and_then(|cells| read(cells, default))
                    .and_then(|read| match outside(by, &read.region, "region") {
                        Some(reason) => Err(reason),
                        None => Ok(read),
                    }),
            )
        })
        .collect();
    let wanted: HashSet<String> = read
        .iter()
        .filter_map(|(_, read)| read.as_ref().ok())
        .map(|read| read.region.as_str().to_owned())
        .collect();
    let regions = region::query::staged(stage, wanted.iter().map(String::as_str)).await?;
    let mut known: HashMap<(RegionCode, String), Organisation> =
        query::staged(stage, wanted.iter().map(String::as_str))
            .await?
            .into_iter()
            .map(|organisation| {
                (
                    (organisation.region.clone(), organisation.code.clone()),
                    organisation,
                )
            })
            .collect();
    let mut fates = Vec::with_capacity(rows.len());
    let mut inserts = Vec::new();
    for (row, read) in read {
        let read = match read {
            Err(reason) => {
                fates.push(RowFate::refused(row.line, row.key(CODE), vec![reason]));
                continue;
            }
            Ok(read) => read,
        };
        let key = (read.region.clone(), read.code.clone());
        if !seen.keys.insert(key.clone()) {
            let twice = Finding::new("import.key_twice", "code", "an earlier row has the same code")
                .with("key", &read.code);
            fates.push(RowFate::refused(row.line, read.code, vec![twice]));
            continue;
        }
        let mut judgement = Judgement::default();
        if let Err(error) = Uscc::parse(&read.code) {
            judgement.warn(
                Finding::new(
                    "organisation.code_invalid",
                    "code",
                    "the code is not a valid unified social credit code; kept as written",
                )
                .with("reason", error.code()),
            );
        }
        if !regions.contains_key(read.region.as_str()) && seen.regions.insert(read.region.clone()) {
            judgement.warn(
                Finding::new(
                    "region.made",
                    "region",
                    "the region was not in the directory; a placeholder was made",
                )
                .with("region", read.region.as_str()),
            );
            if let Some(tx) = stage.tx() {
                region::ensure::ensure_region(tx, &read.region, None).await?;
            }
        }
        let code = read.code.clone();
        let changed = match known.remove(&key) {
            Some(old) => {
                let new = read.over(&old);
                let changed = new != old;
                if changed && let Some(tx) = stage.tx() {
                    query::update(tx, &new).await?;
                }
                changed
            }
            None => {
                if let Some(tx) = stage.tx() {
                    inserts.push(read.into_organisation(tx.new_id()));
                }
                true
            }
        };
        fates.push(judgement.fate(row.line, code, changed));
    }
    if let Some(tx) = stage.tx() {
        query::insert(tx, &inserts).await?;
    }
    Ok((fates, seen))
}

struct ReadOrganisation {
    region: RegionCode,
    code: String,
    name: String,
    short_name: Option<String>,
    phone: Option<String>,
    address: Option<String>,
}

fn read(cells: &Cells, default: Option<&RegionCode>) -> Result<ReadOrganisation, Finding> {
    let name = cells
        .text(NAME)
        .ok_or_else(|| Finding::missing("organisation.name_missing", "name"))?;
    let code = cells
        .text(CODE)
        .or_else(|| Some(cells.text(OTHER_CODES)?.split('|').next()?.to_owned()))
        .map(|code| normal_code(&code))
        .filter(|code| !code.is_empty())
        .ok_or_else(|| Finding::missing("organisation.code_missing", "code"))?;
    let region = match cells.text(REGION) {
        Some(text) => RegionCode::parse_lenient(&text).map_err(|error| Finding::of_code("region", &error))?,
        None => default
            .cloned()
            .ok_or_else(|| Finding::missing("organisation.region_missing", "region"))?,
    };
    Ok(ReadOrganisation {
        region,
        code,
        name,
        short_name: cells.text(SHORT_NAME),
        phone: cells.text(PHONE),
        address: cells.text(ADDRESS),
    })
}

impl ReadOrganisation {
    fn over(self, old: &Organisation) -> Organisation {
        let old = old.clone();
        Organisation {
            name: self.name,
            short_name: self.short_name.or(old.short_name),
            phone: self.phone.or(old.phone),
            address: self.address.or(old.address),
            placeholder: false,
            ..old
        }
    }

    fn into_organisation(self, id: Uuid) -> Organisation {
        Organisation {
            id,
            code: self.code,
            name: self.name,
            short_name: self.short_name,
            region: self.region,
            phone: self.phone,
            address: self.address,
            placeholder: false,
        }
    }
}
