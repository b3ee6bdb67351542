//! Starting, filling, handing in.

use serde_json::json;
use tongban_access::{Actor, Assurance, PartyKind};
use tongban_cases::{Channel, Consent, Delivery, Error, OriginKind, Withdraw, my_cases};
use tongban_codes::CaseNumber;
use tongban_exchange::FactOutcome;
use tongban_procedure::State;
use tongban_store::PageRequest;
use tongban_testkit::both;
use uuid::Uuid;

use crate::world::*;

both! { migrations, async fn an_open_draft_goes_on(kit: Kit) {
    let world = World::open(&kit).await;
    let input = world.start_input(&world.applicant).await;
    let first = world.start_draft(&world.applicant, input.clone()).await.unwrap();
    let again = world.start_draft(&world.applicant, input).await.unwrap();
    assert_eq!((first.case, first.resumed, again.resumed), (again.case, false, true));
    assert_eq!(world.own_view(first.case).await.channel, Channel::Online);
} }

both! { migrations, async fn starting_is_refused(kit: Kit) {
    let world = World::open(&kit).await;
    let input = world.start_input(&world.applicant).await;
    let stranger = world.person("李四", 102).await;
    let denied = world.start_draft(&stranger, input.clone()).await;
    assert!(matches!(denied, Err(Error::Denied(_))), "in the name of another account");
    let nobody = world.start_draft(&Actor::Nobody, input.clone()).await;
    assert!(matches!(nobody, Err(Error::Denied(_))));

    let mut for_firms = content();
    for_firms.audience = vec![tongban_catalogue::Audience::Enterprise];
    let world = world.with_item("1-EXAMPLE-2", for_firms).await;
    let input = world.start_input(&world.applicant).await;
    assert_eq!(refusal(world.start_draft(&world.applicant, input).await), "case.not_for_you");
    let mut bare = content();
    bare.form = serde_json::Value::Null;
    let world = world.with_item("1-EXAMPLE-3", bare).await;
    let input = world.start_input(&world.applicant).await;
    assert_eq!(refusal(world.start_draft(&world.applicant, input).await), "case.guide_only");
} }

both! { migrations, async fn a_draft_may_be_handed_in_until_the_last_day(kit: Kit) {
    let mut ending = content();
    ending.effective_until = Some(day("2026-11-30"));
    let world = World::open(&kit).await.with_item("1-EXAMPLE-2", ending).await;
    let (in_time, late) = (world.filled(&world.applicant).await, world.person("李四", 102).await);
    let late_case = world.filled(&late).await;
    let input = world.start_input(&late).await;
    kit.clock.set(beijing("2026-11-30 23:59"));
    world.submit(&world.applicant, world.submit_input(in_time)).await.unwrap();
    kit.clock.set(beijing("2026-12-01 00:00"));
    assert_eq!(refusal(world.submit(&late, world.submit_input(late_case)).await), "case.item_ended");
    assert_eq!(refusal(world.start_draft(&late, input).await), "case.item_ended");
    // what was handed in goes on by its version
    world.accept(&world.clerk(), world.accept_input(in_time)).await.unwrap();
    assert_eq!(world.own_view(in_time).await.state, State::Accepted);
} }

both! { migrations, async fn a_withdrawn_version_takes_no_new_applications(kit: Kit) {
    let world = World::open(&kit).await;
    let handed_in = world.filled(&world.applicant).await;
    world.submit(&world.applicant, world.submit_input(handed_in)).await.unwrap();
    let other = world.person("李四", 102).await;
    let case = world.filled(&other).await;
    let input = world.start_input(&other).await;
    let withdraw = tongban_catalogue::WithdrawVersion { version: world.item.id, reason: "取消".to_owned() };
    world.store
        .write(tongban_store::Signer::system(), move |tx| {
            let withdraw = withdraw.clone();
            async move { tongban_catalogue::withdraw_version(&tx, &Actor::System, withdraw).await }
        })
        .await
        .unwrap();
    assert_eq!(refusal(world.submit(&other, world.submit_input(case)).await), "case.item_withdrawn");
    assert_eq!(refusal(world.start_draft(&other, input).await), "case.item_withdrawn", "the page was read before");
    world.accept(&world.clerk(), world.accept_input(handed_in)).await.unwrap();
} }

