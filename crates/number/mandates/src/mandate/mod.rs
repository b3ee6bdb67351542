//! Mandates: given, answered, ended.

mod answer;
pub(crate) mod domain;
pub(crate) mod end;
pub(crate) mod give;
pub(crate) mod query;
pub(crate) mod row;
mod window;

pub use answer::answer_mandate;
pub use domain::{MandateRules, Named, Scope, Side, Standing};
pub use end::{end_at_window, end_mandate};
pub use give::{GiveMandate, give_mandate};
pub use query::{
    InForce, MandateNotice, MandateView, agency_stands_in, given_mandates, mandate, mandate_in_force,
    mandate_notice_in, mandate_stands_in, mandates_in_force, mandates_of, received_mandates,
    waiting_mandates,
};
pub use window::{RecordAtWindow, record_at_window};
