//! The table and the reach of lists say the same.

use proptest::prelude::*;
use tongban_access::{Action, Actor, Assurance, PartyKind, Post, Reach, Role, Thing, permit};
use tongban_codes::RegionCode;
use uuid::Uuid;

const REGIONS: [&str; 5] = [
    "519900000000",
    "519901000000",
    "519901001000",
    "519902000000",
    "519800000000",
];

fn region() -> impl Strategy<Value = RegionCode> {
    (0..REGIONS.len()).prop_filter_map("a region", |index| RegionCode::parse(REGIONS[index]).ok())
}

fn someone() -> impl Strategy<Value = Uuid> {
    (1..4_u128).prop_map(Uuid::from_u128)
}

fn known() -> impl Strategy<Value = Assurance> {
    (0..Assurance::ALL.len()).prop_map(|index| Assurance::ALL[index])
}

fn actor() -> impl Strategy<Value = Actor> {
    let post = (someone(), region(), 0..Role::ALL.len()).prop_map(|(organisation, region, role)| Post {
        organisation,
        organisation_name: "某局".to_owned(),
        region,
        role: Role::ALL[role],
    });
    prop_oneof![
        Just(Actor::Nobody),
        Just(Actor::System),
        (someone(), known())
            .prop_map(|(account, level)| Actor::party(account, PartyKind::Person).assured(level)),
        (someone(), known())
            .prop_map(|(account, level)| Actor::party(account, PartyKind::Enterprise).assured(level)),
        (someone(), post).prop_map(|(account, post)| Actor::Staff { account, post }),
    ]
}

proptest! {
    /// What a list shows is what a page opens. Things of a list always have a department and a region; the clerk's own drafts
    /// are no list of this reach.
    #[test]
    fn lists_show_what_pages_open(
        actor in actor(),
        action in 0..Action::ALL.len(),
        owner in proptest::option::of(someone()),
        organisation in someone(),
        region in region(),
    ) {
        let action = Action::ALL[action];
        prop_assume!(!(actor.role() == Some(Role::Clerk) && action == Action::CaseApply));
        let thing = Thing::at(organisation, region).owned_by(owner);
        prop_assert_eq!(permit(&actor, action, &thing).is_ok(), Reach::of(&actor, action).holds(&thing));
    }

    /// Nobody may do anything that is decided here.
    #[test]
    fn nobody_may_nothing(action in 0..Action::ALL.len(), owner in proptest::option::of(someone())) {
        let thing = Thing::none().owned_by(owner);
        prop_assert!(permit(&Actor::Nobody, Action::ALL[action], &thing).is_err());
    }
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
