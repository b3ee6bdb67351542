//! Each rule once broken, and content without fault.

use serde_json::json;
use tongban_codes::{ItemType, LimitUnit};
use tongban_directory::import::Finding;

use super::{LINT_CODES, lint};
use crate::item::domain::{
    Audience, Fee, Handling, ItemContent, LegalBasis, Limit, Material, Place, ProjectType, Question,
    Replacement, ResultDefinition, ResultKind, Situation, SpecialProcedure, StatutoryDuty, Step,
};
use crate::item::registered::Registered;

const CLEAN: [Finding; 0] = [];
const LICENCE: &str = "11100000000013338W001";

fn replaced(replacement: Replacement) -> Material {
    Material {
        replaced_by: Some(replacement),
        ..Material::new("M1", "身份证明")
    }
}

fn duty(resource: &str) -> StatutoryDuty {
    StatutoryDuty {
        resource: resource.to_owned(),
        law: "《中华人民共和国行政许可法》".to_owned(),
        article: "第三十四条".to_owned(),
    }
}

/// What the sound content names.
fn registered() -> Registered {
    Registered {
        resources: ["enterprises.basic".to_owned()].into(),
        licence_types: [LICENCE.to_owned()].into(),
    }
}

fn situation(name: &str) -> Situation {
    Situation {
        name: name.to_owned(),
        explain: None,
    }
}

fn sound() -> ItemContent {
    let limit = |amount| Limit {
        amount,
        unit: LimitUnit::Workday,
        basis: None,
        explain: None,
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
        legal_limit: Some(limit(20)),
        promised_limit: Some(limit(5)),
        accept_condition: Some("有固定的经营场所".to_owned()),
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
        trips: Some(0),
        online: true,
        form: json!({"type": "object", "properties": {
            "name": {"type": "string", "x-source": {"resource": "enterprises.basic", "field": "name"}},
        }}),
        duties: vec![duty("enterprises.basic")],
        results: vec![ResultDefinition {
            name: "食品经营许可证".to_owned(),
            kind: ResultKind::Licence,
            licence_type: Some(LICENCE.to_owned()),
            sample: Some("样本.pdf".to_owned()),
            fields: [("经营者名称".to_owned(), "name".to_owned())].into(),
            ..ResultDefinition::default()
        }],
        ..ItemContent::new("食品经营许可（新办）", ItemType::Permit)
    }
}

#[test]
fn sound_content_has_no_finding() {
    assert_eq!(lint(&sound(), &registered()), CLEAN);
}

type Break = fn(&mut ItemContent);

