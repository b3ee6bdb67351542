//! Reads one row of a list of items, in whatever province's words its columns are named. Pure.
//!
//! Two forms. *Columns*: code, name, department, type and whatever else the list holds; what no field takes goes to `extra`, so that
//! nothing is lost. *Content*: a JSON object with `content` (a whole [`ItemContent`]), `code`, `region_code`, `org_code`, `department`.

use chrono::NaiveDate;
use serde_json::Value;
use tongban_access::Assurance;
use tongban_codes::{ItemCode, ItemType, LimitUnit, RegionCode};
use tongban_crypto::sm3_hex;
use tongban_directory::{
    import::{Cells, Finding, ListKind},
    normal_code,
};

use super::parts;
use crate::item::{
    check::check,
    domain::{Audience, ItemContent, Limit, Place, ProjectType, ResultDefinition},
};

/// The list as an upload is looked over for it. A row without a code gets one.
pub const ITEMS: ListKind = ListKind {
    kind: "items",
    needs: &[&[NAME, CONTENT], &[REGION, REGION_NAME]],
};

const CODE: &[&str] = &[
    "item_code",
    "task_handle_item",
    "task_code",
    "code",
    "事项编码",
    "实施编码",
    "item_no",
];
const NAME: &[&str] = &["name", "task_name", "item_name", "事项名称", "名称"];
const DEPARTMENT: &[&str] = &["department", "dept_name", "部门", "部门名称", "实施主体"];
const REGION: &[&str] = &["region_code", "area_code", "区划代码", "行政区划代码"];
const REGION_NAME: &[&str] = &["region", "region_name", "行政区划"];
const ORGANISATION: &[&str] = &["org_code", "uscc", "统一社会信用代码", "实施主体编码"];
const DEPARTMENT_CODE: &[&str] = &["dept_code", "部门编码"];
const TYPE: &[&str] = &["task_type", "item_type", "事项类型代码"];
const TYPE_NAME: &[&str] = &["task_type_name", "item_type_name", "事项类型"];
const MAIN_ITEM: &[&str] = &["main_item", "主项名称"];
const KEYWORDS: &[&str] = &["keywords", "关键词"];
const TOPICS: &[&str] = &["topics", "category", "主题"];
const AUDIENCE: &[&str] = &["audience", "server_type", "serve_object", "服务对象"];
const PROJECT_TYPE: &[&str] = &["project_type", "办件类型"];
const MATERIALS: &[&str] = &["materials", "申请材料"];
const CONDITIONS: &[&str] = &["conditions", "accept_condition", "受理条件"];
const FLOW: &[&str] = &["handle_flow", "procedure_and_time", "flow", "办理流程"];
const SUMMARY: &[&str] = &["summary", "简介"];
const LEGAL_DAYS: &[&str] = &["legal_workdays", "anticipate_day", "法定办结时限"];
const LEGAL_UNIT: &[&str] = &["anticipate_type", "法定时限单位"];
const PROMISED_DAYS: &[&str] = &[
    "promise_workdays",
    "approve_workdays",
    "promise_day",
    "承诺办结时限",
];
const PROMISED_UNIT: &[&str] = &["promise_type", "承诺时限单位"];
/// Working days that a text speaks of, gathered by whoever made the list.
const MENTIONED_DAYS: &[&str] = &["workdays_mentioned"];
const LEGAL_BASIS: &[&str] = &["legal_basis", "by_law", "设定依据"];
const FEE: &[&str] = &["fee", "is_fee", "是否收费"];
const ONLINE: &[&str] = &["online", "is_online", "是否网办"];
const CONSULT: &[&str] = &["consult_phone", "link_way", "咨询电话"];
const COMPLAINT: &[&str] = &["complaint_phone", "supervise_way", "监督电话", "投诉电话"];
const ADDRESS: &[&str] = &["transact_addr", "address", "办理地点"];
const HOURS: &[&str] = &["transact_time", "hours", "办理时间"];
const RESULT: &[&str] = &["result_name", "审批结果名称"];
const USE_LEVEL: &[&str] = &["use_level", "行使层级"];
const POWER_SOURCE: &[&str] = &["power_source", "权力来源"];
const DEPT_TYPE: &[&str] = &["dept_type", "实施主体性质"];
const ASSURANCE: &[&str] = &["assurance", "认证等级"];
const HANDLE_AREA: &[&str] = &["handle_area", "通办范围"];
const ENTRUSTED_BY: &[&str] = &["entrust_name", "委托部门名称", "委托部门"];
const OTHER_DEPARTMENTS: &[&str] = &["other_dept", "联办机构"];
const QUOTA: &[&str] = &["limit_explain", "数量限制"];
const INTERMEDIARY: &[&str] = &["service_type", "中介服务"];
const IN_HALL: &[&str] = &["is_entry_center", "是否进驻政务大厅"];
const BOOKABLE: &[&str] = &["is_schedule", "是否支持预约办理"];
const EXPRESS: &[&str] = &["is_express", "是否支持物流快递"];
const SELF_SERVICE: &[&str] = &["is_service_terminals", "是否支持自助终端办理"];
const ONLINE_PAYMENT: &[&str] = &["is_pay_online", "是否支持网上支付"];
const ONLINE_ADDRESS: &[&str] = &["online_handle_url", "link_addr", "网上办理地址"];
const MOBILE_ADDRESS: &[&str] = &["mobile_terminal_url", "移动端办理地址"];
const ONLINE_DEPTH: &[&str] = &["online_handle_depth", "网上办理深度"];
const CHANNELS: &[&str] = &["handle_type", "办理形式"];
const TRIPS: &[&str] = &["limit_scene_num", "到办事现场次数"];
const TRIPS_REASON: &[&str] = &["limit_scene_explain", "必须现场办理原因"];
const LEGAL_EXPLAIN: &[&str] = &["anticipate_explain", "法定办结时限说明"];
const PROMISED_EXPLAIN: &[&str] = &["promise_explain", "承诺办结时限说明"];
const QUESTIONS: &[&str] = &["questions", "faq", "常见问题"];
const FEES: &[&str] = &["fees", "收费项目"];
const FEE_BASIS: &[&str] = &["fee_basis", "收费依据"];
const SITUATIONS: &[&str] = &["situations", "情形"];
const LAST_DAY: &[&str] = &["plan_cancel_date", "effective_until", "计划取消日期"];
const CONTENT: &[&str] = &["content"];

