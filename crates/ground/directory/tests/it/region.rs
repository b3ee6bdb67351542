use tongban_access::{Actor, Role};
use tongban_directory::{
    Error, RegionFilter, children, ensure_region, find_regions, import::*, import_regions, region,
    region_path, regions,
};
use tongban_store::{PageRequest, Signer};
use tongban_testkit::{both, real_data};

use crate::{code, migrations, operator, source, staff};

const LIST: &str = "code12,name,level,parent_code12
519900000000,示范市,city,510000000000
519901000000,东城县,county,519900000000
519901100000,清水镇,township,519901000000
";

both! { migrations, async fn imports_once_and_then_changes_nothing(kit: Kit) {
    let list = source("regions.csv", LIST);
    let first = import_regions(&kit.store, &operator(), &list, &ImportOptions::silent()).await.unwrap();
    // The province is not in the list, so the city's parent is unknown.
    assert_eq!(first.summary_line(), "rows 3 accepted 2 warned 1 refused 0 changed 3");
    assert_eq!(first.fates[0].findings()[0].code, "region.parent_unknown");
    let again = import_regions(&kit.store, &operator(), &list, &ImportOptions::silent()).await.unwrap();
    assert_eq!(again.changed, 0);
    let town = region(&kit.store, &code("519901100")).await.unwrap().unwrap();
    assert_eq!((town.name.as_str(), town.parent), ("清水镇", Some(code("519901"))));
    let path = region_path(&kit.store, &code("519901100")).await.unwrap();
    assert_eq!(path.iter().map(|region| region.name.as_str()).collect::<Vec<_>>(), ["示范市", "东城县", "清水镇"]);
    assert_eq!(children(&kit.store, Some(&code("5199"))).await.unwrap().len(), 1);
    assert_eq!(find_regions(&kit.store, &[code("51"), code("5199")]).await.unwrap().len(), 1);
    let filter = RegionFilter { within: Some(code("519901")), ..RegionFilter::default() };
    assert_eq!(regions(&kit.store, &filter, PageRequest::new(1, 10)).await.unwrap().total, 2);
} }

both! { migrations, async fn dry_run_says_the_same_and_writes_nothing(kit: Kit) {
    let report = import_regions(&kit.store, &operator(), &source("regions.csv", LIST), &ImportOptions::dry()).await.unwrap();
    assert_eq!(report.summary_line(), "rows 3 accepted 2 warned 1 refused 0 changed 3");
    assert_eq!(report.run, None);
    assert_eq!(region(&kit.store, &code("5199")).await.unwrap(), None);
    assert_eq!(import_runs(&kit.store, PageRequest::new(1, 10)).await.unwrap().total, 0);
} }

both! { migrations, async fn refuses_bad_rows_with_reasons(kit: Kit) {
    let list = source("regions.csv", "code,name,level\n51990,短,\n519900000000,,\n519902000000,西城县,city\n519902000000,又一个,\n519903000000\n");
    let report = import_regions(&kit.store, &operator(), &list, &ImportOptions::silent()).await.unwrap();
    let said: Vec<&str> = report.fates.iter().map(|fate| fate.findings()[0].code.as_str()).collect();
    assert_eq!(said, ["region.length", "region.name_missing", "region.level_differs", "import.key_twice", "import.columns"]);
    assert_eq!(report.summary_line(), "rows 5 accepted 0 warned 1 refused 4 changed 1");
    // The report is kept, row by row.
    let run = report.run.unwrap();
    let kept = import_rows(&kit.store, run, None, PageRequest::new(1, 200)).await.unwrap();
    assert_eq!(kept.rows, report.fates);
    let refused = import_rows(&kit.store, run, Some(Verdict::Refused), PageRequest::new(2, 3)).await.unwrap();
    assert_eq!((refused.total, refused.rows.len()), (4, 1));
    let run = import_run(&kit.store, run).await.unwrap().unwrap();
    assert_eq!((run.state, run.refused, run.kind.as_str()), (RunState::Finished, 4, "regions"));
    assert_eq!(kit.store.log_of("import", &run.id.to_string()).await.unwrap().len(), 1);
} }

both! { migrations, async fn only_operators_import(kit: Kit) {
    for actor in [Actor::Nobody, staff(Role::Clerk), staff(Role::Approver), staff(Role::Supervisor)] {
        let refused = import_regions(&kit.store, &actor, &source("regions.csv", LIST), &ImportOptions::dry()).await;
        assert!(matches!(refused, Err(Error::Denied(_))), "{actor:?}");
    }
} }

both! { migrations, async fn a_placeholder_gives_way_to_the_list(kit: Kit) {
    let make = || kit.store.write(Signer::system(), |tx| async move { ensure_region(&tx, &code("5199"), Some("四川省示范市")).await });
    assert!(make().await.unwrap());
    assert!(!make().await.unwrap());
    assert!(region(&kit.store, &code("5199")).await.unwrap().unwrap().placeholder);
    import_regions(&kit.store, &operator(), &source("regions.csv", LIST), &ImportOptions::silent()).await.unwrap();
    let city = region(&kit.store, &code("5199")).await.unwrap().unwrap();
    assert_eq!((city.name.as_str(), city.placeholder), ("示范市", false));
} }

both! { migrations, async fn real_divisions_import_twice(kit: Kit) {
    for (file, rows, warned) in [("sichuan_51_to_township.csv", 3_316, 0), ("guangan_5116_villages.csv", 1_715, 0)] {
        let Some(path) = real_data("directory::real_divisions", &format!("divisions/{file}")) else { return };
        let list = Source::read(&path).unwrap();
        let first = import_regions(&kit.store, &Actor::System, &list, &ImportOptions::silent()).await.unwrap();
        assert_eq!((first.rows, first.warned, first.refused, first.changed), (rows, warned, 0, rows), "{file}");
        let again = import_regions(&kit.store, &Actor::System, &list, &ImportOptions::silent()).await.unwrap();
        assert_eq!(again.changed, 0);
    }
} }
