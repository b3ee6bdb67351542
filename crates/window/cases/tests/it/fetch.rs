//! Filling through the exchange, with departments that answer, that are dead, and that speak of somebody else.

use std::sync::{Arc, Mutex};

use axum::{
    Json, Router,
    extract::{Path, State as Shared},
    routing::post,
};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tongban_access::{Actor, PartyKind};
use tongban_cases::{CasePurpose, Consent, Error, OriginKind, PURPOSE, Withdraw, fetch};
use tongban_catalogue::{StatutoryDuty, resources_by_consent, resources_of};
use tongban_exchange::{
    Exchange, Field, Purpose, PurposeRef, ReadBasis, Resource, ShareClass, WantedFacts, http_client,
    reads_about, register_resource,
};
use tongban_procedure::State;
use tongban_store::PageRequest;
use tongban_testkit::both;
use uuid::Uuid;

use crate::world::*;

const DEAD: &str = "property.register";
const CONFUSED: &str = "social.insurance";

type Asked = Arc<Mutex<Vec<String>>>;

async fn answer(
    Shared(asked): Shared<Asked>,
    Path(register): Path<String>,
    Json(question): Json<Value>,
) -> Json<Value> {
    asked.lock().unwrap().push(register.clone());
    let number = match register.as_str() {
        CONFUSED => citizen(999),
        _ => question["number"].as_str().unwrap().to_owned(),
    };
    let facts = json!({ "name": "王小明", "address": ADDRESS, "insured": "是" });
    Json(json!({ "found": true, "subject": { "number": number }, "facts": facts }))
}

/// An item that draws on three registers, and an exchange that knows where they are.
pub async fn city(kit: &tongban_testkit::Kit) -> (World, Exchange, Asked) {
    let mut three = content();
    three.form["properties"]["insured"] = json!({ "type": "string", "title": "参保", "x-source": { "resource": CONFUSED, "field": "insured" } });
    three.form["properties"]["owner"] =
        json!({ "type": "string", "title": "产权人", "x-source": { "resource": DEAD, "field": "owner" } });
    three.form["required"]
        .as_array_mut()
        .unwrap()
        .push(json!("owner"));
    let world = World::open(kit).await.with_item("1-EXAMPLE-2", three).await;
    let asked = Asked::default();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let router = Router::new()
        .route("/{register}", post(answer))
        .with_state(Arc::clone(&asked));
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    let closed = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let dead = format!("http://{}", closed.local_addr().unwrap());
    drop(closed);
    for (code, base) in [(REGISTER, &base), (CONFUSED, &base), (DEAD, &dead)] {
        let field = |name: &str, title: &str| Field {
            name: name.to_owned(),
            title: title.to_owned(),
        };
        let resource = Resource {
            code: code.to_owned(),
            name: "登记信息".to_owned(),
            organisation: Uuid::from_u128(71),
            organisation_name: "示范市某局".to_owned(),
            share_class: ShareClass::Conditional,
            url: format!("{base}/{code}"),
            fields: vec![
                field("name", "姓名"),
                field("address", "住址"),
                field("insured", "参保"),
                field("owner", "产权人"),
            ],
            subject: PartyKind::Person,
        };
        world
            .store
            .write(Actor::System.signer(), move |tx| {
                let resource = resource.clone();
                async move { register_resource(&tx, &Actor::System, resource, "a-secret-of-the-department").await }
            })
            .await
            .unwrap();
    }
    let purpose = Arc::new(CasePurpose::new(world.store.clone()));
    let exchange = Exchange::new(world.store.clone(), purpose, http_client().unwrap());
    (world, exchange, asked)
}

both! { migrations, async fn a_dead_department_stops_nobody(kit: Kit) {
    let (world, exchange, asked) = city(&kit).await;
    let resources = resources_of(&world.item.content);
    assert_eq!(resources, [REGISTER, CONFUSED, DEAD]);
    let case = world.draft(&world.applicant).await;
    let consent = Consent { case, resources };
    let stranger = world.person("李四", 102).await;
    let foreign = fetch(&world.store, &exchange, &stranger, world.item.clone(), consent.clone()).await;
    assert!(matches!(foreign, Err(Error::NotFound)));
    assert!(asked.lock().unwrap().is_empty(), "nothing was asked about another person's draft");

    fetch(&world.store, &exchange, &world.applicant, world.item.clone(), consent).await.unwrap();
    let view = world.own_view(case).await;
    assert_eq!((view.values["address"].as_str(), view.origins["address"].kind), (Some(ADDRESS), OriginKind::Resource));
    for waiting in ["owner", "insured"] {
        assert_eq!(view.origins[waiting].kind, OriginKind::Waiting, "{waiting}");
        assert!(!view.values.contains_key(waiting));
    }
    let outcomes: Vec<_> = view.facts.iter().map(|fact| (fact.resource.as_str(), fact.outcome.as_str())).collect();
    assert_eq!(outcomes, [(REGISTER, "facts"), (CONFUSED, "wrong_subject"), (DEAD, "unavailable")]);
    assert!(view.facts[1].facts.is_empty(), "what was said about somebody else is not kept");

    // By hand, at once.
    let typed = json!({ "shop": "阳光小馆", "area": 80, "owner": "王小明" });
    world.save_draft(&world.applicant, world.save_input(case, typed)).await.unwrap();
    let lease = world.attach_input(case, "lease").await;
    world.attach(&world.applicant, lease).await.unwrap();
    world.submit(&world.applicant, world.submit_input(case)).await.unwrap();
    assert_eq!(world.own_view(case).await.origins["owner"].kind, OriginKind::You);
} }

