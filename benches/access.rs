//! Decisions of access: who may do what to a case, by table and rules, beside Cedar alone with a question that is put already.

use std::{
    str::FromStr as _,
    time::{Duration, Instant},
};

use cedar_policy::{Authorizer, Context, Entities, EntityUid, PolicySet, Request, RestrictedExpression};
use tongban_access::{Action, Actor, PartyKind, Policies, Post, Reach, Role, Thing};
use tongban_codes::RegionCode;
use uuid::Uuid;

use crate::report;

const RUN: Duration = Duration::from_secs(3);

/// Calls in a second, on one thread.
fn rate(mut call: impl FnMut()) -> f64 {
    let start = Instant::now();
    let mut calls = 0_u32;
    while start.elapsed() < RUN {
        for _ in 0..100 {
            call();
        }
        calls += 100;
    }
    f64::from(calls) / start.elapsed().as_secs_f64()
}

pub fn run() {
    let policies = Policies::read(None).unwrap();
    let office = Uuid::from_u128(7);
    let region = RegionCode::parse("519901001000").unwrap();
    let approver = Actor::staff(
        Uuid::from_u128(1),
        Post {
            organisation: office,
            organisation_name: "局".to_owned(),
            region: RegionCode::parse("519900000000").unwrap(),
            role: Role::Approver,
        },
    );
    let me = Uuid::from_u128(2);
    let person = Actor::party(me, PartyKind::Person);
    let case = Thing::at(office, region)
        .about(Uuid::from_u128(5))
        .owned_by(Some(me));
    let size = format!("{} rules in all, one thread", policies.rules().len());
    let bare = bare();
    report(
        "access_bare_per_s",
        bare,
        "Cedar alone: the common rules, a question without entities",
    );
    for (name, actor, action, allowed) in [
        ("access_staff_per_s", &approver, Action::CaseDecide, true),
        ("access_person_per_s", &person, Action::CaseView, true),
        // and then what would be missing
        ("access_refused_per_s", &approver, Action::CaseDeliver, false),
    ] {
        assert_eq!(policies.permit(actor, action, &case).is_ok(), allowed);
        let found = rate(|| {
            std::hint::black_box(policies.permit(actor, action, &case).is_ok());
        });
        report(name, found, &size);
    }
    let lists = rate(|| {
        std::hint::black_box::<Reach>(policies.reach(&approver, Action::CaseView));
    });
    report("access_reach_per_s", lists, &size);
}

fn bare() -> f64 {
    let rules = PolicySet::from_str(include_str!("../policies/common.cedar")).unwrap();
    let word = |text: &str| RestrictedExpression::new_string(text.to_owned());
    let context = Context::from_pairs([
        ("reach".to_owned(), word("everything")),
        ("level".to_owned(), RestrictedExpression::new_long(1)),
        ("second_factor".to_owned(), RestrictedExpression::new_bool(false)),
    ])
    .unwrap();
    let uid = |text: &str| EntityUid::from_str(text).unwrap();
    let request = Request::new(
        uid("Staff::\"1\""),
        uid("Action::\"system.inspect\""),
        uid("System::\"thing\""),
        context,
        None,
    )
    .unwrap();
    let entities = Entities::empty();
    let authorizer = Authorizer::new();
    rate(|| {
        std::hint::black_box(authorizer.is_authorized(&request, &rules, &entities));
    })
}
