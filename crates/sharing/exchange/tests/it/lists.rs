//! What the person sees, and what the supervisor counts.

use chrono::Duration;
use tongban_access::{Actor, Role};
use tongban_exchange::{
    Error, FactRequest, LivePurpose, PurposeRef, ReadOutcome, mark_filed, reads_about, reads_never_filed,
    wrong_answers,
};
use tongban_store::PageRequest;

use crate::{department::ANOTHER, world::*};

both! { migrations,
    async fn a_read_is_told_in_words(kit: Kit) {
        let world = world(&kit).await;
        world.read("population.household", BUDGET).await;
        kit.clock.advance(Duration::minutes(1));
        let clerk = staff(31, Role::Clerk, "519901000000");
        world.cases.open(id(2), id(31), live(&world.number));
        let at_window = FactRequest {
            purpose: PurposeRef { kind: "case".to_owned(), id: id(2) },
            ..world.request("population.basic")
        };
        let answer = world.read_as(&clerk, at_window, BUDGET).await;

        let page = reads_about(&kit.store, &world.blinds(), PageRequest::new(1, 1)).await.unwrap();
        assert_eq!((page.total, page.pages(), page.rows.len()), (2, 2, 1));
        let read = &page.rows[0];
        assert_eq!(read.id, answer.read);
        assert_eq!(read.at, kit.store.now());
        assert_eq!(read.reader_kind, "clerk");
        assert_eq!(read.reader_account, Some(id(31)));
        assert_eq!(read.reader_organisation.as_deref(), Some("示范市政务服务中心"));
        assert_eq!(read.purpose_title, "食品经营许可（新办）");
        assert_eq!(read.used_by, "示范市市场监督管理局");
        assert_eq!((read.resource.as_str(), read.resource_name.as_str()), ("population.basic", "人口基本信息"));
        assert_eq!(read.provider, "示范市公安局");
        assert_eq!(read.asked, ["姓名", "住址"]);
        assert_eq!(read.facts, ["姓名", "住址"]);
        assert_eq!(read.basis, duty());
        assert_eq!((read.outcome, read.trouble), (Some(ReadOutcome::Facts), None));
        assert_eq!(read.answered_at, Some(kit.store.now()));

        let second = reads_about(&kit.store, &world.blinds(), PageRequest::new(2, 1)).await.unwrap();
        assert_eq!(second.rows[0].resource, "population.household");
        assert_eq!(second.rows[0].reader_kind, "person");
        assert_eq!(second.rows[0].facts, [""; 0]);
        assert_eq!(second.rows[0].asked, ["姓名", "住址"], "what was asked is told, whatever came of it");
        let others = kit.store.blinds("citizen", &number(77));
        assert_eq!(reads_about(&kit.store, &others, PageRequest::new(1, 10)).await.unwrap().total, 0);
    }
}

both! { migrations,
    async fn reads_are_found_while_the_index_key_rotates(kit: Kit) {
        let world = world(&kit).await;
        world.read("population.basic", BUDGET).await;
        kit.store.keys().rotate_index_key().unwrap();
        world.read("population.basic", BUDGET).await;
        assert_eq!(reads_about(&kit.store, &world.blinds(), PageRequest::new(1, 10)).await.unwrap().total, 2);
    }
}

async fn file(world: &World, case: uuid::Uuid) {
    world
        .store
        .write(world.applicant.signer(), move |tx| async move {
            mark_filed(
                &tx,
                &PurposeRef {
                    kind: "case".to_owned(),
                    id: case,
                },
            )
            .await
        })
        .await
        .unwrap();
}

