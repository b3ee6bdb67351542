//! The table of special procedures, private to this room.

use chrono::NaiveDate;
use sea_orm::entity::prelude::*;
use sea_orm::{IntoActiveModel as _, QueryOrder as _};
use tongban_codes::StopInterval;
use tongban_procedure::{Effect, SpecialView};
use tongban_store::{Store, StoreError, Tx};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "case_special_procedures")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub case_id: Uuid,
    pub kind: String,
    pub name: String,
    pub article: String,
    pub effect: String,
    pub days: i32,
    pub reason: String,
    pub approval: Option<String>,
    pub started_on: Date,
    pub ended_on: Option<Date>,
    pub result: Option<String>,
    pub document: Option<Uuid>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}
impl ActiveModelBehavior for ActiveModel {}

impl Model {
    pub(crate) fn effect(&self) -> Result<Effect, StoreError> {
        Effect::from_word(&self.effect)
            .ok_or_else(|| StoreError::Corrupt(format!("effect {} of a special procedure", self.effect)))
    }

    /// Whether it stops the clock now.
    pub(crate) fn is_open(&self) -> bool {
        self.effect == Effect::Stops.as_str() && self.ended_on.is_none()
    }

    /// The days on which the clock stood still because of it.
    pub(crate) fn stop(&self) -> Option<StopInterval> {
        (self.effect == Effect::Stops.as_str()).then_some(StopInterval {
            from: self.started_on,
            to: self.ended_on,
        })
    }

    /// Working days that it adds to the limit.
    pub(crate) fn adds(&self) -> Result<u32, StoreError> {
        match self.effect()? {
            Effect::Stops => Ok(0),
            Effect::Extends => self.whole_days(),
        }
    }

    fn whole_days(&self) -> Result<u32, StoreError> {
        u32::try_from(self.days)
            .map_err(|_| StoreError::Corrupt("a special procedure of fewer than no days".to_owned()))
    }

    pub(crate) fn view(&self) -> Result<SpecialView, StoreError> {
        Ok(SpecialView {
            kind: self.kind.clone(),
            name: self.name.clone(),
            article: self.article.clone(),
            effect: self.effect()?,
            days: self.whole_days()?,
            reason: self.reason.clone(),
            started_on: self.started_on,
            ended_on: self.ended_on,
            result: self.result.clone(),
            document: self.document,
        })
    }
}

/// The special procedures of some cases, in the order in which they began.
pub(crate) async fn of_cases(store: &Store, cases: &[Uuid]) -> Result<Vec<Model>, StoreError> {
    Ok(Entity::find()
        .filter(Column::CaseId.is_in(cases.iter().copied()))
        .order_by_asc(Column::Id)
        .all(store.reader())
        .await?)
}

/// The same inside an act.
pub(crate) async fn of_cases_in(tx: &Tx, cases: &[Uuid]) -> Result<Vec<Model>, StoreError> {
    Ok(Entity::find()
        .filter(Column::CaseId.is_in(cases.iter().copied()))
        .order_by_asc(Column::Id)
        .all(tx.connection())
        .await?)
}

pub(crate) async fn insert(tx: &Tx, row: Model) -> Result<(), StoreError> {
    Entity::insert(row.into_active_model().reset_all())
        .exec_without_returning(tx.connection())
        .await?;
    Ok(())
}

/// Ends what stops the clock of a case, if anything does.
pub(crate) async fn end(tx: &Tx, case: Uuid, on: NaiveDate, result: Option<&str>) -> Result<(), StoreError> {
    Entity::update_many()
        .col_expr(Column::EndedOn, Expr::value(on))
        .col_expr(Column::Result, Expr::value(result.map(str::to_owned)))
        .filter(Column::CaseId.eq(case))
        .filter(Column::EndedOn.is_null())
        .exec(tx.connection())
        .await?;
    Ok(())
}