both! { migrations, async fn what_was_typed_stays_and_what_stayed_empty_is_filled(kit: Kit) {
    let world = World::open(&kit).await;
    let case = world.draft(&world.applicant).await;
    let me = &world.applicant;
    let unavailable = FactOutcome::Unavailable { reason: tongban_exchange::Trouble::TooSlow };
    world.fill_draft(me, world.fill_input(case, unavailable)).await.unwrap();
    let waiting = world.own_view(case).await;
    assert_eq!(waiting.origins["name"].kind, OriginKind::Waiting);
    assert!(waiting.materials.is_empty(), "an answer that did not come spares nothing");
    assert_eq!(waiting.facts[0].outcome, "unavailable");

    // The page sends every field, the empty ones too; and one that the form does not know.
    let sent = json!({ "name": "", "address": "别处二号", "shop": "", "intruder": "x" });
    world.save_draft(me, world.save_input(case, sent)).await.unwrap();
    let saved = world.own_view(case).await;
    assert_eq!(saved.origins["name"].kind, OriginKind::Waiting, "nobody typed it");
    assert!(!saved.values.contains_key("intruder") && !saved.origins.contains_key("shop"));

    world.fill_draft(me, world.fill_input(case, register_facts())).await.unwrap();
    let view = world.own_view(case).await;
    assert_eq!((view.values["name"].as_str(), view.origins["name"].kind), (Some("王小明"), OriginKind::Resource));
    assert_eq!((view.values["address"].as_str(), view.origins["address"].kind), (Some("别处二号"), OriginKind::You));
    assert_eq!(view.materials.iter().map(|material| material.code.as_str()).collect::<Vec<_>>(), ["identity"]);
    assert_eq!(view.facts.len(), 1, "the earlier answer is replaced");

    // What came from a source and is saved unchanged keeps its origin; once changed it is the applicant's.
    world.save_draft(me, world.save_input(case, json!({ "name": "王小明" }))).await.unwrap();
    assert_eq!(world.own_view(case).await.origins["name"].kind, OriginKind::Resource);
    world.save_draft(me, world.save_input(case, json!({ "name": "" }))).await.unwrap();
    assert_eq!(world.own_view(case).await.origins["name"].kind, OriginKind::You);
} }

both! { migrations, async fn a_source_that_nobody_asked_leaves_nothing_behind(kit: Kit) {
    let world = World::open(&kit).await;
    let case = world.filled(&world.applicant).await;
    let consent = Consent { case, resources: Vec::new() };
    world.record_consent(&world.applicant, consent).await.unwrap();
    let mut input = world.fill_input(case, register_facts());
    input.answers.clear();
    world.fill_draft(&world.applicant, input).await.unwrap();
    let view = world.own_view(case).await;
    assert!(!view.values.contains_key("name") && !view.origins.contains_key("address"));
    assert!(view.facts.is_empty() && view.consents.is_empty());
    assert_eq!(view.materials.iter().map(|material| material.code.as_str()).collect::<Vec<_>>(), ["lease"]);
    assert_eq!(view.values["shop"].as_str(), Some("阳光小馆"), "what was typed stays");
} }

