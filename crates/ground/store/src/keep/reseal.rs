//! Makes every sealed value anew under the current keys, beside a running program.
//!
//! Row by row in small acts; a row that is current is passed over, so that an interrupted run goes on where it was and a second
//! run finds nothing to do. A value is only replaced where it is still the one that was read.

use std::collections::BTreeMap;

use futures::TryStreamExt as _;
use sea_orm::{ConnectionTrait, Statement, Value};

use super::{
    KeepError, Progress, Step,
    cell::Kind,
    schema::{Schema, quoted},
    sealed::{FieldWord, SealedColumn, SealedKind},
};
use crate::{AuditEntry, Signer, Store, StoreError, Tx};

/// Rows of one act: a person who waits beside it waits for no more.
const BATCH: usize = 200;
/// The log is never rewritten: its rows name the index key of their day for good.
const LOG: &str = "audit_entries";

/// What a run of re-sealing did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Resealed {
    /// Values made anew, by `table.column`.
    pub columns: BTreeMap<String, u64>,
    /// Files encrypted anew.
    pub files: u64,
    /// Blind indexes of people of whom no number rests any more; they stay findable under the old key.
    pub left: u64,
}

impl Resealed {
    pub fn values(&self) -> u64 {
        self.columns.values().sum()
    }
}

/// Where a key is still named.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KeyUse {
    /// Values by `table.column`.
    pub columns: BTreeMap<String, u64>,
    pub files: u64,
}

impl KeyUse {
    pub fn is_free(&self) -> bool {
        self.columns.is_empty() && self.files == 0
    }

    /// Whether nothing but the log names it, which is never rewritten.
    pub fn only_in_log(&self) -> bool {
        self.files == 0 && self.columns.keys().all(|column| column.starts_with(LOG))
    }
}

/// Makes all values of the declared columns, and all files, anew under the current keys.
pub async fn reseal(
    store: &Store,
    columns: &[SealedColumn],
    progress: Progress<'_>,
) -> Result<Resealed, KeepError> {
    let schema = Schema::read(store.reader(), store.backend()).await?;
    let mut done = Resealed::default();
    // Those that are found through others go first, while the others still carry the old index.
    let (borrowed, own): (Vec<SealedColumn>, Vec<SealedColumn>) = columns
        .iter()
        .partition(|column| column.kind == SealedKind::BlindOfAnother);
    // An index is made from the sealed value beside it, under whichever key that is.
    for column in borrowed.iter().chain(&own) {
        let renewed = one_column(store, &schema, *column, columns, progress).await?;
        done.left += renewed.left;
        if renewed.values > 0 {
            done.columns
                .insert(format!("{}.{}", column.table, column.column), renewed.values);
        }
    }
    done.files = files(store, progress).await?;
    if done != Resealed::default() {
        let told = done.clone();
        store
            .write(Signer::system(), move |tx| {
                let entry = AuditEntry::new("keys.resealed")
                    .with("values", told.values())
                    .with("files", told.files)
                    .with("left", told.left);
                async move { tx.audit(entry).await }
            })
            .await?;
    }
    Ok(done)
}

/// Table and column of everything that is text: where a sealed value can rest.
pub async fn text_columns(store: &Store) -> Result<Vec<(String, String)>, KeepError> {
    let schema = Schema::read(store.reader(), store.backend()).await?;
    let mut found = Vec::new();
    for table in &schema.tables {
        for column in table.columns.iter().filter(|column| column.kind == Kind::Text) {
            found.push((table.name.clone(), column.name.clone()));
        }
    }
    Ok(found)
}

/// How often a key is named: in any text of any table, declared or not, and by the files.
pub async fn key_use(store: &Store, kid: &str, progress: Progress<'_>) -> Result<KeyUse, KeepError> {
    let schema = Schema::read(store.reader(), store.backend()).await?;
    let mut used = KeyUse::default();
    let all = schema.tables.len() as u64;
    for (done, table) in (1..).zip(&schema.tables) {
        for column in table.columns.iter().filter(|column| column.kind == Kind::Text) {
            // A key's id stands between two points in every value that names it.
            let statement = Statement::from_sql_and_values(
                store.reader().get_database_backend(),
                format!(
                    "SELECT COUNT(*) AS count FROM {table} WHERE {column} LIKE $1 OR {column} LIKE $2",
                    table = quoted(&table.name),
                    column = quoted(&column.name)
                ),
                [
                    format!("%sm4gcm.{kid}.%").into(),
                    format!("%hmacsm3.{kid}.%").into(),
                ],
            );
            let row = store.reader().query_one_raw(statement).await?;
            let count: i64 = row.map_or(Ok(0), |row| row.try_get("", "count"))?;
            if count > 0 {
                used.columns.insert(
                    format!("{}.{}", table.name, column.name),
                    u64::try_from(count).unwrap_or(0),
                );
            }
        }
        progress(Step {
            doing: "tables",
            done,
            all,
        });
    }
    let mut ids = store.blobs().list();
    while let Some(id) = ids.try_next().await? {
        let sealed = store.blobs().sealed(&id).await?;
        if tongban_crypto::KeyRing::blob_key_id(&sealed) == Some(kid) {
            used.files += 1;
        }
    }
    Ok(used)
}

