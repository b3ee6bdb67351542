use tongban_catalogue::{
    Count, DebtFilter, ItemFilter, ItemState, PublishVersion, applicable_items, debt_counts, debts,
    department_counts, items, items_by_topic, items_of_codes, topic_counts, type_counts,
};
use tongban_codes::ItemType;
use tongban_store::PageRequest;
use tongban_testkit::both;

use crate::{draft, in_force, migrations, new_draft, operator, publish, region, sound};

fn count(value: &str, items: i64) -> Count {
    Count {
        value: value.to_owned(),
        items,
    }
}

both! { migrations, async fn lists_counts_and_debts(kit: Kit) {
    let page = PageRequest::new(1, 50);
    in_force(&kit.store, "A1", sound("食品经营许可")).await;
    let mut other = sound("老年人优待证办理");
    other.item_type = ItemType::PublicService;
    other.department = "市民政局".to_owned();
    other.topics = vec!["养老".to_owned(), "开办餐饮店".to_owned()];
    in_force(&kit.store, "A2", other).await;
    let mut indebted = sound("户外广告登记");
    indebted.trips = Some(2);
    let drafted = draft(&kit.store, &operator(), new_draft("A3", indebted)).await.unwrap();
    let input = PublishVersion { version: drafted.version, allow_debts: true, ..PublishVersion::default() };
    publish(&kit.store, &operator(), input).await.unwrap();
    draft(&kit.store, &operator(), new_draft("A4", sound("草稿事项"))).await.unwrap();

    let codes = |filter: ItemFilter| {
        let store = kit.store.clone();
        async move {
            let lines = items(&store, &filter, page).await.unwrap();
            assert_eq!(lines.total as usize, lines.rows.len());
            let mut codes: Vec<String> = lines.rows.into_iter().map(|line| line.code).collect();
            codes.sort();
            codes.join(" ")
        }
    };
    let all = ItemFilter::default;
    assert_eq!(codes(all()).await, "A1 A2 A3 A4");
    assert_eq!(codes(ItemFilter { state: Some(ItemState::Drafted), ..all() }).await, "A4");
    assert_eq!(codes(ItemFilter { state: Some(ItemState::Published), ..all() }).await, "A1 A2 A3");
    assert_eq!(codes(ItemFilter { state: Some(ItemState::Indebted), ..all() }).await, "A3");
    assert_eq!(codes(ItemFilter { state: Some(ItemState::Idle), ..all() }).await, "");
    assert_eq!(codes(ItemFilter { text: Some("优待".to_owned()), ..all() }).await, "A2");
    assert_eq!(codes(ItemFilter { text: Some("A1".to_owned()), ..all() }).await, "A1");
    assert_eq!(codes(ItemFilter { finding: Some("lint.trips_reason".to_owned()), ..all() }).await, "A3");
    assert_eq!(codes(ItemFilter { department: Some("市民政局".to_owned()), ..all() }).await, "A2");
    assert_eq!(codes(ItemFilter { item_type: Some(ItemType::PublicService), ..all() }).await, "A2");
    assert_eq!(codes(ItemFilter { within: Some(region("51")), ..all() }).await, "A1 A2 A3 A4");
    assert_eq!(codes(ItemFilter { within: Some(region("519901")), ..all() }).await, "");
    assert_eq!(items_of_codes(&kit.store, &["A1".to_owned(), "B".to_owned()]).await.unwrap().len(), 1);

    // A county sees the matters of its city; a neighbour does not.
    let county = region("519901");
    assert_eq!(department_counts(&kit.store, Some(&county)).await.unwrap(), [count("市市场监管局", 2), count("市民政局", 1)]);
    assert!(department_counts(&kit.store, Some(&region("5198"))).await.unwrap().is_empty());
    assert_eq!(type_counts(&kit.store, None).await.unwrap(), [count("01", 2), count("20", 1)]);
    assert_eq!(topic_counts(&kit.store, None).await.unwrap(), [count("开办餐饮店", 3), count("养老", 1)]);
    let found = items_by_topic(&kit.store, "养老", Some(&county), page).await.unwrap();
    assert_eq!((found.total, found.rows[0].code.as_str()), (1, "A2"));

    assert_eq!(debt_counts(&kit.store, &DebtFilter::default()).await.unwrap(), [count("lint.trips_reason", 1)]);
    let board = debts(&kit.store, &DebtFilter::default(), page).await.unwrap();
    assert_eq!((board.total, board.rows[0].code.as_str(), board.rows[0].finding.field.as_str()), (1, "A3", "trips_reason"));
    let elsewhere = DebtFilter { department: Some("市民政局".to_owned()), ..DebtFilter::default() };
    assert_eq!(debts(&kit.store, &elsewhere, page).await.unwrap().total, 0);

    // What has no form is a guide only.
    let mut bare = sound("只有指南的事项");
    bare.form = serde_json::Value::Null;
    in_force(&kit.store, "A5", bare).await;
    let offered = applicable_items(&kit.store, Some(&county), 10).await.unwrap();
    let mut offered: Vec<&str> = offered.iter().map(|line| line.code.as_str()).collect();
    offered.sort_unstable();
    assert_eq!(offered, ["A1", "A2", "A3"]);
    assert_eq!(applicable_items(&kit.store, None, 2).await.unwrap().len(), 2);
} }
