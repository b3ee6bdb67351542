//! The filter of a list, in SQL, against the decision about each row.

use std::collections::BTreeSet;

use proptest::{
    strategy::{Strategy as _, ValueTree as _},
    test_runner::TestRunner,
};
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, Set};
use tongban_access::{Action, Actor, Policies, ReachColumns, Role, Thing};
use tongban_codes::RegionCode;
use tongban_store::StoreError;
use tongban_testkit::{Kit, MigrationTrait};
use uuid::Uuid;

use crate::{
    builders::{REGIONS, actor},
    overlay::folder,
};

mod thing {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "things")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: i32,
        pub owner: Option<Uuid>,
        pub organisation: Uuid,
        pub region: String,
        pub item: Option<Uuid>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

mod m0001_things {
    use sea_orm_migration::{prelude::*, schema::*};

    #[derive(DeriveMigrationName)]
    pub struct Migration;

    #[async_trait::async_trait]
    impl MigrationTrait for Migration {
        async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
            let table = Table::create()
                .table("things")
                .col(integer("id").primary_key())
                .col(uuid_null("owner"))
                .col(uuid("organisation"))
                .col(string("region"))
                .col(uuid_null("item"))
                .to_owned();
            manager.create_table(table).await
        }
    }
}

fn migrations() -> Vec<Box<dyn MigrationTrait>> {
    tongban_store::migrations()
        .into_iter()
        .chain([Box::new(m0001_things::Migration) as Box<dyn MigrationTrait>])
        .collect()
}

const COLUMNS: ReachColumns<thing::Column> = ReachColumns {
    owner: Some(thing::Column::Owner),
    organisation: Some(thing::Column::Organisation),
    region: Some(thing::Column::Region),
    item: Some(thing::Column::Item),
};

/// Every owner, office, region and matter that the builders know, some more of none.
fn rows() -> Vec<thing::Model> {
    let some = |number: u128| (number > 0).then(|| Uuid::from_u128(number));
    let mut rows = Vec::new();
    for owner in 0..4 {
        for organisation in 1..4 {
            for region in REGIONS {
                // not every matter for each, but each with every one
                let item = (owner + organisation + rows.len() as u128) % 4;
                rows.push(thing::Model {
                    id: i32::try_from(rows.len()).unwrap(),
                    owner: some(owner),
                    organisation: Uuid::from_u128(organisation),
                    region: region.to_owned(),
                    item: some(item),
                });
            }
        }
    }
    rows
}

fn thing_of(row: &thing::Model) -> Thing {
    Thing {
        item: row.item,
        ..Thing::at(row.organisation, RegionCode::parse(&row.region).unwrap())
    }
    .owned_by(row.owner)
}

/// Compares the list with the decisions, for many actors and every action; gives back how many rows were shown in all.
async fn compare(kit: &Kit, policies: &Policies, actors: &[Actor]) -> usize {
    let rows = rows();
    let mut shown = 0;
    for actor in actors {
        for action in Action::ALL {
            // drafts at a window and entries of the directory are no lists
            let own_drafts = actor.role() == Some(Role::Clerk) && *action == Action::CaseApply;
            if own_drafts || *action == Action::ResourceRead {
                continue;
            }
            let reach = policies.reach(actor, *action);
            let listed: BTreeSet<i32> = thing::Entity::find()
                .filter(reach.condition(&COLUMNS))
                .all(kit.store.reader())
                .await
                .unwrap()
                .into_iter()
                .map(|row| row.id)
                .collect();
            let looking = actor.clone().proven(true);
            let opened: BTreeSet<i32> = rows
                .iter()
                .filter(|row| policies.permit(&looking, *action, &thing_of(row)).is_ok())
                .map(|row| row.id)
                .collect();
            assert_eq!(listed, opened, "{actor:?} {action:?} {reach:?}");
            shown += listed.len();
        }
    }
    shown
}

async fn fill(kit: &Kit) {
    kit.store
        .write(Actor::System.signer(), |tx| async move {
            let rows = rows().into_iter().map(|row| thing::ActiveModel {
                id: Set(row.id),
                owner: Set(row.owner),
                organisation: Set(row.organisation),
                region: Set(row.region),
                item: Set(row.item),
            });
            thing::Entity::insert_many(rows)
                .exec_without_returning(tx.connection())
                .await?;
            Ok::<_, StoreError>(())
        })
        .await
        .unwrap();
}

fn actors(count: usize) -> Vec<Actor> {
    let mut runner = TestRunner::deterministic();
    (0..count)
        .map(|_| actor().new_tree(&mut runner).unwrap().current())
        .collect()
}

tongban_testkit::both! { migrations,
    async fn lists_show_in_sql_what_pages_open(kit: Kit) {
        fill(&kit).await;
        let shown = compare(&kit, &Policies::read(None).unwrap(), &actors(64)).await;
        // the test sees something
        assert!(shown > 1_000, "{shown}");
        let item = thing::Entity::find().filter(thing::Column::Item.is_null());
        assert!(!item.all(kit.store.reader()).await.unwrap().is_empty());
    }
}

tongban_testkit::both! { migrations,
    async fn and_with_what_a_locality_adds(kit: Kit) {
        fill(&kit).await;
        let id = |number| Uuid::from_u128(number);
        let forbid = |name: &str, rest: &str| format!("@id(\"{name}\") @zh(\"甲\") forbid ({rest};\n");
        let cases = [
            forbid("region", "principal in Role::\"clerk\", action, resource in Region::\"519901000000\")"),
            forbid("item", &format!("principal is Staff, action == Action::\"case.view\", resource in Item::\"{}\")", id(1))),
            forbid("office", &format!("principal is Party, action == Action::\"case.apply\", resource in Organisation::\"{}\")", id(2))),
            forbid("level", "principal is Party, action == Action::\"case.view\", resource) when { principal.level < 2 }"),
            forbid("one", &format!("principal == Party::\"{}\", action == Action::\"case.withdraw\", resource)", id(3))),
        ];
        let licences = forbid("office", &format!("principal, action == Action::\"licence.view\", resource in Organisation::\"{}\")", id(1)));
        let roles = "who,action,reach\nclerk,rating.supervise,region\nsupervisor,case.accept,region\n";
        let folder = folder(&[("case.cedar", &cases.concat()), ("licence.cedar", &licences), ("roles.csv", roles)]);
        let policies = Policies::read(Some(folder.path())).unwrap();
        assert_eq!(policies.added(), (6, 2));
        let actors = actors(64);
        let less = compare(&kit, &policies, &actors).await;
        assert!(less > 500, "{less}");
    }
}