/// Opens the newest value of every declared column; answers how many were opened.
pub async fn open_samples(store: &Store, columns: &[SealedColumn]) -> Result<u64, KeepError> {
    let mut opened = 0;
    for column in columns {
        let SealedKind::Sealed(word) = column.kind else {
            continue;
        };
        let sql = format!(
            "SELECT {value} AS value{extra} FROM {table} WHERE {value} IS NOT NULL ORDER BY {id} DESC LIMIT 1",
            value = quoted(column.column),
            extra = needed(word),
            table = quoted(column.table),
            id = quoted(column.id),
        );
        let statement = Statement::from_string(store.reader().get_database_backend(), sql);
        if let Some(row) = store.reader().query_one_raw(statement).await? {
            let sealed: String = row.try_get("", "value")?;
            store.unseal(word.of(&row)?, &sealed)?;
            opened += 1;
        }
    }
    Ok(opened)
}

#[derive(Default)]
struct Renewed {
    values: u64,
    left: u64,
}

/// The columns that a word needs, as a continued list.
fn needed(word: FieldWord) -> String {
    match word {
        FieldWord::One(_) => String::new(),
        FieldWord::By { column, .. } => format!(", {}", quoted(column)),
    }
}

impl FieldWord {
    fn of(self, row: &sea_orm::QueryResult) -> Result<&'static str, StoreError> {
        match self {
            Self::One(word) => Ok(word),
            Self::By {
                column,
                words,
                otherwise,
            } => {
                let said: String = row.try_get("", column)?;
                Ok(words
                    .iter()
                    .find(|(value, _)| *value == said)
                    .map_or(otherwise, |(_, word)| word))
            }
        }
    }
}

async fn one_column(
    store: &Store,
    schema: &Schema,
    column: SealedColumn,
    all: &[SealedColumn],
    progress: Progress<'_>,
) -> Result<Renewed, KeepError> {
    let named = |name: &str| {
        schema
            .tables
            .iter()
            .find(|table| table.name == column.table)
            .and_then(|table| table.columns.iter().find(|found| found.name == name))
            .ok_or_else(|| StoreError::Corrupt(format!("there is no column {}.{name}", column.table)))
    };
    named(column.column)?;
    let id_kind = named(column.id)?.kind;
    let holders: Vec<SealedColumn> = all
        .iter()
        .filter(|holder| matches!(holder.kind, SealedKind::Blind { .. }))
        .copied()
        .collect();
    let mut after: Option<Value> = None;
    let mut renewed = Renewed::default();
    loop {
        let work = Batch {
            column,
            id_kind,
            after: after.clone(),
            holders: holders.clone(),
        };
        let batch = store
            .write(Signer::system(), move |tx| {
                let work = work.clone();
                async move { work.run(&tx).await }
            })
            .await?;
        renewed.values += batch.values;
        renewed.left += batch.left;
        progress(Step {
            doing: "values",
            done: renewed.values,
            all: 0,
        });
        match batch.last {
            Some(last) => after = Some(last),
            None => return Ok(renewed),
        }
    }
}

/// One act of re-sealing.
#[derive(Clone)]
struct Batch {
    column: SealedColumn,
    id_kind: Kind,
    after: Option<Value>,
    holders: Vec<SealedColumn>,
}

struct Did {
    values: u64,
    left: u64,
    /// The last row looked at; `None` when there was none.
    last: Option<Value>,
}

