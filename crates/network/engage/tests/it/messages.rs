//! Reading one's messages.

use tongban_access::Actor;
use tongban_engage::{Error, MessageKind, mark_read, messages, unread};
use tongban_store::PageRequest;
use tongban_testkit::both;

use crate::{migrations, told, worker, world::*};

async fn read_all(world: &World, actor: &Actor) -> Result<(), Error> {
    let actor = actor.clone();
    world
        .store
        .write(actor.signer(), move |tx| {
            let actor = actor.clone();
            async move { mark_read(&tx, &actor).await }
        })
        .await
}

both! { migrations, async fn everybody_reads_the_own_ones(kit: Kit) {
    let world = World::open(&kit).await;
    let other = world.person("李四", 102).await;
    let (case, submitted) = world.submitted(&world.applicant).await;
    world.ask_supplement(&world.clerk(), world.ask_input(case, "缺少签字页")).await.unwrap();
    world.submitted(&other).await;
    worker(&world.store).drain().await.unwrap();
    let (store, me) = (&world.store, &world.applicant);
    let mine = told(store, me).await;
    let kinds: Vec<_> = mine.iter().map(|message| message.kind).collect();
    assert!(kinds.contains(&MessageKind::Submitted) && kinds.contains(&MessageKind::SupplementAsked) && kinds.len() == 2);
    let asked = mine.iter().find(|message| message.kind == MessageKind::SupplementAsked).unwrap();
    let args: Vec<_> = ["item", "department", "number", "until"].map(|key| asked.args[key].as_str()).into();
    assert_eq!(args, ["示范经营许可", OFFICE, submitted.number.as_str(), "2026-12-04"]);
    assert_eq!((told(store, &other).await.len(), told(store, &world.clerk()).await.len()), (1, 0));
    let page = messages(store, me, PageRequest::new(2, 1)).await.unwrap();
    assert_eq!((page.total, page.rows.len()), (2, 1));

    assert_eq!((unread(store, me).await.unwrap(), unread(store, &other).await.unwrap()), (2, 1));
    read_all(&world, me).await.unwrap();
    assert_eq!((unread(store, me).await.unwrap(), unread(store, &other).await.unwrap()), (0, 1));
    assert!(told(store, me).await.iter().all(|message| message.read));
    assert!(matches!(read_all(&world, &Actor::Nobody).await, Err(Error::NotFound)));
    assert_eq!((unread(store, &Actor::Nobody).await.unwrap(), told(store, &Actor::Nobody).await.len()), (0, 0));
} }
