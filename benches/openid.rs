//! The provider: whole walks of new people, refresh tokens passed on, machines for themselves. Everything durable, the worker
//! running, the load generator on the same cores.

use std::{
    collections::HashMap,
    net::SocketAddr,
    path::Path,
    sync::{Arc, Mutex},
    time::Duration,
};

use async_trait::async_trait;
use serde_json::Value;
use tongban::{
    migrations,
    settings::Settings,
    wiring::{self, DemoParts, Running},
};
use tongban_access::{Actor, PartyKind};
use tongban_courier::{SendError, SmsGateway};
use tongban_crypto::{KeyRing, sha256_base64url};
use tongban_identity::{NewParty, register_party};
use tongban_openid::{ClientAuth, ClientContent, ClientKind, GrantType, Registered, register_sandbox_client};
use tongban_store::{Signer, Store, SystemClock};
use uuid::Uuid;

use crate::{
    city,
    load::{self, Answer, Client, Timed},
    percentile, report,
};

const CLIENTS: usize = 32;
/// New people, one walk each.
const PEOPLE: usize = 3_200;
/// Rotations of one family, one after another.
const ROTATIONS: usize = 250;
const MACHINES: usize = 32_000;
const BACK: &str = "https://bench.example/back";
const SECRET: &str = "a-secret-of-the-bench";
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

/// The telephones of everybody: the newest message to each.
#[derive(Clone, Default)]
struct Phones(Arc<Mutex<HashMap<String, String>>>);

#[async_trait]
impl SmsGateway for Phones {
    async fn send(&self, _id: Uuid, phone: &str, text: &str) -> Result<(), SendError> {
        self.0.lock().unwrap().insert(phone.to_owned(), text.to_owned());
        Ok(())
    }

    fn simulated(&self) -> bool {
        true
    }
}

/// Somebody who holds a code on the phone and has not signed in.
struct Person {
    phone: String,
    code: String,
    /// The cookies of a browser that asked for it.
    cookies: String,
    token: String,
}

pub fn run(database: &str, url: Option<&str>, folder: &Path) {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .unwrap();
    let (running, sink, address, serving) = runtime.block_on(open(url, folder));
    let waiting = codes(address, &sink);
    let begun = Mutex::new(Vec::new());
    let walks: Vec<_> = shares(waiting)
        .into_iter()
        .map(|share| {
            |timed: &mut Timed<'_>| {
                let mut last = String::new();
                for person in share {
                    timed(&mut |client| last = walk(client, &person));
                }
                begun.lock().unwrap().push(last);
            }
        })
        .collect();
    let (times, seconds) = load::run(address, walks);
    let of = |what: &str| {
        if database == "sqlite" {
            what.to_owned()
        } else {
            format!("{what}_{database}")
        }
    };
    report(
        &of("oidc_flows_per_s"),
        times.len() as f64 / seconds,
        &format!(
            "{} new people, 6 requests each (authorise, sign-in page, one-time code, consent page, yes, token), codes sent before, {CLIENTS} clients, p50 {:.1} ms, p99 {:.1} ms",
            times.len(),
            percentile(&times, 0.5),
            percentile(&times, 0.99)
        ),
    );

    // One family for each client, of people who have just walked.
    let families = begun.into_inner().unwrap().into_iter().take(CLIENTS);
    let passing: Vec<_> = families
        .map(|first| {
            |timed: &mut Timed<'_>| {
                let mut token = first;
                for _ in 0..ROTATIONS {
                    timed(&mut |client| token = pass_on(client, &token));
                }
            }
        })
        .collect();
    let (times, seconds) = load::run(address, passing);
    report(
        &of("refresh_per_s"),
        times.len() as f64 / seconds,
        &format!(
            "{CLIENTS} families, {ROTATIONS} rotations each, one after another, access and ID token signed anew (ES256), p50 {:.1} ms, p99 {:.1} ms",
            percentile(&times, 0.5),
            percentile(&times, 0.99)
        ),
    );

    let machines: Vec<_> = (0..CLIENTS)
        .map(|_| {
            |timed: &mut Timed<'_>| {
                for _ in 0..MACHINES / CLIENTS {
                    timed(&mut machine);
                }
            }
        })
        .collect();
    let (times, seconds) = load::run(address, machines);
    report(
        &of("client_credentials_per_s"),
        times.len() as f64 / seconds,
        &format!(
            "{} tokens (ES256), a line in the log for each, {CLIENTS} clients, p50 {:.1} ms, p99 {:.1} ms",
            times.len(),
            percentile(&times, 0.5),
            percentile(&times, 0.99)
        ),
    );
    runtime.block_on(async {
        serving.end().await;
        running.stop().await.unwrap();
    });
}

