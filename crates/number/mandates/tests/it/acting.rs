//! Sessions that act for somebody else.

use chrono::Duration;
use tongban_access::{Action, MandateKind, PartyKind, Thing, permit};
use tongban_identity::{close_account, own_sessions};
use tongban_mandates::{Acting, GiveMandate, Side, act_for_self};
use tongban_testkit::both;
use uuid::Uuid;

use crate::builders::*;

both! { migrations,
    async fn a_session_acts_and_stops(kit: Kit) {
        let town = Town::open(&kit);
        let (grandmother, grandson, id) = town.family().await;
        assert_eq!(town.acting(&grandson).await, Acting::Oneself);
        town.switch(&grandson, id).await.unwrap();
        let actor = town.agent(&grandson).await;
        assert_eq!(actor.account(), Some(grandmother.account.id));
        assert_eq!(actor.holder(), Some(grandson.account.id));
        assert_eq!(actor.agency().unwrap().kind, MandateKind::Family);
        // what is about the account is about the agent's own
        assert_eq!(own_sessions(&town.store, &actor).await.unwrap()[0].id, grandson.id);
        assert_eq!(town.acting(&grandmother).await, Acting::Oneself);
        let (by, session) = (actor.clone(), grandson.id);
        town.store
            .write(actor.signer(), move |tx| {
                let by = by.clone();
                async move { act_for_self(&tx, &by, session).await }
            })
            .await
            .unwrap();
        assert_eq!(town.acting(&grandson).await, Acting::Oneself);
    }
}

both! { migrations,
    /// What was taken back counts no longer with the next request, and the person is told for whom.
    async fn taking_back_works_at_once(kit: Kit) {
        let town = Town::open(&kit);
        let (grandmother, grandson, id) = town.family().await;
        town.switch(&grandson, id).await.unwrap();
        town.end(&grandmother.actor, id, Side::Principal).await.unwrap();
        assert_eq!(
            town.acting(&grandson).await,
            Acting::Ended { principal_name: GRANDMOTHER.0.to_owned() }
        );
        assert_eq!(code(town.switch(&grandson, id).await.unwrap_err()), "mandate.wrong_state");
    }
}

both! { migrations,
    /// The last day counts, in Beijing; the day after does not.
    async fn it_ends_with_its_last_day(kit: Kit) {
        let town = Town::open(&kit);
        let (grandmother, grandson) = (town.person(GRANDMOTHER).await, town.person(GRANDSON).await);
        // it is half past ten in the morning
        let one_day = GiveMandate { ends_on: Some(today(&town.store)), ..offer(&town.store) };
        let id = town.give(&grandmother.actor, one_day).await.unwrap();
        town.answer(&grandson.actor, id, true).await.unwrap();
        kit.clock.advance(Duration::hours(6));
        let grandson = town.sign_in(grandson.account.id).await;
        town.switch(&grandson, id).await.unwrap();
        town.agent(&grandson).await;
        kit.clock.advance(Duration::hours(7));
        town.agent(&grandson).await;
        kit.clock.advance(Duration::hours(1));
        assert!(matches!(town.acting(&grandson).await, Acting::Ended { .. }));
    }
}

both! { migrations,
    async fn nobody_acts_with_the_mandate_or_the_session_of_another(kit: Kit) {
        let town = Town::open(&kit);
        let (grandmother, grandson, id) = town.family().await;
        let stranger = town.person(STRANGER).await;
        assert_eq!(code(town.switch(&stranger, id).await.unwrap_err()), "not found");
        assert_eq!(code(town.switch(&grandmother, id).await.unwrap_err()), "not found");
        let mut foreign = grandson.clone();
        foreign.id = stranger.id;
        assert_eq!(code(town.switch(&foreign, id).await.unwrap_err()), "not found");
        assert_eq!(town.acting(&stranger).await, Acting::Oneself);
    }
}

both! { migrations,
    /// Whoever closes the account is acted for no longer.
    async fn a_closed_account_is_acted_for_no_longer(kit: Kit) {
        let town = Town::open(&kit);
        let (grandmother, grandson, id) = town.family().await;
        town.switch(&grandson, id).await.unwrap();
        close_account(&town.store, &grandmother.actor, grandmother.id).await.unwrap();
        assert!(matches!(town.acting(&grandson).await, Acting::Ended { .. }));
        assert_eq!(code(town.switch(&grandson, id).await.unwrap_err()), "mandate.principal_gone");
    }
}

both! { migrations,
    /// A mandate for one matter lets do that matter, and see nothing else.
    async fn a_narrow_mandate_is_narrow(kit: Kit) {
        let town = Town::open(&kit);
        let (grandmother, grandson) = (town.person(GRANDMOTHER).await, town.person(GRANDSON).await);
        let narrow = GiveMandate { everything: false, scope: one_item(), ..offer(&town.store) };
        let id = town.give(&grandmother.actor, narrow).await.unwrap();
        town.answer(&grandson.actor, id, true).await.unwrap();
        town.switch(&grandson, id).await.unwrap();
        let actor = town.agent(&grandson).await;
        let of = |item| {
            Thing::at(Uuid::from_u128(5), region())
                .about(Uuid::from_u128(item))
                .owned_by(Some(grandmother.account.id))
        };
        assert!(permit(&actor, Action::CaseApply, &of(7)).is_ok());
        assert!(permit(&actor, Action::CaseApply, &of(8)).is_err());
        for action in [Action::DataView, Action::MandateGive, Action::LicenceView] {
            assert!(permit(&actor, action, &Thing::of(grandmother.account.id)).is_err(), "{action:?}");
        }
    }
}

both! { migrations,
    /// A firm is nobody's agent.
    async fn firms_act_for_nobody(kit: Kit) {
        let town = Town::open(&kit);
        let (_, _, id) = town.family().await;
        let firm = town.register(PartyKind::Enterprise, "示范市蜀香小馆", uscc()).await;
        let firm = town.sign_in(firm).await;
        assert_eq!(code(town.switch(&firm, id).await.unwrap_err()), "not found");
        assert_eq!(town.acting(&firm).await, Acting::Oneself);
    }
}
