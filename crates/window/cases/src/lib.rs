//! 办件: one application from its first field to the result in somebody's hand.
//!
//! - `case` rows, views and lists of one case; its states and moves are those of the room `procedure`
//! - `draft` starting, filling with what the government already holds, handing in, throwing away
//! - `acceptance` accept, tell once what is missing, not accept
//! - `decision` steps, decision, handing over, taking back
//! - `clock` the legal limits of a case, started, read, counted again
//! - `special` 特别程序: what stops or extends the clock of the decision
//! - `filed` what was filed before a supplement
//! - `renewal` 延续: naming the licence, prolonging it, silence until its last day
//! - `document` 文书, numbered and dated
//! - `work`, `progress` lists of offices and persons; where a case stands, without signing in; the link of a case
//! - `demand` how often matters are filed
//! - `jobs` what happens when a limit passes, and when the calendar changes
//! - `purpose` the door through which the exchange asks what a case may read

mod acceptance;
mod case;
mod clock;
mod decision;
mod demand;
mod document;
mod draft;
mod error;
pub mod events;
mod filed;
mod jobs;
mod migrations;
mod progress;
mod purpose;
mod renewal;
mod sealed;
mod special;
mod work;

pub use acceptance::{
    accept::{Accept, accept},
    answer_supplement::{AnswerSupplement, answer_supplement},
    ask_supplement::{AskSupplement, ask_supplement},
    attend::{Attend, attend},
    not_accept::{NotAccept, not_accept},
    serve_notice::{ServeNotice, notice_to_serve, serve_notice},
};
pub use case::{
    domain::{Channel, Delivery, Origin, OriginKind},
    history::HISTORY_KINDS,
    query::{
        CaseFile, CaseStanding, CaseSummary, case_standing, case_summary, case_summary_in, case_view,
        document_of, file_of, thing_of_number,
    },
    record_view::record_view,
    reveal::{RevealCause, RevealNumber, RevealedNumber, reveal_number},
    view::{
        CaseAgent, CaseLine, CaseView, DocumentView, FactView, FiledBefore, HistoryView, MaterialView,
        Progress,
    },
};
pub use clock::query::{clock_runs_in, clocks_of, stands_still_in};
pub use decision::{
    complete_step::{CompleteStep, action_of_step, complete_step, steps_before_decision},
    decide::{Decide, Decided, decide},
    deliver::{Deliver, deliver},
    withdraw::{Withdraw, withdraw},
    withdraw_at_window::{WithdrawAtWindow, withdraw_at_window},
};
pub use demand::query::filed_since;
pub use document::print::{DocumentPrinting, print_document};
pub use draft::{
    attach::{Attach, attach, detach, takes},
    deferred::still_to_follow,
    discard::{DiscardDraft, discard_draft},
    fill::{Consent, Fill, PURPOSE, fetch, fill_draft, record_consent},
    query::{RestingDraft, resting_draft_in},
    save::{SaveDraft, save_draft},
    start::{Applicant, StartDraft, Started, start_draft},
    submit::{Submit, Submitted, submit},
};
pub use error::{Error, Refusal};
pub use jobs::wire;
pub use migrations::migrations;
pub use progress::query::{
    applicants_case_of_link, applicants_case_of_number, case_of_link, progress_by_code, progress_by_number,
    progress_code, progress_code_in,
};
pub use purpose::CasePurpose;
pub use renewal::query::renewable_licences;
pub use sealed::SEALED_COLUMNS;
pub use special::{
    end::{EndSpecial, end_special},
    extend::{Extend, extend},
    start::{StartSpecial, start_special},
};
pub use work::query::{
    WorkCounts, WorkFilter, WorkTotals, case_of_number, my_cases, window_drafts, work_counts, work_list,
    work_totals,
};
