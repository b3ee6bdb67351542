//! What was done is counted.

use tongban_store::{AuditEntry, Signer, StoreError};

use crate::kit::both;

both! {
    async fn statements_acts_and_commits_are_counted(kit: Kit) {
        let before = kit.store.counted();
        kit.store
            .write(Signer::system(), |tx| async move {
                tx.audit(AuditEntry::new("test.one")).await?;
                tx.audit(AuditEntry::new("test.two")).await
            })
            .await
            .unwrap();
        let refused: Result<(), StoreError> = kit
            .store
            .write(Signer::system(), |_tx| async { Err(StoreError::Conflict("row")) })
            .await;
        refused.unwrap_err();
        let after = kit.store.counted();
        assert_eq!(after.statements - before.statements, 2, "both lines, and the note that they wait for their numbers");
        assert_eq!(after.acts - before.acts, 1);
    }
}

both! {
    async fn work_that_lies_there_is_told(kit: Kit) {
        use chrono::Duration;
        #[derive(serde::Serialize, serde::Deserialize)]
        struct Idle;
        impl tongban_store::Job for Idle {
            const KIND: &'static str = "test.idle";
        }
        let start = kit.store.now();
        kit.store
            .write(Signer::system(), move |tx| async move {
                tx.enqueue(&Idle, start).await?;
                tx.enqueue(&Idle, start + Duration::hours(1)).await
            })
            .await
            .unwrap();
        kit.clock.advance(Duration::minutes(1));
        let standing = kit.store.work_standing().await.unwrap();
        assert_eq!((standing.jobs, standing.failing, standing.events), (2, 0, 0));
        assert_eq!(standing.oldest_due, Some(start));
    }
}
