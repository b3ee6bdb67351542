//! The whole path, from the first field to the licence.

use tongban_access::Actor;
use tongban_cases::{Error, OriginKind, steps_before_decision};
use tongban_codes::CaseNumber;
use tongban_licences::{held, licences_of_case, register_licence_type};
use tongban_procedure::{DocumentKind, State};
use tongban_store::Signer;
use tongban_testkit::both;

use crate::world::*;

both! { migrations, async fn from_the_first_field_to_the_licence(kit: Kit) {
    let world = World::open(&kit).await;
    let (case, submitted) = world.submitted(&world.applicant).await;
    let view = world.own_view(case).await;
    assert_eq!(view.state, State::Submitted);
    assert_eq!(view.number.as_deref(), Some(submitted.number.as_str()));
    assert!(submitted.progress_code.len() >= 22, "128 bits in base64");
    let number = CaseNumber::parse(&submitted.number).unwrap();
    assert_eq!((number.region_prefix(), number.date(), number.serial()), ("519901", world.today(), 1));
    let origins: Vec<_> =
        ["name", "number", "phone", "address", "shop", "area"].map(|field| view.origins[field].kind).into();
    use OriginKind::{Account, Resource, You};
    assert_eq!(origins, [Resource, Account, Account, Resource, You, You]);
    let materials: Vec<_> = view.materials.iter().map(|material| (material.code.as_str(), material.has_file)).collect();
    assert_eq!(materials, [("identity", false), ("lease", true)], "the identity came by itself");

    world.accept(&world.clerk(), world.accept_input(case)).await.unwrap();
    let steps: Vec<_> = steps_before_decision(&world.item).iter().map(|step| (step.code.as_str(), step.name.as_str())).collect();
    assert_eq!(steps, [("review", "审核")]);
    world.complete_step(&world.approver(), world.step_input(case, "材料齐全")).await.unwrap();
    let decided = world.decide(&world.approver(), world.decide_input(case, true, "")).await.unwrap();

    let view = world.own_view(case).await;
    assert_eq!((view.state, view.step, view.licence), (State::Granted, 1, decided.licence));
    assert!(view.decided_at.is_some() && view.delivered_at.is_some(), "what is electronic needs no handing over");
    assert!(view.clocks.iter().all(|clock| clock.ended_on.is_some()));
    let history: Vec<_> = view.history.iter().map(|line| (line.kind.as_str(), line.by.as_str())).collect();
    assert_eq!(history, [("submitted", "applicant"), ("accepted", OFFICE), ("step", OFFICE), ("granted", OFFICE)]);
    assert_eq!(view.history[2].note.as_deref(), Some("审核：材料齐全"));
    let documents: Vec<_> = view.documents.iter().map(|document| (document.kind, document.number.as_str())).collect();
    assert_eq!(documents, [
        (DocumentKind::Receipt, "收〔2026〕1号"),
        (DocumentKind::Acceptance, "受〔2026〕1号"),
        (DocumentKind::Grant, "准〔2026〕1号"),
    ]);
    assert_eq!(view.documents[2].body.title, "准予行政许可决定书");
    assert!(view.documents[2].body.invented);

    let licences = held(&world.store, view.party_kind, &citizen(101)).await.unwrap();
    assert_eq!(licences.len(), 1);
    let licence = &licences[0];
    assert_eq!(Some(licence.id), decided.licence);
    assert_eq!((licence.fields["shop"].as_str(), licence.fields["place"].as_str()), (Some("阳光小馆"), Some(ADDRESS)));
    assert_eq!(licence.case_number.as_deref(), Some(submitted.number.as_str()));
    assert_eq!((licence.valid_from, licence.valid_to), (day("2026-11-20"), Some(day("2031-11-19"))));
    assert!(view.documents[2].body.paragraphs[1].contains(&licence.identifier));
    let audit: Vec<_> =
        world.store.log_of("case", &case.to_string()).await.unwrap().into_iter().map(|line| line.action).collect();
    assert_eq!(audit, ["case.start", "case.attach", "case.submit", "case.accept", "case.complete_step", "case.decide"]);
} }

both! { migrations, async fn the_decision_and_the_licence_stand_or_fall_together(kit: Kit) {
    let world = World::without_licence_type(&kit).await;
    let case = world.reviewed(&world.applicant).await;
    let before = world.own_view(case).await;
    let failed = world.decide(&world.approver(), world.decide_input(case, true, "")).await;
    assert!(matches!(failed, Err(Error::Licence(_))), "{failed:?}");
    let after = world.own_view(case).await;
    assert_eq!((after.state, after.version, after.licence), (State::Accepted, before.version, None));
    assert_eq!(after.documents.len(), before.documents.len());
    assert_eq!(after.history.len(), before.history.len());
    assert!(after.clocks[0].ended_on.is_none(), "the clock still runs");

    // Once the type is there, the number that the failed act had taken is the first that is used.
    world
        .store
        .write(Signer::system(), |tx| async move {
            register_licence_type(&tx, &Actor::System, licence_type()).await
        })
        .await
        .unwrap();
    world.decide(&world.approver(), world.decide_input(case, true, "")).await.unwrap();
    let view = world.own_view(case).await;
    assert_eq!(view.documents.last().map(|document| document.number.as_str()), Some("准〔2026〕1号"));
    let number = view.number.unwrap();
    assert_eq!(licences_of_case(&world.store, &number).await.unwrap().len(), 1);
} }
