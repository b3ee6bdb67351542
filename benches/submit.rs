//! Durable submission: the final POST of prepared drafts, as a browser sends it from the confirming page.

use std::{
    io::{BufRead as _, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use crate::{
    city::{self, City, Prepared},
    load::{self, Client, Timed},
    percentile, report,
};

const DRAFTS: usize = 8_000;
const CLIENTS: usize = 32;

/// Submissions more on SQLite, while the calls that reach the disk are counted. They are slower for it, and not timed.
const COUNTED: usize = 800;

pub fn run(database: &str, url: Option<&str>, folder: &Path) {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .unwrap();
    let counted = if url.is_none() { COUNTED } else { 0 };
    let city = runtime.block_on(city::build(url, folder, DRAFTS + counted));
    let (cookie, token) = form_token(&city);
    let (drafts, more) = city.drafts.split_at(DRAFTS);
    let before = city.counted();
    let (times, seconds) = load::run(city.address, shares(drafts, &cookie, &token));
    let after = city.counted();
    let data = format!(
        "{} drafts of one matter with facts and a file, {CLIENTS} clients, worker running, p50 {:.1} ms",
        times.len(),
        percentile(&times, 0.5)
    );
    report(
        &format!("submit_{database}_per_s"),
        times.len() as f64 / seconds,
        &data,
    );
    report(
        &format!("submit_{database}_p99_ms"),
        percentile(&times, 0.99),
        &data,
    );
    if url.is_none() {
        let acts = after.acts - before.acts;
        let commits = after.commits - before.commits;
        report(
            &format!("submit_{database}_acts_per_commit"),
            acts as f64 / commits as f64,
            &format!(
                "{acts} acts (submissions, their jobs and messages) in {commits} commits of the same run"
            ),
        );
        let watch = Watch::begin(folder);
        let before = city.counted().commits;
        load::run(city.address, shares(more, &cookie, &token));
        let commits = city.counted().commits - before;
        let syncs = watch.end();
        report(
            &format!("submit_{database}_commits_per_sync"),
            commits as f64 / syncs as f64,
            &format!(
                "{commits} commits and {syncs} calls of fdatasync or fsync, counted by strace over {COUNTED} submissions of their own"
            ),
        );
    }
    runtime.block_on(city.end());
}

/// The drafts in equal shares, one for each client.
fn shares(drafts: &[Prepared], cookie: &str, token: &str) -> Vec<impl FnOnce(&mut Timed<'_>) + Send + use<>> {
    let mut shares: Vec<Vec<Prepared>> = vec![Vec::new(); CLIENTS];
    for (index, draft) in drafts.iter().enumerate() {
        shares[index % CLIENTS].push(draft.clone());
    }
    shares
        .into_iter()
        .map(|share| {
            let (cookie, token) = (cookie.to_owned(), token.to_owned());
            move |timed: &mut Timed<'_>| {
                for draft in share {
                    timed(&mut |client| hand_in(client, &draft, &cookie, &token));
                }
            }
        })
        .collect()
}

/// Counts the calls of this process that wait for the disk.
struct Watch {
    strace: Child,
    said: PathBuf,
}

impl Watch {
    fn begin(folder: &Path) -> Self {
        let said = folder.join("syncs.txt");
        let mut strace = Command::new("strace")
            .args(["-f", "-c", "-e", "trace=fdatasync,fsync", "-o"])
            .arg(&said)
            .args(["-p", &std::process::id().to_string()])
            .stderr(Stdio::piped())
            .spawn()
            .expect("strace is installed");
        // It says so when it watches.
        let mut first = String::new();
        let mut words = BufReader::new(strace.stderr.take().unwrap());
        words.read_line(&mut first).unwrap();
        assert!(first.contains("attached"), "strace: {first}");
        std::thread::spawn(move || std::io::copy(&mut words, &mut std::io::sink()));
        Self { strace, said }
    }

    /// How many calls there were.
    fn end(mut self) -> u64 {
        let asked = Command::new("kill")
            .args(["-INT", &self.strace.id().to_string()])
            .status();
        assert!(asked.unwrap().success(), "strace is asked to end");
        self.strace.wait().unwrap();
        let table = std::fs::read_to_string(&self.said).unwrap();
        let count = |line: &str| -> Option<u64> {
            let words: Vec<&str> = line.split_whitespace().collect();
            matches!(*words.last()?, "fdatasync" | "fsync").then(|| words[3].parse().unwrap())
        };
        table.lines().filter_map(count).sum()
    }
}

/// The cookie and the token of a form page. A token is bound to its cookie only, so one serves all.
fn form_token(city: &City) -> (String, String) {
    let draft = &city.drafts[0];
    let answer = Client::connect(city.address).get(
        &format!("/my/cases/{}/confirm", draft.case),
        &format!("Accept: text/html\r\nCookie: tb_session={}\r\n", draft.session),
    );
    assert_eq!(answer.status, 200, "the confirming page");
    let cookie = answer
        .headers
        .iter()
        .filter(|(name, _)| name.eq_ignore_ascii_case("set-cookie"))
        .find_map(|(_, value)| value.strip_prefix("tb_csrf=")?.split(';').next())
        .expect("the cookie of forms")
        .to_owned();
    let page = String::from_utf8(answer.body).unwrap();
    let token = page
        .split("name=\"_csrf\" value=\"")
        .nth(1)
        .and_then(|rest| rest.split('"').next())
        .expect("the token of the form")
        .to_owned();
    (cookie, token)
}

fn hand_in(client: &mut Client, draft: &Prepared, cookie: &str, token: &str) {
    let answer = client.post(
        &format!("/my/cases/{}/confirm", draft.case),
        &format!(
            "Accept: text/html\r\nCookie: tb_session={}; tb_csrf={cookie}\r\n",
            draft.session
        ),
        &format!("_csrf={token}&version={}&delivery=electronic", draft.version),
    );
    assert_eq!(answer.status, 303, "a submission was not taken");
    assert_eq!(
        answer.header("location"),
        Some(format!("/my/cases/{}", draft.case).as_str()),
        "a submission was led elsewhere"
    );
}
