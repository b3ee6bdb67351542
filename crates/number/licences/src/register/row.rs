//! Licences as rows, private to this room. What names a person is sealed, but for the name itself.

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, Set, entity::prelude::*};
use serde_json::{Map, Value};
use tongban_access::PartyKind;
use tongban_codes::LicenceIdentifier;
use tongban_crypto::SignedRecord;
use tongban_identity::subject_blind;
use tongban_store::{Store, StoreError, Tx};

use super::cause::StatusCause;
use super::domain::{IssueLicence, LicenceStatus};
use crate::{Error, LicenceType};

/// The names under which values are sealed.
pub(crate) const NUMBER: &str = "licence.holder_number";
pub(crate) const FIELDS: &str = "licence.fields";
pub(crate) const RECORD: &str = "licence.record";
pub(crate) const CODE: &str = "licence.verify_code";

#[derive(Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "licences")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub identifier: String,
    pub type_code: String,
    pub type_name: String,
    pub serial: String,
    pub edition: i32,
    pub replaces: Option<Uuid>,
    pub holder_kind: String,
    pub holder_name: String,
    pub holder_number_sealed: String,
    pub holder_blind: String,
    pub issuer: Uuid,
    pub issuer_name: String,
    pub issuer_code: String,
    pub region: String,
    pub issued_on: Date,
    pub valid_from: Date,
    pub valid_to: Option<Date>,
    pub status: String,
    pub fields_sealed: String,
    pub record_sealed: String,
    pub record_digest: String,
    pub verify_code_hash: String,
    pub verify_code_sealed: String,
    pub item_name: Option<String>,
    pub item_code: Option<String>,
    pub item: Option<Uuid>,
    pub case_number: Option<String>,
    pub invented: bool,
    pub created_at: ChronoDateTimeUtc,
    pub version: i32,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}
impl ActiveModelBehavior for ActiveModel {}

impl std::fmt::Debug for Model {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("licences::Model")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

impl Model {
    pub fn status(&self) -> Result<LicenceStatus, StoreError> {
        LicenceStatus::from_word(&self.status).ok_or_else(|| self.corrupt("status"))
    }

    pub fn holder_kind(&self) -> Result<PartyKind, StoreError> {
        PartyKind::from_word(&self.holder_kind).ok_or_else(|| self.corrupt("holder"))
    }

    pub fn number(&self, store: &Store) -> Result<String, StoreError> {
        store.unseal(NUMBER, &self.holder_number_sealed)
    }

    pub fn fields(&self, store: &Store) -> Result<Map<String, Value>, StoreError> {
        Ok(serde_json::from_str(&store.unseal(FIELDS, &self.fields_sealed)?)?)
    }

    /// The text of the signed record.
    pub fn record_text(&self, store: &Store) -> Result<String, StoreError> {
        store.unseal(RECORD, &self.record_sealed)
    }

    pub fn verify_code(&self, store: &Store) -> Result<String, StoreError> {
        store.unseal(CODE, &self.verify_code_sealed)
    }

    pub fn corrupt(&self, what: &str) -> StoreError {
        StoreError::Corrupt(format!("licence {}: {what}", self.id))
    }
}

/// What a new row is made of.
pub struct NewLicence<'input> {
    pub input: &'input IssueLicence,
    pub kind: &'input LicenceType,
    pub identifier: &'input LicenceIdentifier,
    pub record: &'input SignedRecord,
    pub verify_code: &'input str,
    pub replaces: Option<Uuid>,
}

pub async fn insert(tx: &Tx, new: NewLicence<'_>) -> Result<Uuid, Error> {
    let (input, store) = (new.input, tx.store());
    let id = tx.new_id();
    let row = ActiveModel {
        id: Set(id),
        identifier: Set(new.identifier.as_str().to_owned()),
        type_code: Set(new.kind.code.clone()),
        type_name: Set(new.kind.name.clone()),
        serial: Set(new.identifier.serial().to_owned()),
        edition: Set(i32::from(new.identifier.version())),
        replaces: Set(new.replaces),
        holder_kind: Set(input.holder_kind.as_str().to_owned()),
        holder_name: Set(input.holder_name.clone()),
        holder_number_sealed: Set(store.seal(NUMBER, &input.holder_number)?),
        holder_blind: Set(subject_blind(store, input.holder_kind, &input.holder_number)),
        issuer: Set(input.issuer),
        issuer_name: Set(input.issuer_name.clone()),
        issuer_code: Set(new.identifier.issuer_text().to_owned()),
        region: Set(input.region.as_str().to_owned()),
        issued_on: Set(input.issued_on),
        valid_from: Set(input.valid_from),
        valid_to: Set(input.valid_to),
        status: Set(LicenceStatus::Valid.as_str().to_owned()),
        fields_sealed: Set(store.seal(FIELDS, &serde_json::to_string(&input.fields)?)?),
        record_sealed: Set(store.seal(RECORD, &serde_json::to_string(new.record)?)?),
        record_digest: Set(new.record.digest.clone()),
        verify_code_hash: Set(store.keys().token_hash(new.verify_code)),
        verify_code_sealed: Set(store.seal(CODE, new.verify_code)?),
        item_name: Set(input.item_name.clone()),
        item_code: Set(input.item_code.clone()),
        item: Set(input.item),
        case_number: Set(input.case_number.clone()),
        invented: Set(new.kind.invented),
        created_at: Set(tx.now()),
        version: Set(1),
    };
    Entity::insert(row)
        .exec_without_returning(tx.connection())
        .await?;
    Ok(id)
}

/// Moves the status, keeps the step, and answers `Conflict` where somebody else was faster.
pub async fn move_status(
    tx: &Tx,
    row: &Model,
    seen: i32,
    to: LicenceStatus,
    (cause, reason): (StatusCause, &str),
) -> Result<(), Error> {
    let result = Entity::update_many()
        .col_expr(Column::Status, Expr::value(to.as_str()))
        .col_expr(Column::Version, Expr::value(seen + 1))
        .filter(Column::Id.eq(row.id))
        .filter(Column::Version.eq(seen))
        .exec(tx.connection())
        .await?;
    if result.rows_affected == 0 {
        return Err(Error::Conflict);
    }
    let signer = tx.signer();
    let step = history::ActiveModel {
        id: Set(tx.new_id()),
        licence: Set(row.id),
        at: Set(tx.now()),
        from_status: Set(row.status.clone()),
        to_status: Set(to.as_str().to_owned()),
        reason: Set(reason.to_owned()),
        cause: Set(Some(cause.as_str().to_owned())),
        signer_kind: Set(signer.kind.as_str().to_owned()),
        signer_id: Set(signer.id),
    };
    history::Entity::insert(step)
        .exec_without_returning(tx.connection())
        .await?;
    Ok(())
}

pub mod history {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "licence_status_history")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub licence: Uuid,
        pub at: ChronoDateTimeUtc,
        pub from_status: String,
        pub to_status: String,
        pub reason: String,
        pub cause: Option<String>,
        pub signer_kind: String,
        pub signer_id: Option<Uuid>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}
