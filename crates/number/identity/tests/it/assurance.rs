//! Opening an account by phone, the real-name check, face checks, and what each of them allows.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicBool, Ordering},
};
use std::time::Duration as Span;

use chrono::Duration;
use serde_json::{Map, Value, json};
use tongban_access::{Action, Actor, Assurance, PartyKind, Thing, permit};
use tongban_codes::RegionCode;
use tongban_exchange::{Exchange, Field, Resource, ShareClass, Source, Subject, http_client};
use tongban_identity::{
    AccountKind, BegunFaceCheck, Browser, ChangePassword, ChangePhone, CheckRealName, CodeFor, Error,
    FaceOutcome, FaceProvider, FaceStarted, FaceSubject, FaceTrouble, OpenedSession, Proof, RealNamePurpose,
    RealNameRules, RegisterWithCode, Session, account, begin_face_check, change_password, change_phone,
    check_real_name, finish_face_check, load_session, party, register_with_code, request_phone_code,
};
use tongban_store::{
    Signer, Store, Worker,
    keep::{Step, key_use, reseal},
};
use tongban_testkit::{Kit, both};

use crate::builders::*;

pub const NEW_PHONE: &str = "10033334444";
const CARD: &str = "51990000123";

/// The registers, as a later room would serve them.
struct Registers {
    silent: AtomicBool,
}

#[async_trait::async_trait]
impl Source for Registers {
    async fn resource(&self, code: &str) -> Result<Option<Resource>, tongban_exchange::Error> {
        let fields = match code {
            "test:population" => ["name"],
            "test:insurance" => ["card"],
            _ => return Ok(None),
        };
        Ok(Some(Resource {
            code: code.to_owned(),
            name: code.to_owned(),
            organisation: uuid::Uuid::from_u128(5),
            organisation_name: "示范市公安局".to_owned(),
            subject: PartyKind::Person,
            share_class: ShareClass::Conditional,
            url: String::new(),
            fields: fields
                .iter()
                .map(|name| Field {
                    name: (*name).to_owned(),
                    title: (*name).to_owned(),
                })
                .collect(),
        }))
    }

    async fn facts(
        &self,
        code: &str,
        subject: &Subject,
    ) -> Result<Option<Map<String, Value>>, tongban_exchange::Error> {
        if self.silent.load(Ordering::Relaxed) {
            std::future::pending::<()>().await;
        }
        if subject.number != citizen() {
            return Ok(None);
        }
        let fact = match code {
            "test:population" => ("name", json!("王小明")),
            _ => ("card", json!(CARD)),
        };
        Ok(Some(Map::from_iter([(fact.0.to_owned(), fact.1)])))
    }
}

fn rules() -> RealNameRules {
    RealNameRules {
        register: "test:population".to_owned(),
        name_field: "name".to_owned(),
        proofs: vec![Proof {
            word: "card".to_owned(),
            resource: "test:insurance".to_owned(),
            field: "card".to_owned(),
        }],
        organisation: "示范市行政审批局".to_owned(),
        region: RegionCode::parse("519900000000").unwrap(),
    }
}

pub struct Office {
    pub store: Store,
    exchange: Exchange,
    registers: Arc<Registers>,
    pub sink: tongban_courier::ScreenSink,
    pub worker: Worker,
}

impl Office {
    pub fn open(kit: &Kit) -> Self {
        let store = kit.store.clone();
        let registers = Arc::new(Registers {
            silent: AtomicBool::new(false),
        });
        let exchange = Exchange::new(
            store.clone(),
            Arc::new(RealNamePurpose::new(store.clone(), rules())),
            http_client().unwrap(),
        )
        .with_source(Arc::clone(&registers) as Arc<dyn Source>);
        let (sink, worker) = telephones(&store);
        Self {
            store,
            exchange,
            registers,
            sink,
            worker,
        }
    }

