//! A small city: one office with one item, an applicant, staff. The tests of later rooms include this file too.

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc};
use serde_json::{Map, Value, json};
use tongban_access::{Actor, PartyKind, Post, Role};
use tongban_cases::{
    Accept, AnswerSupplement, Applicant, AskSupplement, Attach, Attend, CaseView, CompleteStep, Consent,
    Decide, Decided, Deliver, Delivery, DiscardDraft, EndSpecial, Error, Extend, Fill, NotAccept, SaveDraft,
    ServeNotice, StartDraft, StartSpecial, Started, Submit, Submitted, Withdraw, WithdrawAtWindow, case_view,
};
use tongban_catalogue::{
    DraftVersion, ItemContent, ItemVersion, Limit, Material, Necessity, PublishVersion, Replacement,
    ResultDefinition, ResultKind, Step, draft_version, publish_version, version,
};
use tongban_codes::{
    CitizenNumber, ItemType, LimitUnit, OrganisationCode, RegionCode, Uscc, WorkCalendar, civil::beijing_date,
};
use tongban_directory::{
    NewOrganisation, builtin_calendar, calendar, ensure_organisation, import::ImportOptions, import_calendar,
};
use tongban_exchange::{FactAnswer, FactOutcome};
use tongban_identity::{NewParty, party, register_party};
use tongban_licences::{FieldDef, IssueLicence, LicenceType, register_licence_type};
use tongban_store::{Signer, Store};
use tongban_testkit::{Kit, MigrationTrait};
use uuid::Uuid;

pub const OFFICE: &str = "示范市东城县市场监督管理局";
pub const PHONE: &str = "10012345678";
pub const ADDRESS: &str = "示范市东城县人民路1号";
pub const REGISTER: &str = "population.basic";

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
    ]
    .into_iter()
    .flatten()
    .collect()
}

pub fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// An instant of Beijing's clock: `2026-09-30 23:59`.
pub fn beijing(text: &str) -> DateTime<Utc> {
    let (date, time) = text.split_once(' ').unwrap();
    let time = NaiveTime::parse_from_str(time, "%H:%M").unwrap();
    NaiveDateTime::new(day(date), time).and_utc() - TimeDelta::hours(8)
}

/// The number of somebody who cannot exist.
pub fn citizen(sequence: u16) -> String {
    CitizenNumber::generate("519901", day("1990-05-04"), sequence)
        .unwrap()
        .as_str()
        .to_owned()
}

/// A code of an invented body; department 1 is a state body, 9 a firm.
pub fn uscc(department: char, number: &str) -> String {
    let organisation = OrganisationCode::generate(number).unwrap();
    Uscc::generate(department, '1', "519901", &organisation)
        .unwrap()
        .as_str()
        .to_owned()
}

pub fn region(code: &str) -> RegionCode {
    RegionCode::parse(code).unwrap()
}

pub fn staff_of(role: Role, organisation: Uuid, region_code: &str) -> Actor {
    let post = Post {
        organisation,
        organisation_name: OFFICE.to_owned(),
        region: region(region_code),
        role,
    };
    Actor::staff(Uuid::from_u128(role as u128 + 900), post)
}

pub fn licence_type() -> LicenceType {
    let definer_code = uscc('1', "MB100001");
    LicenceType {
        code: format!("{definer_code}001"),
        name: "示范经营许可证".to_owned(),
        definer_name: "示范省市场监督管理局".to_owned(),
        definer_code,
        fields: vec![FieldDef::new("shop", "字号"), FieldDef::new("place", "经营场所")],
        holder: PartyKind::Person,
        invented: true,
    }
}

