//! What happened in the city before today: applications that stand in different places of the legal clock, so that a newcomer
//! finds lights, notices and results at once.
//!
//! Each step is the use case that people use, on the day on which it happened: the store stands on a clock that is moved from act to
//! act. After each act the applicants are told and the log is numbered, so messages and checkpoints bear the days of the acts too.
//! Days are counted back from today in working days, hence the lights are the same on whatever day the city is built.

use std::{collections::BTreeMap, sync::Arc};

use anyhow::Context as _;
use chrono::{DateTime, Datelike as _, NaiveDate, NaiveTime, TimeDelta, Utc, Weekday};
use serde::Deserialize;
use serde_json::{Map, Value};
use tokio::net::TcpListener;
use tongban_access::{Actor, Post, Role};
use tongban_cases::{
    Accept, Applicant, AskSupplement, Attach, CasePurpose, CompleteStep, Consent, Decide, Deliver, Delivery,
    Extend, SaveDraft, StartDraft, StartSpecial, Submit,
};
use tongban_catalogue::{ItemRef, ItemVersion, published};
use tongban_codes::{
    WorkCalendar,
    civil::{beijing_date, day_end, day_start},
};
use tongban_courier::ScreenSink;
use tongban_directory::calendar;
use tongban_exchange::{Exchange, http_client_trusting};
use tongban_identity::{find_party, party};
use tongban_licences::LicenceSource;
use tongban_store::{FixedClock, LogLeader, Store, Worker};
use uuid::Uuid;

use super::{
    Standing,
    departments::{self, Switches},
    matters, people,
    places::{City, Office},
    registers::registers,
};
use crate::settings::Settings;

const CASES: &str = include_str!("city/cases.json");
/// What people of the past have handed in: one page that says that it is invented.
const PAPER: &[u8] = include_bytes!("city/paper.pdf");
/// How long the city has stood before today: longer than the oldest case, over a golden week too.
const STANDS_SINCE: TimeDelta = TimeDelta::days(42);
/// When the work of the night is looked at, after that of the program itself.
const AFTER_MIDNIGHT: TimeDelta = TimeDelta::minutes(10);
/// How long somebody needs for a form.
const FILLING: TimeDelta = TimeDelta::minutes(6);

/// One application and what became of it.
#[derive(Debug, Clone, Deserialize)]
struct Story {
    /// The twelve digits of the basic code.
    matter: String,
    organisation: String,
    applicant: String,
    /// What the applicant types; the rest is filled in by registers and licences.
    values: Map<String, Value>,
    /// File names by the code of the material.
    files: BTreeMap<String, String>,
    #[serde(default)]
    delivery: Delivery,
    address: Option<String>,
    acts: Vec<Step>,
}

/// One act and when it happened.
#[derive(Debug, Clone, Deserialize)]
struct Step {
    /// Working days before today.
    ago: u32,
    /// Time of day in Beijing.
    at: String,
    #[serde(flatten)]
    act: Act,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(tag = "act", rename_all = "snake_case")]
enum Act {
    File,
    Accept,
    AskSupplement { words: String },
    Review { words: String },
    StartSpecial { kind: String, days: u32, words: String },
    Extend { words: String, approval: String },
    Grant,
    HandOver { words: String },
}

/// Runs a use case of the cases in an act of its own.
macro_rules! act {
    ($past:ident, $actor:expr, $use_case:ident, $input:expr) => {{
        let (actor, input) = ($actor.clone(), $input);
        let signer = actor.signer();
        $past
            .store
            .write(signer, move |tx| {
                let (actor, input) = (actor.clone(), input.clone());
                async move { tongban_cases::$use_case(&tx, &actor, input).await }
            })
            .await
    }};
}

/// When the city is founded that is to be found today.
pub fn founded(now: DateTime<Utc>) -> DateTime<Utc> {
    now - STANDS_SINCE
}