    pub async fn code_for(&self, phone: &'static str, purpose: CodeFor) -> String {
        self.store
            .write(Signer::nobody(), move |tx| async move {
                request_phone_code(&tx, phone, purpose).await
            })
            .await
            .unwrap();
        self.worker.drain().await.unwrap();
        code_on(&self.sink, phone)
    }

    /// Somebody of whom nothing but the phone is known.
    pub async fn newcomer(&self) -> OpenedSession {
        let code = self.code_for(NEW_PHONE, CodeFor::Register).await;
        self.register(NEW_PHONE, &code).await.unwrap()
    }

    pub async fn register(&self, phone: &str, code: &str) -> Result<OpenedSession, Error> {
        let input = RegisterWithCode {
            phone: phone.to_owned(),
            code: code.to_owned(),
            browser: Browser::default(),
        };
        register_with_code(&self.store, input).await
    }

    async fn check(&self, opened: &OpenedSession, name: &str, card: &str) -> Result<(), Error> {
        let actor = &opened.session.actor;
        let input = CheckRealName {
            session: opened.session.id,
            name: name.to_owned(),
            number: citizen(),
            proof: Some(("card".to_owned(), card.to_owned())),
        };
        check_real_name(
            &self.store,
            &self.exchange,
            actor,
            &rules(),
            input,
            Span::from_millis(200),
        )
        .await
    }

    /// Signs in by a code to the new phone, which has an account by now.
    pub async fn sign_in_by_phone(&self) -> OpenedSession {
        ask(&self.store, AccountKind::Person, NEW_PHONE).await.unwrap();
        self.worker.drain().await.unwrap();
        let code = code_on(&self.sink, NEW_PHONE);
        by_code(&self.store, AccountKind::Person, NEW_PHONE, &code)
            .await
            .unwrap()
    }

    pub async fn session(&self, opened: &OpenedSession) -> Session {
        load_session(&self.store, &opened.token).await.unwrap().unwrap()
    }
}

both! { migrations,
async fn a_phone_opens_an_account_that_may_do_little(kit: Kit) {
    let office = Office::open(&kit);
    let opened = office.newcomer().await;
    let actor = &opened.session.actor;
    assert_eq!(actor.assurance(), Some(Assurance::Registered));
    let known = account(&kit.store, opened.session.account.id).await.unwrap().unwrap();
    assert_eq!((known.name.as_str(), known.masked_number, known.assurance), ("100****4444", None, Assurance::Registered));
    // There is no number to apply with, and the table says what is missing.
    assert!(party(&kit.store, known.id).await.unwrap().is_none());
    let denied = permit(actor, Action::CaseApply, &Thing::of(known.id)).unwrap_err();
    assert_eq!(denied.needs, Some(Assurance::RealName));
    // The phone signs in to the same account ever after.
    kit.clock.advance(Duration::minutes(1));
    let code = office.code_for(NEW_PHONE, CodeFor::Register).await;
    assert_eq!(office.register(NEW_PHONE, &code).await.unwrap().session.account.id, known.id);
    assert_eq!(code_of(office.register(NEW_PHONE, &code).await), "identity.code_wrong");
} }

both! { migrations,
async fn a_wrong_code_opens_nothing(kit: Kit) {
    let office = Office::open(&kit);
    let code = office.code_for(NEW_PHONE, CodeFor::Register).await;
    for _ in 0..5 {
        assert_eq!(code_of(office.register(NEW_PHONE, &another(&code)).await), "identity.code_wrong");
    }
    assert_eq!(code_of(office.register(NEW_PHONE, &code).await), "identity.code_wrong");
    assert_eq!(code_of(office.register("123", &code).await), "phone.length");
    let again = kit
        .store
        .write(Signer::nobody(), |tx| async move { request_phone_code(&tx, NEW_PHONE, CodeFor::Register).await })
        .await;
    assert_eq!(code_of(again), "identity.code_too_soon");
} }