/// A permit with a form, three materials, one step before the decision, and a licence at its end.
pub fn content() -> ItemContent {
    let mut content = ItemContent::new("示范经营许可", ItemType::Permit);
    content.invented = true;
    content.promised_limit = Some(Limit {
        amount: 5,
        unit: LimitUnit::Workday,
        basis: None,
        explain: None,
    });
    content.supplement_answer_days = Some(10);
    content.form = json!({
        "type": "object",
        "required": ["name", "number", "address", "shop", "area"],
        "properties": {
            "name": { "type": "string", "title": "姓名", "x-source": { "resource": REGISTER, "field": "name" } },
            "number": { "type": "string", "title": "身份证号", "x-source": { "account": "number" } },
            "phone": { "type": "string", "title": "电话", "x-source": { "account": "phone" } },
            "address": { "type": "string", "title": "住址", "x-source": { "resource": REGISTER, "field": "address" } },
            "shop": { "type": "string", "title": "字号", "minLength": 1, "maxLength": 20 },
            "area": { "type": "number", "title": "面积", "minimum": 1 },
        },
    });
    let identity = Material {
        replaced_by: Some(Replacement::Resource {
            resource: REGISTER.to_owned(),
            fields: Vec::new(),
        }),
        ..Material::new("identity", "身份证明")
    };
    let lease = Material {
        max_bytes: 1024 * 1024,
        ..Material::new("lease", "场所使用证明")
    };
    let plan = Material {
        necessity: Necessity::Optional,
        ..Material::new("plan", "平面图")
    };
    content.materials = vec![identity, lease, plan];
    content.steps = [
        ("accept", "受理", "clerk"),
        ("review", "审核", "approver"),
        ("decide", "决定", "approver"),
    ]
    .map(|(code, name, role)| Step {
        code: code.to_owned(),
        name: name.to_owned(),
        role: role.to_owned(),
        ..Step::default()
    })
    .to_vec();
    content.results = vec![ResultDefinition {
        name: "示范经营许可证".to_owned(),
        kind: ResultKind::Licence,
        licence_type: Some(licence_type().code),
        valid_months: Some(60),
        fields: [("shop", "shop"), ("place", "address")]
            .map(|(to, from)| (to.to_owned(), from.to_owned()))
            .into(),
        sample: None,
        ..ResultDefinition::default()
    }];
    content
}

/// The renewal of that permit.
pub fn renewal_content() -> ItemContent {
    let mut renewal = content();
    renewal.name = "示范经营许可（延续）".to_owned();
    if let Some(result) = renewal.results.first_mut() {
        result.renews = true;
    }
    renewal
}

pub struct World {
    pub store: Store,
    pub calendar: Arc<WorkCalendar>,
    pub office: Uuid,
    pub issuer_code: String,
    pub item: ItemVersion,
    pub applicant: Actor,
}

impl World {
    pub async fn open(kit: &Kit) -> Self {
        let world = Self::without_licence_type(kit).await;
        world
            .store
            .write(Signer::system(), |tx| async move {
                register_licence_type(&tx, &Actor::System, licence_type()).await
            })
            .await
            .unwrap();
        world
    }

    /// The same world where nobody has registered the licence that the item ends in.
    pub async fn without_licence_type(kit: &Kit) -> Self {
        let store = kit.store.clone();
        import_calendar(
            &store,
            &Actor::System,
            &builtin_calendar().unwrap(),
            &ImportOptions::silent(),
        )
        .await
        .unwrap();
        let issuer_code = uscc('1', "MB100003");
        let code = issuer_code.clone();
        let (office, _) = store
            .write(Signer::system(), move |tx| {
                let new = NewOrganisation::placeholder(region("519901000000"), code.clone(), OFFICE);
                async move { ensure_organisation(&tx, new).await }
            })
            .await
            .unwrap();
        let item = published(&store, office, "1-EXAMPLE-1", content()).await;
        let applicant = registered(&store, "王小明", 101, PHONE).await;
        let calendar = calendar(&store).await.unwrap();
        Self {
            store,
            calendar,
            office,
            issuer_code,
            item,
            applicant,
        }
    }

    /// Another item of the office.
    pub async fn with_item(mut self, code: &str, content: ItemContent) -> Self {
        self.item = published(&self.store, self.office, code, content).await;
        self
    }

