//! Giving, answering, taking back.

use chrono::Duration;
use tongban_access::{Actor, MandateKind, PartyKind, Role};
use tongban_mandates::{
    GiveMandate, MandateRules, Scope, Side, Standing, given_mandates, mandate, received_mandates,
    waiting_mandates,
};
use tongban_testkit::both;

use crate::builders::*;

both! { migrations,
    /// An offer is found by the number that it names, and in force once it is accepted.
    async fn somebody_is_asked_and_says_yes(kit: Kit) {
        let town = Town::open(&kit);
        let (grandmother, grandson) = (town.person(GRANDMOTHER).await, town.person(GRANDSON).await);
        let stranger = town.person(STRANGER).await;
        let id = town.give(&grandmother.actor, offer(&town.store)).await.unwrap();
        assert_eq!(waiting_mandates(&town.store, &grandson.actor).await.unwrap(), 1);
        assert_eq!(waiting_mandates(&town.store, &stranger.actor).await.unwrap(), 0);
        // to others there is none
        assert!(mandate(&town.store, &stranger.actor, id, Side::Agent).await.unwrap().is_none());
        assert_eq!(code(town.answer(&stranger.actor, id, true).await.unwrap_err()), "not found");
        assert_eq!(code(town.answer(&grandmother.actor, id, true).await.unwrap_err()), "not found");

        town.answer(&grandson.actor, id, true).await.unwrap();
        let received = received_mandates(&town.store, &grandson.actor, all()).await.unwrap().rows;
        assert_eq!(received.len(), 1);
        assert_eq!(received[0].standing, Standing::Active);
        assert_eq!(received[0].principal_name, GRANDMOTHER.0);
        let given = given_mandates(&town.store, &grandmother.actor, all()).await.unwrap().rows;
        assert_eq!((given[0].id, given[0].may_end), (id, true));
        assert!(!given[0].agent_number_masked.contains("19900517"));
        // the second of two clicks
        assert_eq!(code(town.answer(&grandson.actor, id, true).await.unwrap_err()), "mandate.wrong_state");
        let log = town.store.log_of("mandate", &id.to_string()).await.unwrap();
        for action in ["mandate.given", "mandate.accepted"] {
            assert!(log.iter().any(|line| line.action == action), "{action}");
        }
    }
}

both! { migrations,
    async fn an_offer_is_refused_and_may_be_made_again(kit: Kit) {
        let town = Town::open(&kit);
        let (grandmother, grandson) = (town.person(GRANDMOTHER).await, town.person(GRANDSON).await);
        let id = town.give(&grandmother.actor, offer(&town.store)).await.unwrap();
        assert_eq!(code(town.give(&grandmother.actor, offer(&town.store)).await.unwrap_err()), "mandate.exists");
        let otherwise = GiveMandate { agent_name: "王大明".to_owned(), ..offer(&town.store) };
        assert_eq!(code(town.give(&grandmother.actor, otherwise).await.unwrap_err()), "mandate.exists_otherwise");
        town.answer(&grandson.actor, id, false).await.unwrap();
        assert_eq!(code(town.switch(&grandson, id).await.unwrap_err()), "mandate.wrong_state");
        // who said no is left alone for a while
        assert_eq!(code(town.give(&grandmother.actor, offer(&town.store)).await.unwrap_err()), "mandate.refused_lately");
        kit.clock.advance(Duration::days(31));
        let grandmother = town.sign_in(grandmother.account.id).await;
        town.give(&grandmother.actor, offer(&town.store)).await.unwrap();
    }
}

both! { migrations,
    /// The name in it must be the agent's: the number alone could be a slip.
    async fn a_wrong_name_is_not_accepted(kit: Kit) {
        let town = Town::open(&kit);
        let (grandmother, grandson) = (town.person(GRANDMOTHER).await, town.person(GRANDSON).await);
        let wrong = GiveMandate { agent_name: "王大明".to_owned(), ..offer(&town.store) };
        let id = town.give(&grandmother.actor, wrong).await.unwrap();
        assert_eq!(code(town.answer(&grandson.actor, id, true).await.unwrap_err()), "mandate.name_differs");
        town.answer(&grandson.actor, id, false).await.unwrap();
    }
}