both! { migrations,
    async fn reads_of_drafts_that_came_to_nothing_are_counted_per_reader(kit: Kit) {
        let world = world(&kit).await;
        let clerk = staff(31, Role::Clerk, "519901000000");
        let supervisor = staff(41, Role::Supervisor, "519900000000");
        // The clerk opens three drafts about two persons; one is filed. The applicant reads once and files.
        for (case, sequence) in [(11, 13), (12, 13), (13, 14)] {
            world.cases.open(id(case), id(31), live(&number(sequence)));
            let request = FactRequest {
                purpose: PurposeRef { kind: "case".to_owned(), id: id(case) },
                ..world.request("population.basic")
            };
            world.read_as(&clerk, request.clone(), BUDGET).await;
            world.read_as(&clerk, request, BUDGET).await;
            kit.clock.advance(Duration::minutes(1));
        }
        world.read("population.basic", BUDGET).await;
        file(&world, world.case).await;
        file(&world, id(12)).await;
        file(&world, id(12)).await;
        // A filed case reads on: such a read is not one of a draft.
        world.cases.change(world.case, |live| live.filed = true);
        world.read("population.household", BUDGET).await;

        let (from, until) = (tongban_testkit::start(), kit.store.now() + Duration::seconds(1));
        let page = PageRequest::new(1, 10);
        let counted = reads_never_filed(&kit.store, &supervisor, from, until, page).await.unwrap();
        assert_eq!(counted.total, 1);
        let reader = &counted.rows[0];
        assert_eq!((reader.reader_kind.as_str(), reader.reader_account), ("clerk", Some(id(31))));
        assert_eq!(reader.reader_organisation.as_deref(), Some("示范市政务服务中心"));
        assert_eq!((reader.reads, reader.drafts, reader.subjects), (4, 2, 2));
        assert_eq!(reader.latest, from + Duration::minutes(2));

        // Drafts still being written are left out by `until`, other regions by the post.
        let early = reads_never_filed(&kit.store, &supervisor, from, from, page).await.unwrap();
        assert_eq!(early.total, 0);
        let neighbour = staff(42, Role::Supervisor, "519800000000");
        assert_eq!(reads_never_filed(&kit.store, &neighbour, from, until, page).await.unwrap().total, 0);
        assert_eq!(reads_never_filed(&kit.store, &Actor::System, from, until, page).await.unwrap().total, 1);
    }
}

both! { migrations,
    async fn answers_about_another_person_are_listed_within_the_region(kit: Kit) {
        let world = world(&kit).await;
        world.read("population.basic", BUDGET).await;
        let first = world.read("test.wrong", BUDGET).await;
        kit.clock.advance(Duration::minutes(1));
        file(&world, world.case).await;
        // Of another region of the same city.
        world.cases.open(id(2), id(21), LivePurpose { region: region("519902000000"), ..live(&world.number) });
        let elsewhere = FactRequest {
            purpose: PurposeRef { kind: "case".to_owned(), id: id(2) },
            ..world.request("test.wrong")
        };
        let second = world.read_as(&world.applicant, elsewhere, BUDGET).await;

        let list = async |actor: &Actor, page| wrong_answers(&kit.store, actor, page).await.unwrap();
        let city = staff(41, Role::Supervisor, "519900000000");
        let both = list(&city, PageRequest::new(1, 1)).await;
        assert_eq!((both.total, both.pages(), both.rows[0].read), (2, 2, second.read), "the latest first");
        assert_eq!(list(&city, PageRequest::new(2, 1)).await.rows[0].read, first.read);
        let county = staff(42, Role::Supervisor, "519901000000");
        let own = list(&county, PageRequest::new(1, 10)).await;
        assert_eq!(own.total, 1);
        let answer = &own.rows[0];
        assert_eq!((answer.read, answer.at, answer.filed), (first.read, first.at, true));
        assert_eq!((answer.resource.as_str(), answer.provider.as_str()), ("test.wrong", "示范市公安局"));
        assert_eq!((answer.purpose.id, answer.purpose_title.as_str()), (world.case, "食品经营许可（新办）"));
        let printed = serde_json::to_string(&both.rows).unwrap() + &serde_json::to_string(&own.rows).unwrap();
        for number in [ANOTHER, world.number.as_str(), &kit.store.blind("citizen", ANOTHER)] {
            assert!(!printed.contains(number), "{printed}");
        }
        let neighbour = staff(43, Role::Supervisor, "519800000000");
        assert_eq!(list(&neighbour, PageRequest::new(1, 10)).await.total, 0);
    }
}

both! { migrations,
    async fn only_supervisors_count_readers(kit: Kit) {
        let now = kit.store.now();
        let page = PageRequest::new(1, 10);
        let others = [
            Actor::Nobody,
            applicant(21),
            staff(1, Role::Clerk, "519900000000"),
            staff(1, Role::Approver, "519900000000"),
            staff(1, Role::Operator, "519900000000"),
        ];
        for actor in others {
            let answer = reads_never_filed(&kit.store, &actor, now, now, page).await;
            assert!(matches!(answer, Err(Error::Denied(_))), "{actor:?}");
            let answer = wrong_answers(&kit.store, &actor, page).await;
            assert!(matches!(answer, Err(Error::Denied(_))), "{actor:?}");
        }
    }
}
