//! Every template renders for every visitor in both languages; the gallery shows the parts to people.

use std::{collections::BTreeMap, path::Path, sync::Arc};

use serde_json::{Value, json};
use tongban_web::{
    Area, Locale, NavItem, PageContext, Pages, Sentence,
    flash::Tone,
    forms::{self, FieldError, Filled, Origin, OriginTone},
    testing,
};

const GALLERY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/gallery");

fn gallery() -> Pages {
    Pages::load(
        Some(Path::new(GALLERY)),
        Arc::new(testing::StillSurroundings::default()),
    )
    .unwrap()
}

/// A form with every widget, an origin of every tone, and two errors.
fn form(locale: Locale) -> Value {
    let schema = json!({
        "type": "object",
        "required": ["name", "place", "area", "kind", "cold", "agreed"],
        "properties": {
            "name": {"type": "string", "title": "企业名称", "maxLength": 60, "x-ui": {"autocomplete": "organization", "en": {"title": "Name of the firm"}}},
            "person": {"type": "string", "title": "负责人"},
            "place": {"type": "string", "title": "经营场所", "minLength": 4},
            "area": {"type": "number", "title": "经营面积", "minimum": 1, "maximum": 20000, "x-ui": {"unit": "平方米", "hint": "按实际使用的面积填", "en": {"title": "Floor area", "unit": "m²", "hint": "The area in use"}}},
            "opening": {"type": "string", "format": "date", "title": "计划开业日期"},
            "kind": {"type": "string", "title": "您开的是", "enum": ["a", "b", "c", "d", "e", "f"], "x-ui": {"labels": {"a": "餐饮店", "b": "食堂", "c": "奶茶店", "d": "超市", "e": "小作坊", "f": "其他"}}},
            "cold": {"type": "boolean", "title": "现做现卖凉菜吗", "x-ui": {"widget": "radio"}},
            "channels": {"type": "array", "title": "怎么卖", "items": {"oneOf": [{"const": "shop", "title": "店里"}, {"const": "web", "title": "网上"}]}},
            "note": {"type": "string", "title": "补充说明", "maxLength": 500, "x-ui": {"placeholder": "没有可不填"}},
            "plan": {"type": "string", "title": "经营场所平面图", "x-ui": {"widget": "file", "hint": "图片（JPG、PNG）或 PDF，每个不超过 10 兆；可以手画"}},
            "agreed": {"type": "boolean", "title": "以上内容属实，我知道填假话要承担责任"}
        }
    });
    let values = json!({"name": "示范市蜀香小馆", "place": "浓洄街道××路 18 号", "area": "八十", "kind": "a", "channels": ["shop"], "agreed": false});
    let origin = |tone, key: &str, source: &str| Origin {
        tone,
        sentence: Sentence::key(key).with("source", source),
        shown: None,
        wrong_href: None,
    };
    let origins = BTreeMap::from([
        (
            "name".to_owned(),
            origin(OriginTone::Shared, "origin-shared", "营业执照（电子证照）"),
        ),
        (
            "person".to_owned(),
            Origin {
                shown: Some("王× · 5199**********002X".to_owned()),
                wrong_href: Some("/my/data/wrong".to_owned()),
                ..origin(
                    OriginTone::Shared,
                    "origin-shared",
                    "公安人口库 · 今天 10:32，经您同意",
                )
            },
        ),
        (
            "place".to_owned(),
            origin(OriginTone::Wait, "origin-wait", "不动产登记库"),
        ),
        ("kind".to_owned(), origin(OriginTone::You, "origin-you", "")),
    ]);
    let errors = [
        FieldError::new("area", "error-number"),
        FieldError::new("cold", "error-choice"),
    ];
    let fields = forms::fields(
        &schema,
        Filled {
            values: &values,
            origins: &origins,
            errors: &errors,
        },
        locale,
    );
    json!({"links": forms::summary(&fields, &errors), "form_fields": fields})
}

