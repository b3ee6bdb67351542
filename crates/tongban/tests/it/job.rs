//! The main job, step by step, over HTTP: the 居住证 of the demo's resident.

use serde_json::{Value, json};

use crate::client::{Client, PAPER};

/// 居住证办理（首次申领）
pub const ITEM: &str = "519909001000";

/// The implementation code of a matter, by its basic code.
pub async fn item_code(anybody: &mut Client, words: &str, basic: &str) -> String {
    let found = anybody
        .api("GET", &format!("/api/v1/items?q={words}&limit=50"), &Value::Null)
        .await
        .good();
    let items = found["items"].as_array().unwrap();
    let item = items
        .iter()
        .find(|item| item["code"].as_str().unwrap().ends_with(basic));
    item.unwrap()["code"].as_str().unwrap().to_owned()
}

/// Starts the draft on the page, with a yes to every register; answers the id of the case.
pub async fn start(resident: &mut Client) -> String {
    let code = item_code(resident, "居住证办理", ITEM).await;
    let form = resident
        .form(&format!("/apply/{code}"), &[("consent_to", "all")])
        .await
        .leads();
    form.trim_start_matches("/my/cases/")
        .trim_end_matches("/form")
        .to_owned()
}

/// The version that the next act names.
pub async fn version(who: &mut Client, case: &str) -> i64 {
    who.api("GET", &format!("/api/v1/cases/{case}"), &Value::Null)
        .await
        .good()["version"]
        .as_i64()
        .unwrap()
}

/// Fills what nobody holds already, and hands in the paper.
pub async fn fill(resident: &mut Client, case: &str) {
    let values =
        json!({ "current_address": "一县政通路 18 号 2 单元 301", "since": "2025-03-01", "reason": "就业" });
    let given = json!({ "version": version(resident, case).await, "values": values });
    resident
        .api("PATCH", &format!("/api/v1/cases/{case}"), &given)
        .await
        .good();
    let there = format!("/api/v1/cases/{case}/materials");
    resident
        .upload(&there, &[("material", "residence")], Some(("file", PAPER)))
        .await
        .good();
}

/// What the applicant is told.
pub struct Submitted {
    pub number: String,
    pub progress: String,
}

/// Hands in on the confirming page of the program's face.
pub async fn submit(resident: &mut Client, case: &str) -> Submitted {
    let given = json!({ "version": version(resident, case).await, "delivery": "electronic" });
    let told = resident
        .api("POST", &format!("/api/v1/cases/{case}/submission"), &given)
        .await
        .good();
    Submitted {
        number: told["number"].as_str().unwrap().to_owned(),
        progress: told["progress_code"].as_str().unwrap().to_owned(),
    }
}

/// The window accepts.
pub async fn accept(clerk: &mut Client, case: &str) {
    let given = json!({ "version": version(clerk, case).await });
    clerk
        .api("POST", &format!("/api/v1/cases/{case}/acceptance"), &given)
        .await
        .good();
}

/// The department examines and grants; answers the licence.
pub async fn grant(approver: &mut Client, case: &str) -> String {
    let given = json!({ "version": version(approver, case).await, "opinion": "材料齐全，情况属实" });
    approver
        .api("POST", &format!("/api/v1/cases/{case}/steps"), &given)
        .await
        .good();
    let given = json!({ "version": version(approver, case).await, "granted": true });
    let told = approver
        .api("POST", &format!("/api/v1/cases/{case}/decision"), &given)
        .await
        .good();
    told["licence"].as_str().unwrap().to_owned()
}

/// The resident rates.
pub async fn rate(resident: &mut Client, case: &str, score: u8) {
    let given = json!({ "score": score, "words": "等得久了一点" });
    let answer = resident
        .api("POST", &format!("/api/v1/cases/{case}/rating"), &given)
        .await;
    assert!(answer.status.is_success(), "{}", answer.text());
}