/// Lives through the past and leaves the clock at `now`.
pub async fn live(
    store: &Store,
    clock: &FixedClock,
    now: DateTime<Utc>,
    city: &City,
    standing: &Standing,
) -> anyhow::Result<()> {
    let systems = TcpListener::bind("127.0.0.1:0").await?;
    let base = format!("http://{}", systems.local_addr()?);
    let secret = store.random_code();
    let departments = departments::serve(systems, registers()?, Switches::new(), &secret);
    super::register_resources(store, standing, &base, &secret).await?;
    let past = Past {
        store,
        clock,
        city,
        standing,
        calendar: calendar(store).await?,
        exchange: Exchange::new(
            store.clone(),
            Arc::new(CasePurpose::new(store.clone())),
            http_client_trusting(None)?,
        )
        .with_source(Arc::new(LicenceSource::new(store.clone()))),
        worker: worker(store),
        leader: LogLeader::new(store.clone()),
    };
    let lived = past.live(now).await;
    departments.abort();
    lived
}

/// Tells the applicants. Everything else that the events of the past lead to is the work of the city that is served.
fn worker(store: &Store) -> Worker {
    let settings = tongban_engage::Settings {
        public_address: Settings::default().public_address,
    };
    // Nobody reads the short messages of the past any more.
    let worker = tongban_courier::wire(Worker::new(store.clone()), Arc::new(ScreenSink::new()));
    let worker = tongban_cases::wire(worker);
    let worker = tongban_engage::wire(worker, &settings);
    tongban_feedback::wire(worker, &settings)
}

struct Past<'city> {
    store: &'city Store,
    clock: &'city FixedClock,
    city: &'city City,
    standing: &'city Standing,
    calendar: Arc<WorkCalendar>,
    exchange: Exchange,
    worker: Worker,
    leader: LogLeader,
}