both! { migrations,
async fn registers_that_agree_raise_the_level(kit: Kit) {
    let office = Office::open(&kit);
    let opened = office.newcomer().await;
    office.check(&opened, "王小明", "5199 0000 123").await.unwrap();
    let session = office.session(&opened).await;
    assert_eq!(session.actor.assurance(), Some(Assurance::RealName));
    let known = party(&kit.store, session.account.id).await.unwrap().unwrap();
    assert_eq!((known.name.as_str(), known.number), ("王小明", citizen()));
    // Name and number are names to sign in with now.
    by_code_of_number(&office, &kit).await;
    // Whose number it is sees that it was asked about.
    let about = tongban_identity::subject_blind(&kit.store, PartyKind::Person, &citizen());
    assert!(log_about(&kit.store, about).await > 0);
    assert_eq!(
        code_of(office.check(&opened, "王小明", CARD).await),
        "identity.real_name_already"
    );
} }

async fn by_code_of_number(office: &Office, kit: &Kit) {
    kit.clock.advance(Duration::minutes(1));
    ask(&kit.store, AccountKind::Person, &citizen()).await.unwrap();
    office.worker.drain().await.unwrap();
    let code = code_on(&office.sink, NEW_PHONE);
    by_code(&kit.store, AccountKind::Person, &citizen(), &code)
        .await
        .unwrap();
}

both! { migrations,
async fn what_differs_or_is_silent_raises_nothing(kit: Kit) {
    let office = Office::open(&kit);
    let opened = office.newcomer().await;
    // Which of the two differs, nobody is told.
    assert_eq!(code_of(office.check(&opened, "王大明", CARD).await), "identity.real_name_differs");
    assert_eq!(code_of(office.check(&opened, "王小明", "1").await), "identity.real_name_differs");
    assert_eq!(code_of(office.check(&opened, "王小明", " ").await), "identity.proof_missing");
    assert_eq!(code_of(office.check(&opened, "", CARD).await), "identity.name_missing");
    office.registers.silent.store(true, Ordering::Relaxed);
    assert_eq!(code_of(office.check(&opened, "王小明", CARD).await), "identity.real_name_silent");
    office.registers.silent.store(false, Ordering::Relaxed);
    // What was silent is not counted, what differed is.
    for _ in 0..3 {
        assert_eq!(code_of(office.check(&opened, "王大明", CARD).await), "identity.real_name_differs");
    }
    assert_eq!(code_of(office.check(&opened, "王小明", CARD).await), "identity.real_name_too_many");
    assert_eq!(office.session(&opened).await.actor.assurance(), Some(Assurance::Registered));
} }

both! { migrations,
async fn a_number_has_one_account(kit: Kit) {
    let office = Office::open(&kit);
    let first = person(&kit.store).await;
    let opened = office.newcomer().await;
    let refused = office.check(&opened, "王小明", CARD).await;
    let Err(Error::Refused(refusal)) = refused else { panic!("not refused") };
    assert_eq!((refusal.code, refusal.args["phone"].as_str()), ("identity.number_has_account", "100****5678"));
    // Signed in to the first one, the new phone is theirs, and the account of level 1 goes up in it.
    let old = signed_in(&kit.store).await;
    kit.clock.advance(Duration::minutes(1));
    let code = office.code_for(NEW_PHONE, CodeFor::Change(first)).await;
    let input = ChangePhone { session: old.session.id, phone: NEW_PHONE.to_owned(), code };
    change_phone(&kit.store, &old.session.actor, input).await.unwrap();
    assert!(load_session(&kit.store, &opened.token).await.unwrap().is_none());
    kit.clock.advance(Duration::minutes(1));
    assert_eq!(office.sign_in_by_phone().await.session.account.id, first);
    assert!(log_of(&kit.store, opened.session.account.id).await.contains(&"identity.merged".to_owned()));
    // The old phone was told.
    assert!(office.sink.messages(PHONE)[0].contains("100****4444"));
} }