    /// Another person.
    pub async fn person(&self, name: &str, sequence: u16) -> Actor {
        registered(&self.store, name, sequence, &format!("100{sequence:08}")).await
    }

    /// A licence of the office for the person with this number, valid until a day.
    pub async fn licence_until(&self, sequence: u16, valid_to: NaiveDate) -> Uuid {
        let issue = IssueLicence {
            type_code: licence_type().code,
            holder_kind: PartyKind::Person,
            holder_name: "王小明".to_owned(),
            holder_number: citizen(sequence),
            issuer: self.office,
            issuer_name: OFFICE.to_owned(),
            issuer_code: self.issuer_code.clone(),
            region: region("519901000000"),
            issued_on: day("2021-12-01"),
            valid_from: day("2021-12-01"),
            valid_to: Some(valid_to),
            fields: object(json!({ "shop": "阳光小馆", "place": ADDRESS })),
            item_name: Some("示范经营许可".to_owned()),
            item_code: None,
            item: None,
            case_number: None,
        };
        self.store
            .write(Signer::system(), move |tx| {
                let issue = issue.clone();
                async move { tongban_licences::issue(&tx, issue).await }
            })
            .await
            .unwrap()
            .id
    }

    /// 窗口人员 of the city's hall.
    pub fn clerk(&self) -> Actor {
        staff_of(Role::Clerk, Uuid::from_u128(1), "519900000000")
    }

    /// 审批人员 of the office.
    pub fn approver(&self) -> Actor {
        staff_of(Role::Approver, self.office, "519901000000")
    }

    pub async fn view(&self, actor: &Actor, case: Uuid) -> Option<CaseView> {
        case_view(&self.store, actor, &self.calendar, case).await.unwrap()
    }

    /// The case as its applicant sees it.
    pub async fn own_view(&self, case: Uuid) -> CaseView {
        self.view(&self.applicant, case).await.unwrap()
    }

    pub fn today(&self) -> NaiveDate {
        beijing_date(self.store.now())
    }

    pub fn answers(&self, outcome: FactOutcome) -> Vec<FactAnswer> {
        vec![FactAnswer {
            read: Uuid::from_u128(77),
            resource: REGISTER.to_owned(),
            at: self.store.now(),
            source: "示范市公安局 人口库".to_owned(),
            outcome,
        }]
    }

    pub fn fill_input(&self, case: Uuid, outcome: FactOutcome) -> Fill {
        Fill {
            case,
            item: self.item.clone(),
            answers: self.answers(outcome),
            held: Vec::new(),
        }
    }

    pub fn save_input(&self, case: Uuid, values: Value) -> SaveDraft {
        SaveDraft {
            case,
            item: self.item.clone(),
            seen: None,
            values: object(values),
        }
    }

    pub async fn detach(&self, actor: &Actor, case: Uuid, material: Uuid) -> Result<(), Error> {
        let actor = actor.clone();
        self.store
            .write(actor.signer(), move |tx| {
                let actor = actor.clone();
                async move { tongban_cases::detach(&tx, &actor, case, material).await }
            })
            .await
    }

    pub async fn attach_input(&self, case: Uuid, material: &str) -> Attach {
        let content = b"%PDF-1.7 an invented lease";
        Attach {
            case,
            item: self.item.clone(),
            material: material.to_owned(),
            blob: self.store.blobs().put(content).await.unwrap(),
            file_name: "租赁合同.pdf".to_owned(),
            media: "application/pdf".to_owned(),
            size: content.len() as u64,
        }
    }

    pub fn submit_input(&self, case: Uuid) -> Submit {
        Submit {
            case,
            item: self.item.clone(),
            calendar: Arc::clone(&self.calendar),
            seen: None,
            delivery: Delivery::Electronic,
            delivery_address: None,
            renews: None,
        }
    }

    pub fn accept_input(&self, case: Uuid) -> Accept {
        Accept {
            case,
            item: self.item.clone(),
            calendar: Arc::clone(&self.calendar),
            seen: None,
        }
    }

