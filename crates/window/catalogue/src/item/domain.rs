//! What an item is: the elements of an implementation list (实施清单), as values.
//!
//! The field names follow the national elements of GB/T 39554.2 and the collection tables; where a province or a
//! department has more, it goes into [`ItemContent::extra`]. Content is stored as one JSON document per version, so
//! every field but name and type may be absent: an imported list often holds no more than names and codes.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use tongban_access::{Assurance, PartyKind};
use tongban_codes::{Fen, ItemType, LimitUnit};

pub use super::material::{
    Attachment, DEFAULT_MAX_BYTES, Material, MaterialForm, MaterialKind, MaterialSource, Necessity,
    Replacement, Situation,
};

/// Whom an item serves. An empty list means that the source does not say: it is shown to both.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Audience {
    /// 自然人
    Person,
    /// 法人和其他组织
    Enterprise,
}

impl Audience {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Enterprise => "enterprise",
        }
    }

    pub fn from_word(word: &str) -> Option<Self> {
        match word {
            "person" => Some(Self::Person),
            "enterprise" => Some(Self::Enterprise),
            _ => None,
        }
    }
}

impl From<PartyKind> for Audience {
    fn from(kind: PartyKind) -> Self {
        match kind {
            PartyKind::Person => Self::Person,
            PartyKind::Enterprise => Self::Enterprise,
        }
    }
}

/// 办件类型
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProjectType {
    /// 即办件 (code 1): done on the spot.
    Immediate,
    /// 承诺件 (code 2): done within a promised limit.
    Promised,
    /// 其他 (code 9), and what the source does not say.
    #[default]
    Other,
}

impl ProjectType {
    /// `immediate`, `promised`, `other`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Immediate => "immediate",
            Self::Promised => "promised",
            Self::Other => "other",
        }
    }
}

/// How the offices handle a matter. A permit that several offices handle together has more time (行政许可法 26, 42).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Handling {
    /// One office alone.
    #[default]
    Single,
    /// 统一办理: one office takes the application and asks the others.
    Unified,
    /// 联合办理: the offices handle it jointly.
    Joint,
    /// 集中办理: the offices handle it in one place.
    Central,
}

impl Handling {
    /// Whether several offices handle it together.
    pub fn is_together(self) -> bool {
        self != Self::Single
    }

    fn is_single(&self) -> bool {
        !self.is_together()
    }
}

/// A time limit (法定办结时限, 承诺办结时限). Amount 0 means at once (即办).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limit {
    pub amount: u32,
    pub unit: LimitUnit,
    /// The article that sets it, when known: 《中华人民共和国行政许可法》第四十二条.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub basis: Option<String>,
    /// What one has to know about it (时限说明): what is not counted, from when it runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub explain: Option<String>,
}

/// The codes of steps that stand before the decision and are completed one by one. The others (受理 办结 送达) are moves of their own.
const BEFORE_DECISION: [&str; 3] = ["review", "inspect", "examine"];

/// One step after submission (办理环节): 受理 审核 审批 办结 送达.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Step {
    /// Stable within the item: `accept`, `review`, `decide`, `finish`, `deliver`.
    pub code: String,
    pub name: String,
    /// Who does it: the word of a role, such as `clerk` or `approver`.
    pub role: String,
    /// Working days planned for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub days: Option<u32>,
    /// 初审: the organ below examines first and reports to the one that decides (行政许可法 43).
    #[serde(default, skip_serializing_if = "is_not")]
    pub first_review: bool,
    /// The term of the first review, where a law or regulation sets another than the twenty working days of the licensing law.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_review_limit: Option<Limit>,
}

impl Step {
    /// The role of the window, in [`Step::role`].
    pub const CLERK: &str = "clerk";
    /// The role of the department.
    pub const APPROVER: &str = "approver";

    /// Whether the window does it; otherwise the department does.
    pub fn is_for_the_window(&self) -> bool {
        self.role.trim() == Self::CLERK
    }

