use chrono::NaiveDate;
use tongban_access::Actor;
use tongban_catalogue::{
    DraftVersion, Error, ItemRef, PublishVersion, VersionState, WithdrawVersion, item, published, version,
    withdraw_version,
};
use tongban_store::Store;
use tongban_testkit::both;
use uuid::Uuid;

use crate::{draft, in_force, migrations, new_draft, operator, operator_of, others, publish, refusal, sound};

async fn withdraw(store: &Store, actor: &Actor, version: Uuid, reason: &str) -> Result<(), Error> {
    let (by, input) = (
        actor.clone(),
        WithdrawVersion {
            version,
            reason: reason.to_owned(),
        },
    );
    store
        .write(actor.signer(), move |tx| {
            let (by, input) = (by.clone(), input.clone());
            async move { withdraw_version(&tx, &by, input).await }
        })
        .await
}

both! { migrations, async fn the_version_before_is_in_force_again(kit: Kit) {
    let today: NaiveDate = "2026-11-20".parse().unwrap();
    let first = in_force(&kit.store, "XK00101001", sound("食品经营许可")).await;
    let next = DraftVersion { item: Some(first.item), ..new_draft("", sound("餐饮服务许可")) };
    let next = draft(&kit.store, &operator(), next).await.unwrap();
    publish(&kit.store, &operator(), PublishVersion { version: next.version, ..PublishVersion::default() }).await.unwrap();
    let now = published(&kit.store, ItemRef::Id(first.item), today).await.unwrap().unwrap();
    assert_eq!((now.id, now.number), (next.version, 2));
    withdraw(&kit.store, &operator(), next.version, "发布有误").await.unwrap();
    let now = published(&kit.store, ItemRef::Id(first.item), today).await.unwrap().unwrap();
    assert_eq!(now.id, first.version);
    assert_eq!(item(&kit.store, ItemRef::Id(first.item)).await.unwrap().unwrap().name, "食品经营许可");
    withdraw(&kit.store, &operator(), first.version, "事项取消").await.unwrap();
    assert_eq!(published(&kit.store, ItemRef::Id(first.item), today).await.unwrap(), None);
    // A case that was filed under it still finds it.
    assert_eq!(version(&kit.store, first.version).await.unwrap().unwrap().state, VersionState::Withdrawn);
    assert_eq!(item(&kit.store, ItemRef::Id(first.item)).await.unwrap().unwrap().current, None);
} }

both! { migrations, async fn refuses_by_rule_permission_and_input(kit: Kit) {
    let first = in_force(&kit.store, "XK00101001", sound("食品经营许可")).await;
    assert_eq!(refusal(withdraw(&kit.store, &operator(), first.version, " ").await), "version.reason_missing");
    for actor in others().into_iter().chain([operator_of("5198")]) {
        assert!(matches!(withdraw(&kit.store, &actor, first.version, "因").await, Err(Error::Denied(_))), "{actor:?}");
    }
    withdraw(&kit.store, &operator(), first.version, "事项取消").await.unwrap();
    assert_eq!(refusal(withdraw(&kit.store, &operator(), first.version, "再来").await), "version.not_published");
    assert!(matches!(withdraw(&kit.store, &operator(), Uuid::from_u128(1), "因").await, Err(Error::NotFound)));
} }
