//! The tables `accounts` and `account_posts`, private to this room.

use chrono::{DateTime, Utc};
use sea_orm::{
    ColumnTrait, EntityTrait, QueryFilter, Set, UpdateMany,
    sea_query::{Expr, ExprTrait},
};
use tongban_access::{Actor, Assurance, PartyKind, Post, Role};
use tongban_codes::RegionCode;
use tongban_store::{Store, StoreError, Tx};
use uuid::Uuid;

use crate::{events::SessionsEnded, passkeys, sessions::row::close_others, upstream, window};

use super::{
    Account, AccountKind, Party,
    domain::{CheckedBy, mask_phone},
    name::SignInName,
};

/// The name under which numbers are sealed.
pub(crate) const NUMBER_FIELD: &str = "identity.number";
/// The name under which phones are sealed.
pub(crate) const PHONE_FIELD: &str = "identity.phone";
/// The word under which the phones of persons are blinded.
pub(crate) const PHONE_BLIND: &str = "phone";

pub(crate) mod account {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "accounts")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub kind: String,
        pub name: String,
        pub number_sealed: Option<String>,
        pub number_blind: Option<String>,
        pub phone_sealed: Option<String>,
        /// Only persons sign in by phone, so only theirs are unique and looked up.
        pub phone_blind: Option<String>,
        pub login: Option<String>,
        pub password_hash: Option<String>,
        pub password_changed_at: Option<ChronoDateTimeUtc>,
        pub created_at: ChronoDateTimeUtc,
        pub version: i32,
        /// How well the holder was ever checked: `registered` or `real_name`.
        pub assurance: String,
        pub checked_at: Option<ChronoDateTimeUtc>,
        /// `register`, `window`, `office`, `platform`.
        pub checked_by: Option<String>,
        pub closed_at: Option<ChronoDateTimeUtc>,
        pub merged_into: Option<Uuid>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

pub(crate) mod account_post {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "account_posts")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub account: Uuid,
        pub position: i32,
        pub organisation: Uuid,
        pub organisation_name: String,
        pub region: String,
        pub role: String,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

/// An account with its posts, as it rests.
#[derive(Clone)]
pub(crate) struct Loaded {
    pub(crate) row: account::Model,
    /// In their order.
    pub(crate) posts: Vec<account_post::Model>,
}

impl Loaded {
    pub(crate) fn kind(&self) -> Result<AccountKind, StoreError> {
        AccountKind::from_word(&self.row.kind)
            .ok_or_else(|| StoreError::Corrupt(format!("kind of account {}", self.row.id)))
    }

    fn number(&self, store: &Store) -> Result<Option<String>, StoreError> {
        self.row
            .number_sealed
            .as_deref()
            .map(|sealed| store.unseal(NUMBER_FIELD, sealed))
            .transpose()
    }

    /// The phone in clear.
    pub(crate) fn phone(&self, store: &Store) -> Result<Option<String>, StoreError> {
        self.row
            .phone_sealed
            .as_deref()
            .map(|sealed| store.unseal(PHONE_FIELD, sealed))
            .transpose()
    }

    /// The account as pages show it.
    pub(crate) fn account(&self, store: &Store) -> Result<Account, StoreError> {
        let kind = self.kind()?;
        let number = self.number(store)?;
        Ok(Account {
            id: self.row.id,
            kind,
            name: self.row.name.clone(),
            masked_number: kind
                .party()
                .zip(number)
                .map(|(party, number)| party.mask_number(&number)),
            masked_phone: self.phone(store)?.map(|phone| mask_phone(&phone)),
            login: self.row.login.clone(),
            posts: self.posts()?,
            has_password: self.row.password_hash.is_some(),
            created_at: self.row.created_at,
            assurance: self.assurance()?,
            checked_at: self.row.checked_at,
        })
    }

    /// How well the holder was checked; what a session adds to it is not counted here.
    pub(crate) fn assurance(&self) -> Result<Assurance, StoreError> {
        Assurance::from_word(&self.row.assurance)
            .ok_or_else(|| StoreError::Corrupt(format!("assurance of account {}", self.row.id)))
    }

    /// The posts of staff, in their order.
    pub(crate) fn posts(&self) -> Result<Vec<Post>, StoreError> {
        self.posts.iter().map(post_of).collect()
    }

