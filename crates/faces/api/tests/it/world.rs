//! A small city: one matter that ends in a licence, a firm's owner, a clerk, an approver; and a client for its API.

use std::sync::Arc;

use async_trait::async_trait;
use axum::{
    Router,
    body::{Body, to_bytes},
    http::{HeaderMap, Request, StatusCode},
};
use chrono::NaiveDate;
use serde_json::{Map, Value, json};
use tongban_access::{Actor, PartyKind, Post, Role};
use tongban_api::ApiState;
use tongban_cases::CasePurpose;
use tongban_catalogue::{
    Audience, Catalogue, DraftVersion, ItemContent, Material, Necessity, PublishVersion, ResultDefinition,
    ResultKind, Step, draft_version, publish_version,
};
use tongban_codes::{CitizenNumber, ItemType, LicenceTypeCode, OrganisationCode, RegionCode, Uscc};
use tongban_directory::{NewOrganisation, ensure_organisation, ensure_region};
use tongban_exchange::{
    Exchange, Field, Resource, ShareClass, Source, Subject, http_client, register_resource,
};
use tongban_identity::{NewParty, NewStaff, hash_password, register_party, register_staff};
use tongban_licences::{FieldDef, LicenceType, register_licence_type};
use tongban_search::Synonyms;
use tongban_store::{Signer, Store};
use tongban_testkit::{Kit, MigrationTrait};
use tongban_web::{SessionSource, Settings, SignedIn, SignedInKind, SignedInView, WebError};
use tower::ServiceExt as _;
use uuid::Uuid;

pub const PASSWORD: &str = "correct-horse-1";
pub const PHONE: &str = "10012345678";
pub const CITY: &str = "519900000000";
pub const DISTRICT: &str = "519902000000";
pub const NEIGHBOUR: &str = "519903000000";
pub const ITEM_CODE: &str = "11519900MB1234567X4000131001";

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
        tongban_openid::migrations(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

pub fn citizen(serial: u16) -> String {
    let birth = NaiveDate::from_ymd_opt(1990, 5, 17).unwrap();
    CitizenNumber::generate("519900", birth, serial)
        .unwrap()
        .as_str()
        .to_owned()
}

pub fn region(code: &str) -> RegionCode {
    RegionCode::parse(code).unwrap()
}

/// A register that answers, and one whose system is down.
pub const HOMES: &str = "homes:address";
pub const SILENT: &str = "tax.silent";

fn register(code: &str, url: &str, field: (&str, &str)) -> Resource {
    Resource {
        code: code.to_owned(),
        name: "登记信息".to_owned(),
        organisation: Uuid::from_u128(71),
        organisation_name: "示范市某局".to_owned(),
        share_class: ShareClass::Conditional,
        url: url.to_owned(),
        fields: vec![Field {
            name: field.0.to_owned(),
            title: field.1.to_owned(),
        }],
        subject: PartyKind::Person,
    }
}

struct Homes;

#[async_trait]
impl Source for Homes {
    async fn resource(&self, code: &str) -> Result<Option<Resource>, tongban_exchange::Error> {
        Ok((code == HOMES).then(|| register(HOMES, "", ("address", "住址"))))
    }

    async fn facts(
        &self,
        _code: &str,
        subject: &Subject,
    ) -> Result<Option<Map<String, Value>>, tongban_exchange::Error> {
        let known = subject.number == citizen(11);
        Ok(known.then(|| Map::from_iter([("address".to_owned(), json!("示范市人民路1号"))])))
    }
}

/// The exchange with both registers.
async fn exchange(store: &Store) -> Exchange {
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let silent = register(
        SILENT,
        &format!("http://{}/taxed", closed.local_addr().unwrap()),
        ("taxed", "纳税登记"),
    );
    drop(closed);
    store
        .write(Signer::system(), move |tx| {
            let silent = silent.clone();
            async move { register_resource(&tx, &Actor::System, silent, "a-secret-of-the-department").await }
        })
        .await
        .unwrap();
    let purpose = Arc::new(CasePurpose::new(store.clone()));
    Exchange::new(store.clone(), purpose, http_client().unwrap()).with_source(Arc::new(Homes))
}

struct Sessions(Store);

#[async_trait]
impl SessionSource for Sessions {
    async fn load(&self, token: &str) -> Result<Option<SignedIn>, WebError> {
        let session = tongban_identity::load_session(&self.0, token)
            .await
            .map_err(WebError::internal)?;
        Ok(session.map(|session| SignedIn {
            view: SignedInView {
                name: "王×".to_owned(),
                kind: match session.actor {
                    Actor::Staff { .. } => SignedInKind::Staff,
                    _ => SignedInKind::Resident,
                },
                acting_for: None,
                acting_ended: None,
                organisation: None,
                roles: Vec::new(),
            },
            actor: session.actor.clone(),
            session_id: session.id,
            data: None,
        }))
    }
}

pub struct World {
    pub kit: Kit,
    pub item: Uuid,
    app: Router,
}

pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("{}", self.text()))
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The JSON of an answer that must have this status.
    pub fn expect(&self, status: u16) -> Value {
        assert_eq!(self.status.as_u16(), status, "{}", self.text());
        if self.body.is_empty() {
            Value::Null
        } else {
            self.json()
        }
    }

    /// The code of the problem that an answer with this status must hold.
    pub fn refused(&self, status: u16) -> String {
        let problem = self.expect(status);
        assert_eq!(self.headers["content-type"], "application/problem+json");
        assert_eq!(
            problem["request_id"],
            self.headers["x-request-id"].to_str().unwrap()
        );
        problem["code"].as_str().unwrap().to_owned()
    }
}

