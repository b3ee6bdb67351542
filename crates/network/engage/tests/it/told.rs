//! Each step of a case tells its applicant once.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use sea_orm_migration::sea_orm::ConnectionTrait;
use tongban_cases::{
    Applicant, StartDraft, Withdraw, case_of_link,
    events::{
        CaseAccepted, CaseDecided, CaseNotAccepted, CaseSubmitted, CaseWithdrawn, DraftExpiring,
        SupplementAnswered, SupplementAsked,
    },
};
use tongban_courier::{SendError, SmsGateway};
use tongban_engage::{MessageKind, tell_applicant};
use tongban_licences::{ChangeStatus, LicenceChanged, StatusCause, StatusChange, change_status};
use tongban_store::{Event, Message, Signer, Store, WorkError, Worker};
use tongban_testkit::both;
use uuid::Uuid;

use crate::{
    SITE, migrations, rest::everything_at_rest, settings, told, worker, worker_with_telephone, world::*,
};

/// Takes the deliveries of this room and lets each fail once, so that they wait as jobs.
fn unable<E: Event>(worker: Worker) -> Worker {
    worker.subscribe("engage", |_store: Store, _message: Message<E>| async {
        Err(WorkError("not now".to_owned()))
    })
}

fn unable_at_all(store: &Store) -> Worker {
    let worker = unable::<DraftExpiring>(Worker::new(store.clone()));
    let worker = unable::<CaseDecided>(unable::<CaseNotAccepted>(unable::<CaseWithdrawn>(worker)));
    unable::<CaseSubmitted>(unable::<SupplementAsked>(unable::<CaseAccepted>(worker)))
}

/// Counts the short messages that leave for the applicant.
#[derive(Clone, Default)]
struct Counter(Arc<AtomicUsize>);

#[async_trait::async_trait]
impl SmsGateway for Counter {
    async fn send(&self, _id: uuid::Uuid, phone: &str, _text: &str) -> Result<(), SendError> {
        assert_eq!(phone, PHONE);
        self.0.fetch_add(1, Ordering::SeqCst);
        Ok(())
    }

    fn simulated(&self) -> bool {
        true
    }
}

/// Files, asks, answers, accepts, decides; withdraws another, does not accept a third, refuses a fourth.
async fn every_step(world: &World) -> [Uuid; 4] {
    let me = &world.applicant;
    let (granted, _) = world.submitted(me).await;
    world
        .ask_supplement(&world.clerk(), world.ask_input(granted, "缺少签字页"))
        .await
        .unwrap();
    world
        .answer_supplement(me, world.answer_input(granted))
        .await
        .unwrap();
    world
        .accept(&world.clerk(), world.accept_input(granted))
        .await
        .unwrap();
    world
        .complete_step(&world.approver(), world.step_input(granted, "材料齐全"))
        .await
        .unwrap();
    world
        .decide(&world.approver(), world.decide_input(granted, true, ""))
        .await
        .unwrap();
    let (withdrawn, _) = world.submitted(me).await;
    world
        .withdraw(
            me,
            Withdraw {
                case: withdrawn,
                seen: None,
            },
        )
        .await
        .unwrap();
    let (turned_away, _) = world.submitted(me).await;
    world
        .not_accept(
            &world.clerk(),
            world.not_accept_input(turned_away, "不属于职权范围"),
        )
        .await
        .unwrap();
    [granted, withdrawn, turned_away, world.decided(me, false).await]
}

async fn kinds_of(world: &World, case: Uuid) -> Vec<MessageKind> {
    let link = format!("/my/cases/{case}");
    let mut kinds: Vec<_> = told(&world.store, &world.applicant)
        .await
        .into_iter()
        .filter(|message| message.link == link)
        .map(|message| message.kind)
        .collect();
    kinds.sort_by_key(|kind| MessageKind::ALL.iter().position(|known| known == kind));
    kinds
}

both! { migrations, async fn once_also_when_delivered_twice(kit: Kit) {
    use MessageKind::{Accepted, Granted, NotAccepted, Refused, Submitted, SupplementAsked, Withdrawn};
    let world = World::open(&kit).await;
    let [granted, withdrawn, turned_away, refused] = every_step(&world).await;
    // The deliveries exist now as jobs; a copy of them stands for a second delivery with the same id.
    unable_at_all(&world.store).drain().await.unwrap();
    let database = world.store.reader();
    database.execute_unprepared("CREATE TABLE second_delivery AS SELECT * FROM jobs").await.unwrap();
    kit.clock.advance(chrono::TimeDelta::days(1));
    worker(&world.store).drain().await.unwrap();
    let first = told(&world.store, &world.applicant).await.len();
    database
        .execute_unprepared("INSERT INTO jobs SELECT * FROM second_delivery WHERE id NOT IN (SELECT id FROM jobs)")
        .await
        .unwrap();
    let again = worker(&world.store).drain().await.unwrap();
    assert!(again >= 11, "{again} deliveries came again");
    assert_eq!((first, told(&world.store, &world.applicant).await.len()), (12, 12));
    assert_eq!(kinds_of(&world, granted).await, [Submitted, SupplementAsked, Accepted, Granted]);
    assert_eq!(kinds_of(&world, withdrawn).await, [Submitted, Withdrawn]);
    assert_eq!(kinds_of(&world, turned_away).await, [Submitted, NotAccepted]);
    assert_eq!(kinds_of(&world, refused).await, [Submitted, Accepted, Refused]);
    let counter = Counter::default();
    tongban_courier::wire(Worker::new(world.store.clone()), Arc::new(counter.clone())).drain().await.unwrap();
    assert_eq!(counter.0.load(Ordering::SeqCst), 12, "one short message each");
    let licence = told(&world.store, &world.applicant).await.into_iter().find(|message| message.kind == MessageKind::LicenceIssued).unwrap();
    let id = world.own_view(granted).await.licence.unwrap();
    assert_eq!(licence.link, format!("/my/licences/{id}"));
} }

