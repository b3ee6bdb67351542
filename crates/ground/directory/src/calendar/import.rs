//! Imports working days.
//!
//! Two forms, which one file may mix. *Every day*: `date`, `is_workday` (`1`, `0`, `是`, `否`), `name`. *Exceptions only*, as the yearly
//! notice prints them: `date`, `kind` (`holiday`, `makeup_workday`), `name`; a row `2026,year,complete` then says that all other days of
//! 2026 are as the week has them. Without that row the year stays unknown, which is a warning and not an error: nothing
//! counts over it until it is whole.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use chrono::{Datelike, Days, NaiveDate, Weekday};
use tongban_access::Actor;
use tongban_store::Store;

use super::{CalendarChanged, query};
use crate::{
    Error,
    import::{
        Cells, Finding, ImportOptions, ImportReport, Judgement, ListKind, RowFate, Source, SourceRow, Stage,
        stage_rows,
    },
};

/// The list as an upload is looked over for it.
pub const CALENDAR: ListKind = ListKind {
    kind: "calendar",
    needs: &[&[DATE], &[WORKDAY, KIND]],
};

const DATE: &[&str] = &["date", "日期"];
const WORKDAY: &[&str] = &["is_workday", "workday", "是否工作日"];
const KIND: &[&str] = &["kind", "类型"];
const NAME: &[&str] = &["name", "名称", "节日"];

/// One day of the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Day {
    pub(super) workday: bool,
    pub(super) name: Option<String>,
}

/// What a row says.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Said {
    Day(NaiveDate, Day),
    YearComplete(i32),
}

/// Imports working days. What is there is overwritten; nothing is deleted. Tells [`CalendarChanged`] when a day changed.
pub async fn import_calendar(
    store: &Store,
    actor: &Actor,
    source: &Source,
    options: &ImportOptions<'_>,
) -> Result<ImportReport, Error> {
    let list = Arc::new(List::of(source));
    stage_rows(
        store,
        actor,
        CALENDAR.kind,
        source,
        options,
        BTreeSet::new(),
        move |stage, rows, seen| {
            let list = Arc::clone(&list);
            async move { judge_stage(&stage, &rows, &list, seen).await }
        },
    )
    .await
}

/// What the whole file says, read before the first row is judged: a year marker may stand before its days.
#[derive(Debug, Default)]
struct List {
    days: BTreeMap<NaiveDate, Day>,
    complete: BTreeSet<i32>,
    /// The last row that names a day of the year: there the warning about a missing year stands.
    last_line: BTreeMap<i32, u64>,
}

impl List {
    fn of(source: &Source) -> Self {
        let mut list = Self::default();
        for row in &source.rows {
            match row.cells.as_ref().map(read) {
                Ok(Ok(Said::Day(date, day))) => {
                    list.last_line.insert(date.year(), row.line);
                    list.days.entry(date).or_insert(day);
                }
                Ok(Ok(Said::YearComplete(year))) => {
                    list.complete.insert(year);
                }
                Ok(Err(_)) | Err(_) => {}
            }
        }
        list
    }
}

/// `seen`: days that an earlier row of the file has named.
async fn judge_stage(
    stage: &Stage,
    rows: &[SourceRow],
    list: &List,
    mut seen: BTreeSet<NaiveDate>,
) -> Result<(Vec<RowFate>, BTreeSet<NaiveDate>), Error> {
    let read: Vec<_> = rows
        .iter()
        .map(|row| (row, row.cells.as_ref().map_err(Clone::clone).and_then(read)))
        .collect();
    let mut known = BTreeMap::new();
    for year in read
        .iter()
        .filter_map(|(_, read)| read.as_ref().ok())
        .map(Said::year)
        .collect::<BTreeSet<_>>()
    {
        if let Some((first, last)) = bounds(year) {
            known.extend(query::staged(stage, first, last).await?);
        }
    }
    let mut fates = Vec::with_capacity(rows.len());
    let mut writes = Vec::new();
    for (row, read) in read {
        let key = row.key(DATE);
        let mut judgement = Judgement::default();
        let mut keep = |date: NaiveDate, day: Day| {
            let changed = known.get(&date) != Some(&day);
            if changed {
                known.insert(date, day.clone());
                writes.push((date, day));
            }
            changed
        };
        let changed = match read {
            Err(reason) => {
                judgement.refuse(reason);
                false
            }
            Ok(Said::YearComplete(year)) => {
                let mut changed = false;
                for date in days_of(year).filter(|date| !list.days.contains_key(date)) {
                    changed |= keep(
                        date,
                        Day {
                            workday: !is_weekend(date),
                            name: None,
                        },
                    );
                }
                changed
            }
            Ok(Said::Day(date, day)) if !seen.insert(date) => {
                if list.days.get(&date) != Some(&day) {
                    judgement.refuse(
                        Finding::new(
                            "calendar.contradiction",
                            "date",
                            "an earlier row says something else about this day",
                        )
                        .with("date", date.to_string()),
                    );
                }
                false
            }
            Ok(Said::Day(date, day)) => keep(date, day),
        };
        if let Some(year) = list
            .last_line
            .iter()
            .find(|(_, line)| **line == row.line)
            .map(|(year, _)| *year)
            && !list.complete.contains(&year)
            && days_of(year).any(|date| !list.days.contains_key(&date) && !known.contains_key(&date))
        {
            judgement.warn(
                Finding::new(
                    "calendar.year_incomplete",
                    "date",
                    "days of the year are missing: it is not known until they are there",
                )
                .with("year", year.to_string()),
            );
        }
        fates.push(judgement.fate(row.line, key, changed));
    }
    if let Some(tx) = stage.tx() {
        query::save(tx, &writes).await?;
        let years: BTreeSet<i32> = writes.iter().map(|(date, _)| date.year()).collect();
        if !years.is_empty() {
            tx.emit(&CalendarChanged {
                years: years.into_iter().collect(),
            })
            .await?;
        }
    }
    Ok((fates, seen))
}