fn desk_nav() -> Vec<NavItem> {
    vec![
        NavItem::new("/desk/queue", "nav-items").with_count(12),
        NavItem::new("/desk", "nav-desk-home")
            .with_count(23)
            .marked_for("/desk"),
        NavItem::new("/desk/out", "nav-verify"),
    ]
}

#[test]
fn every_page_of_the_gallery_renders_for_every_visitor() {
    let pages = gallery();
    for (name, area) in [
        ("home", Area::Portal),
        ("apply", Area::Portal),
        ("case", Area::Portal),
        ("guide", Area::Portal),
        ("rate", Area::Portal),
        ("desk", Area::Desk),
    ] {
        for context in testing::contexts(area) {
            let html = pages
                .render_text(&context, &format!("gallery/{name}.html"), &form(context.locale))
                .unwrap_or_else(|error| panic!("{name}: {error:#}"));
            sound(name, &html);
            let tag = context.locale.tag();
            assert!(html.contains(&format!("<html lang=\"{tag}\"")), "{name}");
            assert_eq!(html.contains(" elder\""), context.elder, "{name}");
        }
    }
}

#[test]
fn the_problem_page_renders_in_both_fronts_and_languages() {
    let pages = gallery();
    let data = json!({"status": 500, "title": {"key": "problem-internal-title"}, "sentence": {"key": "problem-internal-words"}, "next": {"key": "problem-internal-next"}});
    for area in [Area::Portal, Area::Desk] {
        for context in testing::contexts(area) {
            let html = pages.render_text(&context, "errors/problem.html", &data).unwrap();
            sound("problem", &html);
            assert!(html.contains("7k3m9xq2ab") && html.contains("12345"));
        }
    }
}

/// What holds for every page: nothing inline, no empty attribute of ours, ids used once, labels that point somewhere.
fn sound(name: &str, html: &str) {
    for inline in [
        " style=\"",
        "<style",
        " onclick=",
        " onsubmit=",
        "javascript:",
        "<script>",
    ] {
        assert!(!html.contains(inline), "{name} holds {inline}");
    }
    assert!(
        !html.contains("href=\"\"") && !html.contains("None") && !html.contains("undefined"),
        "{name}"
    );
    let values = |attribute: &str| -> Vec<String> {
        html.split(&format!(" {attribute}=\""))
            .skip(1)
            .map(|rest| rest.split('"').next().unwrap().to_owned())
            .collect()
    };
    let ids = values("id");
    for id in &ids {
        assert_eq!(
            ids.iter().filter(|other| *other == id).count(),
            1,
            "{name} uses the id {id} twice"
        );
    }
    for target in values("for").into_iter().chain(
        values("aria-describedby")
            .iter()
            .flat_map(|list| list.split(' ').map(str::to_owned).collect::<Vec<_>>()),
    ) {
        assert!(
            ids.contains(&target),
            "{name} points to {target}, which is not there"
        );
    }
}

#[test]
fn a_field_is_told_with_its_error_its_hint_and_its_origin() {
    let html = gallery()
        .render_text(
            &testing::context(Locale::Chinese, Area::Portal),
            "gallery/apply.html",
            &form(Locale::Chinese),
        )
        .unwrap();
    let start = html.find("<form method=\"post\" action=\"/apply/1\"").unwrap();
    let end = html[start..].find("</form>").unwrap() + start + 7;
    insta::assert_snapshot!("form", &html[start..end]);
    let start = html.find("<div class=\"summary\"").unwrap();
    let end = html[start..].find("</div>").unwrap() + start + 6;
    insta::assert_snapshot!("error_summary", &html[start..end]);
}

#[test]
fn the_frame_of_a_page_looks_as_agreed() {
    let mut context =
        testing::context(Locale::Chinese, Area::Portal).with_flash(Tone::Good, Sentence::plain("草稿已保存"));
    context.signed_in = Some(testing::agent());
    context.path = "/apply/1?step=2".to_owned();
    context.back = context.path.clone();
    let html = gallery()
        .render_text(&context, "gallery/case.html", &json!({}))
        .unwrap();
    let versions = versionless(&html);
    insta::assert_snapshot!("frame", versions);
}

