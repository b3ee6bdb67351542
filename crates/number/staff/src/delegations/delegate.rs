//! Lends a post to a colleague.

use chrono::NaiveDate;
use tongban_access::{Actor, Denied, require_second_factor};
use tongban_codes::civil::beijing_date;
use tongban_identity::{find_staff_in, may_manage_staff, staff_post_in};
use tongban_store::{AuditEntry, Tx};
use uuid::Uuid;

use super::{
    domain::{check_days, check_reason},
    row::{self, delegation},
};
use crate::{Error, error::refused};

/// Which post, to whom, from when to when.
#[derive(Debug, Clone)]
pub struct DelegatePost {
    /// The row of the post.
    pub post: Uuid,
    /// The login name of the colleague.
    pub deputy: String,
    /// Civil days in Beijing; both belong to it.
    pub starts_on: NaiveDate,
    pub ends_on: NaiveDate,
    /// Why, in words.
    pub reason: String,
}

/// Lets a colleague of the same organisation work on a post, from the first to the last day. The holder does it for their own post; an
/// operator does it for somebody who fell ill. The holder goes on working where they can.
///
/// Refusals: `identity.login_format`, `staff.deputy_unknown` (nobody of that name in the organisation), `staff.deputy_oneself`,
/// `staff.days_order`, `staff.days_past`, `staff.days_many`, `staff.reason_missing`, `staff.reason_long`, `staff.delegated_already` (to
/// somebody on one of these days), `staff.own_account` (an operator to themself).
pub async fn delegate_post(tx: &Tx, actor: &Actor, input: DelegatePost) -> Result<Uuid, Error> {
    let held = staff_post_in(tx, input.post).await?.ok_or(Error::NotFound)?;
    // a post that was lent is not lent on: only its holder stands here with their own account
    let own = actor.account() == Some(held.holder);
    if own {
        require_second_factor(actor, "staff.delegate_post")?;
    } else {
        // whoever stands in for an operator lends nothing of theirs, and prolongs nothing
        if actor.deputy_for().is_some() {
            return Err(Denied::new(actor, "staff.delegate_post").into());
        }
        may_manage_staff(tx, actor, held.holder).await?;
    }
    let today = beijing_date(tx.now());
    check_days(input.starts_on, input.ends_on, today)?;
    let reason = check_reason(&input.reason)?;
    let deputy = find_staff_in(tx, &input.deputy)
        .await?
        .filter(|found| {
            found
                .posts
                .iter()
                .any(|post| post.organisation == held.post.organisation)
        })
        .ok_or_else(|| refused("staff.deputy_unknown", []))?;
    // an operator gives no post of somebody else to themself
    if !own && actor.account() == Some(deputy.id) {
        return Err(refused("staff.own_account", []));
    }
    if deputy.id == held.holder {
        return Err(refused("staff.deputy_oneself", []));
    }
    row::hold_post(tx, held.id).await?;
    let taken = row::open_of_post(tx, held.id)
        .await?
        .iter()
        .any(|other| other.starts_on <= input.ends_on && input.starts_on <= other.ends_on);
    if taken {
        return Err(refused("staff.delegated_already", []));
    }
    let id = tx.new_id();
    let entry = |account: Uuid| {
        AuditEntry::new("staff.post_delegated")
            .on("account", account)
            .with("delegation", id.to_string())
            .with("deputy", deputy.id.to_string())
            .with("from", input.starts_on.to_string())
            .with("to", input.ends_on.to_string())
    };
    tx.audit(entry(held.holder)).await?;
    tx.audit(entry(deputy.id)).await?;
    row::insert(
        tx,
        delegation::Model {
            id,
            post: held.id,
            holder: held.holder,
            deputy: deputy.id,
            deputy_name: deputy.name,
            holder_name: held.holder_name,
            starts_on: input.starts_on,
            ends_on: input.ends_on,
            reason,
            given_by: actor.account(),
            given_at: tx.now(),
            ended_at: None,
        },
    )
    .await?;
    Ok(id)
}
