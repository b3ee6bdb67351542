//! The daily work.

use chrono::Duration;
use std::sync::{Arc, Mutex};
use tongban_mandates::{Change, Daily, GiveMandate, MandateChanged};
use tongban_store::{Signer, StoreError, Worker};
use tongban_testkit::both;

use crate::builders::*;

both! { migrations,
    /// What ends in two weeks is told once, however often the work is done; a mandate of a few days needs no warning.
    async fn what_ends_soon_is_told_once(kit: Kit) {
        let town = Town::open(&kit);
        let heard: Arc<Mutex<Vec<MandateChanged>>> = Arc::default();
        let listener = Arc::clone(&heard);
        let worker: Worker = tongban_mandates::wire(tongban_store::wire(Worker::new(town.store.clone())))
            .subscribe::<MandateChanged, _, _>("test", move |_, delivery| {
                listener.lock().unwrap().push(delivery.body);
                async { Ok(()) }
            });
        let (grandmother, grandson) = (town.person(GRANDMOTHER).await, town.person(GRANDSON).await);
        let sixty = GiveMandate { ends_on: Some(today(&town.store) + Duration::days(60)), ..offer(&town.store) };
        let id = town.give(&grandmother.actor, sixty).await.unwrap();
        town.answer(&grandson.actor, id, true).await.unwrap();
        worker.drain().await.unwrap();
        let run = async || {
            town.store
                .write(Signer::system(), |tx| async move {
                    tx.enqueue(&Daily {}, tx.now()).await?;
                    Ok::<_, StoreError>(())
                })
                .await
                .unwrap();
            worker.drain().await.unwrap();
        };
        let ending = || {
            let heard = heard.lock().unwrap();
            heard.iter().filter(|event| event.change == Change::Ending).count()
        };
        kit.clock.advance(Duration::days(45));
        run().await;
        assert_eq!(ending(), 0, "fifteen days are left");
        kit.clock.advance(Duration::days(1));
        run().await;
        run().await;
        assert_eq!(ending(), 1);
        assert!(heard.lock().unwrap().iter().all(|event| event.mandate == id));
    }
}