async fn change_licence(world: &World, licence: Uuid, change: StatusChange, version: i32) {
    let by = world.approver();
    let answer: Result<_, tongban_licences::Error> = world
        .store
        .write(by.signer(), move |tx| {
            let input = ChangeStatus {
                licence,
                change,
                cause: StatusCause::of(Some(change)).next().unwrap().as_str().to_owned(),
                reason: "经查属实".to_owned(),
                version,
            };
            let by = by.clone();
            async move { change_status(&tx, &by, input).await }
        })
        .await;
    answer.unwrap();
}

both! { migrations, async fn a_holder_is_told_once_what_becomes_of_a_licence(kit: Kit) {
    let world = World::open(&kit).await;
    let case = world.decided(&world.applicant, true).await;
    worker(&world.store).drain().await.unwrap();
    let before = told(&world.store, &world.applicant).await.len();
    let licence = world.own_view(case).await.licence.unwrap();
    change_licence(&world, licence, StatusChange::Suspend, 1).await;
    change_licence(&world, licence, StatusChange::Restore, 2).await;
    change_licence(&world, licence, StatusChange::Revoke, 3).await;
    // the deliveries come twice
    unable::<LicenceChanged>(Worker::new(world.store.clone())).drain().await.unwrap();
    let database = world.store.reader();
    database.execute_unprepared("CREATE TABLE second_delivery AS SELECT * FROM jobs").await.unwrap();
    kit.clock.advance(chrono::TimeDelta::days(1));
    let (first, telephone) = worker_with_telephone(&world.store);
    first.drain().await.unwrap();
    database
        .execute_unprepared("INSERT INTO jobs SELECT * FROM second_delivery WHERE id NOT IN (SELECT id FROM jobs)")
        .await
        .unwrap();
    assert!(worker(&world.store).drain().await.unwrap() >= 3);
    let messages = told(&world.store, &world.applicant).await;
    let mut kinds: Vec<_> = messages[before..].iter().map(|message| message.kind.as_str()).collect();
    kinds.sort_unstable();
    assert_eq!(kinds, ["licence_restored", "licence_revoked", "licence_suspended"]);
    let one = &messages[before];
    assert_eq!(one.link, format!("/my/licences/{licence}"));
    assert!(!one.args["item"].is_empty() && !one.args["department"].is_empty());
    let texts = telephone.messages(PHONE);
    assert_eq!(texts.iter().filter(|text| text.contains("您的证照")).count(), 3, "{texts:?}");
    assert!(texts.iter().all(|text| !text.contains("王小明") && !text.contains("经查属实")));
} }

both! { migrations, async fn short_messages_rest_sealed_and_say_where_to_look(kit: Kit) {
    let world = World::open(&kit).await;
    let (case, submitted) = world.submitted(&world.applicant).await;
    worker(&world.store).drain().await.unwrap();
    let rest = everything_at_rest(&kit).await;
    assert!(rest.contains("courier.sms"), "it waits to be sent");
    for secret in [PHONE, citizen(101).as_str(), "您的申请已提交"] {
        assert!(!rest.contains(secret), "{secret}");
    }
    let (worker, telephone) = worker_with_telephone(&world.store);
    worker.drain().await.unwrap();
    let texts = telephone.messages(PHONE);
    assert_eq!(texts, [format!("【通办】您的申请已提交：示范经营许可。详情 {SITE}/my/cases/{case}")]);
    assert!(!texts[0].contains("王小明") && !texts[0].contains(&submitted.progress_code));
    assert!(!everything_at_rest(&kit).await.contains(PHONE));
} }

/// Files at the window for a person without an account.
async fn filed_at_window(world: &World, phone: Option<&str>) -> tongban_cases::Submitted {
    let clerk = world.clerk();
    let applicant = Applicant {
        account: None,
        kind: tongban_access::PartyKind::Person,
        name: "赵六".to_owned(),
        number: citizen(104),
        phone: phone.map(str::to_owned),
    };
    let input = StartDraft {
        present: true,
        applicant,
        ..world.start_input(&world.applicant).await
    };
    let case = world.start_draft(&clerk, input).await.unwrap().case;
    world
        .fill_draft(&clerk, world.fill_input(case, register_facts()))
        .await
        .unwrap();
    world
        .save_draft(
            &clerk,
            world.save_input(case, serde_json::json!({ "shop": "赵家小馆", "area": 20 })),
        )
        .await
        .unwrap();
    let lease = world.attach_input(case, "lease").await;
    world.attach(&clerk, lease).await.unwrap();
    world.submit(&clerk, world.submit_input(case)).await.unwrap()
}