/// Columns that say something about the list and not about the item.
const IGNORED: &[&str] = &[
    "seq",
    "quality_flags",
    "org_code_is_valid_uscc",
    "source_path",
    "source",
];

/// The columns that fields of the content take; all others go to `extra`.
const TAKEN: &[&[&str]] = &[
    CODE,
    NAME,
    DEPARTMENT,
    REGION,
    REGION_NAME,
    TYPE,
    TYPE_NAME,
    KEYWORDS,
    TOPICS,
    AUDIENCE,
    PROJECT_TYPE,
    MATERIALS,
    CONDITIONS,
    FLOW,
    SUMMARY,
    LEGAL_DAYS,
    LEGAL_UNIT,
    PROMISED_DAYS,
    PROMISED_UNIT,
    LEGAL_BASIS,
    ONLINE,
    CONSULT,
    COMPLAINT,
    ADDRESS,
    HOURS,
    RESULT,
    USE_LEVEL,
    POWER_SOURCE,
    LAST_DAY,
    DEPT_TYPE,
    HANDLE_AREA,
    ENTRUSTED_BY,
    OTHER_DEPARTMENTS,
    QUOTA,
    INTERMEDIARY,
    ONLINE_ADDRESS,
    MOBILE_ADDRESS,
    ONLINE_DEPTH,
    TRIPS_REASON,
    LEGAL_EXPLAIN,
    PROMISED_EXPLAIN,
    IGNORED,
];

/// What a row says.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct ReadItem {
    pub(super) code: String,
    pub(super) region: RegionCode,
    /// What the list calls the region.
    pub(super) region_name: Option<String>,
    /// The unit code, in capitals; valid or not.
    pub(super) organisation_code: Option<String>,
    pub(super) content: ItemContent,
    pub(super) warnings: Vec<Finding>,
}

