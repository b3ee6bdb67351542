use tongban_catalogue::{
    DraftVersion, Error, ItemContent, ItemImport, ItemRef, PublishVersion, WithdrawVersion, import_items,
    item, item_history, published, withdraw_version,
};
use tongban_codes::{ItemType, civil::beijing_date};
use tongban_directory::{import::*, organisation, organisations_of, region as find_region};
use tongban_store::Store;
use tongban_testkit::both;

use crate::{draft, migrations, new_draft, operator, others, publish, region, sound, source};

const LIST: &str = r#"{"region_code":"519901000000","region":"示范市东城县","item_code":"511Z07001006-519901000000-000-11511301008778183N-1-00","org_code":"11511301008778183N","name":"企业投资项目备案","department":"县经信局","task_type":"10","task_type_name":"其他行政权力","dept_code":"11511301008778183N"}
{"region_code":"519901000000","region":"示范市东城县","item_code":"H-000185-001-4444444444","org_code":"4444444444","name":"煤炭经营备案","department":"县经信局","task_type":"10","task_type_name":"其他行政权力","dept_code":"45225901-3"}
{"region_code":"519901000000","item_code":"511A0138000000-519901000000-000-11511301008778183N-1-00","name":"","department":"县教体局","task_type":"1"}
"#;

const PUBLISH: ItemImport = ItemImport { publish: true };

async fn import(store: &Store, text: &str, how: ItemImport) -> ImportReport {
    import_items(
        store,
        &operator(),
        &source("items.jsonl", text),
        how,
        &ImportOptions::silent(),
    )
    .await
    .unwrap()
}

fn said(report: &ImportReport, row: usize) -> Vec<&str> {
    report.fates[row]
        .findings()
        .iter()
        .map(|finding| finding.code.as_str())
        .collect()
}

both! { migrations, async fn judges_each_row_and_then_changes_nothing(kit: Kit) {
    let first = import(&kit.store, LIST, PUBLISH).await;
    assert_eq!(first.summary_line(), "rows 3 accepted 0 warned 2 refused 1 changed 2");
    assert_eq!(said(&first, 0), ["region.made", "organisation.made"]);
    assert_eq!(said(&first, 1), ["item.old_form", "item.body_placeholder", "item.department_code_differs", "organisation.by_department"]);
    assert_eq!(said(&first, 2), ["item.name_missing"]);
    let again = import(&kit.store, LIST, PUBLISH).await;
    assert_eq!(again.summary_line(), "rows 3 accepted 1 warned 1 refused 1 changed 0");
    let place = find_region(&kit.store, &region("519901")).await.unwrap().unwrap();
    assert_eq!((place.name.as_str(), place.placeholder), ("示范市东城县", true));
    assert_eq!(organisations_of(&kit.store, &region("519901")).await.unwrap().len(), 1);
    let line = item(&kit.store, ItemRef::Code("H-000185-001-4444444444")).await.unwrap().unwrap();
    let bureau = organisation(&kit.store, line.organisation).await.unwrap().unwrap();
    assert_eq!((bureau.code.as_str(), bureau.name.as_str()), ("11511301008778183N", "县经信局"));
    assert!(line.findings > 4, "warnings and findings are kept as debts");
    let rows = import_rows(&kit.store, first.run.unwrap(), Some(Verdict::Warned), tongban_store::PageRequest::new(1, 10)).await;
    assert_eq!(rows.unwrap().total, 2);
} }

both! { migrations, async fn the_first_review_comes_with_its_step(kit: Kit) {
    let row = r#"{"code":"XK1","region_code":"519901000000","org_code":"11511301008778183N","department":"县住建局","content":{"name":"某许可","item_type":"01","steps":[{"code":"review","name":"初审","role":"approver","first_review":true,"first_review_limit":{"amount":30,"unit":"workday","basis":"某条例第九条"}},{"code":"examine","name":"审核","role":"approver"}]}}"#;
    import(&kit.store, row, PUBLISH).await;
    let current = published(&kit.store, ItemRef::Code("XK1"), beijing_date(kit.store.now())).await.unwrap().unwrap();
    let read: Vec<_> = current.content.steps.iter().map(|step| (step.first_review, step.first_review_limit.as_ref().map(|limit| limit.amount))).collect();
    assert_eq!(read, [(true, Some(30)), (false, None)]);
    assert_eq!(import(&kit.store, row, PUBLISH).await.summary_line().split(' ').next_back(), Some("0"), "the same again changes nothing");
} }

both! { migrations, async fn dry_run_says_the_same_and_writes_nothing(kit: Kit) {
    let list = source("items.jsonl", LIST);
    let dry = import_items(&kit.store, &operator(), &list, PUBLISH, &ImportOptions::dry()).await.unwrap();
    assert_eq!(item(&kit.store, ItemRef::Code("H-000185-001-4444444444")).await.unwrap(), None);
    let wet = import(&kit.store, LIST, PUBLISH).await;
    assert_eq!(dry.fates, wet.fates);
} }

both! { migrations, async fn waits_as_drafts_and_is_published_later(kit: Kit) {
    let code = "511Z07001006-519901000000-000-11511301008778183N-1-00";
    import(&kit.store, LIST, ItemImport::default()).await;
    let today = beijing_date(kit.store.now());
    assert_eq!(published(&kit.store, ItemRef::Code(code), today).await.unwrap(), None);
    assert_eq!(import(&kit.store, LIST, ItemImport::default()).await.changed, 0);
    assert_eq!(import(&kit.store, LIST, PUBLISH).await.changed, 2);
    assert!(published(&kit.store, ItemRef::Code(code), today).await.unwrap().is_some());
    assert_eq!(import(&kit.store, LIST, PUBLISH).await.changed, 0);
} }

