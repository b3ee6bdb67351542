//! A member of staff with several posts goes to work on another one.

use tongban_access::{Actor, Denied, Post, Role};
use tongban_store::{AuditEntry, Tx};
use uuid::Uuid;

use super::row::set_post;
use crate::{Error, accounts::query, staff_post_in};

/// Which post, in which session.
#[derive(Debug, Clone)]
pub struct ChoosePost {
    pub session: Uuid,
    pub organisation: Uuid,
    pub role: Role,
}

/// Puts the session on another post of the same account; answers the post. From the next request on the actor stands there.
pub async fn choose_post(tx: &Tx, actor: &Actor, input: ChoosePost) -> Result<Post, Error> {
    let Actor::Staff { account, .. } = actor else {
        return Err(Denied::new(actor, "identity.choose_post").into());
    };
    let staff = query::by_id(tx.connection(), *account)
        .await?
        .ok_or(Error::NotFound)?;
    let wanted = |post: &&crate::accounts::row::account_post::Model| {
        post.organisation == input.organisation && post.role == input.role.as_str()
    };
    // A post that somebody else holds is as good as none.
    let post = staff.posts.iter().find(wanted).ok_or(Error::NotFound)?;
    if !set_post(tx, *account, input.session, post.id).await? {
        return Err(Error::NotFound);
    }
    let Some(Actor::Staff { post, .. }) = staff.actor(Some(post.id))? else {
        return Err(Error::NotFound);
    };
    tx.audit(chosen(*account, &post)).await?;
    Ok(post)
}

fn chosen(account: Uuid, post: &Post) -> AuditEntry {
    AuditEntry::new("identity.post_chosen")
        .on("account", account)
        .with("role", post.role.as_str())
        .with("organisation", post.organisation.to_string())
}

/// Puts a session of a member of staff on a post that a colleague lent; answers the post. Whether it is lent, the room of staff has looked.
pub async fn take_post(tx: &Tx, actor: &Actor, session: Uuid, post: Uuid) -> Result<Post, Error> {
    let Actor::Staff { account, .. } = actor else {
        return Err(Denied::new(actor, "identity.take_post").into());
    };
    let held = staff_post_in(tx, post).await?.ok_or(Error::NotFound)?;
    if !set_post(tx, *account, session, post).await? {
        return Err(Error::NotFound);
    }
    let entry = chosen(*account, &held.post).with("deputy_for", held.holder.to_string());
    tx.audit(entry).await?;
    Ok(held.post)
}