/// Static files change their hash with every edit; the snapshot is about the frame.
fn versionless(html: &str) -> String {
    let mut rest = html;
    let mut text = String::new();
    while let Some(at) = rest.find("?v=") {
        text.push_str(&rest[..at + 3]);
        text.push_str("[hash]");
        rest = rest[at + 3..].trim_start_matches(|letter: char| letter.is_ascii_hexdigit());
    }
    text + rest
}

#[test]
fn what_people_type_is_escaped_everywhere() {
    let bad = "\"><script>alert(1)</script>";
    let fields = vec![forms::FieldView {
        value: bad.to_owned(),
        error: Some(Sentence::key("error-file-kind").with("name", bad)),
        hint: Some(bad.to_owned()),
        ..forms::FieldView::text("x", bad)
    }];
    let mut context =
        testing::context(Locale::Chinese, Area::Portal).with_flash(Tone::Bad, Sentence::plain(bad));
    context.path = format!("/{bad}");
    context.back = context.path.clone();
    context.signed_in = Some(tongban_web::SignedInView {
        name: bad.to_owned(),
        acting_for: Some(tongban_web::ActingForView {
            name: bad.to_owned(),
            role: "agent".to_owned(),
        }),
        acting_ended: Some(bad.to_owned()),
        ..testing::agent()
    });
    let html = gallery()
        .render_text(&context, "gallery/rate.html", &json!({"form_fields": fields}))
        .unwrap();
    assert!(!html.contains("<script>"));
}

#[test]
fn an_overlay_replaces_file_by_file_and_text_by_text() {
    let folder = tempfile::tempdir().unwrap();
    let write = |path: &str, text: &str| {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    write(
        "templates/errors/problem.html",
        "{% extends \"layout/portal.html\" %}{% block content %}本地的页面 {{ t(\"brand\") }} {{ t(\"nav-my\") }}{% endblock %}",
    );
    write("static/tongban.css", "body { color: green }");
    write("locales/zh-CN/local.ftl", "brand = 蓉易办\n");
    write("locales/zh-CN/.common.ftl.swp", "not a file of texts");
    let pages = Pages::load(
        Some(folder.path()),
        Arc::new(testing::StillSurroundings::default()),
    )
    .unwrap();
    let html = pages
        .render_text(
            &testing::context(Locale::Chinese, Area::Portal),
            "errors/problem.html",
            &json!({}),
        )
        .unwrap();
    assert!(html.contains("本地的页面 蓉易办 我的"), "{html}");
    assert_eq!(
        &pages.assets().content("tongban.css").unwrap()[..],
        b"body { color: green }"
    );
    assert!(pages.assets().content("tongban.js").is_some());
    assert!(pages.assets().address("nothing.css").is_none());
}

#[test]
fn a_broken_overlay_stops_the_start_and_names_the_file() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(folder.path().join("templates/portal")).unwrap();
    std::fs::write(folder.path().join("templates/portal/broken.html"), "{% if %}").unwrap();
    let error = Pages::load(
        Some(folder.path()),
        Arc::new(testing::StillSurroundings::default()),
    )
    .err()
    .unwrap();
    assert_eq!(error.to_string(), "template portal/broken.html does not parse");
}

#[test]
fn a_name_that_is_not_there_is_an_error_and_not_an_empty_place() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(folder.path().join("templates")).unwrap();
    std::fs::write(folder.path().join("templates/typo.html"), "{{ nmae }}").unwrap();
    let pages = Pages::load(
        Some(folder.path()),
        Arc::new(testing::StillSurroundings::default()),
    )
    .unwrap();
    let error = pages
        .render(
            &testing::context(Locale::Chinese, Area::Portal),
            "typo.html",
            &json!({"name": "x"}),
        )
        .unwrap_err();
    assert_eq!(error.status(), 500);
}

