//! A session ends under a form: what was typed comes back after the sign-in.

use axum::http::{StatusCode, header};
use tongban_access::Actor;
use tongban_testkit::both;

use crate::{
    browser::Browser,
    city::{City, migrations},
};

/// The value of the first hidden field of this name.
#[track_caller]
fn hidden(html: &str, name: &str) -> String {
    let mark = format!("name=\"{name}\" value=\"");
    let start = html
        .find(&mark)
        .unwrap_or_else(|| panic!("no field {name}: {html}"))
        + mark.len();
    html[start..].split('"').next().unwrap().to_owned()
}

/// A draft of the applicant with its form open.
async fn draft(city: &City, browser: &mut Browser) -> String {
    let apply = format!("/apply/{}", city.world.item.item);
    browser
        .post(&apply, &apply, &[("consent_to", "all")])
        .await
        .location()
}

/// The one-time code of the phone that everybody here has.
async fn code(city: &City) -> String {
    city.sink.messages("10012345678")[0]
        .chars()
        .filter(char::is_ascii_digit)
        .take(6)
        .collect()
}

/// Signs in by code with what waits, and answers what the sign-in answers.
async fn by_code(city: &City, browser: &mut Browser, phone_of: &Actor, kept: &str) -> crate::browser::Answer {
    assert!(phone_of.account().is_some());
    let asked = [
        ("kind", "person"),
        ("name", "10012345678"),
        ("back", "/my/cases"),
        ("kept", kept),
    ];
    let page = browser.post("/sign-in", "/sign-in/code", &asked).await.page();
    assert_eq!(hidden(&page, "kept"), kept);
    // a wrong code loses nothing
    let wrong = browser
        .post(
            "/sign-in",
            "/sign-in/code/enter",
            &[("code", "12"), ("kept", kept)],
        )
        .await
        .refused();
    assert_eq!(hidden(&wrong, "kept"), kept);
    let code = code(city).await;
    browser
        .post(
            "/sign-in",
            "/sign-in/code/enter",
            &[("code", &code), ("back", "/my/cases"), ("kept", kept)],
        )
        .await
}

both! { migrations,
    async fn the_application_form_comes_back_after_the_sign_in(kit: Kit) {
        let city = City::open(&kit, true).await;
        let mut browser = city.signed_in(&city.world.applicant).await;
        let form = draft(&city, &mut browser).await;
        let page = browser.get(&form).await.page();
        let (token, version) = (hidden(&page, "_csrf"), hidden(&page, "version"));

        browser.cookies.remove("tb_session");
        let typed = [("version", version.as_str()), ("shop", "阳光小馆"), ("area", "80"), ("then", "later")];
        let answer = browser.post_with_token(&form, &token, &typed).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
        let page = answer.text();
        assert!(page.contains("刚才填的内容没有丢") && !page.contains("阳光小馆"), "{page}");
        let kept = hidden(&page, "kept");

        // the other ways of signing in carry it too, in no address
        let other = browser.post("/sign-in", "/sign-in/other?kind=enterprise&way=code", &[("back", "/my/cases"), ("kept", &kept)]).await.page();
        assert!(hidden(&other, "kept") == kept && !other.contains(&format!("?kept={kept}")) && other.contains("统一社会信用代码"));
        let wrong = browser.post("/sign-in", "/sign-in", &[("kind", "person"), ("name", "10012345678"), ("password", "no"), ("kept", &kept)]).await.refused();
        assert_eq!(hidden(&wrong, "kept"), kept);

        let answer = by_code(&city, &mut browser, &city.world.applicant, &kept).await;
        assert_eq!(answer.headers[header::CACHE_CONTROL], "no-store");
        let shown = answer.page();
        assert!(shown.contains("刚才填的内容还在") && shown.contains("阳光小馆") && shown.contains(&form), "{shown}");
        // nothing was saved before the click
        assert!(!browser.get(&form).await.page().contains("阳光小馆"));
        let token = hidden(&shown, "_csrf");
        assert_eq!(browser.post_with_token(&form, &token, &typed).await.location(), "/my/cases");
        assert!(browser.get(&form).await.page().contains("阳光小馆"));
    }
}

both! { migrations,
    async fn another_account_learns_nothing_of_it(kit: Kit) {
        let city = City::open(&kit, true).await;
        let other = city.world.person("赵六", 203).await;
        let mut browser = city.signed_in(&other).await;
        let page = browser.get("/my/cases").await.page();
        let token = hidden(&page, "_csrf");
        browser.cookies.remove("tb_session");
        let answer = browser.post_with_token("/my/messages/read", &token, &[("text", "赵六写的")]).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
        let kept = hidden(&answer.text(), "kept");
        let answer = by_code(&city, &mut browser, &city.world.applicant, &kept).await;
        assert_eq!(answer.location(), "/my/cases");
        let page = browser.get("/my/cases").await.page();
        assert!(page.contains("用另一个账号填的") && !page.contains("赵六写的"), "{page}");
    }
}

both! { migrations,
    async fn what_is_no_longer_good_is_said(kit: Kit) {
        let city = City::open(&kit, true).await;
        let mut browser = city.browser();
        let asked = [("kind", "person"), ("name", "10012345678"), ("kept", "garbage")];
        let page = browser.post("/sign-in", "/sign-in/code", &asked).await.page();
        assert_eq!(hidden(&page, "kept"), "-");
        let code = code(&city).await;
        let typed = [("code", code.as_str()), ("back", "/my/cases"), ("kept", "-")];
        assert_eq!(browser.post("/sign-in", "/sign-in/code/enter", &typed).await.location(), "/my/cases");
        assert!(browser.get("/my/cases").await.page().contains("保留的时间过了"));
    }
}