async fn open(url: Option<&str>, folder: &Path) -> (Running, Phones, SocketAddr, city::Serving) {
    let mut settings = Settings {
        data_dir: folder.join("provider"),
        database_url: url.unwrap_or_default().to_owned(),
        ..Settings::default()
    };
    settings.web.secure = false;
    let keys = KeyRing::load_or_create(&settings.data_dir.join("keys")).unwrap();
    let store = Store::open(&settings.store(), keys, Arc::new(SystemClock))
        .await
        .unwrap();
    store.migrate(migrations::all()).await.unwrap();
    register(&store).await;
    let sink = Phones::default();
    let running = wiring::start(&settings, store, Arc::new(sink.clone()))
        .await
        .unwrap();
    let router = running.router(&settings, DemoParts::default()).unwrap();
    let serving = city::Serving::begin(router).await;
    (running, sink, serving.address, serving)
}

async fn register(store: &Store) {
    let numbers: Vec<_> = city::people(PEOPLE).into_iter().enumerate().collect();
    for some in numbers.chunks(50) {
        let some = some.to_vec();
        let made: Result<(), tongban_identity::Error> = store
            .write(Signer::system(), move |tx| {
                let some = some.clone();
                async move {
                    for (index, number) in some {
                        let new = NewParty {
                            kind: PartyKind::Person,
                            name: "示例".to_owned(),
                            number: number.as_str().to_owned(),
                            phone: Some(phone(index)),
                            password: None,
                        };
                        register_party(&tx, &Actor::System, new).await?;
                    }
                    Ok(())
                }
            })
            .await;
        made.unwrap();
    }
    let input = Registered {
        client_id: "bench".to_owned(),
        secret: Some(SECRET.to_owned()),
        content: ClientContent {
            name: "示例应用".to_owned(),
            name_english: String::new(),
            organisation: "示范市".to_owned(),
            purpose: "测速".to_owned(),
            kind: ClientKind::Web,
            auth: ClientAuth::Secret,
            keys: None,
            redirect_uris: vec![BACK.to_owned()],
            post_logout_uris: Vec::new(),
            back_channel_uri: None,
            sector: String::new(),
            scopes: ["openid", "profile", "bench.read"].map(str::to_owned).to_vec(),
            grants: GrantType::ALL.to_vec(),
            algorithm: "ES256".to_owned(),
            pushed_only: false,
            proof_needed: false,
            introspects: false,
        },
    };
    store
        .write(Signer::system(), move |tx| {
            let input = input.clone();
            async move { register_sandbox_client(&tx, input).await }
        })
        .await
        .unwrap();
}

fn phone(index: usize) -> String {
    format!("100{:08}", 10_000 + index)
}

/// In equal shares, one for each client.
fn shares(people: Vec<Person>) -> Vec<Vec<Person>> {
    let mut shares: Vec<Vec<Person>> = (0..CLIENTS).map(|_| Vec::new()).collect();
    for (index, person) in people.into_iter().enumerate() {
        shares[index % CLIENTS].push(person);
    }
    shares
}

/// Everybody asks for a code on the page, and gets it. Not timed.
fn codes(address: SocketAddr, sink: &Phones) -> Vec<Person> {
    let mut client = Client::connect(address);
    let page = client.get("/sign-in?way=code", HTML);
    let csrf = format!("tb_csrf={}", cookie(&page, "tb_csrf").unwrap());
    let token = field(&text(&page), "_csrf");
    let asked: Vec<(String, String)> = (0..PEOPLE)
        .map(|index| {
            let answer = client.post(
                "/sign-in/code",
                &format!("{HTML}Cookie: {csrf}\r\n"),
                &format!("_csrf={token}&kind=person&name={}&back=%2F", phone(index)),
            );
            assert_eq!(answer.status, 303, "{}", text(&answer));
            (phone(index), cookie(&answer, "tb_code").unwrap())
        })
        .collect();
    asked
        .into_iter()
        .map(|(phone, asked)| Person {
            code: arrived(sink, &phone),
            cookies: format!("{csrf}; tb_code={asked}"),
            phone,
            token: token.clone(),
        })
        .collect()
}

