//! Signing in by a platform of others as the room of identity has it, with a platform that names whomever the test wants.

use std::sync::Mutex;

use chrono::{DateTime, Duration, Utc};
use tongban_access::{Actor, Assurance};
use tongban_identity::{
    AccountKind, BeginUpstream, Browser, CodeFor, Error, FinishUpstream, FinishedUpstream, OpenByUpstream,
    OpenedSession, ServeAtWindow, UpstreamAnswer, UpstreamAsked, UpstreamFor, UpstreamOutcome,
    UpstreamPerson, UpstreamProvider, UpstreamTrouble, begin_upstream, close_account, cut_upstream,
    finish_upstream, forget_upstream, link_upstream, open_by_upstream, own_upstreams, party,
    request_phone_code, serve_at_window, signed_in_lately, waiting_upstream, waiting_upstream_phone,
};
use tongban_store::{
    Signer, Store,
    keep::{Step, key_use, reseal},
};
use tongban_testkit::both;
use uuid::Uuid;

use crate::{builders::*, rest::everything_at_rest};

const NEW_PHONE: &str = "10033334444";

const HOME: &str = "https://zw.example.gov.cn";

/// A platform that names whomever the test has it name.
struct Platform {
    id: &'static str,
    vouches: bool,
    asked: Mutex<Option<UpstreamAsked>>,
    names: Mutex<Result<UpstreamPerson, UpstreamTrouble>>,
}

fn somebody(subject: &str) -> UpstreamPerson {
    UpstreamPerson {
        issuer: "https://id.example.gov.cn".to_owned(),
        subject: subject.to_owned(),
        name: Some("王小明".to_owned()),
        number: Some(citizen()),
        phone: None,
        authenticated_at: None,
    }
}

impl Platform {
    fn new(vouches: bool) -> Self {
        Self {
            id: "province",
            vouches,
            asked: Mutex::default(),
            names: Mutex::new(Ok(somebody("sub-1"))),
        }
    }

    fn name_now(&self, change: impl FnOnce(&mut UpstreamPerson)) {
        let mut person = somebody("sub-1");
        change(&mut person);
        *self.names.lock().unwrap() = Ok(person);
    }

    fn asked(&self) -> UpstreamAsked {
        self.asked.lock().unwrap().clone().unwrap()
    }
}

#[async_trait::async_trait]
impl UpstreamProvider for Platform {
    fn id(&self) -> &str {
        self.id
    }

    fn name(&self) -> &'static str {
        "省政务平台"
    }

    fn vouches(&self) -> bool {
        self.vouches
    }

    async fn address(&self, asked: &UpstreamAsked) -> Result<String, UpstreamTrouble> {
        *self.asked.lock().unwrap() = Some(asked.clone());
        Ok(format!(
            "https://id.example.gov.cn/authorize?state={}",
            asked.state
        ))
    }

    async fn person(&self, answer: &UpstreamAnswer) -> Result<UpstreamPerson, UpstreamTrouble> {
        let asked = self.asked();
        assert_eq!(answer.code, "code");
        assert_eq!((&answer.nonce, &answer.verifier), (&asked.nonce, &asked.verifier));
        assert_eq!(answer.redirect, asked.redirect);
        self.names.lock().unwrap().clone()
    }
}

async fn begin(store: &Store, platform: &Platform, wanted: UpstreamFor) -> Result<String, Error> {
    let input = BeginUpstream {
        wanted,
        back: "/my/cases".to_owned(),
        kept: None,
    };
    Ok(begin_upstream(store, platform, HOME, input).await?.browser)
}

async fn finish(store: &Store, platform: &Platform, input: FinishUpstream) -> FinishedUpstream {
    finish_upstream(store, platform, HOME, input).await.unwrap()
}

fn answer(platform: &Platform, waiting: &str) -> FinishUpstream {
    FinishUpstream {
        state: platform.asked().state,
        code: Some("code".to_owned()),
        waiting: waiting.to_owned(),
        ..FinishUpstream::default()
    }
}