impl Batch {
    async fn run(&self, tx: &Tx) -> Result<Did, StoreError> {
        let connection = tx.connection();
        let backend = connection.get_database_backend();
        let SealedColumn {
            table, id, column, ..
        } = self.column;
        let ring = tx.store().keys();
        let current = |ids: Vec<String>| ids.last().cloned().unwrap_or_default();
        // Only values that are not current; what is JSON may hold several.
        let (like, not_like) = match self.column.kind {
            SealedKind::Sealed(_) => (
                "sm4gcm.%".to_owned(),
                format!("sm4gcm.{}.%", current(ring.field_key_ids())),
            ),
            // A document may hold a current value beside an old one: its members are judged one by one.
            SealedKind::Members(_) => ("%sm4gcm.%".to_owned(), String::new()),
            SealedKind::Blind { .. } | SealedKind::BlindOfAnother => (
                "hmacsm3.%".to_owned(),
                format!("hmacsm3.{}.%", current(ring.index_key_ids())),
            ),
        };
        let mut values = vec![Value::from(like), Value::from(not_like)];
        let beyond = match &self.after {
            None => String::new(),
            Some(last) => {
                values.push(last.clone());
                format!("AND {} > $3", quoted(id))
            }
        };
        let extra = match self.column.kind {
            SealedKind::Sealed(word) => needed(word),
            SealedKind::Blind {
                word,
                from,
                from_word,
            } => {
                // One column may be needed for both words; SQL does not mind its standing twice.
                format!(
                    "{}{}, {} AS source",
                    needed(word),
                    needed(from_word),
                    quoted(from)
                )
            }
            SealedKind::BlindOfAnother | SealedKind::Members(_) => String::new(),
        };
        let sql = format!(
            "SELECT {id}, {value} AS value{extra} FROM {table} WHERE {value} LIKE $1 AND {value} NOT LIKE $2 \
             {beyond} ORDER BY {id} LIMIT {BATCH}",
            id = quoted(id),
            value = quoted(column),
            table = quoted(table),
        );
        let rows = connection
            .query_all_raw(Statement::from_sql_and_values(backend, sql, values))
            .await?;
        let mut did = Did {
            values: 0,
            left: 0,
            last: None,
        };
        let update = format!(
            "UPDATE {table} SET {value} = $1 WHERE {id} = $2 AND {value} = $3",
            table = quoted(table),
            value = quoted(column),
            id = quoted(id),
        );
        for row in rows {
            let key = self.id_kind.read(&row, id, self.id_kind)?;
            let old: String = row.try_get("", "value")?;
            let new = match self.column.kind {
                SealedKind::Sealed(word) => {
                    let word = word.of(&row)?;
                    Some(tx.store().seal(word, &tx.store().unseal(word, &old)?)?)
                }
                SealedKind::Blind { word, from_word, .. } => {
                    match row.try_get::<Option<String>>("", "source")? {
                        Some(source) => {
                            let plain = tx.store().unseal(from_word.of(&row)?, &source)?;
                            Some(tx.store().blind(word.of(&row)?, &plain))
                        }
                        None => None,
                    }
                }
                SealedKind::BlindOfAnother => self.through_another(tx, &old).await?,
                SealedKind::Members(members) => Some(members_anew(tx, members, &old)?),
            };
            let new = match new {
                Some(new) if new == old => {
                    did.last = Some(key);
                    continue;
                }
                new => new,
            };
            match new {
                Some(new) => {
                    let values = [Value::from(new), key.clone(), Value::from(old)];
                    let result = connection
                        .execute_raw(Statement::from_sql_and_values(backend, &update, values))
                        .await?;
                    did.values += result.rows_affected();
                }
                None => did.left += 1,
            }
            did.last = Some(key);
        }
        Ok(did)
    }

    /// The current index of somebody whose old index another table carries beside the sealed number.
    async fn through_another(&self, tx: &Tx, old: &str) -> Result<Option<String>, StoreError> {
        for holder in &self.holders {
            let SealedKind::Blind {
                word,
                from,
                from_word,
            } = holder.kind
            else {
                continue;
            };
            let sql = format!(
                "SELECT {from} AS source{}{} FROM {table} WHERE {column} = $1 AND {from} IS NOT NULL LIMIT 1",
                needed(word),
                needed(from_word),
                from = quoted(from),
                table = quoted(holder.table),
                column = quoted(holder.column),
            );
            let statement =
                Statement::from_sql_and_values(tx.connection().get_database_backend(), sql, [old.into()]);
            if let Some(row) = tx.connection().query_one_raw(statement).await? {
                let source: String = row.try_get("", "source")?;
                let plain = tx.store().unseal(from_word.of(&row)?, &source)?;
                return Ok(Some(tx.store().blind(word.of(&row)?, &plain)));
            }
        }
        Ok(None)
    }
}

/// A JSON text with its sealed members made anew.
fn members_anew(tx: &Tx, members: &[(&'static str, &'static str)], old: &str) -> Result<String, StoreError> {
    let mut document: serde_json::Value = serde_json::from_str(old)?;
    let mut changed = false;
    for (name, word) in members {
        if let Some(member) = document.get_mut(*name)
            && let Some(sealed) = member.as_str()
            && sealed.starts_with("sm4gcm.")
            && !tx.store().keys().is_current(sealed)
        {
            let plain = tx.store().unseal(word, sealed)?;
            *member = tx.store().seal(word, &plain)?.into();
            changed = true;
        }
    }
    Ok(if changed {
        document.to_string()
    } else {
        old.to_owned()
    })
}

/// Encrypts every file anew that is not under the current key. Its name and content stay.
async fn files(store: &Store, progress: Progress<'_>) -> Result<u64, KeepError> {
    let blobs = store.blobs();
    let current = store.keys().field_key_ids().last().cloned();
    let ids: Vec<_> = blobs.list().try_collect().await?;
    let all = ids.len() as u64;
    let mut renewed = 0;
    for (done, id) in (1..).zip(&ids) {
        let sealed = blobs.sealed(id).await?;
        if tongban_crypto::KeyRing::blob_key_id(&sealed) != current.as_deref() {
            blobs.renew(id, &sealed).await?;
            renewed += 1;
        }
        progress(Step {
            doing: "files",
            done,
            all,
        });
    }
    Ok(renewed)
}