impl Past<'_> {
    async fn live(&self, now: DateTime<Utc>) -> anyhow::Result<()> {
        let stories: Vec<Story> = serde_json::from_str(CASES).context("the demo's cases")?;
        let today = beijing_date(now);
        let mut acts = Vec::new();
        for (index, story) in stories.iter().enumerate() {
            for step in &story.acts {
                let time = NaiveTime::parse_from_str(&step.at, "%H:%M")
                    .with_context(|| format!("{} is no time of day", step.at))?;
                let day = workday_ago(&self.calendar, today, step.ago)?;
                acts.push((
                    day_start(day) + time.signed_duration_since(NaiveTime::MIN),
                    index,
                    &step.act,
                ));
            }
        }
        // Stable: acts of one instant keep their order in the list.
        acts.sort_by_key(|(at, ..)| *at);
        let mut cases = BTreeMap::new();
        for (at, index, act) in acts {
            let story = stories.get(index).context("a case of the demo")?;
            self.pass_until(at).await?;
            let matter = self.matter(story).await?;
            let case = match cases.get(&index) {
                Some(case) => *case,
                None => {
                    let case = self.start(story, &matter).await?;
                    cases.insert(index, case);
                    case
                }
            };
            self.perform(story, matter, case, act)
                .await
                .with_context(|| format!("{} of {}", story.matter, story.applicant))?;
            self.worker.drain().await?;
            self.leader.finish().await?;
        }
        self.pass_until(now).await?;
        self.leader.finish().await?;
        Ok(())
    }

    /// Lets the days go by: what falls due on each of them, such as a reminder or the question for a rating, is done on that day.
    async fn pass_until(&self, at: DateTime<Utc>) -> anyhow::Result<()> {
        loop {
            let morning = day_end(beijing_date(self.store.now())) + AFTER_MIDNIGHT;
            if morning >= at {
                break;
            }
            self.clock.set(morning);
            self.worker.drain().await?;
        }
        self.clock.set(at);
        self.worker.drain().await?;
        Ok(())
    }

    fn office(&self, story: &Story) -> anyhow::Result<&Office> {
        self.city.office(&story.organisation)
    }

    async fn matter(&self, story: &Story) -> anyhow::Result<ItemVersion> {
        let code = matters::item_code(self.office(story)?, &story.matter);
        published(self.store, ItemRef::Code(&code), beijing_date(self.store.now()))
            .await?
            .with_context(|| format!("the demo has no matter {}", story.matter))
    }

    /// The applicant opens the form; the registers and the licence library fill it.
    async fn start(&self, story: &Story, matter: &ItemVersion) -> anyhow::Result<Uuid> {
        let applicant = self.applicant(story).await?;
        let account = applicant.account().context("an applicant without account")?;
        let known = party(self.store, account)
            .await?
            .context("an unknown applicant")?;
        let input = StartDraft {
            item: matter.clone(),
            organisation_name: self.office(story)?.name.clone(),
            applicant: Applicant::from(known),
            present: false,
        };
        let case = act!(self, applicant, start_draft, input)?.case;
        let consent = Consent {
            case,
            resources: tongban_catalogue::resources_of(&matter.content),
        };
        tongban_cases::fetch(self.store, &self.exchange, &applicant, matter.clone(), consent).await?;
        self.clock.advance(FILLING);
        Ok(case)
    }

    async fn perform(&self, story: &Story, item: ItemVersion, case: Uuid, act: &Act) -> anyhow::Result<()> {
        let calendar = Arc::clone(&self.calendar);
        let seen = None;
        match act.clone() {
            Act::File => return self.file(story, item, case).await,
            Act::Accept => {
                let input = Accept {
                    case,
                    item,
                    calendar,
                    seen,
                };
                act!(self, self.clerk()?, accept, input)?;
            }
            Act::AskSupplement { words: text } => {
                let input = AskSupplement {
                    case,
                    item,
                    calendar,
                    seen,
                    text,
                };
                act!(self, self.clerk()?, ask_supplement, input)?;
            }
            Act::Review { words: opinion } => {
                let input = CompleteStep {
                    case,
                    item,
                    seen,
                    opinion,
                    officers: vec!["刘敏".to_owned(), "何川".to_owned()],
                };
                act!(self, self.approver(story)?, complete_step, input)?;
            }
            Act::StartSpecial {
                kind,
                days,
                words: reason,
            } => {
                let input = StartSpecial {
                    case,
                    item,
                    calendar,
                    seen,
                    kind,
                    reason,
                    days,
                };
                act!(self, self.approver(story)?, start_special, input)?;
            }
            Act::Extend {
                words: reason,
                approval,
            } => {
                let input = Extend {
                    case,
                    item,
                    calendar,
                    seen,
                    reason,
                    approval,
                };
                act!(self, self.approver(story)?, extend, input)?;
            }
            Act::Grant => {
                let input = Decide {
                    case,
                    item,
                    calendar,
                    seen,
                    granted: true,
                    reasons: String::new(),
                    issuer_code: self.office(story)?.code.as_str().to_owned(),
                };
                act!(self, self.approver(story)?, decide, input)?;
            }
            Act::HandOver { words: note } => {
                let input = Deliver {
                    case,
                    item,
                    seen,
                    note,
                };
                act!(self, self.clerk()?, deliver, input)?;
            }
        }
        Ok(())
    }

    /// The applicant types the rest, hands in the files and submits.
    async fn file(&self, story: &Story, item: ItemVersion, case: Uuid) -> anyhow::Result<()> {
        let applicant = self.applicant(story).await?;
        let save = SaveDraft {
            case,
            item: item.clone(),
            seen: None,
            values: story.values.clone(),
        };
        act!(self, applicant, save_draft, save)?;
        let blob = self.store.blobs().put(PAPER).await?;
        for (material, file_name) in &story.files {
            let attach = Attach {
                case,
                item: item.clone(),
                material: material.clone(),
                blob: blob.clone(),
                file_name: file_name.clone(),
                media: "application/pdf".to_owned(),
                size: PAPER.len() as u64,
            };
            act!(self, applicant, attach, attach)?;
        }
        let submit = Submit {
            case,
            item,
            calendar: Arc::clone(&self.calendar),
            seen: None,
            delivery: story.delivery,
            delivery_address: story.address.clone(),
            renews: None,
        };
        act!(self, applicant, submit, submit)?;
        Ok(())
    }

    async fn applicant(&self, story: &Story) -> anyhow::Result<Actor> {
        let (kind, number) = people::party_of(&story.applicant)?;
        let account = find_party(self.store, kind, &number)
            .await?
            .with_context(|| format!("{} has no account", story.applicant))?;
        Ok(Actor::party(account, kind))
    }

    fn clerk(&self) -> anyhow::Result<Actor> {
        self.staff(Role::Clerk, self.city.office("政务服务中心")?)
    }

    fn approver(&self, story: &Story) -> anyhow::Result<Actor> {
        self.staff(Role::Approver, self.office(story)?)
    }

    /// Who holds this post, as the demo's list of staff says.
    fn staff(&self, role: Role, office: &Office) -> anyhow::Result<Actor> {
        let holder = self
            .standing
            .accounts
            .iter()
            .find(|account| account.holds(role, &office.name));
        let account = holder
            .with_context(|| format!("{} has no {}", office.name, role.as_str()))?
            .account;
        let post = Post {
            organisation: office.id,
            organisation_name: office.name.clone(),
            region: self.city.region.clone(),
            role,
        };
        Ok(Actor::staff(account, post))
    }
}

