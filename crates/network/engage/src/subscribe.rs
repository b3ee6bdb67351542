//! Listening to the cases.

use std::{collections::BTreeMap, future::Future, pin::Pin, sync::Arc};

use tongban_cases::{CaseSummary, case_summary_in, events};
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

type Choice = fn(&CaseSummary) -> Option<MessageKind>;

/// Subscribes this room to the cases.
pub fn wire(worker: Worker, settings: &Settings) -> Worker {
    let settings = Arc::new(settings.clone());
    let worker = listen::<events::CaseSubmitted>(worker, &settings, |_| Some(MessageKind::Submitted));
    let worker = listen::<events::SupplementAsked>(worker, &settings, |_| Some(MessageKind::SupplementAsked));
    let worker = listen::<events::CaseAccepted>(worker, &settings, |_| Some(MessageKind::Accepted));
    let worker = listen::<events::CaseNotAccepted>(worker, &settings, |_| Some(MessageKind::NotAccepted));
    let worker =
        listen::<events::CaseDecided>(worker, &settings, |case| MessageKind::of_decision(case.state));
    listen::<events::CaseWithdrawn>(worker, &settings, |_| Some(MessageKind::Withdrawn))
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
                async move { tell(&tx, delivery, case, choose, &settings).await }
            })
            .await
            .map_err(WorkError::from)
    })
}

/// Writes the message and plans the short message, once a delivery.
async fn tell(tx: &Tx, delivery: Uuid, case: Uuid, choose: Choice, settings: &Settings) -> Result<(), Error> {
    if !tx.once(&format!("engage:{delivery}")).await? {
        return Ok(());
    }
    let Some(case) = case_summary_in(tx, case).await? else {
        return Ok(());
    };
    let Some(kind) = choose(&case) else { return Ok(()) };
    let link = format!("/my/cases/{}", case.id);
    if let Some(account) = case.account {
        let mut args = BTreeMap::from([
            ("item".to_owned(), case.item_name.clone()),
            ("department".to_owned(), case.organisation_name.clone()),
            ("number".to_owned(), case.number.clone().unwrap_or_default()),
        ]);
        if let Some(until) = case.supplement_until {
            args.insert("until".to_owned(), until.to_string());
        }
        let message = row::Model {
            id: tx.new_id(),
            account,
            kind: kind.as_str().to_owned(),
            args: serde_json::to_string(&args).map_err(tongban_store::StoreError::from)?,
            link: link.clone(),
            at: tx.now(),
            read_at: None,
        };
        row::insert(tx, message).await?;
    }
    if let Some(sealed) = &case.phone_sealed {
        let phone = tx.store().unseal("phone", sealed)?;
        let text = kind.short_message(&case.item_name, &format!("{}{link}", settings.public_address));
        tongban_courier::send_sms(tx, &phone, &text).await?;
    }
    Ok(())
}