    /// Whether it has to be completed before the decision.
    pub fn stands_before_decision(&self) -> bool {
        BEFORE_DECISION.contains(&self.code.as_str())
    }
}

fn is_not(flag: &bool) -> bool {
    !flag
}

/// A procedure that may stop the running clock (特别程序): hearing, inspection, expert review.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SpecialProcedure {
    pub code: String,
    pub name: String,
    /// The article that allows it.
    pub basis: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub longest_workdays: Option<u32>,
}

/// 审批结果类型
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ResultKind {
    /// 证照 (出证办结)
    Licence,
    /// 批文 (出文办结)
    Document,
    /// 审批办结
    Approval,
    /// 无
    #[default]
    Nothing,
}

/// What a granted case ends in (审批结果).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ResultDefinition {
    pub name: String,
    pub kind: ResultKind,
    /// Type code of the licence that is issued.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub licence_type: Option<String>,
    /// Months of validity; `None` is long-term.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub valid_months: Option<u32>,
    /// Licence field → form field whose value it takes.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub fields: BTreeMap<String, String>,
    /// Name of the sample (结果样本), where it is kept elsewhere.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sample: Option<String>,
    /// The sample itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sample_file: Option<Attachment>,
    /// 延续: the licence of this type that the applicant holds is prolonged, no other one is issued (行政许可法 50).
    #[serde(skip_serializing_if = "is_not")]
    pub renews: bool,
    /// How many days before its last day the renewal has to be applied for, where another law or regulation sets them; else thirty.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub renew_before_days: Option<u32>,
    /// What sets them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub renew_before_basis: Option<String>,
}

/// What a matter renews (延续).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Renewal<'content> {
    /// The type of the licence.
    pub licence_type: &'content str,
    /// By how many months it is prolonged.
    pub months: u32,
    /// How many days before its last day one has to apply, where the item has a law of its own.
    pub before_days: Option<u32>,
}

/// One fee (收费项目).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Fee {
    pub name: String,
    /// How much, in words (收费标准).
    pub standard: String,
    /// By which law or price notice (收费依据).
    pub basis: String,
    /// The amount, where it is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub amount: Option<Fen>,
    /// Who pays less or nothing (允许减免时的说明); none: nobody.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reduction: Option<String>,
}

/// A place where the matter can be handled in person (办理地点).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Place {
    pub name: String,
    pub address: String,
    pub hours: String,
    pub phone: String,
    /// 窗口, each with its number and what it takes: 3 号窗口：企业开办.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub counters: Vec<String>,
}

/// One article that the matter rests on (设定依据).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct LegalBasis {
    /// 《中华人民共和国食品安全法》
    pub law: String,
    /// 第三十五条
    pub article: String,
    pub text: String,
    /// Where the text was read.
    pub source: String,
    /// When it was read there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub read_on: Option<NaiveDate>,
}

/// A duty by law to check what a source holds (依法核查): the applicant is not asked for consent, but told before (个人信息保护法
/// 13 三, 35).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct StatutoryDuty {
    /// The resource of the exchange that form or materials draw on, such as `population.basic`.
    pub resource: String,
    /// 《中华人民共和国行政许可法》
    pub law: String,
    /// 第三十四条
    pub article: String,
}

impl StatutoryDuty {
    /// Whether it names its law and its article; without them nothing is read on it.
    fn is_complete(&self) -> bool {
        !self.law.trim().is_empty() && !self.article.trim().is_empty()
    }

    /// Law and article as they are told: 《中华人民共和国行政许可法》第三十四条.
    pub fn basis(&self) -> String {
        format!("{}{}", self.law.trim(), self.article.trim())
    }
}

/// One frequent question (常见问题).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Question {
    pub question: String,
    pub answer: String,
}

fn is_usual(assurance: &Assurance) -> bool {
    *assurance == Assurance::default()
}

