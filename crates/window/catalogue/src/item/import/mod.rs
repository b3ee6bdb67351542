//! Imports a list of items.
//!
//! A row is compared by digest with the row that made the item's last imported version: the same row again changes nothing, whatever the
//! desk has written since. A changed row makes a new version; where the desk has written or withdrawn the version before, the
//! row waits as a draft for somebody to look at, and where the desk has a draft of its own, the row changes nothing.

mod parts;
mod read_row;
mod resolve;
mod writer;

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use tongban_access::Actor;
use tongban_codes::RegionCode;
use tongban_directory::{
    import::{
        Finding, ImportOptions, ImportPlanned, ImportReport, Judgement, RowFate, Source, SourceRow, Stage,
        outside, perform, stage_rows,
    },
    staged_organisations, staged_regions,
};
use tongban_store::{Message, Store, Worker};

use super::{
    query,
    registered::{Registered, registered_in},
};
use crate::{Error, catalogue::work_error};
pub use read_row::ITEMS;
use read_row::ReadItem;
use resolve::{Preferred, organisation_code};
use writer::Writer;

/// How a list of items is imported.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ItemImport {
    /// Publish what was imported at once and keep the findings as debts; else it waits as drafts.
    pub publish: bool,
}

/// Imports items. Regions and organisations that are not there are made as named placeholders, with a warning. Staff import for their own
/// region.
///
/// # Errors
/// Denied, or a failure of the database. What is wrong with a row is in the report.
pub async fn import_items(
    store: &Store,
    actor: &Actor,
    source: &Source,
    how: ItemImport,
    options: &ImportOptions<'_>,
) -> Result<ImportReport, Error> {
    let list = Arc::new(List::of(source));
    let by = Arc::new(actor.clone());
    stage_rows(
        store,
        actor,
        ITEMS.kind,
        source,
        options,
        Seen::default(),
        move |stage, rows, seen| {
            let (list, by) = (Arc::clone(&list), Arc::clone(&by));
            async move { judge_stage(&stage, &by, &rows, &list, how, seen).await }
        },
    )
    .await
}

/// Gives the worker the lists of items that were uploaded.
#[must_use]
pub fn wire_imports(worker: Worker) -> Worker {
    worker.subscribe_long(
        "catalogue",
        |store: Store, message: Message<ImportPlanned>| async move {
            let done = perform(&store, message.body, ITEMS.kind, |store, task| async move {
                let how = ItemImport {
                    publish: task.publish,
                };
                import_items(&store, &task.actor, &task.source, how, &task.options()).await
            });
            done.await.map_err(work_error)
        },
    )
}

/// What the whole file says, read before the first row is judged.
struct List {
    preferred: Preferred,
    /// Names by region, with the number of rows that use them.
    names: HashMap<(RegionCode, String), usize>,
}

impl List {
    fn of(source: &Source) -> Self {
        let read: Vec<ReadItem> = source
            .rows
            .iter()
            .filter_map(|row| read_row::read(row.cells.as_ref().ok()?).ok())
            .collect();
        let mut names: HashMap<(RegionCode, String), usize> = HashMap::new();
        for row in &read {
            *names
                .entry((row.region.clone(), row.content.name.clone()))
                .or_default() += 1;
        }
        Self {
            preferred: Preferred::of(read.iter()),
            names,
        }
    }

    fn uses_name_twice(&self, row: &ReadItem) -> bool {
        self.names
            .get(&(row.region.clone(), row.content.name.clone()))
            .is_some_and(|rows| *rows > 1)
    }
}

/// What earlier rows of the file have brought.
#[derive(Debug, Clone, Default)]
struct Seen {
    codes: HashSet<String>,
    regions: HashSet<RegionCode>,
    organisations: HashSet<(RegionCode, String)>,
}

async fn judge_stage(
    stage: &Stage,
    by: &Actor,
    rows: &[SourceRow],
    list: &List,
    how: ItemImport,
    mut seen: Seen,
) -> Result<(Vec<RowFate>, Seen), Error> {
    let read: Vec<(u64, String, Result<ReadItem, Vec<Finding>>)> = rows
        .iter()
        .map(|row| match &row.cells {
            Ok(cells) => (row.line, read_row::key(cells), read_row::read(cells)),
            Err(reason) => (row.line, String::new(), Err(vec![reason.clone()])),
        })
        .collect();
    let good = || read.iter().filter_map(|(_, _, read)| read.as_ref().ok());
    let region_codes: HashSet<String> = good().map(|row| row.region.as_str().to_owned()).collect();
    let codes: HashSet<String> = good().map(|row| row.code.clone()).collect();
    let regions = staged_regions(stage, region_codes.iter().map(String::as_str)).await?;
    let known = staged_organisations(stage, region_codes.iter().map(String::as_str)).await?;
    let items = query::staged(stage, codes.iter().map(String::as_str)).await?;
    let registered = match stage.tx() {
        Some(tx) if how.publish => registered_in(tx, good().map(|row| &row.content)).await?,
        // what is not published keeps no debts
        _ => Registered::default(),
    };
    let mut writer = Writer::new(stage, how, &known, registered);
    let mut fates = Vec::with_capacity(rows.len());
    for (line, key, read) in read {
        let read = read.and_then(|row| match outside(by, &row.region, "region_code") {
            Some(reason) => Err(vec![reason]),
            None => Ok(row),
        });
        let mut row = match read {
            Ok(row) => row,
            Err(reasons) => {
                fates.push(RowFate::refused(line, key, reasons));
                continue;
            }
        };
        let code = row.code.clone();
        let found = items.get(&code);
        let mut judgement = Judgement::default();
        if !seen.codes.insert(code.clone()) {
            judgement.refuse(Finding::new(
                "import.key_twice",
                "code",
                "an earlier row has the same code",
            ));
        } else if let Some(found) = found
            && found.region != row.region.as_str()
        {
            judgement.refuse(
                Finding::new(
                    "item.code_of_other_region",
                    "region_code",
                    "an item of another region has this code",
                )
                .with("region", &found.region),
            );
        }
        if judgement.refuses() {
            fates.push(judgement.fate(line, code, false));
            continue;
        }
        let (organisation, said) = organisation_code(&row, &list.preferred, &known);
        row.warnings.extend(said);
        if list.uses_name_twice(&row) {
            row.warnings.push(Finding::new(
                "item.name_twice",
                "name",
                "another row of the region has the same name",
            ));
        }
        row.warnings
            .iter()
            .for_each(|warning| judgement.warn(warning.clone()));
        if !regions.contains_key(row.region.as_str()) && seen.regions.insert(row.region.clone()) {
            judgement.warn(
                Finding::new(
                    "region.made",
                    "region_code",
                    "the region was not in the directory; a placeholder was made",
                )
                .with("region", row.region.as_str()),
            );
            writer.make_region(&row).await?;
        }
        if !known
            .iter()
            .any(|known| known.region == row.region && known.code == organisation)
            && seen
                .organisations
                .insert((row.region.clone(), organisation.clone()))
        {
            judgement.warn(
                Finding::new(
                    "organisation.made",
                    "org_code",
                    "the organisation was not in the directory; a placeholder was made",
                )
                .with("code", &organisation),
            );
        }
        let (changed, said) = writer.keep(row, &organisation, found).await?;
        said.into_iter().for_each(|warning| judgement.warn(warning));
        fates.push(judgement.fate(line, code, changed));
    }
    writer.finish().await?;
    Ok((fates, seen))
}