const BROKEN: &[(&str, &str, Break)] = &[
    ("lint.situation_name", "situations[1].name", |content| {
        content.situations = vec![situation("首次申领"), situation("首次申领")];
    }),
    ("lint.situation_unknown", "materials[0].situations", |content| {
        content.situations = vec![situation("首次申领"), situation("遗失补领")];
        content.materials = vec![Material {
            situations: vec!["遗失补领".to_owned(), "到期换领".to_owned()],
            ..Material::new("M1", "遗失声明")
        }];
    }),
    ("lint.address", "online_address", |content| {
        content.online_address = Some("www.example.invalid".to_owned());
    }),
    ("lint.missing", "audience", |content| content.audience.clear()),
    ("lint.missing", "promised_limit", |content| {
        content.promised_limit = None
    }),
    ("lint.missing", "accept_condition", |content| {
        content.accept_condition = Some(" ".to_owned())
    }),
    ("lint.missing", "places[0].hours", |content| {
        content.places[0].hours.clear()
    }),
    ("lint.missing", "legal_basis", |content| {
        content.legal_basis.clear()
    }),
    ("lint.topic_audience", "topics", |content| {
        content.topics = vec!["开办企业".to_owned(), "户籍办理".to_owned()];
    }),
    ("lint.topic_audience", "topics", |content| {
        content.audience = vec![Audience::Person];
        content.topics = vec!["税收财务".to_owned()];
    }),
    ("lint.project_type", "project_type", |content| {
        content.project_type = ProjectType::Immediate
    }),
    ("lint.promise_longer", "promised_limit", |content| {
        content.legal_limit = None;
        content.promised_limit.as_mut().unwrap().amount = 21;
    }),
    ("lint.handling", "handling", |content| {
        content.item_type = ItemType::PublicService;
        content.handling = Handling::Joint;
    }),
    ("lint.project_type", "project_type", |content| {
        content.promised_limit = Some(Limit {
            amount: 0,
            unit: LimitUnit::Workday,
            basis: None,
            explain: None,
        });
    }),
    ("lint.promise_longer", "promised_limit", |content| {
        content.promised_limit = Some(Limit {
            amount: 21,
            unit: LimitUnit::Workday,
            basis: None,
            explain: None,
        });
    }),
    ("lint.result_kind", "results[0].kind", |content| {
        content.results[0].kind = ResultKind::Document
    }),
    ("lint.result_kind", "results[0].kind", |content| {
        content.results[0].name = "关于同意的公文".to_owned()
    }),
    ("lint.result_kind", "results[0].kind", |content| {
        content.results[0].name = "项目批复".to_owned()
    }),
    ("lint.result_kind", "results[0].kind", |content| {
        content.results[0].name = "项目批复".to_owned();
        content.results[0].kind = ResultKind::Document;
    }),
    ("lint.result_sample", "results[0].sample", |content| {
        content.results[0].sample = None
    }),
    ("lint.result_licence_type", "results[0].licence_type", |content| {
        content.results[0].licence_type = None
    }),
    (
        "lint.result_field",
        "results[0].fields.经营者名称",
        |content| {
            content.form = json!({"type": "object", "properties": {"title": {"type": "string"}}});
            content.duties.clear();
        },
    ),
    ("lint.trips_reason", "trips_reason", |content| {
        content.trips = Some(1)
    }),
    ("lint.trips_reason_idle", "trips_reason", |content| {
        content.trips_reason = Some("需要拍照".to_owned())
    }),
    ("lint.post_missing", "channels", |content| content.online = false),
    ("lint.depth_trips", "trips", |content| {
        content.online_depth = vec!["Ⅳ".to_owned()];
        content.trips = None;
    }),
    ("lint.fee_incomplete", "fees[0].basis", |content| {
        content.fees = vec![Fee {
            name: "工本费".to_owned(),
            standard: "10元".to_owned(),
            ..Fee::default()
        }];
        content.online_payment = Some(false);
    }),
    ("lint.assurance", "assurance", |content| {
        content.assurance = tongban_access::Assurance::Registered;
    }),
    ("lint.payment_idle", "online_payment", |content| {
        content.online_payment = Some(true)
    }),
    ("lint.payment_unsaid", "online_payment", |content| {
        content.fees = vec![Fee {
            name: "工本费".to_owned(),
            standard: "10元".to_owned(),
            basis: "价格公告".to_owned(),
            amount: None,
            reduction: None,
        }];
    }),
    ("lint.phone_equal", "complaint_phone", |content| {
        content.complaint_phone = Some("00001234567".to_owned())
    }),
    ("lint.phone_area", "consult_phone", |content| {
        content.consult_phone = Some("1234567".to_owned())
    }),
    ("lint.phone_area", "complaint_phone", |content| {
        content.complaint_phone = Some("值班室".to_owned())
    }),
    ("lint.permit_questions", "questions", |content| {
        content.questions.clear()
    }),
    ("lint.permit_steps", "steps", |content| {
        content.steps.pop();
    }),
    ("lint.permit_step_missing", "steps", |content| {
        content.steps[4].code = "archive".to_owned();
        content.steps[4].name = "归档".to_owned();
    }),
    ("lint.step_role", "steps[1].role", |content| {
        content.steps[1].role = "mayor".to_owned()
    }),
    ("lint.step_role", "steps[2].role", |content| {
        content.steps[2].role = "clerk".to_owned()
    }),
    ("lint.resource_unknown", "form[0].source", |content| {
        content.form["properties"]["name"]["x-source"]["resource"] = json!("enterprises.gone");
        content.duties.clear();
    }),
    ("lint.resource_unknown", "materials[0].replaced_by", |content| {
        content.materials = vec![replaced(Replacement::Resource {
            resource: "licence:unknown".to_owned(),
            fields: Vec::new(),
        })];
    }),
    (
        "lint.licence_type_unknown",
        "materials[0].replaced_by",
        |content| {
            content.materials = vec![replaced(Replacement::Licence {
                licence_type: "unknown".to_owned(),
            })];
        },
    ),
    ("lint.licence_type_unknown", "form[1].source", |content| {
        content.form["properties"]["place"] =
            json!({"type": "string", "x-source": {"licence": "unknown", "field": "place"}});
    }),
    (
        "lint.licence_type_unknown",
        "results[0].licence_type",
        |content| {
            content.results[0].licence_type = Some("unknown".to_owned());
        },
    ),
    ("lint.renewal", "results[0].renews", |content| {
        content.results[0].renews = true;
    }),
    ("lint.renewal", "results[0].renews", |content| {
        content.item_type = ItemType::PublicService;
        content.results[0].renews = true;
        content.results[0].valid_months = Some(60);
    }),
    ("lint.renewal_term", "results[0].renew_before_days", |content| {
        content.results[0].renews = true;
        content.results[0].valid_months = Some(60);
        content.results[0].renew_before_days = Some(90);
    }),
    ("lint.renewal_term", "results[0].renew_before_days", |content| {
        content.results[0].renew_before_days = Some(90);
        content.results[0].renew_before_basis = Some("某条例第九条".to_owned());
    }),
    ("lint.first_review", "steps[1].first_review", |content| {
        content.item_type = ItemType::PublicService;
        content.steps[1].first_review = true;
    }),
    ("lint.first_review_twice", "steps[2].first_review", |content| {
        content.steps[1].first_review = true;
        content.steps[2].first_review = true;
    }),
    ("lint.first_review_step", "steps[3].first_review", |content| {
        content.steps[3].first_review = true;
    }),
    (
        "lint.first_review_limit",
        "steps[1].first_review_limit",
        |content| {
            content.steps[1].first_review_limit = content.legal_limit.clone();
        },
    ),
    (
        "lint.first_review_basis",
        "steps[1].first_review_limit.basis",
        |content| {
            content.steps[1].first_review = true;
            content.steps[1].first_review_limit = content.legal_limit.clone();
        },
    ),
    ("lint.special_basis", "special_procedures[0].basis", |content| {
        content.special_procedures = vec![SpecialProcedure {
            code: "hearing".to_owned(),
            name: "听证".to_owned(),
            basis: String::new(),
            longest_workdays: None,
        }];
    }),
    ("lint.duty_incomplete", "duties[0].law", |content| {
        content.duties[0].law = " ".to_owned()
    }),
    ("lint.duty_incomplete", "duties[0].article", |content| {
        content.duties[0].article.clear()
    }),
    ("lint.duty_idle", "duties[0].resource", |content| {
        content.duties = vec![duty("population.basic")]
    }),
    ("lint.duty_idle", "duties[1].resource", |content| {
        content.duties.push(duty("enterprises.basic"))
    }),
];