/// The working day so many before today. Where the calendar does not know the year, Monday to Friday stand in for it.
fn workday_ago(calendar: &WorkCalendar, today: NaiveDate, ago: u32) -> anyhow::Result<NaiveDate> {
    let (mut date, mut counted) = (today, 0);
    while counted < ago {
        date = date.pred_opt().context("the beginning of time")?;
        let weekday = !matches!(date.weekday(), Weekday::Sat | Weekday::Sun);
        counted += u32::from(calendar.is_workday(date).unwrap_or(weekday));
    }
    Ok(date)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_of_cases_is_readable_and_its_days_go_forward() {
        let stories: Vec<Story> = serde_json::from_str(CASES).unwrap();
        for story in &stories {
            let times: Vec<_> = story
                .acts
                .iter()
                .map(|step| {
                    (
                        std::cmp::Reverse(step.ago),
                        NaiveTime::parse_from_str(&step.at, "%H:%M").unwrap(),
                    )
                })
                .collect();
            assert!(times.is_sorted(), "{} goes back in time", story.matter);
            assert!(
                story.acts.iter().all(|step| step.ago > 0),
                "today belongs to the newcomer"
            );
            assert!(matches!(
                story.acts.first().map(|step| &step.act),
                Some(Act::File)
            ));
        }
    }

    #[test]
    fn working_days_are_counted_back_over_holidays_and_unknown_years() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let year = day("2026-01-01")
            .iter_days()
            .take_while(|date| date.year() == 2026);
        let calendar = WorkCalendar::from_days(year.map(|date| {
            let holiday = (day("2026-10-01")..=day("2026-10-07")).contains(&date);
            let weekday = !matches!(date.weekday(), Weekday::Sat | Weekday::Sun);
            (date, weekday && !holiday, "")
        }))
        .unwrap();
        for (today, ago, expected) in [
            ("2026-11-25", 1, "2026-11-24"),
            ("2026-11-22", 1, "2026-11-20"),
            ("2026-10-09", 2, "2026-09-30"),
            ("2029-03-06", 2, "2029-03-02"),
            ("2026-11-25", 13, "2026-11-06"),
        ] {
            assert_eq!(
                workday_ago(&calendar, day(today), ago).unwrap(),
                day(expected),
                "{today} {ago}"
            );
        }
    }
}
