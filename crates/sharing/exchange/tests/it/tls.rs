//! Department systems behind TLS, under an authority of their own.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use axum::{Json, Router, routing::post};
use serde_json::{Value, json};
use tongban_exchange::{Exchange, FactOutcome, ReadOutcome, Trouble, http_client_trusting};
use tongban_testkit::tls::serve_tls;

use crate::world::*;

both! { migrations,
    async fn a_department_under_its_own_authority_is_read_by_who_trusts_it(kit: Kit) {
        let mut world = world(&kit).await;
        let asked = Arc::new(AtomicUsize::new(0));
        let (number, count) = (world.number.clone(), Arc::clone(&asked));
        let answer = move |Json(_): Json<Value>| {
            count.fetch_add(1, Ordering::SeqCst);
            let said = json!({ "found": true, "subject": { "number": number }, "facts": { "name": "示范甲" } });
            async move { Json(said) }
        };
        let server = serve_tls(Router::new().route("/population", post(answer))).await;
        register(&kit.store, entry("population.basic", format!("{}/population", server.address))).await;

        // nobody vouches for it: the person goes on by hand, and nothing was told
        let refused = world.read("population.basic", BUDGET).await;
        assert_eq!(refused.outcome, FactOutcome::Unavailable { reason: Trouble::Unreachable });
        assert_eq!(asked.load(Ordering::SeqCst), 0);

        let authority = kit.folder.path().join("authority.pem");
        std::fs::write(&authority, &server.authority).unwrap();
        let client = http_client_trusting(Some(&authority)).unwrap();
        world.exchange = Exchange::new(kit.store.clone(), Arc::<Cases>::clone(&world.cases), client);
        let read = world.read("population.basic", BUDGET).await;
        assert_eq!(facts(&read)["name"], "示范甲");
        assert_eq!(asked.load(Ordering::SeqCst), 1);
        let counted = world.exchange.counted();
        assert!(counted.contains(&(ReadOutcome::Facts, 1)) && counted.contains(&(ReadOutcome::Unavailable, 0)), "{counted:?}");
    }
}
