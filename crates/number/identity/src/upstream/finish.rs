//! The browser is back from a platform.

use chrono::{DateTime, Utc};
use tongban_access::PartyKind;
use tongban_courier::send_sms;
use tongban_crypto::constant_time_eq;
use tongban_store::{AuditEntry, Signer, Store, StoreError, Tx};
use uuid::Uuid;

use super::{
    begin::redirect_of,
    domain::{Known, Next, Owner, Stage, decide, way},
    provider::{UpstreamAnswer, UpstreamPerson, UpstreamProvider, UpstreamTrouble},
    row::{self, ceremony},
};
use crate::{
    Error, Refusal,
    accounts::{
        domain::{check_display_name, check_number},
        name::SignInName,
        query,
        register_party::duplicate,
        row::Loaded,
        subject_blind,
    },
    error::refusal,
    real_name::check::number_key,
    sessions::{Browser, OpenedSession, Way, open_session, query::in_act},
    sign_in::row::hold_guard,
};

/// What a browser brought back. Whatever it says, a code of the platform is all that is believed.
#[derive(Clone, Default)]
pub struct FinishUpstream {
    pub state: String,
    pub code: Option<String>,
    /// Which platform says that it answered (RFC 9207).
    pub issuer: Option<String>,
    /// The platform's word for why there is no code.
    pub error: Option<String>,
    /// What only the browser holds that began.
    pub waiting: String,
    pub browser: Browser,
}

/// What comes next.
#[derive(Debug, Clone)]
pub enum UpstreamOutcome {
    SignedIn(Box<OpenedSession>),
    /// The person is asked whether to link, once they are signed in by a way of their own.
    Links,
    /// The person is asked whether to open an account.
    Opens,
    Refused(Refusal),
}

/// How it ended, and where the person wanted to go.
#[derive(Debug, Clone)]
pub struct FinishedUpstream {
    pub outcome: UpstreamOutcome,
    /// Whether a link was asked for, from the pages of the account.
    pub links: bool,
    pub back: String,
    /// A form that waits, sealed by the face.
    pub kept: Option<String>,
}

/// Judges what came back, asks the platform whom its code stands for, and signs in, asks, or refuses. A request is good once,
/// in the browser that began, for the platform that was asked.
///
/// Refusals, as an outcome: `identity.upstream_lost` (too late, used, another browser or another platform),
/// `identity.upstream_declined` (the person said no there), `identity.upstream_silent`, `identity.upstream_failed` (an answer that
/// does not fit), `identity.upstream_not_anew` (the platform was to ask the person anew, and did not), `identity.upstream_linked`, `identity.upstream_taken`, `identity.upstream_has_one`,
/// `identity.upstream_name_differs`, `identity.upstream_other_person`, `identity.upstream_number` (what it says of name and number is none), `identity.number_at_window`.
pub async fn finish_upstream(
    store: &Store,
    provider: &dyn UpstreamProvider,
    home: &str,
    input: FinishUpstream,
) -> Result<FinishedUpstream, Error> {
    let id = provider.id().to_owned();
    let (state, waiting) = (input.state.clone(), input.waiting.clone());
    let taken = store
        .write(Signer::nobody(), move |tx| {
            let (state, waiting, id) = (state.clone(), waiting.clone(), id.clone());
            async move { take(&tx, &state, &waiting, &id).await }
        })
        .await?;
    let Some(asked) = taken else {
        return Ok(FinishedUpstream {
            outcome: UpstreamOutcome::Refused(refusal("identity.upstream_lost", [])),
            links: false,
            back: "/".to_owned(),
            kept: None,
        });
    };
    let person = named(store, provider, home, &asked, &input).await?;
    let finished = FinishedUpstream {
        outcome: UpstreamOutcome::Links,
        links: asked.session.is_some(),
        back: asked.back.clone(),
        kept: asked.kept.clone(),
    };
    let (id, name, vouches) = (
        provider.id().to_owned(),
        provider.name().to_owned(),
        provider.vouches(),
    );
    let outcome = store
        .write(Signer::nobody(), move |tx| {
            let ended = Ended {
                asked: asked.clone(),
                provider: id.clone(),
                name: name.clone(),
                vouches,
                browser: input.browser.clone(),
            };
            let person = person.clone();
            async move {
                match person {
                    Ok(person) => record(&tx, ended, person).await,
                    Err((code, reason)) => refuse(&tx, &ended.asked, None, code, reason).await,
                }
            }
        })
        .await?;
    Ok(FinishedUpstream { outcome, ..finished })
}