both! { migrations, async fn files_are_judged(kit: Kit) {
    let world = World::open(&kit).await;
    let case = world.draft(&world.applicant).await;
    let good = world.attach_input(case, "lease").await;
    let mut wrong = good.clone();
    wrong.material = "unknown".to_owned();
    assert_eq!(refusal(world.attach(&world.applicant, wrong).await), "case.no_such_material");
    let mut wrong = good.clone();
    wrong.media = "text/html".to_owned();
    assert_eq!(refusal(world.attach(&world.applicant, wrong).await), "case.file_type");
    let mut wrong = good.clone();
    wrong.size = 1024 * 1024 + 1;
    match world.attach(&world.applicant, wrong).await {
        Err(Error::Refused(refusal)) => {
            assert_eq!((refusal.code, refusal.args["limit"].as_str()), ("case.file_size", "1"));
        }
        other => panic!("{other:?}"),
    }
    let stranger = world.person("李四", 102).await;
    assert!(matches!(world.attach(&stranger, good.clone()).await, Err(Error::NotFound)));

    let file = world.attach(&world.applicant, good.clone()).await.unwrap();
    for reader in [&stranger, &world.clerk()] {
        assert!(tongban_cases::file_of(&world.store, reader, case, file).await.unwrap().is_none(), "a draft is private");
    }
    assert!(tongban_cases::file_of(&world.store, &world.applicant, case, file).await.unwrap().is_some());
    let detach = |actor: Actor| {
        let store = world.store.clone();
        async move {
            store
                .write(actor.signer(), move |tx| {
                    let actor = actor.clone();
                    async move { tongban_cases::detach(&tx, &actor, case, file).await }
                })
                .await
        }
    };
    assert!(matches!(detach(stranger).await, Err(Error::NotFound)));
    detach(world.applicant.clone()).await.unwrap();
    assert!(matches!(detach(world.applicant.clone()).await, Err(Error::NotFound)), "it is gone");
    assert!(world.own_view(case).await.materials.is_empty());

    for _ in 0..60 {
        world.attach(&world.applicant, good.clone()).await.unwrap();
    }
    assert_eq!(refusal(world.attach(&world.applicant, good).await), "case.too_many_files");
} }

both! { migrations, async fn an_incomplete_form_lists_every_problem(kit: Kit) {
    let world = World::open(&kit).await;
    let case = world.draft(&world.applicant).await;
    let me = &world.applicant;
    world.fill_draft(me, world.fill_input(case, FactOutcome::NotFound)).await.unwrap();
    world.save_draft(me, world.save_input(case, json!({ "shop": "店".repeat(21), "area": 0 }))).await.unwrap();
    match world.submit(me, world.submit_input(case)).await {
        Err(Error::Refused(refusal)) => {
            assert_eq!(refusal.code, "case.form_invalid");
            let fields: Vec<_> = refusal.fields.iter().map(|field| (field.field.as_str(), field.problem)).collect();
            assert_eq!(fields, [("name", "required"), ("address", "required"), ("shop", "too_long"), ("area", "too_small")]);
        }
        other => panic!("{other:?}"),
    }
    let rest = json!({ "name": "王小明", "address": ADDRESS, "shop": "阳光小馆", "area": 80 });
    world.save_draft(me, world.save_input(case, rest)).await.unwrap();
    match world.submit(me, world.submit_input(case)).await {
        Err(Error::Refused(refusal)) => {
            assert_eq!((refusal.code, refusal.args["materials"].as_str()), ("case.material_missing", "身份证明、场所使用证明"));
        }
        other => panic!("{other:?}"),
    }
    for material in ["identity", "lease"] {
        let file = world.attach_input(case, material).await;
        world.attach(me, file).await.unwrap();
    }
    let mut by_post = world.submit_input(case);
    by_post.delivery = Delivery::Post;
    by_post.delivery_address = Some("  ".to_owned());
    assert_eq!(refusal(world.submit(me, by_post).await), "case.address_missing");
    let huge = world.save_input(case, json!({ "shop": "店".repeat(200_000) }));
    assert_eq!(refusal(world.save_draft(me, huge).await), "case.form_too_large");
    // Nothing that was refused has used a number.
    let number = world.submit(me, world.submit_input(case)).await.unwrap().number;
    assert_eq!(CaseNumber::parse(&number).unwrap().serial(), 1);
    assert_eq!(world.own_view(case).await.documents[0].number, "收〔2026〕1号");
} }

