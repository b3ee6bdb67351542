use tongban_access::{PartyKind, Role};
use tongban_directory::import::{
    Finding, ImportOptions, ImportUpload, ReceiveUpload, RunState, Source, Verdict, import_run,
    import_upload, look_over, receive_upload,
};
use tongban_licences::{
    Error, FieldDef, LICENCE_TYPES, LicenceType, import_licence_types, licence_type, licence_types,
    register_licence_type, wire_imports,
};
use tongban_store::{Store, Worker};
use tongban_testkit::{both, real_data};
use uuid::Uuid;

use crate::{food_licence, migrations, refusal, staff, uscc};

async fn register(store: &Store, role: Role, input: LicenceType) -> Result<bool, Error> {
    let actor = staff(role, Uuid::from_u128(1));
    store
        .write(actor.signer(), move |tx| {
            let (actor, input) = (actor.clone(), input.clone());
            async move { register_licence_type(&tx, &actor, input).await }
        })
        .await
}

both! { migrations, async fn registers_and_changes(kit: Kit) {
    assert!(register(&kit.store, Role::Operator, food_licence()).await.unwrap());
    assert!(!register(&kit.store, Role::Operator, food_licence()).await.unwrap(), "the same again changes nothing");
    let renamed = LicenceType { name: "食品经营许可证（新版）".to_owned(), ..food_licence() };
    assert!(register(&kit.store, Role::Operator, renamed.clone()).await.unwrap());
    assert_eq!(licence_type(&kit.store, &renamed.code).await.unwrap(), Some(renamed.clone()));
    assert_eq!(licence_types(&kit.store).await.unwrap(), [renamed]);
} }

both! { migrations, async fn refuses_what_is_no_type_and_who_may_not(kit: Kit) {
    for (change, code) in [
        (LicenceType { code: "1".to_owned(), ..food_licence() }, "licence.type"),
        (LicenceType { name: " ".to_owned(), ..food_licence() }, "licence_type.name_missing"),
        (LicenceType { definer_name: String::new(), ..food_licence() }, "licence_type.definer_missing"),
        (LicenceType { definer_code: uscc('1', "MB100009"), ..food_licence() }, "licence_type.definer_code"),
        (LicenceType { fields: vec![FieldDef::new("", "a")], ..food_licence() }, "licence_type.field_name"),
        (LicenceType { fields: vec![FieldDef::new("a", "a"), FieldDef::new("a", "b")], ..food_licence() }, "licence_type.field_twice"),
    ] {
        assert_eq!(refusal(register(&kit.store, Role::Operator, change).await.unwrap_err()), code);
    }
    for role in [Role::Clerk, Role::Approver, Role::Supervisor] {
        assert!(matches!(register(&kit.store, role, food_licence()).await, Err(Error::Denied(_))));
    }
    assert!(licence_types(&kit.store).await.unwrap().is_empty());
} }

fn list(name: &str, text: &str) -> Source {
    Source::parse(name, text.as_bytes()).unwrap()
}

