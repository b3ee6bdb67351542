//! The main job: one application from its first field to the licence, its verification and its rating.

use serde_json::{Value, json};

use crate::world::{HOMES, PHONE, SILENT, World, citizen, migrations};

const FILE: &[u8] = b"%PDF-1.7 a plan";

/// A draft with everything filled in: its path and its version.
pub async fn filled(world: &World, token: &str) -> (String, i64) {
    let started = world
        .ask(token, "POST", "/api/v1/cases", json!({ "item": world.item }))
        .await
        .expect(201);
    assert_eq!(
        (started["state"].as_str(), started["number"].as_str()),
        (Some("draft"), None)
    );
    let path = format!("/api/v1/cases/{}", started["id"].as_str().unwrap());
    let values =
        json!({ "version": started["version"], "values": { "shop": "蜀香小馆", "area": 80, "surplus": 1 } });
    world.ask(token, "PATCH", &path, values).await.expect(200);
    let bearer = format!("Bearer {token}");
    let there = format!("{path}/materials");
    let taken = world
        .upload(
            &there,
            &[("authorization", &bearer)],
            &[("material", "plan")],
            FILE,
        )
        .await;
    let version = taken.expect(201)["version"].as_i64().unwrap();
    (path, version)
}

tongban_testkit::both! { migrations,
    async fn from_the_first_field_to_the_rating(kit: Kit) {
        let world = World::build(kit).await;
        let owner = world.sign_in("person", PHONE).await;
        let (path, version) = filled(&world, &owner).await;

        let draft = world.ask(&owner, "GET", &path, Value::Null).await.expect(200);
        assert_eq!(draft["values"], json!({ "owner": "王小明", "owner_number": citizen(11), "shop": "蜀香小馆", "area": 80 }));
        assert_eq!(draft["origins"]["owner"]["kind"], "account");
        assert_eq!(draft["materials"][0]["file_name"], "平面图.pdf");

        let submission = format!("{path}/submission");
        let given = json!({ "version": version, "delivery": "electronic" });
        let submitted = world.ask_once(&owner, "POST", &submission, given.clone(), Some("k-1")).await.expect(200);
        assert_eq!(submitted["state"], "submitted");
        let number = submitted["number"].as_str().unwrap();
        assert!(submitted["progress_code"].as_str().unwrap().len() >= 22);
        // the answer was lost, the program asks again: the same case, the same number
        let again = world.ask_once(&owner, "POST", &submission, given.clone(), Some("k-1")).await.expect(200);
        assert_eq!(again, submitted);
        let other = json!({ "version": version + 1 });
        assert_eq!(world.ask_once(&owner, "POST", &submission, other, Some("k-1")).await.refused(422), "api.idempotency_mismatch");
        assert_eq!(world.ask(&owner, "POST", &submission, given).await.refused(422), "case.wrong_state");

        // at the desk
        let clerk = world.sign_in("staff", "clerk").await;
        let approver = world.sign_in("staff", "approver").await;
        let work = world.ask(&clerk, "GET", "/api/v1/work?filter=accept&size=5", Value::Null).await.expect(200);
        assert_eq!((&work["total"], &work["items"][0]["number"], &work["items"][0]["applicant"]), (&json!(1), &json!(number), &json!("王××")));
        let seen = world.ask(&clerk, "GET", &path, Value::Null).await.expect(200);
        assert_eq!(seen["applicant"]["name"], "王小明");
        let text = seen.to_string();
        assert!(!text.contains(&citizen(11)) && !text.contains(PHONE), "identifiers are masked for staff: {text}");

        let stale = json!({ "version": version });
        assert_eq!(world.ask(&clerk, "POST", &format!("{path}/acceptance"), stale).await.refused(409), "conflict");
        let seen = json!({ "version": seen["version"] });
        let accepted = world.ask(&clerk, "POST", &format!("{path}/acceptance"), seen).await.expect(200);
        assert_eq!(accepted["state"], "accepted");
        let decision = |version: &Value| json!({ "version": version, "granted": true });
        let decide = format!("{path}/decision");
        assert_eq!(world.ask(&clerk, "POST", &decide, decision(&accepted["version"])).await.refused(403), "forbidden");
        assert_eq!(world.ask(&approver, "POST", &decide, decision(&accepted["version"])).await.refused(422), "case.steps_open");
        let step = json!({ "version": accepted["version"], "opinion": "符合条件" });
        let stepped = world.ask(&approver, "POST", &format!("{path}/steps"), step).await.expect(200);
        let special = |version: &Value| json!({ "version": version, "kind": "expert_review", "reason": "方案要论证", "days": 5 });
        let specials = format!("{path}/special-procedures");
        assert_eq!(world.ask(&clerk, "POST", &specials, special(&stepped["version"])).await.refused(403), "forbidden");
        let stopped = world.ask(&approver, "POST", &specials, special(&stepped["version"])).await.expect(200);
        let seen = world.ask(&owner, "GET", &path, Value::Null).await.expect(200);
        assert_eq!((&seen["special_procedures"][0]["name"], &seen["clocks"][0]["due_on"]), (&json!("专家评审"), &Value::Null));
        assert!(seen["clocks"][0]["stopped_since"].is_string());
        assert_eq!(world.ask(&approver, "POST", &decide, decision(&stopped["version"])).await.refused(422), "case.special_open");
        let end = json!({ "version": stopped["version"], "result": "同意" });
        let running = world.ask(&approver, "POST", &format!("{specials}/end"), end).await.expect(200);
        let extension = json!({ "version": running["version"], "reason": "要核对外省信息", "approval": "局长批准" });
        let stepped = world.ask(&approver, "POST", &format!("{path}/extension"), extension).await.expect(200);
        let decided = world.ask(&approver, "POST", &decide, decision(&stepped["version"])).await.expect(200);
        assert_eq!(decided["state"], "granted");

        // what came of it
        let held = world.ask(&owner, "GET", "/api/v1/licences", Value::Null).await.expect(200);
        let licence = &held["items"][0];
        assert_eq!((licence["id"].clone(), licence["status"].as_str(), licence["valid"].as_bool()), (decided["licence"].clone(), Some("valid"), Some(true)));
        assert_eq!(licence["case_number"], number);
        let account = tongban_identity::find_party(&world.kit.store, tongban_access::PartyKind::Person, &citizen(11)).await.unwrap().unwrap();
        let actor = tongban_access::Actor::party(account, tongban_access::PartyKind::Person);
        let view = tongban_licences::licence_view(&world.kit.store, &actor, licence["id"].as_str().unwrap().parse().unwrap()).await.unwrap();
        let code = view.verify_code.unwrap();
        let verified = world.get(&format!("/api/v1/verify/{code}")).await.expect(200);
        assert_eq!((verified["verdict"].as_str(), verified["licence"]["holder"].as_str()), (Some("valid"), Some("王**")));
        let address = json!({ "code": format!("https://zw.example.gov.cn/verify/{code}") }).to_string();
        let verified = world.send("POST", "/api/v1/verify", &[("content-type", "application/json")], address).await.expect(200);
        assert_eq!(verified["verdict"], "valid");
        let verified = world.upload("/api/v1/verify", &[], &[], view.record.as_bytes()).await.expect(200);
        assert_eq!(verified["verdict"], "valid", "{verified}");
        // a page that carries our record and is not the one that was given out
        let page = tongban_press::Page {
            template: String::new(),
            data: Value::Null,
            record: Some((tongban_licences::RECORD_NAME.to_owned(), view.record.clone().into_bytes())),
            at: world.kit.store.now(),
        };
        let page = tongban_press::Typesetter::pdf(&tongban_press::BlankTypesetter, &page).unwrap();
        let forged = world.upload("/api/v1/verify", &[], &[], &page).await.expect(200);
        assert_eq!((forged["verdict"].as_str(), &forged["licence"]), (Some("altered"), &Value::Null));
        let differs = json!({ "name": "file", "ok": false, "detail": "the page is not the one that was given out", "code": "differs" });
        assert!(forged["checks"].as_array().unwrap().contains(&differs), "{forged}");

        let rating = json!({ "score": 5, "tags": ["fast"], "anonymous": true });
        let rate = format!("{path}/rating");
        world.ask_once(&owner, "POST", &rate, rating.clone(), Some("r-1")).await.expect(204);
        world.ask_once(&owner, "POST", &rate, rating.clone(), Some("r-1")).await.expect(204);
        assert_eq!(world.ask(&owner, "POST", &rate, rating).await.refused(422), "rating.once");
    }
}