fn arrived(sink: &Phones, phone: &str) -> String {
    for _ in 0..600 {
        if let Some(message) = sink.0.lock().unwrap().remove(phone) {
            return message
                .chars()
                .skip_while(|letter| !letter.is_ascii_digit())
                .take_while(char::is_ascii_digit)
                .collect();
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    panic!("a code did not arrive");
}

const HTML: &str = "Accept: text/html\r\n";

fn text(answer: &Answer) -> String {
    String::from_utf8(answer.body.clone()).unwrap()
}

fn cookie(answer: &Answer, name: &str) -> Option<String> {
    answer
        .headers
        .iter()
        .filter(|(header, _)| header.eq_ignore_ascii_case("set-cookie"))
        .find_map(|(_, value)| value.strip_prefix(&format!("{name}="))?.split(';').next())
        .map(str::to_owned)
}

/// The value of a hidden field.
fn field(page: &str, name: &str) -> String {
    page.split(&format!("name=\"{name}\" value=\""))
        .nth(1)
        .and_then(|rest| rest.split('"').next())
        .unwrap_or_else(|| panic!("no field {name}: {page}"))
        .to_owned()
}

fn encoded(text: &str) -> String {
    text.bytes().fold(String::new(), |mut encoded, byte| {
        use std::fmt::Write as _;
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            write!(encoded, "%{byte:02X}").unwrap();
        }
        encoded
    })
}

/// From the site of others to its tokens; answers the refresh token.
fn walk(client: &mut Client, person: &Person) -> String {
    let query = format!(
        "response_type=code&client_id=bench&redirect_uri={}&scope=openid%20profile&state=s&nonce=n&code_challenge={}&code_challenge_method=S256",
        encoded(BACK),
        sha256_base64url(VERIFIER)
    );
    let authorize = format!("/openid/authorize?{query}");
    let browser = format!("{HTML}Cookie: {}\r\n", person.cookies);
    let to_sign_in = client.get(&authorize, &browser);
    assert_eq!(to_sign_in.status, 303, "{}", text(&to_sign_in));
    let sign_in = to_sign_in.header("location").unwrap().to_owned();
    let page = client.get(&sign_in, &browser);
    assert_eq!(page.status, 200);
    let back = encoded(&authorize);
    let signed_in = client.post(
        "/sign-in/code/enter",
        &browser,
        &format!("_csrf={}&code={}&back={back}", person.token, person.code),
    );
    assert_eq!(signed_in.status, 303, "{} {}", person.phone, text(&signed_in));
    let session = cookie(&signed_in, "tb_session").unwrap();
    let browser = format!("{HTML}Cookie: {}; tb_session={session}\r\n", person.cookies);
    let page = client.get(signed_in.header("location").unwrap(), &browser);
    let sent = if page.status == 200 {
        let page = text(&page);
        let request = field(&page, "request")
            .replace("&amp;", "&")
            .replace("&#x2f;", "/");
        client.post(
            "/openid/consent",
            &browser,
            &format!(
                "_csrf={}&as_session={}&request={}&answer=yes",
                field(&page, "_csrf"),
                field(&page, "as_session"),
                encoded(&request)
            ),
        )
    } else {
        page
    };
    assert_eq!(sent.status, 303, "{}", text(&sent));
    let code = sent
        .header("location")
        .and_then(|address| address.split("code=").nth(1))
        .and_then(|rest| rest.split('&').next())
        .unwrap()
        .to_owned();
    let told = token(
        client,
        &format!(
            "grant_type=authorization_code&code={code}&redirect_uri={}&code_verifier={VERIFIER}",
            encoded(BACK)
        ),
    );
    assert!(told["id_token"].is_string());
    told["refresh_token"].as_str().unwrap().to_owned()
}

fn token(client: &mut Client, form: &str) -> Value {
    let answer = client.post(
        "/openid/token",
        "Accept: application/json\r\n",
        &format!("{form}&client_id=bench&client_secret={SECRET}"),
    );
    assert_eq!(answer.status, 200, "{}", text(&answer));
    serde_json::from_slice(&answer.body).unwrap()
}

fn pass_on(client: &mut Client, refresh: &str) -> String {
    let told = token(
        client,
        &format!("grant_type=refresh_token&refresh_token={refresh}"),
    );
    told["refresh_token"].as_str().unwrap().to_owned()
}

fn machine(client: &mut Client) {
    let told = token(client, "grant_type=client_credentials&scope=bench.read");
    assert!(told["access_token"].is_string());
}
