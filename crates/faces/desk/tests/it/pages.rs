//! Every page is rendered in both languages, and every text that it names is there.

use axum::http::StatusCode;
use tongban_cases::RevealCause;
use tongban_catalogue::lint_codes;
use tongban_procedure::{DocumentKind, State};
use tongban_web::{Locale, testing};

use crate::world::{World, both, migrations};

both! { migrations, async fn every_page_in_both_languages(kit: Kit) {
    let world = World::build(kit).await;
    let case = world.submitted().await;
    let start = format!("/desk/file/start/{}", world.item.item);
    let licence = format!("/desk/licences/{}", world.licence().await);
    let reissue = format!("{licence}/reissue");
    let case = format!("/desk/cases/{case}");
    let pages: [(&str, &[&str]); 5] = [
        ("clerk", &["/desk", "/desk/notices", "/desk?show=closed", "/desk?number=1", "/desk/file", "/desk/file?q=xyz", &start, &case]),
        ("approver", &["/desk?show=open", &case, "/desk/follow-ups", "/desk/licences", &licence, &reissue]),
        ("supervisor", &["/desk", "/desk/supervise", "/desk/work", &case]),
        ("operator", &["/desk/items?q=%E9%A3%9F", "/desk/items?state=idle", "/desk/quality", "/desk/imports"]),
        ("operator", &["/desk/departments", "/desk/work", "/desk/quality?finding=lint.missing"]),
    ];
    for language in ["zh-CN", "en"] {
        for (token, addresses) in pages {
            let mut browser = world.browser(token);
            browser.speak(language);
            for address in addresses {
                let answer = browser.get(address).await;
                let text = answer.text();
                assert_eq!(answer.status, StatusCode::OK, "{address} {language}: {text}");
                // a key without a text would be printed itself
                for mark in [">desk-", " desk-", "\"desk-", "refused-", ">finding-"] {
                    let found = text.find(mark).map(|at| &text[at..text.len().min(at + 60)]);
                    assert!(found.is_none(), "{address} {language}: {found:?}");
                }
            }
        }
    }
    let mut operator = world.browser("operator");
    let imports = operator.get("/desk/imports").await.text();
    let run = imports.split('"').find(|part| part.starts_with("/desk/imports/")).unwrap();
    assert!(operator.get(&format!("{run}?show=accepted")).await.text().contains("calendar.csv"));
} }

both! { migrations, async fn a_case_is_found_by_its_number(kit: Kit) {
    let world = World::build(kit).await;
    let case = format!("/desk/cases/{}", world.submitted().await);
    let mut clerk = world.browser("clerk");
    let page = clerk.get(&case).await.text();
    let number = page.split("class=\"code\">").nth(1).and_then(|rest| rest.split('<').next()).unwrap();
    assert_eq!(clerk.get(&format!("/desk?number={number}")).await.location(), case);
    let nothing = clerk.get("/desk?number=519900").await;
    assert_eq!(nothing.status, StatusCode::OK);
    assert!(nothing.text().contains("没有找到编号为") && nothing.text().contains("519900"));
} }

both! { migrations, async fn a_department_is_stopped_from_the_page(kit: Kit) {
    let world = World::build(kit).await;
    let mut operator = world.browser("operator");
    let page = "/desk/departments";
    let done = operator.post_from(page, "/desk/departments/population", &[("mode", "stopped")]).await;
    assert_eq!(done.location(), page);
    assert!(operator.get(page).await.text().contains("停机"));
    let unknown = operator.post_from(page, "/desk/departments/weather", &[("mode", "stopped")]).await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
} }

#[test]
fn every_word_of_the_rooms_has_a_text() {
    let kit = testing::kit().unwrap();
    let has = |key: String| assert!(kit.pages.texts().has(Locale::Chinese, &key), "{key}");
    for state in State::ALL {
        has(format!("desk-state-{}", state.as_str().replace('_', "-")));
    }
    for cause in tongban_licences::StatusCause::ALL {
        has(format!("desk-licence-cause-{}", cause.as_str()));
    }
    for cause in tongban_licences::NumberCause::ALL {
        has(format!("desk-licence-number-{}", cause.as_str()));
    }
    for cause in RevealCause::ALL {
        has(format!("desk-cause-{}", cause.as_str().replace('_', "-")));
    }
    for code in lint_codes() {
        has(format!("finding-{}", code.replace('.', "-")));
    }
    for tag in tongban_feedback::GOOD_TAGS
        .into_iter()
        .chain(tongban_feedback::BAD_TAGS)
    {
        has(format!("rating-tag-{tag}"));
    }
    assert_eq!(DocumentKind::ALL.len(), 12);
}
