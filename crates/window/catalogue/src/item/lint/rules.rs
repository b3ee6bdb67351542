//! The rules, one function a group of fields.

use serde_json::Value;
use tongban_access::Assurance;
use tongban_codes::{ItemType, LimitUnit};
use tongban_directory::import::Finding;

use crate::item::{
    domain::{Audience, ItemContent, ProjectType, Replacement, ResultKind, Step, form_source},
    registered::Registered,
    topics::audience_of,
};

/// The steps that a permit has at least: 受理 审核 审批 办结 送达. Each with the codes that this platform handles it under, and the words that
/// lists of others name it by.
const PERMIT_STEPS: [(&str, &[&str], &[&str]); 5] = [
    ("accept", &["accept"], &["受理"]),
    (
        "review",
        &["review", "inspect", "examine"],
        &["审核", "审查", "初审"],
    ),
    (DECIDE, &[DECIDE], &["审批", "决定", "批准"]),
    ("finish", &["finish"], &["办结"]),
    ("deliver", &["deliver"], &["送达", "发证", "颁证", "领证"]),
];
const DECIDE: &str = "decide";

/// What a guide cannot do without. Materials may be none; a law is not asked of demo data, which must not invent one.
pub(super) fn missing(content: &ItemContent, findings: &mut Vec<Finding>) {
    let empty = |text: &Option<String>| text.as_deref().is_none_or(|text| text.trim().is_empty());
    for (field, lacks) in [
        ("audience", content.audience.is_empty()),
        ("promised_limit", content.promised_limit.is_none()),
        ("accept_condition", empty(&content.accept_condition)),
        ("places", content.places.is_empty()),
        ("consult_phone", empty(&content.consult_phone)),
        ("complaint_phone", empty(&content.complaint_phone)),
        ("legal_basis", content.legal_basis.is_empty() && !content.invented),
        ("results", content.results.is_empty()),
    ] {
        if lacks {
            findings.push(Finding::missing("lint.missing", field));
        }
    }
    for (index, place) in content.places.iter().enumerate() {
        for (part, text) in [
            ("address", &place.address),
            ("hours", &place.hours),
            ("phone", &place.phone),
        ] {
            if text.trim().is_empty() {
                findings.push(Finding::missing(
                    "lint.missing",
                    &format!("places[{index}].{part}"),
                ));
            }
        }
    }
}

/// 服务对象 agrees with the topic class: what only firms look under is for firms, what only persons look under is for persons. An audience
/// that is not said is asked for by [`missing`]; where a topic knows it, the finding says which.
pub(super) fn topics(content: &ItemContent, findings: &mut Vec<Finding>) {
    if content.audience.is_empty() {
        return;
    }
    for topic in &content.topics {
        let Some(wanted) = audience_of(topic).filter(|wanted| !content.audience.contains(wanted)) else {
            continue;
        };
        let message = match wanted {
            Audience::Person => "the topic is for persons, and persons are not in the audience",
            Audience::Enterprise => "the topic is for firms, and firms are not in the audience",
        };
        findings.push(
            Finding::new("lint.topic_audience", "topics", message)
                .with("topic", topic.trim())
                .with("audience", wanted.as_str()),
        );
    }
}

/// 承诺=即办 ⇒ 即办件, a longer promise ⇒ 承诺件; 承诺 ≤ 法定, compared only where both have the same unit. A permit that states no legal limit has
/// that of the licensing law.
pub(super) fn limits(content: &ItemContent, findings: &mut Vec<Finding>) {
    let Some(promised) = &content.promised_limit else {
        return;
    };
    let expected = if promised.amount == 0 {
        ProjectType::Immediate
    } else {
        ProjectType::Promised
    };
    if content.project_type != expected {
        findings.push(
            Finding::new(
                "lint.project_type",
                "project_type",
                "the kind of matter does not fit the promised limit",
            )
            .with("expected", expected.as_str()),
        );
    }
    let legal = match &content.legal_limit {
        Some(legal) => (legal.unit == promised.unit).then_some(legal.amount),
        None => content
            .statutory_workdays()
            .filter(|_| promised.unit == LimitUnit::Workday),
    };
    if let Some(legal) = legal.filter(|legal| promised.amount > *legal) {
        findings.push(
            Finding::new(
                "lint.promise_longer",
                "promised_limit",
                "the promised limit is longer than the legal one",
            )
            .with("promised", promised.amount.to_string())
            .with("legal", legal.to_string()),
        );
    }
}

