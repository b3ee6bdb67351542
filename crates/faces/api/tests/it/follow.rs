//! What a person follows: messages, documents, the licence, who read the data, progress; and the handing over.

use std::sync::Arc;

use serde_json::{Value, json};
use tongban_courier::ScreenSink;
use tongban_store::Worker;

use crate::{
    cases::filled,
    world::{HOMES, PHONE, World, citizen, migrations},
};

const OTHER: &str = "10012345679";

/// What happens after the acts, as the binary wires it.
async fn work(world: &World) {
    let settings = tongban_engage::Settings {
        public_address: "https://zw.example.gov.cn".to_owned(),
    };
    let worker = tongban_courier::wire(Worker::new(world.kit.store.clone()), Arc::new(ScreenSink::new()));
    tongban_engage::wire(worker, &settings).drain().await.unwrap();
}

/// A case that was granted and waits to be handed over: its path, and what handing in answered.
async fn granted(world: &World, owner: &str) -> (String, Value) {
    let clerk = world.sign_in("staff", "clerk").await;
    let approver = world.sign_in("staff", "approver").await;
    let (path, _) = filled(world, owner).await;
    let yes = json!({ "sources": [HOMES] });
    let read = world
        .ask(owner, "POST", &format!("{path}/sources"), yes)
        .await
        .expect(200);
    let given = json!({ "version": read["version"], "delivery": "pick_up" });
    let filed = world
        .ask(owner, "POST", &format!("{path}/submission"), given)
        .await
        .expect(200);
    let seen = json!({ "version": filed["version"] });
    let accepted = world
        .ask(&clerk, "POST", &format!("{path}/acceptance"), seen)
        .await
        .expect(200);
    let step = json!({ "version": accepted["version"], "opinion": "符合条件" });
    let stepped = world
        .ask(&approver, "POST", &format!("{path}/steps"), step)
        .await
        .expect(200);
    let decision = json!({ "version": stepped["version"], "granted": true });
    world
        .ask(&approver, "POST", &format!("{path}/decision"), decision)
        .await
        .expect(200);
    (path, filed)
}

tongban_testkit::both! { migrations,
    async fn messages_are_listed_and_read(kit: Kit) {
        let world = World::build(kit).await;
        let owner = world.sign_in("person", PHONE).await;
        granted(&world, &owner).await;
        work(&world).await;
        let there = "/api/v1/messages";
        let list = world.ask(&owner, "GET", there, Value::Null).await.expect(200);
        let rows = list["items"].as_array().unwrap();
        let kinds: Vec<_> = rows.iter().map(|row| row["kind"].as_str().unwrap()).collect();
        for kind in ["submitted", "accepted", "granted"] {
            assert!(kinds.contains(&kind), "{kinds:?}");
        }
        for row in rows {
            let text = row["text"].as_str().unwrap();
            assert!(!text.starts_with("message-") && text.contains("食品经营许可"), "{row}");
            assert!(row["link"].as_str().unwrap().starts_with('/') && row["read"] == false, "{row}");
        }
        let second = world.ask(&owner, "GET", &format!("{there}?page=2&size=1"), Value::Null).await.expect(200);
        assert_eq!((&second["items"][0], &second["pages"], &second["total"]), (&rows[1], &list["total"], &list["total"]));
        let bearer = format!("Bearer {owner}");
        let english = world.send("GET", there, &[("authorization", &bearer), ("cookie", "tb_language=en")], "").await.expect(200);
        assert_ne!(english["items"][0]["text"], rows[0]["text"]);

        let other = world.sign_in("person", OTHER).await;
        assert_eq!(world.ask(&other, "GET", there, Value::Null).await.expect(200)["total"], 0);
        // marking one's own leaves those of others alone
        world.ask(&other, "POST", &format!("{there}/read"), Value::Null).await.expect(204);
        assert_eq!(world.ask(&owner, "GET", there, Value::Null).await.expect(200), list);
        for _ in 0..2 {
            world.ask(&owner, "POST", &format!("{there}/read"), Value::Null).await.expect(204);
        }
        let read = world.ask(&owner, "GET", there, Value::Null).await.expect(200);
        assert!(read["items"].as_array().unwrap().iter().all(|row| row["read"] == true));
        let clerk = world.sign_in("staff", "clerk").await;
        assert_eq!(world.ask(&clerk, "GET", there, Value::Null).await.refused(403), "forbidden");
        assert_eq!(world.ask(&clerk, "POST", &format!("{there}/read"), Value::Null).await.refused(403), "forbidden");
        assert_eq!(world.get(there).await.refused(401), "sign-in-needed");
    }
}