    /// The one who applies; `None` for staff, for somebody whose name and number nobody has checked, and once the account is closed.
    pub(crate) fn party(&self, store: &Store) -> Result<Option<Party>, StoreError> {
        if self.row.closed_at.is_some() {
            return Ok(None);
        }
        let Some(kind) = self.kind()?.party() else {
            return Ok(None);
        };
        if self.assurance()? < Assurance::RealName {
            return Ok(None);
        }
        let number = self
            .number(store)?
            .ok_or_else(|| StoreError::Corrupt(format!("account {} has no number", self.row.id)))?;
        Ok(Some(Party {
            account: self.row.id,
            kind,
            name: self.row.name.clone(),
            number,
            phone: self.phone(store)?,
        }))
    }

    /// Who acts in a session on this account. `chosen` is a post's row; a post that is gone gives way to the first one.
    /// `None` for staff without a post, and for an account that is closed.
    pub(crate) fn actor(&self, chosen: Option<Uuid>) -> Result<Option<Actor>, StoreError> {
        let account = self.row.id;
        if self.row.closed_at.is_some() {
            return Ok(None);
        }
        if let Some(party) = self.kind()?.party() {
            return Ok(Some(Actor::party(account, party).assured(self.assurance()?)));
        }
        let post = self
            .posts
            .iter()
            .find(|post| Some(post.id) == chosen)
            .or_else(|| self.posts.first());
        Ok(match post {
            Some(post) => Some(Actor::staff(account, post_of(post)?)),
            None => None,
        })
    }

    /// What others may know of the holder, and so no password.
    pub(crate) fn known(&self, store: &Store) -> Result<Vec<String>, StoreError> {
        let mut known = vec![self.row.name.clone()];
        known.extend(self.number(store)?);
        known.extend(self.phone(store)?);
        known.extend(self.row.login.clone());
        Ok(known)
    }

    /// Every name that this account can sign in with.
    pub(crate) fn names(&self, store: &Store) -> Result<Vec<SignInName>, StoreError> {
        let kind = self.kind()?;
        let mut names = Vec::new();
        if let Some((party, number)) = kind.party().zip(self.number(store)?) {
            names.push(SignInName::Number(party, number));
        }
        if kind == AccountKind::Person {
            names.extend(self.phone(store)?.map(SignInName::Phone));
        }
        names.extend(self.row.login.clone().map(SignInName::Login));
        Ok(names)
    }
}

fn post_of(row: &account_post::Model) -> Result<Post, StoreError> {
    let spoilt = || StoreError::Corrupt(format!("post {}", row.id));
    Ok(Post {
        organisation: row.organisation,
        organisation_name: row.organisation_name.clone(),
        region: RegionCode::parse(&row.region).map_err(|_| spoilt())?,
        role: Role::from_word(&row.role).ok_or_else(spoilt)?,
    })
}

/// What a new account is made of. Number and phone in clear, to be sealed here.
pub(crate) struct NewAccount<'a> {
    pub kind: AccountKind,
    pub name: String,
    pub number: Option<&'a str>,
    pub phone: Option<&'a str>,
    pub login: Option<String>,
    pub password_hash: Option<String>,
    pub posts: &'a [Post],
    pub assurance: Assurance,
    /// Who checked name and number; nobody did where the level says so.
    pub checked_by: Option<CheckedBy>,
}

/// Writes a new account with its posts; answers its id.
pub(crate) async fn insert(tx: &Tx, new: NewAccount<'_>) -> Result<Uuid, StoreError> {
    let store = tx.store();
    let id = tx.new_id();
    let number = new.kind.party().zip(new.number);
    let row = account::ActiveModel {
        id: Set(id),
        kind: Set(new.kind.as_str().to_owned()),
        name: Set(new.name),
        number_sealed: Set(number
            .map(|(_, number)| store.seal(NUMBER_FIELD, number))
            .transpose()?),
        number_blind: Set(number.map(|(party, number)| super::subject_blind(store, party, number))),
        phone_sealed: Set(new
            .phone
            .map(|phone| store.seal(PHONE_FIELD, phone))
            .transpose()?),
        phone_blind: Set(new
            .phone
            .filter(|_| new.kind == AccountKind::Person)
            .map(|phone| store.blind(PHONE_BLIND, phone))),
        login: Set(new.login),
        password_changed_at: Set(new.password_hash.as_ref().map(|_| tx.now())),
        password_hash: Set(new.password_hash),
        created_at: Set(tx.now()),
        version: Set(1),
        assurance: Set(new.assurance.as_str().to_owned()),
        checked_at: Set(new.checked_by.map(|_| tx.now())),
        checked_by: Set(new.checked_by.map(|by| by.as_str().to_owned())),
        closed_at: Set(None),
        merged_into: Set(None),
    };
    account::Entity::insert(row)
        .exec_without_returning(tx.connection())
        .await?;
    insert_posts(tx, id, (0..).zip(new.posts)).await?;
    Ok(id)
}

