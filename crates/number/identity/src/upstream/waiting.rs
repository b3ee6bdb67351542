//! What waits for the person's word.

use tongban_access::PartyKind;
use tongban_store::{Signer, Store};
use uuid::Uuid;

use super::{domain::Stage, row};
use crate::{
    Error,
    accounts::{
        domain::{check_phone, mask_phone},
        name::SignInName,
        query,
    },
};

/// Whom a platform named, as the person is asked about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WaitingUpstream {
    /// The operator's word for the platform.
    pub provider: String,
    /// Whether an account is to be opened; else a link is to be made.
    pub opens: bool,
    /// What the platform calls the person.
    pub name: Option<String>,
    /// Masked.
    pub number: Option<String>,
    /// Masked: a phone that the platform has verified and that no account has.
    pub phone: Option<String>,
    /// The session that asked; none where anybody may answer who signs in in this browser.
    pub session: Option<Uuid>,
    pub back: String,
}

/// What waits in the browser that holds this; nothing ten minutes later.
pub async fn waiting_upstream(store: &Store, browser: &str) -> Result<Option<WaitingUpstream>, Error> {
    let Some(found) = row::waiting(store.reader(), store, browser, store.now()).await? else {
        return Ok(None);
    };
    let Some(person) = found.person(store)? else {
        return Ok(None);
    };
    let mut phone = None;
    if let Some(strict) = person.phone.as_deref().and_then(|phone| check_phone(phone).ok()) {
        let wanted = SignInName::Phone(strict.clone());
        if query::by_name(store.reader(), store, &wanted).await?.is_none() {
            phone = Some(mask_phone(&strict));
        }
    }
    Ok(Some(WaitingUpstream {
        opens: found.is(Stage::Opens),
        provider: found.provider,
        name: person.name,
        number: person.number.map(|number| PartyKind::Person.mask_number(&number)),
        phone,
        session: found.session,
        back: found.back,
    }))
}

/// The phone that a platform has verified, in clear: for the one code that is sent to it.
pub async fn waiting_upstream_phone(store: &Store, browser: &str) -> Result<Option<String>, Error> {
    let found = row::waiting(store.reader(), store, browser, store.now()).await?;
    let Some(found) = found.filter(|found| found.is(Stage::Opens)) else {
        return Ok(None);
    };
    let person = found.person(store)?;
    Ok(person.and_then(|person| person.phone))
}

/// The person says no, or goes another way.
pub async fn forget_upstream(store: &Store, browser: &str) -> Result<(), Error> {
    if let Some(found) = row::waiting(store.reader(), store, browser, store.now()).await? {
        let id = found.id;
        store
            .write(Signer::nobody(), move |tx| async move { row::end(&tx, id).await })
            .await?;
    }
    Ok(())
}
