//! Lists that are uploaded: looked over, kept, judged dry, imported once.

use std::sync::Arc;

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};
use tongban_access::{Actor, Role};
use tongban_directory::{CALENDAR, Error, ORGANISATIONS, REGIONS, import::*, organisations_of, region, wire};
use tongban_store::{Job, Message, PageRequest, Signer, Store, Worker};
use tongban_testkit::{Kit, both};
use uuid::Uuid;

use crate::{code, migrations, operator, operator_of, staff};

const LIST_OF_REGIONS: &str = "区划代码,名称
519900000000,示范市
519901000000,东城县
519800000000,邻市
5199,
";

async fn received(store: &Store, by: &Actor, list: ListKind, name: &str, text: &[u8]) -> Result<Uuid, Error> {
    let looked = look_over(list, name.to_owned(), None, text.to_vec()).await?;
    let input = ReceiveUpload {
        list,
        file: name.to_owned(),
        sheet: None,
        blob: store.blobs().put(text).await?,
        looked,
        publish: false,
    };
    let actor = by.clone();
    store
        .write(by.signer(), move |tx| {
            let (by, input) = (actor.clone(), input.clone());
            async move { receive_upload(&tx, &by, input).await }
        })
        .await
}

async fn import(store: &Store, by: &Actor, dry_run: Uuid) -> Result<Uuid, Error> {
    let actor = by.clone();
    store
        .write(by.signer(), move |tx| {
            let by = actor.clone();
            async move { import_upload(&tx, &by, ImportUpload { dry_run }).await }
        })
        .await
}

async fn drain(kit: &Kit) {
    wire(Worker::new(kit.store.clone())).drain().await.unwrap();
}

async fn the_run(kit: &Kit, run: Uuid) -> ImportRun {
    import_run(&kit.store, run).await.unwrap().unwrap()
}

fn refusal<T: std::fmt::Debug>(result: Result<T, Error>) -> &'static str {
    match result {
        Err(Error::Refused(refusal)) => refusal.code,
        other => panic!("not refused: {other:?}"),
    }
}

both! { migrations, async fn a_list_is_judged_first_and_imported_after_the_question(kit: Kit) {
    let (store, by) = (&kit.store, operator());
    let dry = received(store, &by, REGIONS, "区划.csv", LIST_OF_REGIONS.as_bytes()).await.unwrap();
    let planned = the_run(&kit, dry).await;
    assert_eq!((planned.state, planned.dry_run, planned.total, planned.rows), (RunState::Waiting, true, 4, 0));
    assert_eq!(refusal(import(store, &by, dry).await), "import.not_judged");
    drain(&kit).await;

    let judged = the_run(&kit, dry).await;
    assert_eq!((judged.state, judged.rows, judged.refused, judged.changed), (RunState::Finished, 4, 2, 2));
    assert_eq!(region(store, &code("5199")).await.unwrap(), None, "a dry run writes nothing");
    let refused = import_rows(store, dry, Some(Verdict::Refused), PageRequest::new(1, 10)).await.unwrap();
    let said: Vec<&str> = refused.rows.iter().map(|fate| fate.findings()[0].code.as_str()).collect();
    assert_eq!(said, ["import.outside_region", "region.name_missing"]);
    let upload = upload_of(store, &judged).await.unwrap().unwrap();
    assert_eq!((upload.dry_run, upload.run, upload.size), (Some(dry), None, LIST_OF_REGIONS.len() as i64));
    assert_eq!(upload.digest.len(), 64);

    // two clicks import once
    let first = import(store, &by, dry).await.unwrap();
    assert_eq!(import(store, &by, dry).await.unwrap(), first);
    drain(&kit).await;
    assert_eq!(import(store, &by, dry).await.unwrap(), first);
    let done = the_run(&kit, first).await;
    assert_eq!((done.state, done.dry_run, done.rows, done.changed), (RunState::Finished, false, 4, 2));
    assert_eq!(region(store, &code("5199")).await.unwrap().unwrap().name, "示范市");
    assert_eq!(region(store, &code("5198")).await.unwrap(), None, "the neighbour is not ours");
    assert_eq!(import_runs(store, PageRequest::new(1, 10)).await.unwrap().total, 2);

    let kept = |kind: &'static str, id: Uuid| async move {
        let lines = store.log_of(kind, &id.to_string()).await.unwrap();
        lines.into_iter().map(|line| line.action).collect::<Vec<_>>()
    };
    assert_eq!(kept("import_upload", upload.id).await, ["import.upload"]);
    assert_eq!(kept("import", dry).await, ["import.dry_run"]);
    assert_eq!(kept("import", first).await, ["import.start", "import.run"]);
} }

