//! The codes, numbers, dates and clocks of Chinese government services: pure values, no input or output.
//!
//! Every type here is *valid once it exists*: it is made by `parse` (strict), by `parse_lenient` (what a
//! person types: spaces, full-width characters, lower case) or by a `generate`/`build` function that
//! computes the check character. A refusal is a [`CodeError`], which carries a stable code such as
//! `citizen.check_digit` and never repeats the value that was refused.
//!
//! | module | what | rule |
//! |---|---|---|
//! | [`citizen`] | citizen number, residence permits 81/82/83, permanent-resident card of 2023 | GB 11643, MOD 11-2 |
//! | [`uscc`] | unified social credit code | GB 32100, MOD 31 |
//! | [`organisation`] | organisation code | GB 11714, MOD 11 |
//! | [`region`] | 12-digit region at five levels | GB/T 2260, GB/T 10114 |
//! | [`item`] | item codes of several families, item types | C0109 / GB/T 39554, GB/T 39046, Sichuan |
//! | [`licence`] | electronic licence type code and identifier | GB/T 36904, MOD 37,36 |
//! | [`case_number`] | our own case number | ISO 7064 MOD 11,10 |
//! | [`money`] | money in fen | – |
//! | [`phone`] | mainland mobile number | – |
//! | [`calendar`] | table of working days, adding and counting them | 全国年节及纪念日放假办法, yearly notices |
//! | [`clock`] | legal limits with stop intervals, and why a date is what it is | 行政许可法 82, 民法典 201–203 |
//! | [`civil`] | civil time of the region (UTC+8) | – |

mod error;
mod text;

pub mod calendar;
pub mod case_number;
pub mod check_digit;
pub mod citizen;
pub mod civil;
pub mod clock;
pub mod item;
pub mod licence;
pub mod money;
pub mod organisation;
pub mod phone;
pub mod region;
pub mod uscc;

pub use calendar::{CalendarDay, CalendarError, DayKind, WorkCalendar};
pub use case_number::CaseNumber;
pub use citizen::{CitizenNumber, CitizenNumberKind, Sex};
pub use clock::{Due, Explanation, LegalClock, Light, LightRule, LimitUnit, Step, StopInterval};
pub use error::CodeError;
pub use item::{Finding, FindingLevel, ItemCode, ItemCodeFamily, ItemForm, ItemType};
pub use licence::{LicenceIdentifier, LicenceTypeCode};
pub use money::Fen;
pub use organisation::OrganisationCode;
pub use phone::Phone;
pub use region::{RegionCode, RegionLevel};
pub use uscc::Uscc;