#[test]
fn dates_times_and_money_follow_the_language() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(folder.path().join("templates")).unwrap();
    std::fs::write(folder.path().join("templates/dates.txt"), "{{ day|date }} | {{ day|date(weekday=false, year=true) }} | {{ next|date }} | {{ at|datetime }} | {{ at|clock }} | {{ fen|money }} | {{ text|query }}").unwrap();
    let pages = Pages::load(
        Some(folder.path()),
        Arc::new(testing::StillSurroundings::default()),
    )
    .unwrap();
    let data = json!({"day": "2026-12-01", "next": "2027-01-04", "at": "2026-12-01T16:05:09.123456Z", "fen": 1250, "text": "开 饭店&x"});
    let render = |locale| {
        pages
            .render_text(&testing::context(locale, Area::Portal), "dates.txt", &data)
            .unwrap()
    };
    assert_eq!(
        render(Locale::Chinese),
        "12 月 1 日（星期二） | 2026 年 12 月 1 日 | 2027 年 1 月 4 日（星期一） | 12 月 2 日 00:05 | 00:05 | 12.50 元 | %E5%BC%80%20%E9%A5%AD%E5%BA%97%26x"
    );
    assert_eq!(
        render(Locale::English),
        "1 December (Tue) | 1 December 2026 | 4 January 2027 (Mon) | 2 December, 00:05 | 00:05 | ¥12.50 | %E5%BC%80%20%E9%A5%AD%E5%BA%97%26x"
    );
}

/// Writes the gallery to `target/gallery` for people with a browser: `TONGBAN_GALLERY=folder cargo nextest run -p tongban-web gallery`.
#[test]
fn the_gallery_is_written_when_asked_for() {
    let Some(folder) = std::env::var_os("TONGBAN_GALLERY") else {
        println!("SKIPPED: TONGBAN_GALLERY names no folder");
        return;
    };
    let folder = Path::new(&folder);
    std::fs::create_dir_all(folder.join("static")).unwrap();
    let pages = gallery();
    for file in ["tongban.css", "tongban.js", "icon.svg"] {
        std::fs::write(
            folder.join("static").join(file),
            pages.assets().content(file).unwrap(),
        )
        .unwrap();
    }
    let write = |name: &str, template: &str, context: &PageContext| {
        let mut data = form(context.locale);
        for (field, value) in [
            ("status", json!(500)),
            ("title", json!({"key": "problem-internal-title"})),
            ("sentence", json!({"key": "problem-internal-words"})),
            ("next", json!({"key": "problem-internal-next"})),
        ] {
            data[field] = value;
        }
        let html = pages.render_text(context, template, &data).unwrap();
        std::fs::write(
            folder.join(format!("{name}.html")),
            html.replace("/static/", "static/"),
        )
        .unwrap();
    };
    for locale in Locale::ALL {
        for elder in [false, true] {
            for (name, template, area, visitor) in [
                ("home", "gallery/home.html", Area::Portal, None),
                (
                    "apply",
                    "gallery/apply.html",
                    Area::Portal,
                    Some(testing::agent()),
                ),
                (
                    "case",
                    "gallery/case.html",
                    Area::Portal,
                    Some(testing::resident()),
                ),
                ("guide", "gallery/guide.html", Area::Portal, None),
                (
                    "rate",
                    "gallery/rate.html",
                    Area::Portal,
                    Some(testing::resident()),
                ),
                ("desk", "gallery/desk.html", Area::Desk, Some(testing::clerk())),
                ("problem", "errors/problem.html", Area::Portal, None),
            ] {
                let context = PageContext {
                    elder,
                    signed_in: visitor,
                    ..testing::context(locale, area)
                };
                let context = if area == Area::Desk {
                    context.with_nav(desk_nav())
                } else {
                    context
                };
                let context = if name == "case" {
                    context.with_flash(Tone::Good, Sentence::plain("申请已提交"))
                } else {
                    context
                };
                write(
                    &format!("{name}-{}{}", locale.tag(), if elder { "-elder" } else { "" }),
                    template,
                    &context,
                );
            }
        }
    }
}