/// 统一、联合、集中办理 change the limits of permits (行政许可法 42) and of nothing else.
pub(super) fn handling(content: &ItemContent, findings: &mut Vec<Finding>) {
    if content.handling.is_together() && content.item_type != ItemType::Permit {
        findings.push(Finding::new(
            "lint.handling",
            "handling",
            "only permits have the limits of matters handled together",
        ));
    }
}

/// 到现场次数 and its reason, post, and the online depth.
pub(super) fn trips(content: &ItemContent, findings: &mut Vec<Finding>) {
    let reason = content
        .trips_reason
        .as_deref()
        .is_some_and(|reason| !reason.trim().is_empty());
    match content.trips {
        Some(0) => {
            if reason {
                findings.push(Finding::new(
                    "lint.trips_reason_idle",
                    "trips_reason",
                    "nobody has to come, so there is no reason to come",
                ));
            }
            if !content.online && !content.channels.iter().any(|channel| channel == "post") {
                findings.push(Finding::new(
                    "lint.post_missing",
                    "channels",
                    "nobody has to come and it is not online, so it must be possible by post",
                ));
            }
        }
        Some(_) if !reason => {
            findings.push(Finding::missing("lint.trips_reason", "trips_reason"));
        }
        _ => {}
    }
    let deepest = content
        .online_depth
        .iter()
        .any(|depth| matches!(depth.trim(), "Ⅳ" | "IV" | "Ⅳ级" | "IV级"));
    if deepest && content.trips != Some(0) {
        findings.push(Finding::new(
            "lint.depth_trips",
            "trips",
            "a matter that is wholly online needs no visit",
        ));
    }
}

/// 收费=是 ⇒ item, standard and basis of each fee, and whether it can be paid online; not charged ⇒ no online payment.
pub(super) fn fees(content: &ItemContent, findings: &mut Vec<Finding>) {
    for (index, fee) in content.fees.iter().enumerate() {
        for (part, text) in [
            ("name", &fee.name),
            ("standard", &fee.standard),
            ("basis", &fee.basis),
        ] {
            if text.trim().is_empty() {
                findings.push(Finding::missing(
                    "lint.fee_incomplete",
                    &format!("fees[{index}].{part}"),
                ));
            }
        }
    }
    if content.assurance < Assurance::RealName {
        findings.push(Finding::new(
            "lint.assurance",
            "assurance",
            "whoever applies must be known by name and number: the number is the key of the case",
        ));
    }
    match content.online_payment {
        Some(true) if content.fees.is_empty() => findings.push(Finding::new(
            "lint.payment_idle",
            "online_payment",
            "nothing is charged, so nothing can be paid online",
        )),
        None if !content.fees.is_empty() => {
            findings.push(Finding::missing("lint.payment_unsaid", "online_payment"));
        }
        _ => {}
    }
}

/// 咨询电话 ≠ 投诉电话, both with an area code (hotlines of five digits such as 12345 have none).
pub(super) fn phones(content: &ItemContent, findings: &mut Vec<Finding>) {
    let given = [
        ("consult_phone", &content.consult_phone),
        ("complaint_phone", &content.complaint_phone),
    ];
    for (field, phone) in given {
        if let Some(phone) = phone
            && !phone.trim().is_empty()
            && !complete(phone)
        {
            findings.push(Finding::new(
                "lint.phone_area",
                field,
                "the telephone number has no area code",
            ));
        }
    }
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    if let (Some(consult), Some(complaint)) = (&content.consult_phone, &content.complaint_phone)
        && !digits(consult).is_empty()
        && digits(consult) == digits(complaint)
    {
        findings.push(Finding::new(
            "lint.phone_equal",
            "complaint_phone",
            "complaints go to the same telephone as questions",
        ));
    }
}

