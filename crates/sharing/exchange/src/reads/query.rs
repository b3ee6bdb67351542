//! Who read whose data: for the person, and for those who supervise the readers.

use chrono::{DateTime, Utc};
use sea_orm::{
    ColumnTrait, EntityTrait, FromQueryResult, Order, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
    Select,
    sea_query::{Expr, ExprTrait},
};
use serde::Serialize;
use tongban_access::{Action, Actor, Denied, Reach, ReachColumns};
use tongban_store::{Page, PageRequest, Store, StoreError};
use uuid::Uuid;

use super::{
    domain::{PurposeRef, ReadBasis, ReadOutcome, Trouble},
    row::exchange_read::{Column, Entity, Model},
};
use crate::{Error, Field, Resource, resources};

/// One read as the person it was about sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReadAbout {
    pub id: Uuid,
    pub at: DateTime<Utc>,
    /// Who asked: `person`, `enterprise` (the applicant), `clerk`, `approver`, `supervisor`, `operator`, `system`.
    pub reader_kind: String,
    /// The account that asked; shown to nobody but supervisors.
    pub reader_account: Option<Uuid>,
    /// The office of the reader, when it is staff.
    pub reader_organisation: Option<String>,
    pub purpose: PurposeRef,
    /// What it was for, in words.
    pub purpose_title: String,
    /// The office that uses the facts.
    pub used_by: String,
    /// The code of the resource.
    pub resource: String,
    /// Its name at the time.
    pub resource_name: String,
    /// The organisation that answered for it then.
    pub provider: String,
    /// Titles of the facts that were asked for, such as 姓名; none where only it was asked whether the register knows the
    /// person, or in reads from before that was kept.
    pub asked: Vec<String>,
    /// Titles of the facts that came, such as 姓名.
    pub facts: Vec<String>,
    pub basis: ReadBasis,
    /// `None`: asked, and no outcome was written down.
    pub outcome: Option<ReadOutcome>,
    pub trouble: Option<Trouble>,
    pub answered_at: Option<DateTime<Utc>>,
    /// False while the purpose is a draft, or was one that came to nothing.
    pub filed: bool,
}

/// Reads about one person or firm, newest first. `subject_blinds` are all blind indexes of the number.
pub async fn reads_about(
    store: &Store,
    subject_blinds: &[String],
    page: PageRequest,
) -> Result<Page<ReadAbout>, Error> {
    let query = Entity::find().filter(Column::SubjectBlind.is_in(subject_blinds.iter().map(String::as_str)));
    let total = query
        .clone()
        .count(store.reader())
        .await
        .map_err(StoreError::from)?;
    let rows = query
        .order_by_desc(Column::At)
        .order_by_desc(Column::Id)
        .offset(page.offset())
        .limit(page.size)
        .all(store.reader())
        .await
        .map_err(StoreError::from)?;
    let directory = resources::resources(store).await?;
    let rows = rows
        .into_iter()
        .map(|row| read_about(row, &directory))
        .collect::<Result<Vec<_>, StoreError>>()?;
    Ok(Page::new(rows, total, page))
}

fn read_about(row: Model, directory: &[Resource]) -> Result<ReadAbout, StoreError> {
    let corrupt = |what: &str| StoreError::Corrupt(format!("{what} of the read {}", row.id));
    let entry = directory.iter().find(|entry| entry.code == row.resource);
    let names: Vec<String> = row
        .fields
        .as_deref()
        .map_or(Ok(Vec::new()), serde_json::from_str)?;
    let asked: Vec<Field> = row
        .asked_fields
        .as_deref()
        .map_or(Ok(Vec::new()), serde_json::from_str)?;
    let title = |name: String| {
        let known = entry.map(|entry| entry.fields.as_slice()).unwrap_or_default();
        let field = asked.iter().chain(known).find(|field| field.name == name);
        field.map_or(name, |field| field.title.clone())
    };
    let facts = names.into_iter().map(title).collect();
    let basis = match row.basis.as_str() {
        "duty" => ReadBasis::Duty {
            law: row.basis_law.clone().ok_or_else(|| corrupt("basis"))?,
            item: row.basis_item.clone().ok_or_else(|| corrupt("basis"))?,
        },
        "consent" => ReadBasis::Consent,
        _ => return Err(corrupt("basis")),
    };
    let outcome = match row.outcome.as_deref() {
        None => None,
        Some(word) => Some(ReadOutcome::from_word(word).ok_or_else(|| corrupt("outcome"))?),
    };
    let trouble = match row.trouble.as_deref() {
        None => None,
        Some(word) => Some(Trouble::from_word(word).ok_or_else(|| corrupt("trouble"))?),
    };
    Ok(ReadAbout {
        id: row.id,
        at: row.at,
        reader_kind: row.reader_kind,
        reader_account: row.reader_account,
        reader_organisation: row.reader_organisation_name,
        purpose: PurposeRef {
            kind: row.purpose_kind,
            id: row.purpose_id,
        },
        purpose_title: row.purpose_title,
        used_by: row.purpose_organisation,
        // Rows from before the names were kept ask the directory.
        resource_name: row
            .resource_name
            .or_else(|| entry.map(|entry| entry.name.clone()))
            .unwrap_or_else(|| row.resource.clone()),
        provider: row
            .provider
            .or_else(|| entry.map(|entry| entry.organisation_name.clone()))
            .unwrap_or_default(),
        asked: asked.into_iter().map(|field| field.title).collect(),
        resource: row.resource,
        facts,
        basis,
        outcome,
        trouble,
        answered_at: row.answered_at,
        filed: row.filed,
    })
}

