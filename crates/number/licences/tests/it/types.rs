use tongban_access::{PartyKind, Role};
use tongban_directory::import::{Finding, ImportOptions, Source, Verdict};
use tongban_licences::{
    Error, FieldDef, LicenceType, import_licence_types, licence_type, licence_types, register_licence_type,
};
use tongban_store::Store;
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