/// `0826-1234567`, `010-12345678-2`, `12345`; several are separated by 、 or a comma or a slash.
fn complete(phones: &str) -> bool {
    phones
        .split(['、', '，', ',', '/', '；', ';', ' '])
        .map(str::trim)
        .filter(|phone| !phone.is_empty())
        .all(|phone| {
            let allowed = phone.chars().all(|character| {
                character.is_ascii_digit() || matches!(character, '-' | '(' | ')' | '（' | '）' | '转')
            });
            let digits = phone.chars().filter(char::is_ascii_digit).count();
            let hotline = digits == 5 && phone.starts_with('1') && phone.len() == 5;
            let mobile = digits == 11 && phone.starts_with('1');
            let area = phone.trim_start_matches(['(', '（']).starts_with('0') && digits >= 10;
            allowed && (hotline || mobile || area)
        })
}

/// 许可 ⇒ at least one question and the five steps.
pub(super) fn permit(content: &ItemContent, findings: &mut Vec<Finding>) {
    if content.item_type != ItemType::Permit {
        return;
    }
    if content.questions.is_empty() {
        findings.push(Finding::new(
            "lint.permit_questions",
            "questions",
            "a permit answers at least one question",
        ));
    }
    if content.steps.len() < PERMIT_STEPS.len() {
        findings.push(
            Finding::new("lint.permit_steps", "steps", "a permit names at least five steps")
                .with("expected", PERMIT_STEPS.len().to_string())
                .with("found", content.steps.len().to_string()),
        );
        return;
    }
    for (kind, codes, words) in PERMIT_STEPS {
        let there = content.steps.iter().any(|step| {
            codes.contains(&step.code.trim()) || words.iter().any(|word| step.name.contains(word))
        });
        if !there {
            findings.push(
                Finding::new(
                    "lint.permit_step_missing",
                    "steps",
                    "a permit is accepted, reviewed, decided, concluded and delivered: one of these steps is missing",
                )
                .with("step", kind),
            );
        }
    }
}

/// Each step is somebody's: the window's or the department's. What is decided, the department decides.
pub(super) fn steps(content: &ItemContent, findings: &mut Vec<Finding>) {
    for (index, step) in content.steps.iter().enumerate() {
        let role = step.role.trim();
        let fits = role == Step::APPROVER || (role == Step::CLERK && step.code.trim() != DECIDE);
        if !fits {
            findings.push(
                Finding::new(
                    "lint.step_role",
                    &format!("steps[{index}].role"),
                    "nobody can do this step: it is for a clerk or an approver, and a decision is for an approver",
                )
                .with("step", step.name.trim())
                .with("role", role),
            );
        }
    }
}

/// What form, materials and results draw on is registered: resources of the exchange, types of licences.
pub(super) fn sources(content: &ItemContent, registered: &Registered, findings: &mut Vec<Finding>) {
    let mut unknown_resource = |code: &str, field: String| {
        if !registered.has_resource(code) {
            findings.push(
                Finding::new(
                    "lint.resource_unknown",
                    &field,
                    "the directory of resources has no such source",
                )
                .with("resource", code.trim()),
            );
        }
    };
    for (index, (_, field)) in content.form_fields().into_iter().enumerate() {
        if let Some(code) = form_source(field, "resource") {
            unknown_resource(code, format!("form[{index}].source"));
        }
    }
    for (index, material) in content.materials.iter().enumerate() {
        if let Some(Replacement::Resource { resource, .. }) = &material.replaced_by {
            unknown_resource(resource, format!("materials[{index}].replaced_by"));
        }
    }
    let mut unknown_type = |code: &str, field: String| {
        if !registered.has_licence_type(code) {
            findings.push(
                Finding::new(
                    "lint.licence_type_unknown",
                    &field,
                    "there is no such type of licence",
                )
                .with("licence_type", code.trim()),
            );
        }
    };
    for (index, (_, field)) in content.form_fields().into_iter().enumerate() {
        if let Some(code) = form_source(field, "licence") {
            unknown_type(code, format!("form[{index}].source"));
        }
    }
    for (index, material) in content.materials.iter().enumerate() {
        if let Some(Replacement::Licence { licence_type }) = &material.replaced_by {
            unknown_type(licence_type, format!("materials[{index}].replaced_by"));
        }
    }
    for (index, result) in content.results.iter().enumerate() {
        if let Some(code) = &result.licence_type {
            unknown_type(code, format!("results[{index}].licence_type"));
        }
    }
}

