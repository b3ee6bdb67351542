//! What a clerk records, documents in hand.

use chrono::Duration;
use tongban_access::{Action, Actor, MandateKind, PartyKind, Role, Thing, permit};
use tongban_identity::{find_party, subject_blinds};
use tongban_mandates::{Acting, RecordAtWindow, Side, Standing, end_at_window, mandate};
use tongban_store::Stream;
use tongban_testkit::both;

use crate::builders::*;

/// A child of twelve and its mother.
const CHILD: Who = ("王乐乐", 2014, 21);

fn guardian() -> RecordAtWindow {
    RecordAtWindow {
        kind: MandateKind::Guardian,
        principal_name: CHILD.0.to_owned(),
        principal_number: number(CHILD),
        agent_name: GRANDSON.0.to_owned(),
        agent_number: number(GRANDSON),
        document: "出生医学证明 T510000001".to_owned(),
        present: true,
        starts_on: None,
        ends_on: None,
    }
}

both! { migrations,
    /// A child has an account that nobody signs in to; the guardian acts until the day before it comes of age.
    async fn the_guardian_of_a_child(kit: Kit) {
        let town = Town::open(&kit);
        let clerk = staff(Role::Clerk);
        let father = town.person(GRANDSON).await;
        let id = town.record(&clerk, guardian()).await.unwrap();
        let account = find_party(&town.store, PartyKind::Person, &number(CHILD)).await.unwrap().unwrap();
        town.switch(&father, id).await.unwrap();
        let actor = town.agent(&father).await;
        assert_eq!(actor.account(), Some(account));
        assert!(permit(&actor, Action::DataView, &Thing::of(account)).is_ok());
        assert!(permit(&actor, Action::MandateGive, &Thing::of(account)).is_err());
        let view = mandate(&town.store, &father.actor, id, Side::Agent).await.unwrap().unwrap();
        assert_eq!(view.ends_on.unwrap().to_string(), "2032-05-16");
        assert_eq!(view.document.as_deref(), Some("出生医学证明 T510000001"));
        // neither side ends it by a click
        assert_eq!(code(town.end(&father.actor, id, Side::Agent).await.unwrap_err()), "mandate.not_so");
        assert_eq!(code(town.record(&clerk, guardian()).await.unwrap_err()), "mandate.exists");
    }
}

both! { migrations,
    async fn a_window_ends_it_on_a_document(kit: Kit) {
        let town = Town::open(&kit);
        let clerk = staff(Role::Clerk);
        let father = town.person(GRANDSON).await;
        let id = town.record(&clerk, guardian()).await.unwrap();
        town.switch(&father, id).await.unwrap();
        let found = town.found(&clerk, number(CHILD)).await.unwrap();
        assert_eq!((found.len(), found[0].id), (1, id));
        let end = |by: Actor, document: &'static str| {
            let store = town.store.clone();
            async move {
                store
                    .write(by.signer(), move |tx| {
                        let by = by.clone();
                        async move { end_at_window(&tx, &by, id, document).await }
                    })
                    .await
            }
        };
        assert_eq!(code(end(clerk.clone(), "  ").await.unwrap_err()), "mandate.document_missing");
        assert_eq!(code(end(staff(Role::Operator), "判决书").await.unwrap_err()), "denied");
        assert_eq!(code(end(father.actor.clone(), "判决书").await.unwrap_err()), "denied");
        end(clerk, "（2026）示民终字第 3 号判决书").await.unwrap();
        assert!(matches!(town.acting(&father).await, Acting::Ended { .. }));
        let view = mandate(&town.store, &father.actor, id, Side::Agent).await.unwrap().unwrap();
        assert_eq!((view.standing, view.ended_by.as_deref()), (Standing::Revoked, Some("window")));
    }
}

