//! Shows the second factor in a session.

use tongban_access::{Actor, Denied};
use tongban_identity::{SecondFactor, set_proven};
use tongban_store::{AuditEntry, Store, Tx};
use uuid::Uuid;

use super::{
    domain::{Typed, step_of},
    row,
};
use crate::{Error, Refusal, error::refusal};

/// Takes a one-time password of the own device, or a code of an operator: the session may decide, seal and operate for twelve hours.
///
/// Refusals: `staff.factor_format`, `staff.factor_none` (no device is set up), `staff.factor_wrong` (also one that was taken before),
/// `staff.factor_locked` with `minutes`, `staff.code_wrong` (no code, wrong, too old, or tried twenty times).
pub async fn show_second_factor(
    store: &Store,
    actor: &Actor,
    session: Uuid,
    typed: &str,
) -> Result<(), Error> {
    if !matches!(actor, Actor::Staff { .. }) {
        return Err(Denied::new(actor, "staff.show_second_factor").into());
    }
    let typed = Typed::parse(typed)?;
    let by = actor.clone();
    let outcome = store
        .write(actor.signer(), move |tx| {
            let (by, typed) = (by.clone(), typed.clone());
            async move { record(&tx, &by, session, &typed).await }
        })
        .await?;
    outcome.map_err(Error::Refused)
}

/// Writes the outcome. A refusal is an answer here, not an error: the count must be committed with it.
async fn record(tx: &Tx, actor: &Actor, session: Uuid, typed: &Typed) -> Result<Result<(), Refusal>, Error> {
    let Actor::Staff { account, .. } = actor else {
        return Err(Denied::new(actor, "staff.show_second_factor").into());
    };
    let factor = row::hold(tx, *account).await?;
    let shown = match typed {
        Typed::StaffCode(digits) => {
            if !row::use_code(tx, *account, digits).await? {
                tx.audit(AuditEntry::new("staff.code_failed").on("account", account))
                    .await?;
                return Ok(Err(refusal("staff.code_wrong", [])));
            }
            SecondFactor::StaffCode
        }
        Typed::Totp(password) => {
            let Some((factor, sealed)) =
                factor.and_then(|factor| factor.secret_sealed.clone().map(|sealed| (factor, sealed)))
            else {
                return Ok(Err(refusal("staff.factor_none", [])));
            };
            if let Some(locked) = factor.guard().locked(tx.now()) {
                return Ok(Err(locked));
            }
            let secret = tx.store().unseal(row::SECRET_FIELD, &sealed)?;
            let taken = match step_of(&secret, password, tx.now())? {
                Some(step) => row::take_step(tx, *account, step).await?,
                None => false,
            };
            if !taken {
                let guard = factor.guard().after_failure(tx.now());
                row::save_guard(tx, *account, guard).await?;
                tx.audit(AuditEntry::new("staff.factor_failed").on("account", account))
                    .await?;
                let told = guard.locked(tx.now());
                return Ok(Err(told.unwrap_or_else(|| refusal("staff.factor_wrong", []))));
            }
            SecondFactor::Totp
        }
    };
    set_proven(tx, actor, session, shown).await?;
    Ok(Ok(()))
}
