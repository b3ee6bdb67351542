//! Sends whoever is signed in to the provider of face checks.

use tongban_access::{Actor, PartyKind};
use tongban_store::{AuditEntry, Store, Tx};
use uuid::Uuid;

use super::{
    provider::{FaceProvider, FaceSubject},
    row::{self, MOST, REFERENCE_FIELD},
};
use crate::{
    Error,
    accounts::query,
    error::{own_account, refused},
};

/// A check that may begin.
#[derive(Clone)]
pub struct BegunFaceCheck {
    /// The session in which the person is to be recognised.
    pub session: Uuid,
    /// Where the person wanted to go; a path of ours.
    pub back: String,
    /// A form that waits, sealed by the face.
    pub kept: Option<String>,
}

/// Begins a check; answers where the browser goes. `home` is where the site is reached, without a slash at the end: the
/// provider sends the browser back to `HOME/my/assurance/face/ID`.
///
/// Refusals: `identity.persons_only` (not a person whose name and number were checked), `identity.face_too_many` with
/// `limit`, `identity.face_silent` (the provider does not answer).
pub async fn begin_face_check(
    store: &Store,
    provider: &dyn FaceProvider,
    actor: &Actor,
    home: &str,
    input: BegunFaceCheck,
) -> Result<String, Error> {
    let account = own_account(actor, "identity.begin_face_check")?;
    let party = query::party(store, account)
        .await?
        .filter(|party| party.kind == PartyKind::Person)
        .ok_or_else(|| refused("identity.persons_only", []))?;
    let id = store
        .write(actor.as_holder().signer(), move |tx| {
            let input = input.clone();
            async move { begin(&tx, account, input).await }
        })
        .await?;
    let who = FaceSubject {
        name: party.name,
        number: party.number,
    };
    let started = provider
        .begin(who, &format!("{home}/my/assurance/face/{id}"))
        .await
        .map_err(|trouble| {
            tracing::warn!(error = %trouble, "a face check could not begin");
            refused("identity.face_silent", [])
        })?;
    let sealed = store.seal(REFERENCE_FIELD, &started.reference)?;
    store
        .write(actor.as_holder().signer(), move |tx| {
            let sealed = sealed.clone();
            async move { row::set_reference(&tx, id, &sealed).await }
        })
        .await?;
    Ok(started.address)
}

async fn begin(tx: &Tx, account: Uuid, input: BegunFaceCheck) -> Result<Uuid, Error> {
    query::by_id_held(tx, account).await?.ok_or(Error::NotFound)?;
    if row::begun(tx, account).await? >= MOST {
        return Err(refused("identity.face_too_many", [("limit", MOST.to_string())]));
    }
    let row = row::check::Model {
        id: tx.random_id(),
        account,
        session: input.session,
        reference_sealed: None,
        back: input.back,
        kept: input.kept,
        at: tx.now(),
        outcome: None,
    };
    let id = row.id;
    row::insert(tx, row).await?;
    tx.audit(AuditEntry::new("identity.face_check_begun").on("account", account))
        .await?;
    Ok(id)
}
