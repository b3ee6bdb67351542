//! The table and the reach of lists say the same.

use proptest::prelude::*;
use tongban_access::{
    Action, Actor, Agency, Assurance, MandateKind, MandateScope, PartyKind, Post, Reach, Role, Thing, permit,
};
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

fn few() -> impl Strategy<Value = Vec<Uuid>> {
    proptest::collection::vec(someone(), 0..3)
}

fn agency() -> impl Strategy<Value = Agency> {
    (someone(), 0..MandateKind::ALL.len(), few(), few()).prop_map(|(agent, kind, items, organisations)| {
        Agency {
            mandate: Uuid::from_u128(9),
            agent,
            kind: MandateKind::ALL[kind],
            scope: MandateScope { items, organisations },
        }
    })
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
        (someone(), known(), agency()).prop_map(|(account, level, agency)| Actor::agent(
            account,
            PartyKind::Enterprise,
            agency,
            level
        )),
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
        item in someone(),
        region in region(),
    ) {
        let action = Action::ALL[action];
        prop_assume!(!(actor.role() == Some(Role::Clerk) && action == Action::CaseApply));
        let thing = Thing::at(organisation, region).about(item).owned_by(owner);
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