    pub fn ask_input(&self, case: Uuid, text: &str) -> AskSupplement {
        AskSupplement {
            case,
            item: self.item.clone(),
            calendar: Arc::clone(&self.calendar),
            seen: None,
            text: text.to_owned(),
        }
    }

    pub fn answer_input(&self, case: Uuid) -> AnswerSupplement {
        AnswerSupplement {
            case,
            item: self.item.clone(),
            calendar: Arc::clone(&self.calendar),
            seen: None,
        }
    }

    pub fn not_accept_input(&self, case: Uuid, reasons: &str) -> NotAccept {
        NotAccept {
            case,
            item: self.item.clone(),
            calendar: Arc::clone(&self.calendar),
            seen: None,
            reasons: reasons.to_owned(),
        }
    }

    pub fn step_input(&self, case: Uuid, opinion: &str) -> CompleteStep {
        CompleteStep {
            case,
            item: self.item.clone(),
            seen: None,
            opinion: opinion.to_owned(),
            officers: Vec::new(),
        }
    }

    pub fn decide_input(&self, case: Uuid, granted: bool, reasons: &str) -> Decide {
        Decide {
            case,
            item: self.item.clone(),
            calendar: Arc::clone(&self.calendar),
            seen: None,
            granted,
            reasons: reasons.to_owned(),
            issuer_code: self.issuer_code.clone(),
        }
    }

    pub fn special_input(&self, case: Uuid, kind: &str, days: u32) -> StartSpecial {
        StartSpecial {
            case,
            item: self.item.clone(),
            calendar: Arc::clone(&self.calendar),
            seen: None,
            kind: kind.to_owned(),
            reason: "场所改造方案需要专家论证".to_owned(),
            days,
        }
    }

    pub fn special_end_input(&self, case: Uuid, result: &str) -> EndSpecial {
        EndSpecial {
            case,
            item: self.item.clone(),
            calendar: Arc::clone(&self.calendar),
            seen: None,
            result: result.to_owned(),
        }
    }

    pub fn extend_input(&self, case: Uuid) -> Extend {
        Extend {
            case,
            item: self.item.clone(),
            calendar: Arc::clone(&self.calendar),
            seen: None,
            reason: "需要核对外省的登记信息".to_owned(),
            approval: "张局长 2026-11-25 批准".to_owned(),
        }
    }

    pub async fn start_input(&self, applicant: &Actor) -> StartDraft {
        let party = party(&self.store, applicant.account().unwrap())
            .await
            .unwrap()
            .unwrap();
        StartDraft {
            item: self.item.clone(),
            organisation_name: OFFICE.to_owned(),
            applicant: Applicant::from(party),
            present: false,
        }
    }

    /// An empty draft.
    pub async fn draft(&self, applicant: &Actor) -> Uuid {
        let input = self.start_input(applicant).await;
        self.start_draft(applicant, input).await.unwrap().case
    }

    /// A draft that lacks nothing.
    pub async fn filled(&self, applicant: &Actor) -> Uuid {
        let case = self.draft(applicant).await;
        self.fill_draft(applicant, self.fill_input(case, register_facts()))
            .await
            .unwrap();
        self.save_draft(
            applicant,
            self.save_input(case, json!({ "shop": "阳光小馆", "area": 80 })),
        )
        .await
        .unwrap();
        let lease = self.attach_input(case, "lease").await;
        self.attach(applicant, lease).await.unwrap();
        case
    }

    pub async fn submitted(&self, applicant: &Actor) -> (Uuid, Submitted) {
        let case = self.filled(applicant).await;
        (
            case,
            self.submit(applicant, self.submit_input(case)).await.unwrap(),
        )
    }

    pub async fn accepted(&self, applicant: &Actor) -> Uuid {
        let (case, _) = self.submitted(applicant).await;
        self.accept(&self.clerk(), self.accept_input(case)).await.unwrap();
        case
    }