async fn insert_posts<'a>(
    tx: &Tx,
    account: Uuid,
    posts: impl Iterator<Item = (i32, &'a Post)>,
) -> Result<(), StoreError> {
    let posts: Vec<account_post::ActiveModel> = posts
        .map(|(position, post)| account_post::ActiveModel {
            id: Set(tx.new_id()),
            account: Set(account),
            position: Set(position),
            organisation: Set(post.organisation),
            organisation_name: Set(post.organisation_name.clone()),
            region: Set(post.region.as_str().to_owned()),
            role: Set(post.role.as_str().to_owned()),
        })
        .collect();
    if !posts.is_empty() {
        account_post::Entity::insert_many(posts)
            .exec_without_returning(tx.connection())
            .await?;
    }
    Ok(())
}

/// Writes name and posts of a member of staff, if the account is still the one that was read. A post that stays keeps its row.
pub(crate) async fn set_staff(tx: &Tx, read: &Loaded, name: &str, posts: &[Post]) -> Result<(), StoreError> {
    let update = account::Entity::update_many().col_expr(account::Column::Name, Expr::value(name));
    change(tx, &read.row, update).await?;
    let held = read.posts()?;
    let same = |one: &Post, other: &Post| {
        one.organisation == other.organisation && one.role == other.role && one.region == other.region
    };
    for (row, post) in read.posts.iter().zip(&held) {
        let place = (0..).zip(posts).find(|(_, wanted)| same(wanted, post));
        match place {
            Some((position, wanted)) => {
                account_post::Entity::update_many()
                    .col_expr(account_post::Column::Position, Expr::value(position))
                    .col_expr(
                        account_post::Column::OrganisationName,
                        Expr::value(wanted.organisation_name.as_str()),
                    )
                    .filter(account_post::Column::Id.eq(row.id))
                    .exec(tx.connection())
                    .await?;
            }
            None => {
                account_post::Entity::delete_by_id(row.id)
                    .exec(tx.connection())
                    .await?;
            }
        }
    }
    let new = (0..)
        .zip(posts)
        .filter(|(_, wanted)| !held.iter().any(|post| same(wanted, post)));
    insert_posts(tx, read.row.id, new).await
}

/// Keeps a new password hash, if the account is still the one that was read.
pub(crate) async fn set_password(
    tx: &Tx,
    read: &account::Model,
    hash: &str,
    chosen: bool,
) -> Result<(), StoreError> {
    let mut update =
        account::Entity::update_many().col_expr(account::Column::PasswordHash, Expr::value(hash));
    if chosen {
        update = update.col_expr(account::Column::PasswordChangedAt, Expr::value(tx.now()));
    }
    change(tx, read, update).await
}

/// Writes name and number that were checked into an account, if it is still the one that was read.
pub(crate) async fn set_checked(
    tx: &Tx,
    read: &account::Model,
    party: PartyKind,
    name: &str,
    number: &str,
    by: CheckedBy,
) -> Result<(), StoreError> {
    let store = tx.store();
    let update = account::Entity::update_many()
        .col_expr(account::Column::Name, Expr::value(name))
        .col_expr(
            account::Column::NumberSealed,
            Expr::value(store.seal(NUMBER_FIELD, number)?),
        )
        .col_expr(
            account::Column::NumberBlind,
            Expr::value(super::subject_blind(store, party, number)),
        )
        .col_expr(
            account::Column::Assurance,
            Expr::value(Assurance::RealName.as_str()),
        )
        .col_expr(account::Column::CheckedAt, Expr::value(tx.now()))
        .col_expr(account::Column::CheckedBy, Expr::value(by.as_str()));
    change(tx, read, update).await
}

