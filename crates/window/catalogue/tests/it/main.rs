//! The catalogue on both databases.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "tests stop at the first surprise"
)]

mod attach_file;
mod discard_draft;
mod draft_version;
mod ends;
mod import;
mod publish_version;
mod query;
mod real_data;
mod search;
mod uploads;
mod withdraw_version;
mod workbooks;

use serde_json::json;
use tongban_access::{Actor, Post, Role};
use tongban_catalogue::{
    Audience, DraftVersion, DraftedVersion, Error, ItemContent, LegalBasis, Limit, Place, ProjectType,
    PublishVersion, PublishedVersion, Question, ResultDefinition, Step, draft_version, publish_version,
};
use tongban_codes::{ItemType, LimitUnit, RegionCode};
use tongban_directory::import::Source;
use tongban_store::Store;
use tongban_testkit::MigrationTrait;
use uuid::Uuid;

pub const BUREAU: Uuid = Uuid::from_u128(7);

fn migrations() -> Vec<Box<dyn MigrationTrait>> {
    [
        tongban_store::migrations(),
        tongban_directory::migrations(),
        tongban_exchange::migrations(),
        tongban_licences::migrations(),
        tongban_catalogue::migrations(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn region(text: &str) -> RegionCode {
    RegionCode::parse_lenient(text).unwrap()
}

fn source(name: &str, text: &str) -> Source {
    Source::parse(name, text.as_bytes()).unwrap()
}

fn staff(role: Role) -> Actor {
    let post = Post {
        organisation: BUREAU,
        organisation_name: "示范市市场监督管理局".to_owned(),
        region: region("5199"),
        role,
    };
    Actor::staff(Uuid::from_u128(2), post)
}

fn operator() -> Actor {
    staff(Role::Operator)
}

/// An operator of another region.
fn operator_of(place: &str) -> Actor {
    match operator() {
        Actor::Staff { account, post, .. } => Actor::staff(
            account,
            Post {
                region: region(place),
                ..post
            },
        ),
        other => other,
    }
}

/// Everybody who may not write items.
fn others() -> [Actor; 4] {
    [
        Actor::Nobody,
        staff(Role::Clerk),
        staff(Role::Approver),
        staff(Role::Supervisor),
    ]
}

/// Content without a finding.
fn sound(name: &str) -> ItemContent {
    let limit = |amount| {
        Some(Limit {
            amount,
            unit: LimitUnit::Workday,
            basis: None,
            explain: None,
        })
    };
    let step = |code: &str| Step {
        code: code.to_owned(),
        name: code.to_owned(),
        role: "approver".to_owned(),
        ..Step::default()
    };
    ItemContent {
        project_type: ProjectType::Promised,
        audience: vec![Audience::Enterprise],
        department: "市市场监管局".to_owned(),
        legal_limit: limit(20),
        promised_limit: limit(5),
        accept_condition: Some("有固定的经营场所".to_owned()),
        form: json!({"type": "object", "properties": {"name": {"type": "string", "title": "名称"}}}),
        places: vec![Place {
            name: "政务服务中心".to_owned(),
            address: "示范路1号".to_owned(),
            hours: "周一至周五 9:00–17:00".to_owned(),
            phone: "0000-1234567".to_owned(),
            ..Place::default()
        }],
        consult_phone: Some("0000-1234567".to_owned()),
        complaint_phone: Some("12345".to_owned()),
        legal_basis: vec![LegalBasis {
            law: "《中华人民共和国食品安全法》".to_owned(),
            ..LegalBasis::default()
        }],
        questions: vec![Question {
            question: "要多久？".to_owned(),
            answer: "5个工作日。".to_owned(),
        }],
        steps: ["accept", "review", "decide", "finish", "deliver"]
            .map(step)
            .to_vec(),
        results: vec![ResultDefinition {
            name: "登记结果".to_owned(),
            ..ResultDefinition::default()
        }],
        topics: vec!["开办餐饮店".to_owned()],
        trips: Some(0),
        online: true,
        ..ItemContent::new(name, ItemType::Permit)
    }
}

fn new_draft(code: &str, content: ItemContent) -> DraftVersion {
    DraftVersion {
        item: None,
        code: code.to_owned(),
        region: region("5199"),
        organisation: BUREAU,
        content,
        effective_from: None,
        expected: None,
    }
}

async fn draft(store: &Store, actor: &Actor, input: DraftVersion) -> Result<DraftedVersion, Error> {
    let by = actor.clone();
    store
        .write(actor.signer(), move |tx| {
            let (by, input) = (by.clone(), input.clone());
            async move { draft_version(&tx, &by, input).await }
        })
        .await
}

async fn publish(store: &Store, actor: &Actor, input: PublishVersion) -> Result<PublishedVersion, Error> {
    let by = actor.clone();
    store
        .write(actor.signer(), move |tx| {
            let (by, input) = (by.clone(), input.clone());
            async move { publish_version(&tx, &by, input).await }
        })
        .await
}

/// An item that is in force.
async fn in_force(store: &Store, code: &str, content: ItemContent) -> PublishedVersion {
    let drafted = draft(store, &operator(), new_draft(code, content)).await.unwrap();
    publish(
        store,
        &operator(),
        PublishVersion {
            version: drafted.version,
            ..PublishVersion::default()
        },
    )
    .await
    .unwrap()
}

fn refusal<T: std::fmt::Debug>(result: Result<T, Error>) -> &'static str {
    match result {
        Err(Error::Refused(refusal)) => refusal.code,
        other => panic!("not refused: {other:?}"),
    }
}