impl Said {
    fn year(&self) -> i32 {
        match self {
            Self::Day(date, _) => date.year(),
            Self::YearComplete(year) => *year,
        }
    }
}

fn read(cells: &Cells) -> Result<Said, Finding> {
    let date = cells
        .text(DATE)
        .ok_or_else(|| Finding::missing("calendar.date_missing", "date"))?;
    let kind = cells.text(KIND);
    let name = cells.text(NAME);
    if kind.as_deref() == Some("year") {
        return match (date.parse::<i32>(), name.as_deref()) {
            (Ok(year), Some("complete")) if (1949..=2200).contains(&year) => Ok(Said::YearComplete(year)),
            _ => Err(Finding::new(
                "calendar.year_marker",
                "kind",
                "a marker of a whole year is written YEAR,year,complete",
            )),
        };
    }
    let date = parse_date(&date).ok_or_else(|| {
        Finding::new("calendar.date", "date", "the date is not written like 2026-10-01").with("given", date)
    })?;
    let by_kind = match kind.as_deref() {
        None => None,
        Some("holiday" | "weekend" | "休" | "节假日" | "周末") => Some(false),
        Some("makeup_workday" | "workday" | "班" | "调休上班" | "工作日") => Some(true),
        Some(other) => {
            return Err(
                Finding::new("calendar.kind", "kind", "the kind of the day is not known")
                    .with("given", other),
            );
        }
    };
    let by_flag = match cells.text(WORKDAY).as_deref() {
        None => None,
        Some("1" | "true" | "是") => Some(true),
        Some("0" | "false" | "否") => Some(false),
        Some(other) => {
            return Err(
                Finding::new("calendar.flag", "is_workday", "the flag is neither 1 nor 0")
                    .with("given", other),
            );
        }
    };
    let workday = match (by_flag, by_kind) {
        (Some(flag), Some(kind)) if flag != kind => {
            return Err(Finding::new(
                "calendar.contradiction",
                "kind",
                "kind and flag of the day contradict each other",
            )
            .with("date", date.to_string()));
        }
        (Some(workday), _) | (None, Some(workday)) => workday,
        (None, None) => return Err(Finding::missing("calendar.kind_missing", "kind")),
    };
    Ok(Said::Day(date, Day { workday, name }))
}

/// `2026-10-01`, `2026/10/1`, `2026年10月1日`, `20261001`, and the serial number that an office program keeps for a day: `46296`.
fn parse_date(text: &str) -> Option<NaiveDate> {
    if let Some(serial) = text.parse::<u64>().ok().filter(|_| text.len() == 5) {
        // day 1 is 1 January 1900, and the programs believe in a 29 February of that year
        return NaiveDate::from_ymd_opt(1899, 12, 30)?.checked_add_days(Days::new(serial));
    }
    ["%Y-%m-%d", "%Y/%m/%d", "%Y年%m月%d日", "%Y%m%d"]
        .iter()
        .find_map(|form| NaiveDate::parse_from_str(text, form).ok())
}

fn bounds(year: i32) -> Option<(NaiveDate, NaiveDate)> {
    Some((
        NaiveDate::from_ymd_opt(year, 1, 1)?,
        NaiveDate::from_ymd_opt(year, 12, 31)?,
    ))
}

fn days_of(year: i32) -> impl Iterator<Item = NaiveDate> {
    let first = NaiveDate::from_ymd_opt(year, 1, 1).unwrap_or(NaiveDate::MAX);
    first.iter_days().take_while(move |date| date.year() == year)
}

fn is_weekend(date: NaiveDate) -> bool {
    matches!(date.weekday(), Weekday::Sat | Weekday::Sun)
}
