//! The main job, then new keys: no value of any room is left under an old one.

use serde_json::json;
use tongban_access::PartyKind;
use tongban_cases::{Consent, Delivery, fetch};
use tongban_catalogue::resources_of;
use tongban_identity::{find_party, party, subject_blinds};
use tongban_store::{
    PageRequest, Stream,
    keep::{Resealed, SealedColumn, Step, key_use, open_samples, reseal},
};
use tongban_testkit::both;

use crate::{agents, fetch::city, world::migrations};

fn silent(_step: Step) {}

fn columns() -> Vec<SealedColumn> {
    [
        tongban_exchange::SEALED_COLUMNS,
        tongban_identity::SEALED_COLUMNS,
        tongban_mandates::SEALED_COLUMNS,
        tongban_licences::SEALED_COLUMNS,
        tongban_cases::SEALED_COLUMNS,
    ]
    .concat()
}

both! { migrations, async fn nothing_stays_under_an_old_key(kit: Kit) {
    let (world, exchange, _asked) = city(&kit).await;
    // A case by post with facts of the register, a file, a supplement, and a licence at its end.
    let case = world.draft(&world.applicant).await;
    let consent = Consent { case, resources: resources_of(&world.item.content) };
    fetch(&world.store, &exchange, &world.applicant, world.item.clone(), consent).await.unwrap();
    let typed = json!({ "shop": "阳光小馆", "area": 80, "owner": "王小明" });
    world.save_draft(&world.applicant, world.save_input(case, typed)).await.unwrap();
    let lease = world.attach_input(case, "lease").await;
    world.attach(&world.applicant, lease).await.unwrap();
    let mut input = world.submit_input(case);
    input.delivery = Delivery::Post;
    input.delivery_address = Some("人民路2号".to_owned());
    // an agent files it, so that the agent's number rests there too
    let helper = world.person("李代办", 31).await;
    let agent = agents::agent(&kit.store, &world.applicant, &helper, world.item.item).await;
    world.submit(&agent, input).await.unwrap();
    world.ask_supplement(&world.clerk(), world.ask_input(case, "面积以租赁合同为准")).await.unwrap();
    world.answer_supplement(&world.applicant, world.answer_input(case)).await.unwrap();
    world.accept(&world.clerk(), world.accept_input(case)).await.unwrap();
    world.complete_step(&world.approver(), world.step_input(case, "材料齐全")).await.unwrap();
    world.decide(&world.approver(), world.decide_input(case, true, "")).await.unwrap();

    let store = &kit.store;
    let keys = store.keys();
    let (field, index) = (keys.field_key_ids()[0].clone(), keys.index_key_ids()[0].clone());
    let columns = columns();
    // The test looks at something: every declared column holds a value.
    let used_field = key_use(store, &field, &silent).await.unwrap();
    let used_index = key_use(store, &index, &silent).await.unwrap();
    // Checks of persons hold something while they run, and links to platforms for whoever has one; the rooms of identity and upstream look at them.
    let elsewhere = |table: &str| table.ends_with("_checks") || table.starts_with("upstream_");
    for column in columns.iter().filter(|column| !elsewhere(column.table)) {
        let name = format!("{}.{}", column.table, column.column);
        assert!(used_field.columns.contains_key(&name) || used_index.columns.contains_key(&name), "{name} holds nothing");
    }
    let before = world.own_view(case).await;
    let account = world.applicant.account().unwrap();
    let number = party(store, account).await.unwrap().unwrap().number;

    keys.rotate_field_key().unwrap();
    keys.rotate_index_key().unwrap();
    // While both index keys are in use, everybody is found.
    assert!(find_party(store, PartyKind::Person, &number).await.unwrap().is_some());
    let done = reseal(store, &columns, &silent).await.unwrap();
    assert_eq!(done.left, 0);
    assert!(done.files > 0 && done.values() > 0);

    let left = key_use(store, &field, &silent).await.unwrap();
    assert!(left.is_free(), "a column is not declared: {left:?}");
    let left = key_use(store, &index, &silent).await.unwrap();
    assert!(left.only_in_log(), "a column is not declared: {left:?}");
    assert_eq!(reseal(store, &columns, &silent).await.unwrap(), Resealed::default());

    // All of it reads as before, also without the old field key; the log still knows whom it is about.
    keys.retire_field_key(&field).unwrap();
    open_samples(store, &columns).await.unwrap();
    let after = world.own_view(case).await;
    assert_eq!(serde_json::to_value(&after.values).unwrap(), serde_json::to_value(&before.values).unwrap());
    assert!(find_party(store, PartyKind::Person, &number).await.unwrap().is_some());
    let subjects = subject_blinds(store, PartyKind::Person, &number);
    assert!(store.log_about(Stream::Access, &subjects, PageRequest::new(1, 5)).await.unwrap().total > 0);
    assert!(tongban_exchange::reads_about(store, &subjects[..1], PageRequest::new(1, 5)).await.unwrap().total > 0);
} }
