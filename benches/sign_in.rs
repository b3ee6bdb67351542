//! Signing in by password beside a bare loop of the same hashes, and finding an account among many.

use std::{
    net::SocketAddr,
    num::NonZero,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use tongban::{
    migrations,
    settings::Settings,
    wiring::{self, DemoParts},
};
use tongban_access::{Actor, PartyKind};
use tongban_codes::CitizenNumber;
use tongban_courier::ScreenSink;
use tongban_crypto::{KeyRing, password};
use tongban_identity::{NewParty, PasswordHash, find_party, hash_password, register_party};
use tongban_store::{Signer, Store, SystemClock};

use crate::{
    city,
    load::{self, Client, Timed},
    percentile, report,
};

const PASSWORD: &str = "tongban-bench-2026";
/// Who sign in, each once.
const PEOPLE: usize = 800;
const CLIENTS: usize = 8;
/// How long the bare loop runs.
const BARE: Duration = Duration::from_secs(5);
/// Between two asks for the home page.
const HOME_EVERY: Duration = Duration::from_millis(20);
/// Accounts at first, and at the end.
const FEW: usize = 10_000;
const MANY: usize = 1_000_000;
/// Registered in one act.
const TOGETHER: usize = 500;
const LOOKS: usize = 5_000;

/// As many hashes at once as the program allows itself.
fn slots() -> usize {
    std::thread::available_parallelism()
        .map_or(1, |cores| NonZero::get(cores).saturating_sub(1))
        .max(1)
}

pub fn logins(folder: &Path) {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .unwrap();
    let bare = bare();
    let (running, serving) = runtime.block_on(async {
        let (settings, store) = open(folder).await;
        let hash = hash_password(PASSWORD).await.unwrap();
        register(&store, 0..PEOPLE, Some(&hash)).await;
        let running = wiring::start(&settings, store, Arc::new(ScreenSink::new()))
            .await
            .unwrap();
        let router = running.router(&settings, DemoParts::default()).unwrap();
        let serving = city::Serving::begin(router).await;
        (running, serving)
    });
    let address = serving.address;
    let over = AtomicBool::new(false);
    let (times, seconds, mut home) = std::thread::scope(|scope| {
        let home = scope.spawn(|| home(address, &over));
        let work: Vec<_> = (0..CLIENTS)
            .map(|client| {
                move |timed: &mut Timed<'_>| {
                    for index in (client..PEOPLE).step_by(CLIENTS) {
                        timed(&mut |client| sign_in(client, index));
                    }
                }
            })
            .collect();
        let (times, seconds) = load::run(address, work);
        over.store(true, Ordering::Relaxed);
        (times, seconds, home.join().unwrap())
    });
    let rate = times.len() as f64 / seconds;
    report(
        "login_vs_bare",
        rate / bare,
        &format!(
            "{rate:.1} sign-ins by password a second ({} of them, {CLIENTS} clients, p50 {:.0} ms) against {bare:.1} bare hashes on {} thread(s); argon2id, 19 MiB, t=2",
            times.len(),
            percentile(&times, 0.5),
            slots()
        ),
    );
    home.sort_by(f64::total_cmp);
    report(
        "home_beside_logins_p99_ms",
        percentile(&home, 0.99),
        &format!(
            "{} home pages, {:.0} a second, beside the sign-ins, p50 {:.1} ms",
            home.len(),
            home.len() as f64 / seconds,
            percentile(&home, 0.5)
        ),
    );
    runtime.block_on(async {
        serving.end().await;
        running.stop().await.unwrap();
    });
}

/// Hashes a second without our own work.
fn bare() -> f64 {
    let hash = password::hash(PASSWORD).unwrap();
    let began = Instant::now();
    let all: usize = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..slots())
            .map(|_| {
                scope.spawn(|| {
                    let mut count = 0;
                    while began.elapsed() < BARE {
                        assert!(password::verify(PASSWORD, &hash));
                        count += 1;
                    }
                    count
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).sum()
    });
    all as f64 / began.elapsed().as_secs_f64()
}

