//! How many statements the main acts and lists take: a submission at most fourteen, as an act and as the whole POST of the page; lists as
//! many for one row as for many.

use std::sync::Arc;

use serde_json::json;
use tongban_cases::{Delivery, Submit, case_view, submit};
use tongban_store::{Backend, Counted, Signer};
use uuid::Uuid;

use crate::{city::City, client::Client, job};

/// Statements of one request.
async fn of_request(city: &City, client: &mut Client, path: &str) -> u64 {
    let before = city.store.counted().statements;
    let answer = client.get(path).await;
    assert!(
        answer.status.is_success(),
        "{path}: {} {}",
        answer.status,
        answer.text()
    );
    city.store.counted().statements - before
}

/// The use case itself: everything that the final POST writes, in one act.
async fn of_submission(backend: Backend) {
    let city = City::open(backend).await;
    let mut resident = city.visit("resident").await;
    let case = job::start(&mut resident).await;
    job::fill(&mut resident, &case).await;
    city.worker.drain().await.unwrap();

    let account = city.login("resident");
    let token = city
        .store
        .write(Signer::nobody(), move |tx| async move {
            tongban_identity::open_session_for(&tx, account).await
        })
        .await
        .unwrap()
        .token;
    let actor = tongban_identity::load_session(&city.store, &token)
        .await
        .unwrap()
        .unwrap()
        .actor;
    let calendar = tongban_directory::calendar_from(&city.store, 2025).await.unwrap();
    let id = Uuid::parse_str(&case).unwrap();
    let view = case_view(&city.store, &actor, &calendar, id)
        .await
        .unwrap()
        .unwrap();
    let item = tongban_catalogue::version(&city.store, view.item_version)
        .await
        .unwrap()
        .unwrap();
    let input = Submit {
        case: id,
        item,
        calendar: Arc::clone(&calendar),
        seen: Some(view.version),
        delivery: Delivery::Electronic,
        delivery_address: None,
        renews: None,
    };
    let before = city.store.counted();
    city.store
        .write(actor.signer(), move |tx| {
            let (actor, input) = (actor.clone(), input.clone());
            async move { submit(&tx, &actor, input).await }
        })
        .await
        .unwrap();
    let after = city.store.counted();
    let statements = after.statements - before.statements;
    eprintln!(
        "submission on {backend:?}: {statements} statements in {} act",
        after.acts - before.acts
    );
    assert_eq!(after.acts - before.acts, 1, "one act");
    assert!(statements <= 14, "{statements} statements");
    assert!(
        statements >= 8,
        "{statements}: case, clock, document, history, audit and event are all written"
    );
}

/// Most statements of the confirming POST of the page: session with account, where the case stands, the revision of the calendar, and
/// the act.
const PAGE_POST: u64 = 14;
/// Most statements of the same POST of a program with a key: besides these the key looked up and kept, where the case stands afterwards,
/// and the progress code.
const PROGRAM_POST: u64 = 18;
/// The same sent again: everything but the act and what keeps its answer.
const PROGRAM_AGAIN: u64 = 6;

