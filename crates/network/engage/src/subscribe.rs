//! Listening to the cases, the licences and the mandates, and telling applicants, holders, principals and agents.

use std::{collections::BTreeMap, future::Future, pin::Pin, sync::Arc};

use tongban_access::PartyKind;
use tongban_cases::{CaseSummary, case_summary_in, events, progress_code_in, resting_draft_in};
use tongban_identity::party_in;
use tongban_licences::{LicenceChanged, licence_notice_in};
use tongban_mandates::{Change, MandateChanged, mandate_notice_in, mandate_stands_in};
use tongban_store::{Event, Message as Delivery, Signer, Store, Tx, WorkError, Worker};
use uuid::Uuid;

use crate::{
    Error,
    message::{domain::MessageKind, row},
};

/// What the texts need to know of the installation.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Where the site is reached, without a slash at its end: for links in short messages.
    pub public_address: String,
}

type Choice = fn(&CaseSummary) -> Vec<MessageKind>;

/// Subscribes this room to the cases and the licences.
pub fn wire(worker: Worker, settings: &Settings) -> Worker {
    let settings = Arc::new(settings.clone());
    let worker = listen::<events::CaseSubmitted>(worker, &settings, |_| vec![MessageKind::Submitted]);
    let worker = listen::<events::SupplementAsked>(worker, &settings, |_| vec![MessageKind::SupplementAsked]);
    let worker = listen::<events::CaseAccepted>(worker, &settings, |_| vec![MessageKind::Accepted]);
    let worker = listen::<events::CaseNotAccepted>(worker, &settings, |_| vec![MessageKind::NotAccepted]);
    let worker = listen::<events::CaseDecided>(worker, &settings, MessageKind::of_decision);
    let worker = listen::<events::DraftExpiring>(worker, &settings, |_| vec![MessageKind::DraftExpiring]);
    let worker = listen::<events::SpecialStarted>(worker, &settings, |_| vec![MessageKind::SpecialStarted]);
    let worker = listen::<events::SpecialEnded>(worker, &settings, |_| vec![MessageKind::SpecialEnded]);
    let worker = listen::<events::LimitExtended>(worker, &settings, |_| vec![MessageKind::LimitExtended]);
    let worker = listen::<events::SupplementDue>(worker, &settings, |_| vec![MessageKind::SupplementDue]);
    let worker = listen::<events::CaseLapsed>(worker, &settings, |_| vec![MessageKind::Lapsed]);
    let worker = listen::<events::CaseDelivered>(worker, &settings, |_| vec![MessageKind::Delivered]);
    let worker = listen::<events::CaseWithdrawn>(worker, &settings, |_| vec![MessageKind::Withdrawn]);
    let worker = listen_to_mandates(worker, Arc::clone(&settings));
    crate::notice::hear::wire(listen_to_licences(worker, settings))
}

/// A licence that stands in another way: its holder is told. That one was issued is told with the case that led to it.
fn listen_to_licences(worker: Worker, settings: Arc<Settings>) -> Worker {
    worker.subscribe::<LicenceChanged, _, _>("engage", move |store, delivery: Delivery<LicenceChanged>| {
        let settings = Arc::clone(&settings);
        async move {
            let (id, change) = (delivery.id, delivery.body);
            let answer: Result<(), Error> = store
                .write(Signer::system(), move |tx| {
                    let (settings, change) = (Arc::clone(&settings), change.clone());
                    async move { tell_holder(&tx, id, &change, &settings).await }
                })
                .await;
            answer.map_err(WorkError::from)
        }
    })
}

/// Tells the holder of a licence, once a delivery.
async fn tell_holder(
    tx: &Tx,
    delivery: Uuid,
    change: &LicenceChanged,
    settings: &Settings,
) -> Result<(), Error> {
    if !tx.once(&format!("engage:{delivery}")).await? {
        return Ok(());
    }
    let Some(notice) = licence_notice_in(tx, change.licence).await? else {
        return Ok(());
    };
    let kind = MessageKind::of_licence(change.status);
    let link = format!("/my/licences/{}", change.licence);
    let args = BTreeMap::from([
        ("item".to_owned(), notice.name.clone()),
        ("department".to_owned(), notice.issuer_name),
    ]);
    write(tx, notice.account, kind, &args, &link).await?;
    if let Some(phone) = &notice.phone {
        let text = kind.short_message(&notice.name, &format!("{}{link}", settings.public_address));
        tongban_courier::send_sms(tx, phone, &text).await?;
    }
    Ok(())
}

