//! Table, rules and the reach of lists say the same.

#![expect(
    clippy::unwrap_used,
    clippy::unreachable,
    reason = "a test stops at the first surprise"
)]

mod builders;
mod overlay;
mod sql;

use builders::{actor, region, someone};
use proptest::prelude::*;
use tongban_access::{
    Action, Actor, Agency, Assurance, MandateKind, MandateScope, PartyKind, Policies, Post, Reach, Role,
    Thing, explain, permit, permit_looking,
};
use tongban_codes::RegionCode;
use uuid::Uuid;

proptest! {
    /// What a list shows is what a page opens. Things of a list always have a department and a region; the clerk's own drafts
    /// are no list of this reach.
    #[test]
    fn lists_show_what_pages_open(
        actor in actor(),
        action in 0..Action::ALL.len(),
        owner in proptest::option::of(someone()),
        organisation in someone(),
        item in someone(),
        region in region(),
    ) {
        let action = Action::ALL[action];
        prop_assume!(!(actor.role() == Some(Role::Clerk) && action == Action::CaseApply));
        // entries of the directory of resources have no owner, no office and no region
        prop_assume!(action != Action::ResourceRead);
        let thing = Thing::at(organisation, region).about(item).owned_by(owner);
        let reach = Reach::of(&actor, action).holds(&thing);
        prop_assert_eq!(permit_looking(&actor, action, &thing).is_ok(), reach);
        // and it can be told why
        let why = explain(&actor, action, &thing).unwrap();
        prop_assert_eq!(why.allowed, permit(&actor.clone().proven(true).assured(Assurance::InPerson), action, &thing).is_ok());
        match permit(&actor, action, &thing) {
            Ok(()) => prop_assert!(reach),
            // all that lacks is the second factor
            Err(denied) => prop_assert_eq!(denied.second_factor, reach),
        }
    }

    /// Nobody may do anything that is decided here.
    #[test]
    fn nobody_may_nothing(action in 0..Action::ALL.len(), owner in proptest::option::of(someone())) {
        let thing = Thing::none().owned_by(owner);
        prop_assert!(permit(&Actor::Nobody, Action::ALL[action], &thing).is_err());
    }
}

#[test]
fn the_rules_of_the_house_can_be_read() {
    let policies = Policies::read(None).unwrap();
    let table = policies.actions();
    assert_eq!(table.len(), Action::ALL.len());
    assert!(
        table
            .iter()
            .all(|rule| !rule.zh.is_empty() && !rule.en.is_empty())
    );
    assert!(policies.rules().len() > 20);
    assert_eq!(policies.added(), (0, 0));
}

#[test]
fn what_is_not_shared_is_read_by_nobody() {
    let staff = |role| {
        let post = Post {
            organisation: Uuid::from_u128(7),
            organisation_name: "局".to_owned(),
            region: RegionCode::parse("519900000000").unwrap(),
            role,
        };
        Actor::staff(Uuid::from_u128(1), post)
    };
    let person = Actor::party(Uuid::from_u128(2), PartyKind::Person).assured(Assurance::Registered);
    let read = |actor: &Actor, class| {
        permit(
            actor,
            Action::ResourceRead,
            &Thing::none().reading("population.basic", class),
        )
        .is_ok()
    };
    for class in ["unconditional", "conditional"] {
        for actor in [Actor::System, person.clone(), staff(Role::Clerk)] {
            assert!(read(&actor, class), "{actor:?} {class}");
        }
        for actor in [Actor::Nobody, staff(Role::Supervisor), staff(Role::Operator)] {
            assert!(!read(&actor, class), "{actor:?} {class}");
        }
    }
    for actor in [Actor::System, person, staff(Role::Clerk)] {
        assert!(!read(&actor, "not_shared"), "{actor:?}");
    }
}