/// Everything that a version of an item says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ItemContent {
    /// 事项名称
    pub name: String,
    /// 事项类型
    pub item_type: ItemType,
    #[serde(default)]
    pub project_type: ProjectType,
    /// 服务对象; empty: the source does not say, shown to both.
    #[serde(default)]
    pub audience: Vec<Audience>,
    /// The department as people know it, such as 区市场监管局. The organisation itself is in the version.
    #[serde(default)]
    pub department: String,
    /// 法定办结时限
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub legal_limit: Option<Limit>,
    /// 统一、联合或者集中办理
    #[serde(default, skip_serializing_if = "Handling::is_single")]
    pub handling: Handling,
    /// 承诺办结时限
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub promised_limit: Option<Limit>,
    /// Working days within which a supplement notice (补正) has to be answered, by the item's own basis.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub supplement_answer_days: Option<u32>,
    /// 计划取消日期 (`plan_cancel_date`): the last civil day on which it can be applied for. Cases that were handed in by then go on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effective_until: Option<NaiveDate>,
    /// 受理条件
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accept_condition: Option<String>,
    /// 办理流程, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub flow: Option<String>,
    /// One or two plain sentences: what this is and who needs it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub summary: Option<String>,
    /// 情形; none: there is one way only.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub situations: Vec<Situation>,
    #[serde(default)]
    pub materials: Vec<Material>,
    /// The application form: a JSON Schema object. Its properties carry `title`, `x-ui` (`widget`, `order`, `hint`,
    /// `placeholder`) and `x-source` (`{"resource","field"}`, `{"licence","field"}` or `{"account":"name|number|phone"}`).
    /// `null` or no properties: the item is a guide only.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub form: Value,
    /// Sources of the form and the materials that the law tells the office to check.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub duties: Vec<StatutoryDuty>,
    #[serde(default)]
    pub fees: Vec<Fee>,
    #[serde(default)]
    pub steps: Vec<Step>,
    #[serde(default)]
    pub special_procedures: Vec<SpecialProcedure>,
    #[serde(default)]
    pub places: Vec<Place>,
    #[serde(default)]
    pub legal_basis: Vec<LegalBasis>,
    #[serde(default)]
    pub questions: Vec<Question>,
    #[serde(default)]
    pub results: Vec<ResultDefinition>,
    /// 到办事现场次数
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trips: Option<u32>,
    /// 必须现场办理原因
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trips_reason: Option<String>,
    /// 是否网办
    #[serde(default)]
    pub online: bool,
    /// 网上办理深度, as the national codes `1`–`9` or the older grades `Ⅰ`–`Ⅳ`.
    #[serde(default)]
    pub online_depth: Vec<String>,
    /// 网上支付; none: the source does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub online_payment: Option<bool>,
    /// 认证等级: how well whoever hands it in online must be known. A number is the key of every case, so it is `real_name` at
    /// least; `in_person` asks a person to be recognised within the hour before. Firms are who their account says.
    #[serde(default, skip_serializing_if = "is_usual")]
    pub assurance: Assurance,
    /// 办理形式: `window`, `online`, `post`.
    #[serde(default)]
    pub channels: Vec<String>,
    /// 咨询电话
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub consult_phone: Option<String>,
    /// 监督投诉电话
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub complaint_phone: Option<String>,
    /// Life events and themes (主题): 开办企业, 生育, ….
    #[serde(default)]
    pub topics: Vec<String>,
    /// Further words that people use for it; they feed the search.
    #[serde(default)]
    pub keywords: Vec<String>,
    /// 权力来源, national code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub power_source: Option<String>,
    /// 行使层级, national codes joined by `^`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub use_level: Option<String>,
    /// 实施主体性质, national code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dept_type: Option<String>,
    /// 通办范围, national code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub handle_area: Option<String>,
    /// 委托部门名称: whose power it is, where it is exercised for somebody else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entrusted_by: Option<String>,
    /// 联办机构
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub other_departments: Vec<String>,
    /// 数量限制: how many are granted, and how is chosen. None: there is no limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quota: Option<String>,
    /// 中介服务: what has to be bought from a third party before, and on what basis.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub intermediary: Option<String>,
    /// 是否进驻政务大厅; none: the source does not say. So with the three that follow.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub in_hall: Option<bool>,
    /// 是否支持预约办理
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bookable: Option<bool>,
    /// 是否支持物流快递
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub express: Option<bool>,
    /// 是否支持自助终端办理
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub self_service: Option<bool>,
    /// Where it is handled online, when that is another system's page (网上办理地址).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub online_address: Option<String>,
    /// The same on a phone (移动端办理地址).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mobile_address: Option<String>,
    /// Demo data: the guide says 演示数据，以当地公布为准.
    #[serde(default)]
    pub invented: bool,
    /// Whatever else the source holds, field by field, so that nothing imported is lost.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub extra: BTreeMap<String, String>,
}

