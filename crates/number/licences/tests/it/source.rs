//! A licence as a resource of the exchange: asked, recorded and shown like any other.

use std::{sync::Arc, time::Duration};

use serde_json::{Value, json};
use tongban_access::{Actor, PartyKind};
use tongban_exchange::{
    DeclaredDuty, EvidenceVerdict, Exchange, FactAnswer, FactOutcome, FactRequest, LivePurpose, Purpose,
    PurposeRef, ReadBasis, Subject, WantedFacts, http_client, reads_about, verify_evidence,
};
use tongban_licences::{LicenceSource, StatusChange};
use tongban_store::{PageRequest, Stream};
use tongban_testkit::{Kit, both};
use uuid::Uuid;

use crate::*;

/// A live case of a firm that needs to know two things of its food licence.
struct OneCase(String);

fn code() -> String {
    format!("licence:{}", food_licence().code)
}

fn names(fields: &[&str]) -> Vec<String> {
    fields.iter().map(|field| (*field).to_owned()).collect()
}

#[async_trait::async_trait]
impl Purpose for OneCase {
    async fn live(
        &self,
        _purpose: &PurposeRef,
        actor: &Actor,
    ) -> Result<Option<LivePurpose>, tongban_exchange::Error> {
        let wanted = |resource: String| WantedFacts {
            resource,
            fields: names(&["place", "licence_identifier", "licence_valid_to", "manager_phone"]),
        };
        Ok(matches!(actor, Actor::Staff { .. }).then(|| LivePurpose {
            subject: Subject {
                kind: PartyKind::Enterprise,
                number: self.0.clone(),
                name: "示范市东城县阳光餐饮有限公司".to_owned(),
            },
            resources: vec![
                wanted(code()),
                wanted("licence:nothing".to_owned()),
                wanted(format!("licence:{}", driver_licence().code)),
            ],
            consents: Vec::new(),
            duties: [
                code(),
                "licence:nothing".to_owned(),
                format!("licence:{}", driver_licence().code),
            ]
            .map(|resource| DeclaredDuty {
                resource,
                law: "某法".to_owned(),
            })
            .to_vec(),
            title: "食品经营许可（延续）".to_owned(),
            law: None,
            organisation: "东城县市场监督管理局".to_owned(),
            region: region(),
            filed: true,
        }))
    }
}

async fn read(kit: &Kit, firm: &str, actor: &Actor, resource: &str, fields: &[&str]) -> FactAnswer {
    let exchange = Exchange::new(
        kit.store.clone(),
        Arc::new(OneCase(firm.to_owned())),
        http_client().unwrap(),
    )
    .with_source(Arc::new(LicenceSource::new(kit.store.clone())));
    let request = FactRequest {
        purpose: PurposeRef {
            kind: "case".to_owned(),
            id: Uuid::nil(),
        },
        resource: resource.to_owned(),
        fields: names(fields),
        basis: ReadBasis::Duty {
            law: "某法".to_owned(),
            item: "食品经营许可（延续）".to_owned(),
        },
    };
    let mut answers = exchange
        .read_all(actor, vec![request], Duration::from_secs(20))
        .await
        .unwrap();
    answers.remove(0)
}

both! { migrations, async fn a_held_licence_answers_with_evidence_and_is_told(kit: Kit) {
    with_types(&kit).await;
    let firm = uscc('9', "MA100001");
    let licence = issued(&kit.store, firm_licence(&firm)).await;
    let clerk = staff(Role::Clerk, BUREAU);
    let answer = read(&kit, &firm, &clerk, &code(), &["place", "licence_identifier", "licence_valid_to"]).await;
    let FactOutcome::Facts(facts) = &answer.outcome else { panic!("{answer:?}") };
    let expected = json!({ "place": "东城县人民路1号", "licence_identifier": licence.identifier, "licence_valid_to": "2031-11-19" });
    assert_eq!(Value::Object(facts.clone()), expected, "and nothing that was not asked for");
    assert_eq!(answer.source, "示范省市场监督管理局 食品经营许可证");

    let lines = kit.store.log_of("exchange_read", &answer.read.to_string()).await.unwrap();
    let evidence = lines.iter().find(|line| line.action == "exchange.read").unwrap();
    assert_eq!(verify_evidence(kit.store.keys(), evidence), EvidenceVerdict::Valid);
    let blinds = kit.store.blinds("uscc", &firm);
    let page = PageRequest::new(1, 10);
    let reads = reads_about(&kit.store, &blinds, page).await.unwrap().rows;
    assert_eq!((reads[0].resource_name.as_str(), reads[0].provider.as_str()), ("食品经营许可证", "示范省市场监督管理局"));
    assert_eq!(reads[0].asked, ["经营场所", "电子证照标识", "有效期至"]);
    assert_eq!(kit.store.log_about(Stream::Access, &blinds, page).await.unwrap().total, 1);
} }

both! { migrations, async fn what_is_not_held_or_not_valid_is_not_found(kit: Kit) {
    with_types(&kit).await;
    let (firm, other) = (uscc('9', "MA100001"), uscc('9', "MA100002"));
    let licence = issued(&kit.store, firm_licence(&firm)).await;
    let clerk = staff(Role::Clerk, BUREAU);
    assert_eq!(read(&kit, &other, &clerk, &code(), &["place"]).await.outcome, FactOutcome::NotFound);
    change(&kit.store, &approver(BUREAU), licence.id, StatusChange::Revoke, 1).await.unwrap();
    assert_eq!(read(&kit, &firm, &clerk, &code(), &["place"]).await.outcome, FactOutcome::NotFound);
} }

both! { migrations, async fn the_rules_of_the_exchange_hold_for_licences_too(kit: Kit) {
    with_types(&kit).await;
    let firm = uscc('9', "MA100001");
    issued(&kit.store, firm_licence(&firm)).await;
    let clerk = staff(Role::Clerk, BUREAU);
    let driver = format!("licence:{}", driver_licence().code);
    for (resource, fields, refusal) in [
        (code().as_str(), &["projects"][..], "exchange.fields_not_listed"),
        // What a type keeps back is kept back here, too.
        (&code(), &["manager_phone"], "exchange.fields_unknown"),
        ("licence:nothing", &["place"], "exchange.resource_unknown"),
        (&driver, &["place"], "exchange.fields_unknown"),
        (&driver, &[], "exchange.subject_kind"),
    ] {
        let answer = read(&kit, &firm, &clerk, resource, fields).await;
        assert_eq!(answer.outcome, FactOutcome::Refused { code: refusal }, "{resource} {fields:?}");
    }
    let stranger = party(&kit.store, PartyKind::Person, &citizen(5), "10000000005").await;
    let answer = read(&kit, &firm, &stranger, &code(), &["place"]).await;
    assert_eq!(answer.outcome, FactOutcome::Refused { code: "exchange.purpose_not_live" });
    assert_eq!(reads_about(&kit.store, &kit.store.blinds("uscc", &firm), PageRequest::new(1, 10)).await.unwrap().total, 0);
} }