both! { migrations, async fn what_nobody_imports_is_let_go_of_after_its_term(kit: Kit) {
    let (store, by) = (&kit.store, operator());
    let told = Arc::new(std::sync::Mutex::new(Vec::new()));
    let heard = Arc::clone(&told);
    let worker = wire(Worker::new(store.clone())).subscribe("test", move |_store, message: Message<UploadExpired>| {
        heard.lock().unwrap().push(message.body);
        async { Ok(()) }
    });
    let imported = received(store, &by, REGIONS, "导入的.csv", LIST_OF_REGIONS.as_bytes()).await.unwrap();
    worker.drain().await.unwrap();
    import(store, &by, imported).await.unwrap();
    worker.drain().await.unwrap();
    let waiting = received(store, &by, REGIONS, "没导入的.csv", villages(5).as_bytes()).await.unwrap();
    worker.drain().await.unwrap();
    let upload = async |run: Uuid| upload_of(store, &the_run(&kit, run).await).await.unwrap().unwrap();
    let fresh = upload(waiting).await;
    assert_eq!((fresh.erased_at, fresh.kept_until), (None, fresh.received_at + TimeDelta::days(UPLOAD_KEPT_DAYS)));

    // A minute before the sweep nothing has happened; another upload of that day waits for a sweep of its own.
    kit.clock.advance(TimeDelta::days(UPLOAD_KEPT_DAYS + 1) - TimeDelta::minutes(1));
    let later = received(store, &by, REGIONS, "后来的.csv", villages(6).as_bytes()).await.unwrap();
    worker.drain().await.unwrap();
    assert_eq!(upload(waiting).await.erased_at, None);
    kit.clock.advance(TimeDelta::minutes(1));
    worker.drain().await.unwrap();
    let gone = upload(waiting).await;
    assert_eq!((gone.erased_at, upload(imported).await.erased_at), (Some(store.now()), None));
    assert_eq!(upload(later).await.erased_at, None);
    let file = store.blobs().put(villages(5).as_bytes()).await.unwrap();
    assert_eq!(*told.lock().unwrap(), [UploadExpired { upload: gone.id, file: file.as_str().to_owned() }]);
    assert!(!upload_holds(store, &file).await.unwrap());

    // Whoever comes back is told; the report of the dry run is still there.
    assert_eq!(refusal(import(store, &by, waiting).await), "import.upload_erased");
    assert_eq!(the_run(&kit, waiting).await.rows, 5);
    let lines = store.log_of("import_upload", &gone.id.to_string()).await.unwrap();
    let actions: Vec<&str> = lines.iter().map(|line| line.action.as_str()).collect();
    assert_eq!(actions, ["import.upload", "import.erase_upload"]);

    // The sweep after the next upload's term finds what is over by then, and the rest as it left it.
    kit.clock.advance(TimeDelta::days(UPLOAD_KEPT_DAYS + 1));
    worker.drain().await.unwrap();
    assert_eq!((upload(later).await.erased_at.is_some(), upload(waiting).await.erased_at), (true, gone.erased_at));
    assert_eq!(told.lock().unwrap().len(), 2);
    assert_eq!(upload(imported).await.erased_at, None, "what was imported stays");
} }

both! { migrations, async fn a_sweep_that_is_delivered_twice_lets_go_once(kit: Kit) {
    let (store, by) = (&kit.store, operator());
    let dry = received(store, &by, REGIONS, "区划.csv", LIST_OF_REGIONS.as_bytes()).await.unwrap();
    drain(&kit).await;
    kit.clock.advance(TimeDelta::days(UPLOAD_KEPT_DAYS + 1));
    for _twice in 0..2 {
        store
            .write(Signer::system(), |tx| async move { tx.enqueue(&Sweep {}, tx.now()).await })
            .await
            .unwrap();
        drain(&kit).await;
    }
    let upload = upload_of(store, &the_run(&kit, dry).await).await.unwrap().unwrap();
    let lines = store.log_of("import_upload", &upload.id.to_string()).await.unwrap();
    let erased = lines.iter().filter(|line| line.action == "import.erase_upload").count();
    assert_eq!((erased, upload.erased_at), (1, Some(store.now())));
} }

/// The job of the room, as it stands in the database.
#[derive(Serialize, Deserialize)]
struct Sweep {}

impl Job for Sweep {
    const KIND: &'static str = "directory.sweep_uploads";
}