/// The key of a row in the report: its code, else its name.
pub(super) fn key(cells: &Cells) -> String {
    cells.text(CODE).or_else(|| cells.text(NAME)).unwrap_or_default()
}

/// Reads a row; the reasons when it cannot be kept.
pub(super) fn read(cells: &Cells) -> Result<ReadItem, Vec<Finding>> {
    let mut warnings = Vec::new();
    let content = match cells.value(CONTENT) {
        Some(document) => whole_content(cells, document)?,
        None => content_of_columns(cells, &mut warnings)?,
    };
    let content = content.settled();
    check(&content).map_err(|problem| vec![Finding::from(problem)])?;
    let region_text = cells
        .text(REGION)
        .or_else(|| {
            cells
                .text(REGION_NAME)
                .filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()))
        })
        .ok_or_else(|| vec![Finding::missing("region.missing", "region_code")])?;
    let region = RegionCode::parse_lenient(&region_text)
        .map_err(|error| vec![Finding::of_code("region_code", &error)])?;
    let (code, body) = code_and_body(cells, &region, &content, &mut warnings)?;
    let written = cells.text(ORGANISATION).or(body);
    if let (Some(body), Some(department)) = (&written, cells.text(DEPARTMENT_CODE))
        && department != *body
    {
        warnings.push(
            Finding::new(
                "item.department_code_differs",
                "dept_code",
                "the department is named by another code than the implementing body",
            )
            .with("dept_code", department),
        );
    }
    let organisation_code = written.map(|code| normal_code(&code));
    let region_name = cells
        .text(REGION_NAME)
        .filter(|name| !name.bytes().all(|byte| byte.is_ascii_digit()));
    Ok(ReadItem {
        code,
        region,
        region_name,
        organisation_code,
        content,
        warnings,
    })
}

/// The code, and the implementing body that it names. A row without a code gets one that follows from what it says.
fn code_and_body(
    cells: &Cells,
    region: &RegionCode,
    content: &ItemContent,
    warnings: &mut Vec<Finding>,
) -> Result<(String, Option<String>), Vec<Finding>> {
    let Some(text) = cells.text(CODE) else {
        let digest = sm3_hex(format!("{}\n{}", content.department, content.name));
        let code = format!("LOCAL-{region}-{}", &digest[..16]);
        warnings.push(
            Finding::new(
                "item.code_made",
                "code",
                "the row has no code; one was made from department and name",
            )
            .with("made", &code),
        );
        return Ok((code, None));
    };
    let code = ItemCode::parse(&text).map_err(|error| vec![Finding::of_code("code", &error)])?;
    for finding in code.validate() {
        warnings.push(Finding::new(finding.code, "code", finding.message).with("part", finding.part));
    }
    if let Some(named) = code.region()
        && named != region.as_str()
    {
        warnings.push(
            Finding::new(
                "item.region_differs",
                "code",
                "the code names another region than the row",
            )
            .with("named", named),
        );
    }
    Ok((code.as_str().to_owned(), code.body().map(str::to_owned)))
}

/// The form in which the whole content is given.
fn whole_content(cells: &Cells, document: &Value) -> Result<ItemContent, Vec<Finding>> {
    let mut content: ItemContent = serde_json::from_value(document.clone()).map_err(|error| {
        vec![Finding::new(
            "item.content",
            "content",
            format!("the content is not readable: {error}"),
        )]
    })?;
    if content.department.trim().is_empty()
        && let Some(department) = cells.text(DEPARTMENT)
    {
        content.department = department;
    }
    Ok(content)
}

