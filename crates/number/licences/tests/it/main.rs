//! Licences on both databases.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "tests stop at the first surprise"
)]

mod carriers;
mod manage;
mod ofd;
mod privacy;
mod register;
mod source;
mod types;
mod verify;

use std::sync::Arc;

use chrono::NaiveDate;
use serde_json::{Map, Value, json};
use tongban_access::{Actor, PartyKind, Post, Role};
use tongban_codes::{CitizenNumber, OrganisationCode, RegionCode, Uscc};
use tongban_identity::{NewParty, register_party};
use tongban_licences::{
    ChangeStatus, Error, FieldDef, IssueLicence, Issued, LicenceStatus, LicenceType, Printing, StatusCause,
    StatusChange, carrier, change_status, issue, register_licence_type,
};
use tongban_press::{BlankTypesetter, Typesetter};
use tongban_store::{Signer, Store};
use tongban_testkit::{Kit, MigrationTrait};
use uuid::Uuid;

const SITE: &str = "https://tongban.example.invalid";
const BUREAU: Uuid = Uuid::from_u128(7);

fn migrations() -> Vec<Box<dyn MigrationTrait>> {
    [
        tongban_store::migrations(),
        tongban_directory::migrations(),
        tongban_exchange::migrations(),
        tongban_identity::migrations(),
        tongban_licences::migrations(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn region() -> RegionCode {
    RegionCode::parse("519901000000").unwrap()
}

/// A code of an invented body; department 1 is a state body, 9 a firm.
fn uscc(department: char, number: &str) -> String {
    let organisation = OrganisationCode::generate(number).unwrap();
    Uscc::generate(department, '1', "519901", &organisation)
        .unwrap()
        .as_str()
        .to_owned()
}

/// The number of somebody who cannot exist.
fn citizen(sequence: u16) -> String {
    CitizenNumber::generate("519901", day("1990-05-04"), sequence)
        .unwrap()
        .as_str()
        .to_owned()
}

fn food_licence() -> LicenceType {
    let definer_code = uscc('1', "MB100001");
    LicenceType {
        code: format!("{definer_code}001"),
        name: "食品经营许可证".to_owned(),
        definer_name: "示范省市场监督管理局".to_owned(),
        definer_code,
        fields: vec![
            FieldDef::new("place", "经营场所"),
            FieldDef::new("projects", "经营项目"),
            FieldDef::new("manager", "食品安全管理员"),
            FieldDef::new("manager_phone", "联系电话").private(),
        ],
        holder: PartyKind::Enterprise,
        invented: true,
    }
}

fn driver_licence() -> LicenceType {
    let definer_code = uscc('1', "MB100002");
    LicenceType {
        code: format!("{definer_code}002"),
        name: "示范从业资格证".to_owned(),
        definer_name: "示范省交通运输厅".to_owned(),
        definer_code,
        fields: vec![
            FieldDef::new("class", "类别"),
            FieldDef::new("number", "身份证号"),
        ],
        holder: PartyKind::Person,
        invented: false,
    }
}

fn fields(value: Value) -> Map<String, Value> {
    value.as_object().unwrap().clone()
}

fn firm_licence(number: &str) -> IssueLicence {
    IssueLicence {
        type_code: food_licence().code,
        holder_kind: PartyKind::Enterprise,
        holder_name: "示范市东城县阳光餐饮有限公司".to_owned(),
        holder_number: number.to_owned(),
        issuer: BUREAU,
        issuer_name: "东城县市场监督管理局".to_owned(),
        issuer_code: uscc('1', "MB100003"),
        region: region(),
        issued_on: day("2026-11-20"),
        valid_from: day("2026-11-20"),
        valid_to: Some(day("2031-11-19")),
        fields: fields(json!({
            "place": "东城县人民路1号", "projects": ["热食类食品制售", "冷食类食品制售"],
            "manager": format!("李四 {}", citizen(333)), "manager_phone": "13800001111", "note": "内部备注"
        })),
        item_name: Some("食品经营许可（新办）".to_owned()),
        item_code: None,
        item: None,
        case_number: Some("519901202611200000015".to_owned()),
    }
}

fn person_licence(number: &str) -> IssueLicence {
    IssueLicence {
        type_code: driver_licence().code,
        holder_kind: PartyKind::Person,
        holder_name: "王小明".to_owned(),
        holder_number: number.to_owned(),
        valid_to: None,
        fields: fields(json!({ "class": "出租汽车", "number": number })),
        ..firm_licence(&uscc('9', "MA100009"))
    }
}

fn approver(organisation: Uuid) -> Actor {
    staff(Role::Approver, organisation)
}

fn staff(role: Role, organisation: Uuid) -> Actor {
    let post = Post {
        organisation,
        organisation_name: "东城县市场监督管理局".to_owned(),
        region: region(),
        role,
    };
    Actor::staff(Uuid::from_u128(99), post)
}

/// A party that is signed in.
async fn party(store: &Store, kind: PartyKind, number: &str, phone: &str) -> Actor {
    let input = NewParty {
        kind,
        name: "某人".to_owned(),
        number: number.to_owned(),
        phone: Some(phone.to_owned()),
        password: None,
    };
    let account = store
        .write(Signer::system(), move |tx| {
            let input = input.clone();
            async move { register_party(&tx, &Actor::System, input).await }
        })
        .await
        .unwrap();
    Actor::party(account, kind)
}

async fn with_types(kit: &Kit) {
    for kind in [food_licence(), driver_licence()] {
        kit.store
            .write(Signer::system(), move |tx| {
                let kind = kind.clone();
                async move { register_licence_type(&tx, &Actor::System, kind).await }
            })
            .await
            .unwrap();
    }
}

async fn try_issue(store: &Store, input: IssueLicence) -> Result<Issued, Error> {
    store
        .write(Signer::system(), move |tx| {
            let input = input.clone();
            async move { issue(&tx, input).await }
        })
        .await
}

async fn issued(store: &Store, input: IssueLicence) -> Issued {
    try_issue(store, input).await.unwrap()
}

async fn change(
    store: &Store,
    actor: &Actor,
    licence: Uuid,
    change: StatusChange,
    version: i32,
) -> Result<LicenceStatus, Error> {
    let actor = actor.clone();
    store
        .write(actor.signer(), move |tx| {
            let actor = actor.clone();
            let input = ChangeStatus {
                licence,
                change,
                cause: StatusCause::of(Some(change)).next().unwrap().as_str().to_owned(),
                reason: "提供虚假材料".to_owned(),
                version,
            };
            async move { change_status(&tx, &actor, input).await }
        })
        .await
}

fn printing(typesetter: impl Typesetter + 'static) -> Printing<'static> {
    Printing {
        typesetter: Arc::new(typesetter),
        template: "",
        site: SITE,
    }
}

async fn printed(store: &Store, licence: Uuid) -> Vec<u8> {
    carrier(store, printing(BlankTypesetter), &Actor::System, licence)
        .await
        .unwrap()
        .to_vec()
}

fn refusal(error: Error) -> &'static str {
    match error {
        Error::Refused(refusal) => refusal.code,
        other => panic!("{other:?}"),
    }
}
