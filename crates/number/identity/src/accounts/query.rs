//! Finding and listing accounts.

use std::collections::{BTreeMap, BTreeSet};

use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect, QueryTrait as _,
};
use tongban_access::{Action, Actor, PartyKind, Post, Thing, permit};
use tongban_store::{Page, PageRequest, Store, StoreError, Tx};
use uuid::Uuid;

use super::{
    Account, AccountKind, HeldPost, Party,
    domain::{check_login, check_number, subject_blinds},
    name::SignInName,
    register_staff::may_manage,
    row::{Loaded, PHONE_BLIND, account, account_post},
};
use crate::Error;

/// One account as pages show it.
pub async fn account(store: &Store, id: Uuid) -> Result<Option<Account>, Error> {
    let found = by_id(store.reader(), id).await?;
    Ok(found.map(|found| found.account(store)).transpose()?)
}

/// As [`account`], inside an act.
pub async fn account_in(tx: &Tx, id: Uuid) -> Result<Option<Account>, Error> {
    let found = by_id(tx.connection(), id).await?;
    Ok(found.map(|found| found.account(tx.store())).transpose()?)
}

/// Whether an account can be acted for: it is there, and nobody has closed it.
pub async fn account_is_open(store: &Store, id: Uuid) -> Result<bool, Error> {
    is_open(store.reader(), id).await
}

/// As [`account_is_open`], inside an act.
pub async fn account_is_open_in(tx: &Tx, id: Uuid) -> Result<bool, Error> {
    is_open(tx.connection(), id).await
}

async fn is_open<C: ConnectionTrait>(connection: &C, id: Uuid) -> Result<bool, Error> {
    let open = account::Entity::find_by_id(id)
        .filter(account::Column::ClosedAt.is_null())
        .count(connection)
        .await
        .map_err(StoreError::from)?;
    Ok(open > 0)
}

/// The one who applies, with number and phone in clear; `None` for staff.
pub async fn party(store: &Store, account: Uuid) -> Result<Option<Party>, Error> {
    match by_id(store.reader(), account).await? {
        Some(found) => Ok(found.party(store)?),
        None => Ok(None),
    }
}

/// As [`party`], inside an act.
pub async fn party_in(tx: &Tx, account: Uuid) -> Result<Option<Party>, Error> {
    match by_id(tx.connection(), account).await? {
        Some(found) => Ok(found.party(tx.store())?),
        None => Ok(None),
    }
}

/// The account of a number, if somebody has registered it. Refuses a malformed number with the code of its rule.
pub async fn find_party(store: &Store, kind: PartyKind, number: &str) -> Result<Option<Uuid>, Error> {
    let name = SignInName::Number(kind, check_number(kind, number)?);
    Ok(by_name(store.reader(), store, &name).await?.map(|row| row.id))
}

/// As [`find_party`], inside an act.
pub async fn find_party_in(tx: &Tx, kind: PartyKind, number: &str) -> Result<Option<Uuid>, Error> {
    let name = SignInName::Number(kind, check_number(kind, number)?);
    Ok(by_name(tx.connection(), tx.store(), &name)
        .await?
        .map(|row| row.id))
}

/// The account of a login name of staff. Refuses `identity.login_format`.
pub async fn find_staff(store: &Store, login: &str) -> Result<Option<Uuid>, Error> {
    let name = SignInName::Login(check_login(login)?);
    Ok(by_name(store.reader(), store, &name).await?.map(|row| row.id))
}