both! { migrations, async fn imports_with_warnings_and_refusals(kit: Kit) {
    let (definer, operator) = (uscc('1', "MB100001"), staff(Role::Operator, Uuid::from_u128(1)));
    let rows = list("types.csv", &format!(
        "type_code,name,authority,holder,fields\n\
         {definer}001,食品经营许可证,示范省市场监督管理局,enterprise,place:经营场所|projects：经营项目\n\
         {definer}002,健康证,示范省卫生健康委员会,,\n\
         {definer}002,健康证,示范省卫生健康委员会,,\n\
         000000000000000000003,某证,某局,person,\n\
         12,某证,某局,person,\n\
         {definer}004,,,谁,不成形\n",
    ));
    let report = import_licence_types(&kit.store, &operator, &rows, true, &ImportOptions::silent()).await.unwrap();
    let said: Vec<Vec<&str>> = report.fates.iter().map(|fate| fate.findings().iter().map(code_of).collect()).collect();
    assert_eq!(said, [
        vec![],
        vec!["licence_type.holder_assumed"],
        vec!["import.key_twice"],
        vec!["licence_type.definer_invalid"],
        vec!["licence.type"],
        vec!["licence_type.name_missing", "licence_type.definer_missing", "licence_type.holder_unknown", "licence_type.fields"],
    ]);
    assert_eq!(report.summary_line(), "rows 6 accepted 1 warned 2 refused 3 changed 3");
    let food = licence_type(&kit.store, &format!("{definer}001")).await.unwrap().unwrap();
    assert_eq!(food.fields, [FieldDef::new("place", "经营场所"), FieldDef::new("projects", "经营项目")]);
    assert_eq!((food.holder, food.invented), (PartyKind::Enterprise, true));

    let again = import_licence_types(&kit.store, &operator, &rows, true, &ImportOptions::silent()).await.unwrap();
    assert_eq!(again.changed, 0);
    let objects = list("types.jsonl", &format!(
        "{{\"code\":\"{definer}001\",\"fields\":[{{\"name\":\"place\",\"title\":\"场所\",\"private\":true}}]}}"
    ));
    let dry = import_licence_types(&kit.store, &operator, &objects, true, &ImportOptions::dry()).await.unwrap();
    assert_eq!((dry.run, dry.changed), (None, 1));
    import_licence_types(&kit.store, &operator, &objects, true, &ImportOptions::silent()).await.unwrap();
    let food = licence_type(&kit.store, &format!("{definer}001")).await.unwrap().unwrap();
    assert_eq!((food.name.as_str(), food.fields), ("食品经营许可证", vec![FieldDef::new("place", "场所").private()]));

    let clerk = staff(Role::Clerk, Uuid::from_u128(1));
    let denied = import_licence_types(&kit.store, &clerk, &rows, true, &ImportOptions::silent()).await;
    assert!(matches!(denied, Err(Error::Denied(_))));
} }

fn code_of(finding: &Finding) -> &str {
    &finding.code
}

both! { migrations, async fn national_types_import(kit: Kit) {
    let Some(path) = real_data("national_types_import", "licences/licence_type_codes.csv") else { return };
    let operator = staff(Role::Operator, Uuid::from_u128(1));
    let rows = Source::read(&path).unwrap();
    let report = import_licence_types(&kit.store, &operator, &rows, false, &ImportOptions::silent()).await.unwrap();
    // Of two types the source does not know who defines them.
    let refused: Vec<_> = report.fates.iter().filter(|fate| fate.verdict() == Verdict::Refused).collect();
    assert_eq!((report.rows, refused.len()), (16, 2));
    assert!(refused.iter().all(|fate| code_of(&fate.findings()[0]) == "licence_type.definer_missing"));
    let again = import_licence_types(&kit.store, &operator, &rows, false, &ImportOptions::silent()).await.unwrap();
    assert_eq!(again.changed, 0);
} }

/// The list as a workbook; cells are texts.
fn workbook(rows: &[Vec<String>]) -> Vec<u8> {
    let mut workbook = rust_xlsxwriter::Workbook::new();
    let sheet = workbook.add_worksheet();
    for (row, cells) in rows.iter().enumerate() {
        for (column, text) in cells.iter().enumerate() {
            sheet
                .write(u32::try_from(row).unwrap(), u16::try_from(column).unwrap(), text)
                .unwrap();
        }
    }
    workbook.save_to_buffer().unwrap()
}

