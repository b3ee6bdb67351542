//! Imports a list of regions.
//!
//! Columns: `code` (also `code12`, `region_code`, `区划代码`), `name` (also `名称`, `区划名称`), and, only to be compared with
//! what the code itself says, `level` and `parent` (also `parent_code12`, `parent_code`).

use std::{collections::HashSet, sync::Arc};

use tongban_access::Actor;
use tongban_codes::RegionCode;
use tongban_store::Store;

use super::{domain::Region, query};
use crate::{
    Error,
    import::{
        Cells, Finding, ImportOptions, ImportReport, Judgement, ListKind, RowFate, Source, SourceRow, Stage,
        outside, stage_rows,
    },
};

/// The list as an upload is looked over for it.
pub const REGIONS: ListKind = ListKind {
    kind: "regions",
    needs: &[&[CODE], &[NAME]],
};

const CODE: &[&str] = &["code12", "region_code", "code", "区划代码", "行政区划代码"];
const NAME: &[&str] = &["name", "region_name", "名称", "区划名称"];
const LEVEL: &[&str] = &["level", "级别"];
const PARENT: &[&str] = &["parent_code12", "parent_code", "parent", "上级代码"];

/// Imports regions. What is there under the same code gets the new name; nothing is deleted. Staff import for their own region.
pub async fn import_regions(
    store: &Store,
    actor: &Actor,
    source: &Source,
    options: &ImportOptions<'_>,
) -> Result<ImportReport, Error> {
    // A child may stand before its parent, so what the file holds is known beforehand.
    let listed: HashSet<String> = source
        .rows
        .iter()
        .filter_map(|row| row.cells.as_ref().ok())
        .filter_map(|cells| cells.text(CODE))
        .collect();
    let listed = Arc::new(listed);
    let by = Arc::new(actor.clone());
    stage_rows(
        store,
        actor,
        REGIONS.kind,
        source,
        options,
        HashSet::new(),
        move |stage, rows, seen| {
            let (listed, by) = (Arc::clone(&listed), Arc::clone(&by));
            async move { judge_stage(&stage, &by, &rows, &listed, seen).await }
        },
    )
    .await
}

async fn judge_stage(
    stage: &Stage,
    by: &Actor,
    rows: &[SourceRow],
    listed: &HashSet<String>,
    mut seen: HashSet<String>,
) -> Result<(Vec<RowFate>, HashSet<String>), Error> {
    let read: Vec<_> = rows
        .iter()
        .map(|row| {
            let read = row.cells.as_ref().map_err(Clone::clone).and_then(read);
            let read = read.and_then(|read| match outside(by, &read.code, "code") {
                Some(reason) => Err(reason),
                None => Ok(read),
            });
            (row, read)
        })
        .collect();
    let wanted: HashSet<String> = read
        .iter()
        .filter_map(|(_, read)| read.as_ref().ok())
        .flat_map(|read| std::iter::once(read.code.clone()).chain(read.code.parent()))
        .map(|code| code.as_str().to_owned())
        .collect();
    let known = query::staged(stage, wanted.iter().map(String::as_str)).await?;
    let mut fates = Vec::with_capacity(rows.len());
    let mut writes = Vec::new();
    for (row, read) in read {
        let fate = match read {
            Err(reason) => RowFate::refused(row.line, row.key(CODE), vec![reason]),
            Ok(read) => {
                let key = read.code.as_str().to_owned();
                if !seen.insert(key.clone()) {
                    fates.push(RowFate::refused(row.line, key, vec![twice(&read)]));
                    continue;
                }
                let mut judgement = Judgement::default();
                read.compare(&mut judgement);
                if let Some(parent) = read.code.parent()
                    && !listed.contains(parent.as_str())
                    && !known.contains_key(parent.as_str())
                {
                    judgement.warn(
                        Finding::new(
                            "region.parent_unknown",
                            "parent",
                            "the region it lies in is not in the directory",
                        )
                        .with("parent", parent.as_str()),
                    );
                }
                let changed = known
                    .get(&key)
                    .is_none_or(|region| region.placeholder || region.name != read.name);
                if changed {
                    writes.push(read.into_region());
                }
                judgement.fate(row.line, key, changed)
            }
        };
        fates.push(fate);
    }
    if let Some(tx) = stage.tx() {
        query::save(tx, &writes).await?;
    }
    Ok((fates, seen))
}

struct ReadRegion {
    code: RegionCode,
    name: String,
    level: Option<String>,
    parent: Option<String>,
}

fn read(cells: &Cells) -> Result<ReadRegion, Finding> {
    let code = cells
        .text(CODE)
        .ok_or_else(|| Finding::missing("region.code_missing", "code"))?;
    let code = RegionCode::parse_lenient(&code).map_err(|error| Finding::of_code("code", &error))?;
    let name = cells
        .text(NAME)
        .ok_or_else(|| Finding::missing("region.name_missing", "name"))?;
    Ok(ReadRegion {
        code,
        name,
        level: cells.text(LEVEL),
        parent: cells.text(PARENT),
    })
}

impl ReadRegion {
    /// Level and parent follow from the code; a list that says otherwise is believed in its code.
    fn compare(&self, judgement: &mut Judgement) {
        let level = self.code.level();
        if let Some(given) = &self.level
            && given != level.as_str()
            && given != level.chinese_name()
        {
            judgement.warn(
                Finding::new(
                    "region.level_differs",
                    "level",
                    "the level is not the one that the code says",
                )
                .with("given", given)
                .with("level", level.as_str()),
            );
        }
        let parent = self.code.parent();
        let given = self
            .parent
            .as_deref()
            .filter(|given| given.bytes().any(|digit| digit != b'0'));
        if let Some(given) = given
            && parent.as_ref().map(RegionCode::as_str) != Some(given)
        {
            judgement.warn(
                Finding::new(
                    "region.parent_differs",
                    "parent",
                    "the parent is not the one that the code says",
                )
                .with("given", given),
            );
        }
    }

    fn into_region(self) -> Region {
        Region {
            level: self.code.level(),
            parent: self.code.parent(),
            code: self.code,
            name: self.name,
            placeholder: false,
        }
    }
}

fn twice(read: &ReadRegion) -> Finding {
    Finding::new("import.key_twice", "code", "an earlier row has the same code")
        .with("key", read.code.as_str())
}