both! { migrations, async fn a_page_that_is_out_of_date_is_refused(kit: Kit) {
    let world = World::open(&kit).await;
    let case = world.filled(&world.applicant).await;
    let version = world.own_view(case).await.version;
    let mut stale = world.save_input(case, json!({ "area": 90 }));
    stale.seen = Some(version - 1);
    assert!(matches!(world.save_draft(&world.applicant, stale.clone()).await, Err(Error::Conflict)));
    let mut submit = world.submit_input(case);
    submit.seen = Some(version - 1);
    assert!(matches!(world.submit(&world.applicant, submit.clone()).await, Err(Error::Conflict)));
    stale.seen = Some(version);
    assert_eq!(world.save_draft(&world.applicant, stale).await.unwrap(), version + 1);
    submit.seen = Some(version + 1);
    world.submit(&world.applicant, submit).await.unwrap();
} }

both! { migrations, async fn an_item_that_is_not_the_one_of_the_case_is_refused(kit: Kit) {
    let world = World::open(&kit).await;
    let case = world.filled(&world.applicant).await;
    let me = &world.applicant;
    let before = world.own_view(case).await;
    // A newer version of the same item asks for other things: the case is judged by its own.
    let mut newer = world.item.clone();
    newer.id = Uuid::from_u128(404);
    let mut save = world.save_input(case, json!({ "shop": "月光小馆" }));
    save.item = newer.clone();
    assert!(matches!(world.save_draft(me, save).await, Err(Error::Conflict)));
    let mut fill = world.fill_input(case, register_facts());
    fill.item = newer.clone();
    assert!(matches!(world.fill_draft(me, fill).await, Err(Error::Conflict)));
    let mut attach = world.attach_input(case, "plan").await;
    attach.item = newer.clone();
    assert!(matches!(world.attach(me, attach).await, Err(Error::Conflict)));
    let mut submit = world.submit_input(case);
    submit.item = newer;
    assert!(matches!(world.submit(me, submit).await, Err(Error::Conflict)));
    let after = world.own_view(case).await;
    assert_eq!((after.version, after.values["shop"].as_str()), (before.version, Some("阳光小馆")));
    assert_eq!(after.materials.len(), before.materials.len());
} }

both! { migrations, async fn a_double_click_files_once(kit: Kit) {
    let world = World::open(&kit).await;
    let case = world.filled(&world.applicant).await;
    let (first, second) = tokio::join!(
        world.submit(&world.applicant, world.submit_input(case)),
        world.submit(&world.applicant, world.submit_input(case)),
    );
    let (good, bad) = if first.is_ok() { (first, second) } else { (second, first) };
    assert_eq!(CaseNumber::parse(&good.unwrap().number).unwrap().serial(), 1);
    match bad {
        Err(Error::Conflict) => {}
        Err(Error::Refused(refusal)) => {
            assert_eq!((refusal.code, refusal.args["state"].as_str()), ("case.wrong_state", "submitted"));
        }
        other => panic!("{other:?}"),
    }
    let view = world.own_view(case).await;
    assert_eq!((view.history.len(), view.documents.len(), view.clocks.len()), (1, 1, 1));
    for refused in [
        world.save_draft(&world.applicant, world.save_input(case, json!({ "area": 1 }))).await.map(|_| ()),
        world.fill_draft(&world.applicant, world.fill_input(case, register_facts())).await,
        world.attach(&world.applicant, world.attach_input(case, "plan").await).await.map(|_| ()),
        world.submit(&world.applicant, world.submit_input(case)).await.map(|_| ()),
    ] {
        assert_eq!(refusal(refused), "case.wrong_state");
    }
} }