/// Whoever asks why is told the rules that decide.
#[test]
fn the_rules_that_decide_are_named() {
    let office = Uuid::from_u128(7);
    let region = || RegionCode::parse("519900000000").unwrap();
    let post = |role| Post {
        organisation: office,
        organisation_name: "局".to_owned(),
        region: region(),
        role,
    };
    let thing = Thing::at(office, region());
    let why = |role, action| {
        let actor = Actor::staff(Uuid::from_u128(1), post(role)).proven(false);
        let why = explain(&actor, action, &thing).unwrap();
        let ids: Vec<String> = why.rules.into_iter().map(|rule| rule.id).collect();
        (why.allowed, ids)
    };
    let named = |allowed, ids: &[&str]| (allowed, ids.iter().map(|id| (*id).to_owned()).collect::<Vec<_>>());
    assert_eq!(
        why(Role::Approver, Action::CaseDecide),
        named(true, &["organisation"])
    );
    assert_eq!(why(Role::Clerk, Action::CaseView), named(true, &["region"]));
    assert_eq!(
        why(Role::Operator, Action::CaseView),
        named(false, &["operators-see-no-cases"])
    );
    assert_eq!(
        why(Role::Supervisor, Action::CaseDecide),
        named(
            false,
            &["supervisors-handle-no-cases", "offices-decide-their-own"]
        )
    );
    assert_eq!(why(Role::Approver, Action::RatingSupervise), named(false, &[]));
}

#[test]
fn a_resident_reaches_only_what_is_theirs() {
    let me = Uuid::from_u128(1);
    let actor = Actor::party(me, PartyKind::Person);
    assert!(permit(&actor, Action::CaseView, &Thing::of(me)).is_ok());
    assert!(permit(&actor, Action::CaseView, &Thing::of(Uuid::from_u128(2))).is_err());
    assert!(permit(&actor, Action::CaseDecide, &Thing::of(me)).is_err());
}

#[test]
fn an_agent_reaches_what_the_mandate_is_for_and_signs_with_the_own_name() {
    let [firm, agent, item, other, office] = [1, 2, 3, 4, 5].map(Uuid::from_u128);
    let acting = |kind, scope| {
        let agency = Agency {
            mandate: Uuid::from_u128(9),
            agent,
            kind,
            scope,
        };
        Actor::agent(firm, PartyKind::Enterprise, agency, Assurance::RealName)
    };
    let region = || RegionCode::parse("519900000000").unwrap();
    let of = |item| Thing::at(office, region()).about(item).owned_by(Some(firm));
    let narrow = acting(
        MandateKind::Agent,
        MandateScope {
            items: vec![item],
            organisations: Vec::new(),
        },
    );
    assert!(permit(&narrow, Action::CaseApply, &of(item)).is_ok());
    assert!(permit(&narrow, Action::CaseApply, &of(other)).is_err());
    assert!(permit(&narrow, Action::CaseApply, &of(item).owned_by(Some(agent))).is_err());
    // nothing that is about no matter at all
    assert!(permit(&narrow, Action::LicenceView, &Thing::of(firm)).is_err());
    assert!(permit(&narrow, Action::MandateGive, &Thing::of(firm)).is_err());
    let by_office = MandateScope {
        items: Vec::new(),
        organisations: vec![office],
    };
    assert!(
        permit(
            &acting(MandateKind::Agent, by_office),
            Action::CaseApply,
            &of(other)
        )
        .is_ok()
    );
    for (kind, gives, sees_data) in [
        (MandateKind::Representative, true, true),
        (MandateKind::Administrator, true, false),
        (MandateKind::Agent, false, false),
        (MandateKind::Family, false, false),
        (MandateKind::Guardian, false, true),
    ] {
        let wide = acting(kind, MandateScope::default());
        assert!(permit(&wide, Action::CaseApply, &of(other)).is_ok());
        assert_eq!(
            permit(&wide, Action::MandateGive, &Thing::of(firm)).is_ok(),
            gives,
            "{kind:?}"
        );
        assert_eq!(
            permit(&wide, Action::DataView, &Thing::of(firm)).is_ok(),
            sees_data,
            "{kind:?}"
        );
    }
    let signer = narrow.signer();
    assert_eq!((signer.id, signer.on_behalf_of), (Some(agent), Some(firm)));
    assert_eq!((narrow.account(), narrow.holder()), (Some(firm), Some(agent)));
}

