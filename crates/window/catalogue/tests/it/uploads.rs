//! A list of items that was uploaded: judged dry, imported by the worker, published where that was wanted.

use tongban_access::Actor;
use tongban_catalogue::{Error, ITEMS, ItemRef, import_items, item, wire_imports};
use tongban_directory::import::*;
use tongban_store::{PageRequest, Worker};
use tongban_testkit::{Kit, both};
use uuid::Uuid;

use crate::{migrations, operator, operator_of, others, source};

const CODE: &str = "511Z07001006-519901000000-000-11511301008778183N-1-00";
const LIST: &str = r#"{"region_code":"519901000000","item_code":"511Z07001006-519901000000-000-11511301008778183N-1-00","org_code":"11511301008778183N","name":"企业投资项目备案","department":"县经信局","task_type":"10"}
{"region_code":"519800000000","item_code":"511Z07001007-519800000000-000-11511301008778183N-1-00","org_code":"11511301008778183N","name":"邻市的事项","department":"市经信局","task_type":"10"}
"#;

async fn upload(kit: &Kit, by: &Actor, publish: bool) -> Uuid {
    let looked = look_over(ITEMS, "事项.jsonl".to_owned(), None, LIST.as_bytes())
        .await
        .unwrap();
    let input = ReceiveUpload {
        list: ITEMS,
        file: "事项.jsonl".to_owned(),
        sheet: None,
        blob: kit.store.blobs().put(LIST.as_bytes()).await.unwrap(),
        looked,
        publish,
    };
    let actor = by.clone();
    let run: Result<Uuid, tongban_directory::Error> = kit
        .store
        .write(by.signer(), move |tx| {
            let (by, input) = (actor.clone(), input.clone());
            async move { receive_upload(&tx, &by, input).await }
        })
        .await;
    drain(kit).await;
    run.unwrap()
}

async fn import(kit: &Kit, by: &Actor, dry_run: Uuid) -> Uuid {
    let actor = by.clone();
    let run: Result<Uuid, tongban_directory::Error> = kit
        .store
        .write(by.signer(), move |tx| {
            let by = actor.clone();
            async move { import_upload(&tx, &by, ImportUpload { dry_run }).await }
        })
        .await;
    drain(kit).await;
    run.unwrap()
}

async fn drain(kit: &Kit) {
    wire_imports(Worker::new(kit.store.clone()))
        .drain()
        .await
        .unwrap();
    assert_eq!(
        kit.store
            .waiting_work(PageRequest::new(1, 1))
            .await
            .unwrap()
            .total,
        0
    );
}

both! { migrations, async fn an_uploaded_list_is_imported_for_the_region_of_the_post(kit: Kit) {
    for publish in [false, true] {
        let by = operator();
        let dry = upload(&kit, &by, publish).await;
        let judged = import_run(&kit.store, dry).await.unwrap().unwrap();
        assert_eq!((judged.state, judged.rows, judged.refused, judged.changed), (RunState::Finished, 2, 1, 1));
        let rows = import_rows(&kit.store, dry, Some(Verdict::Refused), PageRequest::new(1, 10)).await.unwrap().rows;
        assert_eq!((rows[0].line, rows[0].findings()[0].code.as_str()), (2, "import.outside_region"));
        let done = import(&kit, &by, dry).await;
        let done = import_run(&kit.store, done).await.unwrap().unwrap();
        assert_eq!((done.state, done.refused, done.changed, done.kind.as_str()), (RunState::Finished, 1, 1, "items"));
        let found = item(&kit.store, ItemRef::Code(CODE)).await.unwrap().unwrap();
        assert_eq!(found.current.is_some(), publish);
    }
    let neighbour = "511Z07001007-519800000000-000-11511301008778183N-1-00";
    assert!(item(&kit.store, ItemRef::Code(neighbour)).await.unwrap().is_none());
    // the neighbour's own operator imports the other row, and only that
    let by = operator_of("5198");
    let dry = upload(&kit, &by, true).await;
    import(&kit, &by, dry).await;
    assert!(item(&kit.store, ItemRef::Code(neighbour)).await.unwrap().is_some());
} }

both! { migrations, async fn who_may_not_import_is_denied_and_the_command_line_imports_everything(kit: Kit) {
    let list = source("items.jsonl", LIST);
    let how = tongban_catalogue::ItemImport::default();
    for actor in others() {
        let denied = import_items(&kit.store, &actor, &list, how, &ImportOptions::silent()).await;
        assert!(matches!(denied, Err(Error::Denied(_))), "{actor:?}");
    }
    let all = import_items(&kit.store, &Actor::System, &list, how, &ImportOptions::silent()).await.unwrap();
    assert_eq!((all.refused, all.changed), (0, 2));
} }
