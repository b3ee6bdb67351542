use tongban_access::{Actor, Role};
use tongban_directory::{
    Error, NewOrganisation, ensure_organisation, find_organisation_by_name, import::*, import_organisations,
    organisation, organisation_by_code, organisations, organisations_of, region,
};
use tongban_store::{PageRequest, Signer};
use tongban_testkit::{both, real_data};

use crate::{code, migrations, operator, source, staff};

const LIST: &str = r#"{"name":"示范市东城县市场监督管理局","short_name":"县市场监管局","uscc":"11370800MB28559184","region_code":"519901","phone":"0000-1234567"}
{"name":"东城县民政局","uscc":"4444444444","region_code":"519901"}
{"uscc":"11511301008778183N","region_code":"519901"}
{"name":"无区划","uscc":"11511301008778183N"}
["not an object"]
"#;

both! { migrations, async fn imports_with_warnings_and_refusals(kit: Kit) {
    let list = source("organisations.jsonl", LIST);
    let first = import_organisations(&kit.store, &operator(), &list, None, &ImportOptions::silent()).await.unwrap();
    let said: Vec<Vec<&str>> =
        first.fates.iter().map(|fate| fate.findings().iter().map(|finding| finding.code.as_str()).collect()).collect();
    assert_eq!(said, [
        vec!["region.made"],
        vec!["organisation.code_invalid"],
        vec!["organisation.name_missing"],
        vec!["organisation.region_missing"],
        vec!["import.not_an_object"],
    ]);
    assert!(region(&kit.store, &code("519901")).await.unwrap().unwrap().placeholder);
    let again = import_organisations(&kit.store, &operator(), &list, None, &ImportOptions::silent()).await.unwrap();
    assert_eq!((again.accepted, again.changed), (1, 0));

    let bureau = organisation_by_code(&kit.store, &code("519901"), " 11370800mb28559184").await.unwrap().unwrap();
    assert_eq!(bureau.display_name(), "县市场监管局");
    assert!(bureau.uscc().is_some());
    assert_eq!(organisation(&kit.store, bureau.id).await.unwrap().as_ref(), Some(&bureau));
    let by_name = find_organisation_by_name(&kit.store, &code("519901"), "县市场监管局").await.unwrap();
    assert_eq!(by_name.as_ref(), Some(&bureau));
    assert_eq!(organisations_of(&kit.store, &code("519901")).await.unwrap().len(), 2);
    assert_eq!(organisations(&kit.store, Some(&code("5199")), PageRequest::new(1, 1)).await.unwrap().total, 2);

    // An empty cell keeps what is there.
    let renamed = source("o.csv", "code,name,region\n11370800MB28559184,东城县市场监管局,519901\n");
    import_organisations(&kit.store, &operator(), &renamed, None, &ImportOptions::silent()).await.unwrap();
    let bureau = organisation(&kit.store, bureau.id).await.unwrap().unwrap();
    assert_eq!((bureau.name.as_str(), bureau.phone.as_deref()), ("东城县市场监管局", Some("0000-1234567")));
} }

both! { migrations, async fn made_once_and_described_later(kit: Kit) {
    let make = || {
        kit.store.write(Signer::system(), |tx| async move {
            ensure_organisation(&tx, NewOrganisation::placeholder(code("519901"), "11370800mb28559184", "县局")).await
        })
    };
    let (id, made) = make().await.unwrap();
    assert!(made);
    assert_eq!(make().await.unwrap(), (id, false));
    let list = source("o.csv", "code,name\n11370800MB28559184,县局\n");
    let report = import_organisations(&kit.store, &operator(), &list, Some(&code("519901")), &ImportOptions::silent()).await.unwrap();
    assert_eq!(report.changed, 1, "a placeholder becomes an organisation");
    assert!(!organisation(&kit.store, id).await.unwrap().unwrap().placeholder);
} }

both! { migrations, async fn only_operators_import(kit: Kit) {
    let list = source("organisations.jsonl", LIST);
    let refused = import_organisations(&kit.store, &staff(Role::Clerk), &list, None, &ImportOptions::silent()).await;
    assert!(matches!(refused, Err(Error::Denied(_))));
} }

both! { migrations, async fn real_departments_import_twice(kit: Kit) {
    let Some(path) = real_data("directory::real_departments", "items/sichuan_guangan_departments.csv") else { return };
    let list = Source::read(&path).unwrap();
    let region = code("511602");
    let first = import_organisations(&kit.store, &Actor::System, &list, Some(&region), &ImportOptions::silent()).await.unwrap();
    assert_eq!((first.rows, first.refused, first.changed), (34, 0, 34));
    let again = import_organisations(&kit.store, &Actor::System, &list, Some(&region), &ImportOptions::silent()).await.unwrap();
    assert_eq!((again.refused, again.changed), (0, 0));
} }
