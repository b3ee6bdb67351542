//! Licences that the applicant holds fill the next application, and their holder reads that they did.

use chrono::TimeDelta;
use serde_json::json;
use tongban_access::{Actor, PartyKind};
use tongban_cases::{Error, Fill, OriginKind, StartDraft};
use tongban_catalogue::{Material, Necessity, Replacement};
use tongban_exchange::FactOutcome;
use tongban_identity::subject_blinds;
use tongban_licences::{ChangeStatus, StatusCause, StatusChange, change_status, held, licence_view};
use tongban_store::{PageRequest, Stream};
use tongban_testkit::both;
use uuid::Uuid;

use crate::world::*;

/// Who used a licence of the person and for what, the latest first.
async fn uses(world: &World) -> Vec<(String, String)> {
    let blinds = subject_blinds(&world.store, PartyKind::Person, &citizen(101));
    let page = PageRequest::new(1, 20);
    let lines = world
        .store
        .log_about(Stream::Access, &blinds, page)
        .await
        .unwrap()
        .rows;
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    lines
        .into_iter()
        .filter(|line| line.object_kind == "licence")
        .map(|line| (text(&line.detail["reader"]), text(&line.detail["purpose"])))
        .collect()
}

async fn filled_from(world: &World, actor: &Actor, case: Uuid) {
    let held = held(&world.store, PartyKind::Person, &citizen(101))
        .await
        .unwrap();
    let input = Fill {
        held,
        ..world.fill_input(case, register_facts())
    };
    world.fill_draft(actor, input).await.unwrap();
}

both! { migrations, async fn a_licence_that_is_used_leaves_a_trace(kit: Kit) {
    let world = World::open(&kit).await;
    world.decided(&world.applicant, true).await;
    let unused = world.draft(&world.applicant).await;
    filled_from(&world, &world.applicant, unused).await;
    assert!(uses(&world).await.is_empty(), "this matter draws on no licence");

    let mut renewal = content();
    renewal.form["properties"]["shop"]["x-source"] = json!({ "licence": licence_type().code, "field": "shop" });
    let world = world.with_item("1-EXAMPLE-2", renewal).await;
    let case = world.draft(&world.applicant).await;
    filled_from(&world, &world.applicant, case).await;
    filled_from(&world, &world.applicant, case).await;
    let view = world.own_view(case).await;
    assert_eq!((view.values["shop"].as_str(), view.origins["shop"].kind), (Some("阳光小馆"), OriginKind::Licence));
    let purpose = "办理“示范经营许可”时使用示范经营许可证".to_owned();
    assert_eq!(uses(&world).await, [("本人".to_owned(), purpose.clone())], "once a day");
    let audit = world.store.log_of("case", &case.to_string()).await.unwrap();
    let line = audit.iter().find(|line| line.action == "case.use_licences").unwrap();
    assert_eq!(line.detail["licences"].as_array().map(Vec::len), Some(1));

    // At the window: only after the presence was recorded, and under the name of the office.
    let clerk = world.clerk();
    let absent = world.start_input(&world.applicant).await;
    assert_eq!(refusal(world.start_draft(&clerk, absent.clone()).await), "case.presence");
    let case = world.start_draft(&clerk, StartDraft { present: true, ..absent }).await.unwrap().case;
    filled_from(&world, &clerk, case).await;
    let readers: Vec<_> = uses(&world).await.into_iter().map(|(reader, _)| reader).collect();
    assert_eq!(readers.len(), 2);
    assert!(readers.contains(&format!("{OFFICE} · 窗口人员")));
} }

/// A matter whose materials a licence spares: one that is necessary, one that is not.
async fn renewal(world: World) -> World {
    let mut renewal = content();
    let replaced = |code: &str, name: &str, necessity| Material {
        necessity,
        replaced_by: Some(Replacement::Licence {
            licence_type: licence_type().code,
        }),
        ..Material::new(code, name)
    };
    renewal
        .materials
        .push(replaced("permit", "原许可证", Necessity::Required));
    renewal
        .materials
        .push(replaced("copy", "许可证副本", Necessity::Optional));
    world.with_item("1-EXAMPLE-2", renewal).await
}

/// A draft of it that lacks nothing, filled from the licence that the applicant holds.
async fn renewed(world: &World) -> Uuid {
    let case = world.filled(&world.applicant).await;
    filled_from(world, &world.applicant, case).await;
    let there = world.own_view(case).await.materials;
    assert!(
        there
            .iter()
            .any(|material| material.code == "permit" && !material.has_file),
        "the licence spares it"
    );
    case
}

async fn revoke(world: &World) {
    let licence = held(&world.store, PartyKind::Person, &citizen(101))
        .await
        .unwrap()[0]
        .id;
    let by = world.approver();
    let version = licence_view(&world.store, &by, licence).await.unwrap().version;
    let input = ChangeStatus {
        licence,
        change: StatusChange::Revoke,
        cause: StatusCause::PenaltyRevocation.as_str().to_owned(),
        reason: "违法经营".to_owned(),
        version,
    };
    world
        .store
        .write(by.signer(), move |tx| {
            let (by, input) = (by.clone(), input.clone());
            async move { change_status(&tx, &by, input).await }
        })
        .await
        .unwrap();
}