tongban_testkit::both! { migrations,
    async fn what_is_wrong_is_told_field_by_field(kit: Kit) {
        let world = World::build(kit).await;
        let owner = world.sign_in("person", PHONE).await;
        let started = world.ask_once(&owner, "POST", "/api/v1/cases", json!({ "item": world.item }), Some("s-1")).await.expect(201);
        // the same key answers the same; without it the open draft goes on
        let again = world.ask_once(&owner, "POST", "/api/v1/cases", json!({ "item": world.item }), Some("s-1")).await.expect(201);
        assert_eq!(again["id"], started["id"]);
        let resumed = world.ask(&owner, "POST", "/api/v1/cases", json!({ "item": world.item })).await.expect(200);
        assert_eq!(resumed["id"], started["id"]);

        let path = format!("/api/v1/cases/{}", started["id"].as_str().unwrap());
        let values = json!({ "version": started["version"], "values": { "area": 0 } });
        let saved = world.ask(&owner, "PATCH", &path, values.clone()).await.expect(200);
        assert_eq!(world.ask(&owner, "PATCH", &path, values).await.refused(409), "conflict");
        let given = json!({ "version": saved["version"] });
        let refused = world.ask(&owner, "POST", &format!("{path}/submission"), given).await;
        assert_eq!(refused.refused(422), "case.form_invalid");
        let fields = refused.json()["fields"].clone();
        assert_eq!(fields[0], json!({ "field": "shop", "code": "required", "detail": "这一项必须填" }));
        assert_eq!((fields[1]["field"].as_str(), fields[1]["code"].as_str()), (Some("area"), Some("minimum")));

        let values = json!({ "version": saved["version"], "values": { "shop": "小馆", "area": 8 } });
        let saved = world.ask(&owner, "PATCH", &path, values).await.expect(200);
        let given = json!({ "version": saved["version"] });
        assert_eq!(world.ask(&owner, "POST", &format!("{path}/submission"), given).await.refused(422), "case.material_missing");

        let bearer = format!("Bearer {owner}");
        let upload = async |material: &'static str, file: &'static [u8]| {
            world.upload(&format!("{path}/materials"), &[("authorization", &bearer)], &[("material", material)], file).await
        };
        assert_eq!(upload("nothing", FILE).await.refused(422), "case.no_such_material");
        assert_eq!(upload("plan", b"MZ\x90").await.refused(422), "case.file_type");
        let file = upload("plan", FILE).await.expect(201);
        let material = format!("{path}/materials/{}", file["id"].as_str().unwrap());
        world.ask(&owner, "DELETE", &material, Value::Null).await.expect(204);
        assert_eq!(world.ask(&owner, "DELETE", &material, Value::Null).await.refused(404), "not-found");
        assert_eq!(world.ask(&owner, "POST", "/api/v1/cases", json!({ "item": "DISTRICT-1" })).await.refused(422), "case.guide_only");
        assert_eq!(world.ask(&owner, "POST", "/api/v1/cases", json!({ "item": "nothing" })).await.refused(404), "not-found");
    }
}