/// The form of columns.
fn content_of_columns(cells: &Cells, warnings: &mut Vec<Finding>) -> Result<ItemContent, Vec<Finding>> {
    let name = cells
        .text(NAME)
        .ok_or_else(|| vec![Finding::missing("item.name_missing", "name")])?;
    let item_type = item_type(cells, warnings).map_err(|reason| vec![reason])?;
    let mut content = ItemContent::new(name, item_type);
    content.department = cells.text(DEPARTMENT).unwrap_or_default();
    content.keywords = cells.list(KEYWORDS);
    content
        .keywords
        .extend(cells.text(MAIN_ITEM).filter(|main| *main != content.name));
    content.topics = cells.list(TOPICS);
    content.audience = audience(&cells.list(AUDIENCE));
    content.summary = cells.text(SUMMARY);
    content.accept_condition = paragraph(cells, CONDITIONS);
    content.flow = paragraph(cells, FLOW);
    content.legal_limit = limit(cells, LEGAL_DAYS, LEGAL_UNIT, warnings).map(|limit| Limit {
        explain: cells.text(LEGAL_EXPLAIN),
        ..limit
    });
    content.promised_limit = limit(cells, PROMISED_DAYS, PROMISED_UNIT, warnings)
        .or_else(|| mentioned(cells, warnings))
        .map(|limit| Limit {
            explain: cells.text(PROMISED_EXPLAIN),
            ..limit
        });
    content.project_type = project_type(cells, content.promised_limit.as_ref());
    content.materials = parts::materials(cells.value(MATERIALS));
    content.situations = parts::situations(cells.value(SITUATIONS));
    content.questions = parts::questions(cells.value(QUESTIONS));
    content.legal_basis = parts::laws(cells.value(LEGAL_BASIS));
    content.fees = parts::fees(
        cells.value(FEES),
        cells.text(FEE).as_deref(),
        cells.text(FEE_BASIS),
    );
    content.online = cells.text(ONLINE).is_some_and(|text| yes(&text));
    content.consult_phone = cells.text(CONSULT);
    content.complaint_phone = cells.text(COMPLAINT);
    if let Some(address) = cells.text(ADDRESS) {
        content.places = vec![Place {
            name: content.department.clone(),
            address,
            hours: cells.text(HOURS).unwrap_or_default(),
            phone: content.consult_phone.clone().unwrap_or_default(),
            counters: Vec::new(),
        }];
    }
    if let Some(name) = cells.text(RESULT) {
        content.results = vec![ResultDefinition {
            name,
            ..ResultDefinition::default()
        }];
    }
    content.effective_until = last_day(cells, warnings);
    content.use_level = cells.text(USE_LEVEL);
    content.power_source = cells.text(POWER_SOURCE);
    content.dept_type = cells.text(DEPT_TYPE);
    content.handle_area = cells.text(HANDLE_AREA);
    content.entrusted_by = cells.text(ENTRUSTED_BY);
    content.other_departments = cells.list(OTHER_DEPARTMENTS);
    content.quota = cells.text(QUOTA);
    content.intermediary = cells.text(INTERMEDIARY);
    content.in_hall = said(cells, IN_HALL);
    content.bookable = said(cells, BOOKABLE);
    content.express = said(cells, EXPRESS);
    content.self_service = said(cells, SELF_SERVICE);
    content.online_payment = said(cells, ONLINE_PAYMENT);
    content.assurance = assurance(cells, warnings);
    content.online_address = cells.text(ONLINE_ADDRESS);
    content.mobile_address = cells.text(MOBILE_ADDRESS);
    content.online_depth = cells.list(ONLINE_DEPTH);
    content.channels = parts::channels(&cells.list(CHANNELS));
    content.trips = cells.text(TRIPS).and_then(|text| text.parse().ok());
    content.trips_reason = cells.text(TRIPS_REASON);
    content.extra = cells.texts();
    content
        .extra
        .retain(|column, _| !TAKEN.iter().any(|names| names.contains(&column.as_str())));
    Ok(content)
}

