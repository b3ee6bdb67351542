//! A hall, two bureaus, one matter, and somebody for every role.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use chrono::NaiveDate;
use serde_json::json;
use tongban_access::{Actor, PartyKind, Post, Role};
use tongban_cases::{Applicant, CasePurpose, SaveDraft, StartDraft, Submit};
use tongban_catalogue::{
    Catalogue, DraftVersion, ItemContent, ItemVersion, Material, PublishVersion, StatutoryDuty, Step,
    draft_version, publish_version, version,
};
use tongban_codes::{CitizenNumber, ItemType, RegionCode};
use tongban_console::{DepartmentSwitch, DepartmentSwitches, StaffState};
use tongban_directory::{NewOrganisation, ensure_organisation, ensure_region};
use tongban_exchange::{
    Exchange, Field as RegisterField, Resource, ShareClass, http_client, register_resource,
};
use tongban_press::BlankTypesetter;
use tongban_search::Synonyms;
use tongban_store::{Store, Tx};
use tongban_web::{Kit as WebKit, SessionSource, Settings, SignedIn, SignedInKind, SignedInView, WebError};
use uuid::Uuid;

pub use tongban_testkit::{Kit, MigrationTrait, both};

use crate::browser::Browser;

pub fn migrations() -> Vec<Box<dyn MigrationTrait>> {
    [
        tongban_store::migrations(),
        tongban_directory::migrations(),
        tongban_exchange::migrations(),
        tongban_identity::migrations(),
        tongban_staff::migrations(),
        tongban_mandates::migrations(),
        tongban_licences::migrations(),
        tongban_catalogue::migrations(),
        tongban_cases::migrations(),
        tongban_engage::migrations(),
        tongban_feedback::migrations(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

pub fn region() -> RegionCode {
    RegionCode::parse("519901000000").unwrap()
}

/// A number that belongs to nobody.
pub fn number(sequence: u16) -> String {
    let birth = NaiveDate::from_ymd_opt(1990, 1, 1).unwrap();
    CitizenNumber::generate("519900", birth, sequence)
        .unwrap()
        .as_str()
        .to_owned()
}

/// Tokens are the names of those who sign in.
#[derive(Clone)]
struct Sessions {
    hall: Uuid,
    bureau: Uuid,
    other: Uuid,
}

impl Sessions {
    fn actor(&self, token: &str) -> Option<Actor> {
        let staff = |account: u128, organisation: Uuid, name: &str, region: RegionCode, role: Role| {
            Actor::staff(
                Uuid::from_u128(account),
                Post {
                    organisation,
                    organisation_name: name.to_owned(),
                    region,
                    role,
                },
            )
        };
        let elsewhere = RegionCode::parse("519902000000").unwrap();
        Some(match token {
            "resident" => Actor::party(Uuid::from_u128(1), PartyKind::Person),
            "clerk" => staff(2, self.hall, "政务服务大厅", region(), Role::Clerk),
            "clerk-too" => staff(10, self.hall, "政务服务大厅", region(), Role::Clerk),
            "clerk-elsewhere" => staff(3, self.hall, "西城大厅", elsewhere, Role::Clerk),
            "approver" => staff(4, self.bureau, "示范市市场监管局", region(), Role::Approver),
            "approver-other" => staff(5, self.other, "示范市公安局", region(), Role::Approver),
            "supervisor" => staff(6, self.hall, "政务服务局", region(), Role::Supervisor),
            "supervisor-elsewhere" => staff(10, self.hall, "西城政务服务局", elsewhere, Role::Supervisor),
            "operator" => staff(7, self.hall, "政务服务局", region(), Role::Operator),
            "operator-elsewhere" => staff(8, self.hall, "西城政务服务局", elsewhere, Role::Operator),
            _ => return None,
        })
    }
}

#[async_trait]
impl SessionSource for Sessions {
    async fn load(&self, token: &str) -> Result<Option<SignedIn>, WebError> {
        Ok(self.actor(token).map(|actor| SignedIn {
            view: SignedInView {
                name: "刘×".to_owned(),
                kind: if actor.post().is_some() {
                    SignedInKind::Staff
                } else {
                    SignedInKind::Resident
                },
                acting_for: None,
                acting_ended: None,
                organisation: actor.post().map(|post| post.organisation_name.clone()),
                roles: Vec::new(),
            },
            session_id: Uuid::from_u128(9),
            data: None,
            actor,
        }))
    }
}

/// Switches of one department.
#[derive(Default)]
struct Departments(Mutex<String>);

impl DepartmentSwitches for Departments {
    fn list(&self) -> Vec<DepartmentSwitch> {
        let mode = self.0.lock().unwrap().clone();
        let mode = if mode.is_empty() {
            "normal".to_owned()
        } else {
            mode
        };
        vec![DepartmentSwitch {
            code: "population".to_owned(),
            name: "人口库".to_owned(),
            mode,
            requests: 3,
        }]
    }

    fn set(&self, code: &str, mode: &str) -> bool {
        let known = code == "population" && tongban_console::DEPARTMENT_MODES.contains(&mode);
        if known {
            mode.clone_into(&mut self.0.lock().unwrap());
        }
        known
    }
}

pub struct World {
    pub kit: Kit,
    pub item: ItemVersion,
    sessions: Sessions,
    router: axum::Router,
}

/// A permit with a form, one material and one step before the decision.
fn content() -> ItemContent {
    let step = |code: &str, name: &str| Step {
        code: code.to_owned(),
        name: name.to_owned(),
        role: "approver".to_owned(),
        ..Step::default()
    };
    ItemContent {
        department: "示范市市场监管局".to_owned(),
        form: json!({
            "type": "object",
            "required": ["applicant", "shop", "area"],
            "properties": {
                "applicant": {"type": "string", "title": "申请人", "x-source": {"account": "name"}},
                "number": {"type": "string", "title": "证件号码", "x-source": {"account": "number"}},
                "shop": {"type": "string", "title": "店名", "maxLength": 40},
                "area": {"type": "number", "title": "面积", "minimum": 1, "x-ui": {"unit": "平方米"}},
            },
        }),
        materials: vec![Material::new("plan", "平面图")],
        steps: vec![
            step("accept", "受理"),
            step("review", "审核"),
            step("decide", "决定"),
        ],
        ..ItemContent::new("食品经营许可", ItemType::Permit)
    }
}

async fn offices(store: &Store) -> Sessions {
    let made: Result<Sessions, tongban_directory::Error> = store
        .write(Actor::System.signer(), |tx: Tx| async move {
            ensure_region(&tx, &region(), Some("东城县")).await?;
            let mut ids = Vec::new();
            for (code, name) in [
                ("HALL", "政务服务大厅"),
                ("BUREAU", "示范市市场监管局"),
                ("OTHER", "示范市公安局"),
            ] {
                let new = NewOrganisation {
                    code: code.to_owned(),
                    name: name.to_owned(),
                    short_name: None,
                    region: region(),
                    phone: None,
                    address: None,
                    placeholder: false,
                };
                ids.push(ensure_organisation(&tx, new).await?.0);
            }
            Ok(Sessions {
                hall: ids[0],
                bureau: ids[1],
                other: ids[2],
            })
        })
        .await;
    made.unwrap()
}

async fn publish(
    store: &Store,
    operator: Actor,
    organisation: Uuid,
    code: &str,
    content: ItemContent,
) -> ItemVersion {
    let code = code.to_owned();
    let by = operator.clone();
    let published: Result<Uuid, tongban_catalogue::Error> = store
        .write(operator.signer(), move |tx| {
            let (by, code, content) = (by.clone(), code.clone(), content.clone());
            async move {
                let draft = DraftVersion {
                    item: None,
                    code,
                    region: region(),
                    organisation,
                    content,
                    effective_from: None,
                    expected: None,
                };
                let drafted = draft_version(&tx, &by, draft).await?;
                let input = PublishVersion {
                    version: drafted.version,
                    allow_debts: true,
                    ..PublishVersion::default()
                };
                Ok(publish_version(&tx, &by, input).await?.version)
            }
        })
        .await;
    version(store, published.unwrap()).await.unwrap().unwrap()
}

impl World {
    pub async fn build(kit: Kit) -> Self {
        let store = kit.store.clone();
        let sessions = offices(&store).await;
        let calendar = tongban_directory::builtin_calendar().unwrap();
        let options = tongban_directory::import::ImportOptions::silent();
        tongban_directory::import_calendar(&store, &Actor::System, &calendar, &options)
            .await
            .unwrap();
        let item = publish(
            &store,
            sessions.actor("operator").unwrap(),
            sessions.bureau,
            "XK00101001",
            content(),
        )
        .await;
        let settings = Settings {
            secure: false,
            demo: true,
            ..Settings::default()
        };
        let web = WebKit::new(settings, Arc::new(store.clone()))
            .unwrap()
            .with_sessions(Arc::new(sessions.clone()));
        let purpose = Arc::new(CasePurpose::new(store.clone()));
        let search = kit.folder.path().join("search");
        let state = StaffState {
            catalogue: Catalogue::open(store.clone(), &search, Synonyms::builtin())
                .await
                .unwrap(),
            exchange: Exchange::new(store.clone(), purpose, http_client().unwrap()),
            typesetter: Arc::new(BlankTypesetter),
            mandates: tongban_mandates::MandateRules::default(),
            public_address: "https://zw.example.gov.cn".to_owned(),
            demo_messages: None,
            demo_departments: Some(Arc::new(Departments::default())),
            kit: web.clone(),
            store,
        };
        let router = tongban_web::layers(tongban_desk::router(state), &web);
        Self {
            kit,
            item,
            sessions,
            router,
        }
    }

    pub fn browser(&self, token: &str) -> Browser {
        Browser::new(self.router.clone(), token)
    }

    pub fn actor(&self, token: &str) -> Actor {
        self.sessions.actor(token).unwrap()
    }

    /// Another matter, which draws on a register that the law tells the office to check and on one that is read by consent;
    /// their system stands at this address.
    pub async fn checked_by_law(&self, department: &str) -> ItemVersion {
        let register = |code: &str, name: &str| Resource {
            code: code.to_owned(),
            name: name.to_owned(),
            organisation: self.sessions.other,
            organisation_name: "示范市公安局".to_owned(),
            share_class: ShareClass::Conditional,
            url: department.to_owned(),
            fields: vec![RegisterField {
                name: "address".to_owned(),
                title: "住址".to_owned(),
            }],
            subject: PartyKind::Person,
        };
        for resource in [
            register("population.basic", "人口信息"),
            register("property.homes", "房屋信息"),
        ] {
            let entered: Result<(), tongban_exchange::Error> = self
                .kit
                .store
                .write(Actor::System.signer(), move |tx: Tx| {
                    let resource = resource.clone();
                    async move { register_resource(&tx, &Actor::System, resource, "sixteen-letters!").await }
                })
                .await;
            entered.unwrap();
        }
        let mut checked = content();
        for (field, resource) in [("home", "population.basic"), ("house", "property.homes")] {
            checked.form["properties"][field] = json!({"type": "string", "title": "住址", "x-source": {"resource": resource, "field": "address"}});
        }
        checked.duties = vec![StatutoryDuty {
            resource: "population.basic".to_owned(),
            law: "《中华人民共和国行政许可法》".to_owned(),
            article: "第三十四条".to_owned(),
        }];
        publish(
            &self.kit.store,
            self.actor("operator"),
            self.sessions.bureau,
            "XK00101002",
            checked,
        )
        .await
    }

    /// A licence that the bureau issued to a person.
    pub async fn licence(&self) -> Uuid {
        let bureau = self.sessions.bureau;
        let made: Result<Uuid, tongban_licences::Error> = self
            .kit
            .store
            .write(Actor::System.signer(), move |tx: Tx| async move {
                issue_licence(&tx, bureau).await
            })
            .await;
        made.unwrap()
    }

    /// A case that a resident has handed in online.
    pub async fn submitted(&self) -> Uuid {
        let store = &self.kit.store;
        let resident = self.actor("resident");
        let (by, item) = (resident.clone(), self.item.clone());
        let calendar = tongban_directory::calendar_from(store, 2026).await.unwrap();
        let case: Result<Uuid, tongban_cases::Error> = store
            .write(resident.signer(), move |tx| {
                let (by, item, calendar) = (by.clone(), item.clone(), calendar.clone());
                async move { hand_in(&tx, &by, item, calendar).await }
            })
            .await;
        case.unwrap()
    }
}

async fn issue_licence(tx: &Tx, issuer: Uuid) -> Result<Uuid, tongban_licences::Error> {
    let organisation = tongban_codes::OrganisationCode::generate("MB100003")?;
    let definer_code = tongban_codes::Uscc::generate('1', '1', "519901", &organisation)?
        .as_str()
        .to_owned();
    let kind = tongban_licences::LicenceType {
        code: format!("{definer_code}001"),
        name: "食品经营许可证".to_owned(),
        definer_name: "示范省市场监督管理局".to_owned(),
        definer_code: definer_code.clone(),
        fields: vec![
            tongban_licences::FieldDef::new("place", "经营场所"),
            tongban_licences::FieldDef::new("manager", "食品安全管理员"),
            tongban_licences::FieldDef::new("phone", "联系电话").private(),
        ],
        holder: PartyKind::Person,
        invented: true,
    };
    let type_code = kind.code.clone();
    tongban_licences::register_licence_type(tx, &Actor::System, kind).await?;
    let day = |text: &str| text.parse::<NaiveDate>().unwrap();
    let fields =
        json!({"place": "人民路1号", "manager": format!("李四 {}", number(2)), "phone": "10087654321"});
    let input = tongban_licences::IssueLicence {
        type_code,
        holder_kind: PartyKind::Person,
        holder_name: "王小明".to_owned(),
        holder_number: number(1),
        issuer,
        issuer_name: "示范市市场监管局".to_owned(),
        issuer_code: definer_code,
        region: region(),
        issued_on: day("2026-11-20"),
        valid_from: day("2026-11-20"),
        valid_to: Some(day("2031-11-19")),
        fields: fields.as_object().cloned().unwrap(),
        item_name: Some("食品经营许可".to_owned()),
        item_code: None,
        item: None,
        case_number: None,
    };
    Ok(tongban_licences::issue(tx, input).await?.id)
}

async fn hand_in(
    tx: &Tx,
    by: &Actor,
    item: ItemVersion,
    calendar: Arc<tongban_codes::WorkCalendar>,
) -> Result<Uuid, tongban_cases::Error> {
    let applicant = Applicant {
        account: by.account(),
        kind: PartyKind::Person,
        name: "王小明".to_owned(),
        number: number(1),
        phone: Some("10012345678".to_owned()),
    };
    let start = StartDraft {
        item: item.clone(),
        organisation_name: "示范市市场监管局".to_owned(),
        applicant,
        present: false,
    };
    let case = tongban_cases::start_draft(tx, by, start).await?.case;
    let values = json!({"applicant": "王小明", "number": number(1), "shop": "蜀香小馆", "area": 80});
    let values = values.as_object().cloned().unwrap();
    tongban_cases::save_draft(
        tx,
        by,
        SaveDraft {
            case,
            item: item.clone(),
            seen: None,
            values,
        },
    )
    .await?;
    let blob = tongban_store::BlobId::from_stored(&"a".repeat(64))?;
    let attach = tongban_cases::Attach {
        case,
        item: item.clone(),
        material: "plan".to_owned(),
        blob,
        file_name: "平面图.pdf".to_owned(),
        media: "application/pdf".to_owned(),
        size: 4_000,
    };
    tongban_cases::attach(tx, by, attach).await?;
    let submit = Submit {
        case,
        item,
        calendar,
        seen: None,
        delivery: tongban_cases::Delivery::PickUp,
        delivery_address: None,
        renews: None,
    };
    tongban_cases::submit(tx, by, submit).await?;
    Ok(case)
}
