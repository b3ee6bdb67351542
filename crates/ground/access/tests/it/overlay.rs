//! What a locality adds: it takes away and binds roles, and opens nothing new.

use std::path::Path;

use tongban_access::{Action, Actor, Place, Policies, PolicyError, Post, Reach, Role, Scope, Thing};
use tongban_codes::RegionCode;
use uuid::Uuid;

const ITEM: &str = "00000000-0000-0000-0000-000000000005";

/// A folder with these files.
pub(crate) fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    folder
}

fn read(files: &[(&str, &str)]) -> Result<Policies, PolicyError> {
    Policies::read(Some(folder(files).path()))
}

fn staff(role: Role, region: &str) -> Actor {
    Actor::staff(
        Uuid::from_u128(1),
        Post {
            organisation: Uuid::from_u128(7),
            organisation_name: "局".to_owned(),
            region: RegionCode::parse(region).unwrap(),
            role,
        },
    )
}

fn case(region: &str, item: u128) -> Thing {
    Thing::at(Uuid::from_u128(7), RegionCode::parse(region).unwrap()).about(Uuid::from_u128(item))
}

#[test]
fn a_forbidden_place_is_shut_for_pages_and_lists() {
    let rules = format!(
        r#"@id("not-in-the-old-town") @zh("老城区的办件由专窗办理")
        forbid (principal in Role::"clerk", action == Action::"case.view", resource in Region::"519901000000");
        @id("adoption") @zh("收养登记只由专人查看") @basis("地方规定")
        forbid (principal, action == Action::"case.view", resource in Item::"{ITEM}")
        unless {{ principal is Platform || principal is Party }};"#
    );
    let policies = read(&[("case.cedar", &rules), ("README.md", "why")]).unwrap();
    assert_eq!(policies.added(), (2, 0));
    let clerk = staff(Role::Clerk, "519900000000");
    let supervisor = staff(Role::Supervisor, "519900000000");
    let may = |actor: &Actor, thing: &Thing| policies.permit(actor, Action::CaseView, thing).is_ok();
    for (thing, by_clerk, by_supervisor) in [
        (case("519902000000", 4), true, true),
        (case("519901000000", 4), false, true),
        (case("519901001000", 4), false, true),
        (case("519902000000", 5), false, false),
    ] {
        assert_eq!(
            (may(&clerk, &thing), may(&supervisor, &thing)),
            (by_clerk, by_supervisor)
        );
        for (actor, open) in [(&clerk, by_clerk), (&supervisor, by_supervisor)] {
            assert_eq!(policies.reach(actor, Action::CaseView).holds(&thing), open);
        }
    }
    let reach = policies.reach(&supervisor, Action::CaseView);
    assert_eq!(
        reach.scope(),
        &Scope::Region(RegionCode::parse("519900000000").unwrap())
    );
    assert_ne!(reach, Reach::nothing());
    // other actions are as they were
    assert!(
        policies
            .permit(&clerk, Action::CaseAccept, &case("519901000000", 5))
            .is_ok()
    );
    let why = policies.explain(&clerk, Action::CaseView, &case("519901000000", 5));
    let local: Vec<_> = why
        .rules
        .iter()
        .map(|rule| (rule.id.as_str(), rule.local))
        .collect();
    assert_eq!(
        local,
        [("local:not-in-the-old-town", true), ("local:adoption", true)]
    );
    assert!(why.holds && !why.allowed);
    assert_eq!(why.rules[1].basis.as_deref(), Some("地方规定"));
    assert_eq!(why.rules[1].en, "收养登记只由专人查看");
    assert!(matches!(Place::Item(Uuid::nil()), Place::Item(_)));
}

#[test]
fn a_rule_without_a_place_shuts_the_whole_list() {
    let rules = r#"@id("no-deputies") @zh("代岗人员不看好差评")
        forbid (principal is Staff, action == Action::"rating.supervise", resource) when { principal.deputy };"#;
    let policies = read(&[("rating.cedar", rules)]).unwrap();
    let supervisor = staff(Role::Supervisor, "519900000000");
    let Actor::Staff {
        account,
        post,
        proven,
        ..
    } = supervisor.clone()
    else {
        unreachable!()
    };
    let deputy = Actor::Staff {
        account,
        post,
        proven,
        deputy_for: Some(Uuid::from_u128(3)),
    };
    let action = Action::RatingSupervise;
    let thing = case("519900000000", 4);
    assert!(policies.permit(&supervisor, action, &thing).is_ok());
    assert!(!policies.reach(&supervisor, action).is_nothing());
    assert!(policies.permit(&deputy, action, &thing).is_err());
    assert!(policies.reach(&deputy, action).is_nothing());
}

