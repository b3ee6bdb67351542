//! Writes down for the holder that the issuing organ, or an agent, looked at a licence.

use tongban_access::{Action, Actor, Post, Role, permit, permit_looking};
use tongban_codes::civil::beijing_date;
use tongban_identity::{party_in, subject_blinds};
use tongban_store::{AccessEntry, Tx};
use uuid::Uuid;

use super::{change_status::thing, query};
use crate::Error;

/// Records a look at a licence, once a day for each member of staff, or agent of the holder, and licence. For whoever may not see it there is none.
pub async fn record_licence_view(tx: &Tx, actor: &Actor, licence: Uuid) -> Result<(), Error> {
    let row = query::by_id(tx.connection(), licence)
        .await?
        .ok_or(Error::NotFound)?;
    let (account, reader, purpose) = match (actor, actor.agency()) {
        (_, Some(agency)) => {
            let holder = actor.account().ok_or(Error::NotFound)?;
            let party = party_in(tx, holder).await?.ok_or(Error::NotFound)?;
            let own = subject_blinds(tx.store(), party.kind, &party.number).contains(&row.holder_blind);
            let thing = thing(&row)?.owned_by(own.then_some(holder));
            permit(actor, Action::LicenceView, &thing).map_err(|_| Error::NotFound)?;
            (agency.agent, "代办人".to_owned(), "查看")
        }
        _ => {
            permit_looking(actor, Action::LicenceManage, &thing(&row)?).map_err(|_| Error::NotFound)?;
            let Actor::Staff { account, post, .. } = actor else {
                return Ok(());
            };
            (*account, reader(post), "管理")
        }
    };
    let day = beijing_date(tx.now());
    if tx
        .once(&format!("licence.view:{licence}:{account}:{day}"))
        .await?
    {
        tx.access_log(AccessEntry {
            subject_blind: row.holder_blind.clone(),
            object_kind: "licence",
            object_id: licence.to_string(),
            purpose: format!("{purpose}证照“{}”", row.type_name),
            reader,
        })
        .await?;
    }
    Ok(())
}

/// How a member of staff stands in the log that the holder reads: office and post, no private name.
pub(super) fn reader(post: &Post) -> String {
    let role = match post.role {
        Role::Clerk => "窗口人员",
        Role::Approver => "审批人员",
        Role::Supervisor => "监督人员",
        Role::Operator => "运维人员",
    };
    format!("{} · {role}", post.organisation_name)
}