both! { migrations,
    /// An agent without account finds the offer when they open one.
    async fn an_agent_may_come_later(kit: Kit) {
        let town = Town::open(&kit);
        let grandmother = town.person(GRANDMOTHER).await;
        let id = town.give(&grandmother.actor, offer(&town.store)).await.unwrap();
        let grandson = town.person(GRANDSON).await;
        town.answer(&grandson.actor, id, true).await.unwrap();
        town.switch(&grandson, id).await.unwrap();
    }
}

both! { migrations,
    async fn bad_input_is_refused_by_name(kit: Kit) {
        let town = Town::open(&kit);
        let grandmother = town.person(GRANDMOTHER).await;
        let right = || offer(&town.store);
        let late = today(&town.store) + Duration::days(3_000);
        for (input, refusal) in [
            (GiveMandate { kind: MandateKind::Agent, ..right() }, "mandate.kind"),
            (GiveMandate { kind: MandateKind::Guardian, ..right() }, "mandate.kind"),
            (GiveMandate { agent_name: "  ".to_owned(), ..right() }, "mandate.agent_missing"),
            (GiveMandate { agent_number: "123".to_owned(), ..right() }, "citizen.length"),
            (GiveMandate { agent_number: number(GRANDMOTHER), ..right() }, "mandate.oneself"),
            (GiveMandate { everything: false, ..right() }, "mandate.scope_missing"),
            (GiveMandate { ends_on: None, ..right() }, "mandate.term_missing"),
            (GiveMandate { ends_on: Some(late), ..right() }, "mandate.term_long"),
        ] {
            assert_eq!(code(town.give(&grandmother.actor, input).await.unwrap_err()), refusal);
        }
        assert_eq!(given_mandates(&town.store, &grandmother.actor, all()).await.unwrap().total, 0);
    }
}

both! { migrations,
    /// Nobody is flooded with offers, by giving and taking back neither.
    async fn offers_are_counted(kit: Kit) {
        let town = Town::open(&kit);
        let grandmother = town.person(GRANDMOTHER).await;
        for sequence in 0..MandateRules::default().most_of_person {
            let input = GiveMandate {
                agent_number: citizen(1980, 100 + u16::try_from(sequence).unwrap()),
                ..offer(&town.store)
            };
            let id = town.give(&grandmother.actor, input).await.unwrap();
            town.end(&grandmother.actor, id, Side::Principal).await.unwrap();
        }
        assert_eq!(code(town.give(&grandmother.actor, offer(&town.store)).await.unwrap_err()), "mandate.too_many");
        kit.clock.advance(Duration::hours(25));
        let grandmother = town.sign_in(grandmother.account.id).await;
        town.give(&grandmother.actor, offer(&town.store)).await.unwrap();
    }
}

both! { migrations,
    async fn staff_and_nobody_give_nothing(kit: Kit) {
        let town = Town::open(&kit);
        for actor in [Actor::Nobody, staff(Role::Clerk), staff(Role::Operator)] {
            let refused = code(town.give(&actor, offer(&town.store)).await.unwrap_err());
            assert!(["denied", "not found"].contains(&refused.as_str()), "{refused}");
        }
        assert_eq!(code(town.found(&staff(Role::Approver), number(GRANDMOTHER)).await.unwrap_err()), "denied");
    }
}

both! { migrations,
    async fn it_is_taken_back_and_given_up(kit: Kit) {
        let town = Town::open(&kit);
        let (grandmother, grandson, id) = town.family().await;
        let stranger = town.person(STRANGER).await;
        for side in [Side::Principal, Side::Agent] {
            assert_eq!(code(town.end(&stranger.actor, id, side).await.unwrap_err()), "not found");
        }
        town.end(&grandmother.actor, id, Side::Principal).await.unwrap();
        assert_eq!(code(town.end(&grandmother.actor, id, Side::Principal).await.unwrap_err()), "mandate.wrong_state");
        let again = town.give(&grandmother.actor, offer(&town.store)).await.unwrap();
        town.answer(&grandson.actor, again, true).await.unwrap();
        town.end(&grandson.actor, again, Side::Agent).await.unwrap();
        let view = mandate(&town.store, &grandson.actor, again, Side::Agent).await.unwrap().unwrap();
        assert_eq!((view.standing, view.ended_by.as_deref()), (Standing::GivenUp, Some("agent")));
        // from the other side it is not his to see
        assert!(mandate(&town.store, &grandson.actor, again, Side::Principal).await.unwrap().is_none());
    }
}