/// Takes the request, and lets nobody go on with it but the browser and the platform that it was made for.
async fn take(
    tx: &Tx,
    state: &str,
    waiting: &str,
    provider: &str,
) -> Result<Option<ceremony::Model>, StoreError> {
    let lost = async |reason: &'static str| {
        tx.audit(refused_entry(provider, reason).on("account", "unknown"))
            .await
    };
    let Some(row) = row::take(tx, state).await? else {
        lost("state").await?;
        return Ok(None);
    };
    let browser = row::browser_hash(tx.store(), waiting);
    let reason = if row.provider != provider {
        Some("another_platform")
    } else if waiting.is_empty() || !constant_time_eq(&row.browser_hash, &browser) {
        Some("another_browser")
    } else {
        None
    };
    if let Some(reason) = reason {
        row::end(tx, row.id).await?;
        lost(reason).await?;
        return Ok(None);
    }
    Ok(Some(row))
}

fn refused_entry(provider: &str, reason: &'static str) -> AuditEntry {
    AuditEntry::new("identity.upstream_refused")
        .with("provider", provider.to_owned())
        .with("reason", reason)
}

/// Whom the platform names; else the refusal, and the word for the log.
async fn named(
    store: &Store,
    provider: &dyn UpstreamProvider,
    home: &str,
    asked: &ceremony::Model,
    input: &FinishUpstream,
) -> Result<Result<UpstreamPerson, (&'static str, &'static str)>, Error> {
    if let Some(error) = &input.error {
        return Ok(Err(if error == "access_denied" {
            ("identity.upstream_declined", "declined")
        } else {
            ("identity.upstream_failed", "error")
        }));
    }
    let (Some(code), Some(secrets)) = (&input.code, asked.secrets(store)?) else {
        return Ok(Err(("identity.upstream_failed", "no_code")));
    };
    let answer = UpstreamAnswer {
        code: code.clone(),
        issuer: input.issuer.clone(),
        nonce: secrets.nonce,
        verifier: secrets.verifier,
        redirect: redirect_of(home, provider),
    };
    Ok(match provider.person(&answer).await {
        // who stayed signed in there may be somebody else than who sits here now
        Ok(person) if secrets.anew && way(&person, asked.at) != Way::UpstreamAnew => {
            Err(("identity.upstream_not_anew", "not_anew"))
        }
        Ok(person) => Ok(person),
        Err(trouble) => {
            tracing::warn!(provider = provider.id(), error = %trouble, "a platform named nobody");
            Err(match trouble {
                UpstreamTrouble::Silent(_) => ("identity.upstream_silent", "silent"),
                UpstreamTrouble::Unfit(_) => ("identity.upstream_failed", "unfit"),
            })
        }
    })
}

struct Ended {
    asked: ceremony::Model,
    provider: String,
    name: String,
    vouches: bool,
    browser: Browser,
}

/// Ends a request with a refusal. It is an answer, not an error: the request is used up either way.
async fn refuse(
    tx: &Tx,
    asked: &ceremony::Model,
    account: Option<Uuid>,
    code: &'static str,
    reason: &'static str,
) -> Result<UpstreamOutcome, Error> {
    row::end(tx, asked.id).await?;
    let entry = refused_entry(&asked.provider, reason);
    tx.audit(match account {
        Some(account) => entry.on("account", account),
        None => entry.on("account", "unknown"),
    })
    .await?;
    Ok(UpstreamOutcome::Refused(refusal(code, [])))
}

/// The name and number of a platform that vouches, in their strict form.
pub(super) fn vouched(
    vouches: bool,
    person: &UpstreamPerson,
) -> Result<Option<(String, String)>, &'static str> {
    let (true, Some(name), Some(number)) = (vouches, &person.name, &person.number) else {
        return Ok(None);
    };
    match (check_display_name(name), check_number(PartyKind::Person, number)) {
        (Ok(name), Ok(number)) => Ok(Some((name, number))),
        _ => Err("identity.upstream_number"),
    }
}

