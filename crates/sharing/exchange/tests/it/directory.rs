//! Entering resources.

use tongban_access::{Actor, Role};
use tongban_exchange::{Error, ShareClass, register_resource, resource, resources};

use crate::world::*;

async fn enter(kit: &Kit, actor: Actor, code: &'static str, secret: &'static str) -> Result<(), Error> {
    kit.store
        .write(actor.signer(), move |tx| {
            let actor = actor.clone();
            async move {
                register_resource(
                    &tx,
                    &actor,
                    entry(code, "https://data.example/x".to_owned()),
                    secret,
                )
                .await
            }
        })
        .await
}

both! { migrations,
    async fn an_operator_enters_and_changes_a_resource(kit: Kit) {
        let operator = staff(51, Role::Operator, "519900000000");
        enter(&kit, operator.clone(), "population.basic", SECRET).await.unwrap();
        enter(&kit, operator, "civil_affairs.marriage", SECRET).await.unwrap();
        let found = resource(&kit.store, "population.basic").await.unwrap().unwrap();
        assert_eq!(found, entry("population.basic", "https://data.example/x".to_owned()));

        let mut changed = found.clone();
        changed.share_class = ShareClass::Unconditional;
        changed.name = "人口信息".to_owned();
        register(&kit.store, changed.clone()).await;
        let codes: Vec<String> = resources(&kit.store).await.unwrap().into_iter().map(|entry| entry.code).collect();
        assert_eq!(codes, ["civil_affairs.marriage", "population.basic"]);
        assert_eq!(resource(&kit.store, "population.basic").await.unwrap(), Some(changed));
        assert_eq!(resource(&kit.store, "population.nothing").await.unwrap(), None);

        let lines = kit.store.log_of("exchange_resource", "population.basic").await.unwrap();
        assert_eq!(lines.len(), 2, "who changed the directory is on record");
    }
}

both! { migrations,
    async fn others_may_not_enter_and_unsound_entries_are_refused(kit: Kit) {
        for actor in [Actor::Nobody, applicant(21), staff(1, Role::Clerk, "519900000000"), staff(1, Role::Supervisor, "519900000000")] {
            assert!(matches!(enter(&kit, actor, "population.basic", SECRET).await, Err(Error::Denied(_))));
        }
        let operator = staff(51, Role::Operator, "519900000000");
        match enter(&kit, operator.clone(), "Population", SECRET).await {
            Err(Error::Refused(refusal)) => {
                assert_eq!(refusal.code, "exchange.resource_code");
                assert_eq!(refusal.args["resource"], "Population");
            }
            other => panic!("{other:?}"),
        }
        let weak = enter(&kit, operator, "population.basic", "short").await;
        assert!(matches!(weak, Err(Error::Refused(refusal)) if refusal.code == "exchange.resource_secret"));
        assert_eq!(resources(&kit.store).await.unwrap(), []);
    }
}