/// The refusal of a submission, with the names of the materials.
async fn lapsed(world: &World, case: Uuid) -> String {
    match world.submit(&world.applicant, world.submit_input(case)).await {
        Err(Error::Refused(refusal)) => {
            assert_eq!(refusal.code, "case.material_lapsed");
            refusal.args["materials"].clone()
        }
        other => panic!("{other:?}"),
    }
}

both! { migrations, async fn a_licence_that_is_revoked_after_the_filling_stands_in_for_nothing(kit: Kit) {
    let world = World::open(&kit).await;
    world.decided(&world.applicant, true).await;
    let world = renewal(world).await;
    let case = renewed(&world).await;
    let before = world.own_view(case).await.version;
    revoke(&world).await;
    assert_eq!(lapsed(&world, case).await, "原许可证", "what is not necessary holds nobody up");
    let view = world.own_view(case).await;
    let codes = |list: &[tongban_cases::MaterialView]| list.iter().map(|there| there.code.clone()).collect::<Vec<_>>();
    assert_eq!((codes(&view.materials), codes(&view.lapsed)), (vec!["lease".to_owned(), "identity".to_owned()], vec!["permit".to_owned(), "copy".to_owned()]));
    assert_eq!(view.version, before, "a refusal changes nothing");

    // A file stands in, and what the licence had spared is gone from what is handed in.
    let file = world.attach_input(case, "permit").await;
    world.attach(&world.applicant, file).await.unwrap();
    world.submit(&world.applicant, world.submit_input(case)).await.unwrap();
    let filed = world.own_view(case).await;
    let handed_in: Vec<_> = filed.materials.iter().map(|there| (there.code.as_str(), there.has_file)).collect();
    assert_eq!(handed_in, [("lease", true), ("identity", false), ("permit", true)]);
    assert!(filed.lapsed.is_empty());
} }

both! { migrations, async fn a_licence_that_runs_out_after_the_filling_stands_in_for_nothing(kit: Kit) {
    let world = World::open(&kit).await;
    world.decided(&world.applicant, true).await;
    let world = renewal(world).await;
    let last = held(&world.store, PartyKind::Person, &citizen(101)).await.unwrap()[0].valid_to.unwrap();
    let case = renewed(&world).await;
    // On its last day it is as good as on its first.
    kit.clock.advance(last - world.today());
    assert!(world.own_view(case).await.lapsed.is_empty());
    kit.clock.advance(TimeDelta::days(1));
    assert_eq!(lapsed(&world, case).await, "原许可证");
    // Filled anew, the draft says itself what is missing.
    filled_from(&world, &world.applicant, case).await;
    assert_eq!(refusal(world.submit(&world.applicant, world.submit_input(case)).await), "case.material_missing");
} }

both! { migrations, async fn a_licence_in_force_stands_in_when_it_is_filed(kit: Kit) {
    let world = World::open(&kit).await;
    world.decided(&world.applicant, true).await;
    let world = renewal(world).await;
    let case = renewed(&world).await;
    world.submit(&world.applicant, world.submit_input(case)).await.unwrap();
    // What was filed is history: a licence that is revoked later changes nothing of it.
    revoke(&world).await;
    let filed = world.own_view(case).await;
    assert_eq!((filed.materials.len(), filed.lapsed.len()), (4, 0));
} }

both! { migrations, async fn an_answer_without_a_fact_spares_nothing(kit: Kit) {
    let world = World::open(&kit).await;
    let case = world.draft(&world.applicant).await;
    let facts = |value: serde_json::Value| FactOutcome::Facts(object(value));
    for (answer, spared) in [
        (json!({}), false),
        (json!({ "name": null, "address": " " }), false),
        (json!({ "shoe_size": 43 }), false),
        (json!({ "name": "王小明" }), true),
    ] {
        world.fill_draft(&world.applicant, world.fill_input(case, facts(answer.clone()))).await.unwrap();
        let view = world.own_view(case).await;
        assert_eq!(view.materials.iter().any(|there| there.code == "identity"), spared, "{answer}");
    }
    // A material that names its facts needs one of them, whatever else the form was told.
    let mut named = content();
    named.materials[0].replaced_by = Some(Replacement::Resource { resource: REGISTER.to_owned(), fields: vec!["household".to_owned()] });
    let world = world.with_item("1-EXAMPLE-2", named).await;
    let case = world.draft(&world.applicant).await;
    world.fill_draft(&world.applicant, world.fill_input(case, register_facts())).await.unwrap();
    let view = world.own_view(case).await;
    assert_eq!((view.values["name"].as_str(), view.materials.len()), (Some("王小明"), 0));
    // Where nothing but being known is asked for, being known is enough.
    let mut known = content();
    for field in ["name", "address"] {
        known.form["properties"][field].as_object_mut().unwrap().remove("x-source");
    }
    let world = world.with_item("1-EXAMPLE-3", known).await;
    let case = world.draft(&world.applicant).await;
    world.fill_draft(&world.applicant, world.fill_input(case, facts(json!({})))).await.unwrap();
    assert_eq!(world.own_view(case).await.materials.len(), 1);
} }