/// A higher level that a locality asks for is a step up, and no plain no.
#[test]
fn a_level_that_a_locality_asks_for_is_told() {
    let rules = r#"@id("licences-in-person") @zh("查看证照要三级认证")
        forbid (principal is Party, action == Action::"licence.view", resource) when { principal.level < 3 };"#;
    let policies = read(&[("licence.cedar", rules)]).unwrap();
    let me = Uuid::from_u128(2);
    let person = Actor::party(me, tongban_access::PartyKind::Person);
    let denied = policies
        .permit(&person, Action::LicenceView, &Thing::of(me))
        .unwrap_err();
    assert_eq!(denied.needs, Some(tongban_access::Assurance::InPerson));
    assert!(policies.reach(&person, Action::LicenceView).is_nothing());
}

#[test]
fn a_role_is_bound_to_an_action() {
    let rows = "who,action,reach\nclerk,rating.supervise,region\n";
    let policies = read(&[("roles.csv", rows)]).unwrap();
    assert_eq!(policies.added(), (0, 1));
    let clerk = staff(Role::Clerk, "519901000000");
    let may = |region| {
        policies
            .permit(&clerk, Action::RatingSupervise, &case(region, 4))
            .is_ok()
    };
    assert!(may("519901000000") && !may("519902000000"));
    assert!(matches!(
        policies.reach(&clerk, Action::RatingSupervise).scope(),
        Scope::Region(_)
    ));
    // what the rules of the house forbid, no row opens
    let rows = "who,action,reach\nsupervisor,case.accept,region\n";
    let policies = read(&[("roles.csv", rows)]).unwrap();
    let supervisor = staff(Role::Supervisor, "519900000000");
    assert!(
        policies
            .permit(&supervisor, Action::CaseAccept, &case("519900000000", 4))
            .is_err()
    );
    assert!(policies.reach(&supervisor, Action::CaseAccept).is_nothing());
}

#[test]
fn what_a_locality_may_not_add_is_refused_with_a_sentence() {
    let forbid = |rest: &str| format!(r#"@id("x") @zh("甲") forbid ({rest}"#);
    for (file, text, says) in [
        (
            "case.cedar",
            r#"@id("x") @zh("甲") permit (principal, action, resource);"#.to_owned(),
            "a locality only adds forbid",
        ),
        (
            "case.cedar",
            forbid(
                r#"principal, action, resource) when { resource has region && resource.region in Region::"519901000000" };"#,
            ),
            "names its place somewhere else",
        ),
        (
            "case.cedar",
            forbid(r#"principal, action, resource == Case::"thing");"#),
            "which cannot be",
        ),
        (
            "case.cedar",
            forbid(r#"principal in Role::"mayor", action, resource);"#),
            "Role::\"mayor\", which cannot be",
        ),
        (
            "case.cedar",
            forbid(r#"principal, action, resource in Region::"5199");"#),
            "which cannot be",
        ),
        (
            "case.cedar",
            forbid(r#"principal, action == Action::"rating.give", resource);"#),
            "an action of another file",
        ),
        (
            "case.cedar",
            forbid("principal is Staff, action, resource) when { principal.rank > 3 };"),
            "rank",
        ),
        // a case lies in no entry of the directory: the rule could never hold
        (
            "case.cedar",
            forbid(r#"principal, action, resource in Resource::"population.basic");"#),
            "policy",
        ),
        ("case.cedar", forbid("principal, action, resource"), "case.cedar"),
        (
            "case.cedar",
            "forbid (principal, action, resource);".to_owned(),
            "has no @id",
        ),
        (
            "case.cedar",
            r#"@id("x") forbid (principal, action, resource);"#.to_owned(),
            "in words",
        ),
        (
            "case.cedar",
            forbid("principal == ?principal, action, resource);"),
            "templates",
        ),
        (
            "cases.cedar",
            forbid("principal, action, resource);"),
            "belongs to no domain",
        ),
        ("rolls.csv", String::new(), "belongs to no domain"),
        (
            "roles.csv",
            "who,action,reach\nclerk,case.decide,region\n".to_owned(),
            "new reach",
        ),
        (
            "roles.csv",
            "who,action,reach\noperator,case.view,region\n".to_owned(),
            "new reach",
        ),
        (
            "roles.csv",
            "who,action,reach\nparty,case.view,everything\n".to_owned(),
            "nobody of the staff",
        ),
    ] {
        let Err(error) = read(&[(file, &text)]) else {
            panic!("{text} was taken");
        };
        let told = error.to_string();
        assert!(told.contains(says), "{text}: {told}");
    }
    let two = format!("{0}\n{0}", forbid("principal, action, resource);"));
    assert!(matches!(
        read(&[("case.cedar", &two)]),
        Err(PolicyError::Twice(_, _))
    ));
    let many: String = (0..65)
        .map(|number| format!(r#"@id("x{number}") @zh("甲") forbid (principal, action, resource);"#))
        .collect();
    assert!(matches!(
        read(&[("case.cedar", &many)]),
        Err(PolicyError::TooMany(_, 64))
    ));
    assert!(matches!(
        Policies::read(Some(Path::new("/nowhere/at/all"))),
        Err(PolicyError::Folder(_, _))
    ));
}