tongban_testkit::both! { migrations,
    async fn a_case_is_for_its_owner_and_its_office(kit: Kit) {
        let world = World::build(kit).await;
        let owner = world.sign_in("person", PHONE).await;
        let other = world.sign_in("person", "10012345679").await;
        let clerk = world.sign_in("staff", "clerk").await;
        let operator = world.sign_in("staff", "operator").await;
        let (path, version) = filled(&world, &owner).await;
        for token in [&other, &clerk, &operator] {
            assert_eq!(world.ask(token, "GET", &path, Value::Null).await.refused(404), "not-found", "a draft is for its owner");
        }
        world.ask(&owner, "POST", &format!("{path}/submission"), json!({ "version": version })).await.expect(200);
        world.ask(&clerk, "GET", &path, Value::Null).await.expect(200);
        for token in [&other, &operator] {
            assert_eq!(world.ask(token, "GET", &path, Value::Null).await.refused(404), "not-found");
        }
        let given = json!({ "version": version + 1 });
        assert_eq!(world.ask(&other, "POST", &format!("{path}/withdrawal"), given.clone()).await.refused(404), "not-found");
        assert_eq!(world.ask(&owner, "POST", &format!("{path}/acceptance"), given.clone()).await.refused(403), "forbidden");
        assert_eq!(world.ask(&owner, "GET", "/api/v1/work", Value::Null).await.refused(403), "forbidden");
        assert_eq!(world.ask(&operator, "GET", "/api/v1/work", Value::Null).await.refused(403), "forbidden");
        assert_eq!(world.ask(&clerk, "GET", "/api/v1/cases", Value::Null).await.refused(403), "forbidden");
        assert_eq!(world.ask(&clerk, "GET", "/api/v1/work?filter=x", Value::Null).await.refused(400), "bad-input");
        assert_eq!(world.ask(&owner, "GET", "/api/v1/cases/x", Value::Null).await.refused(404), "not-found");

        // told once what is missing, handed in again, taken back
        let notice = json!({ "version": version + 1, "text": "请补一张平面图" });
        let asked = world.ask(&clerk, "POST", &format!("{path}/supplement-notice"), notice).await.expect(200);
        assert_eq!(asked["state"], "supplement");
        let answered = world.ask_once(&owner, "POST", &format!("{path}/submission"), json!({ "version": asked["version"] }), Some("again")).await.expect(200);
        assert_eq!(answered["state"], "submitted");
        let replayed = world.ask_once(&owner, "POST", &format!("{path}/submission"), json!({ "version": asked["version"] }), Some("again")).await.expect(200);
        assert_eq!(replayed["version"], answered["version"]);
        let seen = json!({ "version": answered["version"] });
        let withdrawn = world.ask(&owner, "POST", &format!("{path}/withdrawal"), seen).await.expect(200);
        assert_eq!(withdrawn["state"], "withdrawn");
    }
}

