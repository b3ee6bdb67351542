//! Limits that are about to pass stand at the head of the desk, for those whom they concern.

use tongban_cases::events::ClockWarned;
use tongban_codes::Light;
use tongban_store::{Signer, StoreError, Worker};

use crate::world::{World, both, migrations};

both! { migrations, async fn an_office_is_reminded_until_it_has_acted(kit: Kit) {
    let world = World::build(kit).await;
    let case = world.submitted().await;
    let store = &world.kit.store;
    let listen = || {
        let settings = tongban_engage::Settings { public_address: "https://tongban.test".to_owned() };
        tongban_engage::wire(Worker::new(store.clone()), &settings)
    };
    let none = world.browser("approver").get("/desk/notices").await.text();
    assert!(none.contains("没有提醒") && !world.browser("clerk").get("/desk").await.text().contains("条提醒"));

    store
        .write(Signer::system(), move |tx| async move {
            let event = ClockWarned { case, rule: "supplement_notice".to_owned(), light: Light::Red };
            tx.emit(&event).await?;
            Ok::<_, StoreError>(())
        })
        .await
        .unwrap();
    listen().drain().await.unwrap();
    for who in ["clerk", "approver", "supervisor"] {
        assert!(world.browser(who).get("/desk").await.text().contains("1 条提醒"), "{who}");
        let list = world.browser(who).get("/desk/notices").await.text();
        assert!(list.contains(&format!("/desk/cases/{case}")) && list.contains("已超期"), "{who}: {list}");
    }
    for who in ["approver-other", "clerk-elsewhere"] {
        assert!(world.browser(who).get("/desk/notices").await.text().contains("没有提醒"), "{who}");
    }

    world.kit.clock.advance(chrono::TimeDelta::minutes(1));
    let page = format!("/desk/cases/{case}");
    world.browser("clerk").post_from(&page, &format!("{page}/accept"), &[]).await.location();
    listen().drain().await.unwrap();
    assert!(world.browser("clerk").get("/desk/notices").await.text().contains("没有提醒"));
} }