both! { migrations,
    async fn bad_input_and_other_roles(kit: Kit) {
        let town = Town::open(&kit);
        let clerk = staff(Role::Clerk);
        town.person(GRANDMOTHER).await;
        let long = today(&town.store) + Duration::days(9_000);
        let family = || RecordAtWindow {
            kind: MandateKind::Family,
            principal_name: GRANDMOTHER.0.to_owned(),
            principal_number: number(GRANDMOTHER),
            ends_on: Some(today(&town.store) + Duration::days(30)),
            ..guardian()
        };
        for (input, refusal) in [
            (RecordAtWindow { present: false, ..family() }, "mandate.presence"),
            (RecordAtWindow { document: String::new(), ..family() }, "mandate.document_missing"),
            (RecordAtWindow { document: format!("户口本 {}", number(GRANDSON)), ..family() }, "mandate.document_number"),
            (RecordAtWindow { kind: MandateKind::Agent, ..family() }, "mandate.kind"),
            (RecordAtWindow { principal_name: "李秀兰".to_owned(), ..family() }, "identity.name_differs"),
            (RecordAtWindow { principal_number: "1".to_owned(), ..family() }, "citizen.length"),
            (RecordAtWindow { agent_number: number(GRANDMOTHER), ..family() }, "mandate.oneself"),
            (RecordAtWindow { ends_on: None, ..family() }, "mandate.term_missing"),
            // an adult's guardian, too, for no longer than the rules say
            (RecordAtWindow { kind: MandateKind::Guardian, ends_on: Some(long), ..family() }, "mandate.term_long"),
            (RecordAtWindow { ends_on: Some(long), ..guardian() }, "mandate.term_long"),
        ] {
            assert_eq!(code(town.record(&clerk, input).await.unwrap_err()), refusal);
        }
        for role in [Role::Approver, Role::Supervisor, Role::Operator] {
            assert_eq!(code(town.record(&staff(role), family()).await.unwrap_err()), "denied");
        }
        town.record(&clerk, family()).await.unwrap();
    }
}

both! { migrations,
    /// A grown-up is not left in the hands of what one clerk recorded: signed in themself, they end it.
    async fn a_ward_of_age_ends_it_themself(kit: Kit) {
        let town = Town::open(&kit);
        let (grandmother, grandson) = (town.person(GRANDMOTHER).await, town.person(GRANDSON).await);
        let input = RecordAtWindow {
            principal_name: GRANDMOTHER.0.to_owned(),
            principal_number: number(GRANDMOTHER),
            ends_on: Some(today(&town.store) + Duration::days(30)),
            ..guardian()
        };
        let id = town.record(&staff(Role::Clerk), input).await.unwrap();
        town.switch(&grandson, id).await.unwrap();
        let acting = town.agent(&grandson).await;
        assert!(!mandate(&town.store, &acting, id, Side::Agent).await.unwrap().unwrap().may_end);
        assert!(mandate(&town.store, &grandmother.actor, id, Side::Principal).await.unwrap().unwrap().may_end);
        town.end(&grandmother.actor, id, Side::Principal).await.unwrap();
        assert!(matches!(town.acting(&grandson).await, Acting::Ended { .. }));
    }
}

both! { migrations,
    /// That a clerk looked is on record for the person, once a day; and a clerk records nothing about themself.
    async fn looks_are_on_record(kit: Kit) {
        let town = Town::open(&kit);
        town.person(GRANDSON).await;
        town.record(&staff(Role::Clerk), guardian()).await.unwrap();
        for _look in 0..2 {
            town.found(&staff(Role::Clerk), number(CHILD)).await.unwrap();
        }
        let blinds = subject_blinds(&town.store, PartyKind::Person, &number(CHILD));
        let seen = town.store.log_about(Stream::Access, &blinds, all()).await.unwrap();
        assert_eq!(seen.total, 1);
        assert!(town.found(&staff(Role::Clerk), number(STRANGER)).await.unwrap().is_empty());

        let clerk = town.clerk_called(GRANDSON.0).await;
        assert_eq!(code(town.record(&clerk, RecordAtWindow { principal_number: citizen(2015, 77), ..guardian() }).await.unwrap_err()), "mandate.clerk_themself");
    }
}
