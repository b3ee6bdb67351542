//! What rests holds no number, phone, address, form or code in plain text.

use serde_json::json;
use tongban_cases::Delivery;
use tongban_testkit::both;

use crate::{rest::everything_at_rest, world::*};

both! { migrations, async fn nothing_personal_rests_in_plain_text(kit: Kit) {
    let world = World::open(&kit).await;
    let case = world.filled(&world.applicant).await;
    world.save_draft(&world.applicant, world.save_input(case, json!({ "shop": "明月小馆" }))).await.unwrap();
    let mut submit = world.submit_input(case);
    submit.delivery = Delivery::Post;
    submit.delivery_address = Some("示范市邮寄路9号".to_owned());
    let submitted = world.submit(&world.applicant, submit).await.unwrap();
    world.accept(&world.clerk(), world.accept_input(case)).await.unwrap();
    world.complete_step(&world.approver(), world.step_input(case, "材料齐全")).await.unwrap();
    world.decide(&world.approver(), world.decide_input(case, true, "")).await.unwrap();
    let rest = everything_at_rest(&kit).await;
    for known in [submitted.number.as_str(), "case.decide", "示范经营许可", "材料齐全"] {
        assert!(rest.contains(known), "the search reads the tables: {known}");
    }
    for secret in [
        citizen(101).as_str(),
        PHONE,
        ADDRESS,
        "明月小馆",
        "示范市邮寄路9号",
        &submitted.progress_code,
        "an invented lease",
    ] {
        assert!(!rest.contains(secret), "{secret}");
    }
} }
