//! Purposes, bases, outcomes, and the rule that decides whether a question may leave.

use std::fmt;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use tongban_access::{Action, Actor, PartyKind, Role, Thing, permit};
use tongban_codes::RegionCode;
use uuid::Uuid;

use crate::{Error, Resource, ShareClass};

/// What a read is for, by name: a case, a real-name check, a supervised task.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct PurposeRef {
    /// The kind of purpose, such as `case`.
    pub kind: String,
    pub id: Uuid,
}

/// The one whose facts are read. `Debug` does not print who it is.
#[derive(Clone, PartialEq, Eq)]
pub struct Subject {
    pub kind: PartyKind,
    /// Citizen number or unified social credit code, in clear.
    pub number: String,
    pub name: String,
}

impl fmt::Debug for Subject {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Subject")
            .field("kind", &self.kind)
            .finish_non_exhaustive()
    }
}

/// What a matter needs to know from one resource.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WantedFacts {
    /// The code of the resource.
    pub resource: String,
    /// Names of the facts, as the directory names them. Empty: only whether the register knows the person or firm.
    pub fields: Vec<String>,
}

/// A duty by law to check what one resource holds, as a matter declares it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeclaredDuty {
    /// The code of the resource.
    pub resource: String,
    /// Law and article, in the words that the person is told before: 《中华人民共和国行政许可法》第三十四条.
    pub law: String,
}

/// What a live purpose allows, as the room that owns it says.
#[derive(Debug, Clone)]
pub struct LivePurpose {
    pub subject: Subject,
    /// The resources that this purpose may read, each with the facts that it needs.
    pub resources: Vec<WantedFacts>,
    /// Codes of those for which the person has consented. A read on the basis of consent needs its code here.
    pub consents: Vec<String>,
    /// The duties that the matter declares. A read on the basis of a duty needs its resource and its law here.
    pub duties: Vec<DeclaredDuty>,
    /// What the person is told it is for, such as 食品经营许可（新办）.
    pub title: String,
    /// The law behind the matter, if one is named.
    pub law: Option<String>,
    /// The name of the organisation that uses the facts.
    pub organisation: String,
    /// Where the matter belongs: supervisors of that region count its reads.
    pub region: RegionCode,
    /// False while the purpose is a draft that may come to nothing.
    pub filed: bool,
}

/// The first of the two doors that this room opens to later ones: the owner of a purpose says whether it is live.
#[async_trait::async_trait]
pub trait Purpose: Send + Sync {
    /// The purpose, if it is live and this actor may read for it; `None` otherwise. Called outside of any act.
    async fn live(&self, purpose: &PurposeRef, actor: &Actor) -> Result<Option<LivePurpose>, Error>;
}

/// The second door: a later room serves its facts as resources, without leaving the process. What is asked of it is judged,
/// recorded and shown like any other read.
#[async_trait::async_trait]
pub trait Source: Send + Sync {
    /// The entry of one of its resources, whose codes it alone knows (`licence:TYPE`); `None` for any other code. Called
    /// outside of any act. An entry has no address.
    async fn resource(&self, code: &str) -> Result<Option<Resource>, Error>;

    /// What it knows about a person or firm; `None` when it does not know them. Called outside of any act.
    async fn facts(&self, code: &str, subject: &Subject) -> Result<Option<Map<String, Value>>, Error>;
}

/// By what right a fact is read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum ReadBasis {
    /// A statutory duty: law and article, and the matter it is fulfilled for. The person is told before (个人信息保护法 35).
    Duty { law: String, item: String },
    /// The person said yes to this source for this purpose.
    Consent,
}

impl ReadBasis {
    /// `duty` or `consent`.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Duty { .. } => "duty",
            Self::Consent => "consent",
        }
    }
}

/// One question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FactRequest {
    pub purpose: PurposeRef,
    /// The code of the resource.
    pub resource: String,
    /// The facts that are asked for, none beyond those that the purpose lists. Empty: only whether the register knows
    /// the person or firm.
    pub fields: Vec<String>,
    pub basis: ReadBasis,
}