tongban_testkit::both! { migrations,
    async fn twins_at_the_same_moment_are_one(kit: Kit) {
        let world = World::build(kit).await;
        let owner = world.sign_in("person", PHONE).await;
        let start = || world.ask_once(&owner, "POST", "/api/v1/cases", json!({ "item": world.item }), Some("same"));
        let (one, two, three) = tokio::join!(start(), start(), start());
        let first = one.expect(201);
        assert_eq!((two.expect(201), three.expect(201)), (first.clone(), first));
        let all = world.ask(&owner, "GET", "/api/v1/cases", Value::Null).await.expect(200);
        assert_eq!(all["total"], 1);

        let (path, version) = {
            let path = format!("/api/v1/cases/{}", all["items"][0]["id"].as_str().unwrap());
            let values = json!({ "version": 2, "values": { "shop": "蜀香小馆", "area": 80 } });
            world.ask(&owner, "PATCH", &path, values).await.expect(200);
            let (there, bearer) = (format!("{path}/materials"), format!("Bearer {owner}"));
            let taken = world.upload(&there, &[("authorization", &bearer)], &[("material", "plan")], FILE).await;
            (path, taken.expect(201)["version"].as_i64().unwrap())
        };
        let submission = format!("{path}/submission");
        let submit = || world.ask_once(&owner, "POST", &submission, json!({ "version": version }), Some("same"));
        let (one, two) = tokio::join!(submit(), submit());
        assert_eq!(one.expect(200), two.expect(200));
    }
}

/// Sends a request twice with a key of its own: the second answer is the first one.
async fn twice(world: &World, token: &str, path: &str, body: Value) -> Value {
    let first = world
        .ask_once(token, "POST", path, body.clone(), Some(path))
        .await
        .expect(200);
    let second = world
        .ask_once(token, "POST", path, body, Some(path))
        .await
        .expect(200);
    assert_eq!(first, second, "{path}");
    first
}

