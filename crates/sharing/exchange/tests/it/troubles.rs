//! Departments that are down, slow, or out of order: each trouble has its name, and the person goes on by hand.

use std::time::Instant;

use tokio::net::TcpListener;
use tongban_exchange::{EvidenceVerdict, FactOutcome, ReadOutcome, Trouble, reads_about, verify_evidence};
use tongban_store::{PageRequest, Stream};

use crate::world::*;

both! { migrations,
    async fn every_trouble_is_named_and_on_record(kit: Kit) {
        let world = world(&kit).await;
        let table = [
            ("test.garbage", Trouble::Unreadable),
            ("test.error", Trouble::ServerError),
            ("test.forbidden", Trouble::Rejected),
            ("test.elsewhere", Trouble::Redirected),
            ("test.large", Trouble::TooLarge),
            ("test.endless", Trouble::TooLarge),
        ];
        for (code, trouble) in table {
            let answer = world.read(code, BUDGET).await;
            assert_eq!(answer.outcome, FactOutcome::Unavailable { reason: trouble }, "{code}");
            let page = reads_about(&kit.store, &world.blinds(), PageRequest::new(1, 1)).await.unwrap();
            assert_eq!(page.rows[0].id, answer.read);
            assert_eq!((page.rows[0].outcome, page.rows[0].trouble), (Some(ReadOutcome::Unavailable), Some(trouble)));
            let lines = kit.store.log_of("exchange_read", &answer.read.to_string()).await.unwrap();
            assert_eq!(lines.len(), 1, "{code}");
            assert_eq!(verify_evidence(kit.store.keys(), &lines[0]), EvidenceVerdict::Valid);
        }
        assert_eq!(world.asked(), table.len(), "each was asked once: nothing is followed, nothing is tried again");
        let access = kit.store.log_about(Stream::Access, &world.blinds(), PageRequest::new(1, 10)).await.unwrap();
        assert_eq!(access.total, 0, "nothing was learnt");
    }
}

both! { migrations,
    async fn a_slow_department_costs_no_more_than_the_budget(kit: Kit) {
        let world = world(&kit).await;
        for code in ["test.silent", "test.stalling"] {
            let started = Instant::now();
            let answer = world.read(code, SHORT).await;
            assert_eq!(answer.outcome, FactOutcome::Unavailable { reason: Trouble::TooSlow }, "{code}");
            assert!(started.elapsed() < SHORT + BUDGET / 2, "{code}");
        }
    }
}

both! { migrations,
    async fn a_port_where_nobody_listens_is_unreachable(kit: Kit) {
        let world = world(&kit).await;
        let free = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
        register(&kit.store, entry("test.error", format!("http://{free}/population"))).await;
        let answer = world.read("test.error", BUDGET).await;
        assert_eq!(answer.outcome, FactOutcome::Unavailable { reason: Trouble::Unreachable });
    }
}

both! { migrations,
    async fn a_department_that_does_not_take_our_secret_rejects(kit: Kit) {
        use tongban_access::Actor;
        let world = world(&kit).await;
        let url = format!("{}/good", world.department.base);
        kit.store
            .write(Actor::System.signer(), move |tx| {
                let changed = entry("population.basic", url.clone());
                async move {
                    tongban_exchange::register_resource(&tx, &Actor::System, changed, "yesterday's-secret").await
                }
            })
            .await
            .unwrap();
        let answer = world.read("population.basic", BUDGET).await;
        assert_eq!(answer.outcome, FactOutcome::Unavailable { reason: Trouble::Rejected });
    }
}
