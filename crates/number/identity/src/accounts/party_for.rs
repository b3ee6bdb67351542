//! The account of a number, opened where there is none.

use tongban_access::{Assurance, PartyKind};
use tongban_store::{AuditEntry, Tx};

use super::{
    AccountKind,
    domain::{self, CheckedBy, Party},
    name::SignInName,
    query,
    register_party::duplicate,
    row::{self, NewAccount},
    subject_blind,
};
use crate::{Error, error::refused, real_name::domain::plain};

/// Whether two names are the same but for what people type differently: spaces, the dot inside names of other peoples, upper and lower case.
pub fn same_name(one: &str, other: &str) -> bool {
    plain(one) == plain(other)
}

/// The person or firm of a number that an office or a register vouches for. Where nobody has an account for it, one is opened that nobody
/// signs in to: others act for it, until its holder opens it at a window. Whoever calls has authorised it.
///
/// Refusals: `identity.name_missing`, `identity.name_too_long`, the codes of the number's form, `identity.name_differs` (the number belongs
/// to a person of another name; a firm may have been renamed).
pub async fn party_for(tx: &Tx, kind: PartyKind, name: &str, number: &str) -> Result<Party, Error> {
    let name = domain::check_display_name(name)?;
    let number = domain::check_number(kind, number)?;
    let wanted = SignInName::Number(kind, number.clone());
    if let Some(found) = query::by_name(tx.connection(), tx.store(), &wanted).await? {
        if kind == PartyKind::Person && !same_name(&found.name, &name) {
            return Err(refused("identity.name_differs", []));
        }
        return query::party_in(tx, found.id).await?.ok_or(Error::NotFound);
    }
    let new = NewAccount {
        kind: AccountKind::from(kind),
        name,
        number: Some(&number),
        phone: None,
        login: None,
        password_hash: None,
        posts: &[],
        assurance: Assurance::RealName,
        checked_by: Some(CheckedBy::Office),
    };
    let id = row::insert(tx, new)
        .await
        .map_err(|error| duplicate(error, "identity.number_taken"))?;
    tx.audit(
        AuditEntry::new("identity.opened_for_others")
            .on("account", id)
            .about(&subject_blind(tx.store(), kind, &number))
            .with("kind", kind.as_str()),
    )
    .await?;
    query::party_in(tx, id).await?.ok_or(Error::NotFound)
}