tongban_testkit::both! { migrations,
    async fn every_act_is_done_once_for_its_key(kit: Kit) {
        let world = World::build(kit).await;
        let owner = world.sign_in("person", PHONE).await;
        let other = world.sign_in("person", "10012345679").await;
        let start = async |token: &str| {
            let started = world.ask_once(token, "POST", "/api/v1/cases", json!({ "item": world.item }), Some("k")).await;
            started.expect(201)["id"].clone()
        };
        let (one, two) = (start(&owner).await, start(&other).await);
        assert_ne!(one, two, "the key of another person is another key");
        assert_eq!((start(&owner).await, start(&other).await), (one.clone(), two));

        let path = format!("/api/v1/cases/{}", one.as_str().unwrap());
        let values = json!({ "version": 2, "values": { "shop": "蜀香小馆", "area": 80 } });
        world.ask(&owner, "PATCH", &path, values).await.expect(200);
        let (there, bearer) = (format!("{path}/materials"), format!("Bearer {owner}"));
        let headers = [("authorization", bearer.as_str()), ("idempotency-key", "m")];
        let upload = async |file: &'static [u8]| world.upload(&there, &headers, &[("material", "plan")], file).await;
        let file = upload(FILE).await.expect(201);
        assert_eq!(upload(FILE).await.expect(201), file);
        assert_eq!(upload(b"%PDF-1.7 another").await.refused(422), "api.idempotency_mismatch");
        let draft = world.ask(&owner, "GET", &path, Value::Null).await.expect(200);
        assert_eq!(draft["materials"].as_array().unwrap().len(), 1);

        let clerk = world.sign_in("staff", "clerk").await;
        let approver = world.sign_in("staff", "approver").await;
        let filed = twice(&world, &owner, &format!("{path}/submission"), json!({ "version": file["version"] })).await;
        let asked = json!({ "version": filed["version"], "text": "平面图看不清" });
        let asked = twice(&world, &clerk, &format!("{path}/supplement-notice"), asked).await;
        // what is handed in for a second time is another request, with a key of its own
        let answered = world.ask_once(&owner, "POST", &format!("{path}/submission"), json!({ "version": asked["version"] }), Some("again")).await.expect(200);
        let accepted = twice(&world, &clerk, &format!("{path}/acceptance"), json!({ "version": answered["version"] })).await;
        let special = json!({ "version": accepted["version"], "kind": "expert_review", "reason": "方案要论证", "days": 5 });
        let stopped = twice(&world, &approver, &format!("{path}/special-procedures"), special).await;
        let end = json!({ "version": stopped["version"], "result": "同意" });
        let running = twice(&world, &approver, &format!("{path}/special-procedures/end"), end).await;
        let extension = json!({ "version": running["version"], "reason": "要核对外省信息", "approval": "局长批准" });
        let extended = twice(&world, &approver, &format!("{path}/extension"), extension).await;
        let step = json!({ "version": extended["version"], "opinion": "符合条件" });
        let stepped = twice(&world, &approver, &format!("{path}/steps"), step).await;
        let decision = json!({ "version": stepped["version"], "granted": true });
        let decided = twice(&world, &approver, &format!("{path}/decision"), decision.clone()).await;
        let held = world.ask(&owner, "GET", "/api/v1/licences", Value::Null).await.expect(200);
        assert_eq!((held["items"].as_array().unwrap().len(), &held["items"][0]["id"]), (1, &decided["licence"]));
        // without the key the second one is refused, and nobody else is answered what the approver was
        assert_eq!(world.ask(&approver, "POST", &format!("{path}/decision"), decision.clone()).await.refused(422), "case.wrong_state");
        let foreign = world.ask_once(&clerk, "POST", &format!("{path}/decision"), decision, Some(&format!("{path}/decision"))).await;
        assert_eq!(foreign.refused(403), "forbidden");

        let (path, version) = filled(&world, &owner).await;
        let filed = world.ask(&owner, "POST", &format!("{path}/submission"), json!({ "version": version })).await.expect(200);
        twice(&world, &owner, &format!("{path}/withdrawal"), json!({ "version": filed["version"] })).await;
        let (path, version) = filled(&world, &owner).await;
        let filed = world.ask(&owner, "POST", &format!("{path}/submission"), json!({ "version": version })).await.expect(200);
        twice(&world, &clerk, &format!("{path}/non-acceptance"), json!({ "version": filed["version"], "reasons": "不属于本机关职权" })).await;
    }
}