impl ItemContent {
    /// Content that holds only what every item has.
    pub fn new(name: impl Into<String>, item_type: ItemType) -> Self {
        Self {
            name: name.into(),
            item_type,
            project_type: ProjectType::default(),
            audience: Vec::new(),
            department: String::new(),
            legal_limit: None,
            handling: Handling::default(),
            promised_limit: None,
            supplement_answer_days: None,
            effective_until: None,
            accept_condition: None,
            flow: None,
            summary: None,
            situations: Vec::new(),
            materials: Vec::new(),
            form: Value::Null,
            duties: Vec::new(),
            fees: Vec::new(),
            steps: Vec::new(),
            special_procedures: Vec::new(),
            places: Vec::new(),
            legal_basis: Vec::new(),
            questions: Vec::new(),
            results: Vec::new(),
            trips: None,
            trips_reason: None,
            online: false,
            online_depth: Vec::new(),
            online_payment: None,
            assurance: Assurance::default(),
            channels: Vec::new(),
            consult_phone: None,
            complaint_phone: None,
            topics: Vec::new(),
            keywords: Vec::new(),
            power_source: None,
            use_level: None,
            dept_type: None,
            handle_area: None,
            entrusted_by: None,
            other_departments: Vec::new(),
            quota: None,
            intermediary: None,
            in_hall: None,
            bookable: None,
            express: None,
            self_service: None,
            online_address: None,
            mobile_address: None,
            invented: false,
            extra: BTreeMap::new(),
        }
    }

    /// Whether it has a form with at least one field, and so can be applied for here.
    pub fn has_form(&self) -> bool {
        self.form
            .get("properties")
            .and_then(Value::as_object)
            .is_some_and(|properties| !properties.is_empty())
    }

    /// Whether its last day has passed on a civil day in Beijing.
    pub fn has_ended(&self, on: NaiveDate) -> bool {
        self.effective_until.is_some_and(|last_day| last_day < on)
    }

    /// The working days that the licensing law gives for the decision of a permit where no other law or regulation sets a term: 20, or 45 where
    /// several offices handle it together (行政许可法 26, 42). Other types have none.
    pub fn statutory_workdays(&self) -> Option<u32> {
        (self.item_type == ItemType::Permit).then_some(if self.handling.is_together() { 45 } else { 20 })
    }

    /// Whether it serves this kind of party; an empty audience serves both.
    pub fn serves(&self, audience: Audience) -> bool {
        self.audience.is_empty() || self.audience.contains(&audience)
    }

    /// The duty by which a resource is read; `None` where the applicant is asked for consent instead.
    pub fn duty(&self, resource: &str) -> Option<&StatutoryDuty> {
        self.duties
            .iter()
            .find(|duty| duty.resource == resource && duty.is_complete())
    }

