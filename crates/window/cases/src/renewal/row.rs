//! The table of what cases renew, private to this room.

use sea_orm::IntoActiveModel as _;
use sea_orm::entity::prelude::*;
use tongban_procedure::{Renewable, RenewalView, State};
use tongban_store::{Store, StoreError, Tx};

use crate::case::row::case;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "case_renewals")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub case_id: Uuid,
    pub licence: Uuid,
    pub licence_name: String,
    pub expires_on: Date,
    pub apply_by: Date,
    pub in_time: bool,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}
impl ActiveModelBehavior for ActiveModel {}

impl Model {
    pub(crate) fn new(case_id: Uuid, named: Renewable) -> Self {
        Self {
            case_id,
            licence: named.licence,
            licence_name: named.name,
            expires_on: named.expires_on,
            apply_by: named.apply_by,
            in_time: named.in_time,
        }
    }

    pub(crate) fn view(self) -> RenewalView {
        RenewalView {
            licence: self.licence,
            licence_name: self.licence_name,
            expires_on: self.expires_on,
            apply_by: self.apply_by,
            in_time: self.in_time,
        }
    }
}

/// What a case renews, if it renews anything.
pub(crate) async fn of_case(store: &Store, case: Uuid) -> Result<Option<Model>, StoreError> {
    Ok(Entity::find_by_id(case).one(store.reader()).await?)
}

/// The same inside an act.
pub(crate) async fn of_case_in(tx: &Tx, case: Uuid) -> Result<Option<Model>, StoreError> {
    Ok(Entity::find_by_id(case).one(tx.connection()).await?)
}

/// Whether another case that is still open renews this licence.
pub(crate) async fn is_asked_for(tx: &Tx, licence: Uuid) -> Result<bool, StoreError> {
    let cases: Vec<Uuid> = Entity::find()
        .filter(Column::Licence.eq(licence))
        .all(tx.connection())
        .await?
        .into_iter()
        .map(|row| row.case_id)
        .collect();
    if cases.is_empty() {
        return Ok(false);
    }
    let open = [State::Submitted, State::Supplement, State::Accepted].map(State::as_str);
    let found = case::Entity::find()
        .filter(case::Column::Id.is_in(cases))
        .filter(case::Column::State.is_in(open))
        .one(tx.connection())
        .await?;
    Ok(found.is_some())
}

pub(crate) async fn insert(tx: &Tx, row: Model) -> Result<(), StoreError> {
    Entity::insert(row.into_active_model().reset_all())
        .exec_without_returning(tx.connection())
        .await?;
    Ok(())
}
