//! 容缺后补: taken without a material that may follow, and granted once it is there.

use serde_json::json;
use tongban_access::Actor;
use tongban_cases::still_to_follow;
use tongban_catalogue::{ItemContent, Necessity, Situation};
use tongban_procedure::DocumentKind;
use tongban_testkit::both;
use uuid::Uuid;

use crate::world::*;

/// The permit whose floor plan may follow.
fn plan_may_follow() -> ItemContent {
    let mut content = content();
    content.materials[2].necessity = Necessity::Deferred;
    content
}

async fn hand_in(
    world: &World,
    actor: &Actor,
    case: Uuid,
    material: &str,
) -> Result<Uuid, tongban_cases::Error> {
    let file = world.attach_input(case, material).await;
    world.attach(actor, file).await
}

both! { migrations, async fn what_may_follow_is_handed_in_before_the_grant(kit: Kit) {
    let world = World::open(&kit).await.with_item("1-EXAMPLE-2", plan_may_follow()).await;
    let case = world.reviewed(&world.applicant).await;
    let view = world.own_view(case).await;
    assert_eq!(still_to_follow(&view, &world.item), ["平面图"]);
    for kind in [DocumentKind::Receipt, DocumentKind::Acceptance] {
        let document = view.documents.iter().find(|document| document.kind == kind).unwrap();
        assert!(document.body.paragraphs.iter().any(|text| text.contains("可以在作出决定前补交") && text.contains("：平面图。")), "{document:?}");
    }
    let early = world.decide(&world.approver(), world.decide_input(case, true, "")).await;
    assert_eq!(refusal(early), "case.deferred_missing");

    // Only what may follow, and only by the applicant.
    assert_eq!(refusal(hand_in(&world, &world.applicant, case, "lease").await), "case.wrong_state");
    let stranger = world.person("李四", 102).await;
    assert!(matches!(hand_in(&world, &stranger, case, "plan").await, Err(tongban_cases::Error::NotFound)));
    assert!(matches!(hand_in(&world, &world.approver(), case, "plan").await, Err(tongban_cases::Error::Denied(_))));
    let plan = hand_in(&world, &world.applicant, case, "plan").await.unwrap();
    let view = world.own_view(case).await;
    assert!(still_to_follow(&view, &world.item).is_empty());
    let line = view.history.last().unwrap();
    assert_eq!((line.kind.as_str(), line.note.as_deref(), line.by.as_str()), ("material_followed", Some("平面图"), "applicant"));
    assert_eq!(refusal(world.detach(&world.applicant, case, plan).await), "case.wrong_state");
    world.decide(&world.approver(), world.decide_input(case, true, "")).await.unwrap();
    assert_eq!(refusal(hand_in(&world, &world.applicant, case, "plan").await), "case.wrong_state");
} }

both! { migrations, async fn a_refusal_does_not_wait_for_what_may_follow(kit: Kit) {
    let world = World::open(&kit).await.with_item("1-EXAMPLE-2", plan_may_follow()).await;
    let case = world.reviewed(&world.applicant).await;
    world.decide(&world.approver(), world.decide_input(case, false, "场所不符合要求")).await.unwrap();
    assert!(still_to_follow(&world.own_view(case).await, &world.item).is_empty());
} }

both! { migrations, async fn a_situation_asks_for_its_own_materials(kit: Kit) {
    let mut content = content();
    content.situations = ["新办", "变更"].map(|name| Situation { name: name.to_owned(), explain: None }).to_vec();
    content.materials[1].situations = vec!["变更".to_owned()];
    let world = World::open(&kit).await.with_item("1-EXAMPLE-2", content).await;
    let case = world.draft(&world.applicant).await;
    world.fill_draft(&world.applicant, world.fill_input(case, register_facts())).await.unwrap();
    for (situation, refused) in [(None, "case.form_invalid"), (Some("变更"), "case.material_missing")] {
        world.save_draft(&world.applicant, world.save_input(case, json!({ "shop": "阳光小馆", "area": 80, "situation": situation }))).await.unwrap();
        assert_eq!(refusal(world.submit(&world.applicant, world.submit_input(case)).await), refused);
    }
    hand_in(&world, &world.applicant, case, "lease").await.unwrap();
    world.save_draft(&world.applicant, world.save_input(case, json!({ "situation": "新办" }))).await.unwrap();
    let view = world.own_view(case).await;
    let asked: Vec<&str> = view.asked(&world.item).map(|material| material.code.as_str()).collect();
    assert_eq!(asked, ["identity", "lease", "plan"], "what is there is shown, so that it can be taken out");
    world.submit(&world.applicant, world.submit_input(case)).await.unwrap();
} }
