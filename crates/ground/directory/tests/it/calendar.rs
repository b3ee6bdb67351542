use std::sync::{Arc, Mutex};

use chrono::NaiveDate;
use tongban_access::Role;
use tongban_directory::{
    CalendarChanged, Error, builtin_calendar, calendar, calendar_from, import::*, import_calendar,
};
use tongban_store::{Message, Worker};
use tongban_testkit::{both, real_data};

use crate::{migrations, operator, source, staff};

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

both! { migrations, async fn the_built_in_years_are_whole(kit: Kit) {
    let list = builtin_calendar().unwrap();
    let first = import_calendar(&kit.store, &operator(), &list, &ImportOptions::silent()).await.unwrap();
    assert_eq!((first.warned, first.refused, first.changed), (0, 0, first.rows));
    let days = calendar(&kit.store).await.unwrap();
    assert_eq!(days.years().collect::<Vec<_>>(), [2025, 2026]);
    for (date, works) in [("2026-10-10", true), ("2026-10-07", false), ("2026-10-08", true), ("2026-09-25", false), ("2026-11-21", false)] {
        assert_eq!(days.is_workday(day(date)).unwrap(), works, "{date}");
    }
    // From 30 September on: 8 October is the first working day after it.
    assert_eq!(days.add_workdays(day("2026-09-30"), 1).unwrap(), day("2026-10-08"));
    let again = import_calendar(&kit.store, &operator(), &list, &ImportOptions::silent()).await.unwrap();
    assert_eq!(again.changed, 0);
    assert_eq!(calendar_from(&kit.store, 2026).await.unwrap().years().collect::<Vec<_>>(), [2026]);
} }

both! { migrations, async fn a_year_counts_as_known_when_it_is_whole(kit: Kit) {
    let part = source("c.csv", "date,kind,name\n2027-01-01,holiday,元旦\n2027-01-02,holiday,元旦\n");
    let first = import_calendar(&kit.store, &operator(), &part, &ImportOptions::silent()).await.unwrap();
    assert_eq!(first.summary_line(), "rows 2 accepted 1 warned 1 refused 0 changed 2");
    assert_eq!(first.fates[1].findings()[0].code, "calendar.year_incomplete");
    assert!(!calendar(&kit.store).await.unwrap().knows(2027));
    // The marker alone fills what is missing; the exceptions of the file before would be taken back, so a notice is given whole.
    let whole = source("c.csv", "date,kind,name\n2027,year,complete\n2027-01-01,holiday,元旦\n2027-01-03,makeup_workday,元旦\n");
    import_calendar(&kit.store, &operator(), &whole, &ImportOptions::silent()).await.unwrap();
    let days = calendar(&kit.store).await.unwrap();
    assert!(days.knows(2027));
    assert!(days.is_workday(day("2027-01-03")).unwrap());
    assert!(!days.is_workday(day("2027-01-02")).unwrap(), "a Saturday");
} }

both! { migrations, async fn refuses_bad_rows_with_reasons(kit: Kit) {
    let list = source("c.csv", "date,is_workday,kind,name\n2026-13-01,1,,\n2026-10-01,0,makeup_workday,国庆节\n2026-10-02,,,\n2026-10-03,0,,国庆节\n2026/10/3,1,,\n2026-10-05,maybe,,\n2026,,year,almost\n");
    let report = import_calendar(&kit.store, &operator(), &list, &ImportOptions::dry()).await.unwrap();
    let said: Vec<&str> = report.fates.iter().map(|fate| fate.findings().first().map_or("", |finding| &finding.code)).collect();
    assert_eq!(said, [
        "calendar.date", "calendar.contradiction", "calendar.kind_missing", "", "calendar.contradiction", "calendar.flag", "calendar.year_marker",
    ]);
} }

both! { migrations, async fn tells_who_listens_which_years_changed(kit: Kit) {
    let heard = Arc::new(Mutex::new(Vec::new()));
    let ear = Arc::clone(&heard);
    let worker = Worker::new(kit.store.clone()).subscribe("test", move |_store, message: Message<CalendarChanged>| {
        ear.lock().unwrap().push(message.body.years);
        async { Ok(()) }
    });
    let list = builtin_calendar().unwrap();
    for _ in 0..2 {
        import_calendar(&kit.store, &operator(), &list, &ImportOptions::silent()).await.unwrap();
        worker.drain().await.unwrap();
    }
    assert_eq!(*heard.lock().unwrap(), [vec![2025, 2026]]);
} }

both! { migrations, async fn only_operators_import(kit: Kit) {
    let list = builtin_calendar().unwrap();
    let refused = import_calendar(&kit.store, &staff(Role::Supervisor), &list, &ImportOptions::silent()).await;
    assert!(matches!(refused, Err(Error::Denied(_))));
} }

both! { migrations, async fn real_days_agree_with_the_built_in_ones(kit: Kit) {
    let Some(path) = real_data("directory::real_days", "calendar/cn_days_2023_2026.csv") else { return };
    let list = Source::read(&path).unwrap();
    let first = import_calendar(&kit.store, &operator(), &list, &ImportOptions::silent()).await.unwrap();
    assert_eq!(first.summary_line(), "rows 1461 accepted 1461 warned 0 refused 0 changed 1461");
    assert_eq!(calendar(&kit.store).await.unwrap().years().collect::<Vec<_>>(), [2023, 2024, 2025, 2026]);
    let own = import_calendar(&kit.store, &operator(), &builtin_calendar().unwrap(), &ImportOptions::dry()).await.unwrap();
    assert_eq!(own.changed, 0);
} }
