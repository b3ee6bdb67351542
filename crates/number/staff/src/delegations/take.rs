//! Works on a post that a colleague lent.

use tongban_access::{Actor, Post};
use tongban_codes::civil::beijing_date;
use tongban_identity::{HeldPost, Session, staff_post, staff_posts_in, take_post};
use tongban_store::{Store, StoreError, Tx};
use uuid::Uuid;

use super::row;
use crate::Error;

/// Puts a session on a post that is lent to whoever is signed in; answers the post.
pub async fn take_delegated_post(
    tx: &Tx,
    actor: &Actor,
    session: Uuid,
    delegation: Uuid,
) -> Result<Post, Error> {
    let read = row::held(tx, delegation).await?.ok_or(Error::NotFound)?;
    let deputy = actor.account().filter(|account| *account == read.deputy);
    let deputy = deputy.ok_or(Error::NotFound)?;
    row::in_force(tx.connection(), deputy, read.post, beijing_date(tx.now()))
        .await?
        .filter(|found| found.id == delegation)
        .ok_or(Error::NotFound)?;
    Ok(take_post(tx, actor, session, read.post).await?)
}

/// Who acts in a session that stands on a lent post; `None` where it is lent no more, and for every other session.
pub async fn standing(store: &Store, session: &Session) -> Result<Option<Actor>, Error> {
    let Some(post) = session.lent_post else {
        return Ok(None);
    };
    let account = session.account.id;
    let today = beijing_date(store.now());
    if row::in_force(store.reader(), account, post, today)
        .await?
        .is_none()
    {
        return Ok(None);
    }
    let held = staff_post(store, post).await?;
    // whoever has moved to another office is no colleague any more
    let held = held.filter(|held| is_colleague(&session.account.posts, held));
    Ok(held.map(|held| Actor::Staff {
        account,
        post: held.post,
        proven: session.actor.is_proven(),
        deputy_for: Some(held.holder),
    }))
}

fn is_colleague(own: &[Post], held: &HeldPost) -> bool {
    own.iter().any(|post| post.organisation == held.post.organisation)
}

/// Whether the post on which somebody acts is still lent to them, inside an act. True for everybody on a post of their own.
pub async fn stands_in(tx: &Tx, actor: &Actor) -> Result<bool, StoreError> {
    let Actor::Staff {
        account,
        post,
        deputy_for: Some(holder),
        ..
    } = actor
    else {
        return Ok(true);
    };
    let today = beijing_date(tx.now());
    let own: Vec<Post> = posts_of(tx, *account)
        .await?
        .into_iter()
        .map(|held| held.post)
        .collect();
    for held in posts_of(tx, *holder).await? {
        if held.post == *post
            && is_colleague(&own, &held)
            && row::in_force(tx.connection(), *account, held.id, today)
                .await?
                .is_some()
        {
            return Ok(true);
        }
    }
    Ok(false)
}

async fn posts_of(tx: &Tx, account: Uuid) -> Result<Vec<HeldPost>, StoreError> {
    staff_posts_in(tx, account).await.map_err(|error| match error {
        tongban_identity::Error::Store(error) => error,
        other => StoreError::Corrupt(format!("the posts of a member of staff: {other}")),
    })
}