#[test]
fn who_is_not_known_well_enough_is_told_what_is_missing() {
    let me = Uuid::from_u128(1);
    let at = |level| Actor::party(me, PartyKind::Person).assured(level);
    let asked =
        |level, thing: Thing| permit(&at(level), Action::CaseApply, &thing).map_err(|denied| denied.needs);
    let strong = || Thing::of(me).asking(Assurance::InPerson);
    for (level, thing, answer) in [
        (
            Assurance::Registered,
            Thing::of(me),
            Err(Some(Assurance::RealName)),
        ),
        (Assurance::RealName, Thing::of(me), Ok(())),
        (Assurance::Registered, strong(), Err(Some(Assurance::InPerson))),
        (Assurance::RealName, strong(), Err(Some(Assurance::InPerson))),
        (Assurance::InPerson, strong(), Ok(())),
        // What is not theirs is no matter of levels.
        (Assurance::Registered, Thing::of(Uuid::from_u128(2)), Err(None)),
    ] {
        assert_eq!(asked(level, thing), answer, "{level:?}");
    }
    let view = |level| permit(&at(level), Action::CaseView, &Thing::of(me)).is_ok();
    assert!(Assurance::ALL.into_iter().all(view));
}

#[test]
fn staff_decide_seal_and_operate_with_a_second_factor() {
    let office = Uuid::from_u128(7);
    let region = || RegionCode::parse("519900000000").unwrap();
    let staff = |role| {
        Actor::staff(
            Uuid::from_u128(1),
            Post {
                organisation: office,
                organisation_name: "局".to_owned(),
                region: region(),
                role,
            },
        )
    };
    let thing = Thing::at(office, region());
    for (role, action, asked) in [
        (Role::Approver, Action::CaseView, false),
        (Role::Approver, Action::CaseAccept, false),
        (Role::Approver, Action::CaseDecide, true),
        (Role::Approver, Action::LicenceManage, true),
        (Role::Clerk, Action::CaseFileAtWindow, false),
        (Role::Clerk, Action::PersonServe, true),
        (Role::Supervisor, Action::CaseSupervise, false),
        (Role::Supervisor, Action::NumberReveal, true),
        (Role::Operator, Action::ItemManage, true),
        (Role::Operator, Action::AccountManage, true),
    ] {
        let proven = staff(role);
        let alone = staff(role).proven(false);
        assert!(permit(&proven, action, &thing).is_ok(), "{role:?} {action:?}");
        let answer = permit(&alone, action, &thing).map_err(|denied| denied.second_factor);
        assert_eq!(
            answer,
            if asked { Err(true) } else { Ok(()) },
            "{role:?} {action:?}"
        );
        assert!(permit_looking(&alone, action, &thing).is_ok());
    }
    // who may not at all is not told what would be missing
    let denied = permit(&staff(Role::Clerk).proven(false), Action::CaseDecide, &thing).unwrap_err();
    assert!(!denied.second_factor);
    // what was written down before there was a second factor counts as shown
    let old = serde_json::to_value(staff(Role::Operator)).unwrap();
    let mut old = old.as_object().unwrap().clone();
    old.remove("proven");
    old.remove("deputy_for");
    let read: Actor = serde_json::from_value(old.into()).unwrap();
    assert_eq!(read, staff(Role::Operator));
}

/// Cedar refuses where little stack is left; a decision deep in a handler is decided all the same.
#[test]
fn a_decision_needs_little_stack() {
    // the rules are read with plenty
    let me = Uuid::from_u128(1);
    let actor = Actor::party(me, PartyKind::Person);
    assert!(permit(&actor, Action::CaseView, &Thing::of(me)).is_ok());
    let small = std::thread::Builder::new().stack_size(96 * 1024);
    let decided = small.spawn(move || permit(&actor, Action::CaseView, &Thing::of(me)).is_ok());
    assert!(decided.unwrap().join().unwrap());
}
