//! `tongban staff`

use std::{io::Write as _, path::PathBuf, process::ExitCode, str::FromStr, sync::Arc};

use anyhow::Context as _;
use clap::{Args, Subcommand};
use tongban_access::{Actor, Post, Role};
use tongban_codes::RegionCode;
use tongban_directory::organisation_by_code;
use tongban_identity::{NewStaff, find_staff, hash_password, list_staff, register_staff, reset_password};
use tongban_staff::{close_staff, give_staff_code, reset_staff, unlock_staff};
use tongban_store::{PageRequest, Signer, Store, SystemClock};
use uuid::Uuid;

use crate::{settings::Settings, wiring};

/// Accounts listed at once.
const PAGE: u64 = 100;

/// Accounts of staff: add, list, unlock, give a password or a code, close. A running server may go on meanwhile.
#[derive(Debug, Args)]
pub struct Staff {
    #[command(subcommand)]
    work: Work,
    #[arg(long, global = true)]
    config: Option<PathBuf>,
    #[arg(long, global = true)]
    data_dir: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
enum Work {
    /// Open an account and print its first password, which is shown only here.
    Add {
        /// What is typed to sign in: 3 to 32 small letters, digits, dots, a letter first.
        login: String,
        /// The name that colleagues and the log see.
        #[arg(long)]
        name: String,
        /// ROLE:REGION:ORGANISATION, such as clerk:519921000000:11519921MB1234567X. Roles are clerk, approver, supervisor and
        /// operator; may be named several times.
        #[arg(long, required = true)]
        post: Vec<Wanted>,
    },
    /// Print login, name and posts of all staff.
    List,
    /// Forget the wrong passwords of an account that has locked itself.
    Unlock { login: String },
    /// Give an account a new password, print it, and end its sessions.
    Password { login: String },
    /// Print a code that lets somebody in for the first time, or stands in for their second factor once.
    Code { login: String },
    /// Take away password, device, passkeys and codes of an account, and end its sessions: something was lost or stolen.
    Reset { login: String },
    /// Close the account of somebody who leaves.
    Leave { login: String },
}

/// A post as it is typed.
#[derive(Debug, Clone)]
struct Wanted {
    role: Role,
    region: RegionCode,
    organisation: String,
}

impl FromStr for Wanted {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut parts = text.splitn(3, ':');
        let (Some(role), Some(region), Some(organisation)) = (parts.next(), parts.next(), parts.next())
        else {
            return Err("a post is ROLE:REGION:ORGANISATION".to_owned());
        };
        let roles = Role::ALL.map(Role::as_str).join(", ");
        Ok(Self {
            role: Role::from_word(role).ok_or_else(|| format!("{role} is no role; there are {roles}"))?,
            region: RegionCode::parse(region).map_err(|error| format!("region {region}: {error}"))?,
            organisation: organisation.to_owned(),
        })
    }
}

impl Staff {
    pub(super) async fn run(self) -> anyhow::Result<ExitCode> {
        super::start_quiet_log();
        let settings = Settings::for_command(self.config.as_deref(), self.data_dir)?;
        let store = wiring::open_store(&settings, Arc::new(SystemClock)).await?;
        let done = match self.work {
            Work::Add { login, name, post } => add(&store, login, name, post).await,
            Work::List => list(&store).await,
            Work::Unlock { login } => unlock(&store, &login).await,
            Work::Password { login } => password(&store, &login).await,
            Work::Code { login } => {
                let account = known(&store, &login).await?;
                code(&store, account).await
            }
            Work::Reset { login } => reset(&store, &login).await,
            Work::Leave { login } => leave(&store, &login).await,
        };
        store.close().await?;
        done.map(|()| ExitCode::SUCCESS)
    }
}

async fn add(store: &Store, login: String, name: String, wanted: Vec<Wanted>) -> anyhow::Result<()> {
    let mut posts = Vec::new();
    for Wanted {
        role,
        region,
        organisation,
    } in wanted
    {
        let found = organisation_by_code(store, &region, &organisation)
            .await?
            .with_context(|| {
                format!("region {region} has no organisation {organisation}; import the organisations first")
            })?;
        posts.push(Post {
            organisation: found.id,
            organisation_name: found.name,
            region,
            role,
        });
    }
    let password = first_password(|| store.random_code())?;
    let new = NewStaff {
        login: login.clone(),
        name,
        password: Some(hash_password(&password).await?),
        posts,
    };
    let account = store
        .write(Signer::system(), move |tx| {
            let new = new.clone();
            async move { register_staff(&tx, &Actor::System, new).await }
        })
        .await?;
    show(&login, &password)?;
    code(store, account).await
}