/// To the platform and back; answers what the browser holds, and what came of it.
async fn there_and_back(store: &Store, platform: &Platform) -> (String, UpstreamOutcome) {
    let waiting = begin(store, platform, UpstreamFor::SignIn { anew: false })
        .await
        .unwrap();
    let finished = finish(store, platform, answer(platform, &waiting)).await;
    (waiting, finished.outcome)
}

#[track_caller]
fn opened(outcome: UpstreamOutcome) -> OpenedSession {
    match outcome {
        UpstreamOutcome::SignedIn(opened) => *opened,
        other => panic!("not signed in but {other:?}"),
    }
}

#[track_caller]
fn refusal_of(outcome: &UpstreamOutcome) -> &'static str {
    match outcome {
        UpstreamOutcome::Refused(refusal) => refusal.code,
        other => panic!("not refused but {other:?}"),
    }
}

async fn link(store: &Store, session: &OpenedSession, waiting: &str) -> Result<(), Error> {
    let session = &session.session;
    link_upstream(store, &session.actor, session.id, waiting, str::to_owned)
        .await
        .map(|_| ())
}

async fn cut(store: &Store, actor: &Actor, link: Uuid) -> Result<(), Error> {
    let by = actor.clone();
    store
        .write(actor.signer(), move |tx| {
            let by = by.clone();
            async move { cut_upstream(&tx, &by, link, str::to_owned).await }
        })
        .await
}

async fn is_fresh(store: &Store, opened: &OpenedSession) -> bool {
    let (by, id) = (opened.session.actor.clone(), opened.session.id);
    let told = store
        .write(opened.session.actor.signer(), move |tx| {
            let by = by.clone();
            async move { signed_in_lately(&tx, &by, id).await }
        })
        .await;
    told.is_ok()
}

/// Opens an account for whoever waits here, by a phone and what is sent to it.
async fn open(store: &Store, waiting: &str, phone: (&str, &str)) -> Result<OpenedSession, Error> {
    let input = OpenByUpstream {
        waiting: waiting.to_owned(),
        phone: phone.0.to_owned(),
        code: phone.1.to_owned(),
        browser: Browser::default(),
        name: "省政务平台".to_owned(),
    };
    open_by_upstream(store, input).await.map(|done| done.opened)
}

async fn code_to(store: &Store, phone: &'static str, purpose: CodeFor) -> String {
    let (sink, worker) = telephones(store);
    store
        .write(Signer::nobody(), move |tx| async move {
            request_phone_code(&tx, phone, purpose).await
        })
        .await
        .unwrap();
    worker.drain().await.unwrap();
    code_on(&sink, phone)
}

both! { migrations,
async fn a_person_links_signs_in_by_it_and_cuts_it(kit: Kit) {
    let store = &kit.store;
    let platform = Platform::new(false);
    let account = person(store).await;
    let (waiting, outcome) = there_and_back(store, &platform).await;
    assert!(matches!(outcome, UpstreamOutcome::Links), "who does not vouch signs nobody in unasked");
    let asked = waiting_upstream(store, &waiting).await.unwrap().unwrap();
    assert_eq!((asked.opens, asked.name.as_deref(), asked.number, asked.phone), (false, Some("王小明"), None, None));
    assert_eq!(asked.back, "/my/cases");
    assert!(waiting_upstream(store, "another browser").await.unwrap().is_none());

    let own = signed_in(store).await;
    assert_eq!(code_of(link(store, &own, "another browser").await), "identity.upstream_lost");
    link(store, &own, &waiting).await.unwrap();
    assert_eq!(code_of(link(store, &own, &waiting).await), "identity.upstream_lost", "once");
    let held = own_upstreams(store, &own.session.actor).await.unwrap();
    assert_eq!((held.len(), held[0].provider.as_str(), held[0].used_at), (1, "province", None));
    let (sink, worker) = telephones(store);
    worker.drain().await.unwrap();
    assert!(sink.messages(PHONE)[0].contains("关联"), "the phone is told");

    let (_, outcome) = there_and_back(store, &platform).await;
    let by_platform = opened(outcome);
    assert_eq!(by_platform.session.account.id, account);
    assert_eq!(by_platform.session.way.as_str(), "upstream");
    assert!(own_upstreams(store, &own.session.actor).await.unwrap()[0].used_at.is_some());
    // The same word of another issuer is another person.
    platform.name_now(|person| person.issuer = "https://elsewhere.example".to_owned());
    assert!(matches!(there_and_back(store, &platform).await.1, UpstreamOutcome::Links));

    cut(store, &own.session.actor, held[0].id).await.unwrap();
    assert!(matches!(cut(store, &own.session.actor, held[0].id).await, Err(Error::NotFound)));
    platform.name_now(|_| ());
    assert!(matches!(there_and_back(store, &platform).await.1, UpstreamOutcome::Links));
    let log = log_of(store, account).await;
    for action in ["identity.upstream_linked", "identity.upstream_cut"] {
        assert!(log.iter().any(|line| line == action), "{action}");
    }
} }

