//! Lists of cases: a person's own, the work of an office. Every list carries its scope.

use chrono::NaiveDate;
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Select,
    sea_query::NullOrdering,
};
use tongban_access::{Action, Actor, Reach, ReachColumns, Scope};
use tongban_codes::{Light, WorkCalendar, civil::beijing_date};
use tongban_procedure::{CaseClock, State};
use tongban_store::{Page, PageRequest, Store, StoreError};
use uuid::Uuid;

use crate::{
    case::{
        domain::Channel,
        query::{corrupt, party_kind},
        row::{case, material},
        view::CaseLine,
    },
    clock::query::running_of,
    error::Error,
};

const REACH: ReachColumns<case::Column> = ReachColumns {
    owner: Some(case::Column::Account),
    organisation: Some(case::Column::Organisation),
    region: Some(case::Column::Region),
    item: Some(case::Column::Item),
};

/// Applies a reach to a list of cases. Drafts belong to who fills them and to nobody else.
fn within(query: Select<case::Entity>, reach: &Reach) -> Select<case::Entity> {
    let query = query.filter(reach.condition(&REACH));
    match reach.scope() {
        Scope::Own(_) | Scope::OwnWithin(..) => query,
        _ => query.filter(case::Column::State.ne(State::Draft.as_str())),
    }
}

fn line(
    row: case::Model,
    clock: Option<&CaseClock>,
    calendar: &WorkCalendar,
    today: NaiveDate,
) -> Result<CaseLine, StoreError> {
    let reading = clock.map(|clock| clock.reading(calendar, today));
    Ok(CaseLine {
        id: row.id,
        state: State::from_word(&row.state).ok_or_else(|| corrupt("state"))?,
        item: row.item,
        applicant: party_kind(&row)?.shown_name(&row.applicant_name),
        channel: Channel::from_word(&row.channel).ok_or_else(|| corrupt("channel"))?,
        number: row.number,
        item_name: row.item_name,
        organisation_name: row.organisation_name,
        touched_at: row.touched_at,
        submitted_at: row.submitted_at,
        due_on: row.due_on,
        due_earliest: row.due_earliest,
        light: reading.as_ref().map(|reading| reading.light),
        remaining: clock.and_then(|clock| clock.clock.remaining(calendar, today).ok()),
        stopped_since: reading.and_then(|reading| reading.stopped_since),
        shared: 0,
        uploaded: 0,
    })
}

/// How many materials of these cases came by themselves, and how many as files: one statement for a whole page.
async fn count_materials(store: &Store, lines: &mut [CaseLine]) -> Result<(), StoreError> {
    let found: Vec<(Uuid, Option<i64>)> = material::Entity::find()
        .select_only()
        .column(material::Column::CaseId)
        .column(material::Column::Size)
        .filter(material::Column::CaseId.is_in(lines.iter().map(|line| line.id)))
        .filter(material::Column::SupersededAt.is_null())
        .into_tuple()
        .all(store.reader())
        .await?;
    for (case, size) in found {
        if let Some(line) = lines.iter_mut().find(|line| line.id == case) {
            // Only what was handed in is a file with a size.
            if size.is_some() {
                line.uploaded += 1
            } else {
                line.shared += 1
            }
        }
    }
    Ok(())
}

/// Lists up to this length say how many materials a case has; longer ones are only counted themselves.
const MOST_COUNTED: usize = 200;

async fn lines(
    store: &Store,
    rows: Vec<case::Model>,
    calendar: &WorkCalendar,
) -> Result<Vec<CaseLine>, StoreError> {
    let today = beijing_date(store.now());
    // Two statements for the clocks of the whole page.
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let running = running_of(store, &ids).await?;
    let mut lines = rows
        .into_iter()
        .map(|row| {
            let clock = running
                .iter()
                .find(|(case, clock)| *case == row.id && clock.is_of_office() && !clock.is_beside());
            line(row, clock.map(|(_, clock)| clock), calendar, today)
        })
        .collect::<Result<Vec<_>, StoreError>>()?;
    if lines.len() <= MOST_COUNTED {
        count_materials(store, &mut lines).await?;
    }
    Ok(lines)
}

/// The cases and drafts of the one who is signed in, the last touched first.
pub async fn my_cases(
    store: &Store,
    actor: &Actor,
    calendar: &WorkCalendar,
    page: PageRequest,
) -> Result<Page<CaseLine>, Error> {
    let query = within(case::Entity::find(), &Reach::of(actor, Action::CaseApply));
    let total = query.clone().count(store.reader()).await?;
    let rows = query
        .order_by_desc(case::Column::TouchedAt)
        .order_by_desc(case::Column::Id)
        .offset(page.offset())
        .limit(page.size)
        .all(store.reader())
        .await?;
    Ok(Page::new(lines(store, rows, calendar).await?, total, page))
}

/// What an office wants to see.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WorkFilter {
    /// Waits for the window.
    ToAccept,
    /// Waits for the department.
    ToDecide,
    /// Decided, waits to be handed over.
    ToDeliver,
    /// Waits for the applicant.
    Supplement,
    /// Everything that is open.
    Open,
    /// Everything that is closed.
    Closed,
}

impl WorkFilter {
    /// The filter of a word in an address.
    pub fn from_word(word: &str) -> Option<Self> {
        Some(match word {
            "accept" => Self::ToAccept,
            "decide" => Self::ToDecide,
            "deliver" => Self::ToDeliver,
            "supplement" => Self::Supplement,
            "open" => Self::Open,
            "closed" => Self::Closed,
            _ => return None,
        })
    }

