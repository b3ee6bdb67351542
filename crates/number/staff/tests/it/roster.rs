use tongban_access::{Actor, Role};
use tongban_directory::import::{ImportOptions, ImportReport, Source};
use tongban_identity::{account, find_staff, staff_member};
use tongban_staff::{Error, close_staff, import_staff};
use tongban_store::Store;
use tongban_testkit::both;
use uuid::Uuid;

use crate::builders::{act, again, employ, migrations, operator, organisations, post, sign_in};

const LIST: &str = "账号,姓名,角色,部门编码,区划代码,其他岗位,状态
zhang.wei,张伟,窗口,11519900MB0000001A,519900000000,审批 519900000000 11519900MB0000002B,在岗
li.na,李娜,approver,11519900mb0000001a,,,
sun.li,孙丽,审批,11510100MB0000003C,510100000000,,
wang.fang,王芳,局长,11519900MB0000001A,519900000000,,
zhao.lei,赵磊,审批,NOWHERE,519900000000,,
1st,孙一,窗口,11519900MB0000001A,519900000000,,
gone.already,周离,窗口,11519900MB0000001A,519900000000,,离岗
zhang.wei,张伟,窗口,11519900MB0000001A,519900000000,,
chen.jie,陈杰,窗口,11519900MB0000001A,519900000000,审批 11519900MB0000002B,
wu.min,吴敏,窗口,11519900MB0000001A,519900000000,,休假
";

async fn import(store: &Store, actor: &Actor, text: &str, options: ImportOptions<'static>) -> ImportReport {
    let source = Source::parse("staff.csv", text.as_bytes()).unwrap();
    import_staff(store, actor, &source, &options).await.unwrap()
}

/// An operator who is really there: a list that waited is carried out for nobody else.
async fn employed(store: &Store) -> Actor {
    Actor::staff(
        employ(store, "ops", vec![post(9, Role::Operator)]).await,
        post(9, Role::Operator),
    )
}

fn said(report: &ImportReport) -> Vec<Vec<&str>> {
    report
        .fates
        .iter()
        .map(|fate| {
            fate.findings()
                .iter()
                .map(|finding| finding.code.as_str())
                .collect()
        })
        .collect()
}

both! { migrations, async fn joiners_movers_and_leavers_come_by_list(kit: Kit) {
    let store = &kit.store;
    organisations(store).await;
    let findings = [
        vec![],
        vec![],
        vec!["import.outside_region"],
        vec!["staff.role_unknown"],
        vec!["staff.organisation_unknown"],
        vec!["staff.login_format"],
        vec!["staff.left_unknown"],
        vec!["import.key_twice"],
        vec!["staff.post_format"],
        vec!["staff.state_unknown"],
    ];
    let dry = import(store, &operator(), LIST, ImportOptions::dry()).await;
    assert_eq!(said(&dry), findings);
    assert_eq!(find_staff(store, "zhang.wei").await.unwrap(), None);
    let by = employed(store).await;
    let done = import(store, &by, LIST, ImportOptions::silent()).await;
    assert_eq!(said(&done), findings);
    assert_eq!((done.accepted, done.changed), (2, 2));
    let again_done = import(store, &by, LIST, ImportOptions::silent()).await;
    assert_eq!((again_done.accepted, again_done.changed), (2, 0));

    // joiners have no password: a code of an operator lets them in
    let id = find_staff(store, "zhang.wei").await.unwrap().unwrap();
    let zhang = staff_member(store, &operator(), id).await.unwrap().unwrap();
    assert!(!zhang.has_password);
    let posts: Vec<(Role, &str)> =
        zhang.posts.iter().map(|post| (post.role, post.organisation_name.as_str())).collect();
    assert_eq!(posts, [(Role::Clerk, "示范市市场监督管理局"), (Role::Approver, "示范市卫生健康委员会")]);

    // a mover and a leaver
    employ(store, "old.hand", vec![post(1, Role::Clerk)]).await;
    let session = sign_in(store, "old.hand").await;
    let moves = "login,name,role,organisation_code,state
li.na,李娜,supervisor,11519900MB0000002B,active
old.hand,,,,left
";
    let moved = import(store, &by, moves, ImportOptions::silent()).await;
    assert_eq!(said(&moved), [vec!["staff.posts_lost"], vec![]]);
    assert_eq!(moved.changed, 2);
    let id = find_staff(store, "li.na").await.unwrap().unwrap();
    let li = account(store, id).await.unwrap().unwrap();
    assert_eq!(li.posts.len(), 1);
    assert_eq!(li.posts[0].role, Role::Supervisor);
    assert!(again(store, &session).await.is_none());
    assert_eq!(find_staff(store, "old.hand").await.unwrap(), None);
} }

both! { migrations, async fn nobody_imports_their_own_account_nor_somebody_of_another_region(kit: Kit) {
    let store = &kit.store;
    organisations(store).await;
    let own = employ(store, "operator", vec![post(9, Role::Operator)]).await;
    let by = Actor::staff(own, post(9, Role::Operator));
    let mut far = post(3, Role::Clerk);
    far.region = crate::builders::region("5101");
    employ(store, "far.away", vec![far, post(1, Role::Clerk)]).await;
    let list = "login,name,role,organisation_code,state
operator,王,operator,11519900MB0000001A,left
far.away,王,clerk,11519900MB0000001A,left
far.away.too,王,clerk,11519900MB0000001A,
";
    let stranger = import_staff(store, &operator(), &Source::parse("staff.csv", list.as_bytes()).unwrap(), &ImportOptions::silent()).await;
    assert!(stranger.is_err(), "whoever planned it stands on no such post");
    let report = import(store, &by, list, ImportOptions::silent()).await;
    assert_eq!(said(&report), [vec!["staff.own_row"], vec!["staff.not_managed"], vec![]]);
    assert!(find_staff(store, "operator").await.unwrap().is_some());
    assert!(staff_member(store, &by, Uuid::from_u128(1)).await.unwrap().is_none());
} }

both! { migrations, async fn of_two_operators_who_close_each_other_at_once_one_remains(kit: Kit) {
    let store = &kit.store;
    organisations(store).await;
    for round in ["a", "b", "c"] {
        let one = employ(store, Box::leak(format!("one.{round}").into_boxed_str()), vec![post(9, Role::Operator)]).await;
        let two = employ(store, Box::leak(format!("two.{round}").into_boxed_str()), vec![post(9, Role::Operator)]).await;
        let close = async |by: Uuid, whom: Uuid| {
            let by = Actor::staff(by, post(9, Role::Operator));
            act(store, &by, move |tx, by| async move { close_staff(&tx, &by, whom).await }).await
        };
        let (first, second) = tokio::join!(close(one, two), close(two, one));
        assert!(first.is_ok() != second.is_ok(), "{first:?} {second:?}");
        let refused = first.and(second).unwrap_err();
        assert!(matches!(refused, Error::Conflict), "{refused:?}");
    }
} }

both! { migrations, async fn who_lost_the_post_meanwhile_changes_nobody(kit: Kit) {
    let store = &kit.store;
    organisations(store).await;
    let moved = employ(store, "moved", vec![post(1, Role::Clerk)]).await;
    let clerk = employ(store, "clerk", vec![post(1, Role::Clerk)]).await;
    let late = Actor::staff(moved, post(9, Role::Operator));
    let refused = act(store, &late, move |tx, by| async move { close_staff(&tx, &by, clerk).await }).await.unwrap_err();
    assert!(matches!(refused, Error::Conflict), "{refused:?}");
    assert!(find_staff(store, "clerk").await.unwrap().is_some());
} }
