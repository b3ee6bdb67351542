//! What each register knows. The same people and firms always give the same facts.

use std::{collections::HashMap, sync::Arc};

use serde_json::{Map, Value, json};
use tongban_access::PartyKind;
use tongban_crypto::sm3;

use super::{
    offers::Offer,
    people::{DemoFirm, DemoPerson},
};

/// The five registers over the same people and firms. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Registers(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    people: Vec<DemoPerson>,
    firms: Vec<DemoFirm>,
    person_of: HashMap<String, usize>,
    firm_of: HashMap<String, usize>,
}

impl Registers {
    /// When a number comes twice, the later entry counts.
    pub fn new(people: Vec<DemoPerson>, firms: Vec<DemoFirm>) -> Self {
        let person_of = people
            .iter()
            .enumerate()
            .map(|(index, person)| (person.number.clone(), index))
            .collect();
        let firm_of = firms
            .iter()
            .enumerate()
            .map(|(index, firm)| (firm.uscc.clone(), index))
            .collect();
        Self(Arc::new(Inner {
            people,
            firms,
            person_of,
            firm_of,
        }))
    }

    fn person(&self, number: &str) -> Option<&DemoPerson> {
        self.0.person_of.get(number).map(|index| &self.0.people[*index])
    }

    fn firm(&self, number: &str) -> Option<&DemoFirm> {
        self.0.firm_of.get(number).map(|index| &self.0.firms[*index])
    }

    /// The facts of one resource about one person or firm; `None` when the register has no entry.
    pub fn facts(&self, offer: &Offer, number: &str) -> Option<Map<String, Value>> {
        let facts = match offer.subject {
            PartyKind::Enterprise => firm_facts(self.firm(number)?),
            PartyKind::Person => {
                let person = self.person(number)?;
                match offer.code {
                    "population.basic" => population(person),
                    "population.household" => self.household(person),
                    "civil_affairs.marriage" => self.marriage(person),
                    "social_insurance.participation" => self.insurance(person)?,
                    "property.ownership" => property(person)?,
                    _ => return None,
                }
            }
        };
        match facts {
            Value::Object(facts) => Some(facts),
            _ => None,
        }
    }

    /// Somebody else in the same register: the number and what it says of them. A made-up entry, when the register
    /// holds nobody else.
    pub fn somebody_else(&self, offer: &Offer, number: &str) -> (String, Map<String, Value>) {
        let numbers: Vec<&String> = match offer.subject {
            PartyKind::Person => self.0.people.iter().map(|person| &person.number).collect(),
            PartyKind::Enterprise => self.0.firms.iter().map(|firm| &firm.uscc).collect(),
        };
        let start = numbers
            .iter()
            .position(|known| *known == number)
            .map_or(0, |position| position + 1);
        let others = numbers
            .iter()
            .cycle()
            .skip(start)
            .take(numbers.len())
            .filter(|other| **other != number);
        others
            .into_iter()
            .find_map(|other| Some(((*other).clone(), self.facts(offer, other)?)))
            .unwrap_or_else(|| ("000000000000000000".to_owned(), Map::new()))
    }

    fn household(&self, person: &DemoPerson) -> Value {
        let members: Vec<&DemoPerson> = self
            .0
            .people
            .iter()
            .filter(|other| other.address == person.address)
            .collect();
        let head = members
            .iter()
            .find(|member| member.relation == "户主")
            .copied()
            .unwrap_or(person);
        json!({
            "household_number": format!("519900{:09}", stable(&["household", &person.address]) % 1_000_000_000),
            "head": head.name,
            "relation": person.relation,
            "address": person.address,
            "members": members.len(),
        })
    }

    fn marriage(&self, person: &DemoPerson) -> Value {
        let Some(marriage) = &person.marriage else {
            return json!({ "status": "无婚姻登记记录" });
        };
        // Both spouses hold the same certificate number.
        let mut couple = [person.number.as_str(), marriage.spouse.as_str()];
        couple.sort_unstable();
        let serial = stable(&["marriage", couple[0], couple[1]]) % 1_000_000;
        let mut facts = json!({
            "status": "已婚",
            "registered_on": marriage.registered_on.to_string(),
            "certificate": format!("J519900-{}-{serial:06}", marriage.registered_on.format("%Y")),
        });
        if let Some(spouse) = self.person(&marriage.spouse) {
            facts["spouse_name"] = json!(spouse.name);
        }
        facts
    }

    fn insurance(&self, person: &DemoPerson) -> Option<Value> {
        let insurance = person.insurance.as_ref()?;
        let kind = if insurance.employer.is_some() {
            "城镇职工"
        } else {
            "城乡居民"
        };
        let mut facts = json!({ "kind": kind, "status": "正常参保", "since": insurance.since.to_string(), "card": insurance.card });
        if let Some(firm) = insurance.employer.as_deref().and_then(|uscc| self.firm(uscc)) {
            facts["employer"] = json!(firm.name);
        }
        Some(facts)
    }
}

fn population(person: &DemoPerson) -> Value {
    json!({
        "name": person.name,
        "sex": person.sex.chinese_name(),
        "birth": person.birth.to_string(),
        "ethnic": person.ethnic,
        "address": person.address,
    })
}

fn property(person: &DemoPerson) -> Option<Value> {
    let home = person.home.as_ref()?;
    let serial = stable(&["property", &home.address]) % 10_000_000;
    Some(json!({
        "address": home.address,
        "area": home.area,
        "use": "住宅",
        "certificate": format!("示范（{}）示范市不动产权第{serial:07}号", home.registered_on.format("%Y")),
        "registered_on": home.registered_on.to_string(),
    }))
}

fn firm_facts(firm: &DemoFirm) -> Value {
    json!({
        "name": firm.name,
        "legal_representative": firm.legal_representative,
        "legal_representative_number": firm.legal_representative_number,
        "address": firm.address,
        "scope": firm.scope,
        "established": firm.established.to_string(),
        "status": "存续",
    })
}

/// A number that is always the same for the same words.
fn stable(words: &[&str]) -> u64 {
    let digest = sm3(words.join("\n"));
    digest
        .iter()
        .take(8)
        .fold(0, |number, byte| number << 8 | u64::from(*byte))
}
