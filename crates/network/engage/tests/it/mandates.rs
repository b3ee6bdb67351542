//! Principals and agents are told of what the other side does, and agents of the cases that they file.

use tongban_access::{Actor, Agency, Assurance, MandateKind, MandateScope, PartyKind};
use tongban_engage::MessageKind;
use tongban_identity::{open_session_for, party};
use tongban_mandates::{GiveMandate, MandateRules, Scope, Side, answer_mandate, end_mandate, give_mandate};
use tongban_store::{Signer, Store};
use tongban_testkit::both;
use uuid::Uuid;

use crate::{migrations, told, worker_with_telephone, world::*};

/// The principal lets the agent act in everything; answers the mandate.
async fn given(store: &Store, principal: &Actor, agent: &Actor) -> Uuid {
    let agent = party(store, agent.account().unwrap()).await.unwrap().unwrap();
    let by = principal.clone();
    let account = principal.account().unwrap();
    let session = store
        .write(Signer::system(), move |tx| async move {
            open_session_for(&tx, account).await
        })
        .await
        .unwrap()
        .session
        .id;
    store
        .write(principal.signer(), move |tx| {
            let (by, name, number) = (by.clone(), agent.name.clone(), agent.number.clone());
            async move {
                let input = GiveMandate {
                    session,
                    kind: MandateKind::Family,
                    agent_name: name,
                    agent_number: number,
                    everything: true,
                    scope: Scope::default(),
                    starts_on: None,
                    ends_on: Some(tongban_codes::civil::beijing_date(tx.now())),
                };
                give_mandate(&tx, &by, &MandateRules::default(), input).await
            }
        })
        .await
        .unwrap()
}

async fn accept(store: &Store, agent: &Actor, id: Uuid) {
    let by = agent.clone();
    store
        .write(agent.signer(), move |tx| {
            let by = by.clone();
            async move { answer_mandate(&tx, &by, id, true).await }
        })
        .await
        .unwrap();
}

fn acting(principal: &Actor, agent: &Actor, mandate: Uuid, kind: MandateKind) -> Actor {
    let agency = Agency {
        mandate,
        agent: agent.account().unwrap(),
        kind,
        scope: MandateScope::default(),
    };
    Actor::agent(
        principal.account().unwrap(),
        PartyKind::Person,
        agency,
        Assurance::RealName,
    )
}

fn kinds(messages: &[tongban_engage::Message]) -> Vec<MessageKind> {
    messages.iter().map(|message| message.kind).collect()
}

both! { migrations,
    /// Offered, accepted, given up: each time the side that did not act is told, by a short message too.
    async fn the_other_side_is_told(kit: Kit) {
        let world = World::open(&kit).await;
        let (principal, agent) = (world.applicant.clone(), world.person("李代办", 31).await);
        let (worker, phones) = worker_with_telephone(&kit.store);
        let id = given(&kit.store, &principal, &agent).await;
        worker.drain().await.unwrap();
        assert_eq!(kinds(&told(&kit.store, &agent).await), [MessageKind::MandateOffered]);
        assert_eq!(told(&kit.store, &agent).await[0].link, "/my/acting");
        assert!(told(&kit.store, &principal).await.is_empty());
        assert!(phones.messages("10000000031")[0].contains("请您代为办事"));
        accept(&kit.store, &agent, id).await;
        let by = agent.clone();
        kit.store
            .write(agent.signer(), move |tx| {
                let by = by.clone();
                async move { end_mandate(&tx, &by, id, Side::Agent).await }
            })
            .await
            .unwrap();
        worker.drain().await.unwrap();
        assert_eq!(
            kinds(&told(&kit.store, &principal).await),
            [MessageKind::MandateAccepted, MessageKind::MandateGivenUp]
        );
        assert_eq!(told(&kit.store, &principal).await[0].args["agent"], "李××", "no more of a name than lists show");
        assert_eq!(told(&kit.store, &agent).await.len(), 1);
    }
}

both! { migrations,
    /// A case that an agent files is told to both; the agent's message leads through the question whether to act again.
    async fn a_case_that_an_agent_files_is_told_to_both(kit: Kit) {
        let world = World::open(&kit).await;
        let (principal, agent) = (world.applicant.clone(), world.person("李代办", 31).await);
        let (worker, phones) = worker_with_telephone(&kit.store);
        let mandate = given(&kit.store, &principal, &agent).await;
        accept(&kit.store, &agent, mandate).await;
        worker.drain().await.unwrap();
        let before = (told(&kit.store, &agent).await.len(), told(&kit.store, &principal).await.len());
        let (case, _) = world
            .submitted(&acting(&principal, &agent, mandate, MandateKind::Family))
            .await;
        worker.drain().await.unwrap();
        let own = told(&kit.store, &principal).await.split_off(before.1);
        assert_eq!((kinds(&own), own[0].link.as_str()), (vec![MessageKind::Submitted], format!("/my/cases/{case}").as_str()));
        assert!(!own[0].args.contains_key("for"));
        let of_agent = told(&kit.store, &agent).await.split_off(before.0);
        assert_eq!(of_agent[0].link, format!("/my/acting/{mandate}?back=/my/cases/{case}"));
        assert!(of_agent[0].args["for"].ends_with('×'), "{:?}", of_agent[0].args);
        assert_eq!((phones.messages("10000000031").len(), phones.messages(PHONE).len()), (2, 2));

        // once it is taken back, nothing more is told to who may no longer act
        let by = principal.clone();
        kit.store
            .write(principal.signer(), move |tx| {
                let by = by.clone();
                async move { end_mandate(&tx, &by, mandate, Side::Principal).await }
            })
            .await
            .unwrap();
        worker.drain().await.unwrap();
        let before = told(&kit.store, &agent).await.len();
        world.accept(&world.clerk(), world.accept_input(case)).await.unwrap();
        worker.drain().await.unwrap();
        assert_eq!(told(&kit.store, &agent).await.len(), before);
        assert!(kinds(&told(&kit.store, &principal).await).contains(&MessageKind::Accepted));
    }
}

both! { migrations,
    /// An agent or a relative reads their own messages while they act; a guardian reads the ward's.
    async fn whose_messages_are_read(kit: Kit) {
        let world = World::open(&kit).await;
        let (principal, agent) = (world.applicant.clone(), world.person("李代办", 31).await);
        world.submitted(&principal).await;
        worker_with_telephone(&kit.store).0.drain().await.unwrap();
        for (kind, sees) in [
            (MandateKind::Agent, 0),
            (MandateKind::Family, 0),
            (MandateKind::Guardian, 1),
            (MandateKind::Administrator, 1),
            (MandateKind::Representative, 1),
        ] {
            let reader = acting(&principal, &agent, Uuid::from_u128(77), kind);
            assert_eq!(told(&kit.store, &reader).await.len(), sees, "{kind:?}");
        }
    }
}