/// A mandate that stands in another way: the side that did not act is told.
fn listen_to_mandates(worker: Worker, settings: Arc<Settings>) -> Worker {
    worker.subscribe::<MandateChanged, _, _>("engage", move |store, delivery: Delivery<MandateChanged>| {
        let settings = Arc::clone(&settings);
        async move {
            let (id, change) = (delivery.id, delivery.body);
            let answer: Result<(), Error> = store
                .write(Signer::system(), move |tx| {
                    let (settings, change) = (Arc::clone(&settings), change.clone());
                    async move { tell_of_mandate(&tx, id, &change, &settings).await }
                })
                .await;
            answer.map_err(WorkError::from)
        }
    })
}

/// Tells one side, or both, of a mandate, once a delivery.
async fn tell_of_mandate(
    tx: &Tx,
    delivery: Uuid,
    changed: &MandateChanged,
    settings: &Settings,
) -> Result<(), Error> {
    if !tx.once(&format!("engage:{delivery}")).await? {
        return Ok(());
    }
    let Some(notice) = mandate_notice_in(tx, changed.mandate).await? else {
        return Ok(());
    };
    let (kind, principal, agent) = match changed.change {
        Change::Offered => (MessageKind::MandateOffered, false, true),
        Change::Recorded => (MessageKind::MandateRecorded, true, true),
        Change::Represented => (MessageKind::MandateRepresented, true, false),
        Change::EndedAtWindow => (MessageKind::MandateEnded, true, true),
        Change::Accepted => (MessageKind::MandateAccepted, true, false),
        Change::Refused => (MessageKind::MandateRefused, true, false),
        Change::Revoked => (MessageKind::MandateRevoked, false, true),
        Change::GivenUp => (MessageKind::MandateGivenUp, true, false),
        Change::Lapsed => (MessageKind::MandateLapsed, false, true),
        Change::Ending => (MessageKind::MandateEnding, true, true),
    };
    let shown = |name: &str| PartyKind::Person.shown_name(name);
    let mut args = BTreeMap::from([
        ("agent".to_owned(), shown(&notice.agent_name)),
        (
            "principal".to_owned(),
            notice.principal_kind.shown_name(&notice.principal_name),
        ),
    ]);
    if let Some(until) = notice.ends_on {
        args.insert("until".to_owned(), until.to_string());
    }
    let sides = [
        (
            principal,
            Some(notice.principal),
            notice.principal_phone,
            "/my/mandates",
            shown(&notice.agent_name),
        ),
        (
            agent,
            notice.agent,
            notice.agent_phone,
            "/my/acting",
            notice.principal_kind.shown_name(&notice.principal_name),
        ),
    ];
    for (told, account, phone, link, other) in sides {
        let Some(account) = account.filter(|_| told) else {
            continue;
        };
        write(tx, account, kind, &args, link).await?;
        if let Some(phone) = phone {
            let text = kind.short_message(&other, &format!("{}{link}", settings.public_address));
            tongban_courier::send_sms(tx, &phone, &text).await?;
        }
    }
    Ok(())
}

/// Puts a message into an account.
async fn write(
    tx: &Tx,
    account: Uuid,
    kind: MessageKind,
    args: &BTreeMap<String, String>,
    link: &str,
) -> Result<(), Error> {
    let message = row::Model {
        id: tx.new_id(),
        account,
        kind: kind.as_str().to_owned(),
        args: serde_json::to_string(args).map_err(tongban_store::StoreError::from)?,
        link: link.to_owned(),
        at: tx.now(),
        read_at: None,
    };
    row::insert(tx, message).await?;
    Ok(())
}

