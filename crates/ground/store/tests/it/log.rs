//! The streams of the log.

use tongban_store::{AccessEntry, PageRequest, Signer, Stream};

use crate::kit::both;

both! { async fn a_person_sees_who_read(kit: Kit) {
    kit.store
        .write(Signer::system(), |tx| async move {
            tx.access_log(AccessEntry {
                subject_blind: "blind".to_owned(),
                object_kind: "resource",
                object_id: "population.basic".to_owned(),
                purpose: "食品经营许可".to_owned(),
                reader: "示范市市场监督管理局".to_owned(),
            })
            .await
        })
        .await
        .unwrap();
    let page = kit.store.log_about(Stream::Access, &["blind".to_owned()], PageRequest::new(1, 20)).await.unwrap();
    assert_eq!(page.total, 1);
    assert_eq!(page.rows[0].detail["purpose"], "食品经营许可");
    let other = kit.store.log_about(Stream::Access, &["other".to_owned()], PageRequest::new(1, 20)).await.unwrap();
    assert_eq!(other.total, 0);
} }
