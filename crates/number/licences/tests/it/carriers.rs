use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use serde_json::Value;
use tongban_access::{Actor, PartyKind};
use tongban_licences::{Error, Printing, RECORD_NAME, carrier, carrier_page, licence_view, wire};
use tongban_press::{BlankTypesetter, Page, PressError, Typesetter, extract_record};
use tongban_store::{PageRequest, Worker};
use tongban_testkit::both;
use uuid::Uuid;

use crate::{
    BUREAU, SITE, approver, citizen, firm_licence, issued, migrations, party, person_licence, printing, uscc,
    with_types,
};

/// Counts, and marks each print, so that two prints differ.
#[derive(Clone, Default)]
struct Counting(Arc<AtomicUsize>);

impl Typesetter for Counting {
    fn pdf(&self, page: &Page) -> Result<Vec<u8>, PressError> {
        let count = self.0.fetch_add(1, Ordering::SeqCst);
        let mut pdf = BlankTypesetter.pdf(page)?;
        pdf.extend_from_slice(format!("% print {count}\n").as_bytes());
        Ok(pdf)
    }
}

struct Fontless;

impl Typesetter for Fontless {
    fn pdf(&self, _page: &Page) -> Result<Vec<u8>, PressError> {
        Err(PressError::MissingGlyph {
            characters: vec!['\u{20BB7}', '\u{20C34}'],
        })
    }
}

both! { migrations, async fn is_printed_once_and_kept(kit: Kit) {
    with_types(&kit).await;
    let number = citizen(101);
    let licence = issued(&kit.store, person_licence(&number)).await.id;
    let holder = party(&kit.store, PartyKind::Person, &number, "13900000001").await;
    let press = Counting::default();
    let first = carrier(&kit.store, printing(press.clone()), &holder, licence).await.unwrap();
    let second = carrier(&kit.store, printing(press.clone()), &approver(BUREAU), licence).await.unwrap();
    assert_eq!(first, second);
    assert_eq!(press.0.load(Ordering::SeqCst), 1);
    let record = extract_record(&first, RECORD_NAME).unwrap().unwrap();
    let view = licence_view(&kit.store, &holder, licence).await.unwrap();
    assert_eq!(record, view.record.as_bytes());

    let stranger = party(&kit.store, PartyKind::Person, &citizen(102), "13900000002").await;
    for actor in [stranger, Actor::Nobody, approver(Uuid::from_u128(8))] {
        assert!(matches!(carrier(&kit.store, printing(press.clone()), &actor, licence).await, Err(Error::NotFound)));
    }
    let unknown = carrier(&kit.store, printing(press.clone()), &Actor::System, Uuid::from_u128(5)).await;
    assert!(matches!(unknown, Err(Error::NotFound)));
} }

both! { migrations, async fn of_two_prints_at_once_the_first_stays(kit: Kit) {
    with_types(&kit).await;
    let licence = issued(&kit.store, firm_licence(&uscc('9', "MA100001"))).await.id;
    let press = Counting::default();
    let print = || carrier(&kit.store, printing(press.clone()), &Actor::System, licence);
    let (a, b, c, d) = tokio::join!(print(), print(), print(), print());
    let kept = print().await.unwrap();
    for bytes in [a, b, c, d] {
        assert_eq!(bytes.unwrap(), kept);
    }
} }

both! { migrations, async fn a_character_without_a_font_is_named_and_nothing_is_kept(kit: Kit) {
    with_types(&kit).await;
    let licence = issued(&kit.store, firm_licence(&uscc('9', "MA100001"))).await.id;
    let Err(Error::Refused(refusal)) = carrier(&kit.store, printing(Fontless), &Actor::System, licence).await else {
        panic!("a box was printed");
    };
    assert_eq!(refusal.code, "licence.character_missing");
    assert_eq!(refusal.args["characters"], "\u{20BB7}\u{20C34}");
    assert_eq!(refusal.args["code_points"], "U+20BB7 U+20C34");
    // Staff have one task that names document and character, however often somebody asks for the page.
    assert!(carrier(&kit.store, printing(Fontless), &Actor::System, licence).await.is_err());
    let worker = |typesetter: Arc<dyn Typesetter>| wire(Worker::new(kit.store.clone()), &typesetter);
    worker(Arc::new(Fontless)).drain().await.unwrap();
    let waiting = || async { kit.store.waiting_work(PageRequest::new(1, 9)).await.unwrap().rows };
    let tasks = waiting().await;
    let told = tasks[0].last_error.as_deref().unwrap();
    assert_eq!((tasks.len(), tasks[0].kind.as_str()), (1, "press.missing_characters"));
    assert!(told.contains("食品经营许可证 1.2.156.3005.2.") && told.contains("U+20BB7"), "{told}");
    assert!(!told.contains("阳光"), "nobody is named");
    // With the font installed the task ends, also when it comes twice, and the page is printed.
    kit.clock.advance(chrono::Duration::days(1));
    worker(Arc::new(BlankTypesetter)).drain().await.unwrap();
    worker(Arc::new(BlankTypesetter)).drain().await.unwrap();
    assert_eq!(waiting().await.len(), 0);
    carrier(&kit.store, printing(BlankTypesetter), &Actor::System, licence).await.unwrap();
} }

both! { migrations, async fn the_page_says_what_was_signed(kit: Kit) {
    with_types(&kit).await;
    let firm = uscc('9', "MA100001");
    let licence = issued(&kit.store, firm_licence(&firm)).await;
    let view = licence_view(&kit.store, &Actor::System, licence.id).await.unwrap();
    let page = carrier_page(&view, "template", SITE).unwrap();
    assert_eq!((page.template.as_str(), page.at), ("template", view.created_at));
    let text = |key: &str| page.data[key].as_str().unwrap().to_owned();
    assert_eq!(text("title"), "食品经营许可证");
    assert_eq!(text("number"), "20261120000001");
    assert_eq!(text("valid"), "2026年11月20日至2031年11月19日");
    assert_eq!(text("issued_on"), "2026年11月20日");
    assert_eq!(text("issuer"), "东城县市场监督管理局");
    assert_eq!(text("identifier"), licence.identifier);
    assert_eq!(text("verify_at"), format!("{SITE}/verify"));
    assert!(text("qr").starts_with("<svg"));
    assert_eq!(page.data["demo"], Value::Bool(true));
    assert_eq!(page.data["holder"]["name"], "示范市东城县阳光餐饮有限公司");
    assert_eq!(page.data["fields"].as_array().unwrap().len(), 3, "private and unnamed fields stay back");
    let printed = page.data.to_string();
    assert!(!printed.contains(&firm) && !printed.contains("13800001111") && !printed.contains(&citizen(333)));
    // The issuer has no link to give away.
    let view = licence_view(&kit.store, &approver(BUREAU), licence.id).await.unwrap();
    assert!(carrier_page(&view, "", SITE).unwrap().data.get("qr").is_none());
    let _debug_names_nobody = format!("{:?}", Printing { typesetter: Arc::new(BlankTypesetter), template: "", site: SITE });
} }