    /// The codes of the resources of the exchange that form and materials name, each once, in the order of the form.
    pub fn resources(&self) -> Vec<&str> {
        let of_form = self
            .form_fields()
            .into_iter()
            .filter_map(|(_, field)| form_source(field, "resource"));
        let of_materials = self
            .materials
            .iter()
            .filter_map(|material| match &material.replaced_by {
                Some(Replacement::Resource { resource, .. }) => Some(resource.as_str()),
                _ => None,
            });
        once(of_form.chain(of_materials))
    }

    /// The codes of the licence types that form, materials and results name, each once.
    pub fn licence_types(&self) -> Vec<&str> {
        let of_form = self
            .form_fields()
            .into_iter()
            .filter_map(|(_, field)| form_source(field, "licence"));
        let of_materials = self
            .materials
            .iter()
            .filter_map(|material| match &material.replaced_by {
                Some(Replacement::Licence { licence_type }) => Some(licence_type.as_str()),
                _ => None,
            });
        let of_results = self
            .results
            .iter()
            .filter_map(|result| result.licence_type.as_deref());
        once(of_form.chain(of_materials).chain(of_results))
    }

    /// The fields of the form in the order of its page, each with its name.
    pub fn form_fields(&self) -> Vec<(&str, &Value)> {
        let properties = self.form.get("properties").and_then(Value::as_object);
        let mut fields: Vec<(&str, &Value)> = properties
            .into_iter()
            .flatten()
            .map(|(name, field)| (name.as_str(), field))
            .collect();
        let order = |field: &Value| {
            let order = field.pointer("/x-ui/order").and_then(Value::as_f64);
            order.unwrap_or(f64::MAX)
        };
        // stable: what has no order keeps its place in the schema
        fields.sort_by(|(_, one), (_, other)| order(one).total_cmp(&order(other)));
        fields
    }

    /// What it renews, if it is the renewal of a licence. Only permits are renewed in the sense of the licensing law, and only what is
    /// issued for a time.
    pub fn renewal(&self) -> Option<Renewal<'_>> {
        if self.item_type != ItemType::Permit {
            return None;
        }
        let result = self
            .results
            .iter()
            .find(|result| result.renews && result.kind == ResultKind::Licence)?;
        Some(Renewal {
            licence_type: result.licence_type.as_deref()?,
            months: result.valid_months.filter(|months| *months > 0)?,
            before_days: result.renew_before_days,
        })
    }

    /// The materials of this necessity that a filled form asks for and that are not there, by code.
    pub fn missing<'content>(
        &'content self,
        necessity: Necessity,
        filled: &'content Map<String, Value>,
        there: impl Fn(&str) -> bool,
    ) -> impl Iterator<Item = &'content Material> {
        self.wanted(filled)
            .filter(move |wanted| wanted.necessity == necessity && !there(&wanted.code))
    }

    pub(super) fn material_mut(&mut self, code: &str) -> Option<&mut Material> {
        self.materials.iter_mut().find(|material| material.code == code)
    }

    /// The material of a code.
    pub fn material(&self, code: &str) -> Option<&Material> {
        self.materials.iter().find(|material| material.code == code)
    }
}

/// Files that are for everybody.
impl ItemContent {
    /// All of them: blank forms and samples of the materials, samples of the results.
    pub fn attachments(&self) -> impl Iterator<Item = &Attachment> {
        let of_materials = self
            .materials
            .iter()
            .flat_map(|material| material.blank.iter().chain(&material.example));
        of_materials.chain(
            self.results
                .iter()
                .filter_map(|result| result.sample_file.as_ref()),
        )
    }
}

/// What a field of the form draws on: the code of a `resource` or of a `licence` type.
pub(super) fn form_source<'field>(field: &'field Value, kind: &str) -> Option<&'field str> {
    field.get("x-source")?.get(kind)?.as_str()
}

fn once<'code>(codes: impl Iterator<Item = &'code str>) -> Vec<&'code str> {
    let mut seen: Vec<&str> = Vec::new();
    for code in codes {
        if !seen.contains(&code) {
            seen.push(code);
        }
    }
    seen
}
