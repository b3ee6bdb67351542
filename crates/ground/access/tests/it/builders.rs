//! Anybody at all.

use proptest::prelude::*;
use tongban_access::{Actor, Agency, Assurance, MandateKind, MandateScope, PartyKind, Post, Role};
use tongban_codes::RegionCode;
use uuid::Uuid;

pub(crate) const REGIONS: [&str; 5] = [
    "519900000000",
    "519901000000",
    "519901001000",
    "519902000000",
    "519800000000",
];

pub(crate) fn region() -> impl Strategy<Value = RegionCode> {
    (0..REGIONS.len()).prop_filter_map("a region", |index| RegionCode::parse(REGIONS[index]).ok())
}

pub(crate) fn someone() -> impl Strategy<Value = Uuid> {
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

pub(crate) fn actor() -> impl Strategy<Value = Actor> {
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
        (someone(), post, any::<bool>())
            .prop_map(|(account, post, shown)| Actor::staff(account, post).proven(shown)),
    ]
}