both! { migrations,
async fn an_answer_is_good_once_in_its_browser_for_its_platform_and_ten_minutes(kit: Kit) {
    let store = &kit.store;
    let platform = Platform::new(false);
    let other = Platform { id: "state", ..Platform::new(false) };
    let wanted = || UpstreamFor::SignIn { anew: false };
    for stranger in ["", "another browser"] {
        let waiting = begin(store, &platform, wanted()).await.unwrap();
        let finished = finish(store, &platform, FinishUpstream { waiting: stranger.to_owned(), ..answer(&platform, &waiting) }).await;
        assert_eq!(refusal_of(&finished.outcome), "identity.upstream_lost");
        let late = finish(store, &platform, answer(&platform, &waiting)).await;
        assert_eq!(refusal_of(&late.outcome), "identity.upstream_lost", "the try ended it");
    }
    let waiting = begin(store, &platform, wanted()).await.unwrap();
    let finished = finish(store, &other, answer(&platform, &waiting)).await;
    assert_eq!(refusal_of(&finished.outcome), "identity.upstream_lost", "another platform's answer");
    let waiting = begin(store, &platform, wanted()).await.unwrap();
    finish(store, &platform, answer(&platform, &waiting)).await;
    let again = finish(store, &platform, answer(&platform, &waiting)).await;
    assert_eq!(refusal_of(&again.outcome), "identity.upstream_lost", "once");
    let waiting = begin(store, &platform, wanted()).await.unwrap();
    let unknown = finish(store, &platform, FinishUpstream { state: "nonsense".to_owned(), ..answer(&platform, &waiting) }).await;
    assert_eq!(refusal_of(&unknown.outcome), "identity.upstream_lost");
    kit.clock.advance(Duration::minutes(10));
    let late = finish(store, &platform, answer(&platform, &waiting)).await;
    assert_eq!(refusal_of(&late.outcome), "identity.upstream_lost");

    for (error, code) in [("access_denied", "identity.upstream_declined"), ("server_error", "identity.upstream_failed")] {
        let waiting = begin(store, &platform, wanted()).await.unwrap();
        let input = FinishUpstream { code: None, error: Some(error.to_owned()), ..answer(&platform, &waiting) };
        let finished = finish(store, &platform, input).await;
        assert_eq!((refusal_of(&finished.outcome), finished.back.as_str()), (code, "/my/cases"));
    }
    for (trouble, code) in [
        (UpstreamTrouble::Silent("x".to_owned()), "identity.upstream_silent"),
        (UpstreamTrouble::Unfit("x".to_owned()), "identity.upstream_failed"),
    ] {
        *platform.names.lock().unwrap() = Err(trouble);
        assert_eq!(refusal_of(&there_and_back(store, &platform).await.1), code);
    }
    let log = log_of(store, "unknown").await;
    assert_eq!(log.iter().filter(|action| *action == "identity.upstream_refused").count(), 12);
    // What waits for the person waits ten minutes, and goes when they say no.
    platform.name_now(|_| ());
    let (waiting, _) = there_and_back(store, &platform).await;
    forget_upstream(store, &waiting).await.unwrap();
    assert!(waiting_upstream(store, &waiting).await.unwrap().is_none());
    let (waiting, _) = there_and_back(store, &platform).await;
    kit.clock.advance(Duration::minutes(10));
    assert!(waiting_upstream(store, &waiting).await.unwrap().is_none());
} }

