//! Licences that the applicant holds fill the next application, and their holder reads that they did.

use serde_json::json;
use tongban_access::{Actor, PartyKind};
use tongban_cases::{Fill, OriginKind, StartDraft};
use tongban_identity::subject_blinds;
use tongban_licences::held;
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