/// Why a department's system did not answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Trouble {
    /// No whole answer within the budget.
    TooSlow,
    /// No connection, or it broke.
    Unreachable,
    /// A status of 500 and above.
    ServerError,
    /// Any other status that is no success, such as 401 for a wrong secret.
    Rejected,
    /// It pointed elsewhere; we do not follow.
    Redirected,
    /// More than 64 KiB.
    TooLarge,
    /// Not the JSON that the protocol asks for.
    Unreadable,
}

impl Trouble {
    const ALL: [Self; 7] = [
        Self::TooSlow,
        Self::Unreachable,
        Self::ServerError,
        Self::Rejected,
        Self::Redirected,
        Self::TooLarge,
        Self::Unreadable,
    ];

    /// The stable word, part of the text keys of the faces.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::TooSlow => "too_slow",
            Self::Unreachable => "unreachable",
            Self::ServerError => "server_error",
            Self::Rejected => "rejected",
            Self::Redirected => "redirected",
            Self::TooLarge => "too_large",
            Self::Unreadable => "unreadable",
        }
    }

    /// The trouble of a stored word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|trouble| trouble.as_str() == word)
    }
}

/// What became of one question. `Debug` prints the names of facts, not their values.
#[derive(Clone, PartialEq)]
pub enum FactOutcome {
    /// The facts, only those that were asked for.
    Facts(Map<String, Value>),
    /// The register does not know the person or firm.
    NotFound,
    /// The department's system did not answer; the person goes on by hand.
    Unavailable { reason: Trouble },
    /// It answered about somebody else. The facts are gone, the matter is reported.
    WrongSubject,
    /// The question never left. Codes: `exchange.purpose_not_live`, `exchange.resource_not_listed`,
    /// `exchange.fields_not_listed`, `exchange.resource_unknown`, `exchange.fields_unknown`,
    /// `exchange.resource_not_shared`, `exchange.resource_forbidden`, `exchange.subject_kind`, `exchange.basis_missing`, `exchange.duty_missing`,
    /// `exchange.consent_missing`.
    Refused { code: &'static str },
}

impl fmt::Debug for FactOutcome {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Facts(facts) => formatter.debug_list().entries(facts.keys()).finish(),
            Self::NotFound => formatter.write_str("NotFound"),
            Self::Unavailable { reason } => write!(formatter, "Unavailable({})", reason.as_str()),
            Self::WrongSubject => formatter.write_str("WrongSubject"),
            Self::Refused { code } => write!(formatter, "Refused({code})"),
        }
    }
}

/// The answer to one question.
#[derive(Debug, Clone, PartialEq)]
pub struct FactAnswer {
    /// The id of the read: in `exchange_reads`, in the evidence, in the request to the department.
    pub read: Uuid,
    pub resource: String,
    pub at: DateTime<Utc>,
    /// Where the facts come from, in words; the bare code when the directory does not know the resource.
    pub source: String,
    pub outcome: FactOutcome,
}

/// What a row remembers of an outcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReadOutcome {
    Facts,
    NotFound,
    Unavailable,
    WrongSubject,
}

impl ReadOutcome {
    /// Every outcome.
    pub const ALL: [Self; 4] = [Self::Facts, Self::NotFound, Self::Unavailable, Self::WrongSubject];

    /// The stable word, part of the text keys of the faces.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Facts => "facts",
            Self::NotFound => "not_found",
            Self::Unavailable => "unavailable",
            Self::WrongSubject => "wrong_subject",
        }
    }

    /// The outcome of a stored word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|outcome| outcome.as_str() == word)
    }
}

