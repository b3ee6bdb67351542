//! Who acts for an applicant does what the mandate is for, while it stands.

use tongban_access::{Actor, Agency, Assurance, MandateKind, MandateScope, PartyKind};
use tongban_cases::{Withdraw, case_view, my_cases, record_view, withdraw};
use tongban_identity::{open_session_for, party, subject_blinds};
use tongban_mandates::{
    GiveMandate, MandateRules, Named, Scope, Side, answer_mandate, end_mandate, give_mandate,
};
use tongban_store::{PageRequest, Signer, Store, Stream};
use tongban_testkit::both;
use uuid::Uuid;

use crate::world::{World, migrations};

/// The principal lets somebody act in one matter, who accepts; answers who acts then.
pub async fn agent(store: &Store, principal: &Actor, agent: &Actor, item: Uuid) -> Actor {
    let owner = principal.account().unwrap();
    let session = store
        .write(Signer::system(), move |tx| async move {
            open_session_for(&tx, owner).await
        })
        .await
        .unwrap()
        .session
        .id;
    let named = party(store, agent.account().unwrap()).await.unwrap().unwrap();
    let (by, helper) = (principal.clone(), agent.clone());
    let mandate = store
        .write(principal.signer(), move |tx| {
            let (by, helper, named) = (by.clone(), helper.clone(), named.clone());
            async move {
                let input = GiveMandate {
                    session,
                    kind: MandateKind::Family,
                    agent_name: named.name,
                    agent_number: named.number,
                    everything: false,
                    scope: Scope {
                        items: vec![Named {
                            id: item,
                            name: "这件事".to_owned(),
                        }],
                        organisations: Vec::new(),
                    },
                    starts_on: None,
                    ends_on: Some(tongban_codes::civil::beijing_date(tx.now())),
                };
                let id = give_mandate(&tx, &by, &MandateRules::default(), input).await?;
                answer_mandate(&tx, &helper, id, true).await?;
                Ok::<_, tongban_mandates::Error>(id)
            }
        })
        .await
        .unwrap();
    let agency = Agency {
        mandate,
        agent: agent.account().unwrap(),
        kind: MandateKind::Family,
        scope: MandateScope {
            items: vec![item],
            organisations: Vec::new(),
        },
    };
    Actor::agent(owner, PartyKind::Person, agency, Assurance::RealName)
}

async fn mine(world: &World, actor: &Actor) -> Vec<Uuid> {
    let page = PageRequest::new(1, 10);
    let found = my_cases(&world.store, actor, &world.calendar, page)
        .await
        .unwrap();
    found.rows.into_iter().map(|row| row.id).collect()
}

both! { migrations,
/// The list and the page say the same: what the mandate is for, and nothing else of the principal's.
async fn an_agent_sees_what_the_mandate_is_for(kit: Kit) {
    let world = World::open(&kit).await;
    let principal = world.applicant.clone();
    let (case, _) = world.submitted(&principal).await;
    let draft = world.draft(&principal).await;
    let inside = agent(&world.store, &principal, &world.person("李代办", 31).await, world.item.item).await;
    let beside = agent(&world.store, &principal, &world.person("赵代办", 32).await, Uuid::from_u128(5)).await;
    let mut seen = mine(&world, &inside).await;
    seen.sort();
    let mut all = vec![case, draft];
    all.sort();
    assert_eq!(seen, all);
    assert!(mine(&world, &beside).await.is_empty());
    for id in [case, draft] {
        assert!(case_view(&world.store, &inside, &world.calendar, id).await.unwrap().is_some());
        assert!(case_view(&world.store, &beside, &world.calendar, id).await.unwrap().is_none());
    }
    let input = world.start_input(&principal).await;
    assert!(world.start_draft(&beside, input.clone()).await.is_err());
    assert!(world.start_draft(&inside, input).await.unwrap().resumed, "the draft is the principal's");
}
}

both! { migrations,
/// Who filed stands in the case, in its history and in the log; and the principal sees that the agent looked.
async fn who_filed_is_known(kit: Kit) {
    let world = World::open(&kit).await;
    let principal = world.applicant.clone();
    let helper = world.person("李代办", 31).await;
    let acting = agent(&world.store, &principal, &helper, world.item.item).await;
    let (case, _) = world.submitted(&acting).await;
    let view = case_view(&world.store, &world.clerk(), &world.calendar, case).await.unwrap().unwrap();
    let named = view.agent.unwrap();
    assert_eq!((named.name.as_str(), named.kind), ("李代办", MandateKind::Family));
    assert!(named.number_masked.contains('*'));
    assert_eq!(view.history[0].by, "agent");
    let line = world.store.log_of("case", &case.to_string()).await.unwrap();
    let filed = line.iter().find(|line| line.action == "case.submit").unwrap();
    assert_eq!(filed.signer_id, helper.account(), "whoever acts signs");

    for _look in 0..2 {
        let by = acting.clone();
        world
            .store
            .write(acting.signer(), move |tx| {
                let by = by.clone();
                async move { record_view(&tx, &by, case).await }
            })
            .await
            .unwrap();
    }
    let owner = party(&world.store, principal.account().unwrap()).await.unwrap().unwrap();
    let blinds = subject_blinds(&world.store, PartyKind::Person, &owner.number);
    let looks = world.store.log_about(Stream::Access, &blinds, PageRequest::new(1, 50)).await.unwrap();
    let of_agent = looks.rows.iter().filter(|line| line.detail["reader"] == "代办人").count();
    assert!(of_agent >= 1, "{:?}", looks.rows);
}
}

both! { migrations,
/// A request that was under way when the mandate was taken back does nothing.
async fn what_was_taken_back_files_nothing(kit: Kit) {
    let world = World::open(&kit).await;
    let principal = world.applicant.clone();
    let acting = agent(&world.store, &principal, &world.person("李代办", 31).await, world.item.item).await;
    let (filed, _) = world.submitted(&acting).await;
    let case = world.filled(&acting).await;
    let (by, mandate) = (principal.clone(), acting.agency().unwrap().mandate);
    world
        .store
        .write(principal.signer(), move |tx| {
            let by = by.clone();
            async move { end_mandate(&tx, &by, mandate, Side::Principal).await }
        })
        .await
        .unwrap();
    assert!(world.submit(&acting, world.submit_input(case)).await.is_err());
    let by = acting.clone();
    let withdrawn = world
        .store
        .write(acting.signer(), move |tx| {
            let by = by.clone();
            async move { withdraw(&tx, &by, Withdraw { case: filed, seen: None }).await }
        })
        .await;
    assert!(withdrawn.is_err());
    let input = world.start_input(&principal).await;
    assert!(world.start_draft(&acting, input).await.is_err());
    world.submit(&principal, world.submit_input(case)).await.unwrap();
}
}