fn listen<E: Event + events::AboutCase>(worker: Worker, settings: &Arc<Settings>, choose: Choice) -> Worker {
    let settings = Arc::clone(settings);
    worker.subscribe::<E, _, _>("engage", move |store, delivery: Delivery<E>| {
        let settings = Arc::clone(&settings);
        handle(store, delivery.id, delivery.body.case(), choose, settings)
    })
}

fn handle(
    store: Store,
    delivery: Uuid,
    case: Uuid,
    choose: Choice,
    settings: Arc<Settings>,
) -> Pin<Box<dyn Future<Output = Result<(), WorkError>> + Send>> {
    Box::pin(async move {
        store
            .write(Signer::system(), move |tx| {
                let settings = Arc::clone(&settings);
                async move { hear(&tx, delivery, case, choose, &settings).await }
            })
            .await
            .map_err(WorkError::from)
    })
}

/// Tells what a delivery is about, once a delivery.
async fn hear(tx: &Tx, delivery: Uuid, case: Uuid, choose: Choice, settings: &Settings) -> Result<(), Error> {
    if !tx.once(&format!("engage:{delivery}")).await? {
        return Ok(());
    }
    let Some(case) = case_summary_in(tx, case).await? else {
        return Ok(());
    };
    for kind in choose(&case) {
        tell(tx, &case, kind, settings).await?;
    }
    Ok(())
}

/// Tells the applicant of a case something about it: a message in the account, and a short message to the phone that the
/// application gave. The caller makes sure that it is told once.
pub async fn tell_applicant(
    tx: &Tx,
    case: Uuid,
    kind: MessageKind,
    settings: &Settings,
) -> Result<(), Error> {
    match case_summary_in(tx, case).await? {
        Some(case) => tell(tx, &case, kind, settings).await,
        None => Ok(()),
    }
}

async fn tell(tx: &Tx, case: &CaseSummary, kind: MessageKind, settings: &Settings) -> Result<(), Error> {
    let until = if kind == MessageKind::DraftExpiring {
        match resting_draft_in(tx, case.id).await? {
            // A clerk fills it at the window, and finds it in the list of drafts there.
            Some(draft) if !draft.own => return Ok(()),
            Some(draft) => Some(draft.until),
            // Touched or filed meanwhile: nothing will be erased.
            None => return Ok(()),
        }
    } else {
        case.supplement_until
    };
    let link = match case.account {
        Some(_) => Some(kind.own_link(case)),
        None => progress_code_in(tx, case.id)
            .await?
            .and_then(|code| kind.open_link(&code)),
    };
    let Some(link) = link else { return Ok(()) };
    let mut args = BTreeMap::from([
        ("item".to_owned(), case.item_name.clone()),
        ("department".to_owned(), case.organisation_name.clone()),
        ("number".to_owned(), case.number.clone().unwrap_or_default()),
    ]);
    if let Some(until) = until {
        args.insert("until".to_owned(), until.to_string());
    }
    if let Some(account) = case.account {
        write(tx, account, kind, &args, &link).await?;
    }
    // nobody is told any more of whom they may no longer act for
    if let Some((agent, mandate)) = case.agent
        && mandate_stands_in(tx, mandate).await?
    {
        // whoever filed it hears of it too, and gets there by acting under the mandate again
        args.insert("for".to_owned(), case.applicant_shown.clone());
        let link = format!("/my/acting/{mandate}?back={}", link.replace('#', "%23"));
        write(tx, agent, kind, &args, &link).await?;
        if let Some(phone) = party_in(tx, agent).await?.and_then(|party| party.phone) {
            let text = kind.short_message(&case.item_name, &format!("{}{link}", settings.public_address));
            tongban_courier::send_sms(tx, &phone, &text).await?;
        }
    }
    if let Some(sealed) = &case.phone_sealed {
        let phone = tx.store().unseal("phone", sealed)?;
        let text = kind.short_message(&case.item_name, &format!("{}{link}", settings.public_address));
        tongban_courier::send_sms(tx, &phone, &text).await?;
    }
    Ok(())
}
