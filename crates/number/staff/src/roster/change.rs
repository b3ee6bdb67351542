//! One post more, one post less, and the end of an account.

use tongban_access::{Actor, Post};
use tongban_identity::{ChangeStaff, account_in, change_staff, may_manage_staff, staff_posts_in};
use tongban_store::Tx;
use uuid::Uuid;

use crate::{Error, delegations::row::end_all_of, factors};

/// Adds a post to those of a member of staff, as they are now. For operators of the region of all posts; nobody changes their own.
///
/// Refusals: `identity.post_twice`, `identity.own_staff_account`.
pub async fn add_post(tx: &Tx, actor: &Actor, account: Uuid, post: Post) -> Result<(), Error> {
    change(tx, actor, account, |mut posts| {
        posts.push((Uuid::nil(), post.clone()));
        Some(posts)
    })
    .await
}

/// Takes a post, by its row, from those of a member of staff, as they are now.
///
/// Refusals: `identity.no_post` (the last one), `identity.own_staff_account`.
pub async fn remove_post(tx: &Tx, actor: &Actor, account: Uuid, post: Uuid) -> Result<(), Error> {
    change(tx, actor, account, |posts| {
        let there = posts.len();
        let kept: Vec<_> = posts.into_iter().filter(|(row, _)| *row != post).collect();
        (kept.len() < there).then_some(kept)
    })
    .await
}

/// The account is held before its posts are read: what another operator does meanwhile waits, and is not undone.
async fn change(
    tx: &Tx,
    actor: &Actor,
    account: Uuid,
    how: impl FnOnce(Vec<(Uuid, Post)>) -> Option<Vec<(Uuid, Post)>>,
) -> Result<(), Error> {
    may_manage_staff(tx, actor, account).await?;
    let name = account_in(tx, account).await?.ok_or(Error::NotFound)?.name;
    let held = staff_posts_in(tx, account).await?;
    let posts = how(held.into_iter().map(|held| (held.id, held.post)).collect()).ok_or(Error::NotFound)?;
    let input = ChangeStaff {
        account,
        name,
        posts: posts.into_iter().map(|(_, post)| post).collect(),
    };
    change_staff(tx, actor, input).await?;
    Ok(())
}

/// Closes the account of a member of staff who leaves, with everything they show and everything that is lent by or to them.
///
/// Refusal: `identity.own_staff_account`.
pub async fn close_staff(tx: &Tx, actor: &Actor, account: Uuid) -> Result<(), Error> {
    tongban_identity::close_staff(tx, actor, account).await?;
    factors::remove(tx, account).await?;
    factors::remove_code(tx, account).await?;
    end_all_of(tx, account).await?;
    Ok(())
}