    /// Accepted, and its step before the decision is done.
    pub async fn reviewed(&self, applicant: &Actor) -> Uuid {
        let case = self.accepted(applicant).await;
        self.complete_step(&self.approver(), self.step_input(case, "材料齐全"))
            .await
            .unwrap();
        case
    }

    pub async fn decided(&self, applicant: &Actor, granted: bool) -> Uuid {
        let case = self.reviewed(applicant).await;
        self.decide(&self.approver(), self.decide_input(case, granted, "按审查结果"))
            .await
            .unwrap();
        case
    }
}

/// Each use case, run in an act of its own.
macro_rules! acts {
    ($($name:ident($input:ty) -> $answer:ty),+ $(,)?) => {
        impl World {
            $(pub async fn $name(&self, actor: &Actor, input: $input) -> Result<$answer, Error> {
                let actor = actor.clone();
                self.store
                    .write(actor.signer(), move |tx| {
                        let (actor, input) = (actor.clone(), input.clone());
                        async move { tongban_cases::$name(&tx, &actor, input).await }
                    })
                    .await
            })+
        }
    };
}

acts! {
    start_special(StartSpecial) -> (),
    end_special(EndSpecial) -> (),
    extend(Extend) -> (),
    start_draft(StartDraft) -> Started,
    record_consent(Consent) -> (),
    fill_draft(Fill) -> (),
    save_draft(SaveDraft) -> i32,
    discard_draft(DiscardDraft) -> (),
    attach(Attach) -> Uuid,
    submit(Submit) -> Submitted,
    accept(Accept) -> (),
    ask_supplement(AskSupplement) -> (),
    attend(Attend) -> (),
    answer_supplement(AnswerSupplement) -> (),
    not_accept(NotAccept) -> (),
    complete_step(CompleteStep) -> (),
    decide(Decide) -> Decided,
    deliver(Deliver) -> (),
    serve_notice(ServeNotice) -> (),
    withdraw_at_window(WithdrawAtWindow) -> (),
    withdraw(Withdraw) -> (),
}

pub fn object(value: Value) -> Map<String, Value> {
    value.as_object().unwrap().clone()
}

pub fn register_facts() -> FactOutcome {
    FactOutcome::Facts(object(json!({ "name": "王小明", "address": ADDRESS })))
}

async fn published(store: &Store, office: Uuid, code: &str, content: ItemContent) -> ItemVersion {
    let code = code.to_owned();
    let made = store
        .write(Signer::system(), move |tx| {
            let draft = DraftVersion {
                item: None,
                code: code.clone(),
                region: region("519901000000"),
                organisation: office,
                content: content.clone(),
                effective_from: None,
                expected: None,
            };
            async move {
                let drafted = draft_version(&tx, &Actor::System, draft).await?;
                let publish = PublishVersion {
                    version: drafted.version,
                    allow_debts: true,
                    ..PublishVersion::default()
                };
                publish_version(&tx, &Actor::System, publish).await
            }
        })
        .await
        .unwrap();
    version(store, made.version).await.unwrap().unwrap()
}

async fn registered(store: &Store, name: &str, sequence: u16, phone: &str) -> Actor {
    let new = NewParty {
        kind: PartyKind::Person,
        name: name.to_owned(),
        number: citizen(sequence),
        phone: Some(phone.to_owned()),
        password: None,
    };
    let account = store
        .write(Signer::system(), move |tx| {
            let new = new.clone();
            async move { register_party(&tx, &Actor::System, new).await }
        })
        .await
        .unwrap();
    Actor::party(account, PartyKind::Person)
}

/// The code with which a use case was refused.
#[track_caller]
pub fn refusal<T>(answer: Result<T, Error>) -> &'static str {
    match answer {
        Err(Error::Refused(refusal)) => refusal.code,
        Err(other) => panic!("not refused but: {other:?}"),
        Ok(_) => panic!("not refused"),
    }
}