    fn apply(self, query: Select<case::Entity>) -> Select<case::Entity> {
        let states = |states: &[State]| case::Column::State.is_in(states.iter().map(|state| state.as_str()));
        match self {
            Self::ToAccept => query.filter(states(&[State::Submitted])),
            Self::ToDecide => query.filter(states(&[State::Accepted])),
            Self::ToDeliver => query.filter(
                Condition::all()
                    .add(states(&[State::Granted, State::Refused]))
                    .add(case::Column::DeliveredAt.is_null()),
            ),
            Self::Supplement => query.filter(states(&[State::Supplement])),
            Self::Open => query.filter(states(&[State::Submitted, State::Supplement, State::Accepted])),
            Self::Closed => query.filter(states(&[
                State::Granted,
                State::Refused,
                State::NotAccepted,
                State::Withdrawn,
                State::Lapsed,
            ])),
        }
    }
}

/// The work list of an office: what is due first stands first.
pub async fn work_list(
    store: &Store,
    actor: &Actor,
    filter: WorkFilter,
    calendar: &WorkCalendar,
    page: PageRequest,
) -> Result<Page<CaseLine>, Error> {
    let query = filter.apply(within(case::Entity::find(), &Reach::of(actor, Action::CaseView)));
    let total = query.clone().count(store.reader()).await?;
    let rows = query
        .order_by_with_nulls(case::Column::DueEarliest, sea_orm::Order::Asc, NullOrdering::Last)
        .order_by_asc(case::Column::SubmittedAt)
        .order_by_asc(case::Column::Id)
        .offset(page.offset())
        .limit(page.size)
        .all(store.reader())
        .await?;
    Ok(Page::new(lines(store, rows, calendar).await?, total, page))
}

/// The case with this number, where it is this actor's to see. Blanks between its digits are as good as none.
pub async fn case_of_number(store: &Store, actor: &Actor, number: &str) -> Result<Option<Uuid>, Error> {
    let number: String = number.chars().filter(|one| !one.is_whitespace()).collect();
    let found = within(case::Entity::find(), &Reach::of(actor, Action::CaseView))
        .filter(case::Column::Number.eq(number))
        .one(store.reader())
        .await?;
    Ok(found.map(|case| case.id))
}

/// How many cases stand behind each [`WorkFilter`], for the tabs of the work list.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
pub struct WorkTotals {
    pub accept: u64,
    pub decide: u64,
    pub deliver: u64,
    pub supplement: u64,
    pub open: u64,
    pub closed: u64,
}

/// Counts the cases of an office by filter.
pub async fn work_totals(store: &Store, actor: &Actor) -> Result<WorkTotals, Error> {
    let reach = Reach::of(actor, Action::CaseView);
    let by_state: Vec<(String, i64)> = within(case::Entity::find(), &reach)
        .select_only()
        .column(case::Column::State)
        .column_as(case::Column::Id.count(), "cases")
        .group_by(case::Column::State)
        .into_tuple()
        .all(store.reader())
        .await?;
    let deliver = WorkFilter::ToDeliver
        .apply(within(case::Entity::find(), &reach))
        .count(store.reader())
        .await?;
    let mut totals = WorkTotals {
        deliver,
        ..WorkTotals::default()
    };
    for (word, count) in by_state {
        let count = u64::try_from(count).unwrap_or_default();
        match State::from_word(&word) {
            Some(State::Submitted) => totals.accept = count,
            Some(State::Accepted) => totals.decide = count,
            Some(State::Supplement) => totals.supplement = count,
            Some(state) if state.is_closed() => totals.closed += count,
            Some(_) | None => {}
        }
    }
    totals.open = totals.accept + totals.decide + totals.supplement;
    Ok(totals)
}

/// Drafts that a clerk has begun for people at the window, the last touched first.
pub async fn window_drafts(
    store: &Store,
    actor: &Actor,
    calendar: &WorkCalendar,
    page: PageRequest,
) -> Result<Page<CaseLine>, Error> {
    let Some(clerk) = actor.post().and(actor.account()) else {
        return Ok(Page::new(Vec::new(), 0, page));
    };
    let query = case::Entity::find()
        .filter(case::Column::Clerk.eq(clerk))
        .filter(case::Column::State.eq(State::Draft.as_str()));
    let total = query.clone().count(store.reader()).await?;
    let rows = query
        .order_by_desc(case::Column::TouchedAt)
        .order_by_desc(case::Column::Id)
        .offset(page.offset())
        .limit(page.size)
        .all(store.reader())
        .await?;
    Ok(Page::new(lines(store, rows, calendar).await?, total, page))
}

/// How many open cases stand at which light, for the head of the work list.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
pub struct WorkCounts {
    pub red: u64,
    pub yellow: u64,
    pub green: u64,
    pub no_clock: u64,
}

/// Counts the open cases of an office by light. At most 5,000 are looked at, the most urgent first.
pub async fn work_counts(store: &Store, actor: &Actor, calendar: &WorkCalendar) -> Result<WorkCounts, Error> {
    let rows = WorkFilter::Open
        .apply(within(case::Entity::find(), &Reach::of(actor, Action::CaseView)))
        .order_by_with_nulls(case::Column::DueEarliest, sea_orm::Order::Asc, NullOrdering::Last)
        .limit(5_000)
        .all(store.reader())
        .await?;
    let mut counts = WorkCounts::default();
    for line in lines(store, rows, calendar).await? {
        match line.light {
            Some(Light::Red) => counts.red += 1,
            Some(Light::Yellow) => counts.yellow += 1,
            Some(Light::Green) => counts.green += 1,
            None => counts.no_clock += 1,
        }
    }
    Ok(counts)
}