/// Staff by name, for operators: those with a post in the operator's own region. `wanted` is a part of name or login.
pub async fn list_staff(
    store: &Store,
    actor: &Actor,
    wanted: &str,
    page: PageRequest,
) -> Result<Page<Account>, Error> {
    permit(actor, Action::AccountManage, &Thing::none())?;
    let mut query = account::Entity::find()
        .filter(account::Column::Kind.eq(AccountKind::Staff.as_str()))
        .filter(account::Column::ClosedAt.is_null());
    let wanted = wanted.trim();
    if !wanted.is_empty() {
        query = query.filter(
            Condition::any()
                .add(account::Column::Name.contains(wanted))
                .add(account::Column::Login.contains(wanted.to_ascii_lowercase())),
        );
    }
    if let Some(post) = actor.post() {
        let own = account_post::Entity::find()
            .select_only()
            .column(account_post::Column::Account)
            .filter(account_post::Column::Region.starts_with(post.region.prefix()));
        query = query.filter(account::Column::Id.in_subquery(own.into_query()));
    }
    let total = query
        .clone()
        .count(store.reader())
        .await
        .map_err(StoreError::from)?;
    let rows = query
        .order_by_asc(account::Column::Name)
        .order_by_asc(account::Column::Id)
        .offset(page.offset())
        .limit(page.size)
        .all(store.reader())
        .await
        .map_err(StoreError::from)?;
    let mut posts = posts_of(store.reader(), rows.iter().map(|row| row.id)).await?;
    let mut staff = Vec::with_capacity(rows.len());
    for row in rows {
        let own = posts.extract_if(.., |post| post.account == row.id).collect();
        staff.push(Loaded { row, posts: own }.account(store)?);
    }
    Ok(Page::new(staff, total, page))
}

/// The posts that a member of staff holds, in their order; none once the account is closed.
pub async fn staff_posts(store: &Store, account: Uuid) -> Result<Vec<HeldPost>, Error> {
    match by_id(store.reader(), account).await? {
        Some(found) => held(&found),
        None => Ok(Vec::new()),
    }
}

/// As [`staff_posts`], inside an act.
pub async fn staff_posts_in(tx: &Tx, account: Uuid) -> Result<Vec<HeldPost>, Error> {
    match by_id(tx.connection(), account).await? {
        Some(found) => held(&found),
        None => Ok(Vec::new()),
    }
}

fn held(found: &Loaded) -> Result<Vec<HeldPost>, Error> {
    if found.row.closed_at.is_some() {
        return Ok(Vec::new());
    }
    let posts = found.posts()?.into_iter().zip(&found.posts);
    Ok(posts
        .map(|(post, row)| HeldPost {
            id: row.id,
            holder: found.row.id,
            holder_name: found.row.name.clone(),
            post,
        })
        .collect())
}

/// A post by its row, while somebody holds it.
pub async fn staff_post(store: &Store, post: Uuid) -> Result<Option<HeldPost>, Error> {
    one_post(store.reader(), post).await
}

/// As [`staff_post`], inside an act.
pub async fn staff_post_in(tx: &Tx, post: Uuid) -> Result<Option<HeldPost>, Error> {
    one_post(tx.connection(), post).await
}

async fn one_post<C: ConnectionTrait>(connection: &C, post: Uuid) -> Result<Option<HeldPost>, Error> {
    let row = account_post::Entity::find_by_id(post)
        .one(connection)
        .await
        .map_err(StoreError::from)?;
    let Some(row) = row else { return Ok(None) };
    let Some(found) = by_id(connection, row.account).await? else {
        return Ok(None);
    };
    Ok(held(&found)?.into_iter().find(|held| held.id == post))
}

/// One member of staff by login name, inside an act. Refuses `identity.login_format`.
pub async fn find_staff_in(tx: &Tx, login: &str) -> Result<Option<Account>, Error> {
    let name = SignInName::Login(check_login(login)?);
    let Some(row) = by_name(tx.connection(), tx.store(), &name).await? else {
        return Ok(None);
    };
    let found = with_posts(tx.connection(), row).await?;
    Ok(Some(found.account(tx.store())?))
}

/// One member of staff for an operator of the region of all their posts; `None` for everybody else, and once the account is closed.
pub async fn staff_member(store: &Store, actor: &Actor, id: Uuid) -> Result<Option<Account>, Error> {
    permit(actor, Action::AccountManage, &Thing::none())?;
    let found = by_id(store.reader(), id).await?;
    let Some(found) = found.filter(is_staff) else {
        return Ok(None);
    };
    if may_manage(actor, &found.posts()?).is_err() {
        return Ok(None);
    }
    Ok(Some(found.account(store)?))
}

