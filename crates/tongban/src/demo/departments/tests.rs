//! The registers, the switches, and the whole over HTTP.

use std::time::{Duration, Instant};

use chrono::NaiveDate;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tongban_access::Actor;
use tongban_access::PartyKind;
use tongban_codes::CitizenNumber;
use tongban_codes::RegionCode;
use tongban_exchange::{
    DeclaredDuty, Error, Exchange, FactOutcome, FactRequest, LivePurpose, Purpose, PurposeRef, ReadBasis,
    Subject, Trouble, WantedFacts, http_client, register_resource,
};
use tongban_testkit::both;
use uuid::Uuid;

use super::*;

const SECRET: &str = "secret-of-the-demo-city";

fn day(year: i32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, 5, 20).unwrap()
}

fn number(year: i32, sequence: u16) -> CitizenNumber {
    CitizenNumber::generate("519900", day(year), sequence).unwrap()
}

const FIRM: &str = "91519900MA00000011";

fn registers() -> Registers {
    let (wife, husband, child) = (number(1990, 12), number(1988, 13), number(2018, 15));
    let address = "示范市甲县一号街道一号";
    let people = vec![
        DemoPerson {
            marriage: Some(DemoMarriage {
                spouse: husband.as_str().to_owned(),
                registered_on: day(2016),
            }),
            insurance: Some(DemoInsurance {
                employer: Some(FIRM.to_owned()),
                since: day(2014),
                card: "T90000001".to_owned(),
            }),
            home: Some(DemoHome {
                address: address.to_owned(),
                area: "86.40".to_owned(),
                registered_on: day(2017),
            }),
            ..DemoPerson::new("示范甲", &wife, address)
        },
        DemoPerson {
            relation: "配偶".to_owned(),
            marriage: Some(DemoMarriage {
                spouse: wife.as_str().to_owned(),
                registered_on: day(2016),
            }),
            insurance: Some(DemoInsurance {
                employer: None,
                since: day(2012),
                card: "T90000001".to_owned(),
            }),
            ..DemoPerson::new("示范乙", &husband, address)
        },
        DemoPerson {
            relation: "子".to_owned(),
            ..DemoPerson::new("示范丙", &child, address)
        },
    ];
    let firms = vec![DemoFirm {
        uscc: FIRM.to_owned(),
        name: "示范市演示餐饮有限公司".to_owned(),
        legal_representative: "示范甲".to_owned(),
        legal_representative_number: "51990119880312121X".to_owned(),
        address: "示范市甲县二号街道二号".to_owned(),
        scope: "餐饮服务".to_owned(),
        established: day(2015),
    }];
    Registers::new(people, firms)
}

fn facts(code: &str, number: &str) -> Option<Value> {
    registers()
        .facts(Offer::of_code(code).unwrap(), number)
        .map(Value::Object)
}

#[test]
fn registers_tell_what_they_were_handed() {
    let (wife, husband, child) = (number(1990, 12), number(1988, 13), number(2018, 15));
    assert_eq!(
        facts("population.basic", wife.as_str()).unwrap(),
        json!({ "name": "示范甲", "sex": "女", "birth": "1990-05-20", "ethnic": "汉族", "address": "示范市甲县一号街道一号" })
    );
    let household = facts("population.household", child.as_str()).unwrap();
    assert_eq!(
        (&household["head"], &household["relation"]),
        (&json!("示范甲"), &json!("子"))
    );
    assert_eq!(household["members"], 3);
    assert_eq!(
        household["household_number"],
        facts("population.household", husband.as_str()).unwrap()["household_number"]
    );

    let (hers, his) = (
        facts("civil_affairs.marriage", wife.as_str()).unwrap(),
        facts("civil_affairs.marriage", husband.as_str()).unwrap(),
    );
    assert_eq!(
        (&hers["spouse_name"], &his["spouse_name"]),
        (&json!("示范乙"), &json!("示范甲"))
    );
    assert_eq!(hers["certificate"], his["certificate"]);
    assert_eq!(
        facts("civil_affairs.marriage", child.as_str()).unwrap(),
        json!({ "status": "无婚姻登记记录" })
    );

    let employed = facts("social_insurance.participation", wife.as_str()).unwrap();
    assert_eq!(
        (&employed["kind"], &employed["employer"]),
        (&json!("城镇职工"), &json!("示范市演示餐饮有限公司"))
    );
    assert_eq!(
        facts("social_insurance.participation", husband.as_str()).unwrap()["kind"],
        "城乡居民"
    );
    assert_eq!(facts("social_insurance.participation", child.as_str()), None);

    assert_eq!(
        facts("property.ownership", wife.as_str()).unwrap()["area"],
        "86.40"
    );
    assert_eq!(facts("property.ownership", husband.as_str()), None);

    assert_eq!(
        facts("enterprises.basic", FIRM).unwrap()["legal_representative"],
        "示范甲"
    );
    assert_eq!(facts("enterprises.basic", wife.as_str()), None);
}

