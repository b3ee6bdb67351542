//! Imports a list of licence types.
//!
//! Columns: `code` (also `type_code`, `licence_type_code`, `证照类型代码`), `name` (also `type_name`, `证照类型名称`,
//! `证照名称`), `definer_name` (also `authority`, `definer`, `定义机构名称`, `定义机构`), `definer_code` (also `定义机构代码`; where it is empty,
//! the first 18 characters of the code), `holder` (also `holder_kind`, `持证主体类型`: `person`, `自然人`, `111`,
//! `enterprise`, `法人`, `001`), `fields` (also `字段`: a JSON array of `{"name","title"}`, or `name:title|name:title`).

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use serde_json::Value;
use tongban_access::{Actor, PartyKind};
use tongban_codes::LicenceTypeCode;
use tongban_directory::import::{
    Cells, Finding, ImportOptions, ImportPlanned, ImportReport, Judgement, ListKind, RowFate, Source,
    SourceRow, Stage, perform, stage_rows,
};
use tongban_store::{Message, Store, WorkError, Worker};

use super::{
    domain::{FieldDef, LicenceType},
    query, row,
};
use crate::Error;

/// The list as an upload is looked over for it. A type that is there may be named by its code alone.
pub const LICENCE_TYPES: ListKind = ListKind {
    kind: "licence_types",
    needs: &[&[CODE]],
};

const CODE: &[&str] = &["code", "type_code", "licence_type_code", "证照类型代码"];
const NAME: &[&str] = &["name", "type_name", "证照类型名称", "证照名称"];
const DEFINER_NAME: &[&str] = &["definer_name", "authority", "definer", "定义机构名称", "定义机构"];
const DEFINER_CODE: &[&str] = &["definer_code", "定义机构代码"];
const HOLDER: &[&str] = &["holder", "holder_kind", "持证主体类型"];
const FIELDS: &[&str] = &["fields", "字段"];

/// Imports licence types. What is there under the same code is changed; a cell that the list leaves empty keeps what is
/// there; nothing is deleted. `invented` marks the new ones as a demonstration.
///
/// Reasons for refusal: `licence_type.code_missing`, `licence.type` (the code's form), `licence_type.name_missing`, `licence_type.definer_missing`,
/// `licence_type.definer_code`, `licence_type.holder_unknown`, `licence_type.fields`, `licence_type.field_name`,
/// `licence_type.field_twice`, `import.key_twice`. Warnings: `licence_type.definer_invalid` (no valid unified social
/// credit code), `licence_type.holder_assumed`.
pub async fn import_licence_types(
    store: &Store,
    actor: &Actor,
    source: &Source,
    invented: bool,
    options: &ImportOptions<'_>,
) -> Result<ImportReport, Error> {
    stage_rows(
        store,
        actor,
        LICENCE_TYPES.kind,
        source,
        options,
        HashSet::new(),
        move |stage, rows, seen| async move { judge_stage(&stage, &rows, invented, seen).await },
    )
    .await
}

/// Gives the worker the lists of licence types that were uploaded. What an operator uploads is no demonstration.
#[must_use]
pub fn wire_imports(worker: Worker) -> Worker {
    worker.subscribe_long(
        "licences",
        |store: Store, message: Message<ImportPlanned>| async move {
            let done = perform(
                &store,
                message.body,
                LICENCE_TYPES.kind,
                |store, task| async move {
                    import_licence_types(&store, &task.actor, &task.source, false, &task.options()).await
                },
            );
            done.await.map_err(|error: Error| match error {
                Error::Store(error) => WorkError::from(error),
                other => WorkError(other.to_string()),
            })
        },
    )
}

async fn judge_stage(
    stage: &Stage,
    rows: &Arc<[SourceRow]>,
    invented: bool,
    mut seen: HashSet<String>,
) -> Result<(Vec<RowFate>, HashSet<String>), Error> {
    let codes = rows.iter().map(|row| normal(&row.key(CODE)));
    let known: HashMap<String, LicenceType> = query::staged(stage, codes).await?;
    let mut fates = Vec::with_capacity(rows.len());
    for row in rows.iter() {
        let mut judgement = Judgement::default();
        let (key, new) = match &row.cells {
            Err(reason) => {
                judgement.refuse(reason.clone());
                (String::new(), None)
            }
            Ok(cells) => {
                let key = normal(&row.key(CODE));
                let new = read(cells, &key, known.get(&key), invented, &mut judgement);
                (key, new)
            }
        };
        if !judgement.refuses() && !seen.insert(key.clone()) {
            let twice = Finding::new("import.key_twice", "code", "an earlier row has the same code");
            judgement.refuse(twice.with("key", &key));
        }
        let mut changed = false;
        if let Some(new) = new.filter(|_| !judgement.refuses()) {
            let old = known.get(&key);
            changed = old != Some(&new);
            match (stage.tx(), old) {
                (Some(tx), None) => row::insert(tx, &new).await?,
                (Some(tx), Some(_)) if changed => row::update(tx, &new).await?,
                _ => {}
            }
        }
        fates.push(judgement.fate(row.line, key, changed));
    }
    Ok((fates, seen))
}