both! { migrations, async fn numbers_have_no_gaps(kit: Kit) {
    let world = World::open(&kit).await;
    let mut drafts = Vec::new();
    for sequence in 201..206 {
        let person = world.person("某人", sequence).await;
        let case = world.filled(&person).await;
        drafts.push((person, case));
    }
    let filing: Vec<_> = drafts
        .iter()
        .map(|(person, case)| {
            let (store, person, input) = (world.store.clone(), person.clone(), world.submit_input(*case));
            tokio::spawn(async move {
                store
                    .write(person.signer(), move |tx| {
                        let (person, input) = (person.clone(), input.clone());
                        async move { tongban_cases::submit(&tx, &person, input).await }
                    })
                    .await
            })
        })
        .collect();
    let mut serials = Vec::new();
    for filed in filing {
        serials.push(CaseNumber::parse(&filed.await.unwrap().unwrap().number).unwrap().serial());
    }
    serials.sort_unstable();
    assert_eq!(serials, [1, 2, 3, 4, 5]);
    let mut receipts = Vec::new();
    for (person, case) in &drafts {
        receipts.push(world.view(person, *case).await.unwrap().documents[0].number.clone());
    }
    receipts.sort();
    assert_eq!(receipts, ["收〔2026〕1号", "收〔2026〕2号", "收〔2026〕3号", "收〔2026〕4号", "收〔2026〕5号"]);
} }

both! { migrations, async fn nobody_else_touches_a_draft(kit: Kit) {
    let world = World::open(&kit).await;
    let case = world.filled(&world.applicant).await;
    let stranger = world.person("李四", 102).await;
    let unknown = Actor::party(Uuid::from_u128(5), PartyKind::Enterprise);
    for outsider in [stranger, world.clerk(), world.approver(), Actor::Nobody, unknown] {
        let answers = [
            world.save_draft(&outsider, world.save_input(case, json!({ "area": 1 }))).await.map(|_| ()),
            world.fill_draft(&outsider, world.fill_input(case, register_facts())).await,
            world.record_consent(&outsider, Consent { case, resources: Vec::new() }).await,
            world.submit(&outsider, world.submit_input(case)).await.map(|_| ()),
            world.accept(&outsider, world.accept_input(case)).await,
            world.withdraw(&outsider, Withdraw { case, seen: None }).await,
        ];
        for answer in answers {
            assert!(matches!(answer, Err(Error::NotFound)), "{answer:?}");
        }
        assert!(world.view(&outsider, case).await.is_none());
    }
    let mine = my_cases(&world.store, &world.applicant, &world.calendar, PageRequest::new(1, 10)).await.unwrap();
    assert_eq!(mine.rows.iter().map(|line| (line.id, line.state)).collect::<Vec<_>>(), [(case, State::Draft)]);
    assert_eq!((mine.rows[0].shared, mine.rows[0].uploaded), (1, 1));
} }

both! { migrations, async fn some_items_ask_to_know_the_applicant_better(kit: Kit) {
    let mut content = content();
    content.assurance = Assurance::InPerson;
    let world = World::open(&kit).await.with_item("1-EXAMPLE-3", content).await;
    let case = world.filled(&world.applicant).await;
    let at = |level| world.applicant.clone().assured(level);
    for (level, missing) in [
        (Assurance::Registered, Assurance::RealName),
        (Assurance::RealName, Assurance::InPerson),
    ] {
        let denied = world.submit(&at(level), world.submit_input(case)).await;
        assert!(matches!(denied, Err(Error::Denied(denied)) if denied.needs == Some(missing)));
    }
    // What was filled in is still there.
    world.submit(&at(Assurance::InPerson), world.submit_input(case)).await.unwrap();
} }

both! { migrations, async fn who_has_shown_a_phone_alone_starts_nothing(kit: Kit) {
    let world = World::open(&kit).await;
    let newcomer = world.applicant.clone().assured(Assurance::Registered);
    let started = world.start_draft(&newcomer, world.start_input(&world.applicant).await).await;
    assert!(matches!(started, Err(Error::Denied(denied)) if denied.needs == Some(Assurance::RealName)));
} }