fn content(name: &str, department: &str) -> ItemContent {
    let mut content = ItemContent::new(name, ItemType::Permit);
    content.department = department.to_owned();
    content
}

/// A permit with a form, one step before its decision, and a licence at its end.
fn permit(type_code: &str) -> ItemContent {
    let mut content = content("食品经营许可（新办）", "示范市市场监管局");
    content.form = json!({
        "type": "object",
        "required": ["owner", "owner_number", "shop", "area"],
        "properties": {
            "owner": { "type": "string", "title": "经营者", "x-source": { "account": "name" } },
            "owner_number": { "type": "string", "title": "身份证号码", "x-source": { "account": "number" } },
            "shop": { "type": "string", "title": "店名", "minLength": 1 },
            "area": { "type": "number", "title": "面积", "minimum": 1 },
            "home": { "type": "string", "title": "住址", "x-source": { "resource": HOMES, "field": "address" } },
            "taxed": { "type": "string", "title": "纳税登记", "x-source": { "resource": SILENT, "field": "taxed" } },
        },
    });
    content.materials = vec![Material {
        necessity: Necessity::Required,
        ..Material::new("plan", "平面图")
    }];
    content.steps = vec![Step {
        code: "review".to_owned(),
        name: "审核".to_owned(),
        role: "approver".to_owned(),
        ..Step::default()
    }];
    content.results = vec![ResultDefinition {
        name: "食品经营许可证".to_owned(),
        kind: ResultKind::Licence,
        licence_type: Some(type_code.to_owned()),
        valid_months: Some(60),
        fields: [("shop".to_owned(), "shop".to_owned())].into(),
        sample: None,
        ..ResultDefinition::default()
    }];
    content
}