#[test]
fn every_fact_is_one_that_the_offer_names() {
    for offer in &OFFERS {
        let known = match offer.subject {
            PartyKind::Person => number(1990, 12).as_str().to_owned(),
            PartyKind::Enterprise => FIRM.to_owned(),
        };
        let facts = registers().facts(offer, &known).unwrap();
        let mut told: Vec<&str> = facts.keys().map(String::as_str).collect();
        let mut named: Vec<&str> = offer.fields.iter().map(|(name, _)| *name).collect();
        told.sort_unstable();
        named.sort_unstable();
        assert_eq!(told, named, "{}", offer.code);
        assert_eq!(offer.code.split('.').next(), Some(offer.department.as_str()));
    }
}

#[test]
fn the_same_people_give_the_same_facts() {
    for offer in &OFFERS {
        let person = number(1990, 12);
        assert_eq!(
            registers().facts(offer, person.as_str()),
            registers().facts(offer, person.as_str())
        );
    }
}

#[test]
fn somebody_else_is_never_the_one_asked_about() {
    let registers = registers();
    for offer in &OFFERS {
        for asked in [
            number(1990, 12).as_str(),
            number(1988, 13).as_str(),
            FIRM,
            "nobody",
        ] {
            assert_ne!(registers.somebody_else(offer, asked).0, asked, "{}", offer.code);
        }
    }
}

#[test]
fn entries_name_the_path_of_their_department() {
    let offer = Offer::of_code("civil_affairs.marriage").unwrap();
    let entry = offer.entry("http://127.0.0.1:18081/", Uuid::nil(), "示范市民政局");
    assert_eq!(entry.url, "http://127.0.0.1:18081/civil-affairs");
    assert_eq!(entry.source(), "示范市民政局 婚姻登记信息");
    assert_eq!(entry.fields.len(), offer.fields.len());
}

#[test]
fn words_come_back() {
    for department in Department::ALL {
        assert_eq!(Department::from_word(department.as_str()), Some(department));
    }
    for behaviour in [
        Behaviour::Normal,
        Behaviour::Stopped,
        Behaviour::Slow(5),
        Behaviour::WrongPerson,
    ] {
        assert_eq!(Behaviour::from_word(behaviour.as_str(), 5), Some(behaviour));
    }
    assert_eq!(
        Behaviour::from_word("slow", u64::MAX),
        Some(Behaviour::Slow(60_000))
    );
    assert_eq!(Behaviour::from_word("broken", 0), None);
}

struct City {
    base: String,
    switches: Switches,
    client: reqwest::Client,
}

async fn city() -> City {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let switches = Switches::new();
    serve(listener, registers(), switches.clone(), SECRET);
    City {
        base,
        switches,
        client: http_client().unwrap(),
    }
}

impl City {
    async fn ask(&self, path: &str, secret: &str, question: &Value) -> (u16, Value) {
        let answer = self
            .client
            .post(format!("{}{path}", self.base))
            .bearer_auth(secret)
            .body(question.to_string())
            .send()
            .await
            .unwrap();
        let status = answer.status().as_u16();
        (
            status,
            serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap_or(Value::Null),
        )
    }
}

/// Every fact that a resource offers.
fn fields_of(code: &str) -> Vec<String> {
    let fields = Offer::of_code(code).map(|offer| offer.fields).unwrap_or_default();
    fields.iter().map(|(name, _)| (*name).to_owned()).collect()
}

fn question(code: &str, number: &str) -> Value {
    json!({ "resource": code, "fields": fields_of(code), "subject_kind": "person", "number": number, "request_id": Uuid::nil(), "nonce": "x" })
}

#[tokio::test]
async fn departments_answer_over_http() {
    let city = city().await;
    let person = number(1990, 12);
    let (status, answer) = city
        .ask(
            "/population",
            SECRET,
            &question("population.basic", person.as_str()),
        )
        .await;
    assert_eq!(status, 200);
    assert_eq!(answer["subject"]["number"], person.as_str());
    assert_eq!(answer["facts"]["name"], "示范甲");
    let (_, unknown) = city
        .ask("/population", SECRET, &question("population.basic", "nobody"))
        .await;
    assert_eq!(unknown, json!({ "found": false }));
    let firm = json!({ "resource": "enterprises.basic", "fields": ["status"], "subject_kind": "enterprise", "number": FIRM });
    assert_eq!(
        city.ask("/enterprises", SECRET, &firm).await.1["facts"],
        json!({ "status": "存续" }),
        "what was not asked for stays there"
    );
}

#[tokio::test]
async fn departments_refuse_what_is_not_theirs() {
    let city = city().await;
    let person = number(1990, 12);
    let good = question("population.basic", person.as_str());
    assert_eq!(city.ask("/population", "another-secret", &good).await.0, 401);
    assert_eq!(
        city.ask("/property", SECRET, &good).await.0,
        404,
        "a resource of another department"
    );
    assert_eq!(
        city.ask(
            "/population",
            SECRET,
            &question("population.debts", person.as_str())
        )
        .await
        .0,
        404
    );
    let firm =
        json!({ "resource": "population.basic", "fields": [], "subject_kind": "enterprise", "number": FIRM });
    assert_eq!(city.ask("/population", SECRET, &firm).await.0, 404);
    assert_eq!(city.ask("/population", SECRET, &json!("garbage")).await.0, 400);
    assert_eq!(city.ask("/nowhere", SECRET, &good).await.0, 404);
}