#[test]
fn each_rule_names_its_field_and_nothing_else() {
    for (code, field, break_it) in BROKEN {
        let mut content = sound();
        break_it(&mut content);
        let found: Vec<(String, String)> = lint(&content, &registered())
            .into_iter()
            .map(|finding| (finding.code, finding.field))
            .collect();
        assert_eq!(found, [((*code).to_owned(), (*field).to_owned())]);
    }
}

#[test]
fn every_code_is_listed_and_tested() {
    let mut tested: Vec<&str> = BROKEN.iter().map(|(code, ..)| *code).collect();
    tested.dedup();
    let mut listed = LINT_CODES.to_vec();
    tested.sort_unstable();
    tested.dedup();
    listed.sort_unstable();
    assert_eq!(tested, listed);
}

#[test]
fn what_is_not_asked_of_everybody() {
    // A renewal, with the law's term or one of its own.
    let mut content = sound();
    content.results[0].renews = true;
    content.results[0].valid_months = Some(60);
    assert_eq!(lint(&content, &registered()), CLEAN);
    assert_eq!(
        content
            .renewal()
            .map(|renewal| (renewal.months, renewal.before_days)),
        Some((60, None))
    );
    content.results[0].renew_before_days = Some(90);
    content.results[0].renew_before_basis = Some("某条例第九条".to_owned());
    assert_eq!(lint(&content, &registered()), CLEAN);
    content.item_type = ItemType::Confirmation;
    assert_eq!(content.renewal(), None);
    // A first review by the organ below, with the law's term or one of its own.
    let mut content = sound();
    content.steps[1].first_review = true;
    assert_eq!(lint(&content, &registered()), CLEAN);
    content.steps[1].first_review_limit = Some(Limit {
        amount: 30,
        unit: LimitUnit::Workday,
        basis: Some("某条例第九条".to_owned()),
        explain: None,
    });
    assert_eq!(lint(&content, &registered()), CLEAN);
    // Other types need neither questions nor five steps.
    let mut content = sound();
    content.item_type = ItemType::PublicService;
    content.questions.clear();
    content.steps.clear();
    assert_eq!(lint(&content, &registered()), CLEAN);
    // Demo data must not invent a law.
    content.invented = true;
    content.legal_basis.clear();
    assert_eq!(lint(&content, &registered()), CLEAN);
    // Limits in different units are not compared.
    content.legal_limit = Some(Limit {
        amount: 1,
        unit: LimitUnit::Month,
        basis: None,
        explain: None,
    });
    assert_eq!(lint(&content, &registered()), CLEAN);
    // A topic of both lists, one of a locality's own, and an audience of both are all in order.
    content.topics = ["社会保障", "开饭店", "开办企业"].map(str::to_owned).to_vec();
    assert_eq!(lint(&content, &registered()), CLEAN);
    content.audience = vec![Audience::Person, Audience::Enterprise];
    content.topics.push("户籍办理".to_owned());
    assert_eq!(lint(&content, &registered()), CLEAN);
    // 批复 is an approval; other names say nothing.
    for (name, kind) in [
        ("项目批复", ResultKind::Approval),
        ("登记证明", ResultKind::Document),
    ] {
        content.results[0].name = name.to_owned();
        content.results[0].kind = kind;
        assert_eq!(lint(&content, &registered()), CLEAN, "{name}");
    }
}