tongban_testkit::both! { migrations,
    async fn what_departments_know_is_read_with_a_yes(kit: Kit) {
        let world = World::build(kit).await;
        let owner = world.sign_in("person", PHONE).await;
        let (path, _) = filled(&world, &owner).await;
        let there = format!("{path}/sources");
        let list = world.ask(&owner, "GET", &there, Value::Null).await.expect(200);
        assert_eq!((&list["purpose"], &list["used_by"]), (&json!("食品经营许可（新办）"), &json!("示范市市场监督管理局")));
        let codes: Vec<_> = list["sources"].as_array().unwrap().iter().map(|source| source["code"].as_str().unwrap()).collect();
        assert_eq!(codes, [HOMES, SILENT]);
        let homes = &list["sources"][0];
        assert_eq!((&homes["facts"], &homes["provider"]), (&json!(["住址"]), &json!("示范市某局")));
        assert_eq!((&homes["consented"], &homes["outcome"], &list["filled"]), (&json!(false), &Value::Null, &json!([])));

        let yes = || json!({ "sources": [HOMES, SILENT] });
        let stranger = world.sign_in("person", "10012345679").await;
        assert_eq!(world.ask(&stranger, "GET", &there, Value::Null).await.refused(404), "not-found");
        assert_eq!(world.ask(&stranger, "POST", &there, yes()).await.refused(404), "not-found");
        let clerk = world.sign_in("staff", "clerk").await;
        assert_eq!(world.ask(&clerk, "POST", &there, yes()).await.refused(404), "not-found");
        let approver = world.sign_in("staff", "approver").await;
        assert_eq!(world.ask(&approver, "POST", &there, yes()).await.refused(403), "forbidden");
        let unknown = world.ask(&owner, "POST", &there, json!({ "sources": [HOMES, "of.no.matter"] })).await;
        assert_eq!(unknown.refused(422), "api.no_such_source");
        assert_eq!(world.ask(&owner, "POST", &there, json!({ "sources": HOMES })).await.refused(400), "bad-input");
        let untouched = world.ask(&owner, "GET", &there, Value::Null).await.expect(200);
        assert_eq!(untouched, list, "nothing was read");

        let read = world.ask(&owner, "POST", &there, yes()).await.expect(200);
        assert_eq!((&read["filled"], &read["unavailable"]), (&json!(["home"]), &json!(["taxed"])));
        assert_eq!((&read["sources"][0]["outcome"], &read["sources"][1]["outcome"]), (&json!("facts"), &json!("unavailable")));
        let draft = world.ask(&owner, "GET", &path, Value::Null).await.expect(200);
        assert_eq!((&draft["values"]["home"], &draft["version"]), (&json!("示范市人民路1号"), &read["version"]));

        // The yes is taken back, with what it had brought.
        let none = world.ask(&owner, "POST", &there, json!({ "sources": [] })).await.expect(200);
        assert_eq!((&none["filled"], &none["sources"][0]["consented"]), (&json!([]), &json!(false)));

        let given = json!({ "version": none["version"], "delivery": "electronic" });
        world.ask(&owner, "POST", &format!("{path}/submission"), given).await.expect(200);
        assert_eq!(world.ask(&owner, "POST", &there, yes()).await.refused(422), "case.wrong_state");
    }
}

tongban_testkit::both! { migrations,
    async fn a_draft_is_thrown_away(kit: Kit) {
        let world = World::build(kit).await;
        let owner = world.sign_in("person", PHONE).await;
        let (path, version) = filled(&world, &owner).await;
        let there = |version: i64| format!("{path}?version={version}");

        // nobody signed in, another person, the office, a page that is out of date, a request without a version
        assert_eq!(world.send("DELETE", &there(version), &[], String::new()).await.refused(401), "sign-in-needed");
        let other = world.sign_in("person", "10012345679").await;
        assert_eq!(world.ask(&other, "DELETE", &there(version), Value::Null).await.refused(404), "not-found");
        let clerk = world.sign_in("staff", "clerk").await;
        assert_eq!(world.ask(&clerk, "DELETE", &there(version), Value::Null).await.refused(404), "not-found");
        let approver = world.sign_in("staff", "approver").await;
        assert_eq!(world.ask(&approver, "DELETE", &there(version), Value::Null).await.refused(403), "forbidden");
        assert_eq!(world.ask(&owner, "DELETE", &there(version - 1), Value::Null).await.refused(409), "conflict");
        world.ask(&owner, "DELETE", &path, Value::Null).await.expect(400);
        world.ask(&owner, "GET", &path, Value::Null).await.expect(200);

        world.ask(&owner, "DELETE", &there(version), Value::Null).await.expect(204);
        assert_eq!(world.ask(&owner, "GET", &path, Value::Null).await.refused(404), "not-found");
        assert_eq!(world.ask(&owner, "DELETE", &there(version), Value::Null).await.refused(404), "not-found");

        // what was filed is withdrawn, not thrown away
        let (path, version) = filled(&world, &owner).await;
        let filed = world.ask(&owner, "POST", &format!("{path}/submission"), json!({ "version": version })).await.expect(200);
        let there = format!("{path}?version={}", filed["version"]);
        assert_eq!(world.ask(&owner, "DELETE", &there, Value::Null).await.refused(422), "case.wrong_state");
    }
}