/// 初审 (行政许可法 43) is a step of permits, once, before the decision: its clock ends when that step is completed. Another term than the
/// law's names what sets it.
pub(super) fn first_review(content: &ItemContent, findings: &mut Vec<Finding>) {
    let mut marked = false;
    for (index, step) in content.steps.iter().enumerate() {
        let field = format!("steps[{index}].first_review");
        let limit = step.first_review_limit.as_ref();
        if !step.first_review {
            if limit.is_some() {
                findings.push(Finding::new(
                    "lint.first_review_limit",
                    &format!("steps[{index}].first_review_limit"),
                    "a term of the first review stands at a step that is none",
                ));
            }
            continue;
        }
        if content.item_type != ItemType::Permit {
            findings.push(Finding::new(
                "lint.first_review",
                &field,
                "only permits have a first review by the organ below",
            ));
        } else if marked {
            findings.push(Finding::new(
                "lint.first_review_twice",
                &field,
                "two steps are marked as the first review",
            ));
        } else if !step.stands_before_decision() {
            findings.push(Finding::new(
                "lint.first_review_step",
                &field,
                "a first review is completed before the decision, as a step review, inspect or examine",
            ));
        }
        marked = true;
        if limit.is_some_and(|limit| limit.basis.as_deref().is_none_or(|basis| basis.trim().is_empty())) {
            findings.push(Finding::missing(
                "lint.first_review_basis",
                &format!("steps[{index}].first_review_limit.basis"),
            ));
        }
    }
}

/// What stops a running clock must rest on an article.
pub(super) fn special_procedures(content: &ItemContent, findings: &mut Vec<Finding>) {
    for (index, procedure) in content.special_procedures.iter().enumerate() {
        if procedure.basis.trim().is_empty() {
            findings.push(Finding::missing(
                "lint.special_basis",
                &format!("special_procedures[{index}].basis"),
            ));
        }
    }
}

/// A duty to check names its law and its article, and a source that form or materials draw on, each once.
pub(super) fn duties(content: &ItemContent, findings: &mut Vec<Finding>) {
    let sources = content.resources();
    for (index, duty) in content.duties.iter().enumerate() {
        for (part, text) in [("law", &duty.law), ("article", &duty.article)] {
            if text.trim().is_empty() {
                findings.push(Finding::missing(
                    "lint.duty_incomplete",
                    &format!("duties[{index}].{part}"),
                ));
            }
        }
        let twice = content
            .duties
            .iter()
            .take(index)
            .any(|earlier| earlier.resource == duty.resource);
        if twice || !sources.contains(&duty.resource.as_str()) {
            findings.push(
                Finding::new(
                    "lint.duty_idle",
                    &format!("duties[{index}].resource"),
                    "the form and the materials do not draw on this source, or its duty is named twice",
                )
                .with("resource", duty.resource.trim()),
            );
        }
    }
}

/// 延续 (行政许可法 50) is of permits that end in a licence of a known type, issued for some months. Another term than the law's thirty days
/// names what sets it.
fn renewal(content: &ItemContent, index: usize, findings: &mut Vec<Finding>) {
    let Some(result) = content.results.get(index) else {
        return;
    };
    if result.renews
        && (content.item_type != ItemType::Permit
            || result.kind != ResultKind::Licence
            || result.licence_type.is_none()
            || result.valid_months.is_none_or(|months| months == 0))
    {
        findings.push(Finding::new(
            "lint.renewal",
            &format!("results[{index}].renews"),
            "a renewal is of a permit with a licence of a known type that is issued for some months",
        ));
    }
    let basis = result.renew_before_basis.as_deref().unwrap_or_default();
    if result.renew_before_days.is_some() && (!result.renews || basis.trim().is_empty()) {
        findings.push(Finding::new(
            "lint.renewal_term",
            &format!("results[{index}].renew_before_days"),
            "a term for the renewal stands at a renewal and names what sets it",
        ));
    }
}