both! { migrations,
async fn a_phone_is_changed_soon_after_signing_in_only(kit: Kit) {
    let office = Office::open(&kit);
    let id = person(&kit.store).await;
    let old = signed_in(&kit.store).await;
    kit.clock.advance(Duration::minutes(15));
    let code = office.code_for(NEW_PHONE, CodeFor::Change(id)).await;
    let input = ChangePhone { session: old.session.id, phone: NEW_PHONE.to_owned(), code };
    assert_eq!(code_of(change_phone(&kit.store, &old.session.actor, input.clone()).await), "identity.sign_in_anew");
    let anew = signed_in(&kit.store).await;
    let wrong = ChangePhone { session: anew.session.id, code: another(&input.code), ..input.clone() };
    assert_eq!(code_of(change_phone(&kit.store, &anew.session.actor, wrong).await), "identity.code_wrong");
    let foreign = ChangePhone { session: old.session.id, ..input.clone() };
    let stranger = Actor::party(uuid::Uuid::from_u128(7), PartyKind::Person);
    assert!(matches!(change_phone(&kit.store, &stranger, foreign).await, Err(Error::NotFound)));
    let right = ChangePhone { session: anew.session.id, ..input };
    change_phone(&kit.store, &anew.session.actor, right).await.unwrap();
} }

/// A provider that says what it is told.
struct Provider(Mutex<Result<FaceOutcome, ()>>);

#[async_trait::async_trait]
impl FaceProvider for Provider {
    fn is_simulated(&self) -> bool {
        true
    }

    async fn begin(&self, who: FaceSubject, back: &str) -> Result<FaceStarted, FaceTrouble> {
        assert_eq!((who.name.as_str(), who.number), ("王小明", citizen()));
        Ok(FaceStarted {
            reference: "reference".to_owned(),
            address: back.to_owned(),
        })
    }

    async fn outcome(&self, reference: &str) -> Result<FaceOutcome, FaceTrouble> {
        assert_eq!(reference, "reference");
        self.0
            .lock()
            .unwrap()
            .map_err(|()| FaceTrouble("gone".to_owned()))
    }
}

both! { migrations,
async fn a_face_check_recognises_for_an_hour(kit: Kit) {
    let office = Office::open(&kit);
    person(&kit.store).await;
    let opened = signed_in(&kit.store).await;
    let provider = Provider(Mutex::new(Err(())));
    let (store, actor, session) = (&kit.store, &opened.session.actor, opened.session.id);
    let begin = || BegunFaceCheck { session, back: "/my/cases".to_owned(), kept: None };
    let address = begin_face_check(store, &provider, actor, "https://site", begin()).await.unwrap();
    let id = address.rsplit('/').next().unwrap().parse().unwrap();
    let finished = finish_face_check(store, &provider, actor, session, id).await.unwrap();
    assert_eq!((finished.outcome, finished.silent, finished.back.as_str()), (FaceOutcome::Pending, true, "/my/cases"));
    *provider.0.lock().unwrap() = Ok(FaceOutcome::Pending);
    assert_eq!(finish_face_check(store, &provider, actor, session, id).await.unwrap().outcome, FaceOutcome::Pending);
    *provider.0.lock().unwrap() = Ok(FaceOutcome::Passed);
    // Another session of the same person is not the one that was looked at.
    let other = signed_in(&kit.store).await;
    let foreign = finish_face_check(store, &provider, &other.session.actor, other.session.id, id).await;
    assert!(matches!(foreign, Err(Error::NotFound)));
    let ended = finish_face_check(store, &provider, actor, session, id).await.unwrap();
    assert_eq!((ended.outcome, ended.back.as_str()), (FaceOutcome::Passed, "/my/cases"));
    assert_eq!(office.session(&opened).await.actor.assurance(), Some(Assurance::InPerson));
    assert_eq!(office.session(&other).await.actor.assurance(), Some(Assurance::RealName));
    // Twice is once: the hour is not lengthened.
    kit.clock.advance(Duration::minutes(10));
    finish_face_check(store, &provider, actor, session, id).await.unwrap();
    kit.clock.advance(Duration::minutes(50));
    assert_eq!(office.session(&opened).await.actor.assurance(), Some(Assurance::RealName));
} }

