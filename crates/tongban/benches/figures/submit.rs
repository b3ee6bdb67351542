//! Durable submission: the final POST of prepared drafts, as a browser sends it from the confirming page.

use std::path::Path;

use crate::{
    city::{self, City, Prepared},
    load::{self, Client, Timed},
    percentile, report,
};

const DRAFTS: usize = 8_000;
const CLIENTS: usize = 32;

pub fn run(database: &str, url: Option<&str>, folder: &Path) {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .unwrap();
    let city = runtime.block_on(city::build(url, folder, DRAFTS));
    let (cookie, token) = form_token(&city);
    let mut shares: Vec<Vec<Prepared>> = vec![Vec::new(); CLIENTS];
    for (index, draft) in city.drafts.iter().enumerate() {
        shares[index % CLIENTS].push(draft.clone());
    }
    let work: Vec<_> = shares
        .into_iter()
        .map(|share| {
            let (cookie, token) = (cookie.clone(), token.clone());
            move |timed: &mut Timed<'_>| {
                for draft in share {
                    timed(&mut |client| hand_in(client, &draft, &cookie, &token));
                }
            }
        })
        .collect();
    let before = city.counted();
    let (times, seconds) = load::run(city.address, work);
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
    }
    runtime.block_on(city.end());
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