both! { migrations, async fn only_sources_with_a_yes_are_asked(kit: Kit) {
    let (world, exchange, asked) = city(&kit).await;
    let case = world.draft(&world.applicant).await;
    let consent = Consent { case, resources: vec![REGISTER.to_owned(), "not.of.this.item".to_owned()] };
    fetch(&world.store, &exchange, &world.applicant, world.item.clone(), consent).await.unwrap();
    assert_eq!(*asked.lock().unwrap(), [REGISTER]);
    let view = world.own_view(case).await;
    assert!(view.values.contains_key("name") && !view.origins.contains_key("insured"));
    // Taking the yes back takes away what it had brought.
    fetch(&world.store, &exchange, &world.applicant, world.item.clone(), Consent { case, resources: Vec::new() }).await.unwrap();
    let view = world.own_view(case).await;
    assert!(!view.values.contains_key("name") && view.facts.is_empty() && view.materials.is_empty());
    assert_eq!(view.values["number"].as_str(), Some(citizen(101).as_str()), "the account's own stays");
} }

both! { migrations, async fn what_the_law_tells_to_check_needs_no_yes(kit: Kit) {
    let (world, exchange, asked) = city(&kit).await;
    let duty = |resource: &str, article: &str| StatutoryDuty {
        resource: resource.to_owned(),
        law: "《中华人民共和国行政许可法》".to_owned(),
        article: article.to_owned(),
    };
    let mut content = world.item.content.as_ref().clone();
    // The second says no article: nothing is read on it.
    content.duties = vec![duty(REGISTER, "第三十四条"), duty(CONFUSED, " ")];
    let world = world.with_item("1-EXAMPLE-3", content).await;
    assert_eq!(resources_by_consent(&world.item.content), [CONFUSED, DEAD]);
    let case = world.draft(&world.applicant).await;
    let stranger = world.person("李四", 102).await;
    let consent = Consent { case, resources: Vec::new() };
    let foreign = fetch(&world.store, &exchange, &stranger, world.item.clone(), consent.clone()).await;
    assert!(matches!(foreign, Err(Error::NotFound)));
    assert!(asked.lock().unwrap().is_empty(), "a duty is no way into another person's draft");

    // A yes to it, which nobody asked for, is not kept.
    let consent = Consent { case, resources: vec![REGISTER.to_owned()] };
    fetch(&world.store, &exchange, &world.applicant, world.item.clone(), consent).await.unwrap();
    assert_eq!(*asked.lock().unwrap(), [REGISTER]);
    let view = world.own_view(case).await;
    assert_eq!(view.values["address"].as_str(), Some(ADDRESS));
    assert!(view.materials.iter().any(|there| there.code == "identity"), "the check spares the material");
    assert!(view.consents.is_empty(), "nobody was asked, and nothing is kept as a yes");
    let blinds = tongban_identity::subject_blinds(&world.store, PartyKind::Person, &citizen(101));
    let reads = reads_about(&world.store, &blinds, PageRequest::new(1, 10)).await.unwrap().rows;
    let basis = ReadBasis::Duty {
        law: "《中华人民共和国行政许可法》第三十四条".to_owned(),
        item: "示范经营许可".to_owned(),
    };
    assert_eq!(reads.iter().map(|read| read.basis.clone()).collect::<Vec<_>>(), [basis]);
} }

both! { migrations, async fn for_whom_a_case_is_live(kit: Kit) {
    let world = World::open(&kit).await;
    let purpose = CasePurpose::new(world.store.clone());
    let stranger = world.person("李四", 102).await;
    let case = world.filled(&world.applicant).await;
    let of = |kind: &str, id: Uuid| PurposeRef { kind: kind.to_owned(), id };
    let live = purpose.live(&of(PURPOSE, case), &world.applicant).await.unwrap().unwrap();
    assert_eq!((live.subject.number, live.subject.name.as_str(), live.filed), (citizen(101), "王小明", false));
    let fields = ["name", "address"].map(str::to_owned).to_vec();
    assert_eq!(live.resources, [WantedFacts { resource: REGISTER.to_owned(), fields }], "what form and materials name");
    assert_eq!(live.organisation, OFFICE);
    for other in [&stranger, &world.clerk(), &world.approver(), &Actor::Nobody] {
        assert!(purpose.live(&of(PURPOSE, case), other).await.unwrap().is_none(), "a draft is for who fills it: {other:?}");
    }
    assert!(purpose.live(&of("task", case), &world.applicant).await.unwrap().is_none());
    assert!(purpose.live(&of(PURPOSE, Uuid::from_u128(404)), &world.applicant).await.unwrap().is_none());
    world.submit(&world.applicant, world.submit_input(case)).await.unwrap();
    assert!(purpose.live(&of(PURPOSE, case), &world.clerk()).await.unwrap().is_some_and(|live| live.filed));
    assert!(purpose.live(&of(PURPOSE, case), &stranger).await.unwrap().is_none());
    world.withdraw(&world.applicant, Withdraw { case, seen: None }).await.unwrap();
    assert_eq!(world.own_view(case).await.state, State::Withdrawn);
    for actor in [&world.applicant, &world.clerk()] {
        assert!(purpose.live(&of(PURPOSE, case), actor).await.unwrap().is_none(), "it is closed");
    }
} }