/// The type by code and by name. Provinces give codes other meanings (Guangdong: 20 is 其他行政权力), so the name wins.
fn item_type(cells: &Cells, warnings: &mut Vec<Finding>) -> Result<ItemType, Finding> {
    let named = |text: &str| {
        ItemType::ALL
            .into_iter()
            .find(|item_type| item_type.chinese_name() == text)
    };
    let code = cells.text(TYPE);
    let name = cells.text(TYPE_NAME);
    let by_name = name
        .as_deref()
        .and_then(named)
        .or_else(|| code.as_deref().and_then(named));
    let by_code = code.as_deref().and_then(|code| ItemType::from_code(code).ok());
    match (by_name, by_code) {
        (Some(by_name), Some(by_code)) if by_name != by_code => {
            warnings.push(
                Finding::new(
                    "item.type_differs",
                    "task_type",
                    "code and name of the type differ; the name was taken",
                )
                .with("code", code.unwrap_or_default())
                .with("name", by_name.chinese_name()),
            );
            Ok(by_name)
        }
        (Some(item_type), _) | (None, Some(item_type)) => Ok(item_type),
        (None, None) if code.is_none() && name.is_none() => {
            warnings.push(Finding::new(
                "item.type_missing",
                "task_type",
                "the row names no type; kept as 行政权力 until somebody names it",
            ));
            Ok(ItemType::AdministrativePower)
        }
        (None, None) => Err(Finding::new(
            "item.type_unknown",
            "task_type",
            "the type is not on the national list",
        )
        .with("given", name.or(code).unwrap_or_default())),
    }
}

fn audience(words: &[String]) -> Vec<Audience> {
    let mut found: Vec<Audience> = words
        .iter()
        .flat_map(|words| words.split([',', '，', '、']))
        .filter_map(|word| match word.trim() {
            "1" | "自然人" | "个人" | "person" => Some(Audience::Person),
            "2" | "3" | "4" | "5" | "6" | "9" | "enterprise" | "企业" | "法人" | "其他组织" | "行政机关"
            | "非法人企业" => Some(Audience::Enterprise),
            word if word.ends_with("法人") => Some(Audience::Enterprise),
            _ => None,
        })
        .collect();
    found.sort_unstable();
    found.dedup();
    found
}

/// A text, or the lines of a list.
fn paragraph(cells: &Cells, names: &[&str]) -> Option<String> {
    match cells.value(names)? {
        Value::Array(lines) => {
            let lines: Vec<&str> = lines.iter().filter_map(Value::as_str).map(str::trim).collect();
            Some(lines.join("\n")).filter(|text| !text.is_empty())
        }
        _ => cells.text(names),
    }
}

fn limit(cells: &Cells, amount: &[&str], unit: &[&str], warnings: &mut Vec<Finding>) -> Option<Limit> {
    let text = cells.text(amount)?;
    let unit = match cells.text(unit).map(|unit| LimitUnit::parse(&unit)) {
        None => Some(LimitUnit::Workday),
        Some(unit) => unit.ok(),
    };
    match (text.parse::<u32>(), unit) {
        (Ok(amount), Some(unit)) => Some(Limit {
            amount,
            unit,
            basis: None,
            explain: None,
        }),
        _ => {
            warnings.push(
                Finding::new(
                    "item.limit_unreadable",
                    amount.first().copied().unwrap_or_default(),
                    "the limit is not a number of a known unit; left out",
                )
                .with("given", text),
            );
            None
        }
    }
}

/// The last day, as 2026-12-31, 2026/12/31, 20261231 or 2026年12月31日; a time of day behind it says nothing.
fn last_day(cells: &Cells, warnings: &mut Vec<Finding>) -> Option<NaiveDate> {
    let text = cells.text(LAST_DAY)?;
    let day = text
        .split(['T', ' '])
        .next()
        .unwrap_or_default()
        .replace(['/', '.', '年', '月'], "-")
        .replace('日', "");
    let read = ["%Y-%m-%d", "%Y%m%d"]
        .iter()
        .find_map(|form| NaiveDate::parse_from_str(&day, form).ok());
    if read.is_none() {
        warnings.push(
            Finding::new(
                "item.last_day_unreadable",
                "effective_until",
                "the planned end is not a date; left out",
            )
            .with("given", text),
        );
    }
    read
}

