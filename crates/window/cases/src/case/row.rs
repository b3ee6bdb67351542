//! The tables of this room, private to it.

pub mod case {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "cases")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub number: Option<String>,
        pub state: String,
        pub version: i32,
        pub item: Uuid,
        pub item_version: Uuid,
        pub item_code: String,
        pub item_name: String,
        pub organisation: Uuid,
        pub organisation_name: String,
        pub region: String,
        pub account: Option<Uuid>,
        pub party_kind: String,
        pub applicant_name: String,
        pub applicant_sealed: String,
        pub applicant_blind: String,
        pub phone_sealed: Option<String>,
        pub form_sealed: String,
        pub origins: String,
        pub consents: String,
        pub channel: String,
        pub clerk: Option<Uuid>,
        pub created_at: ChronoDateTimeUtc,
        pub touched_at: ChronoDateTimeUtc,
        pub submitted_at: Option<ChronoDateTimeUtc>,
        pub accepted_at: Option<ChronoDateTimeUtc>,
        pub decided_at: Option<ChronoDateTimeUtc>,
        pub closed_at: Option<ChronoDateTimeUtc>,
        pub delivered_at: Option<ChronoDateTimeUtc>,
        pub supplemented: bool,
        pub supplement_text: Option<String>,
        pub supplement_until: Option<Date>,
        pub step: i32,
        pub due_on: Option<Date>,
        pub due_earliest: Option<Date>,
        pub licence: Option<Uuid>,
        pub delivery: String,
        pub delivery_sealed: Option<String>,
        pub progress_sealed: Option<String>,
        pub progress_hash: Option<String>,
        /// The account of whoever filed it for the applicant.
        pub agent: Option<Uuid>,
        /// Under which mandate, and of which kind.
        pub mandate: Option<Uuid>,
        pub agent_kind: Option<String>,
        pub agent_name: Option<String>,
        pub agent_sealed: Option<String>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

pub mod material {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "case_materials")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub case_id: Uuid,
        pub code: String,
        pub name: String,
        pub origin: String,
        pub blob: Option<String>,
        pub file_name: Option<String>,
        pub media: Option<String>,
        pub size: Option<i64>,
        pub at: ChronoDateTimeUtc,
        /// When the applicant took it back, or handed in another, after it had been filed. It stays.
        pub superseded_at: Option<ChronoDateTimeUtc>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

pub mod presence {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "case_presences")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub case_id: Uuid,
        pub clerk: Uuid,
        pub at: ChronoDateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

pub mod fact {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "case_facts")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub case_id: Uuid,
        pub resource: String,
        pub source: String,
        pub outcome: String,
        pub facts_sealed: Option<String>,
        pub at: ChronoDateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

pub mod history {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "case_history")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub case_id: Uuid,
        pub at: ChronoDateTimeUtc,
        pub kind: String,
        pub actor_kind: String,
        pub actor_label: String,
        pub account: Option<Uuid>,
        pub note: Option<String>,
        pub document: Option<Uuid>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

pub mod clock {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "case_clocks")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub case_id: Uuid,
        pub rule: String,
        pub unit: String,
        pub amount: i32,
        pub article: Option<String>,
        pub started_on: Date,
        pub ended_on: Option<Date>,
        /// The day on which it ends in any case.
        pub until: Option<Date>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

pub mod document {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "case_documents")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub case_id: Uuid,
        pub kind: String,
        pub number: String,
        pub issued_on: Date,
        pub body: String,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

use sea_orm::{
    ActiveModelTrait as _, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel as _, Iterable as _,
    ModelTrait as _, QueryFilter, QueryOrder, Set,
};
use tongban_codes::civil::{beijing_date, day_start};
use tongban_store::{StoreError, Tx};
use uuid::Uuid;

use super::history::Line;

/// The row of a case.
pub(crate) async fn find(tx: &Tx, id: Uuid) -> Result<Option<case::Model>, StoreError> {
    Ok(case::Entity::find_by_id(id).one(tx.connection()).await?)
}

/// The open draft of an account for an item, if there is one.
pub(crate) async fn open_draft(
    tx: &Tx,
    account: Uuid,
    item: Uuid,
) -> Result<Option<case::Model>, StoreError> {
    Ok(case::Entity::find()
        .filter(case::Column::Account.eq(account))
        .filter(case::Column::Item.eq(item))
        .filter(case::Column::State.eq("draft"))
        .order_by_desc(case::Column::TouchedAt)
        .one(tx.connection())
        .await?)
}

pub(crate) async fn insert(tx: &Tx, row: case::Model) -> Result<(), StoreError> {
    case::Entity::insert(row.into_active_model().reset_all())
        .exec_without_returning(tx.connection())
        .await?;
    Ok(())
}

