//! Listening to the clocks: a notice comes with its colour and goes when the office has acted, or need not act any more.

use std::{future::Future, pin::Pin};

use chrono::{DateTime, Utc};
use tongban_cases::{CaseSummary, case_summary_in, clock_runs_in, events, stands_still_in};
use tongban_codes::Light;
use tongban_procedure::{
    State,
    limits::{DECIDE, FIRST_REVIEW, SPECIAL},
};
use tongban_store::{Event, Message as Delivery, Signer, Store, Tx, WorkError, Worker};
use uuid::Uuid;

use super::row::{self, RENEWED};
use crate::Error;

/// The name under which this part of the room subscribes; messages to applicants come under another.
const SUBSCRIBER: &str = "engage.notices";

/// Subscribes the notices to the cases.
pub(crate) fn wire(worker: Worker) -> Worker {
    let worker = worker.subscribe::<events::ClockWarned, _, _>(
        SUBSCRIBER,
        |store: Store, delivery: Delivery<events::ClockWarned>| async move {
            let answer: Result<(), Error> = store
                .write(Signer::system(), move |tx| {
                    let (id, at, warned) = (delivery.id, delivery.at, delivery.body.clone());
                    async move { hear(&tx, id, at, warned).await }
                })
                .await;
            answer.map_err(WorkError::from)
        },
    );
    let worker = worker.subscribe::<events::RenewedBySilence, _, _>(
        SUBSCRIBER,
        |store: Store, delivery: Delivery<events::RenewedBySilence>| async move {
            let answer: Result<(), Error> = store
                .write(Signer::system(), move |tx| async move {
                    renewed(&tx, delivery.id, delivery.at, delivery.body.case).await
                })
                .await;
            answer.map_err(WorkError::from)
        },
    );
    let worker = closing::<events::SupplementAsked>(worker);
    let worker = closing::<events::CaseAccepted>(worker);
    let worker = closing::<events::CaseNotAccepted>(worker);
    let worker = closing::<events::SpecialStarted>(worker);
    let worker = closing_of::<events::SpecialEnded>(worker, Some(SPECIAL));
    // What was extended is the limit of the decision; the first review before it has its own.
    let worker = closing_of::<events::LimitExtended>(worker, Some(DECIDE));
    let worker = closing_of::<events::FirstReviewed>(worker, Some(FIRST_REVIEW));
    let worker = closing::<events::CaseDecided>(worker);
    let worker = closing::<events::CaseDelivered>(worker);
    closing::<events::CaseWithdrawn>(worker)
}

/// Puts a notice up, once a delivery. A red one takes the place of the yellow one.
async fn hear(tx: &Tx, delivery: Uuid, at: DateTime<Utc>, warned: events::ClockWarned) -> Result<(), Error> {
    if !tx.once(&format!("{SUBSCRIBER}:{delivery}")).await? {
        return Ok(());
    }
    let Some(case) = case_summary_in(tx, warned.case).await? else {
        return Ok(());
    };
    let light = match warned.light {
        Light::Green => return Ok(()),
        Light::Yellow => "yellow",
        Light::Red => "red",
    };
    // The office may have acted before the word came through.
    let waits = match warned.rule.as_str() {
        "deliver" => case.state == State::Granted,
        "supplement_notice" => case.state == State::Submitted,
        SPECIAL => stands_still_in(tx, case.id).await?,
        FIRST_REVIEW => clock_runs_in(tx, case.id, FIRST_REVIEW).await?,
        _ => case.state == State::Accepted,
    };
    if !waits {
        return Ok(());
    }
    row::close(tx, case.id, Some(&warned.rule), at).await?;
    put_up(tx, case, warned.rule, light, at).await
}

/// Tells the office and its supervisors, once a delivery, that nobody decided on a renewal in time (行政许可法 50).
async fn renewed(tx: &Tx, delivery: Uuid, at: DateTime<Utc>, case: Uuid) -> Result<(), Error> {
    if !tx.once(&format!("{SUBSCRIBER}:{delivery}")).await? {
        return Ok(());
    }
    match case_summary_in(tx, case).await? {
        Some(case) => put_up(tx, case, RENEWED.to_owned(), "red", at).await,
        None => Ok(()),
    }
}

async fn put_up(
    tx: &Tx,
    case: CaseSummary,
    rule: String,
    light: &str,
    at: DateTime<Utc>,
) -> Result<(), Error> {
    let notice = row::Model {
        id: tx.new_id(),
        case_id: case.id,
        rule,
        light: light.to_owned(),
        organisation: case.organisation,
        organisation_name: case.organisation_name,
        region: case.region.as_str().to_owned(),
        item: Some(case.item),
        item_name: case.item_name,
        number: case.number.unwrap_or_default(),
        at,
        closed_at: None,
    };
    row::insert(tx, notice).await?;
    Ok(())
}

fn closing<E: Event + events::AboutCase>(worker: Worker) -> Worker {
    closing_of::<E>(worker, None)
}

/// Closes what stands about one limit of the case, or about all of them.
fn closing_of<E: Event + events::AboutCase>(worker: Worker, rule: Option<&'static str>) -> Worker {
    worker.subscribe::<E, _, _>(SUBSCRIBER, move |store: Store, delivery: Delivery<E>| {
        close(store, delivery.body.case(), rule, delivery.at)
    })
}

/// Closing twice changes nothing: what came up after the event stays.
fn close(
    store: Store,
    case: Uuid,
    rule: Option<&'static str>,
    at: DateTime<Utc>,
) -> Pin<Box<dyn Future<Output = Result<(), WorkError>> + Send>> {
    Box::pin(async move {
        store
            .write(Signer::system(), move |tx| async move {
                row::close(&tx, case, rule, at).await
            })
            .await
            .map_err(WorkError::from)
    })
}