both! { migrations,
async fn only_a_person_of_their_own_and_lately_links(kit: Kit) {
    let store = &kit.store;
    let platform = Platform::new(true);
    let account = person(store).await;
    firm(store).await;
    staff(store).await;
    platform.name_now(|person| person.number = None);
    let (waiting, _) = there_and_back(store, &platform).await;
    let firm = by_password(store, AccountKind::Enterprise, &uscc(), PASSWORD).await.unwrap();
    let clerk = by_password(store, AccountKind::Staff, LOGIN, PASSWORD).await.unwrap();
    for other in [&firm, &clerk] {
        assert_eq!(code_of(link(store, other, &waiting).await), "identity.persons_only");
        let wanted = UpstreamFor::Link { actor: other.session.actor.clone(), session: other.session.id };
        assert_eq!(code_of(begin(store, &platform, wanted).await), "identity.persons_only");
    }
    let own = signed_in(store).await;
    let wanted = || UpstreamFor::Link { actor: own.session.actor.clone(), session: own.session.id };
    // What one session asked for is no other session's to answer.
    let asked = begin(store, &platform, wanted()).await.unwrap();
    let finished = finish(store, &platform, answer(&platform, &asked)).await;
    assert!(finished.links && matches!(finished.outcome, UpstreamOutcome::Links));
    let other = signed_in(store).await;
    assert_eq!(code_of(link(store, &other, &asked).await), "identity.upstream_lost");
    link(store, &own, &asked).await.unwrap();
    let one_more = || async {
        let asked = begin(store, &platform, wanted()).await.unwrap();
        let finished = finish(store, &platform, answer(&platform, &asked)).await;
        (asked, finished.outcome)
    };
    assert_eq!(refusal_of(&one_more().await.1), "identity.upstream_linked");
    platform.name_now(|person| { person.subject = "sub-2".to_owned(); person.number = None; });
    let (asked, _) = one_more().await;
    assert_eq!(code_of(link(store, &own, &asked).await), "identity.upstream_has_one");
    // Nobody takes what is linked with another.
    let second = second_person(store).await;
    platform.name_now(|person| person.number = None);
    let wanted = UpstreamFor::Link { actor: second.session.actor.clone(), session: second.session.id };
    let asked = begin(store, &platform, wanted).await.unwrap();
    let finished = finish(store, &platform, answer(&platform, &asked)).await;
    assert_eq!(refusal_of(&finished.outcome), "identity.upstream_taken");
    // A platform that vouches for another number is another person's.
    platform.name_now(|person| person.subject = "sub-3".to_owned());
    let wanted = UpstreamFor::Link { actor: second.session.actor.clone(), session: second.session.id };
    let asked = begin(store, &platform, wanted).await.unwrap();
    finish(store, &platform, answer(&platform, &asked)).await;
    assert_eq!(code_of(link(store, &second, &asked).await), "identity.upstream_other_person");
    // An old session links nothing, and what waits goes on waiting.
    platform.name_now(|person| { person.subject = "sub-4".to_owned(); person.number = None; });
    kit.clock.advance(Duration::minutes(14));
    let (waiting, _) = there_and_back(store, &platform).await;
    kit.clock.advance(Duration::minutes(1));
    assert_eq!(code_of(link(store, &second, &waiting).await), "identity.sign_in_anew");
    assert_eq!(code_of(begin(store, &platform, UpstreamFor::Link { actor: own.session.actor.clone(), session: own.session.id }).await), "identity.sign_in_anew");
    assert!(waiting_upstream(store, &waiting).await.unwrap().is_some());
    assert!(log_of(store, account).await.iter().any(|action| action == "identity.upstream_refused"));
} }

