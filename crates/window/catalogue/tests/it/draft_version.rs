use tongban_catalogue::{
    DraftVersion, Error, ItemRef, VersionState, item, item_history, version, version_in,
};
use tongban_testkit::both;
use uuid::Uuid;

use crate::{draft, in_force, migrations, new_draft, operator, operator_of, others, refusal, region, sound};

both! { migrations, async fn writes_a_draft_and_changes_it(kit: Kit) {
    let first = draft(&kit.store, &operator(), new_draft("XK00101001", sound("食品经营许可"))).await.unwrap();
    assert_eq!((first.number, first.guard), (1, 1));
    let mut change = new_draft("", sound("食品经营许可（新办）"));
    change.item = Some(first.item);
    change.expected = Some(1);
    let second = draft(&kit.store, &operator(), change.clone()).await.unwrap();
    assert_eq!((second.version, second.number, second.guard), (first.version, 1, 2));
    let kept = version(&kit.store, first.version).await.unwrap().unwrap();
    assert_eq!((kept.content.name.as_str(), kept.state, kept.code.as_str()), ("食品经营许可（新办）", VersionState::Draft, "XK00101001"));
    let id = first.version;
    let inside = kit.store.write(operator().signer(), move |tx| async move { version_in(&tx, id).await }).await.unwrap();
    assert_eq!(inside, Some(kept));
    let line = item(&kit.store, ItemRef::from_segment("XK00101001")).await.unwrap().unwrap();
    assert_eq!((line.draft, line.current, line.name.as_str()), (Some(first.version), None, "食品经营许可（新办）"));
    assert_eq!(item_history(&kit.store, first.item).await.unwrap()[0].guard, 2);
    // Two people wrote: the second to save is told.
    assert!(matches!(draft(&kit.store, &operator(), change).await, Err(Error::Conflict)));
} }

both! { migrations, async fn a_published_item_gets_a_next_version(kit: Kit) {
    let published = in_force(&kit.store, "XK00101001", sound("食品经营许可")).await;
    let next = DraftVersion { item: Some(published.item), ..new_draft("", sound("食品经营许可（新办）")) };
    let drafted = draft(&kit.store, &operator(), next).await.unwrap();
    assert_eq!(drafted.number, 2);
    let line = item(&kit.store, ItemRef::Id(published.item)).await.unwrap().unwrap();
    assert_eq!((line.current, line.draft), (Some(published.version), Some(drafted.version)));
    assert_eq!(line.name, "食品经营许可", "lists show what is in force");
} }

both! { migrations, async fn refuses_by_rule(kit: Kit) {
    draft(&kit.store, &operator(), new_draft("XK00101001", sound("食品经营许可"))).await.unwrap();
    let again = draft(&kit.store, &operator(), new_draft(" XK00101001", sound("另一事项"))).await;
    assert_eq!(refusal(again), "item.code_taken");
    let nowhere = DraftVersion { item: Some(Uuid::from_u128(9)), ..new_draft("", sound("无")) };
    assert!(matches!(draft(&kit.store, &operator(), nowhere).await, Err(Error::NotFound)));
} }

both! { migrations, async fn refuses_by_permission(kit: Kit) {
    for actor in others().into_iter().chain([operator_of("5198")]) {
        let refused = draft(&kit.store, &actor, new_draft("XK00101001", sound("食品经营许可"))).await;
        assert!(matches!(refused, Err(Error::Denied(_))), "{actor:?}");
    }
} }

both! { migrations, async fn an_item_of_another_region_stays_closed_whatever_is_handed_in(kit: Kit) {
    let published = in_force(&kit.store, "XK00101001", sound("食品经营许可")).await;
    let elsewhere = operator_of("5198");
    let input = DraftVersion { item: Some(published.item), region: region("5198"), ..new_draft("", sound("别人的事项")) };
    assert!(matches!(draft(&kit.store, &elsewhere, input).await, Err(Error::Denied(_))));
} }

both! { migrations, async fn rejects_bad_input(kit: Kit) {
    assert_eq!(refusal(draft(&kit.store, &operator(), new_draft(" ", sound("食品经营许可"))).await), "item.empty");
    assert_eq!(refusal(draft(&kit.store, &operator(), new_draft("a", sound(" "))).await), "item.name_missing");
    let mut content = sound("食品经营许可");
    content.form = serde_json::json!({"type": "object", "properties": []});
    assert_eq!(refusal(draft(&kit.store, &operator(), new_draft("a", content)).await), "item.form");
} }