both! { migrations,
    /// A firm that signs in itself appoints administrators and agents; an administrator appoints agents only, an agent nobody.
    async fn a_firm_appoints(kit: Kit) {
        let town = Town::open(&kit);
        let firm = town.register(PartyKind::Enterprise, "示范市蜀香小馆", uscc()).await;
        let firm = town.sign_in(firm).await;
        let (administrator, agent) = (town.person(GRANDSON).await, town.person(STRANGER).await);
        let appoint = |kind, who: Who| GiveMandate {
            kind,
            agent_name: who.0.to_owned(),
            agent_number: number(who),
            ..offer(&town.store)
        };
        let id = town.give(&firm.actor, appoint(MandateKind::Administrator, GRANDSON)).await.unwrap();
        town.answer(&administrator.actor, id, true).await.unwrap();
        town.switch(&administrator, id).await.unwrap();
        let acting = town.agent(&administrator).await;
        assert_eq!(code(town.give(&acting, appoint(MandateKind::Administrator, STRANGER)).await.unwrap_err()), "mandate.kind");
        let narrow = GiveMandate { everything: false, scope: one_item(), ..appoint(MandateKind::Agent, STRANGER) };
        let of_agent = town.give(&acting, narrow).await.unwrap();
        town.answer(&agent.actor, of_agent, true).await.unwrap();
        town.switch(&agent, of_agent).await.unwrap();
        let narrow = town.agent(&agent).await;
        assert_eq!(code(town.give(&narrow, appoint(MandateKind::Agent, GRANDMOTHER)).await.unwrap_err()), "denied");
        assert_eq!(code(given_mandates(&town.store, &narrow, all()).await.unwrap_err()), "denied");
        // an administrator dismisses agents, and no administrator
        assert_eq!(code(town.end(&acting, id, Side::Principal).await.unwrap_err()), "mandate.not_so");
        town.end(&acting, of_agent, Side::Principal).await.unwrap();
        town.end(&firm.actor, id, Side::Principal).await.unwrap();
        let scope = given_mandates(&town.store, &firm.actor, all()).await.unwrap().rows;
        assert_eq!(scope.iter().find(|row| row.id == of_agent).unwrap().scope, one_item());
        assert_eq!(scope.iter().find(|row| row.id == id).unwrap().scope, Scope::default());
    }
}

both! { migrations,
    /// What opens the account to others asks for a fresh sign-in, like a new phone.
    async fn an_old_session_lets_nobody_act(kit: Kit) {
        let town = Town::open(&kit);
        let grandmother = town.person(GRANDMOTHER).await;
        kit.clock.advance(Duration::minutes(16));
        assert_eq!(code(town.give(&grandmother.actor, offer(&town.store)).await.unwrap_err()), "identity.sign_in_anew");
    }
}

both! { migrations,
    /// Two that are given at once: one stands. A yes and a taking back at once: one is told no.
    async fn two_acts_at_once(kit: Kit) {
        let town = Town::open(&kit);
        let (grandmother, grandson) = (town.person(GRANDMOTHER).await, town.person(GRANDSON).await);
        let (one, two) = tokio::join!(
            town.give(&grandmother.actor, offer(&town.store)),
            town.give(&grandmother.actor, offer(&town.store)),
        );
        let given: Vec<_> = [one, two].into_iter().flatten().collect();
        assert_eq!(given.len(), 1);
        let (yes, back) = tokio::join!(
            town.answer(&grandson.actor, given[0], true),
            town.end(&grandmother.actor, given[0], Side::Principal),
        );
        // taken back it is in any case: before the yes, or after it
        back.unwrap();
        if let Err(error) = yes {
            assert!(["mandate.wrong_state"].contains(&code(error).as_str()));
        }
        let view = mandate(&town.store, &grandmother.actor, given[0], Side::Principal).await.unwrap().unwrap();
        assert_eq!(view.standing, Standing::Revoked);
    }
}