both! { migrations, async fn a_changed_row_is_a_new_version(kit: Kit) {
    import(&kit.store, LIST, PUBLISH).await;
    let report = import(&kit.store, &LIST.replace("煤炭经营备案", "煤炭经营告知"), PUBLISH).await;
    assert_eq!(report.changed, 1);
    let line = item(&kit.store, ItemRef::Code("H-000185-001-4444444444")).await.unwrap().unwrap();
    assert_eq!(line.name, "煤炭经营告知");
    let history = item_history(&kit.store, line.id).await.unwrap();
    assert_eq!(history.iter().map(|version| version.number).collect::<Vec<_>>(), [2, 1]);
} }

both! { migrations, async fn what_the_desk_wrote_stays(kit: Kit) {
    let code = "H-000185-001-4444444444";
    import(&kit.store, LIST, PUBLISH).await;
    let line = item(&kit.store, ItemRef::Code(code)).await.unwrap().unwrap();
    let own = DraftVersion { item: Some(line.id), region: region("519901"), ..new_draft("", sound("煤炭经营备案（本地完善）")) };
    let own = draft(&kit.store, &operator(), own).await.unwrap();
    // While somebody writes, nothing is put over it.
    let changed = LIST.replace("煤炭经营备案", "煤炭经营告知");
    let report = import(&kit.store, &changed, PUBLISH).await;
    assert_eq!((report.changed, said(&report, 1).last().copied()), (0, Some("item.edited_here")));
    publish(&kit.store, &operator(), PublishVersion { version: own.version, ..PublishVersion::default() }).await.unwrap();
    // The same row again is no news; a changed one waits beside what the desk has published.
    assert_eq!(import(&kit.store, LIST, PUBLISH).await.changed, 0);
    let report = import(&kit.store, &changed, PUBLISH).await;
    assert_eq!((report.changed, said(&report, 1).last().copied()), (1, Some("item.edited_here")));
    let line = item(&kit.store, ItemRef::Code(code)).await.unwrap().unwrap();
    assert_eq!((line.name.as_str(), line.current, line.draft.is_some()), ("煤炭经营备案（本地完善）", Some(own.version), true));
    assert_eq!(import(&kit.store, &changed, PUBLISH).await.changed, 0);
} }

both! { migrations, async fn what_was_withdrawn_stays_withdrawn(kit: Kit) {
    let code = "H-000185-001-4444444444";
    import(&kit.store, LIST, PUBLISH).await;
    let current = item(&kit.store, ItemRef::Code(code)).await.unwrap().unwrap().current.unwrap();
    kit.store
        .write(operator().signer(), move |tx| async move {
            withdraw_version(&tx, &operator(), WithdrawVersion { version: current, reason: "事项取消".to_owned() }).await
        })
        .await
        .unwrap();
    assert_eq!(import(&kit.store, LIST, PUBLISH).await.changed, 0);
    import(&kit.store, &LIST.replace("煤炭经营备案", "煤炭经营告知"), PUBLISH).await;
    assert_eq!(item(&kit.store, ItemRef::Code(code)).await.unwrap().unwrap().current, None);
} }

both! { migrations, async fn takes_whole_content_and_sheets(kit: Kit) {
    let content = serde_json::to_string(&sound("食品经营许可")).unwrap();
    let line = format!(r#"{{"code":"XK00101001","region_code":"5199","org_code":"11511301008778183N","content":{content}}}"#);
    assert_eq!(import(&kit.store, &line, PUBLISH).await.changed, 1);
    let found = published(&kit.store, ItemRef::Code("XK00101001"), beijing_date(kit.store.now())).await.unwrap().unwrap();
    assert_eq!(*found.content, sound("食品经营许可"));
    assert_eq!(item(&kit.store, ItemRef::Id(found.item)).await.unwrap().unwrap().findings, 0);
    let sheet = source("items.csv", "事项编码,事项名称,部门,区划代码,事项类型\nXK00101002,小作坊登记,市市场监管局,5199,行政确认\n");
    import_items(&kit.store, &operator(), &sheet, PUBLISH, &ImportOptions::silent()).await.unwrap();
    let line = item(&kit.store, ItemRef::Code("XK00101002")).await.unwrap().unwrap();
    assert_eq!(line.item_type, ItemType::Confirmation);
} }

both! { migrations, async fn refuses_by_rule(kit: Kit) {
    let row = |code: &str, region: &str| format!(r#"{{"code":"{code}","region_code":"{region}","name":"某事项","department":"某局","task_type":"20"}}"#);
    let list = format!("{}\n{}\n{}\n", row("a", "5199"), row("a", "5199"), row("b", "5199"));
    let report = import(&kit.store, &list, PUBLISH).await;
    assert_eq!(said(&report, 1), ["import.key_twice"]);
    let report = import(&kit.store, &row("b", "519901"), PUBLISH).await;
    assert_eq!(said(&report, 0), ["item.code_of_other_region"]);
    let bad = ItemContent { form: serde_json::json!({"type": "array"}), ..sound("某事项") };
    let line = format!(r#"{{"code":"c","region_code":"5199","content":{}}}"#, serde_json::to_string(&bad).unwrap());
    assert_eq!(said(&import(&kit.store, &line, PUBLISH).await, 0), ["item.form"]);
} }

both! { migrations, async fn refuses_by_permission(kit: Kit) {
    for actor in others() {
        let refused = import_items(&kit.store, &actor, &source("items.jsonl", LIST), PUBLISH, &ImportOptions::dry()).await;
        assert!(matches!(refused, Err(Error::Denied(_))), "{actor:?}");
    }
} }
