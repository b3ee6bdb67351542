//! Questions that never leave.

use tongban_access::{Actor, Role};
use tongban_exchange::{Error, FactOutcome, FactRequest, PurposeRef, ReadBasis, ShareClass, reads_about};
use tongban_store::{PageRequest, Signer};

use crate::world::*;

async fn refused(world: &World, actor: &Actor, request: FactRequest, code: &str) {
    let before = world.asked();
    let answer = world.read_as(actor, request, BUDGET).await;
    match answer.outcome {
        FactOutcome::Refused { code: given } => assert_eq!(given, code),
        other => panic!("{code} was expected: {other:?}"),
    }
    assert_eq!(world.asked(), before, "{code}: nothing left");
    let lines = world
        .store
        .log_of("exchange_read", &answer.read.to_string())
        .await
        .unwrap();
    assert_eq!(lines.len(), 1);
    assert_eq!(lines[0].action, "exchange.refused");
    assert_eq!(lines[0].detail["code"], code);
}

both! { migrations,
    async fn each_rule_refuses_with_its_code(kit: Kit) {
        let world = world(&kit).await;
        let me = &world.applicant;
        let basic = || world.request("population.basic");

        let dead = PurposeRef { kind: "case".to_owned(), id: id(404) };
        refused(&world, me, FactRequest { purpose: dead, ..basic() }, "exchange.purpose_not_live").await;
        let stranger = applicant(22);
        refused(&world, &stranger, basic(), "exchange.purpose_not_live").await;
        let clerk = staff(31, Role::Clerk, "519901000000");
        refused(&world, &clerk, basic(), "exchange.purpose_not_live").await;

        refused(&world, me, world.request("property.ownership"), "exchange.resource_not_listed").await;
        world.cases.change(world.case, |live| live.resources.push(wanted("property.ownership", &["name", "address"])));
        refused(&world, me, world.request("property.ownership"), "exchange.resource_unknown").await;

        // More than the matter lists, and what no register offers.
        let asking = |fields: &[&str]| FactRequest { fields: wanted("", fields).fields, ..basic() };
        refused(&world, me, asking(&["name", "debts"]), "exchange.fields_not_listed").await;
        world.cases.change(world.case, |live| live.resources[0].fields.push("debts".to_owned()));
        refused(&world, me, asking(&["debts"]), "exchange.fields_unknown").await;

        let nothing = ReadBasis::Duty { law: String::new(), item: "食品经营许可（新办）".to_owned() };
        refused(&world, me, FactRequest { basis: nothing, ..basic() }, "exchange.basis_missing").await;

        let invented = ReadBasis::Duty { law: "某法第一条".to_owned(), item: "食品经营许可（新办）".to_owned() };
        refused(&world, me, FactRequest { basis: invented, ..basic() }, "exchange.duty_missing").await;
        let elsewhere = ReadBasis::Duty { law: "食品安全法第三十五条".to_owned(), item: "居住证办理".to_owned() };
        refused(&world, me, FactRequest { basis: elsewhere, ..basic() }, "exchange.duty_missing").await;

        let mut closed = entry("test.silent", "http://127.0.0.1:9/".to_owned());
        closed.share_class = ShareClass::NotShared;
        register(&kit.store, closed).await;
        refused(&world, me, world.request("test.silent"), "exchange.resource_not_shared").await;

        let reads = reads_about(&kit.store, &world.blinds(), PageRequest::new(1, 10)).await.unwrap();
        assert_eq!(reads.total, 0);
    }
}

both! { migrations,
    async fn without_consent_a_read_on_consent_does_not_leave(kit: Kit) {
        let world = world(&kit).await;
        let asking = || FactRequest { basis: ReadBasis::Consent, ..world.request("population.basic") };
        refused(&world, &world.applicant, asking(), "exchange.consent_missing").await;

        // Consent to one source is no consent to another.
        world.cases.change(world.case, |live| live.consents.push("population.household".to_owned()));
        refused(&world, &world.applicant, asking(), "exchange.consent_missing").await;

        world.cases.change(world.case, |live| live.consents.push("population.basic".to_owned()));
        let answer = world.read_as(&world.applicant, asking(), BUDGET).await;
        assert!(matches!(answer.outcome, FactOutcome::Facts(_)));
        let reads = reads_about(&kit.store, &world.blinds(), PageRequest::new(1, 10)).await.unwrap();
        assert_eq!(reads.rows[0].basis, ReadBasis::Consent);
    }
}

both! { migrations,
    async fn a_case_of_a_firm_does_not_read_registers_of_persons(kit: Kit) {
        let world = world(&kit).await;
        world.cases.change(world.case, |live| live.subject.kind = tongban_access::PartyKind::Enterprise);
        refused(&world, &world.applicant, world.request("population.basic"), "exchange.subject_kind").await;
    }
}

both! { migrations,
    async fn nobody_reads_and_nobody_floods(kit: Kit) {
        let world = world(&kit).await;
        let nobody = world.exchange.read_all(&Actor::Nobody, vec![world.request("population.basic")], BUDGET).await;
        assert!(matches!(nobody, Err(Error::Denied(_))));

        let flood = (0..33).map(|_| world.request("population.basic")).collect();
        match world.exchange.read_all(&world.applicant, flood, BUDGET).await {
            Err(Error::Refused(refusal)) => {
                assert_eq!(refusal.code, "exchange.too_many_questions");
                assert_eq!(refusal.args["most"], "32");
            }
            other => panic!("{other:?}"),
        }
        let nothing = world.exchange.read_all(&world.applicant, Vec::new(), BUDGET).await.unwrap();
        assert_eq!(nothing, []);
        assert_eq!(world.asked(), 0);
    }
}

both! { migrations,
    async fn a_read_inside_an_act_is_a_mistake(kit: Kit) {
        let world = world(&kit).await;
        let (exchange, actor, request) = (world.exchange.clone(), world.applicant.clone(), world.request("population.basic"));
        let inside: Result<(), Error> = kit
            .store
            .write(Signer::system(), move |_tx| {
                let (exchange, actor, request) = (exchange.clone(), actor.clone(), request.clone());
                async move { exchange.read_all(&actor, vec![request], BUDGET).await.map(|_| ()) }
            })
            .await;
        assert!(matches!(inside, Err(Error::Store(tongban_store::StoreError::Nested))), "{inside:?}");
        assert_eq!(world.asked(), 0);
    }
}