/// Another person, signed in.
async fn second_person(store: &Store) -> OpenedSession {
    let mut second = new_person().await;
    second.number = another_citizen();
    second.phone = Some(NEW_PHONE.to_owned());
    register(store, Actor::System, second).await.unwrap();
    by_password(store, AccountKind::Person, NEW_PHONE, PASSWORD)
        .await
        .unwrap()
}

fn another_citizen() -> String {
    let birth = chrono::NaiveDate::from_ymd_opt(1985, 3, 1).unwrap();
    tongban_codes::CitizenNumber::generate("519900", birth, 33)
        .unwrap()
        .as_str()
        .to_owned()
}

both! { migrations,
async fn a_platform_that_vouches_signs_in_whom_it_names_and_nobody_else(kit: Kit) {
    let store = &kit.store;
    let platform = Platform::new(true);
    let account = person(store).await;
    for (name, number, code) in [
        ("王大明", citizen(), "identity.upstream_name_differs"),
        ("王小明", "519900199005170121".to_owned(), "identity.upstream_number"),
    ] {
        platform.name_now(|person| { person.name = Some(name.to_owned()); person.number = Some(number); });
        assert_eq!(refusal_of(&there_and_back(store, &platform).await.1), code);
    }
    platform.name_now(|_| ());
    let session = opened(there_and_back(store, &platform).await.1);
    assert_eq!(session.session.account.id, account);
    let (sink, worker) = telephones(store);
    worker.drain().await.unwrap();
    assert!(sink.messages(PHONE)[0].contains("省政务平台"), "the phone is told");
    // Another of its people with the same number: the person looks first.
    platform.name_now(|person| person.subject = "sub-2".to_owned());
    assert_eq!(refusal_of(&there_and_back(store, &platform).await.1), "identity.upstream_has_one");
    // Its word for the person has passed to somebody else: the link is none of theirs.
    platform.name_now(|person| person.number = Some(another_citizen()));
    assert_eq!(refusal_of(&there_and_back(store, &platform).await.1), "identity.upstream_other_person");
    platform.name_now(|person| person.subject = "sub-2".to_owned());
    // One and the same platform that is no longer let vouch says nothing of numbers.
    let humble = Platform::new(false);
    humble.name_now(|person| person.subject = "sub-2".to_owned());
    assert!(matches!(there_and_back(store, &humble).await.1, UpstreamOutcome::Links));
} }

both! { migrations,
async fn whoever_stays_signed_in_elsewhere_shows_nothing_of_now(kit: Kit) {
    let store = &kit.store;
    let platform = Platform::new(true);
    person(store).await;
    let now = store.now();
    for (authenticated_at, fresh) in [
        (None, false),
        (Some(now - Duration::hours(1)), false),
        (Some(now), true),
    ] {
        let at: Option<DateTime<Utc>> = authenticated_at;
        platform.name_now(|person| person.authenticated_at = at);
        let session = opened(there_and_back(store, &platform).await.1);
        assert_eq!(is_fresh(store, &session).await, fresh, "{at:?}");
    }
    // where it counts it is asked anew, and a platform that does not do so lets nobody in
    for (authenticated_at, lets_in) in [(None, false), (Some(now - Duration::hours(1)), false), (Some(now), true)] {
        let at: Option<DateTime<Utc>> = authenticated_at;
        platform.name_now(|person| person.authenticated_at = at);
        let waiting = begin(store, &platform, UpstreamFor::SignIn { anew: true }).await.unwrap();
        assert!(platform.asked().anew);
        let outcome = finish(store, &platform, answer(&platform, &waiting)).await.outcome;
        if lets_in {
            opened(outcome);
        } else {
            assert_eq!(refusal_of(&outcome), "identity.upstream_not_anew");
        }
    }
} }

