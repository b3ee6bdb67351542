//! 窗口代办 by a program: begun with the presence of the person on record, filled and handed in by the clerk.

use serde_json::{Value, json};

use crate::world::{HOMES, PHONE, World, citizen, migrations};

const THERE: &str = "/api/v1/window/cases";
const FILE: &[u8] = b"%PDF-1.7 a plan";

/// Somebody who stands at the window.
fn person(world: &World, name: &str, number: &str) -> Value {
    json!({ "item": world.item, "kind": "person", "name": name, "number": number, "present": true })
}

tongban_testkit::both! { migrations,
    async fn a_clerk_files_for_the_person_who_is_there(kit: Kit) {
        let world = World::build(kit).await;
        let clerk = world.sign_in("staff", "clerk").await;
        let owner = world.sign_in("person", PHONE).await;
        let who = person(&world, "王小明", &citizen(11));
        let started = world.ask_once(&clerk, "POST", THERE, who.clone(), Some("w")).await.expect(201);
        assert_eq!(world.ask_once(&clerk, "POST", THERE, who.clone(), Some("w")).await.expect(201), started);
        let open = world.ask(&clerk, "GET", THERE, Value::Null).await.expect(200);
        assert_eq!((&open["total"], &open["items"][0]["id"], &open["items"][0]["channel"]), (&json!(1), &started["id"], &json!("window")));
        let path = format!("/api/v1/cases/{}", started["id"].as_str().unwrap());
        assert_eq!(world.ask(&owner, "GET", &path, Value::Null).await.refused(404), "not-found", "a draft is for who fills it");

        let draft = world.ask(&clerk, "GET", &path, Value::Null).await.expect(200);
        let shown = &draft["values"]["owner_number"];
        assert!(draft["values"]["owner"] == "王小明" && shown.as_str().unwrap().contains("****"), "{draft}");
        let read = world.ask(&clerk, "POST", &format!("{path}/sources"), json!({ "sources": [HOMES] })).await.expect(200);
        assert_eq!(read["filled"], json!(["home"]));
        // what was read masked and is sent back masked stays what it is
        let values = json!({ "version": read["version"], "values": { "owner_number": shown, "shop": "蜀香小馆", "area": 80 } });
        world.ask(&clerk, "PATCH", &path, values).await.expect(200);
        let bearer = format!("Bearer {clerk}");
        let file = world.upload(&format!("{path}/materials"), &[("authorization", &bearer)], &[("material", "plan")], FILE).await.expect(201);
        let filed = world.ask(&clerk, "POST", &format!("{path}/submission"), json!({ "version": file["version"] })).await.expect(200);
        assert_eq!(filed["state"], "submitted");
        let case = world.ask(&owner, "GET", &path, Value::Null).await.expect(200);
        assert_eq!((&case["values"]["owner_number"], &case["channel"]), (&json!(citizen(11)), &json!("window")));
        assert_eq!(world.ask(&clerk, "GET", THERE, Value::Null).await.expect(200)["total"], 0);
        let audit = world.kit.store.log_of("case", started["id"].as_str().unwrap()).await.unwrap();
        assert_eq!(audit[0].detail["presence"], "recorded");
    }
}

tongban_testkit::both! { migrations,
    async fn filing_at_the_window_is_refused_as_on_the_pages(kit: Kit) {
        let world = World::build(kit).await;
        let clerk = world.sign_in("staff", "clerk").await;
        let good = person(&world, "赵六", &citizen(15));
        let with = |name: &str, value: Value| {
            let mut body = good.clone();
            body[name] = value;
            body
        };
        for (body, status, code) in [
            (with("present", json!(false)), 422, "case.presence"),
            (with("number", json!(citizen(11))), 422, "case.name_differs"),
            (with("number", json!("123")), 422, "api.applicant"),
            (with("name", json!(" ")), 422, "api.applicant"),
            (with("phone", json!("1")), 422, "api.applicant"),
            (with("item", json!("DISTRICT-1")), 422, "case.guide_only"),
            (with("item", json!("nothing")), 404, "not-found"),
            (with("kind", json!("somebody")), 400, "bad-input"),
        ] {
            assert_eq!(world.ask(&clerk, "POST", THERE, body).await.refused(status), code);
        }
        let fields = world.ask(&clerk, "POST", THERE, with("number", json!("123"))).await.json()["fields"].clone();
        assert_eq!((&fields[0]["field"], &fields[0]["code"]), (&json!("number"), &json!("citizen-number")));
        for (kind, name) in [("person", PHONE), ("staff", "approver"), ("staff", "operator")] {
            let token = world.sign_in(kind, name).await;
            assert_eq!(world.ask(&token, "POST", THERE, good.clone()).await.refused(403), "forbidden", "{name}");
            assert_eq!(world.ask(&token, "GET", THERE, Value::Null).await.refused(403), "forbidden", "{name}");
        }
        assert_eq!(world.get(THERE).await.refused(401), "sign-in-needed");
        assert_eq!(world.ask(&clerk, "GET", THERE, Value::Null).await.expect(200)["total"], 0, "nothing began");
    }
}