/// A list that only quotes how long things take: the longest time counts as the promise, until somebody has looked.
fn mentioned(cells: &Cells, warnings: &mut Vec<Finding>) -> Option<Limit> {
    let days = cells
        .value(MENTIONED_DAYS)?
        .as_array()?
        .iter()
        .filter_map(Value::as_u64)
        .filter_map(|days| u32::try_from(days).ok())
        .max()?;
    warnings.push(
        Finding::new(
            "item.limit_mentioned",
            "promised_limit",
            "the limit was taken from a text that mentions it",
        )
        .with("given", days.to_string()),
    );
    Some(Limit {
        amount: days,
        unit: LimitUnit::Workday,
        basis: None,
        explain: None,
    })
}

fn project_type(cells: &Cells, promised: Option<&Limit>) -> ProjectType {
    match cells.text(PROJECT_TYPE).as_deref() {
        Some("1" | "即办件" | "immediate") => ProjectType::Immediate,
        Some("2" | "承诺件" | "promised") => ProjectType::Promised,
        _ => match promised {
            Some(limit) if limit.amount == 0 => ProjectType::Immediate,
            Some(_) => ProjectType::Promised,
            None => ProjectType::Other,
        },
    }
}

/// The level of assurance; an empty cell is the usual one.
fn assurance(cells: &Cells, warnings: &mut Vec<Finding>) -> Assurance {
    let Some(text) = cells.text(ASSURANCE) else {
        return Assurance::default();
    };
    Assurance::from_text(&text).unwrap_or_else(|| {
        warnings.push(Finding::new(
            "item.assurance_unknown",
            "assurance",
            "no level of assurance; the usual one is taken",
        ));
        Assurance::default()
    })
}

/// A flag of the list; what is neither yes nor no says nothing.
fn said(cells: &Cells, names: &[&str]) -> Option<bool> {
    match cells.text(names).as_deref() {
        Some(text) if yes(text) => Some(true),
        Some("0" | "否" | "false" | "不收费") => Some(false),
        _ => None,
    }
}