both! { migrations,
async fn somebody_new_sees_what_comes_and_opens_an_account_by_phone(kit: Kit) {
    let store = &kit.store;
    let platform = Platform::new(true);
    let (waiting, outcome) = there_and_back(store, &platform).await;
    assert!(matches!(outcome, UpstreamOutcome::Opens));
    let asked = waiting_upstream(store, &waiting).await.unwrap().unwrap();
    assert!(asked.opens && asked.phone.is_none());
    let number = asked.number.unwrap();
    assert!(number.contains('*') && number != citizen());
    let code = code_to(store, NEW_PHONE, CodeFor::Register).await;
    assert_eq!(code_of(open(store, &waiting, (NEW_PHONE, &another(&code))).await), "identity.code_wrong");
    assert_eq!(code_of(open(store, "another browser", (NEW_PHONE, &code)).await), "identity.upstream_lost");
    let opened = open(store, &waiting, (NEW_PHONE, &code)).await.unwrap();
    assert_eq!(opened.session.actor.assurance(), Some(Assurance::RealName));
    assert!(is_fresh(store, &opened).await, "the code was read a moment ago");
    let account = opened.session.account.id;
    let party = party(store, account).await.unwrap().unwrap();
    assert_eq!((party.name.as_str(), party.number, party.phone.as_deref()), ("王小明", citizen(), Some(NEW_PHONE)));
    assert_eq!(code_of(open(store, &waiting, (NEW_PHONE, &code)).await), "identity.upstream_lost", "once");
    assert_eq!(own_upstreams(store, &opened.session.actor).await.unwrap().len(), 1);
    assert!(log_of(store, account).await.iter().any(|action| action == "identity.upstream_opened"));
} }

both! { migrations,
async fn the_phone_of_a_platform_is_shown_like_every_other(kit: Kit) {
    let store = &kit.store;
    let platform = Platform::new(true);
    let now = store.now();
    platform.name_now(|person| {
        person.phone = Some(NEW_PHONE.to_owned());
        person.authenticated_at = Some(now);
    });
    let (waiting, _) = there_and_back(store, &platform).await;
    let asked = waiting_upstream(store, &waiting).await.unwrap().unwrap();
    assert_eq!(asked.phone.as_deref(), Some("100****4444"));
    // Of two browsers that come with one number, one opens the account.
    let (second, _) = there_and_back(store, &platform).await;
    // the phone that the platform has verified may be another's by now: a code goes there like to every other
    assert_eq!(waiting_upstream_phone(store, &waiting).await.unwrap().as_deref(), Some(NEW_PHONE));
    assert_eq!(waiting_upstream_phone(store, "another browser").await.unwrap(), None);
    assert_eq!(code_of(open(store, &waiting, (NEW_PHONE, "000000")).await), "identity.code_wrong");
    let code = code_to(store, NEW_PHONE, CodeFor::Register).await;
    let opened = open(store, &waiting, (NEW_PHONE, &code)).await.unwrap();
    let code = code_to(store, PHONE, CodeFor::Register).await;
    assert_eq!(code_of(open(store, &second, (PHONE, &code)).await), "identity.number_taken");

    // A phone that opened an account of nobody: it becomes theirs, and what was left in it goes.
    close_account(store, &opened.session.actor, opened.session.id).await.unwrap();
    assert!(own_upstreams(store, &opened.session.actor).await.unwrap().is_empty(), "closing an account cuts its links");
    kit.clock.advance(Duration::hours(1));
    let code = code_to(store, PHONE, CodeFor::Register).await;
    let earlier = tongban_identity::register_with_code(store, tongban_identity::RegisterWithCode {
        phone: PHONE.to_owned(), code, browser: Browser::default(),
    }).await.unwrap();
    platform.name_now(|person| { person.subject = "sub-9".to_owned(); person.number = None; });
    let (theirs, _) = there_and_back(store, &platform).await;
    link(store, &earlier, &theirs).await.unwrap();
    platform.name_now(|_| ());
    let (waiting, _) = there_and_back(store, &platform).await;
    kit.clock.advance(Duration::minutes(2));
    let code = code_to(store, PHONE, CodeFor::Register).await;
    let opened = open(store, &waiting, (PHONE, &code)).await.unwrap();
    assert_eq!(opened.session.account.id, earlier.session.account.id);
    assert!(tongban_identity::load_session(store, &earlier.token).await.unwrap().is_none());
    assert_eq!(own_upstreams(store, &opened.session.actor).await.unwrap().len(), 1, "the earlier link is gone");
    platform.name_now(|person| { person.subject = "sub-9".to_owned(); person.number = None; });
    assert!(matches!(there_and_back(store, &platform).await.1, UpstreamOutcome::Links));

    // A phone of somebody who is known is theirs.
    let second = second_person(store).await;
    assert_eq!(second.session.account.masked_phone.as_deref(), Some("100****4444"));
    platform.name_now(|person| {
        person.subject = "sub-3".to_owned();
        person.number = Some(third_citizen());
        person.phone = Some(NEW_PHONE.to_owned());
    });
    let (waiting, _) = there_and_back(store, &platform).await;
    assert_eq!(waiting_upstream(store, &waiting).await.unwrap().unwrap().phone, None);
    kit.clock.advance(Duration::minutes(2));
    let code = code_to(store, NEW_PHONE, CodeFor::Register).await;
    assert_eq!(code_of(open(store, &waiting, (NEW_PHONE, &code)).await), "identity.phone_has_account");
} }