/// A result's name says its kind: …证 a licence (出证办结), …文 a document (出文办结), …批复 an approval (审批办结). A named result has a sample. What can be
/// applied for here and ends in a licence says which, and fills it from fields that the form has.
pub(super) fn results(content: &ItemContent, findings: &mut Vec<Finding>) {
    let properties = content.form.get("properties").and_then(Value::as_object);
    for (index, result) in content.results.iter().enumerate() {
        let name = result.name.trim();
        let fits = if name.ends_with('证') {
            result.kind == ResultKind::Licence
        } else if name.ends_with("批复") {
            result.kind == ResultKind::Approval
        } else if name.ends_with('文') {
            result.kind == ResultKind::Document
        } else {
            true
        };
        if !fits {
            findings.push(
                Finding::new(
                    "lint.result_kind",
                    &format!("results[{index}].kind"),
                    "the kind of the result does not fit its name",
                )
                .with("name", name),
            );
        }
        let handed_over = result.kind != ResultKind::Nothing && !name.is_empty();
        if handed_over
            && result.sample_file.is_none()
            && result
                .sample
                .as_deref()
                .is_none_or(|sample| sample.trim().is_empty())
        {
            findings.push(
                Finding::missing("lint.result_sample", &format!("results[{index}].sample"))
                    .with("name", name),
            );
        }
        if content.has_form() && result.kind == ResultKind::Licence && result.licence_type.is_none() {
            findings.push(Finding::missing(
                "lint.result_licence_type",
                &format!("results[{index}].licence_type"),
            ));
        }
        renewal(content, index, findings);
        for (licence_field, form_field) in &result.fields {
            if properties.is_none_or(|properties| !properties.contains_key(form_field)) {
                findings.push(
                    Finding::new(
                        "lint.result_field",
                        &format!("results[{index}].fields.{licence_field}"),
                        "the licence is filled from a field that the form does not have",
                    )
                    .with("form_field", form_field),
                );
            }
        }
    }
}

/// 情形: each has a name of its own, and what a material names is one of them.
pub(super) fn situations(content: &ItemContent, findings: &mut Vec<Finding>) {
    let name_of = |index: usize| {
        content
            .situations
            .get(index)
            .map(|situation| situation.name.trim())
    };
    for index in 0..content.situations.len() {
        let name = name_of(index);
        if name.is_none_or(str::is_empty) || (0..index).any(|earlier| name_of(earlier) == name) {
            findings.push(Finding::new(
                "lint.situation_name",
                &format!("situations[{index}].name"),
                "a situation has a name of its own",
            ));
        }
    }
    for (index, material) in content.materials.iter().enumerate() {
        for wanted in &material.situations {
            if !content
                .situations
                .iter()
                .any(|situation| situation.name == *wanted)
            {
                findings.push(
                    Finding::new(
                        "lint.situation_unknown",
                        &format!("materials[{index}].situations"),
                        "the material names a situation that the matter does not have",
                    )
                    .with("situation", wanted),
                );
            }
        }
    }
}

/// Another system's page is named whole, so that people see where they go: `https://…`.
pub(super) fn addresses(content: &ItemContent, findings: &mut Vec<Finding>) {
    for (field, address) in [
        ("online_address", &content.online_address),
        ("mobile_address", &content.mobile_address),
    ] {
        let whole = |address: &str| {
            ["https://", "http://"]
                .iter()
                .any(|scheme| address.strip_prefix(scheme).is_some_and(|rest| !rest.is_empty()))
        };
        if address
            .as_deref()
            .is_some_and(|address| !address.trim().is_empty() && !whole(address.trim()))
        {
            findings.push(Finding::new(
                "lint.address",
                field,
                "an address begins with https:// or http://",
            ));
        }
    }
}
