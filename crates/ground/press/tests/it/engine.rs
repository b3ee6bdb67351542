//! The engine with the templates that the installation ships.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use std::path::PathBuf;
use std::sync::LazyLock;
use tongban_press::{Page, PressError, Typesetter, TypstEngine, extract_record, qr_svg};

const LICENCE: &str = include_str!("../../../../../templates/documents/licence.typ");
const NOTICE: &str = include_str!("../../../../../templates/documents/notice.typ");
const RECORD: &[u8] = br#"{"payload":"{}","alg":"SM2-SM3"}"#;

/// The fonts of the machine; `None`, with a line that says so, where there are none.
static ENGINE: LazyLock<Option<TypstEngine>> = LazyLock::new(|| match TypstEngine::new(&[]) {
    Ok(engine) => Some(engine),
    Err(error) => {
        eprintln!("SKIPPED: {error}");
        None
    }
});

fn at() -> DateTime<Utc> {
    DateTime::from_timestamp(1_793_721_600, 0).unwrap()
}

fn licence() -> Value {
    json!({
        "demo": true,
        "title": "食品经营许可证",
        "number": "JY15199000000018",
        "holder": {"label": "经营者名称", "name": "示范市云边小馆餐饮有限公司", "number": "91519900********3X"},
        "fields": [
            {"label": "社会信用代码", "value": "91519900MA00000A3X"},
            {"label": "法定代表人", "value": "林晓舟"},
            {"label": "住所", "value": "示范市临江区青石街道沿河路 18 号 2 栋一层 106 室"},
            {"label": "经营场所", "value": "示范市临江区青石街道沿河路 18 号 2 栋一层 106 室（与住所一致）"},
            {"label": "主体业态", "value": "餐饮服务经营者（小型餐饮）"},
            {"label": "经营项目", "value": "热食类食品制售；冷食类食品制售（不含裱花类糕点、不含生食海产品）；自制饮品制售"}
        ],
        "valid": "2026 年 11 月 3 日 至 2031 年 11 月 2 日",
        "issuer": "示范市市场监督管理局",
        "issued_on": "2026 年 11 月 3 日",
        "identifier": "1.2.156.3005.2.11100000MB0000000A0000.11519900000000000A.91519900MA00000A3X.001.Q",
        "qr": qr_svg("https://example.invalid/verify/7Qm2kXbT0cVg4wZrN8sLaP").unwrap(),
        "verify_at": "example.invalid/verify"
    })
}

fn notice() -> Value {
    json!({
        "demo": true,
        "organ": "示范市市场监督管理局",
        "title": "准予行政许可决定书",
        "number": "示市监许准〔2026〕1号",
        "addressee": "示范市云边小馆餐饮有限公司",
        "paragraphs": [
            "你（单位）于2026年11月2日提出的食品经营许可（新办）申请，本机关已于当日受理，申请编号 519900-20261102-000018-4。",
            "经审查，申请材料齐全，符合法定形式，经营场所、设备设施和管理制度符合规定条件。依照《中华人民共和国行政许可法》第三十八条第一款的规定，本机关决定准予许可，并于十日内向你（单位）颁发《食品经营许可证》。"
        ],
        "fields": [
            {"label": "许可项目", "value": "食品经营许可（新办）"},
            {"label": "许可证编号", "value": "JY15199000000018"}
        ],
        "remedies": [
            "如不服本决定，可以自收到本决定书之日起六十日内依法申请行政复议，也可以自收到之日起六个月内依法提起行政诉讼。"
        ],
        "date": "2026年11月3日",
        "contact": "联系电话：000-00000000",
        "qr": qr_svg("https://example.invalid/verify/7Qm2kXbT0cVg4wZrN8sLaP").unwrap()
    })
}

fn page(template: &str, data: Value) -> Page {
    Page {
        template: template.to_owned(),
        data,
        record: Some(("record.json".to_owned(), RECORD.to_vec())),
        at: at(),
    }
}

/// Keeps the PDF for a look when `TONGBAN_PRESS_KEEP` names a folder.
fn keep(name: &str, pdf: &[u8]) {
    if let Some(folder) = std::env::var_os("TONGBAN_PRESS_KEEP") {
        std::fs::write(PathBuf::from(folder).join(name), pdf).unwrap();
    }
}

#[test]
fn both_documents_are_printed_with_their_record() {
    let Some(engine) = &*ENGINE else { return };
    for (name, template, data) in [
        ("licence.pdf", LICENCE, licence()),
        ("notice.pdf", NOTICE, notice()),
    ] {
        let pdf = engine.pdf(&page(template, data.clone())).unwrap();
        keep(name, &pdf);
        assert_eq!(
            extract_record(&pdf, "record.json").unwrap().as_deref(),
            Some(RECORD),
            "{name}"
        );
        assert_eq!(
            pdf,
            engine.pdf(&page(template, data)).unwrap(),
            "{name} is the same each time"
        );
        let document = lopdf::Document::load_mem(&pdf).unwrap();
        assert_eq!(document.get_pages().len(), 1, "{name} fits a page");
    }
}

#[test]
fn two_engines_print_the_same_bytes() {
    let (Some(engine), Ok(other)) = (&*ENGINE, TypstEngine::new(&[])) else {
        return;
    };
    let page = page(LICENCE, licence());
    assert_eq!(engine.pdf(&page).unwrap(), other.pdf(&page).unwrap());
}

