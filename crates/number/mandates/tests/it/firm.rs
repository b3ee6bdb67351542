//! The legal representative of a firm, by the word of the register.

use std::sync::atomic::Ordering;

use chrono::Duration;
use tongban_access::{MandateKind, PartyKind};
use tongban_identity::{account, find_party};
use tongban_mandates::{Acting, Claim, Side, Standing, mandate};
use tongban_testkit::both;

use crate::builders::*;

both! { migrations,
    /// The register names the person: they act for the firm, which had no account before.
    async fn the_register_names_them(kit: Kit) {
        let town = Town::open(&kit);
        let grandson = town.person(GRANDSON).await;
        let id = town.claim(&grandson.actor, Claim::Firm(uscc())).await.unwrap();
        let firm = find_party(&town.store, PartyKind::Enterprise, &uscc()).await.unwrap().unwrap();
        assert_eq!(account(&town.store, firm).await.unwrap().unwrap().name, "示范市蜀香小馆");
        town.switch(&grandson, id).await.unwrap();
        let actor = town.agent(&grandson).await;
        assert_eq!(actor.account(), Some(firm));
        assert_eq!(actor.agency().unwrap().kind, MandateKind::Representative);
        // asked again, it is the same mandate, prolonged
        kit.clock.advance(Duration::days(60));
        let grandson = town.sign_in(grandson.account.id).await;
        assert_eq!(town.claim(&grandson.actor, Claim::Firm(uscc())).await.unwrap(), id);
        let view = mandate(&town.store, &grandson.actor, id, Side::Agent).await.unwrap().unwrap();
        assert_eq!(view.ends_on, Some(today(&town.store) + Duration::days(90)));
        assert_eq!(code(town.end(&grandson.actor, id, Side::Agent).await.unwrap_err()), "mandate.not_so");
    }
}

both! { migrations,
    /// Its word does not hold for ever.
    async fn the_word_of_the_register_runs_out(kit: Kit) {
        let town = Town::open(&kit);
        let grandson = town.person(GRANDSON).await;
        let id = town.claim(&grandson.actor, Claim::Firm(uscc())).await.unwrap();
        kit.clock.advance(Duration::days(91));
        let grandson = town.sign_in(grandson.account.id).await;
        assert_eq!(code(town.switch(&grandson, id).await.unwrap_err()), "mandate.wrong_state");
        assert_ne!(town.claim(&grandson.actor, Claim::Firm(uscc())).await.unwrap(), id);
    }
}

both! { migrations,
    async fn a_new_representative_takes_over(kit: Kit) {
        let town = Town::open(&kit);
        let (grandson, stranger) = (town.person(GRANDSON).await, town.person(STRANGER).await);
        let old = town.claim(&grandson.actor, Claim::Firm(uscc())).await.unwrap();
        town.switch(&grandson, old).await.unwrap();
        assert_eq!(code(town.claim(&stranger.actor, Claim::Firm(uscc())).await.unwrap_err()), "mandate.not_representative");
        *town.register.entry.lock().unwrap() = (STRANGER.0.to_owned(), number(STRANGER), "存续".to_owned());
        town.claim(&stranger.actor, Claim::Firm(uscc())).await.unwrap();
        assert!(matches!(town.acting(&grandson).await, Acting::Ended { .. }));
        let view = mandate(&town.store, &grandson.actor, old, Side::Agent).await.unwrap().unwrap();
        assert_eq!((view.standing, view.ended_by.as_deref()), (Standing::Lapsed, Some("register")));
    }
}

both! { migrations,
    /// Asked again, the register may name another: the old representation ends by that alone. A silent register ends nothing.
    async fn asking_again_ends_what_is_no_longer_so(kit: Kit) {
        let town = Town::open(&kit);
        let grandson = town.person(GRANDSON).await;
        let id = town.claim(&grandson.actor, Claim::Firm(uscc())).await.unwrap();
        town.register.silent.store(true, Ordering::Relaxed);
        assert_eq!(code(town.claim(&grandson.actor, Claim::Again(id)).await.unwrap_err()), "mandate.register_silent");
        town.switch(&grandson, id).await.unwrap();
        town.register.silent.store(false, Ordering::Relaxed);
        *town.register.entry.lock().unwrap() = (STRANGER.0.to_owned(), number(STRANGER), "存续".to_owned());
        assert_eq!(code(town.claim(&grandson.actor, Claim::Again(id)).await.unwrap_err()), "mandate.not_representative");
        assert!(matches!(town.acting(&grandson).await, Acting::Ended { .. }));
    }
}

both! { migrations,
    async fn what_does_not_agree_is_refused_alike(kit: Kit) {
        let town = Town::open(&kit);
        let grandson = town.person(GRANDSON).await;
        let stranger = town.person(STRANGER).await;
        let set = |name: &str, number: String, status: &str| {
            *town.register.entry.lock().unwrap() = (name.to_owned(), number, status.to_owned());
        };
        assert_eq!(code(town.claim(&grandson.actor, Claim::Firm("91".to_owned())).await.unwrap_err()), "uscc.length");
        // the name alone is not enough, nor is the number
        set(STRANGER.0, number(GRANDSON), "存续");
        assert_eq!(code(town.claim(&grandson.actor, Claim::Firm(uscc())).await.unwrap_err()), "mandate.not_representative");
        set(GRANDSON.0, number(STRANGER), "存续");
        assert_eq!(code(town.claim(&grandson.actor, Claim::Firm(uscc())).await.unwrap_err()), "mandate.not_representative");
        set(GRANDSON.0, number(GRANDSON), "注销");
        assert_eq!(code(town.claim(&grandson.actor, Claim::Firm(uscc())).await.unwrap_err()), "mandate.firm_closed");
        assert!(find_party(&town.store, PartyKind::Enterprise, &uscc()).await.unwrap().is_none());
        // a mandate of another is not asked about
        set(GRANDSON.0, number(GRANDSON), "存续");
        let id = town.claim(&grandson.actor, Claim::Firm(uscc())).await.unwrap();
        assert_eq!(code(town.claim(&stranger.actor, Claim::Again(id)).await.unwrap_err()), "not found");
        let firm = find_party(&town.store, PartyKind::Enterprise, &uscc()).await.unwrap().unwrap();
        let firm = town.sign_in(firm).await;
        assert_eq!(code(town.claim(&firm.actor, Claim::Firm(uscc())).await.unwrap_err()), "denied");
    }
}

both! { migrations,
    /// Who guesses is stopped; who is right, or meets a silent register, is not counted.
    async fn guesses_are_counted(kit: Kit) {
        let town = Town::open(&kit);
        let stranger = town.person(STRANGER).await;
        for _guess in 0..10 {
            assert_eq!(code(town.claim(&stranger.actor, Claim::Firm(uscc())).await.unwrap_err()), "mandate.not_representative");
        }
        assert_eq!(code(town.claim(&stranger.actor, Claim::Firm(uscc())).await.unwrap_err()), "mandate.check_too_many");
        let grandson = town.person(GRANDSON).await;
        for _time in 0..12 {
            town.claim(&grandson.actor, Claim::Firm(uscc())).await.unwrap();
        }
    }
}