/// Replaces a row where it still has the version that was read; says whether it did. Only what differs is written, so that
/// the indexes of the rest are left alone.
pub(crate) async fn replace(tx: &Tx, before: &case::Model, after: case::Model) -> Result<bool, StoreError> {
    let mut changes = before.clone().into_active_model();
    for column in case::Column::iter() {
        let value = after.get(column);
        if before.get(column) != value {
            changes.set(column, value);
        }
    }
    let result = case::Entity::update_many()
        .set(changes)
        .filter(case::Column::Id.eq(before.id))
        .filter(case::Column::Version.eq(before.version))
        .exec(tx.connection())
        .await?;
    Ok(result.rows_affected == 1)
}

pub(crate) async fn add_history(
    tx: &Tx,
    actor_kind: &str,
    actor_label: String,
    account: Option<Uuid>,
    line: Line<'_>,
) -> Result<(), StoreError> {
    let row = history::ActiveModel {
        id: Set(tx.new_id()),
        case_id: Set(line.case),
        at: Set(tx.now()),
        kind: Set(line.kind.to_owned()),
        actor_kind: Set(actor_kind.to_owned()),
        actor_label: Set(actor_label),
        account: Set(account),
        note: Set(line.note.map(str::to_owned)),
        document: Set(line.document),
    };
    history::Entity::insert(row)
        .exec_without_returning(tx.connection())
        .await?;
    Ok(())
}

/// What a case holds now; what was superseded is not among it.
pub(crate) async fn materials(tx: &Tx, id: Uuid) -> Result<Vec<material::Model>, StoreError> {
    Ok(material::Entity::find()
        .filter(material::Column::CaseId.eq(id))
        .filter(material::Column::SupersededAt.is_null())
        .order_by_asc(material::Column::Id)
        .all(tx.connection())
        .await?)
}

pub(crate) async fn add_material(tx: &Tx, row: material::Model) -> Result<(), StoreError> {
    material::Entity::insert(row.into_active_model().reset_all())
        .exec_without_returning(tx.connection())
        .await?;
    Ok(())
}

/// Takes a material off a draft or a supplement; says whether it was there.
pub(crate) async fn remove_material(tx: &Tx, case_id: Uuid, id: Uuid) -> Result<bool, StoreError> {
    let result = material::Entity::delete_many()
        .filter(material::Column::Id.eq(id))
        .filter(material::Column::CaseId.eq(case_id))
        .exec(tx.connection())
        .await?;
    Ok(result.rows_affected == 1)
}

/// Takes a filed material out of a case whose applicant hands in something else. It stays for who asks what was filed.
pub(crate) async fn supersede_material(tx: &Tx, case_id: Uuid, id: Uuid) -> Result<(), StoreError> {
    material::Entity::update_many()
        .col_expr(
            material::Column::SupersededAt,
            sea_orm::sea_query::Expr::value(tx.now()),
        )
        .filter(material::Column::Id.eq(id))
        .filter(material::Column::CaseId.eq(case_id))
        .exec(tx.connection())
        .await?;
    Ok(())
}

/// Takes away what was attached by itself, before it is fetched anew.
pub(crate) async fn remove_fetched(tx: &Tx, case_id: Uuid) -> Result<(), StoreError> {
    material::Entity::delete_many()
        .filter(material::Column::CaseId.eq(case_id))
        .filter(material::Column::Blob.is_null())
        .exec(tx.connection())
        .await?;
    fact::Entity::delete_many()
        .filter(fact::Column::CaseId.eq(case_id))
        .exec(tx.connection())
        .await?;
    Ok(())
}

/// Records that the applicant stands at the window of this clerk.
pub(crate) async fn add_presence(tx: &Tx, case_id: Uuid, clerk: Uuid) -> Result<(), StoreError> {
    let row = presence::ActiveModel {
        id: Set(tx.new_id()),
        case_id: Set(case_id),
        clerk: Set(clerk),
        at: Set(tx.now()),
    };
    presence::Entity::insert(row)
        .exec_without_returning(tx.connection())
        .await?;
    Ok(())
}

/// Whether this clerk recorded the presence of the applicant on the civil day of now.
pub(crate) async fn is_present<C: ConnectionTrait>(
    connection: &C,
    case_id: Uuid,
    clerk: Uuid,
    now: chrono::DateTime<chrono::Utc>,
) -> Result<bool, StoreError> {
    Ok(presence::Entity::find()
        .filter(presence::Column::CaseId.eq(case_id))
        .filter(presence::Column::Clerk.eq(clerk))
        .filter(presence::Column::At.gte(day_start(beijing_date(now))))
        .one(connection)
        .await?
        .is_some())
}

pub(crate) async fn add_fact(tx: &Tx, row: fact::Model) -> Result<(), StoreError> {
    fact::Entity::insert(row.into_active_model().reset_all())
        .exec_without_returning(tx.connection())
        .await?;
    Ok(())
}

