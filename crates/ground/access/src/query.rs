//! Reach in SQL.

use sea_orm::{
    ColumnTrait, Condition,
    sea_query::{Expr, ExprTrait},
};

use crate::{Place, Reach, Scope};

/// Where a table keeps what reach speaks of. What it does not keep, it cannot be asked for: a scope or a forbidden place that needs it
/// shows nothing.
#[derive(Debug, Clone, Copy)]
pub struct ReachColumns<C> {
    /// The account that a row belongs to.
    pub owner: Option<C>,
    pub organisation: Option<C>,
    /// Twelve digits.
    pub region: Option<C>,
    /// The item that all versions of a matter share.
    pub item: Option<C>,
}

impl<C> Default for ReachColumns<C> {
    fn default() -> Self {
        Self {
            owner: None,
            organisation: None,
            region: None,
            item: None,
        }
    }
}

fn nothing() -> Condition {
    Condition::all().add(Expr::value(1).eq(0))
}

fn on<C>(column: Option<C>, is: impl FnOnce(C) -> sea_orm::sea_query::SimpleExpr) -> Condition {
    column.map_or_else(nothing, |column| Condition::all().add(is(column)))
}

/// Rows that lie nowhere lie in no forbidden place either.
fn outside<C: ColumnTrait>(
    column: Option<C>,
    inside: impl FnOnce(C) -> sea_orm::sea_query::SimpleExpr,
) -> Condition {
    column.map_or_else(nothing, |column| {
        Condition::any()
            .add(column.is_null())
            .add(Condition::all().add(inside(column)).not())
    })
}

impl Reach {
    /// The filter of a list.
    pub fn condition<C: ColumnTrait>(&self, columns: &ReachColumns<C>) -> Condition {
        let within = match &self.scope {
            Scope::Nothing => nothing(),
            Scope::Everything => Condition::all(),
            Scope::Own(account) => on(columns.owner, |column| column.eq(*account)),
            Scope::OwnWithin(account, scope) => {
                let about = Condition::any()
                    .add(on(columns.item, |column| {
                        column.is_in(scope.items.iter().copied())
                    }))
                    .add(on(columns.organisation, |column| {
                        column.is_in(scope.organisations.iter().copied())
                    }));
                on(columns.owner, |column| column.eq(*account)).add(about)
            }
            Scope::Organisation(organisation) => on(columns.organisation, |column| column.eq(*organisation)),
            Scope::Region(region) => on(columns.region, |column| column.starts_with(region.prefix())),
        };
        self.except.iter().fold(within, |within, place| {
            within.add(match place {
                Place::Region(region) => {
                    outside(columns.region, |column| column.starts_with(region.prefix()))
                }
                Place::Organisation(organisation) => {
                    outside(columns.organisation, |column| column.eq(*organisation))
                }
                Place::Item(item) => outside(columns.item, |column| column.eq(*item)),
                // no list is one of entries that are read
                Place::Resource(_) => Condition::all(),
            })
        })
    }
}
