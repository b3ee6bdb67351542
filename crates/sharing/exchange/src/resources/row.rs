//! The table `exchange_resources`, private to this room.

use sea_orm::{EntityTrait, Set, sea_query::OnConflict};
use tongban_access::PartyKind;
use tongban_store::{StoreError, Tx};

use super::{Resource, ShareClass};

pub(crate) mod exchange_resource {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "exchange_resources")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub code: String,
        pub name: String,
        pub organisation: Uuid,
        pub organisation_name: String,
        pub share_class: String,
        pub url: String,
        pub fields: String,
        pub subject: String,
        pub secret_sealed: String,
        pub changed_at: ChronoDateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

/// An entry with the sealed secret of its department system. Stays inside the room.
#[derive(Clone)]
pub(crate) struct Entry {
    pub resource: Resource,
    pub secret_sealed: String,
}

impl TryFrom<exchange_resource::Model> for Entry {
    type Error = StoreError;

    fn try_from(row: exchange_resource::Model) -> Result<Self, StoreError> {
        let share_class = ShareClass::from_word(&row.share_class)
            .ok_or_else(|| StoreError::Corrupt(format!("share class of {}", row.code)))?;
        let subject = PartyKind::from_word(&row.subject)
            .ok_or_else(|| StoreError::Corrupt(format!("subject kind of {}", row.code)))?;
        Ok(Self {
            secret_sealed: row.secret_sealed,
            resource: Resource {
                fields: serde_json::from_str(&row.fields)?,
                code: row.code,
                name: row.name,
                organisation: row.organisation,
                organisation_name: row.organisation_name,
                share_class,
                url: row.url,
                subject,
            },
        })
    }
}

/// Writes an entry, or writes over the one of the same code.
pub(super) async fn save(tx: &Tx, resource: &Resource, secret_sealed: String) -> Result<(), StoreError> {
    use exchange_resource::Column;
    let row = exchange_resource::ActiveModel {
        code: Set(resource.code.clone()),
        name: Set(resource.name.clone()),
        organisation: Set(resource.organisation),
        organisation_name: Set(resource.organisation_name.clone()),
        share_class: Set(resource.share_class.as_str().to_owned()),
        url: Set(resource.url.clone()),
        fields: Set(serde_json::to_string(&resource.fields)?),
        subject: Set(resource.subject.as_str().to_owned()),
        secret_sealed: Set(secret_sealed),
        changed_at: Set(tx.now()),
    };
    let rest = [
        Column::Name,
        Column::Organisation,
        Column::OrganisationName,
        Column::ShareClass,
        Column::Url,
        Column::Fields,
        Column::Subject,
        Column::SecretSealed,
        Column::ChangedAt,
    ];
    exchange_resource::Entity::insert(row)
        .on_conflict(OnConflict::column(Column::Code).update_columns(rest).to_owned())
        .exec_without_returning(tx.connection())
        .await?;
    Ok(())
}