/// Takes away everything that an account was entered by but its phone: password, passkeys, links, sessions, codes that wait. Whoever
/// held it before, without being whom the number belongs to, is out. `keep` is a session that stays, with what was set up
/// since it was opened.
pub(crate) async fn forget_ways_in(
    tx: &Tx,
    account: Uuid,
    keep: Option<(Uuid, DateTime<Utc>)>,
) -> Result<(), StoreError> {
    let since = keep.map(|(_, opened_at)| opened_at);
    let mut password = account::Entity::update_many()
        .col_expr(account::Column::PasswordHash, Expr::value(Option::<String>::None))
        .filter(account::Column::Id.eq(account));
    if let Some(since) = since {
        password = password.filter(account::Column::PasswordChangedAt.lt(since));
    }
    password.exec(tx.connection()).await?;
    passkeys::row::remove_older(tx, account, since).await?;
    upstream::row::remove_older(tx, account, since).await?;
    window::row::remove_all(tx, account).await?;
    close_others(tx, account, keep.map(|(session, _)| session)).await?;
    tx.emit(&SessionsEnded::for_good(account)).await
}

/// Takes the phone off an account: somebody else has shown it to be theirs.
pub(crate) async fn lose_phone(tx: &Tx, read: &account::Model) -> Result<(), StoreError> {
    let nothing = || Expr::value(Option::<String>::None);
    let update = account::Entity::update_many()
        .col_expr(account::Column::PhoneSealed, nothing())
        .col_expr(account::Column::PhoneBlind, nothing());
    change(tx, read, update).await
}

/// Closes an account: its names are free again, what it did stays, nothing opens it. `into` is the account that goes on in
/// its place.
pub(crate) async fn close(tx: &Tx, read: &account::Model, into: Option<Uuid>) -> Result<(), StoreError> {
    forget_ways_in(tx, read.id, None).await?;
    let nothing = || Expr::value(Option::<String>::None);
    let update = account::Entity::update_many()
        .col_expr(account::Column::NumberSealed, nothing())
        .col_expr(account::Column::NumberBlind, nothing())
        .col_expr(account::Column::PhoneSealed, nothing())
        .col_expr(account::Column::PhoneBlind, nothing())
        .col_expr(account::Column::Login, nothing())
        .col_expr(account::Column::PasswordHash, nothing())
        .col_expr(account::Column::ClosedAt, Expr::value(tx.now()))
        .col_expr(account::Column::MergedInto, Expr::value(into));
    change(tx, read, update).await
}

/// Gives an account another phone, if it is still the one that was read.
pub(crate) async fn set_phone(tx: &Tx, read: &account::Model, phone: &str) -> Result<(), StoreError> {
    let store = tx.store();
    let person = read.kind == AccountKind::Person.as_str();
    let update = account::Entity::update_many()
        .col_expr(
            account::Column::PhoneSealed,
            Expr::value(store.seal(PHONE_FIELD, phone)?),
        )
        .col_expr(
            account::Column::PhoneBlind,
            Expr::value(person.then(|| store.blind(PHONE_BLIND, phone))),
        );
    change(tx, read, update).await
}

/// Writes another name.
pub(crate) async fn set_name(tx: &Tx, read: &account::Model, name: &str) -> Result<(), StoreError> {
    let update = account::Entity::update_many().col_expr(account::Column::Name, Expr::value(name));
    change(tx, read, update).await
}

/// Writes what is changed and the next version, if the account is still the one that was read.
async fn change(
    tx: &Tx,
    read: &account::Model,
    update: UpdateMany<account::Entity>,
) -> Result<(), StoreError> {
    let changed = update
        .col_expr(
            account::Column::Version,
            Expr::col(account::Column::Version).add(1),
        )
        .filter(account::Column::Id.eq(read.id))
        .filter(account::Column::Version.eq(read.version))
        .exec(tx.connection())
        .await?;
    if changed.rows_affected == 1 {
        Ok(())
    } else {
        Err(StoreError::Conflict("account"))
    }
}
