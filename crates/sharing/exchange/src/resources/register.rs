//! Enters a resource into the directory, or changes its entry.

use tongban_access::{Action, Actor, Thing, permit};
use tongban_store::{AuditEntry, Tx};

use super::{Resource, domain, row};
use crate::{Error, refused};

/// The name under which the secrets of department systems are sealed.
pub(crate) const SECRET_FIELD: &str = "exchange.secret";

/// Enters a resource, or changes the entry of the same code. `secret` is the bearer token of its department
/// system: at least 16 printable ASCII characters, kept sealed.
///
/// Refusals: `exchange.resource_code`, `exchange.resource_name`, `exchange.resource_url`,
/// `exchange.resource_fields`, `exchange.resource_secret`, each with `resource`.
pub async fn register_resource(
    tx: &Tx,
    actor: &Actor,
    resource: Resource,
    secret: &str,
) -> Result<(), Error> {
    permit(actor, Action::ImportRun, &Thing::none())?;
    domain::check(&resource, secret).map_err(|code| refused(code, [("resource", &resource.code)]))?;
    let sealed = tx.store().seal(SECRET_FIELD, secret)?;
    row::save(tx, &resource, sealed).await?;
    tx.audit(
        AuditEntry::new("exchange.resource_registered")
            .on("exchange_resource", &resource.code)
            .with("name", resource.name)
            .with("share_class", resource.share_class.as_str())
            .with("url", resource.url),
    )
    .await?;
    Ok(())
}
