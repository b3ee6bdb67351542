//! Changes the name and the posts of a member of staff, and closes the account of one who leaves.

use tongban_access::{Actor, Post};
use tongban_store::{AuditEntry, Tx};
use uuid::Uuid;

use super::{
    domain::{check_display_name, check_posts},
    query::managed,
    register_staff::may_manage,
    row,
};
use crate::{Error, error::refused};

/// What somebody moves to.
#[derive(Debug, Clone)]
pub struct ChangeStaff {
    pub account: Uuid,
    pub name: String,
    /// All posts, in the order in which they are offered. One that is held already stays what it is; others go.
    pub posts: Vec<Post>,
}

/// Gives a member of staff this name and these posts; says whether anything changed. A session on a post that goes stands on the first
/// one from its next request on. For operators of the region of old and new posts; nobody changes their own.
///
/// Refusals: `identity.name_missing`, `identity.name_too_long`, `identity.no_post`, `identity.post_twice`, `identity.own_staff_account`.
pub async fn change_staff(tx: &Tx, actor: &Actor, input: ChangeStaff) -> Result<bool, Error> {
    let found = managed(tx, actor, input.account).await?;
    may_manage(actor, &input.posts)?;
    let name = check_display_name(&input.name)?;
    check_posts(&input.posts)?;
    if found.row.name == name && found.posts()? == input.posts {
        return Ok(false);
    }
    not_oneself(actor, input.account)?;
    row::set_staff(tx, &found, &name, &input.posts).await?;
    let posts: Vec<String> = input.posts.iter().map(words).collect();
    tx.audit(
        AuditEntry::new("identity.staff_changed")
            .on("account", input.account)
            .with("posts", posts),
    )
    .await?;
    Ok(true)
}

/// Closes the account of a member of staff who leaves: sessions end, login and ways in go, what they did stays. For operators of the
/// region of all posts; nobody closes their own.
///
/// Refusal: `identity.own_staff_account`.
pub async fn close_staff(tx: &Tx, actor: &Actor, account: Uuid) -> Result<(), Error> {
    let found = managed(tx, actor, account).await?;
    not_oneself(actor, account)?;
    row::close(tx, &found.row, None).await?;
    tx.audit(AuditEntry::new("identity.staff_left").on("account", account))
        .await?;
    Ok(())
}

/// Takes away password and passkeys of a member of staff, and ends all their sessions. Nobody does it to themself.
pub async fn forget_staff_ways_in(tx: &Tx, actor: &Actor, account: Uuid) -> Result<(), Error> {
    managed(tx, actor, account).await?;
    not_oneself(actor, account)?;
    Ok(row::forget_ways_in(tx, account, None).await?)
}

fn not_oneself(actor: &Actor, account: Uuid) -> Result<(), Error> {
    // nor does whoever stands in for somebody change their account
    if actor.account() == Some(account) || actor.deputy_for() == Some(account) {
        Err(refused("identity.own_staff_account", []))
    } else {
        Ok(())
    }
}

pub(super) fn words(post: &Post) -> String {
    format!("{} {}", post.role.as_str(), post.organisation)
}
