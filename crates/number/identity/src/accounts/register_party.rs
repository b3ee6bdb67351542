//! Registers a person or a firm.

use tongban_access::{Action, Actor, Assurance, PartyKind, Thing, permit};
use tongban_store::{AuditEntry, StoreError, Tx};
use uuid::Uuid;

use super::{
    AccountKind,
    domain::{self, CheckedBy},
    name::SignInName,
    query,
    row::{self, NewAccount},
    subject_blind,
};
use crate::{Error, PasswordHash, error::refused};

/// A person or firm whose number was checked by whoever registers it.
#[derive(Clone)]
pub struct NewParty {
    pub kind: PartyKind,
    pub name: String,
    /// Citizen number or unified social credit code.
    pub number: String,
    /// Mainland mobile number. A person signs in with it too; to a firm it only brings one-time codes.
    pub phone: Option<String>,
    /// From [`hash_password`](crate::hash_password).
    pub password: Option<PasswordHash>,
}

/// Registers a party; answers the account. Only the platform itself and operators do, because nobody may open an account
/// in the name of a number that was not proven to be theirs.
///
/// Refusals: `identity.name_missing`, `identity.name_too_long`, the codes of the number's and the phone's form,
/// `identity.no_way_in` (neither phone nor password), `identity.number_taken`, `identity.phone_taken`.
pub async fn register_party(tx: &Tx, actor: &Actor, input: NewParty) -> Result<Uuid, Error> {
    permit(actor, Action::AccountManage, &Thing::none())?;
    let name = domain::check_display_name(&input.name)?;
    let number = domain::check_number(input.kind, &input.number)?;
    let phone = input.phone.as_deref().map(domain::check_phone).transpose()?;
    if phone.is_none() && input.password.is_none() {
        return Err(refused("identity.no_way_in", []));
    }
    let taken = |name: SignInName| async move { query::by_name(tx.connection(), tx.store(), &name).await };
    if taken(SignInName::Number(input.kind, number.clone()))
        .await?
        .is_some()
    {
        return Err(refused("identity.number_taken", []));
    }
    if let (PartyKind::Person, Some(phone)) = (input.kind, &phone)
        && taken(SignInName::Phone(phone.clone())).await?.is_some()
    {
        return Err(refused("identity.phone_taken", []));
    }
    let new = NewAccount {
        kind: AccountKind::from(input.kind),
        name,
        number: Some(&number),
        phone: phone.as_deref(),
        login: None,
        password_hash: input.password.map(PasswordHash::into_text),
        posts: &[],
        assurance: Assurance::RealName,
        checked_by: Some(CheckedBy::Office),
    };
    let id = row::insert(tx, new)
        .await
        .map_err(|error| duplicate(error, "identity.number_taken"))?;
    tx.audit(
        AuditEntry::new("identity.party_registered")
            .on("account", id)
            .about(&subject_blind(tx.store(), input.kind, &number))
            .with("kind", input.kind.as_str()),
    )
    .await?;
    Ok(id)
}

/// Two acts may register the same name at once: the schema lets one pass.
pub(crate) fn duplicate(error: StoreError, code: &'static str) -> Error {
    if error.is_duplicate() {
        refused(code, [])
    } else {
        error.into()
    }
}