#[test]
fn optional_parts_may_be_absent() {
    let Some(engine) = &*ENGINE else { return };
    let bare = json!({"title": "居住证", "holder": {"name": "林晓舟"}, "issuer": "示范市公安局", "issued_on": "2026 年 11 月 3 日"});
    let pdf = engine
        .pdf(&Page {
            record: None,
            ..page(LICENCE, bare)
        })
        .unwrap();
    keep("licence-bare.pdf", &pdf);
    assert_eq!(extract_record(&pdf, "record.json").unwrap(), None);
    let bare = json!({"organ": "示范市公安局", "title": "受理通知书", "date": "2026年11月3日"});
    keep("notice-bare.pdf", &engine.pdf(&page(NOTICE, bare)).unwrap());
}

#[test]
fn a_long_document_goes_on_to_further_pages() {
    let Some(engine) = &*ENGINE else { return };
    let mut data = notice();
    let paragraph = data["paragraphs"][1].clone();
    data["paragraphs"] = Value::Array(vec![paragraph; 12]);
    data["organ"] = "示范市住房和城乡建设与交通运输综合行政管理委员会".into();
    let pdf = engine.pdf(&page(NOTICE, data)).unwrap();
    keep("notice-long.pdf", &pdf);
    assert!(lopdf::Document::load_mem(&pdf).unwrap().get_pages().len() > 1);
}

#[test]
fn a_character_that_no_font_has_is_refused_by_name() {
    let Some(engine) = &*ENGINE else { return };
    let mut data = licence();
    // U+2CC53 (CJK extension F) and U+31350 (extension H): in names, and in hardly any font.
    data["holder"]["name"] = "林\u{31350}\u{2CC53}".into();
    match engine.pdf(&page(LICENCE, data)) {
        Err(PressError::MissingGlyph { characters }) => assert_eq!(characters, ['\u{2CC53}', '\u{31350}']),
        other => panic!("{other:?}"),
    }
}

#[test]
fn invisible_marks_are_refused_like_missing_characters() {
    let Some(engine) = &*ENGINE else { return };
    for mark in [
        '\u{202E}', '\u{0}', '\u{200B}', '\u{2066}', '\u{E000}', '\u{FFFD}',
    ] {
        let mut data = licence();
        data["fields"][0]["value"] = format!("91{mark}51").into();
        assert!(
            matches!(
                engine.pdf(&page(LICENCE, data)),
                Err(PressError::MissingGlyph { .. })
            ),
            "{mark:?}"
        );
    }
}

#[test]
fn a_missing_character_of_the_template_is_refused_too() {
    let Some(engine) = &*ENGINE else { return };
    let template = "#set text(font: sys.inputs.fonts)\n\u{31350}";
    match engine.pdf(&page(template, json!({}))) {
        Err(PressError::MissingGlyph { characters }) => assert_eq!(characters, ['\u{31350}']),
        other => panic!("{other:?}"),
    }
}

#[test]
fn data_is_never_markup() {
    let Some(engine) = &*ENGINE else { return };
    let hostile =
        "*粗* _斜_ #panic(\"run\") #include \"/etc/passwd\" $x$ // 注 /* <a> @b \\ `c` [d] {e} = 标题";
    let mut data = licence();
    data["holder"]["name"] = hostile.into();
    data["fields"][0]["value"] = "#{ while true {} }".into();
    let pdf = engine.pdf(&page(LICENCE, data)).unwrap();
    keep("licence-hostile.pdf", &pdf);
    let mut data = notice();
    data["paragraphs"] = json!([hostile, "]#panic()["]);
    engine.pdf(&page(NOTICE, data)).unwrap();
}

#[test]
fn a_template_reaches_no_file_and_no_package() {
    let Some(engine) = &*ENGINE else { return };
    for template in [
        "#read(\"/etc/passwd\")",
        "#include \"other.typ\"",
        "#import \"@preview/cetz:0.3.0\"",
        "#image(\"/usr/share/pixmaps/x.png\")",
    ] {
        assert!(
            matches!(
                engine.pdf(&page(template, json!({}))),
                Err(PressError::Template(_))
            ),
            "{template}"
        );
    }
}

#[test]
fn a_template_error_says_where() {
    let Some(engine) = &*ENGINE else { return };
    match engine.pdf(&page("一\n#sys.inputs.data.title", json!({}))) {
        Err(PressError::Template(text)) => assert!(text.starts_with("line 2: "), "{text}"),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_template_that_swallows_the_record_is_refused() {
    let Some(engine) = &*ENGINE else { return };
    let swallowing = page("#set text(font: sys.inputs.fonts)\n一 /*", json!({}));
    assert!(matches!(engine.pdf(&swallowing), Err(PressError::Template(_))));
}

#[test]
fn the_day_is_the_day_in_beijing() {
    let Some(engine) = &*ENGINE else { return };
    let template = "#assert.eq(datetime.today().display(), \"2026-11-04\")\n\
                    #assert.eq(datetime.today(offset: 0).display(), \"2026-11-03\")";
    let late = Page {
        at: DateTime::from_timestamp(1_793_721_600, 0).unwrap(),
        ..page(template, json!({}))
    };
    engine.pdf(&late).unwrap();
}

#[test]
fn without_fonts_the_error_says_where_they_were_looked_for() {
    let empty = tempfile::tempdir().unwrap();
    if let Err(error) = TypstEngine::new(&[empty.path().to_owned()]) {
        let PressError::NoFont { looked } = error else {
            panic!("{error:?}")
        };
        assert_eq!(looked[0], empty.path());
    }
}