pub(super) fn yes(text: &str) -> bool {
    matches!(text, "1" | "是" | "true" | "收费")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::item::domain::Necessity;

    fn row(value: Value) -> Result<ReadItem, Vec<Finding>> {
        match value {
            Value::Object(object) => read(&Cells::from_object(object)),
            _ => Err(Vec::new()),
        }
    }

    fn codes(findings: &[Finding]) -> Vec<&str> {
        findings.iter().map(|finding| finding.code.as_str()).collect()
    }

    #[test]
    fn reads_a_bare_row_and_loses_nothing() {
        let read = row(json!({
            "seq": 7, "region_code": "511602000000", "region": "示范区",
            "item_code": "512B0053300006-511602000000-000-083372204-1-00", "org_code": "083372204",
            "name": "学籍异动", "main_item": "学籍管理", "department": "区教科体局",
            "task_type": "20", "task_type_name": "公共服务", "dept_code": "11736", "source_link": "http://example.invalid/1",
        }))
        .unwrap();
        assert_eq!(
            codes(&read.warnings),
            ["item.body_old_code", "item.department_code_differs"]
        );
        assert_eq!(read.content.keywords, ["学籍管理"]);
        assert_eq!(read.content.item_type, ItemType::PublicService);
        assert_eq!(read.organisation_code.as_deref(), Some("083372204"));
        let extra: Vec<&str> = read.content.extra.keys().map(String::as_str).collect();
        assert_eq!(extra, ["dept_code", "main_item", "org_code", "source_link"]);
    }

    #[test]
    fn reads_what_other_lists_hold() {
        let read = row(json!({
            "region_code": "4401", "item_code": "11440100696927671X3442011817001", "name": "劳动能力复查鉴定",
            "department": "市人社局", "task_type_name": "行政确认", "legal_workdays": 60, "promise_workdays": 40,
            "legal_basis": ["《工伤保险条例》第二十八条"], "conditions": ["鉴定结论作出之日起1年后", "伤残情况发生变化"],
            "materials": [{"name": "身份证", "original_or_copy": "原件", "required": "非必要", "form": "纸质"}, "申请表"],
            "serve_object": "自然人,企业法人", "fee": "否", "online": true, "consult_phone": "020-12345678",
        }))
        .unwrap();
        let content = &read.content;
        assert_eq!(content.legal_limit.as_ref().map(|limit| limit.amount), Some(60));
        assert_eq!(
            (content.project_type, content.online),
            (ProjectType::Promised, true)
        );
        assert_eq!(content.legal_basis[0].article, "第二十八条");
        assert_eq!(content.materials[0].necessity, Necessity::Optional);
        assert_eq!(content.materials[1].code, "M2");
        assert_eq!(content.audience, [Audience::Person, Audience::Enterprise]);
        assert_eq!(
            content.accept_condition.as_deref(),
            Some("鉴定结论作出之日起1年后\n伤残情况发生变化")
        );
        assert_eq!((read.region.as_str(), content.fees.len()), ("440100000000", 0));
    }

    #[test]
    fn takes_the_longest_time_that_a_text_mentions() {
        let read = row(json!({
            "region_code": "3713", "code": "a", "name": "收养迁移", "task_type_name": "行政确认", "workdays_mentioned": [3, 15],
        }))
        .unwrap();
        assert_eq!(
            read.content.promised_limit.as_ref().map(|limit| limit.amount),
            Some(15)
        );
        assert_eq!(read.content.project_type, ProjectType::Promised);
        assert!(codes(&read.warnings).contains(&"item.limit_mentioned"));
        let silent = row(
            json!({"region_code": "3713", "code": "a", "name": "收养迁移", "task_type_name": "行政确认", "workdays_mentioned": []}),
        );
        assert_eq!(silent.unwrap().content.promised_limit, None);
    }

    #[test]
    fn makes_a_code_where_there_is_none_and_always_the_same() {
        let made =
            || row(json!({"region_code": "3713", "name": "收养迁移", "department": "市公安局"})).unwrap();
        assert_eq!(made(), made());
        assert!(made().code.starts_with("LOCAL-371300000000-"));
        assert_eq!(codes(&made().warnings), ["item.type_missing", "item.code_made"]);
    }

    #[test]
    fn the_name_of_a_type_wins_over_its_code() {
        let read = row(
            json!({"region_code": "44", "code": "a", "name": "某事项", "task_type": "20", "task_type_name": "其他行政权力"}),
        );
        let read = read.unwrap();
        assert_eq!(read.content.item_type, ItemType::OtherPower);
        assert_eq!(
            codes(&read.warnings),
            ["item.type_differs", "item.family_unknown"]
        );
    }

    #[test]
    fn takes_whole_content() {
        let read = row(json!({
            "code": "XK00101001", "region_code": "5199", "org_code": "11511301008778183n", "department": "市市场监管局",
            "content": {"name": "食品经营许可", "item_type": "01", "audience": ["enterprise"], "invented": true},
        }))
        .unwrap();
        assert_eq!(read.content.department, "市市场监管局");
        assert_eq!(read.organisation_code.as_deref(), Some("11511301008778183N"));
        assert!(read.content.invented && read.warnings.is_empty());
    }

    #[test]
    fn refuses_with_the_reason() {
        for (value, expected) in [
            (json!({"region_code": "51", "code": "a"}), "item.name_missing"),
            (json!({"code": "a", "name": "某事项"}), "region.missing"),
            (
                json!({"region_code": "5", "code": "a", "name": "某事项"}),
                "region.length",
            ),
            (
                json!({"region_code": "51", "code": "a", "name": "某事项", "task_type": "77"}),
                "item.type_unknown",
            ),
            (
                json!({"region_code": "51", "code": "a\u{7}", "name": "某事项"}),
                "item.character",
            ),
            (
                json!({"region_code": "51", "code": "a", "content": {"name": "某事项"}}),
                "item.content",
            ),
            (
                json!({"region_code": "51", "code": "a", "content": {"name": "", "item_type": "01"}}),
                "item.name_missing",
            ),
        ] {
            assert_eq!(codes(&row(value).unwrap_err()), [expected]);
        }
    }
}