async fn record(tx: &Tx, ended: Ended, mut person: UpstreamPerson) -> Result<UpstreamOutcome, Error> {
    let Ended {
        asked,
        provider,
        name,
        vouches,
        browser,
    } = ended;
    let vouched = match vouched(vouches, &person) {
        Ok(vouched) => vouched,
        Err(code) => return refuse(tx, &asked, None, code, "number").await,
    };
    // what is not believed does not rest either
    (person.number, person.phone) = match &vouched {
        Some((_, number)) => (Some(number.clone()), person.phone),
        None => (None, None),
    };
    let mut link = row::by_subject(tx, &person).await?;
    let links_to = match asked.session {
        Some(session) => match in_act(tx, session).await? {
            Some(live) => Some(live.account.id),
            None => return refuse(tx, &asked, None, "identity.upstream_lost", "session").await,
        },
        None => None,
    };
    let mut owner = None;
    if let Some((_, number)) = &vouched {
        // Held, so that of two who come with one number one finds the other.
        hold_guard(tx, &number_key(tx.store(), number)).await?;
        owner = owner_of(tx, number).await?;
    }
    let mut another = false;
    let found = link
        .as_ref()
        .map(|link| link.account)
        .or(owner.as_ref().map(|owner| owner.row.id));
    if let Some(account) = found {
        // Held, and read once more: whoever takes all ways into the account away meanwhile waits, or has been before.
        query::by_id_held(tx, account).await?;
        link = row::by_subject(tx, &person).await?;
        if let Some((_, number)) = &vouched {
            owner = owner_of(tx, number).await?;
            let party = query::party_in(tx, account).await?;
            another = party.is_some_and(|party| party.number != *number);
        }
    }
    let known = Known {
        another,
        linked: link.as_ref().map(|link| link.account),
        links_to,
        vouched: vouched.as_ref().map(|(name, _)| name.clone()),
        owner: match &owner {
            Some(owner) => Some(Owner {
                account: owner.row.id,
                name: owner.row.name.clone(),
                has_phone: owner.row.phone_sealed.is_some(),
                has_link: row::has_link(tx, owner.row.id, &provider).await?,
            }),
            None => None,
        },
    };
    let session = Session {
        asked_at: asked.at,
        browser: &browser,
        person: &person,
    };
    match decide(&known) {
        Next::SignIn(account) => {
            if let Some(link) = link {
                row::used(tx, link.id).await?;
            }
            row::end(tx, asked.id).await?;
            open(tx, account, session).await
        }
        Next::Join(account) => {
            row::end(tx, asked.id).await?;
            linked(tx, account, &provider, &name, &person, true).await?;
            open(tx, account, session).await
        }
        Next::Links => wait(tx, &asked, Stage::Links, person, UpstreamOutcome::Links).await,
        Next::Opens => wait(tx, &asked, Stage::Opens, person, UpstreamOutcome::Opens).await,
        Next::Refuse(code) => {
            let account = known.links_to.or(owner.map(|owner| owner.row.id));
            let reason = code.rsplit('.').next().unwrap_or(code);
            refuse(tx, &asked, account, code, reason).await
        }
    }
}

async fn wait(
    tx: &Tx,
    asked: &ceremony::Model,
    stage: Stage,
    mut person: UpstreamPerson,
    outcome: UpstreamOutcome,
) -> Result<UpstreamOutcome, Error> {
    // the ten minutes count anew, and so does what the platform said of when
    let anew = way(&person, asked.at) == Way::UpstreamAnew;
    person.authenticated_at = anew.then(|| tx.now());
    if row::wait(tx, asked.id, stage, &person).await? {
        Ok(outcome)
    } else {
        Err(Error::Conflict)
    }
}

/// The account of a number.
pub(super) async fn owner_of(tx: &Tx, number: &str) -> Result<Option<Loaded>, StoreError> {
    let wanted = SignInName::Number(PartyKind::Person, number.to_owned());
    match query::by_name(tx.connection(), tx.store(), &wanted).await? {
        Some(row) => query::with_posts(tx.connection(), row).await.map(Some),
        None => Ok(None),
    }
}

/// Links a person of a platform with an account, and tells the account's phone.
///
/// Refusals: `identity.upstream_taken`, `identity.upstream_has_one` (two who did the same at once).
pub(super) async fn linked(
    tx: &Tx,
    account: Uuid,
    provider: &str,
    name: &str,
    person: &UpstreamPerson,
    used: bool,
) -> Result<(), Error> {
    row::insert_link(tx, account, provider, person, used)
        .await
        .map_err(|error| duplicate(error, "identity.upstream_taken"))?;
    let loaded = query::by_id(tx.connection(), account)
        .await?
        .ok_or(Error::NotFound)?;
    if let Some(phone) = loaded.phone(tx.store())? {
        let words =
            format!("您的通办账号刚刚关联了“{name}”，今后可以用它登录。如非本人操作，请马上登录解除关联。");
        send_sms(tx, &phone, &words).await?;
    }
    let entry = AuditEntry::new("identity.upstream_linked")
        .on("account", account)
        .with("provider", provider.to_owned())
        .with("app", name.to_owned());
    let entry = match &person.number {
        Some(number) => entry.about(&subject_blind(tx.store(), PartyKind::Person, number)),
        None => entry,
    };
    tx.audit(entry).await?;
    Ok(())
}

/// Who signs in, and by what.
pub(super) struct Session<'a> {
    pub asked_at: DateTime<Utc>,
    pub browser: &'a Browser,
    pub person: &'a UpstreamPerson,
}

async fn open(tx: &Tx, account: Uuid, session: Session<'_>) -> Result<UpstreamOutcome, Error> {
    let opened = open_for(tx, account, session).await?;
    Ok(UpstreamOutcome::SignedIn(Box::new(opened)))
}

pub(super) async fn open_for(tx: &Tx, account: Uuid, session: Session<'_>) -> Result<OpenedSession, Error> {
    let account = query::by_id(tx.connection(), account)
        .await?
        .ok_or(Error::NotFound)?;
    let way = way(session.person, session.asked_at);
    open_session(tx, &account, way, session.browser).await
}