async fn code(store: &Store, account: Uuid) -> anyhow::Result<()> {
    let given = store
        .write(Signer::system(), move |tx| async move {
            give_staff_code(&tx, &Actor::System, account).await
        })
        .await?;
    writeln!(
        std::io::stdout().lock(),
        "code      {}\nIt is good for {} hours, once: instead of a second factor, or with the login name at /sign-in/first.",
        given.code,
        given.valid_hours
    )?;
    Ok(())
}

async fn reset(store: &Store, login: &str) -> anyhow::Result<()> {
    let account = known(store, login).await?;
    store
        .write(Signer::system(), move |tx| async move {
            reset_staff(&tx, &Actor::System, account).await
        })
        .await?;
    writeln!(
        std::io::stdout().lock(),
        "{login} has no password, no device, no passkey and no session any more; tongban staff code {login} lets them begin anew"
    )?;
    Ok(())
}

async fn leave(store: &Store, login: &str) -> anyhow::Result<()> {
    let account = known(store, login).await?;
    store
        .write(Signer::system(), move |tx| async move {
            close_staff(&tx, &Actor::System, account).await
        })
        .await?;
    writeln!(std::io::stdout().lock(), "the account of {login} is closed")?;
    Ok(())
}

async fn list(store: &Store) -> anyhow::Result<()> {
    let mut number = 1;
    loop {
        let page = list_staff(store, &Actor::System, "", PageRequest::new(number, PAGE)).await?;
        let mut out = std::io::stdout().lock();
        for account in &page.rows {
            let posts: Vec<String> = account
                .posts
                .iter()
                .map(|post| {
                    format!(
                        "{} {} {}",
                        post.role.as_str(),
                        post.region,
                        post.organisation_name
                    )
                })
                .collect();
            let login = account.login.as_deref().unwrap_or_default();
            writeln!(out, "{login:<20} {}  {}", account.name, posts.join("; "))?;
        }
        if (page.rows.len() as u64) < PAGE {
            return Ok(());
        }
        number += 1;
    }
}

async fn unlock(store: &Store, login: &str) -> anyhow::Result<()> {
    let account = known(store, login).await?;
    store
        .write(Signer::system(), move |tx| async move {
            unlock_staff(&tx, &Actor::System, account).await
        })
        .await?;
    writeln!(std::io::stdout().lock(), "{login} may sign in again")?;
    Ok(())
}

async fn password(store: &Store, login: &str) -> anyhow::Result<()> {
    let account = known(store, login).await?;
    let password = first_password(|| store.random_code())?;
    let hash = hash_password(&password).await?;
    store
        .write(Signer::system(), move |tx| {
            let hash = hash.clone();
            async move { reset_password(&tx, &Actor::System, account, hash).await }
        })
        .await?;
    show(login, &password)
}

/// A random password that the rules for passwords take: one in a hundred random codes holds no digit.
fn first_password(code: impl FnMut() -> String) -> anyhow::Result<String> {
    let of_both_kinds = |code: &String| {
        code.chars().any(|character| character.is_ascii_digit()) && code.chars().any(char::is_alphabetic)
    };
    std::iter::repeat_with(code)
        .take(100)
        .find(of_both_kinds)
        .context("a hundred random codes held no digit or no letter")
}

async fn known(store: &Store, login: &str) -> anyhow::Result<Uuid> {
    find_staff(store, login)
        .await?
        .with_context(|| format!("no member of staff signs in as {login}"))
}

fn show(login: &str, password: &str) -> anyhow::Result<()> {
    writeln!(
        std::io::stdout().lock(),
        "login     {login}\npassword  {password}\nIt is shown only here; tongban staff password gives another one."
    )?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_first_password_holds_a_letter_and_a_digit() {
        let mut codes = ["abcdefghij", "1234567890", "abc4defghi"]
            .into_iter()
            .map(str::to_owned);
        let found = first_password(|| codes.next().unwrap()).unwrap();
        assert_eq!(found, "abc4defghi");
        assert!(first_password(|| "abcdefghij".to_owned()).is_err());
    }

    #[test]
    fn a_post_names_role_region_and_organisation() {
        let post: Wanted = "approver:510000000000:11510000008282861F".parse().unwrap();
        assert_eq!(
            (post.role, post.organisation.as_str()),
            (Role::Approver, "11510000008282861F")
        );
        for wrong in [
            "clerk",
            "clerk:510000000000",
            "judge:510000000000:1",
            "clerk:51:1",
        ] {
            assert!(wrong.parse::<Wanted>().is_err(), "{wrong}");
        }
    }
}
