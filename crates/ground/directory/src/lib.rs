//! What every wing needs to know about the state: its regions, its organisations, its working days.
//!
//! - `region`, `organisation`, `calendar` the three directories: values, reads, and how they are imported
//! - [`import`] the machinery of all imports: reading CSV, JSONL and XLSX, judging row by row, writing in stages, keeping the
//!   report. Later rooms import their own lists through it.

mod calendar;
mod error;
pub mod import;
mod jobs;
mod migrations;
mod organisation;
mod region;
mod row;

pub use calendar::{
    CalendarChanged, builtin_calendar, calendar, calendar_from,
    import::{CALENDAR, import_calendar},
};
pub use error::{Error, Refusal};
pub use jobs::wire;
pub use migrations::migrations;
pub use organisation::{
    domain::{Organisation, normal_code},
    ensure::{NewOrganisation, ensure_organisation},
    import::{ORGANISATIONS, import_organisations},
    query::{
        find_organisation_by_name, find_organisations, organisation, organisation_by_code, organisations,
        organisations_of, staged as staged_organisations,
    },
};
pub use region::{
    domain::{Region, RegionFilter},
    ensure::ensure_region,
    import::{REGIONS, import_regions},
    query::{children, find_regions, region, region_path, regions, staged as staged_regions},
};
