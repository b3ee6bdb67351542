//! What anybody may ask: matters and verification.

use serde_json::json;

use crate::world::{DISTRICT, ITEM_CODE, NEIGHBOUR, World, migrations};

const JSON: &[(&str, &str)] = &[("content-type", "application/json")];

fn names(answer: &serde_json::Value) -> Vec<&str> {
    answer["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["name"].as_str().unwrap())
        .collect()
}

tongban_testkit::both! { migrations,
    async fn matters_are_found_read_and_paged(kit: Kit) {
        let world = World::build(kit).await;
        let all = world.get("/api/v1/items").await.expect(200);
        assert_eq!((names(&all).len(), &all["next"]), (3, &json!(null)));

        // those of the region and above it, never of neighbours or below
        let here = world.get(&format!("/api/v1/items?region={DISTRICT}")).await.expect(200);
        let mut found = names(&here);
        found.sort_unstable();
        assert_eq!(found, ["小餐饮备案", "食品经营许可（新办）"]);
        let city = world.get("/api/v1/items?region=519900").await.expect(200);
        assert_eq!(names(&city), ["食品经营许可（新办）"]);
        assert_eq!(world.get("/api/v1/items?region=51%2099").await.refused(400), "bad-input");

        let found = world.get(&format!("/api/v1/items?q=%E9%A3%9F%E5%93%81%E7%BB%8F%E8%90%A5&region={NEIGHBOUR}&limit=1")).await.expect(200);
        let item = &found["items"][0];
        assert_eq!(item["code"], ITEM_CODE);
        assert_eq!(item["id"], world.item.to_string());
        assert_eq!((item["department"].as_str(), item["region"].as_str()), (Some("示范市市场监管局"), Some("519900000000")));

        let mut seen = Vec::new();
        let mut next = String::new();
        loop {
            let page = world.get(&format!("/api/v1/items?limit=2&next={next}")).await.expect(200);
            seen.extend(names(&page).into_iter().map(str::to_owned));
            match page["next"].as_str() {
                Some(more) => next = more.to_owned(),
                None => break,
            }
        }
        seen.sort_unstable();
        seen.dedup();
        assert_eq!(seen.len(), 3);
        assert_eq!(world.get("/api/v1/items?next=x").await.refused(400), "bad-input");
        assert_eq!(world.get("/api/v1/items?limit=x").await.refused(400), "bad-input");

        for segment in [ITEM_CODE, &world.item.to_string()] {
            let item = world.get(&format!("/api/v1/items/{segment}")).await.expect(200);
            assert_eq!((item["name"].as_str(), item["applicable"].as_bool()), (Some("食品经营许可（新办）"), Some(true)));
            assert_eq!(item["organisation"]["name"], "示范市市场监督管理局");
            assert_eq!(item["content"]["form"]["properties"]["area"]["minimum"], 1);
            assert_eq!(item["content"]["materials"][0]["name"], "平面图");
        }
        assert_eq!(world.get("/api/v1/items/nothing").await.refused(404), "not-found");
    }
}

tongban_testkit::both! { migrations,
    async fn filters_narrow_and_their_values_are_counted(kit: Kit) {
        let world = World::build(kit).await;
        let all = world.get("/api/v1/items?limit=1").await.expect(200);
        assert_eq!(all["facets"]["topics"], json!([{ "value": "开饭店", "count": 1 }]));
        assert_eq!(all["facets"]["departments"].as_array().unwrap().len(), 3, "all that was found is counted, not this page");
        assert_eq!(all["facets"]["item_types"], json!([{ "value": "行政许可", "count": 2 }, { "value": "其他行政权力", "count": 1 }]));
        for filter in [
            "topic=%E5%BC%80%E9%A5%AD%E5%BA%97",
            "department=%E7%A4%BA%E8%8C%83%E5%8C%BA%E5%B8%82%E5%9C%BA%E7%9B%91%E7%AE%A1%E5%B1%80",
            "item_type=%E5%85%B6%E4%BB%96%E8%A1%8C%E6%94%BF%E6%9D%83%E5%8A%9B",
            "q=%E9%A4%90%E9%A5%AE&topic=%E5%BC%80%E9%A5%AD%E5%BA%97",
        ] {
            let found = world.get(&format!("/api/v1/items?{filter}")).await.expect(200);
            assert_eq!(names(&found), ["小餐饮备案"], "{filter}");
            assert_eq!(found["items"][0]["topics"], json!(["开饭店"]));
        }
        // what names nobody is for both
        let persons = world.get("/api/v1/items?audience=person").await.expect(200);
        assert_eq!(names(&persons).len(), 2);
        assert_eq!(world.get("/api/v1/items?audience=firm").await.refused(400), "bad-input");
        assert!(names(&world.get("/api/v1/items?topic=x").await.expect(200)).is_empty());
    }
}

tongban_testkit::both! { migrations,
    async fn what_is_not_ours_is_unknown(kit: Kit) {
        let world = World::build(kit).await;
        let by_code = world.get("/api/v1/verify/no-such-code").await.expect(200);
        let posted = world.send("POST", "/api/v1/verify", JSON, json!({ "code": "no-such-code" }).to_string()).await;
        let by_file = world.upload("/api/v1/verify", &[], &[], b"%PDF-1.7 nothing in it").await;
        for answer in [by_code, posted.expect(200), by_file.expect(200)] {
            assert_eq!(answer["verdict"], "unknown");
            assert_eq!(answer["licence"], json!(null));
            let check = &answer["checks"][0];
            assert!(check["name"].is_string() && check["ok"] == false && check["detail"].is_string(), "{answer}");
        }
        // an OFD of others: what it carries is looked at, and a changed page is named
        let mut ofd = tongban_press::ofd::testing::Parts::signed(|_| b"no seal".to_vec());
        let answer = world.upload("/api/v1/verify", &[], &[], &ofd.pack()).await.expect(200);
        assert_eq!(answer["verdict"], "unknown");
        ofd.set("Doc_0/Pages/Page_0/Content.xml", "another page");
        let answer = world.upload("/api/v1/verify", &[], &[], &ofd.pack()).await.expect(200);
        assert_eq!(answer["verdict"], "altered");
        let changed = answer["checks"].as_array().unwrap().iter().find(|check| check["code"] == "page_differs").unwrap();
        assert_eq!((changed["name"].as_str(), changed["ok"].as_bool()), (Some("digest"), Some(false)));
        assert!(changed["detail"].as_str().unwrap().contains("/Doc_0/Pages/Page_0/Content.xml"));
        let send = |headers: &'static [(&str, &str)], body: &'static str| world.send("POST", "/api/v1/verify", headers, body);
        assert_eq!(send(&[], "x").await.refused(415), "api.media_type");
        assert_eq!(send(JSON, "{}").await.refused(400), "bad-input");
        assert_eq!(send(JSON, "nonsense").await.refused(400), "bad-input");
        let large = vec![0_u8; 16 * 1024 * 1024 + 1];
        assert_eq!(world.upload("/api/v1/verify", &[], &[], &large).await.refused(413), "too-large");
    }
}