/// A member of staff whose account is open, inside an act of whoever may manage it. Both accounts are held: of two operators who close
/// each other at once the second one finds that they are no operator any more, and one remains.
pub(crate) async fn managed(tx: &Tx, actor: &Actor, id: Uuid) -> Result<Loaded, Error> {
    permit(actor, Action::AccountManage, &Thing::none())?;
    let mut held = BTreeMap::new();
    let own = [actor.account(), actor.deputy_for()].into_iter().flatten();
    // in one order, whoever asks
    for each in own.clone().chain([id]).collect::<BTreeSet<_>>() {
        if let Some(row) = by_id_held(tx, each).await? {
            held.insert(each, with_posts(tx.connection(), row).await?);
        }
    }
    let gone = own
        .clone()
        .filter_map(|own| held.get(&own))
        .any(|own| own.row.closed_at.is_some());
    if let Some(holder) = own.last().and_then(|holder| held.get(&holder)) {
        let (posts, post) = (holder.posts()?, actor.post().ok_or(Error::NotFound)?);
        let still = |held: &Post| (held.organisation, held.role) == (post.organisation, post.role);
        if gone || !posts.iter().any(still) {
            return Err(Error::Conflict);
        }
    }
    let found = held.remove(&id).ok_or(Error::NotFound)?;
    if !is_staff(&found) || may_manage(actor, &found.posts()?).is_err() {
        return Err(Error::NotFound);
    }
    Ok(found)
}

/// Whether somebody may manage the account of an open member of staff: an operator of the region of all their posts.
pub async fn may_manage_staff(tx: &Tx, actor: &Actor, id: Uuid) -> Result<(), Error> {
    managed(tx, actor, id).await.map(|_| ())
}

fn is_staff(found: &Loaded) -> bool {
    found.row.kind == AccountKind::Staff.as_str() && found.row.closed_at.is_none()
}

/// An account with its posts.
pub(crate) async fn by_id<C: ConnectionTrait>(
    connection: &C,
    id: Uuid,
) -> Result<Option<Loaded>, StoreError> {
    let Some(row) = account::Entity::find_by_id(id).one(connection).await? else {
        return Ok(None);
    };
    with_posts(connection, row).await.map(Some)
}

/// The row of an account, held until the act ends.
pub(crate) async fn by_id_held(tx: &Tx, id: Uuid) -> Result<Option<account::Model>, StoreError> {
    Ok(account::Entity::find_by_id(id)
        .lock_exclusive()
        .one(tx.connection())
        .await?)
}

/// The posts of an account that was read before.
pub(crate) async fn with_posts<C: ConnectionTrait>(
    connection: &C,
    row: account::Model,
) -> Result<Loaded, StoreError> {
    let staff = row.kind == AccountKind::Staff.as_str();
    let posts = if staff {
        posts_of(connection, [row.id]).await?
    } else {
        Vec::new()
    };
    Ok(Loaded { row, posts })
}

async fn posts_of<C: ConnectionTrait>(
    connection: &C,
    accounts: impl IntoIterator<Item = Uuid>,
) -> Result<Vec<account_post::Model>, StoreError> {
    Ok(account_post::Entity::find()
        .filter(account_post::Column::Account.is_in(accounts))
        .order_by_asc(account_post::Column::Account)
        .order_by_asc(account_post::Column::Position)
        .all(connection)
        .await?)
}

/// The account that signs in with a name.
pub(crate) async fn by_name<C: ConnectionTrait>(
    connection: &C,
    store: &Store,
    name: &SignInName,
) -> Result<Option<account::Model>, StoreError> {
    let query = account::Entity::find();
    let query = match name {
        SignInName::Number(kind, number) => {
            query.filter(account::Column::NumberBlind.is_in(subject_blinds(store, *kind, number)))
        }
        SignInName::Phone(phone) => {
            query.filter(account::Column::PhoneBlind.is_in(store.blinds(PHONE_BLIND, phone)))
        }
        SignInName::Login(login) => query.filter(account::Column::Login.eq(login.as_str())),
    };
    Ok(query.one(connection).await?)
}