fn home(address: SocketAddr, over: &AtomicBool) -> Vec<f64> {
    let mut client = Client::connect(address);
    let mut times = Vec::new();
    let mut next = Instant::now();
    while !over.load(Ordering::Relaxed) {
        let began = Instant::now();
        let answer = client.get("/", "Accept: text/html\r\nAccept-Encoding: gzip\r\n");
        assert_eq!(answer.status, 200);
        times.push(began.elapsed().as_secs_f64() * 1_000.0);
        next += HOME_EVERY;
        std::thread::sleep(next.saturating_duration_since(Instant::now()));
    }
    times
}

fn sign_in(client: &mut Client, index: usize) {
    let body =
        serde_json::json!({ "kind": "person", "name": phone(index), "password": PASSWORD }).to_string();
    let answer = client.post_json("/api/v1/sessions", &body);
    assert_eq!(answer.status, 201, "{}", String::from_utf8_lossy(&answer.body));
}

pub fn accounts(folder: &Path) {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let (_, store) = open(folder).await;
        register(&store, 0..FEW, None).await;
        let few = lookups(&store, FEW).await;
        let began = Instant::now();
        register(&store, FEW..MANY, None).await;
        let filling = began.elapsed().as_secs_f64();
        let many = lookups(&store, MANY).await;
        let p50 = |times: &[f64]| percentile(times, 0.5);
        report(
            "account_lookup_p99_ms",
            percentile(&many, 0.99),
            &format!(
                "{MANY} accounts, {LOOKS} lookups by citizen number, one at a time, p50 {:.3} ms; filled with {:.0} accounts a second",
                p50(&many),
                (MANY - FEW) as f64 / filling
            ),
        );
        report(
            "account_lookup_growth",
            p50(&many) / p50(&few),
            &format!(
                "median of {MANY} accounts by that of {FEW} ({:.3} ms; p99 {:.3} ms)",
                p50(&few),
                percentile(&few, 0.99)
            ),
        );
        store.close().await.unwrap();
    });
}

async fn open(folder: &Path) -> (Settings, Store) {
    let mut settings = Settings {
        data_dir: folder.join("accounts"),
        ..Settings::default()
    };
    settings.web.secure = false;
    let keys = KeyRing::load_or_create(&settings.data_dir.join("keys")).unwrap();
    let store = Store::open(&settings.store(), keys, Arc::new(SystemClock))
        .await
        .unwrap();
    store.migrate(migrations::all()).await.unwrap();
    (settings, store)
}

fn phone(index: usize) -> String {
    format!("100{:08}", 10_000 + index)
}

/// A number that can belong to nobody: 900 are born on each day of a year that has not come everywhere yet.
fn number(index: usize) -> CitizenNumber {
    let first = chrono::NaiveDate::from_ymd_opt(1950, 1, 1).unwrap();
    let birth = first + chrono::Days::new(u64::try_from(index / 900).unwrap());
    CitizenNumber::generate("519901", birth, u16::try_from(index % 900 + 1).unwrap()).unwrap()
}

async fn register(store: &Store, which: std::ops::Range<usize>, hash: Option<&PasswordHash>) {
    let all: Vec<usize> = which.collect();
    for some in all.chunks(TOGETHER) {
        let (some, hash) = (some.to_vec(), hash.cloned());
        let made: Result<(), tongban_identity::Error> = store
            .write(Signer::system(), move |tx| {
                let (some, hash) = (some.clone(), hash.clone());
                async move {
                    for index in some {
                        let new = NewParty {
                            kind: PartyKind::Person,
                            name: "示例".to_owned(),
                            number: number(index).as_str().to_owned(),
                            phone: Some(phone(index)),
                            password: hash.clone(),
                        };
                        register_party(&tx, &Actor::System, new).await?;
                    }
                    Ok(())
                }
            })
            .await;
        made.unwrap();
    }
}

/// Milliseconds of looking numbers up that lie all over, shortest first.
async fn lookups(store: &Store, count: usize) -> Vec<f64> {
    let mut times = Vec::with_capacity(LOOKS);
    for look in 0..LOOKS {
        // a step that shares nothing with the count visits everybody before anybody twice
        let wanted = number(look * 7_919 % count);
        let began = Instant::now();
        let found = find_party(store, PartyKind::Person, wanted.as_str())
            .await
            .unwrap();
        times.push(began.elapsed().as_secs_f64() * 1_000.0);
        assert!(found.is_some());
    }
    times.sort_by(f64::total_cmp);
    times
}