/// One reader whose reads came to nothing: a sign of curiosity, or of a form that people give up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NeverFiled {
    /// As in [`ReadAbout::reader_kind`].
    pub reader_kind: String,
    pub reader_account: Option<Uuid>,
    pub reader_organisation: Option<String>,
    /// How many reads.
    pub reads: u64,
    /// For how many drafts.
    pub drafts: u64,
    /// About how many persons or firms.
    pub subjects: u64,
    pub latest: DateTime<Utc>,
}

#[derive(FromQueryResult)]
struct NeverFiledRow {
    reader_kind: String,
    reader_account: Option<Uuid>,
    reader_organisation_name: Option<String>,
    reads: i64,
    drafts: i64,
    subjects: i64,
    latest: DateTime<Utc>,
}

/// Reads within the region of the one who supervises; nobody else is handed any.
fn supervised(actor: &Actor) -> Result<Select<Entity>, Denied> {
    let action = Action::CaseSupervise;
    let reach = Reach::of(actor, action);
    if reach.is_nothing() {
        return Err(Denied::new(actor, action.as_str()));
    }
    Ok(Entity::find().filter(reach.condition(&ReachColumns {
        region: Some(Column::Region),
        ..ReachColumns::default()
    })))
}

/// Counts per reader the reads made in `from..until` for drafts that were never filed, most first, within the
/// region of the one who supervises. `until` leaves out drafts that are still being written.
pub async fn reads_never_filed(
    store: &Store,
    actor: &Actor,
    from: DateTime<Utc>,
    until: DateTime<Utc>,
    page: PageRequest,
) -> Result<Page<NeverFiled>, Error> {
    let query = supervised(actor)?
        .filter(Column::Filed.eq(false))
        .filter(Column::At.gte(from))
        .filter(Column::At.lt(until));
    let reads = || Expr::col(Column::Id).count();
    let query = query
        .select_only()
        .column(Column::ReaderKind)
        .column(Column::ReaderAccount)
        .column(Column::ReaderOrganisationName)
        .column_as(reads(), "reads")
        .column_as(Expr::col(Column::PurposeId).count_distinct(), "drafts")
        .column_as(Expr::col(Column::SubjectBlind).count_distinct(), "subjects")
        .column_as(Expr::col(Column::At).max(), "latest")
        .group_by(Column::ReaderKind)
        .group_by(Column::ReaderAccount)
        .group_by(Column::ReaderOrganisationName)
        .order_by(reads(), Order::Desc)
        .order_by_asc(Column::ReaderKind)
        .order_by_asc(Column::ReaderAccount)
        .order_by_asc(Column::ReaderOrganisationName)
        .into_model::<NeverFiledRow>();
    let pages = query.paginate(store.reader(), page.size);
    let total = pages.num_items().await.map_err(StoreError::from)?;
    let rows = pages
        .fetch_page(page.number.saturating_sub(1))
        .await
        .map_err(StoreError::from)?;
    let count = |value: i64| u64::try_from(value).unwrap_or_default();
    let rows = rows
        .into_iter()
        .map(|row| NeverFiled {
            reader_kind: row.reader_kind,
            reader_account: row.reader_account,
            reader_organisation: row.reader_organisation_name,
            reads: count(row.reads),
            drafts: count(row.drafts),
            subjects: count(row.subjects),
            latest: row.latest,
        })
        .collect();
    Ok(Page::new(rows, total, page))
}

/// A department's system answered about another person than it was asked about. Whose data it sent was thrown away and stands nowhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct WrongAnswer {
    pub read: Uuid,
    /// When the answer came.
    pub at: DateTime<Utc>,
    /// The code of the resource.
    pub resource: String,
    /// Its name at the time.
    pub resource_name: String,
    /// The organisation that answered for it then.
    pub provider: String,
    pub purpose: PurposeRef,
    /// What it was read for, in words.
    pub purpose_title: String,
    /// The office that would have used the facts.
    pub used_by: String,
    /// Whether the purpose has been filed since: a draft is for nobody but who fills it.
    pub filed: bool,
}

/// Answers about another person, the latest first, within the region of the one who supervises.
pub async fn wrong_answers(
    store: &Store,
    actor: &Actor,
    page: PageRequest,
) -> Result<Page<WrongAnswer>, Error> {
    let query = supervised(actor)?
        .filter(Column::Outcome.eq(ReadOutcome::WrongSubject.as_str()))
        .order_by_desc(Column::At)
        .order_by_desc(Column::Id);
    let pages = query.paginate(store.reader(), page.size);
    let total = pages.num_items().await.map_err(StoreError::from)?;
    let rows = pages
        .fetch_page(page.number.saturating_sub(1))
        .await
        .map_err(StoreError::from)?;
    let directory = resources::resources(store).await?;
    let rows = rows
        .into_iter()
        .map(|row| {
            let read = read_about(row, &directory)?;
            Ok(WrongAnswer {
                read: read.id,
                at: read.answered_at.unwrap_or(read.at),
                resource: read.resource,
                resource_name: read.resource_name,
                provider: read.provider,
                purpose: read.purpose,
                purpose_title: read.purpose_title,
                used_by: read.used_by,
                filed: read.filed,
            })
        })
        .collect::<Result<Vec<_>, StoreError>>()?;
    Ok(Page::new(rows, total, page))
}