both! { migrations,
async fn a_failed_face_check_recognises_nobody(kit: Kit) {
    let office = Office::open(&kit);
    person(&kit.store).await;
    let opened = signed_in(&kit.store).await;
    let provider = Provider(Mutex::new(Ok(FaceOutcome::Failed)));
    let (store, actor, session) = (&kit.store, &opened.session.actor, opened.session.id);
    let begin = || BegunFaceCheck { session, back: "/".to_owned(), kept: None };
    for _ in 0..10 {
        let address = begin_face_check(store, &provider, actor, "https://site", begin()).await.unwrap();
        let id = address.rsplit('/').next().unwrap().parse().unwrap();
        assert_eq!(finish_face_check(store, &provider, actor, session, id).await.unwrap().outcome, FaceOutcome::Failed);
        // What failed stays failed, whatever the provider says later.
        *provider.0.lock().unwrap() = Ok(FaceOutcome::Passed);
        assert_eq!(finish_face_check(store, &provider, actor, session, id).await.unwrap().outcome, FaceOutcome::Failed);
        *provider.0.lock().unwrap() = Ok(FaceOutcome::Failed);
    }
    assert_eq!(office.session(&opened).await.actor.assurance(), Some(Assurance::RealName));
    assert_eq!(code_of(begin_face_check(store, &provider, actor, "https://site", begin()).await), "identity.face_too_many");
    let newcomer = office.newcomer().await;
    let begin = BegunFaceCheck { session: newcomer.session.id, back: "/".to_owned(), kept: None };
    let refused = begin_face_check(store, &provider, &newcomer.session.actor, "https://site", begin).await;
    assert_eq!(code_of(refused), "identity.persons_only");
} }

both! { migrations,
async fn checks_that_run_stay_under_no_old_key(kit: Kit) {
    let office = Office::open(&kit);
    person(&kit.store).await;
    let opened = signed_in(&kit.store).await;
    let provider = Provider(Mutex::new(Ok(FaceOutcome::Passed)));
    let (store, actor, session) = (&kit.store, &opened.session.actor, opened.session.id);
    let kept = store.seal("kept_form", "what was typed").unwrap();
    let begin = BegunFaceCheck { session, back: "/my".to_owned(), kept: Some(kept) };
    let address = begin_face_check(store, &provider, actor, "https://site", begin).await.unwrap();
    // A check at a register that does not answer yet.
    let newcomer = office.newcomer().await;
    office.registers.silent.store(true, Ordering::Relaxed);
    let (exchange, by) = (office.exchange.clone(), newcomer.session.actor.clone());
    let slow = tokio::spawn({
        let store = store.clone();
        async move {
            let input = CheckRealName {
                session: newcomer.session.id,
                name: "王小明".to_owned(),
                number: citizen(),
                proof: Some(("card".to_owned(), CARD.to_owned())),
            };
            check_real_name(&store, &exchange, &by, &rules(), input, Span::from_secs(60)).await
        }
    });
    let silent = |_step: Step| {};
    let old = store.keys().field_key_ids()[0].clone();
    loop {
        let used = key_use(store, &old, &silent).await.unwrap();
        if used.columns.contains_key("real_name_checks.number_sealed") {
            assert!(used.columns.contains_key("face_checks.reference_sealed"));
            assert!(used.columns.contains_key("face_checks.kept"));
            break;
        }
        tokio::task::yield_now().await;
    }
    store.keys().rotate_field_key().unwrap();
    let columns = [tongban_identity::SEALED_COLUMNS, tongban_exchange::SEALED_COLUMNS].concat();
    reseal(store, &columns, &silent).await.unwrap();
    let left = key_use(store, &old, &silent).await.unwrap();
    assert!(!left.columns.keys().any(|column| column.contains("_checks")), "{left:?}");
    let id = address.rsplit('/').next().unwrap().parse().unwrap();
    let finished = finish_face_check(store, &provider, actor, session, id).await.unwrap();
    assert_eq!(store.unseal("kept_form", &finished.kept.unwrap()).unwrap(), "what was typed");
    slow.abort();
} }