/// The whole POST, through the router: what a person's last click and a program's last request cost the database.
async fn of_posts(backend: Backend) {
    let city = City::open(backend).await;
    let mut resident = city.visit("resident").await;
    // The first round finds nothing kept in memory that a page before it has not read.
    for round in 0..2 {
        let case = ready(&city, &mut resident).await;
        let version = job::version(&mut resident, &case).await;
        let token = resident.form_token().await;
        let typed = format!("_csrf={token}&version={version}&delivery=electronic");
        let form = Some("application/x-www-form-urlencoded");
        let there = format!("/my/cases/{case}/confirm");
        let before = city.store.counted();
        let answer = resident.send("POST", &there, form, typed.into()).await;
        let page = since(&city, before);
        assert_eq!(answer.leads(), format!("/my/cases/{case}"));

        let case = ready(&city, &mut resident).await;
        let given = json!({ "version": job::version(&mut resident, &case).await, "delivery": "electronic" });
        let there = format!("/api/v1/cases/{case}/submission");
        let key = format!("key {round}");
        let before = city.store.counted();
        let first = resident.api_once(&there, &given, &key).await.good();
        let program = since(&city, before);
        let before = city.store.counted();
        let again = resident.api_once(&there, &given, &key).await;
        let repeated = since(&city, before);
        assert_eq!(again.good(), first);
        let before = city.store.counted();
        job::version(&mut resident, &case).await;
        let read = since(&city, before);
        eprintln!(
            "whole POST on {backend:?}: page {page:?}, program {program:?}, again {repeated:?}; reading the case {read:?}"
        );
        assert_eq!((page.1, program.1), (1, 1), "one act each");
        assert!((8..=PAGE_POST).contains(&page.0), "{page:?}");
        assert!((8..=PROGRAM_POST).contains(&program.0), "{program:?}");
        assert!(repeated.0 <= PROGRAM_AGAIN, "{repeated:?}");
    }
}

/// A draft that is ready to be handed in, and no work waiting.
async fn ready(city: &City, resident: &mut Client) -> String {
    let case = job::start(resident).await;
    job::fill(resident, &case).await;
    city.worker.drain().await.unwrap();
    case
}

/// Statements and acts.
fn since(city: &City, before: Counted) -> (u64, u64) {
    let now = city.store.counted();
    (now.statements - before.statements, now.acts - before.acts)
}

/// Lists take as many statements for many rows as for few.
async fn of_lists(backend: Backend) {
    let city = City::open(backend).await;
    let mut resident = city.visit("resident").await;
    let mut clerk = city.visit("clerk").await;
    let mut approver = city.visit("approver").await;
    let mut supervisor = city.visit("supervisor").await;
    let mut seen = Vec::new();
    for round in 0..2 {
        for number in 0..(2 + round * 5) {
            let case = job::start(&mut resident).await;
            job::fill(&mut resident, &case).await;
            job::submit(&mut resident, &case).await;
            if number > 0 {
                job::accept(&mut clerk, &case).await;
                job::grant(&mut approver, &case).await;
                job::rate(&mut resident, &case, 1).await;
            }
        }
        city.worker.drain().await.unwrap();
        let mut counts = Vec::new();
        for path in [
            "/my/cases",
            "/my/licences",
            "/my/messages",
            "/my/data",
            "/api/v1/cases",
            "/api/v1/licences",
        ] {
            counts.push((path, of_request(&city, &mut resident, path).await));
        }
        for path in [
            "/desk",
            "/desk?show=closed",
            "/api/v1/work",
            "/api/v1/work?filter=closed",
        ] {
            counts.push((path, of_request(&city, &mut clerk, path).await));
        }
        counts.push((
            "/desk/follow-ups",
            of_request(&city, &mut approver, "/desk/follow-ups").await,
        ));
        counts.push((
            "/desk/supervise",
            of_request(&city, &mut supervisor, "/desk/supervise").await,
        ));
        eprintln!("{backend:?} {counts:?}");
        seen.push(counts);
    }
    assert_eq!(seen[0], seen[1], "more rows, as many statements");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_submission_takes_at_most_fourteen_statements_on_sqlite() {
    of_submission(Backend::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_submission_takes_at_most_fourteen_statements_on_postgres() {
    of_submission(Backend::Postgres).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_whole_post_takes_no_more_than_is_said_on_sqlite() {
    of_posts(Backend::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_whole_post_takes_no_more_than_is_said_on_postgres() {
    of_posts(Backend::Postgres).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lists_take_as_many_statements_for_many_rows_on_sqlite() {
    of_lists(Backend::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lists_take_as_many_statements_for_many_rows_on_postgres() {
    of_lists(Backend::Postgres).await;
}
