//! Opens an account for somebody whom a platform vouches for.

use tongban_access::{Assurance, PartyKind};
use tongban_store::{AuditEntry, Signer, Store, Tx};

use super::{
    domain::Stage,
    finish::{Session, linked, open_for, owner_of, vouched},
    row,
};
use crate::{
    Error, Refusal,
    accounts::{
        AccountKind,
        domain::{CheckedBy, check_phone},
        name::SignInName,
        query,
        register_party::duplicate,
        row::{NewAccount, forget_ways_in, insert, set_checked},
        subject_blind,
    },
    error::{refusal, refused},
    real_name::check::number_key,
    sessions::{Browser, OpenedSession},
    sign_in::{
        domain::{CodeFor, check_code},
        failure::audit,
        phone_code::try_code,
        row::hold_guard,
    },
};

/// The person has seen what comes from the platform, and says yes.
#[derive(Clone)]
pub struct OpenByUpstream {
    /// What only the browser holds that began.
    pub waiting: String,
    /// A phone. One that the platform has verified may have changed hands since, so it is no better than one that was typed.
    pub phone: String,
    /// What was sent to it by [`request_phone_code`](crate::request_phone_code).
    pub code: String,
    pub browser: Browser,
    /// What people know the platform by.
    pub name: String,
}

/// An account that was opened.
#[derive(Clone)]
pub struct OpenedByUpstream {
    pub opened: OpenedSession,
    /// Where the person wanted to go.
    pub back: String,
    /// A form that waits, sealed by the face.
    pub kept: Option<String>,
}

/// Opens an account of level 2 with the name and number that a platform vouches for, links it and signs in. An account of level 1
/// that the phone had opened becomes it, and everything that an earlier holder of the phone left is gone.
///
/// Refusals: `identity.upstream_lost`, the codes of the phone's form, `identity.code_format`, `identity.code_wrong`,
/// `identity.phone_has_account` with `name`,
/// `identity.number_taken` (by another way, meanwhile).
pub async fn open_by_upstream(store: &Store, input: OpenByUpstream) -> Result<OpenedByUpstream, Error> {
    let typed = (check_phone(&input.phone)?, check_code(&input.code)?);
    let outcome = store
        .write(Signer::nobody(), move |tx| {
            let (input, typed) = (input.clone(), typed.clone());
            async move { record(&tx, input, typed).await }
        })
        .await?;
    outcome.map_err(Error::Refused)
}

/// Writes the outcome. A refusal is an answer here, not an error: a wrong code must be counted with it.
async fn record(
    tx: &Tx,
    input: OpenByUpstream,
    (phone, code): (String, String),
) -> Result<Result<OpenedByUpstream, Refusal>, Error> {
    let lost = || refused("identity.upstream_lost", []);
    let store = tx.store();
    let found = row::waiting(tx.connection(), store, &input.waiting, tx.now())
        .await?
        .filter(|row| row.is(Stage::Opens))
        .ok_or_else(lost)?;
    let mut person = found.person(store)?.ok_or_else(lost)?;
    // whether the platform vouches was looked at when it named the person
    let (name, number) = vouched(true, &person)
        .map_err(|code| refused(code, []))?
        .ok_or_else(lost)?;
    let wanted = SignInName::Phone(phone.clone());
    let known = query::by_name(tx.connection(), store, &wanted).await?;
    if !try_code(tx, &phone, CodeFor::Register, &code).await? {
        audit(tx, "identity.code_failed", known.map(|row| row.id)).await?;
        return Ok(Err(refusal("identity.code_wrong", [])));
    }
    // Phones change hands: whoever opens an account in good faith must not land in a stranger's.
    if let Some(known) = &known
        && known.assurance != Assurance::Registered.as_str()
    {
        let name = PartyKind::Person.shown_name(&known.name);
        tx.audit(AuditEntry::new("identity.phone_has_account").on("account", known.id))
            .await?;
        return Ok(Err(refusal("identity.phone_has_account", [("name", name)])));
    }
    // Held, so that of two who come with one number one finds the other.
    hold_guard(tx, &number_key(store, &number)).await?;
    let opener = row::end(tx, found.id).await?;
    if !opener || owner_of(tx, &number).await?.is_some() {
        return Ok(Err(refusal("identity.number_taken", [])));
    }
    let taken = |error| duplicate(error, "identity.number_taken");
    let account = match known {
        Some(held) => {
            let kind = PartyKind::Person;
            set_checked(tx, &held, kind, &name, &number, CheckedBy::Platform)
                .await
                .map_err(taken)?;
            // whoever held the phone before may have left a way in
            forget_ways_in(tx, held.id, None).await?;
            held.id
        }
        None => {
            let new = NewAccount {
                kind: AccountKind::Person,
                name,
                number: Some(&number),
                phone: Some(&phone),
                login: None,
                password_hash: None,
                posts: &[],
                assurance: Assurance::RealName,
                checked_by: Some(CheckedBy::Platform),
            };
            insert(tx, new).await.map_err(taken)?
        }
    };
    tx.audit(
        AuditEntry::new("identity.upstream_opened")
            .on("account", account)
            .about(&subject_blind(store, PartyKind::Person, &number))
            .with("provider", found.provider.clone()),
    )
    .await?;
    linked(tx, account, &found.provider, &input.name, &person, true).await?;
    // a code that was read is something of their own
    person.authenticated_at = Some(tx.now());
    let session = Session {
        asked_at: found.at,
        browser: &input.browser,
        person: &person,
    };
    let opened = open_for(tx, account, session).await?;
    Ok(Ok(OpenedByUpstream {
        opened,
        back: found.back,
        kept: found.kept,
    }))
}