impl World {
    pub async fn build(kit: Kit) -> Self {
        let definer = Uscc::generate(
            '1',
            '1',
            "519900",
            &OrganisationCode::generate("MB123456").unwrap(),
        )
        .unwrap();
        let definer = definer.as_str().to_owned();
        let type_code = LicenceTypeCode::parse(&format!("{definer}001"))
            .unwrap()
            .as_str()
            .to_owned();
        let password = hash_password(PASSWORD).await.unwrap();
        let item = kit
            .store
            .write(Signer::system(), move |tx| {
                let (definer, type_code, password) = (definer.clone(), type_code.clone(), password.clone());
                async move {
                    let system = Actor::System;
                    for code in [CITY, DISTRICT, NEIGHBOUR] {
                        ensure_region(&tx, &region(code), None).await.unwrap();
                    }
                    let office =
                        NewOrganisation::placeholder(region(CITY), definer.clone(), "示范市市场监督管理局");
                    let (office, _) = ensure_organisation(&tx, office).await.unwrap();
                    let licence = LicenceType {
                        code: type_code.clone(),
                        name: "食品经营许可证".to_owned(),
                        definer_name: "示范市市场监督管理局".to_owned(),
                        definer_code: definer,
                        fields: vec![FieldDef::new("shop", "店名")],
                        holder: PartyKind::Person,
                        invented: true,
                    };
                    register_licence_type(&tx, &system, licence).await.unwrap();
                    let mut first = None;
                    let mut notice = content("小餐饮备案", "示范区市场监管局");
                    notice.item_type = ItemType::OtherPower;
                    notice.audience = vec![Audience::Enterprise];
                    notice.topics = vec!["开饭店".to_owned()];
                    for (code, place, content) in [
                        (ITEM_CODE, CITY, permit(&type_code)),
                        ("DISTRICT-1", DISTRICT, notice),
                        (
                            "NEIGHBOUR-1",
                            NEIGHBOUR,
                            content("邻区小餐饮备案", "邻区市场监管局"),
                        ),
                    ] {
                        let draft = DraftVersion {
                            item: None,
                            code: code.to_owned(),
                            region: region(place),
                            organisation: office,
                            content,
                            effective_from: None,
                            expected: None,
                        };
                        let drafted = draft_version(&tx, &system, draft).await.unwrap();
                        let publish = PublishVersion {
                            version: drafted.version,
                            expected: Some(drafted.guard),
                            effective_from: None,
                            allow_debts: true,
                        };
                        publish_version(&tx, &system, publish).await.unwrap();
                        first.get_or_insert(drafted.item);
                    }
                    for (name, serial, phone) in [("王小明", 11, PHONE), ("李小红", 13, "10012345679")]
                    {
                        let party = NewParty {
                            kind: PartyKind::Person,
                            name: name.to_owned(),
                            number: citizen(serial),
                            phone: Some(phone.to_owned()),
                            password: Some(password.clone()),
                        };
                        register_party(&tx, &system, party).await.unwrap();
                    }
                    for (login, role) in [
                        ("clerk", Role::Clerk),
                        ("approver", Role::Approver),
                        ("operator", Role::Operator),
                    ] {
                        let post = Post {
                            organisation: office,
                            organisation_name: "示范市市场监督管理局".to_owned(),
                            region: region(CITY),
                            role,
                        };
                        let staff = NewStaff {
                            login: login.to_owned(),
                            name: "刘工作".to_owned(),
                            password: Some(password.clone()),
                            posts: vec![post],
                        };
                        register_staff(&tx, &system, staff).await.unwrap();
                    }
                    Ok::<_, tongban_store::StoreError>(first.unwrap())
                }
            })
            .await
            .unwrap();
        let search = kit.folder.path().join("search");
        let catalogue = Catalogue::open(kit.store.clone(), &search, Synonyms::builtin())
            .await
            .unwrap();
        let settings = Settings {
            secure: false,
            ..Settings::default()
        };
        let web = tongban_web::Kit::new(settings, Arc::new(kit.store.clone()))
            .unwrap()
            .with_sessions(Arc::new(Sessions(kit.store.clone())));
        let http = tongban_exchange::http_client().unwrap();
        let openid = tongban_openid::Provider::open(kit.store.clone(), "https://zw.example.gov.cn", http)
            .await
            .unwrap();
        let state = ApiState {
            store: kit.store.clone(),
            kit: web.clone(),
            catalogue,
            exchange: exchange(&kit.store).await,
            typesetter: Arc::new(tongban_press::BlankTypesetter),
            openid,
            mandates: tongban_mandates::MandateRules::default(),
            representation: Arc::new(tongban_mandates::RepresentationRules {
                register: "enterprises.basic".to_owned(),
                name_field: "name".to_owned(),
                representative_field: "legal_representative".to_owned(),
                number_field: "legal_representative_number".to_owned(),
                status_field: "status".to_owned(),
                in_business: Vec::new(),
                days: 90,
                organisation: "示范市政务服务平台".to_owned(),
                region: tongban_codes::RegionCode::parse("519900000000").unwrap(),
            }),
            public_address: "https://zw.example.gov.cn".to_owned(),
        };
        let app = tongban_web::layers(tongban_api::router(state), &web);
        Self { kit, item, app }
    }

