//! Names that are wrong.

use tongban_access::{Actor, Role};
use tongban_identity::{
    AnswerCorrection, AskCorrection, Error, account, answer_correction, ask_correction, own_correction,
    waiting_corrections,
};
use tongban_store::{PageRequest, Store};
use tongban_testkit::both;
use uuid::Uuid;

use crate::builders::*;

async fn ask(store: &Store, actor: &Actor, wanted: &'static str) -> Result<Uuid, Error> {
    let by = actor.clone();
    store
        .write(actor.signer(), move |tx| {
            let by = by.clone();
            async move {
                let input = AskCorrection {
                    wanted: wanted.to_owned(),
                };
                ask_correction(&tx, &by, input).await
            }
        })
        .await
}

fn input(correction: Uuid, correct: bool) -> AnswerCorrection {
    AnswerCorrection {
        correction,
        correct,
        words: "居民身份证".to_owned(),
        present: true,
    }
}

async fn answer(store: &Store, actor: &Actor, input: AnswerCorrection) -> Result<(), Error> {
    let by = actor.clone();
    store
        .write(actor.signer(), move |tx| {
            let (by, input) = (by.clone(), input.clone());
            async move { answer_correction(&tx, &by, input).await }
        })
        .await
}

async fn clerk(store: &Store) -> Actor {
    let account = staff(store).await;
    Actor::staff(account, post(1, Role::Clerk))
}

both! { migrations,
    /// Asked for online, corrected at a window; what the name was stays, and the person is told.
    async fn a_name_is_corrected(kit: Kit) {
        let store = &kit.store;
        crate::builders::person(store).await;
        let opened = signed_in(store).await;
        let (person, clerk) = (&opened.session.actor, clerk(store).await);
        let id = ask(store, person, " 王晓明 ").await.unwrap();
        let id_account = opened.session.account.id;
        assert_eq!(account(store, id_account).await.unwrap().unwrap().name, "王小明", "nothing changes by asking");
        let waiting = waiting_corrections(store, &clerk, PageRequest::new(1, 10)).await.unwrap().rows;
        assert_eq!((waiting.len(), waiting[0].wanted.as_str()), (1, "王晓明"));
        assert!(waiting[0].masked_number.as_deref().unwrap().contains('*'));
        answer(store, &clerk, input(id, true)).await.unwrap();
        assert_eq!(account(store, id_account).await.unwrap().unwrap().name, "王晓明");
        let last = own_correction(store, person).await.unwrap().unwrap();
        assert_eq!((last.state.as_str(), last.was.as_str(), last.answer.as_deref()), ("done", "王小明", Some("居民身份证")));
        assert_eq!(code_of(answer(store, &clerk, input(id, false)).await), "identity.correction_answered");
        for action in ["identity.correction_asked", "identity.name_corrected"] {
            assert!(log_of(store, id_account).await.iter().any(|line| line == action), "{action}");
        }
    }
}

both! { migrations,
    async fn what_a_rule_forbids(kit: Kit) {
        let store = &kit.store;
        crate::builders::person(store).await;
        let opened = signed_in(store).await;
        let (person, clerk) = (&opened.session.actor, clerk(store).await);
        assert_eq!(code_of(ask(store, person, "王小明").await), "identity.correction_same");
        assert_eq!(code_of(ask(store, person, "  ").await), "identity.name_missing");
        let id = ask(store, person, "王晓明").await.unwrap();
        assert_eq!(code_of(ask(store, person, "王笑明").await), "identity.correction_open");
        let no = |change: fn(&mut AnswerCorrection)| {
            let mut input = input(id, true);
            change(&mut input);
            input
        };
        for (given, refusal) in [
            (no(|input| input.present = false), "identity.presence"),
            (no(|input| input.words = " ".to_owned()), "identity.answer_missing"),
            (no(|input| input.words = format!("身份证 {}", citizen())), "identity.answer_number"),
            (no(|input| input.words = "长".repeat(301)), "identity.words_long"),
        ] {
            assert_eq!(code_of(answer(store, &clerk, given).await), refusal);
        }
        let declined = AnswerCorrection { present: false, words: "证件上就是这个姓名".to_owned(), ..input(id, false) };
        answer(store, &clerk, declined).await.unwrap();
        assert_eq!(own_correction(store, person).await.unwrap().unwrap().state, "declined");
        ask(store, person, "王笑明").await.unwrap();
    }
}

both! { migrations,
    async fn others_may_not(kit: Kit) {
        let store = &kit.store;
        crate::builders::person(store).await;
        let opened = signed_in(store).await;
        let id = ask(store, &opened.session.actor, "王晓明").await.unwrap();
        is_denied(answer(store, &operator(), input(id, true)).await);
        is_denied(answer(store, &opened.session.actor, input(id, true)).await);
        is_denied(waiting_corrections(store, &opened.session.actor, PageRequest::new(1, 10)).await);
        is_denied(ask(store, &operator(), "甲").await);
        is_denied(ask(store, &Actor::Nobody, "甲").await);
    }
}