/// Decides whether a question may leave. Answers the code of the first rule that says no.
pub(super) fn judge(
    actor: &Actor,
    request: &FactRequest,
    live: Option<&LivePurpose>,
    resource: Option<&Resource>,
) -> Result<(), &'static str> {
    let live = live.ok_or("exchange.purpose_not_live")?;
    let listed = live
        .resources
        .iter()
        .find(|listed| listed.resource == request.resource)
        .ok_or("exchange.resource_not_listed")?;
    if request.fields.iter().any(|field| !listed.fields.contains(field)) {
        return Err("exchange.fields_not_listed");
    }
    let resource = resource.ok_or("exchange.resource_unknown")?;
    // A fact that the directory does not offer is left out of the question; one that has no other is no question.
    if !request.fields.is_empty() && resource.offered(&request.fields).is_empty() {
        return Err("exchange.fields_unknown");
    }
    let read = Thing::none().reading(&resource.code, resource.share_class.as_str());
    if permit(actor, Action::ResourceRead, &read).is_err() {
        return Err(match resource.share_class {
            ShareClass::NotShared => "exchange.resource_not_shared",
            _ => "exchange.resource_forbidden",
        });
    }
    if resource.subject != live.subject.kind {
        return Err("exchange.subject_kind");
    }
    match &request.basis {
        ReadBasis::Duty { law, item } if law.trim().is_empty() || item.trim().is_empty() => {
            Err("exchange.basis_missing")
        }
        // Nobody makes a duty up: the matter declares it, and it is read for that matter alone.
        ReadBasis::Duty { law, item }
            if *item != live.title
                || !live
                    .duties
                    .iter()
                    .any(|duty| duty.resource == request.resource && duty.law == *law) =>
        {
            Err("exchange.duty_missing")
        }
        ReadBasis::Consent if !live.consents.contains(&request.resource) => Err("exchange.consent_missing"),
        _ => Ok(()),
    }
}