tongban_testkit::both! { migrations,
    async fn documents_and_licences_are_printed_for_who_may_see_them(kit: Kit) {
        let world = World::build(kit).await;
        let owner = world.sign_in("person", PHONE).await;
        let other = world.sign_in("person", OTHER).await;
        let clerk = world.sign_in("staff", "clerk").await;
        let operator = world.sign_in("staff", "operator").await;
        let (path, _) = granted(&world, &owner).await;
        let there = format!("{path}/documents");
        let list = world.ask(&owner, "GET", &there, Value::Null).await.expect(200);
        let rows = list["items"].as_array().unwrap();
        assert_eq!((rows.len(), rows[0]["kind"].as_str()), (3, Some("receipt")), "{list}");
        let last = world.ask(&owner, "GET", &format!("{there}?page=3&size=1"), Value::Null).await.expect(200);
        assert_eq!((&last["items"][0], &last["pages"], &last["total"]), (&rows[2], &json!(3), &json!(3)));
        let pdf = format!("{there}/{}/pdf", rows[0]["id"].as_str().unwrap());
        let printed = world.ask(&owner, "GET", &pdf, Value::Null).await;
        assert_eq!((printed.status.as_u16(), printed.headers["content-type"].to_str().unwrap()), (200, "application/pdf"));
        assert!(printed.body.starts_with(b"%PDF-") && printed.headers["cache-control"] == "no-store");
        let again = world.ask(&clerk, "GET", &pdf, Value::Null).await;
        assert_eq!((again.status.as_u16(), again.body), (200, printed.body), "equal documents are equal bytes");
        for token in [&other, &operator] {
            for address in [&there, &pdf] {
                assert_eq!(world.ask(token, "GET", address, Value::Null).await.refused(404), "not-found", "{address}");
            }
        }
        // a document is found under its own case alone
        let (foreign, _) = filled(&world, &other).await;
        let astray = format!("{foreign}/documents/{}/pdf", rows[0]["id"].as_str().unwrap());
        for token in [&other, &owner] {
            assert_eq!(world.ask(token, "GET", &astray, Value::Null).await.refused(404), "not-found");
        }
        assert_eq!(world.get(&pdf).await.refused(401), "sign-in-needed");

        let held = world.ask(&owner, "GET", "/api/v1/licences?size=1", Value::Null).await.expect(200);
        assert_eq!((&held["total"], &held["page"]), (&json!(1), &json!(1)));
        let page = format!("/api/v1/licences/{}/pdf", held["items"][0]["id"].as_str().unwrap());
        let printed = world.ask(&owner, "GET", &page, Value::Null).await;
        assert_eq!((printed.status.as_u16(), printed.headers["content-type"].to_str().unwrap()), (200, "application/pdf"));
        assert_eq!(world.ask(&owner, "GET", &page, Value::Null).await.body, printed.body);
        let verified = world.upload("/api/v1/verify", &[], &[], &printed.body).await.expect(200);
        assert_eq!(verified["verdict"], "valid", "{verified}");
        assert_eq!(world.ask(&other, "GET", &page, Value::Null).await.refused(404), "not-found");
        assert_eq!(world.ask(&owner, "GET", "/api/v1/licences/x/pdf", Value::Null).await.refused(404), "not-found");
        assert_eq!(world.ask(&clerk, "GET", &page, Value::Null).await.refused(403), "forbidden");
        assert_eq!(world.get(&page).await.refused(401), "sign-in-needed");
    }
}

tongban_testkit::both! { migrations,
    async fn who_read_my_data_is_told_to_me(kit: Kit) {
        let world = World::build(kit).await;
        let owner = world.sign_in("person", PHONE).await;
        granted(&world, &owner).await;
        let reads = world.ask(&owner, "GET", "/api/v1/data/reads", Value::Null).await.expect(200);
        assert_eq!(reads["total"], 1, "{reads}");
        let read = &reads["items"][0];
        assert_eq!((&read["reader"], &read["basis"], &read["outcome"], &read["law"]), (&json!("person"), &json!("consent"), &json!("facts"), &Value::Null));
        assert_eq!((&read["resource"], &read["facts"], &read["used_by"]), (&json!(HOMES), &json!(["住址"]), &json!("示范市市场监督管理局")));
        // clerk and approver stand there by office and post
        let looks = world.ask(&owner, "GET", "/api/v1/data/looks", Value::Null).await.expect(200);
        let told = looks["items"].to_string();
        for reader in ["示范市市场监督管理局 · 窗口人员", "示范市市场监督管理局 · 审批人员"] {
            assert!(told.contains(reader) && told.contains("食品经营许可") && !told.contains("刘工作"), "{told}");
        }
        let first = world.ask(&owner, "GET", "/api/v1/data/looks?size=1", Value::Null).await.expect(200);
        assert_eq!((&first["items"][0], &first["pages"], &first["total"]), (&looks["items"][0], &looks["total"], &looks["total"]));
        let other = world.sign_in("person", OTHER).await;
        let clerk = world.sign_in("staff", "clerk").await;
        for there in ["/api/v1/data/reads", "/api/v1/data/looks"] {
            assert_eq!(world.ask(&other, "GET", there, Value::Null).await.expect(200)["total"], 0, "{there}");
            assert_eq!(world.ask(&clerk, "GET", there, Value::Null).await.refused(403), "forbidden");
            assert_eq!(world.get(there).await.refused(401), "sign-in-needed");
        }
    }
}

