//! Invariant 10: nothing acknowledged is lost. The real program is killed in the middle of a run of submissions, started
//! again, and knows every case whose number it has told.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use serde_json::{Value, json};

use crate::{client::PAPER, program::Program};

/// The process is killed when this many submissions have been acknowledged.
const ACKNOWLEDGED: usize = 12;
/// The whole test takes no longer than this.
const LONGEST: Duration = Duration::from_secs(170);

/// Basic code, what has to be filled in by hand, and the papers.
const MATTERS: [(&str, &str, &[&str]); 4] = [
    ("养老金待遇资格认证", "{}", &["identity", "insurance"]),
    (
        "就业创业证申领",
        r#"{"status":"登记失业"}"#,
        &["identity", "insurance"],
    ),
    (
        "不动产登记信息查询",
        r#"{"purpose":"办理贷款"}"#,
        &["identity", "property"],
    ),
    (
        "居住证办理（首次申领）",
        r#"{"current_address":"一县政通路 18 号","since":"2025-03-01"}"#,
        &["identity", "residence"],
    ),
];

/// One applicant's way to the API.
#[derive(Clone)]
struct Applicant {
    http: reqwest::Client,
    address: String,
    token: String,
    name: &'static str,
}

impl Applicant {
    async fn sign_in(program: &Program, name: &'static str) -> Self {
        let http = tongban_courier::http_client("crash-test", None).unwrap();
        let token = program.sign_in(&http, name).await;
        Self {
            http,
            address: program.address.clone(),
            token,
            name,
        }
    }

    /// An answer read to its end; an error where the process is gone.
    async fn ask(&self, request: reqwest::RequestBuilder) -> reqwest::Result<Value> {
        request
            .bearer_auth(&self.token)
            .send()
            .await?
            .error_for_status()?
            .json()
            .await
    }

    fn url(&self, path: &str) -> String {
        format!("{}/api/v1/{path}", self.address)
    }

    /// From the first field to the number that the applicant is told.
    async fn apply(&self, item: &str, values: &str, papers: &[&str]) -> reqwest::Result<String> {
        let started = self
            .ask(self.http.post(self.url("cases")).json(&json!({ "item": item })))
            .await?;
        let case = format!("cases/{}", started["id"].as_str().unwrap());
        let mut values: Value = serde_json::from_str(values).unwrap();
        values["name"] = self.name.into();
        let given = json!({ "version": started["version"], "values": values });
        let mut standing = self.ask(self.http.patch(self.url(&case)).json(&given)).await?;
        for paper in papers {
            let mut body = format!(
                "--cut\r\ncontent-disposition: form-data; name=\"material\"\r\n\r\n{paper}\r\n--cut\r\n\
                 content-disposition: form-data; name=\"file\"; filename=\"paper.pdf\"\r\n\r\n"
            )
            .into_bytes();
            body.extend_from_slice(PAPER);
            body.extend_from_slice(b"\r\n--cut--\r\n");
            let upload = self
                .http
                .post(self.url(&format!("{case}/materials")))
                .header("content-type", "multipart/form-data; boundary=cut")
                .body(body);
            standing = self.ask(upload).await?;
        }
        let given = json!({ "version": standing["version"] });
        let told = self
            .ask(
                self.http
                    .post(self.url(&format!("{case}/submission")))
                    .json(&given),
            )
            .await?;
        Ok(told["number"].as_str().unwrap().to_owned())
    }

    /// The numbers of all cases that the program knows.
    async fn numbers(&self) -> Vec<String> {
        let mut numbers = Vec::new();
        for page in 1.. {
            let path = self.url(&format!("cases?limit=100&page={page}"));
            let listing = self.ask(self.http.get(path)).await.unwrap();
            let rows = listing["items"].as_array().unwrap();
            if rows.is_empty() {
                break;
            }
            numbers.extend(
                rows.iter()
                    .filter_map(|row| row["number"].as_str().map(str::to_owned)),
            );
        }
        numbers
    }
}

async fn codes(program: &Program) -> Vec<String> {
    let http = tongban_courier::http_client("crash-test", None).unwrap();
    let mut codes = Vec::new();
    for (name, ..) in MATTERS {
        let url =
            reqwest::Url::parse_with_params(&format!("{}/api/v1/items", program.address), [("q", name)])
                .unwrap();
        let found = http.get(url).send().await.unwrap().json::<Value>().await.unwrap();
        let item = found["items"]
            .as_array()
            .unwrap()
            .iter()
            .find(|item| item["name"] == name);
        codes.push(item.unwrap()["code"].as_str().unwrap().to_owned());
    }
    codes
}

async fn killed_in_the_middle() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("city");
    let mut program = Program::demo(&data).await;
    let codes = codes(&program).await;
    let count = Arc::new(AtomicUsize::new(0));
    let (enough, mut reached) = tokio::sync::watch::channel(false);
    let mut running = Vec::new();
    for name in ["王建国", "李秀英"] {
        let applicant = Applicant::sign_in(&program, name).await;
        for ((_, values, papers), code) in MATTERS.into_iter().zip(codes.clone()) {
            let (applicant, count, enough) = (applicant.clone(), Arc::clone(&count), enough.clone());
            running.push(tokio::spawn(async move {
                let mut told = Vec::new();
                loop {
                    match applicant.apply(&code, values, papers).await {
                        Ok(number) => told.push(number),
                        // the process is gone; whatever else fails must not pass for it
                        Err(error) => break (name, told, error.status()),
                    }
                    if count.fetch_add(1, Ordering::SeqCst) + 1 == ACKNOWLEDGED {
                        enough.send_replace(true);
                    }
                }
            }));
        }
    }
    reached.wait_for(|enough| *enough).await.unwrap();
    // other submissions are under way
    program.kill().await;
    let mut acknowledged = Vec::new();
    for task in running {
        let (name, told, refused) = task.await.unwrap();
        assert_eq!(refused, None, "a request was refused rather than cut off");
        acknowledged.extend(told.into_iter().map(|number| (name, number)));
    }
    assert!(acknowledged.len() >= ACKNOWLEDGED);

    let again = Program::demo(&data).await;
    for name in ["王建国", "李秀英"] {
        let applicant = Applicant::sign_in(&again, name).await;
        let known = applicant.numbers().await;
        let lost: Vec<_> = acknowledged
            .iter()
            .filter(|(owner, number)| *owner == name && !known.contains(number))
            .collect();
        assert!(lost.is_empty(), "told and lost: {lost:?}");
        let mut once = known.clone();
        once.sort();
        once.dedup();
        assert_eq!(once.len(), known.len(), "a number was given twice");
    }
    // and the program goes on where it was
    let applicant = Applicant::sign_in(&again, "王建国").await;
    let (_, values, papers) = MATTERS[0];
    let number = applicant.apply(&codes[0], values, papers).await.unwrap();
    assert!(acknowledged.iter().all(|(_, old)| *old != number));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_process_loses_nothing_that_it_acknowledged() {
    tokio::time::timeout(LONGEST, killed_in_the_middle())
        .await
        .expect("the run ends in time");
}