/// Who reads, in the words that the person will see: office and post, never a private name.
pub(super) fn reader_in_words(actor: &Actor) -> String {
    match actor {
        Actor::Staff { post, .. } => {
            let role = match post.role {
                Role::Clerk => "窗口人员",
                Role::Approver => "审批人员",
                Role::Supervisor => "监督人员",
                Role::Operator => "运维人员",
            };
            format!("{} {role}", post.organisation_name)
        }
        Actor::Party { agency: Some(_), .. } => "代办人".to_owned(),
        Actor::Party { .. } => "申请人".to_owned(),
        Actor::System => "系统".to_owned(),
        Actor::Nobody => "未登录者".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Field;

    fn request(basis: ReadBasis) -> FactRequest {
        let purpose = PurposeRef {
            kind: "case".to_owned(),
            id: Uuid::nil(),
        };
        FactRequest {
            purpose,
            resource: "population.basic".to_owned(),
            fields: vec!["name".to_owned()],
            basis,
        }
    }

    fn wanted(resource: &str, fields: &[&str]) -> WantedFacts {
        WantedFacts {
            resource: resource.to_owned(),
            fields: fields.iter().map(|field| (*field).to_owned()).collect(),
        }
    }

    fn declared(law: &str) -> Vec<DeclaredDuty> {
        vec![DeclaredDuty {
            resource: "population.basic".to_owned(),
            law: law.to_owned(),
        }]
    }

    fn duty() -> ReadBasis {
        ReadBasis::Duty {
            law: "某法第一条".to_owned(),
            item: "某事项".to_owned(),
        }
    }

    fn live() -> LivePurpose {
        LivePurpose {
            subject: Subject {
                kind: PartyKind::Person,
                number: "510000199001010000".to_owned(),
                name: "某人".to_owned(),
            },
            resources: vec![wanted("population.basic", &["name", "shoe_size"])],
            consents: Vec::new(),
            duties: declared("某法第一条"),
            title: "某事项".to_owned(),
            law: None,
            organisation: "某局".to_owned(),
            region: RegionCode::parse("519900000000").unwrap(),
            filed: false,
        }
    }

    fn resource() -> Resource {
        Resource {
            code: "population.basic".to_owned(),
            name: "人口基本信息".to_owned(),
            organisation: Uuid::nil(),
            organisation_name: "示范市公安局".to_owned(),
            share_class: ShareClass::Conditional,
            url: "http://127.0.0.1:9/population".to_owned(),
            fields: vec![Field {
                name: "name".to_owned(),
                title: "姓名".to_owned(),
            }],
            subject: PartyKind::Person,
        }
    }

    #[test]
    fn every_rule_has_its_code() {
        assert_eq!(
            judge(&Actor::System, &request(duty()), Some(&live()), Some(&resource())),
            Ok(())
        );
        assert_eq!(
            judge(&Actor::System, &request(duty()), None, Some(&resource())),
            Err("exchange.purpose_not_live")
        );
        assert_eq!(
            judge(&Actor::System, &request(duty()), Some(&live()), None),
            Err("exchange.resource_unknown")
        );

        let unlisted = LivePurpose {
            resources: vec![wanted("property.ownership", &["name"])],
            ..live()
        };
        assert_eq!(
            judge(
                &Actor::System,
                &request(duty()),
                Some(&unlisted),
                Some(&resource())
            ),
            Err("exchange.resource_not_listed")
        );

        let asking = |fields: &[&str]| FactRequest {
            fields: wanted("", fields).fields,
            ..request(duty())
        };
        for (fields, answer) in [
            (&[][..], Ok(())),
            (&["name", "shoe_size"], Ok(())),
            (&["name", "address"], Err("exchange.fields_not_listed")),
            (&["shoe_size"], Err("exchange.fields_unknown")),
        ] {
            assert_eq!(
                judge(&Actor::System, &asking(fields), Some(&live()), Some(&resource())),
                answer,
                "{fields:?}"
            );
        }

        let closed = Resource {
            share_class: ShareClass::NotShared,
            ..resource()
        };
        assert_eq!(
            judge(&Actor::System, &request(duty()), Some(&live()), Some(&closed)),
            Err("exchange.resource_not_shared")
        );

        let of_firms = Resource {
            subject: PartyKind::Enterprise,
            ..resource()
        };
        assert_eq!(
            judge(&Actor::System, &request(duty()), Some(&live()), Some(&of_firms)),
            Err("exchange.subject_kind")
        );

        let empty = ReadBasis::Duty {
            law: " ".to_owned(),
            item: "某事项".to_owned(),
        };
        assert_eq!(
            judge(&Actor::System, &request(empty), Some(&live()), Some(&resource())),
            Err("exchange.basis_missing")
        );

        // A duty that the matter does not declare, of another law, for another register, or for another matter.
        let of_another = DeclaredDuty {
            resource: "property.ownership".to_owned(),
            law: "某法第一条".to_owned(),
        };
        for live in [
            LivePurpose {
                duties: Vec::new(),
                ..live()
            },
            LivePurpose {
                duties: declared("某法第二条"),
                ..live()
            },
            LivePurpose {
                duties: vec![of_another],
                ..live()
            },
            LivePurpose {
                title: "另一事项".to_owned(),
                ..live()
            },
        ] {
            assert_eq!(
                judge(&Actor::System, &request(duty()), Some(&live), Some(&resource())),
                Err("exchange.duty_missing"),
                "{live:?}"
            );
        }
        // A duty is no consent.
        assert_eq!(
            judge(
                &Actor::System,
                &request(ReadBasis::Consent),
                Some(&live()),
                Some(&resource())
            ),
            Err("exchange.consent_missing")
        );
        let consented = LivePurpose {
            consents: vec!["population.basic".to_owned()],
            ..live()
        };
        assert_eq!(
            judge(
                &Actor::System,
                &request(ReadBasis::Consent),
                Some(&consented),
                Some(&resource())
            ),
            Ok(())
        );
    }

    #[test]
    fn debug_prints_neither_the_person_nor_the_facts() {
        let printed = format!("{:?}", live());
        assert!(
            !printed.contains("510000199001010000") && !printed.contains("某人"),
            "{printed}"
        );
        let facts = serde_json::json!({ "name": "某人" });
        let outcome = FactOutcome::Facts(facts.as_object().cloned().unwrap());
        assert_eq!(format!("{outcome:?}"), r#"["name"]"#);
    }

    #[test]
    fn words_come_back() {
        for trouble in Trouble::ALL {
            assert_eq!(Trouble::from_word(trouble.as_str()), Some(trouble));
        }
        for word in ["facts", "not_found", "unavailable", "wrong_subject"] {
            assert_eq!(ReadOutcome::from_word(word).map(ReadOutcome::as_str), Some(word));
        }
        assert_eq!(ReadOutcome::from_word("refused"), None);
    }
}