#[test]
fn what_is_registered_is_no_finding() {
    let mut content = sound();
    content.materials = vec![
        replaced(Replacement::Licence {
            licence_type: LICENCE.to_owned(),
        }),
        replaced(Replacement::Resource {
            resource: format!("licence:{LICENCE}"),
            fields: Vec::new(),
        }),
        replaced(Replacement::Resource {
            resource: "enterprises.basic".to_owned(),
            fields: Vec::new(),
        }),
    ];
    assert_eq!(lint(&content, &registered()), CLEAN);
    // A fee that is said to be paid at the window only is said.
    content.fees = vec![Fee {
        name: "工本费".to_owned(),
        standard: "10元".to_owned(),
        basis: "价格公告".to_owned(),
        amount: None,
        reduction: None,
    }];
    for said in [true, false] {
        content.online_payment = Some(said);
        assert_eq!(lint(&content, &registered()), CLEAN);
    }
    // Steps of other platforms are known by their words.
    for (step, name) in content
        .steps
        .iter_mut()
        .zip(["受理申请", "初审", "领导批准", "办结", "发证"])
    {
        step.code = format!("S{name}");
        step.name = name.to_owned();
    }
    assert_eq!(lint(&content, &registered()), CLEAN);
}

#[test]
fn telephones_as_offices_write_them() {
    for phone in [
        "0826-1234567",
        "(0826)1234567",
        "010-12345678-2",
        "12345",
        "0826-1234567、0826-7654321",
        "13800000000",
    ] {
        let mut content = sound();
        content.consult_phone = Some(phone.to_owned());
        if phone == "12345" {
            content.complaint_phone = Some("0826-1111111".to_owned());
        }
        assert_eq!(lint(&content, &registered()), CLEAN, "{phone}");
    }
}