    pub async fn send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<Body>,
    ) -> Answer {
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header("host", "tongban.test");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = self
            .app
            .clone()
            .oneshot(request.body(body.into()).unwrap())
            .await
            .unwrap();
        let (parts, body) = response.into_parts();
        let body = to_bytes(body, usize::MAX).await.unwrap().to_vec();
        Answer {
            status: parts.status,
            headers: parts.headers,
            body,
        }
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send("GET", path, &[], Body::empty()).await
    }

    /// The token of a fresh session.
    pub async fn sign_in(&self, kind: &str, name: &str) -> String {
        let body = json!({ "kind": kind, "name": name, "password": PASSWORD });
        let answer = self.send(
            "POST",
            "/api/v1/sessions",
            &[("content-type", "application/json")],
            body.to_string(),
        );
        let opened = answer.await.expect(201);
        let token = opened["token"].as_str().unwrap().to_owned();
        if kind == "staff" {
            self.show_second_factor(&token, opened["account"].as_str().unwrap())
                .await;
        }
        token
    }

    /// The code that an operator hands over, shown by a program.
    async fn show_second_factor(&self, token: &str, account: &str) {
        let account = Uuid::parse_str(account).unwrap();
        let given = self.kit.store.write(Signer::system(), move |tx| async move {
            tongban_staff::give_staff_code(&tx, &Actor::System, account).await
        });
        let code = given.await.unwrap().code;
        let there = "/api/v1/sessions/current/second-factor";
        let wrong = self.ask(token, "POST", there, json!({ "code": "12" })).await;
        assert_eq!(wrong.refused(422), "staff.factor_format");
        self.ask(token, "POST", there, json!({ "code": code }))
            .await
            .expect(204);
    }

    /// A request of a program with a token.
    pub async fn ask(&self, token: &str, method: &str, path: &str, body: Value) -> Answer {
        self.ask_once(token, method, path, body, None).await
    }

    /// The same with an idempotency key.
    pub async fn ask_once(
        &self,
        token: &str,
        method: &str,
        path: &str,
        body: Value,
        key: Option<&str>,
    ) -> Answer {
        let bearer = format!("Bearer {token}");
        let mut headers = vec![("authorization", bearer.as_str())];
        if let Some(key) = key {
            headers.push(("idempotency-key", key));
        }
        if body.is_null() {
            return self.send(method, path, &headers, Body::empty()).await;
        }
        headers.push(("content-type", "application/json"));
        self.send(method, path, &headers, body.to_string()).await
    }

    /// Posts a form with a file.
    pub async fn upload(
        &self,
        path: &str,
        headers: &[(&str, &str)],
        fields: &[(&str, &str)],
        file: &[u8],
    ) -> Answer {
        let mut body = Vec::new();
        for (name, value) in fields {
            let part = format!("--xyz\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
            body.extend_from_slice(part.as_bytes());
        }
        let part = "--xyz\r\nContent-Disposition: form-data; name=\"file\"; filename=\"平面图.pdf\"\r\n\r\n";
        body.extend_from_slice(part.as_bytes());
        body.extend_from_slice(file);
        body.extend_from_slice(b"\r\n--xyz--\r\n");
        let mut all = vec![("content-type", "multipart/form-data; boundary=xyz")];
        all.extend_from_slice(headers);
        self.send("POST", path, &all, body).await
    }
}
