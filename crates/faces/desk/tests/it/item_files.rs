//! A blank form is put into a draft, once for a form, replaced, and taken out again.

use axum::http::StatusCode;
use tongban_catalogue::{Attachment, draft_of};

use crate::{
    browser::{Answer, Browser},
    world::{World, both, migrations},
};

const FORM: &[u8] = b"%PDF-1.4 an empty form";

async fn upload(operator: &mut Browser, page: &str, keys: &[(&str, &str)], content: &[u8]) -> Answer {
    operator
        .upload_with(page, keys, ("file", "登记表.pdf", content))
        .await
}

async fn blank(world: &World) -> Option<Attachment> {
    let draft = draft_of(&world.kit.store, world.item.item)
        .await
        .unwrap()
        .unwrap();
    draft.version.content.materials[0].blank.clone()
}

both! { migrations, async fn a_blank_form_comes_and_goes(kit: Kit) {
    let world = World::build(kit).await;
    let mut operator = world.browser("operator");
    let item = format!("/desk/items/{}", world.item.item);
    let page = format!("{item}/files/materials/0/blank");
    let elsewhere = operator.get(&page).await.location();
    assert_eq!(elsewhere, format!("{item}?to=edit/materials"), "without a draft there is nothing to write in");
    operator.post_from(&item, &format!("{item}/draft"), &[]).await;

    let shown = operator.get(&page).await;
    let keys = [("version", shown.hidden("version")), ("_once", shown.hidden("_once"))];
    let keys: Vec<(&str, &str)> = keys.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let nothing = upload(&mut operator, &page, &keys, b"").await;
    assert_eq!(nothing.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(nothing.text().contains("f-file-error"), "{}", nothing.text());
    for _two_clicks in 0..2 {
        let taken = upload(&mut operator, &page, &keys, FORM).await;
        assert_eq!((taken.status, taken.location()), (StatusCode::SEE_OTHER, format!("{item}/edit/materials/0")), "{}", taken.text());
    }
    let first = blank(&world).await.unwrap();
    assert_eq!((first.name.as_str(), first.media.as_str(), first.bytes), ("登记表.pdf", "application/pdf", FORM.len() as u64));
    let entry = operator.get(&format!("{item}/edit/materials/0")).await.text();
    assert!(entry.contains("登记表.pdf") && entry.contains(&format!("/items/{}/files/{}", world.item.item, first.id)), "{entry}");

    // A page that is older than the draft changes nothing.
    let once = operator.get(&page).await.hidden("_once");
    let old = upload(&mut operator, &page, &[("version", "1"), ("_once", &once)], FORM).await;
    assert_eq!(old.status, StatusCode::CONFLICT, "{}", old.text());
    assert_eq!(blank(&world).await, Some(first));

    let question = format!("{page}/remove");
    let version = operator.get(&question).await.hidden("version");
    for _two_clicks in 0..2 {
        let gone = operator.post_from(&page, &question, &[("version", &version)]).await;
        assert_eq!(gone.status, StatusCode::SEE_OTHER, "{}", gone.text());
    }
    assert_eq!(blank(&world).await, None);
    assert_eq!(operator.get(&question).await.status, StatusCode::NOT_FOUND, "nothing is left to take out");
    for nowhere in ["materials/7/blank", "materials/0/sample", "results/9/sample", "steps/0/blank"] {
        assert_eq!(operator.get(&format!("{item}/files/{nowhere}")).await.status, StatusCode::NOT_FOUND, "{nowhere}");
    }
} }
