//! In the department: the steps, the decision, the handing over; and the applicant's taking back.

pub(crate) mod complete_step;
pub(crate) mod decide;
pub(crate) mod deliver;
pub(crate) mod withdraw;
pub(crate) mod withdraw_at_window;