fn normal(code: &str) -> String {
    code.chars()
        .filter(|character| !character.is_whitespace())
        .collect::<String>()
        .to_uppercase()
}

/// Reads a row over what is there. Every reason is gathered, not only the first.
fn read(
    cells: &Cells,
    code: &str,
    old: Option<&LicenceType>,
    invented: bool,
    judgement: &mut Judgement,
) -> Option<LicenceType> {
    if code.is_empty() {
        judgement.refuse(Finding::missing("licence_type.code_missing", "code"));
        return None;
    }
    match LicenceTypeCode::parse(code) {
        Err(error) => {
            judgement.refuse(Finding::of_code("code", &error));
            return None;
        }
        Ok(parsed) if parsed.authority().is_none() => judgement.warn(Finding::new(
            "licence_type.definer_invalid",
            "code",
            "the first 18 characters are not a valid unified social credit code; kept as written",
        )),
        Ok(_) => {}
    }
    let name = cells.text(NAME).or_else(|| old.map(|old| old.name.clone()));
    if name.is_none() {
        judgement.refuse(Finding::missing("licence_type.name_missing", "name"));
    }
    let definer_name = cells
        .text(DEFINER_NAME)
        .or_else(|| old.map(|old| old.definer_name.clone()));
    if definer_name.is_none() {
        judgement.refuse(Finding::missing("licence_type.definer_missing", "definer_name"));
    }
    let own_definer = code.get(..18).unwrap_or_default();
    let definer_code = cells
        .text(DEFINER_CODE)
        .map_or_else(|| own_definer.to_owned(), |text| normal(&text));
    if definer_code != own_definer {
        judgement.refuse(Finding::new(
            "licence_type.definer_code",
            "definer_code",
            "the code of the type does not begin with the code of the authority that defines it",
        ));
    }
    let holder = read_holder(cells, old, judgement);
    let fields = read_fields(cells, old, judgement);
    let new = LicenceType {
        code: code.to_owned(),
        name: name?,
        definer_name: definer_name?,
        definer_code,
        fields: fields?,
        holder: holder?,
        invented: old.map_or(invented, |old| old.invented),
    };
    if let Err(Error::Refused(refusal)) = new.check()
        && !judgement.refuses()
    {
        let mut finding = Finding::new(refusal.code, "fields", refusal.to_string());
        finding.args = refusal.args;
        judgement.refuse(finding);
    }
    Some(new)
}

fn read_holder(cells: &Cells, old: Option<&LicenceType>, judgement: &mut Judgement) -> Option<PartyKind> {
    match cells.text(HOLDER).as_deref() {
        Some("person" | "自然人" | "111") => Some(PartyKind::Person),
        Some("enterprise" | "法人" | "法人和其他组织" | "法人或其他组织" | "001") => {
            Some(PartyKind::Enterprise)
        }
        Some(other) => {
            let message = "the holder is neither a person nor a firm";
            judgement
                .refuse(Finding::new("licence_type.holder_unknown", "holder", message).with("found", other));
            None
        }
        None => match old {
            Some(old) => Some(old.holder),
            None => {
                let message = "the list does not say who holds it; taken for a licence of persons";
                judgement.warn(Finding::new("licence_type.holder_assumed", "holder", message));
                Some(PartyKind::Person)
            }
        },
    }
}

fn read_fields(cells: &Cells, old: Option<&LicenceType>, judgement: &mut Judgement) -> Option<Vec<FieldDef>> {
    let read = match cells.value(FIELDS) {
        None => return Some(old.map(|old| old.fields.clone()).unwrap_or_default()),
        Some(Value::String(text)) if text.trim_start().starts_with('[') => serde_json::from_str(text).ok(),
        Some(Value::String(_)) => cells
            .list(FIELDS)
            .iter()
            .map(|field| {
                let (name, title) = field.split_once([':', '：'])?;
                Some(FieldDef::new(name.trim(), title.trim()))
            })
            .collect(),
        Some(other) => serde_json::from_value(other.clone()).ok(),
    };
    if read.is_none() {
        let message = "the fields are neither name:title|name:title nor a JSON array of name and title";
        judgement.refuse(Finding::new("licence_type.fields", "fields", message));
    }
    read
}