both! { migrations, async fn types_are_read_from_a_workbook(kit: Kit) {
    let (definer, operator) = (uscc('1', "MB100001"), staff(Role::Operator, Uuid::from_u128(1)));
    let row = |cells: [&str; 5]| cells.map(str::to_owned).to_vec();
    let bytes = workbook(&[
        row(["证照类型目录", "", "", "", ""]),
        row(["证照类型代码", "证照类型名称", "定义机构名称", "持证主体类型", "字段"]),
        row([&format!("{definer}001"), "食品经营许可证", "示范省市场监督管理局", "法人", "place:经营场所|projects：经营项目"]),
        row([&format!("{definer}002"), "健康证", "", "自然人", ""]),
    ]);
    let list = Source::parse("证照类型.xlsx", &bytes).unwrap();
    let report = import_licence_types(&kit.store, &operator, &list, false, &ImportOptions::silent()).await.unwrap();
    assert_eq!(report.summary_line(), "rows 2 accepted 1 warned 0 refused 1 changed 1");
    assert_eq!((report.fates[1].line, code_of(&report.fates[1].findings()[0])), (4, "licence_type.definer_missing"));
    let food = licence_type(&kit.store, &format!("{definer}001")).await.unwrap().unwrap();
    assert_eq!(food.fields, [FieldDef::new("place", "经营场所"), FieldDef::new("projects", "经营项目")]);
    assert_eq!(food.holder, PartyKind::Enterprise);
} }

both! { migrations, async fn an_uploaded_list_of_types_is_imported_once(kit: Kit) {
    let (definer, by) = (uscc('1', "MB100001"), staff(Role::Operator, Uuid::from_u128(1)));
    let bytes = workbook(&[
        ["证照类型代码", "证照类型名称", "定义机构名称", "持证主体类型"].map(str::to_owned).to_vec(),
        [&format!("{definer}001"), "食品经营许可证", "示范省市场监督管理局", "法人"].map(str::to_owned).to_vec(),
    ]);
    let drain = || async { wire_imports(Worker::new(kit.store.clone())).drain().await.unwrap() };
    let looked = look_over(LICENCE_TYPES, "证照类型.xlsx".to_owned(), None, bytes.clone()).await.unwrap();
    assert_eq!((looked.rows, looked.size), (1, bytes.len() as u64));
    let input = ReceiveUpload {
        list: LICENCE_TYPES,
        file: "证照类型.xlsx".to_owned(),
        sheet: None,
        blob: kit.store.blobs().put(&bytes).await.unwrap(),
        looked,
        publish: false,
    };
    let actor = by.clone();
    let dry: Result<Uuid, tongban_directory::Error> = kit.store.write(by.signer(), move |tx| {
        let (by, input) = (actor.clone(), input.clone());
        async move { receive_upload(&tx, &by, input).await }
    }).await;
    let dry_run = dry.unwrap();
    drain().await;
    assert!(licence_types(&kit.store).await.unwrap().is_empty());
    for _ in 0..2 {
        let actor = by.clone();
        let run: Result<Uuid, tongban_directory::Error> = kit.store.write(by.signer(), move |tx| {
            let by = actor.clone();
            async move { import_upload(&tx, &by, ImportUpload { dry_run }).await }
        }).await;
        drain().await;
        let run = import_run(&kit.store, run.unwrap()).await.unwrap().unwrap();
        assert_eq!((run.state, run.changed), (RunState::Finished, 1));
    }
    let kept = licence_types(&kit.store).await.unwrap();
    assert_eq!((kept.len(), kept[0].invented), (1, false));
} }

both! { migrations, async fn national_types_in_a_workbook_say_the_same(kit: Kit) {
    let Some(path) = real_data("national_types_in_a_workbook", "licences/licence_type_codes.csv") else { return };
    let operator = staff(Role::Operator, Uuid::from_u128(1));
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_path(&path).unwrap();
    let rows: Vec<Vec<String>> = reader
        .records()
        .map(|record| record.unwrap().iter().map(|text| text.trim_start_matches('\u{feff}').to_owned()).collect())
        .collect();
    let list = Source::parse("证照类型.xlsx", &workbook(&rows)).unwrap();
    let report = import_licence_types(&kit.store, &operator, &list, false, &ImportOptions::silent()).await.unwrap();
    assert_eq!((report.rows, report.refused), (16, 2));
    let text = Source::read(&path).unwrap();
    let text = import_licence_types(&kit.store, &operator, &text, false, &ImportOptions::silent()).await.unwrap();
    assert_eq!((text.refused, text.changed), (2, 0));
} }