both! { migrations, async fn two_clicks_at_the_same_moment_import_once(kit: Kit) {
    let (store, by) = (&kit.store, operator());
    let dry = received(store, &by, REGIONS, "区划.csv", LIST_OF_REGIONS.as_bytes()).await.unwrap();
    drain(&kit).await;
    let (one, other) = tokio::join!(import(store, &by, dry), import(store, &by, dry));
    assert_eq!(one.unwrap(), other.unwrap());
    drain(&kit).await;
    assert_eq!(import_runs(store, PageRequest::new(1, 10)).await.unwrap().total, 2);
} }

both! { migrations, async fn a_run_that_is_delivered_twice_is_carried_out_once(kit: Kit) {
    let (store, by) = (&kit.store, operator());
    let dry = received(store, &by, REGIONS, "区划.csv", LIST_OF_REGIONS.as_bytes()).await.unwrap();
    let again = ImportPlanned { run: dry, kind: REGIONS.kind.to_owned() };
    let tell = |planned: ImportPlanned| store.write(Signer::system(), move |tx| {
        let planned = planned.clone();
        async move { tx.emit(&planned).await }
    });
    tell(again.clone()).await.unwrap();
    drain(&kit).await;
    tell(again).await.unwrap();
    drain(&kit).await;
    assert_eq!(import_rows(store, dry, None, PageRequest::new(1, 10)).await.unwrap().total, 4);
    assert_eq!(the_run(&kit, dry).await.rows, 4);
    assert_eq!(store.waiting_work(PageRequest::new(1, 10)).await.unwrap().total, 0);
} }

/// A list of so many villages, the last of which has a code that stood before.
fn villages(rows: u32) -> String {
    let mut text = "code,name\n519901001000,清水镇\n".to_owned();
    for row in 1..rows - 1 {
        text.push_str(&format!("519901001{row:03},第{row}村\n"));
    }
    text + "519901001001,又一个第1村\n"
}

both! { migrations, async fn a_run_that_is_broken_off_goes_on_behind_what_it_has_judged(kit: Kit) {
    let (store, by) = (&kit.store, operator());
    let text = villages(700);
    let dry = received(store, &by, REGIONS, "村.csv", text.as_bytes()).await.unwrap();
    drain(&kit).await;
    let planned = import(store, &by, dry).await.unwrap();
    let source = Source::parse("村.csv", text.as_bytes()).unwrap();
    // the process ends after the second stage: a work that panics there gets no further
    let work = tokio::spawn({
        let (store, by) = (store.clone(), by.clone());
        async move {
            let progress = |done: usize, _all: usize| assert!(done < 2 * STAGE_ROWS, "the process ends here");
            let options = ImportOptions { progress: &progress, run: Some(planned), ..ImportOptions::silent() };
            tongban_directory::import_regions(&store, &by, &source, &options).await.map(|_| ())
        }
    });
    assert!(work.await.unwrap_err().is_panic());
    let half = the_run(&kit, planned).await;
    assert_eq!(half.state, RunState::Running);
    assert_eq!(half.rows, 400, "{half:?}");
    // the next process
    drain(&kit).await;
    let done = the_run(&kit, planned).await;
    assert_eq!((done.state, done.rows, done.accepted + done.warned, done.refused), (RunState::Finished, 700, 699, 1));
    assert_eq!(done.changed, 699, "what the first half changed is counted, and not again");
    let rows = import_rows(store, planned, None, PageRequest::new(1, 200)).await.unwrap();
    assert_eq!(rows.total, 700);
    let refused = import_rows(store, planned, Some(Verdict::Refused), PageRequest::new(1, 10)).await.unwrap();
    assert_eq!((refused.rows[0].line, refused.rows[0].findings()[0].code.as_str()), (701, "import.key_twice"));
} }

both! { migrations, async fn two_that_work_at_one_run_do_each_stage_once(kit: Kit) {
    let (store, by) = (&kit.store, operator());
    let text = villages(900);
    let dry = received(store, &by, REGIONS, "村.csv", text.as_bytes()).await.unwrap();
    drain(&kit).await;
    let planned = import(store, &by, dry).await.unwrap();
    let source = Arc::new(Source::parse("村.csv", text.as_bytes()).unwrap());
    let work = || {
        let (store, by, source) = (store.clone(), by.clone(), Arc::clone(&source));
        async move {
            let options = ImportOptions { run: Some(planned), ..ImportOptions::silent() };
            tongban_directory::import_regions(&store, &by, &source, &options).await.map(|_| ())
        }
    };
    let (one, other) = tokio::join!(work(), work());
    for ended in [one, other] {
        assert!(matches!(ended, Ok(()) | Err(Error::Conflict)), "{ended:?}");
    }
    drain(&kit).await;
    let done = the_run(&kit, planned).await;
    assert_eq!((done.state, done.rows, done.changed), (RunState::Finished, 900, 899));
    assert_eq!(import_rows(store, planned, None, PageRequest::new(1, 1)).await.unwrap().total, 900);
} }

