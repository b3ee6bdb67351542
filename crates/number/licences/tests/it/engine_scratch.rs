use tongban_access::Actor;
use tongban_licences::{Verdict, verify_upload, attach_carrier, licence_view, carrier_page};
use tongban_testkit::both;
use crate::*;

both! { migrations, async fn scratch(kit: Kit) {
    with_types(&kit).await;
    let licence = issued(&kit.store, firm_licence(&uscc('9', "MA100001"))).await;
    let view = licence_view(&kit.store, &Actor::System, licence.id).await.unwrap();
    let page = carrier_page(&view, "", SITE).unwrap();
    std::fs::write("/tmp/scratch_page.json", page.data.to_string()).unwrap();
    std::fs::write("/tmp/scratch_record.json", &page.record.unwrap().1).unwrap();
    eprintln!("waiting");
    while !std::path::Path::new("/tmp/scratch_go").exists() { tokio::time::sleep(std::time::Duration::from_secs(1)).await; }
    let pdf = std::fs::read("/tmp/scratch.pdf").unwrap();
    let blob = kit.store.blobs().put(&pdf).await.unwrap();
    let sm3 = tongban_crypto::sm3_hex(&pdf);
    kit.store.write(Signer::system(), move |tx| { let (blob, sm3) = (blob.clone(), sm3.clone()); async move { attach_carrier(&tx, licence.id, &blob, &sm3).await } }).await.unwrap();
    let verification = verify_upload(&kit.store, pdf.clone().into()).await.unwrap();
    assert_eq!(verification.verdict, Verdict::Valid, "{verification:?}");
    let mut counts = std::collections::BTreeMap::new();
    for at in (0..pdf.len()).step_by(37) {
        let mut changed = pdf.to_vec();
        changed[at] ^= 0x01;
        let v = verify_upload(&kit.store, changed.into()).await.unwrap();
        *counts.entry(format!("{} {:?}", v.verdict.as_str(), v.checks.last().map(|c| (c.name, c.code)))).or_insert(0) += 1;
    }
    eprintln!("{} bytes {counts:#?}", pdf.len());
} }
