use tongban_access::Actor;
use tongban_catalogue::{
    DiscardDraft, DraftVersion, Error, ItemRef, discard_draft, draft_of, item, item_history, versions_in_full,
};
use tongban_store::{PageRequest, Store};
use tongban_testkit::both;
use uuid::Uuid;

use crate::{draft, in_force, migrations, new_draft, operator, operator_of, others, refusal, sound};

async fn discard(store: &Store, actor: &Actor, input: DiscardDraft) -> Result<bool, Error> {
    let by = actor.clone();
    store
        .write(actor.signer(), move |tx| {
            let by = by.clone();
            async move { discard_draft(&tx, &by, input).await }
        })
        .await
}

both! { migrations, async fn throws_a_draft_away_and_keeps_what_is_in_force(kit: Kit) {
    let published = in_force(&kit.store, "XK00101001", sound("食品经营许可")).await;
    let next = DraftVersion { item: Some(published.item), ..new_draft("", sound("写了一半")) };
    let next = draft(&kit.store, &operator(), next).await.unwrap();
    let open = draft_of(&kit.store, published.item).await.unwrap().unwrap();
    assert_eq!((open.version.id, open.line.guard), (next.version, next.guard));
    let input = DiscardDraft { version: next.version, expected: next.guard };
    assert!(discard(&kit.store, &operator(), input).await.unwrap());
    assert_eq!(draft_of(&kit.store, published.item).await.unwrap(), None);
    let line = item(&kit.store, ItemRef::Id(published.item)).await.unwrap().unwrap();
    assert_eq!((line.name.as_str(), line.current, line.draft), ("食品经营许可", Some(published.version), None));
    let page = versions_in_full(&kit.store, published.item, PageRequest::new(1, 10)).await.unwrap();
    assert_eq!((page.total, page.rows[0].version.content.name.as_str()), (1, "食品经营许可"));
    // The second of two clicks finds nothing any more.
    assert!(matches!(discard(&kit.store, &operator(), input).await, Err(Error::NotFound)));
} }

both! { migrations, async fn an_item_that_was_only_a_draft_goes_too(kit: Kit) {
    let first = draft(&kit.store, &operator(), new_draft("XK00101001", sound("食品经营许可"))).await.unwrap();
    let input = DiscardDraft { version: first.version, expected: 1 };
    assert!(!discard(&kit.store, &operator(), input).await.unwrap());
    assert_eq!(item(&kit.store, ItemRef::Code("XK00101001")).await.unwrap(), None);
    assert!(item_history(&kit.store, first.item).await.unwrap().is_empty());
    // Its code is free again, and the log still says what was.
    draft(&kit.store, &operator(), new_draft("XK00101001", sound("食品经营许可"))).await.unwrap();
    assert_eq!(kit.store.log_of("item", &first.item.to_string()).await.unwrap().len(), 2);
} }

both! { migrations, async fn refuses_by_rule(kit: Kit) {
    let published = in_force(&kit.store, "XK00101001", sound("食品经营许可")).await;
    let input = DiscardDraft { version: published.version, expected: 2 };
    assert_eq!(refusal(discard(&kit.store, &operator(), input).await), "version.not_draft");
} }

both! { migrations, async fn refuses_by_permission(kit: Kit) {
    let first = draft(&kit.store, &operator(), new_draft("XK00101001", sound("食品经营许可"))).await.unwrap();
    let input = DiscardDraft { version: first.version, expected: 1 };
    for actor in others().into_iter().chain([operator_of("5198")]) {
        assert!(matches!(discard(&kit.store, &actor, input).await, Err(Error::Denied(_))), "{actor:?}");
    }
} }

both! { migrations, async fn rejects_bad_input(kit: Kit) {
    let first = draft(&kit.store, &operator(), new_draft("XK00101001", sound("食品经营许可"))).await.unwrap();
    let stale = DiscardDraft { version: first.version, expected: 7 };
    assert!(matches!(discard(&kit.store, &operator(), stale).await, Err(Error::Conflict)));
    let nothing = DiscardDraft { version: Uuid::from_u128(9), expected: 1 };
    assert!(matches!(discard(&kit.store, &operator(), nothing).await, Err(Error::NotFound)));
} }