both! { migrations, async fn refuses_what_is_no_such_list_and_keeps_nothing(kit: Kit) {
    let (store, by) = (&kit.store, operator());
    for (list, name, text, expected) in [
        (REGIONS, "a.csv", "区划代码,名称\n", "import.no_rows"),
        (REGIONS, "a.csv", "统一社会信用代码,单位名称\n1,2\n", "import.columns_missing"),
        (CALENDAR, "a.csv", "日期,备注\n2026-10-01,国庆\n", "import.columns_missing"),
        (ORGANISATIONS, "a.csv", "名称,电话\n某局,1\n", "import.columns_missing"),
        (REGIONS, "a.doc", "区划代码,名称\n5199,示范市\n", "import.format_unknown"),
        (REGIONS, "a.xlsx", "区划代码,名称\n5199,示范市\n", "import.not_a_workbook"),
        (REGIONS, "a.csv", "", "import.heading_missing"),
    ] {
        assert_eq!(refusal(received(store, &by, list, name, text.as_bytes()).await), expected, "{text}");
    }
    assert_eq!(import_runs(store, PageRequest::new(1, 10)).await.unwrap().total, 0);
    // what can be judged is judged, and when nothing of it is good, there is nothing to import
    let dry = received(store, &by, REGIONS, "a.csv", "code,name\n51980,邻市\n".as_bytes()).await.unwrap();
    drain(&kit).await;
    assert_eq!(refusal(import(store, &by, dry).await), "import.nothing_accepted");
} }

both! { migrations, async fn only_operators_upload_and_each_imports_their_own(kit: Kit) {
    let store = &kit.store;
    let text = LIST_OF_REGIONS.as_bytes();
    let others = [Actor::Nobody, Actor::System, staff(Role::Clerk), staff(Role::Approver), staff(Role::Supervisor)];
    for actor in &others {
        let denied = received(store, actor, REGIONS, "区划.csv", text).await;
        assert!(matches!(denied, Err(Error::Denied(_))), "{actor:?}");
    }
    let dry = received(store, &operator(), REGIONS, "区划.csv", text).await.unwrap();
    drain(&kit).await;
    for actor in [Actor::Nobody, staff(Role::Clerk), staff(Role::Approver), staff(Role::Supervisor)] {
        assert!(matches!(import(store, &actor, dry).await, Err(Error::Denied(_))), "{actor:?}");
    }
    // a colleague of the neighbour would import other rows than those that were judged
    assert_eq!(refusal(import(store, &operator_of("5198"), dry).await), "import.of_another");
    assert!(matches!(import(store, &operator(), Uuid::from_u128(9)).await, Err(Error::NotFound)));
} }

both! { migrations, async fn organisations_without_a_region_lie_in_the_region_of_the_post(kit: Kit) {
    let (store, by) = (&kit.store, operator());
    let text = "统一社会信用代码,名称,区划代码\n11370800MB28559184,市场监管局,\n11511301008778183N,邻市民政局,519800000000\n";
    let dry = received(store, &by, ORGANISATIONS, "部门.csv", text.as_bytes()).await.unwrap();
    drain(&kit).await;
    let planned = import(store, &by, dry).await.unwrap();
    drain(&kit).await;
    let rows = import_rows(store, planned, None, PageRequest::new(1, 10)).await.unwrap().rows;
    assert_eq!(rows[1].findings()[0].code, "import.outside_region");
    assert_eq!(rows[1].findings()[0].args["own"], "519900000000");
    assert_eq!(organisations_of(store, &code("5199")).await.unwrap().len(), 1);
    assert_eq!(organisations_of(store, &code("5198")).await.unwrap().len(), 0);
    // the command line imports for everybody
    let all = Source::parse("部门.csv", text.as_bytes()).unwrap();
    let report = tongban_directory::import_organisations(store, &Actor::System, &all, None, &ImportOptions::dry()).await.unwrap();
    let said: Vec<_> = report.fates.iter().flat_map(|fate| fate.findings()).map(|finding| finding.code.as_str()).collect();
    assert_eq!(said, ["organisation.region_missing", "region.made"]);
} }
