//! Taking a copy of everything that is one's own.

use chrono::Duration;
use tongban_access::{Actor, Assurance};
use tongban_identity::{Error, Party, Session, own_history, record_export};
use tongban_store::{PageRequest, Store};
use tongban_testkit::both;

use crate::{assurance::Office, builders::*};

async fn export(store: &Store, actor: &Actor, session: &Session) -> Result<Party, Error> {
    let (by, id) = (actor.clone(), session.id);
    store
        .write(actor.signer(), move |tx| {
            let by = by.clone();
            async move { record_export(&tx, &by, id).await }
        })
        .await
}

both! { migrations,
    /// Number and phone in clear, for themself; and it stands in the history of the account.
    async fn a_person_takes_a_copy(kit: Kit) {
        person(&kit.store).await;
        let opened = signed_in(&kit.store).await;
        let actor = &opened.session.actor;
        let party = export(&kit.store, actor, &opened.session).await.unwrap();
        assert_eq!((party.number, party.phone.as_deref()), (citizen(), Some(PHONE)));
        let told = own_history(&kit.store, actor, &[], PageRequest::new(1, 5)).await.unwrap();
        assert_eq!(told.rows[0].action, "identity.exported");
    }
}

both! { migrations,
    async fn an_old_session_takes_none(kit: Kit) {
        person(&kit.store).await;
        let opened = signed_in(&kit.store).await;
        kit.clock.advance(Duration::minutes(16));
        match export(&kit.store, &opened.session.actor, &opened.session).await {
            Err(Error::Refused(refusal)) => assert_eq!(refusal.code, "identity.sign_in_anew"),
            other => panic!("{:?}", other.err()),
        }
    }
}

both! { migrations,
    /// Staff have no such data here, the session of another is none, and who is not known must first be.
    async fn others_take_none(kit: Kit) {
        person(&kit.store).await;
        let opened = signed_in(&kit.store).await;
        assert!(matches!(export(&kit.store, &operator(), &opened.session).await, Err(Error::Denied(_))));
        assert!(matches!(export(&kit.store, &Actor::Nobody, &opened.session).await, Err(Error::Denied(_))));
        let office = Office::open(&kit);
        let newcomer = office.newcomer().await;
        let actor = &newcomer.session.actor;
        assert!(matches!(export(&kit.store, actor, &opened.session).await, Err(Error::NotFound)));
        match export(&kit.store, actor, &newcomer.session).await {
            Err(Error::Denied(denied)) => assert_eq!(denied.needs, Some(Assurance::RealName)),
            other => panic!("{:?}", other.err()),
        }
    }
}