both! { migrations, async fn without_account_or_telephone(kit: Kit) {
    let world = World::open(&kit).await;
    filed_at_window(&world, None).await;
    let (worker, telephone) = worker_with_telephone(&world.store);
    worker.drain().await.unwrap();
    assert!(telephone.recent(10).is_empty());
    assert!(told(&world.store, &world.clerk()).await.is_empty() && told(&world.store, &world.applicant).await.is_empty());
} }

both! { migrations, async fn without_account_the_link_opens_without_signing_in(kit: Kit) {
    let world = World::open(&kit).await;
    let submitted = filed_at_window(&world, Some("10012340104")).await;
    let (worker, telephone) = worker_with_telephone(&world.store);
    worker.drain().await.unwrap();
    let link = format!("{SITE}/progress/{}", submitted.progress_code);
    assert_eq!(telephone.messages("10012340104"), [format!("【通办】您的申请已提交：示范经营许可。详情 {link}")]);
    let case = case_of_link(&world.store, &submitted.progress_code).await.unwrap().unwrap();
    let ask = settings();
    world
        .store
        .write(Signer::system(), move |tx| {
            let ask = ask.clone();
            async move { tell_applicant(&tx, case, MessageKind::RatingAsked, &ask).await }
        })
        .await
        .unwrap();
    worker_with_telephone(&world.store).0.drain().await.unwrap();
    assert!(told(&world.store, &world.applicant).await.is_empty());
} }

both! { migrations, async fn a_draft_that_rests_is_told_to_who_fills_it(kit: Kit) {
    let world = World::open(&kit).await;
    let case = world.draft(&world.applicant).await;
    let other = world.person("李四", 102).await;
    let at_window = StartDraft { present: true, ..world.start_input(&other).await };
    world.start_draft(&world.clerk(), at_window).await.unwrap();
    let run = async || tongban_cases::wire(worker(&world.store)).drain().await.unwrap();
    run().await;
    kit.clock.advance(chrono::TimeDelta::days(25));
    run().await;
    run().await;
    let messages = told(&world.store, &world.applicant).await;
    assert_eq!(messages.iter().map(|message| message.kind).collect::<Vec<_>>(), [MessageKind::DraftExpiring]);
    assert_eq!((messages[0].args["until"].as_str(), messages[0].link.as_str()), ("2026-12-20", format!("/my/cases/{case}/form").as_str()));
    assert!(told(&world.store, &other).await.is_empty(), "a clerk fills it");
} }

both! { migrations, async fn an_answer_is_not_told_to_who_gave_it(kit: Kit) {
    let world = World::open(&kit).await;
    let (case, _) = world.submitted(&world.applicant).await;
    world.ask_supplement(&world.clerk(), world.ask_input(case, "缺少签字页")).await.unwrap();
    worker(&world.store).drain().await.unwrap();
    let before = told(&world.store, &world.applicant).await.len();
    world.answer_supplement(&world.applicant, world.answer_input(case)).await.unwrap();
    worker(&world.store).drain().await.unwrap();
    assert_eq!(told(&world.store, &world.applicant).await.len(), before);
    assert_eq!(SupplementAnswered::TOPIC, "case.supplement_answered");
} }

both! { migrations, async fn stops_and_lapses_are_told(kit: Kit) {
    use MessageKind::{Accepted, Lapsed, LimitExtended, SpecialEnded, SpecialStarted, Submitted, SupplementAsked, SupplementDue};
    let world = World::open(&kit).await;
    let stopped = world.accepted(&world.applicant).await;
    let approver = world.approver();
    world.start_special(&approver, world.special_input(stopped, "hearing", 3)).await.unwrap();
    world.end_special(&approver, world.special_end_input(stopped, "听证结束")).await.unwrap();
    world.extend(&approver, world.extend_input(stopped)).await.unwrap();
    let (lapsed, _) = world.submitted(&world.applicant).await;
    world.ask_supplement(&world.clerk(), world.ask_input(lapsed, "缺少签字页")).await.unwrap();
    let everybody = || tongban_cases::wire(worker(&world.store));
    kit.clock.set(beijing("2026-12-01 09:00"));
    everybody().drain().await.unwrap();
    kit.clock.set(beijing("2026-12-05 00:01"));
    everybody().drain().await.unwrap();
    assert_eq!(kinds_of(&world, stopped).await, [Submitted, Accepted, SpecialStarted, SpecialEnded, LimitExtended]);
    assert_eq!(kinds_of(&world, lapsed).await, [Submitted, SupplementAsked, SupplementDue, Lapsed]);
} }
