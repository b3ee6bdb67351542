//! Registers a member of staff.

use tongban_access::{Action, Actor, Assurance, Post, Thing, permit};
use tongban_store::{AuditEntry, Tx};
use uuid::Uuid;

use super::{
    AccountKind,
    change_staff::words,
    domain::{self, CheckedBy},
    name::SignInName,
    query,
    register_party::duplicate,
    row::{self, NewAccount},
};
use crate::{Error, PasswordHash, error::refused};

/// A member of staff with at least one post.
#[derive(Clone)]
pub struct NewStaff {
    /// Kept in lower case.
    pub login: String,
    pub name: String,
    /// From [`hash_password`](crate::hash_password); none where an operator's code lets them in for the first time.
    pub password: Option<PasswordHash>,
    /// In the order in which they are offered; a session begins on the first one.
    pub posts: Vec<Post>,
}

/// Whether somebody may open, unlock or change an account with these posts: an operator keeps the accounts of the own region.
pub(crate) fn may_manage(actor: &Actor, posts: &[Post]) -> Result<(), Error> {
    for post in posts {
        let at = Thing::at(post.organisation, post.region.clone());
        permit(actor, Action::AccountManage, &at)?;
    }
    Ok(())
}

/// Registers a member of staff; answers the account. For operators.
///
/// Refusals: `identity.login_format`, `identity.login_taken`, `identity.name_missing`, `identity.name_too_long`,
/// `identity.no_post`, `identity.post_twice`.
pub async fn register_staff(tx: &Tx, actor: &Actor, input: NewStaff) -> Result<Uuid, Error> {
    permit(actor, Action::AccountManage, &Thing::none())?;
    may_manage(actor, &input.posts)?;
    let login = domain::check_login(&input.login)?;
    let name = domain::check_display_name(&input.name)?;
    domain::check_posts(&input.posts)?;
    let wanted = SignInName::Login(login.clone());
    if query::by_name(tx.connection(), tx.store(), &wanted)
        .await?
        .is_some()
    {
        return Err(refused("identity.login_taken", []));
    }
    let new = NewAccount {
        kind: AccountKind::Staff,
        name,
        number: None,
        phone: None,
        login: Some(login.clone()),
        password_hash: input.password.map(PasswordHash::into_text),
        posts: &input.posts,
        assurance: Assurance::RealName,
        checked_by: Some(CheckedBy::Office),
    };
    let id = row::insert(tx, new)
        .await
        .map_err(|error| duplicate(error, "identity.login_taken"))?;
    let posts: Vec<String> = input.posts.iter().map(words).collect();
    tx.audit(
        AuditEntry::new("identity.staff_registered")
            .on("account", id)
            .with("login", login)
            .with("posts", posts),
    )
    .await?;
    Ok(id)
}
