//! What can be done. One word an action; rooms name these and nothing else.

use serde::Serialize;

macro_rules! actions {
    ($($(#[$doc:meta])* $name:ident = $word:literal),+ $(,)?) => {
        /// What can be done to a [`Thing`](crate::Thing).
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
        pub enum Action { $($(#[$doc])* $name),+ }

        impl Action {
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// The action of a word.
            pub fn from_word(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|action| action.as_str() == word)
            }

            /// The stable word of the action.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => $word),+ }
            }
        }
    };
}

actions! {
    /// Start, fill, and submit one's own application.
    CaseApply = "case.apply",
    /// See one case.
    CaseView = "case.view",
    /// See the whole number of an applicant.
    NumberReveal = "number.reveal",
    /// Withdraw one's own case.
    CaseWithdraw = "case.withdraw",
    /// File for a person who stands at the window.
    CaseFileAtWindow = "case.file_at_window",
    /// Accept, ask for a supplement, or not accept.
    CaseAccept = "case.accept",
    /// Review and decide.
    CaseDecide = "case.decide",
    /// Stop the clock by a special procedure.
    CaseSpecialProcedure = "case.special_procedure",
    /// Hand the result over.
    CaseDeliver = "case.deliver",
    /// See the work of a whole region.
    CaseSupervise = "case.supervise",
    /// See one's own licences.
    LicenceView = "licence.view",
    /// Revoke, reissue.
    LicenceManage = "licence.manage",
    /// See who read the own data.
    DataView = "data.view",
    /// Let somebody act for oneself, or for the firm that one runs.
    MandateGive = "mandate.give",
    /// Read facts through the exchange for a case.
    FactRead = "fact.read",
    /// Read one entry of the directory of resources, for a purpose that is live.
    ResourceRead = "resource.read",
    /// Write items, publish, withdraw.
    ItemManage = "item.manage",
    /// Import directories, calendars, items, licence types.
    ImportRun = "import.run",
    /// Switch the demo's department systems.
    DepartmentSwitch = "department.switch",
    /// Rate one's own case.
    RatingGive = "rating.give",
    /// Answer a follow-up of a bad rating.
    RatingFollowUp = "rating.follow_up",
    /// See ratings and their follow-up of the region.
    RatingSupervise = "rating.supervise",
    /// Open, check and give back accounts of persons, document in hand.
    PersonServe = "person.serve",
    /// Register accounts, list staff, unlock.
    AccountManage = "account.manage",
    /// Register systems of others that sign people in here, and review them.
    ClientManage = "client.manage",
    /// See the log and waiting work.
    SystemInspect = "system.inspect",
}
