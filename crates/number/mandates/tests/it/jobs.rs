//! The daily work.

use std::sync::{Arc, Mutex};

use chrono::Duration;

use tongban_access::{MandateKind, Role};
use tongban_identity::SessionsEnded;
use tongban_mandates::{Change, Daily, GiveMandate, MandateChanged, RecordAtWindow, Side, Standing, mandate};
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

both! { migrations,
    /// Whoever used an account before it was closed or given back may have let somebody act: that ends. What a window recorded stays.
    async fn what_an_account_gave_goes_with_it(kit: Kit) {
        let town = Town::open(&kit);
        let worker = tongban_mandates::wire(tongban_store::wire(Worker::new(town.store.clone())));
        let (grandmother, grandson, online) = town.family().await;
        let recorded = RecordAtWindow {
            kind: MandateKind::Guardian,
            principal_name: GRANDMOTHER.0.to_owned(),
            principal_number: number(GRANDMOTHER),
            agent_name: STRANGER.0.to_owned(),
            agent_number: number(STRANGER),
            document: "判决书".to_owned(),
            present: true,
            starts_on: None,
            ends_on: Some(today(&town.store) + Duration::days(30)),
        };
        let recorded = town.record(&staff(Role::Clerk), recorded).await.unwrap();
        let account = grandmother.account.id;
        for _time in 0..2 {
            town.store
                .write(Signer::system(), move |tx| async move {
                    let event = SessionsEnded { account, session: None, kept: None, for_good: true };
                    tx.emit(&event).await
                })
                .await
                .unwrap();
            worker.drain().await.unwrap();
        }
        let view = mandate(&town.store, &grandson.actor, online, Side::Agent).await.unwrap().unwrap();
        assert_eq!((view.standing, view.ended_by.as_deref()), (Standing::Revoked, Some("account")));
        let view = mandate(&town.store, &grandmother.actor, recorded, Side::Principal).await.unwrap().unwrap();
        assert_eq!(view.standing, Standing::Active);
    }
}
