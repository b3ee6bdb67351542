//! The real lists, twice each.

use std::{
    collections::BTreeMap,
    sync::atomic::{AtomicUsize, Ordering},
};

use tongban_access::Actor;
use tongban_catalogue::{
    Catalogue, DebtFilter, ItemImport, ItemRef, debt_counts, department_counts, import_items, item,
    type_counts, version,
};
use tongban_directory::import::{ImportOptions, ImportReport, Source};
use tongban_search::{SearchRequest, Synonyms};
use tongban_store::{AuditEntry, Signer, StoreError};
use tongban_testkit::{both, real_data};

use crate::migrations;

const PUBLISH: ItemImport = ItemImport { publish: true };

fn tally(report: &ImportReport) -> BTreeMap<&str, usize> {
    let mut tally = BTreeMap::new();
    for finding in report.fates.iter().flat_map(|fate| fate.findings()) {
        *tally.entry(finding.code.as_str()).or_default() += 1;
    }
    tally
}

both! { migrations, async fn a_whole_district_goes_live_on_day_one(kit: Kit) {
    let Some(path) = real_data("catalogue::sichuan_guangan_items", "items/sichuan_guangan_items.jsonl") else { return };
    let list = Source::read(&path).unwrap();
    let dry = import_items(&kit.store, &Actor::System, &list, PUBLISH, &ImportOptions::dry()).await.unwrap();
    // While it imports, somebody else writes between the stages.
    let seen = AtomicUsize::new(0);
    let progress = |_done: usize, _total: usize| {
        seen.fetch_add(1, Ordering::Relaxed);
    };
    let options = ImportOptions { progress: &progress, ..ImportOptions::silent() };
    let meanwhile = async {
        for turn in 0..20 {
            let act = kit.store.write(Signer::system(), move |tx| async move {
                tx.audit(AuditEntry::new("test.meanwhile").on("test", turn)).await
            });
            act.await?;
        }
        Ok::<_, StoreError>(())
    };
    let (first, meanwhile) = tokio::join!(import_items(&kit.store, &Actor::System, &list, PUBLISH, &options), meanwhile);
    meanwhile.unwrap();
    let first = first.unwrap();
    assert_eq!(dry.fates, first.fates);
    assert_eq!(seen.load(Ordering::Relaxed), 7, "the beginning and six stages");
    assert_eq!((first.rows, first.refused, first.changed), (1_135, 0, 1_135));
    assert_eq!(first.accepted + first.warned, 1_135);
    // The dirt that the list is known for, each under its name.
    let tally = tally(&first);
    assert_eq!(tally["item.department_code_differs"], 775);
    assert_eq!(tally["item.name_twice"], 4);
    let bodies: usize = tally.iter().filter(|(code, _)| code.starts_with("item.body_")).map(|(_, count)| count).sum();
    assert_eq!(bodies, 153, "{tally:?}");
    assert_eq!(tally["item.body_lower_case"], 1);
    assert_eq!(tally["region.made"], 1);

    let again = import_items(&kit.store, &Actor::System, &list, PUBLISH, &options).await.unwrap();
    assert!(again.summary_line().ends_with("refused 0 changed 0"), "{}", again.summary_line());

    // The same list as a sheet says the same.
    let sheet = Source::read(&path.with_extension("csv")).unwrap();
    let sheet = import_items(&kit.store, &Actor::System, &sheet, PUBLISH, &ImportOptions::silent()).await.unwrap();
    assert_eq!(sheet.summary_line(), again.summary_line());

    assert_eq!(department_counts(&kit.store, None).await.unwrap().len(), 34);
    let types = type_counts(&kit.store, None).await.unwrap();
    assert_eq!((types[0].value.as_str(), types[0].items), ("01", 536));
    assert!(!debt_counts(&kit.store, &DebtFilter::default()).await.unwrap().is_empty());

    let folder = kit.folder.path().join("search");
    let catalogue = Catalogue::open(kit.store.clone(), &folder, Synonyms::builtin()).await.unwrap();
    assert_eq!(catalogue.len(), 1_135);
    let request = SearchRequest { query: "求职创业补贴".to_owned(), ..SearchRequest::default() };
    let answer = catalogue.search(&request).unwrap();
    assert!(answer.hits[0].name.contains("求职创业补贴"), "{answer:?}");
    // Both items of that name are found, each under its own code.
    assert!(answer.hits.iter().filter(|hit| hit.name == "求职创业补贴申领").count() == 2);
} }

both! { migrations, async fn a_second_tenant_without_codes(kit: Kit) {
    for (file, rows, materials) in [("linyi_huzheng_items.jsonl", 51, 131), ("other_items_with_materials.jsonl", 9, 37)] {
        let Some(path) = real_data("catalogue::second_tenant", &format!("items/{file}")) else { return };
        let list = Source::read(&path).unwrap();
        let first = import_items(&kit.store, &Actor::System, &list, PUBLISH, &ImportOptions::silent()).await.unwrap();
        assert_eq!((first.rows, first.refused, first.changed), (rows, 0, rows), "{:?}", tally(&first));
        let again = import_items(&kit.store, &Actor::System, &list, PUBLISH, &ImportOptions::silent()).await.unwrap();
        assert_eq!(again.changed, 0, "{file}");
        // materials and working days come in with their matters
        let (mut found, mut limits) = (0, 0);
        for fate in &first.fates {
            let item = item(&kit.store, ItemRef::Code(&fate.key)).await.unwrap();
            let Some(current) = item.and_then(|item| item.current) else { continue };
            let content = version(&kit.store, current).await.unwrap().unwrap().content;
            found += content.materials.len();
            limits += usize::from(content.promised_limit.is_some() || content.legal_limit.is_some());
        }
        assert_eq!((found, limits > 0), (materials, true), "{file}");
    }
} }
