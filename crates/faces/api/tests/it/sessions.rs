//! Signing in for a token, and which requests may change something.

use serde_json::{Value, json};

use crate::world::{PASSWORD, PHONE, World, migrations};

tongban_testkit::both! { migrations,
    async fn a_token_opens_and_ends(kit: Kit) {
        let world = World::build(kit).await;
        let refused = world.get("/api/v1/cases").await;
        assert_eq!(refused.refused(401), "sign-in-needed");
        assert_eq!(refused.headers["www-authenticate"], "Bearer");

        let token = world.sign_in("person", PHONE).await;
        let cases = world.ask(&token, "GET", "/api/v1/cases", Value::Null).await;
        assert_eq!(cases.headers["cache-control"], "no-store");
        assert_eq!(cases.expect(200), json!({ "items": [], "page": 1, "pages": 1, "total": 0 }));
        // the token names a session of the API only by header or cookie, never twice
        assert_eq!(world.ask("wrong", "GET", "/api/v1/cases", Value::Null).await.refused(401), "sign-in-needed");

        world.ask(&token, "DELETE", "/api/v1/sessions/current", Value::Null).await.expect(204);
        assert_eq!(world.ask(&token, "GET", "/api/v1/cases", Value::Null).await.refused(401), "sign-in-needed");
    }
}

tongban_testkit::both! { migrations,
    async fn a_wrong_password_is_told_alike_and_locks(kit: Kit) {
        let world = World::build(kit).await;
        let sign_in = async |name: &str, password: &str| {
            let body = json!({ "kind": "person", "name": name, "password": password });
            world.send("POST", "/api/v1/sessions", &[("content-type", "application/json")], body.to_string()).await
        };
        assert_eq!(sign_in("10099999999", "whatever-1").await.refused(401), "identity.sign_in_failed");
        assert_eq!(sign_in("not a name", "whatever-1").await.refused(422), "identity.person_name_format");
        for _ in 0..4 {
            assert_eq!(sign_in(PHONE, "whatever-1").await.refused(401), "identity.sign_in_failed");
        }
        sign_in(PHONE, "whatever-1").await;
        assert_eq!(sign_in(PHONE, PASSWORD).await.refused(429), "identity.locked");
    }
}

tongban_testkit::both! { migrations,
    async fn a_cookie_alone_changes_nothing(kit: Kit) {
        let world = World::build(kit).await;
        let token = world.sign_in("person", PHONE).await;
        let cookie = format!("tb_session={token}");
        let body = json!({ "item": world.item }).to_string();
        let start = async |headers: &[(&str, &str)]| {
            let mut all = vec![("content-type", "application/json"), ("cookie", cookie.as_str())];
            all.extend_from_slice(headers);
            world.send("POST", "/api/v1/cases", &all, body.clone()).await
        };
        assert_eq!(start(&[]).await.refused(403), "foreign-form");
        assert_eq!(start(&[("sec-fetch-site", "cross-site")]).await.refused(403), "foreign-form");
        assert_eq!(start(&[("sec-fetch-site", "none")]).await.refused(403), "foreign-form");
        assert_eq!(start(&[("x-csrf-token", "made.up")]).await.refused(403), "foreign-form");
        assert_eq!(start(&[("sec-fetch-site", "same-origin"), ("origin", "http://evil.example")]).await.refused(403), "foreign-form");
        start(&[("sec-fetch-site", "same-origin"), ("origin", "http://tongban.test")]).await.expect(201);

        // a page of ours brings the token that a script sends back
        let page = world.send("GET", "/api/docs", &[("cookie", &cookie)], "").await;
        let form_cookie = page.headers.get_all("set-cookie").iter().map(|value| value.to_str().unwrap()).find(|value| value.starts_with("tb_csrf=")).unwrap();
        let form_cookie = form_cookie.split(';').next().unwrap().to_owned();
        let text = page.text();
        let at = text.find("name=\"_csrf\" value=\"").unwrap() + 20;
        let form_token = text[at..].split('"').next().unwrap();
        let both = format!("{cookie}; {form_cookie}");
        let headers = [("content-type", "application/json"), ("cookie", both.as_str()), ("x-csrf-token", form_token)];
        world.send("POST", "/api/v1/cases", &headers, body.clone()).await.expect(200);

        // reading needs none of it
        world.send("GET", "/api/v1/cases", &[("cookie", &cookie)], "").await.expect(200);
    }
}