tongban_testkit::both! { migrations,
    async fn progress_needs_the_link_or_a_second_fact(kit: Kit) {
        let world = World::build(kit).await;
        let owner = world.sign_in("person", PHONE).await;
        let (_, filed) = granted(&world, &owner).await;
        let code = filed["progress_code"].as_str().unwrap();
        let by_link = world.get(&format!("/api/v1/progress/{code}")).await.expect(200);
        assert_eq!((&by_link["number"], &by_link["state"], &by_link["rated"]), (&filed["number"], &json!("granted"), &json!(false)));
        let told = by_link.to_string();
        assert!(!told.contains("符合条件") && !told.contains("王小明") && !told.contains("蜀香小馆"), "{told}");
        assert!(by_link["history"].as_array().unwrap().iter().all(|line| line["note"].is_null() && line["document"].is_null()));
        assert_eq!(world.get("/api/v1/progress/nothing").await.refused(404), "not-found");

        let number = filed["number"].as_str().unwrap();
        let ask = async |number: &str, last_four: &str| {
            let body = json!({ "number": number, "last_four": last_four }).to_string();
            world.send("POST", "/api/v1/progress", &[("content-type", "application/json")], body).await
        };
        let last_four = &citizen(11)[14..];
        assert_eq!(ask(&format!(" {number}-"), last_four).await.expect(200), by_link);
        assert_eq!(ask(number, "").await.refused(400), "bad-input");
        // a miss and a mismatch answer alike, and guessing is braked
        assert_eq!(ask("51990000000000000000", last_four).await.refused(404), "not-found");
        for _ in 0..5 {
            assert_eq!(ask(number, "0000").await.refused(404), "not-found");
        }
        let braked = ask(number, last_four).await;
        assert_eq!(braked.refused(429), "too-many");
        assert!(braked.headers.contains_key("retry-after"));
        assert_eq!(world.get(&format!("/api/v1/progress/{code}")).await.expect(200), by_link, "the link is no guess");
    }
}

tongban_testkit::both! { migrations,
    async fn a_result_is_handed_over_once(kit: Kit) {
        let world = World::build(kit).await;
        let owner = world.sign_in("person", PHONE).await;
        let clerk = world.sign_in("staff", "clerk").await;
        let (path, _) = granted(&world, &owner).await;
        let there = format!("{path}/delivery");
        let version = world.ask(&clerk, "GET", &path, Value::Null).await.expect(200)["version"].as_i64().unwrap();
        let note = |version: i64, note: &str| json!({ "version": version, "note": note });
        assert_eq!(world.send("POST", &there, &[("content-type", "application/json")], note(version, "x").to_string()).await.refused(401), "sign-in-needed");
        for (kind, name) in [("person", PHONE), ("staff", "approver"), ("staff", "operator")] {
            let token = world.sign_in(kind, name).await;
            assert_eq!(world.ask(&token, "POST", &there, note(version, "x")).await.refused(403), "forbidden", "{name}");
        }
        assert_eq!(world.ask(&clerk, "POST", &there, note(version, " ")).await.refused(422), "case.delivery_note_missing");
        assert_eq!(world.ask(&clerk, "POST", &there, note(version - 1, "本人领取")).await.refused(409), "conflict");
        let done = world.ask_once(&clerk, "POST", &there, note(version, "本人领取"), Some("d")).await.expect(200);
        assert_eq!(world.ask_once(&clerk, "POST", &there, note(version, "本人领取"), Some("d")).await.expect(200), done);
        let version = done["version"].as_i64().unwrap();
        assert_eq!(world.ask(&clerk, "POST", &there, note(version, "又一次")).await.refused(422), "case.nothing_to_deliver");
        let case = world.ask(&owner, "GET", &path, Value::Null).await.expect(200);
        assert!(case["delivered_at"].is_string());
        let receipts = case["documents"].as_array().unwrap().iter().filter(|document| document["kind"] == "delivery_receipt");
        assert_eq!(receipts.count(), 1, "{case}");
    }
}