#[tokio::test]
async fn switches_turn_one_department_at_a_time() {
    let city = city().await;
    let person = number(1990, 12);
    let basic = question("population.basic", person.as_str());
    let marriage = question("civil_affairs.marriage", person.as_str());

    city.switches.set(Department::Population, Behaviour::Stopped);
    assert_eq!(city.ask("/population", SECRET, &basic).await.0, 503);
    assert_eq!(city.ask("/civil-affairs", SECRET, &marriage).await.0, 200);

    city.switches.set(Department::Population, Behaviour::WrongPerson);
    let (_, wrong) = city.ask("/population", SECRET, &basic).await;
    assert_eq!(wrong["subject"]["number"], number(1988, 13).as_str());
    assert_eq!(wrong["facts"]["name"], "示范乙");

    city.switches.set(Department::Population, Behaviour::Slow(120));
    let started = Instant::now();
    assert_eq!(city.ask("/population", SECRET, &basic).await.0, 200);
    assert!(started.elapsed() >= Duration::from_millis(120));

    city.switches.set(Department::Population, Behaviour::Normal);
    assert_eq!(
        city.ask("/population", SECRET, &basic).await.1["facts"]["name"],
        "示范甲"
    );
    assert_eq!(city.switches.all().len(), 5);
}

/// One live case about the wife that lists every resource about persons.
struct OneCase;

#[async_trait::async_trait]
impl Purpose for OneCase {
    async fn live(&self, _purpose: &PurposeRef, _actor: &Actor) -> Result<Option<LivePurpose>, Error> {
        let number = number(1990, 12).as_str().to_owned();
        Ok(Some(LivePurpose {
            subject: Subject {
                kind: PartyKind::Person,
                number,
                name: "示范甲".to_owned(),
            },
            resources: OFFERS
                .iter()
                .map(|offer| WantedFacts {
                    resource: offer.code.to_owned(),
                    fields: fields_of(offer.code),
                })
                .collect(),
            consents: Vec::new(),
            duties: OFFERS
                .iter()
                .map(|offer| DeclaredDuty {
                    resource: offer.code.to_owned(),
                    law: "某法第一条".to_owned(),
                })
                .collect(),
            title: "公共场所卫生许可（新办）".to_owned(),
            law: None,
            organisation: "示范市卫生健康委员会".to_owned(),
            region: RegionCode::parse("519900000000").unwrap(),
            filed: false,
        }))
    }
}

fn migrations() -> Vec<Box<dyn tongban_testkit::MigrationTrait>> {
    [tongban_store::migrations(), tongban_exchange::migrations()]
        .into_iter()
        .flatten()
        .collect()
}

both! { migrations,
    async fn the_exchange_reads_the_registers(kit: Kit) {
        let city = city().await;
        let base = city.base.clone();
        kit.store
            .write(Actor::System.signer(), move |tx| {
                let base = base.clone();
                async move {
                    for offer in &OFFERS {
                        let entry = offer.entry(&base, Uuid::nil(), "示范市某局");
                        register_resource(&tx, &Actor::System, entry, SECRET).await?;
                    }
                    Ok::<(), Error>(())
                }
            })
            .await
            .unwrap();
        let exchange = Exchange::new(kit.store.clone(), std::sync::Arc::new(OneCase), http_client().unwrap());
        let read = async || {
            let ask = |offer: &Offer| FactRequest {
                purpose: PurposeRef { kind: "case".to_owned(), id: Uuid::nil() },
                resource: offer.code.to_owned(),
                fields: fields_of(offer.code),
                basis: ReadBasis::Duty { law: "某法第一条".to_owned(), item: "公共场所卫生许可（新办）".to_owned() },
            };
            let requests = OFFERS.iter().map(ask).collect();
            exchange.read_all(&Actor::System, requests, Duration::from_secs(20)).await.unwrap()
        };

        for (offer, answer) in OFFERS.iter().zip(read().await) {
            match (offer.subject, answer.outcome) {
                (PartyKind::Person, FactOutcome::Facts(facts)) => assert_eq!(facts.len(), offer.fields.len(), "{}", offer.code),
                (PartyKind::Enterprise, FactOutcome::Refused { code }) => assert_eq!(code, "exchange.subject_kind"),
                (_, other) => panic!("{}: {other:?}", offer.code),
            }
        }

        city.switches.set(Department::Population, Behaviour::WrongPerson);
        city.switches.set(Department::Property, Behaviour::Stopped);
        let answers = read().await;
        assert_eq!(answers[0].outcome, FactOutcome::WrongSubject);
        assert_eq!(answers[5].outcome, FactOutcome::Unavailable { reason: Trouble::ServerError });
    }
}