both! { migrations,
async fn a_code_is_good_for_what_it_was_asked_for(kit: Kit) {
    let office = Office::open(&kit);
    let id = person(&kit.store).await;
    let old = signed_in(&kit.store).await;
    let asked = [
        CodeFor::Register,
        CodeFor::Change(id),
        CodeFor::Change(uuid::Uuid::from_u128(7)),
        CodeFor::Window(uuid::Uuid::from_u128(98)),
    ];
    for purpose in asked {
        let code = office.code_for(PHONE, purpose).await;
        assert_eq!(code_of(by_code(&kit.store, AccountKind::Person, PHONE, &code).await), "identity.code_wrong", "{purpose:?}");
        kit.clock.advance(Duration::minutes(1));
        // A code to sign in, and those of others, move no phone.
        if purpose != CodeFor::Change(id) {
            let new = office.code_for(NEW_PHONE, purpose).await;
            let input = ChangePhone { session: old.session.id, phone: NEW_PHONE.to_owned(), code: new };
            assert_eq!(code_of(change_phone(&kit.store, &old.session.actor, input).await), "identity.code_wrong", "{purpose:?}");
        }
    }
} }

both! { migrations,
async fn a_phone_of_somebody_known_opens_no_account_for_another(kit: Kit) {
    let office = Office::open(&kit);
    person(&kit.store).await;
    let code = office.code_for(PHONE, CodeFor::Register).await;
    let Err(Error::Refused(refusal)) = office.register(PHONE, &code).await else { panic!("not refused") };
    assert_eq!((refusal.code, refusal.args["name"].as_str()), ("identity.phone_has_account", "王××"));
} }

both! { migrations,
async fn what_an_earlier_holder_of_the_phone_left_is_gone_after_the_check(kit: Kit) {
    let office = Office::open(&kit);
    let earlier = office.newcomer().await;
    let password = ChangePassword { session: earlier.session.id, old: None, new: "an-earlier-password-9".to_owned() };
    change_password(&kit.store, &earlier.session.actor, password).await.unwrap();
    kit.clock.advance(Duration::days(1));
    let now = office.newcomer().await;
    assert_eq!(now.session.account.id, earlier.session.account.id);
    let chosen = ChangePassword { session: now.session.id, old: None, new: "a-chosen-password-9".to_owned() };
    office.check(&now, "王小明", CARD).await.unwrap();
    assert!(load_session(&kit.store, &earlier.token).await.unwrap().is_none());
    let tried = by_password(&kit.store, AccountKind::Person, &citizen(), "an-earlier-password-9").await;
    assert_eq!(code_of(tried), "identity.sign_in_failed");
    change_password(&kit.store, &now.session.actor, chosen).await.unwrap();
} }

both! { migrations,
async fn one_number_is_guessed_at_ten_times_a_day_by_all_together(kit: Kit) {
    let office = Office::open(&kit);
    for turn in 0..3 {
        kit.clock.advance(Duration::minutes(1));
        let phone: &'static str = ["10033334441", "10033334442", "10033334443"][turn];
        let code = office.code_for(phone, CodeFor::Register).await;
        let opened = office.register(phone, &code).await.unwrap();
        let most = if turn < 2 { 5 } else { 0 };
        for _ in 0..most {
            assert_eq!(code_of(office.check(&opened, "王大明", CARD).await), "identity.real_name_differs");
        }
        assert_eq!(code_of(office.check(&opened, "王小明", CARD).await), "identity.real_name_too_many");
    }
} }