fn third_citizen() -> String {
    let birth = chrono::NaiveDate::from_ymd_opt(1979, 7, 2).unwrap();
    tongban_codes::CitizenNumber::generate("519900", birth, 44)
        .unwrap()
        .as_str()
        .to_owned()
}

both! { migrations,
async fn a_window_that_gives_an_account_back_cuts_its_links(kit: Kit) {
    let store = &kit.store;
    let platform = Platform::new(true);
    person(store).await;
    opened(there_and_back(store, &platform).await.1);
    let clerk = Actor::staff(Uuid::from_u128(98), post(1, tongban_access::Role::Clerk));
    let code = code_to(store, NEW_PHONE, CodeFor::Window(Uuid::from_u128(98))).await;
    let input = ServeAtWindow {
        name: "王小明".to_owned(), number: citizen(), phone: NEW_PHONE.to_owned(), code, present: true,
    };
    serve_at_window(store, &clerk, input).await.unwrap();
    let humble = Platform::new(false);
    assert!(matches!(there_and_back(store, &humble).await.1, UpstreamOutcome::Links), "the link is gone");
} }

both! { migrations,
async fn nothing_of_it_rests_in_plain_text_and_a_new_key_seals_it_anew(kit: Kit) {
    let store = &kit.store;
    let platform = Platform::new(true);
    person(store).await;
    opened(there_and_back(store, &platform).await.1);
    platform.name_now(|person| {
        person.subject = "sub-other".to_owned();
        person.number = Some(another_citizen());
        person.phone = Some(NEW_PHONE.to_owned());
    });
    let (waiting, _) = there_and_back(store, &platform).await;
    let secret = begin(store, &platform, UpstreamFor::SignIn { anew: false }).await.unwrap();
    let rest = everything_at_rest(&kit).await;
    let asked = platform.asked();
    for word in ["sub-1", "sub-other", &another_citizen(), NEW_PHONE, &waiting, &secret, &asked.state, &asked.nonce, &asked.verifier] {
        assert!(!rest.contains(word), "{word}");
    }
    let silent = |_step: Step| {};
    let old = store.keys().field_key_ids()[0].clone();
    store.keys().rotate_field_key().unwrap();
    let columns = [tongban_identity::SEALED_COLUMNS, tongban_exchange::SEALED_COLUMNS].concat();
    reseal(store, &columns, &silent).await.unwrap();
    let left = key_use(store, &old, &silent).await.unwrap();
    assert!(!left.columns.keys().any(|column| column.starts_with("upstream_")), "{left:?}");
    assert!(waiting_upstream(store, &waiting).await.unwrap().unwrap().opens);
    platform.name_now(|_| ());
    opened(finish(store, &platform, answer(&platform, &secret)).await.outcome);
} }
