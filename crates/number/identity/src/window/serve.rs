//! Opens an account at a window, or gives one back to whom it belongs.

use tongban_access::{Action, Actor, Assurance, PartyKind, Thing, permit};
use tongban_courier::send_sms;
use tongban_store::{AuditEntry, Store, Tx};
use uuid::Uuid;

use crate::{
    Error, Refusal,
    accounts::{
        AccountKind,
        domain::{CheckedBy, check_display_name, check_number, check_phone, mask_phone},
        name::SignInName,
        query,
        register_party::duplicate,
        row::{self as accounts, NewAccount},
        subject_blind,
    },
    error::{own_account, refusal, refused},
    real_name::domain::plain,
    sessions::row::close_others,
    sign_in::{
        domain::{CodeFor, check_code},
        failure::keys_of,
        phone_code::right_code,
        row::{clear_guards, use_code},
    },
};

/// What the clerk typed, document in hand.
#[derive(Clone)]
pub struct ServeAtWindow {
    pub name: String,
    /// Citizen number.
    pub number: String,
    /// The phone in the person's hand, to which a code was sent by [`request_phone_code`](crate::request_phone_code).
    pub phone: String,
    pub code: String,
    /// The clerk has held the person against the document.
    pub present: bool,
}

/// What came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ServedAtWindow {
    /// A new account.
    Opened,
    /// The account that the phone had opened has its name and number now.
    Checked,
    /// The account of the number has this phone now; all its sessions ended.
    Moved,
}

/// Gives the person on the document an account that this phone opens: a new one, the one that the phone has opened already,
/// or the one of the number, whose phone or password was lost (找回账号). For clerks.
///
/// Refusals: `identity.presence`, those of name, number and phone, `identity.code_format`, `identity.code_wrong`,
/// `identity.name_differs` (the account of the number bears another name: an operator corrects it),
/// `identity.number_taken`. Another account that had the phone loses it, since the person here reads what is sent to it.
/// Password, passkeys and sessions that the account had are gone: whoever used them may be whom it is taken back from.
pub async fn serve_at_window(
    store: &Store,
    actor: &Actor,
    input: ServeAtWindow,
) -> Result<ServedAtWindow, Error> {
    permit(actor, Action::PersonServe, &Thing::none())?;
    let clerk = own_account(actor, "identity.serve_at_window")?;
    if !input.present {
        return Err(refused("identity.presence", []));
    }
    let checked = Checked {
        name: check_display_name(&input.name)?,
        number: check_number(PartyKind::Person, &input.number)?,
        phone: check_phone(&input.phone)?,
        digits: check_code(&input.code)?,
    };
    let outcome = store
        .write(actor.as_holder().signer(), move |tx| {
            let checked = checked.clone();
            async move { record(&tx, clerk, checked).await }
        })
        .await?;
    outcome.map_err(Error::Refused)
}

#[derive(Clone)]
struct Checked {
    name: String,
    number: String,
    phone: String,
    digits: String,
}

/// Writes the outcome. A refusal is an answer here, not an error: the count must be committed with it.
async fn record(tx: &Tx, clerk: Uuid, given: Checked) -> Result<Result<ServedAtWindow, Refusal>, Error> {
    let store = tx.store();
    let by_number = SignInName::Number(PartyKind::Person, given.number.clone());
    let owner = query::by_name(tx.connection(), store, &by_number).await?;
    let about = subject_blind(store, PartyKind::Person, &given.number);
    let refuse = async |code: &'static str| {
        let entry = AuditEntry::new("identity.refused_at_window").on("account", "unknown");
        tx.audit(entry.about(&about).with("refusal", code)).await?;
        Ok(Err(refusal(code, [])))
    };
    let code = right_code(tx, &given.phone, CodeFor::Window(clerk), &given.digits).await?;
    let Some(code) = code else {
        return refuse("identity.code_wrong").await;
    };
    if let Some(owner) = &owner
        && plain(&owner.name) != plain(&given.name)
    {
        return refuse("identity.name_differs").await;
    }
    use_code(tx, code).await?;
    let by_phone = SignInName::Phone(given.phone.clone());
    let held = query::by_name(tx.connection(), store, &by_phone).await?;
    let held = held.filter(|held| owner.as_ref().is_none_or(|owner| owner.id != held.id));
    let held = match held {
        // Phones change hands: whoever stands here reads it, so it is no longer the other one's.
        Some(other) if other.assurance != Assurance::Registered.as_str() => {
            accounts::lose_phone(tx, &other).await?;
            close_others(tx, other.id, None).await?;
            tx.audit(AuditEntry::new("identity.phone_lost").on("account", other.id))
                .await?;
            None
        }
        held => held,
    };
    let (account, served) = match (owner, held) {
        (Some(owner), held) => {
            if let Some(held) = held {
                accounts::close(tx, &held, Some(owner.id)).await?;
                tx.audit(
                    AuditEntry::new("identity.merged")
                        .on("account", held.id)
                        .with("into", owner.id.to_string()),
                )
                .await?;
            }
            let id = owner.id;
            let owner = query::with_posts(tx.connection(), owner).await?;
            let before = owner.phone(store)?;
            accounts::set_phone(tx, &owner.row, &given.phone).await?;
            accounts::forget_ways_in(tx, id, None).await?;
            clear_guards(tx, &keys_of(store, &owner)?).await?;
            if let Some(before) = before.filter(|before| *before != given.phone) {
                let words = format!(
                    "您的通办账号已在政务服务窗口改用手机号 {}。如非本人操作，请立即联系政务服务窗口。",
                    mask_phone(&given.phone)
                );
                send_sms(tx, &before, &words).await?;
            }
            (id, ServedAtWindow::Moved)
        }
        (None, Some(held)) => {
            accounts::set_checked(
                tx,
                &held,
                PartyKind::Person,
                &given.name,
                &given.number,
                CheckedBy::Office,
            )
            .await
            .map_err(|error| duplicate(error, "identity.number_taken"))?;
            // whoever held the phone before may have left a way in
            accounts::forget_ways_in(tx, held.id, None).await?;
            (held.id, ServedAtWindow::Checked)
        }
        (None, None) => {
            let new = NewAccount {
                kind: AccountKind::Person,
                name: given.name,
                number: Some(&given.number),
                phone: Some(&given.phone),
                login: None,
                password_hash: None,
                posts: &[],
                assurance: Assurance::RealName,
                checked_by: Some(CheckedBy::Office),
            };
            let id = accounts::insert(tx, new)
                .await
                .map_err(|error| duplicate(error, "identity.number_taken"))?;
            (id, ServedAtWindow::Opened)
        }
    };
    let word = match served {
        ServedAtWindow::Opened => "opened",
        ServedAtWindow::Checked => "checked",
        ServedAtWindow::Moved => "moved",
    };
    tx.audit(
        AuditEntry::new("identity.served_at_window")
            .on("account", account)
            .about(&about)
            .with("outcome", word),
    )
    .await?;
    Ok(Ok(served))
}