pub(crate) async fn add_document(tx: &Tx, row: document::Model) -> Result<(), StoreError> {
    document::Entity::insert(row.into_active_model().reset_all())
        .exec_without_returning(tx.connection())
        .await?;
    Ok(())
}

pub(crate) async fn add_clock(tx: &Tx, row: clock::Model) -> Result<(), StoreError> {
    clock::Entity::insert(row.into_active_model().reset_all())
        .exec_without_returning(tx.connection())
        .await?;
    Ok(())
}

/// The clock of a case that runs under this rule.
pub(crate) async fn running_clock(
    tx: &Tx,
    case_id: Uuid,
    rule: &str,
) -> Result<Option<clock::Model>, StoreError> {
    Ok(clock::Entity::find()
        .filter(clock::Column::CaseId.eq(case_id))
        .filter(clock::Column::Rule.eq(rule))
        .filter(clock::Column::EndedOn.is_null())
        .one(tx.connection())
        .await?)
}

/// A clock that still runs.
pub(crate) async fn clock_in(tx: &Tx, id: Uuid) -> Result<Option<clock::Model>, StoreError> {
    Ok(clock::Entity::find_by_id(id)
        .filter(clock::Column::EndedOn.is_null())
        .one(tx.connection())
        .await?)
}

/// When the application, or what was missing of it, was last handed in.
pub(crate) async fn received_at(
    tx: &Tx,
    case_id: Uuid,
) -> Result<Option<chrono::DateTime<chrono::Utc>>, StoreError> {
    last_line_at(tx, case_id, &["submitted", "supplemented"]).await
}

/// When the last line of one of these kinds was written.
pub(crate) async fn last_line_at(
    tx: &Tx,
    case_id: Uuid,
    kinds: &[&str],
) -> Result<Option<chrono::DateTime<chrono::Utc>>, StoreError> {
    let line = history::Entity::find()
        .filter(history::Column::CaseId.eq(case_id))
        .filter(history::Column::Kind.is_in(kinds.iter().copied()))
        .order_by_desc(history::Column::At)
        .one(tx.connection())
        .await?;
    Ok(line.map(|line| line.at))
}

/// The days of a case that are counted over the calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Days {
    pub due_on: Option<chrono::NaiveDate>,
    pub due_earliest: Option<chrono::NaiveDate>,
    pub supplement_until: Option<chrono::NaiveDate>,
}

impl Days {
    pub(crate) fn of(case: &case::Model) -> Self {
        Self {
            due_on: case.due_on,
            due_earliest: case.due_earliest,
            supplement_until: case.supplement_until,
        }
    }
}

/// Writes days that were counted again, where the case still has the version that was read; says whether it did. A page that was read before
/// stays good: nobody acted.
pub(crate) async fn set_days(tx: &Tx, id: Uuid, version: i32, days: Days) -> Result<bool, StoreError> {
    let value = sea_orm::sea_query::Expr::value::<Option<chrono::NaiveDate>>;
    let result = case::Entity::update_many()
        .col_expr(case::Column::DueOn, value(days.due_on))
        .col_expr(case::Column::DueEarliest, value(days.due_earliest))
        .col_expr(case::Column::SupplementUntil, value(days.supplement_until))
        .filter(case::Column::Id.eq(id))
        .filter(case::Column::Version.eq(version))
        .exec(tx.connection())
        .await?;
    Ok(result.rows_affected == 1)
}

/// Ends the clock of a case that runs under a rule, if one does.
pub(crate) async fn end_clock(
    tx: &Tx,
    case_id: Uuid,
    rule: &str,
    on: chrono::NaiveDate,
) -> Result<(), StoreError> {
    clock::Entity::update_many()
        .col_expr(clock::Column::EndedOn, sea_orm::sea_query::Expr::value(on))
        .filter(clock::Column::CaseId.eq(case_id))
        .filter(clock::Column::Rule.eq(rule))
        .filter(clock::Column::EndedOn.is_null())
        .exec(tx.connection())
        .await?;
    Ok(())
}

/// Ends the running clocks of a case.
pub(crate) async fn end_clocks(tx: &Tx, case_id: Uuid, on: chrono::NaiveDate) -> Result<(), StoreError> {
    clock::Entity::update_many()
        .col_expr(clock::Column::EndedOn, sea_orm::sea_query::Expr::value(on))
        .filter(clock::Column::CaseId.eq(case_id))
        .filter(clock::Column::EndedOn.is_null())
        .exec(tx.connection())
        .await?;
    Ok(())
}

impl From<sea_orm::DbErr> for crate::error::Error {
    fn from(error: sea_orm::DbErr) -> Self {
        Self::Store(StoreError::from(error))
    }
}
