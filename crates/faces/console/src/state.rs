//! What the desk needs at hand.

use std::sync::Arc;

use axum::extract::FromRef;
use serde::Serialize;
use tongban_catalogue::Catalogue;
use tongban_exchange::Exchange;
use tongban_mandates::MandateRules;
use tongban_press::Typesetter;
use tongban_store::Store;
use tongban_web::Kit;

/// The state of the desk, put together by the binary. Cheap to clone.
#[derive(Clone)]
pub struct StaffState {
    /// Where everything is kept.
    pub store: Store,
    /// Templates, texts, settings, sessions.
    pub kit: Kit,
    /// The matters and their search.
    pub catalogue: Catalogue,
    /// The way to what departments hold.
    pub exchange: Exchange,
    /// Prints documents.
    pub typesetter: Arc<dyn Typesetter>,
    /// Where this site is reached from outside, without a slash at the end: `https://zw.example.gov.cn`. Stands in QR codes.
    pub public_address: String,
    /// Limits of mandates.
    pub mandates: MandateRules,
    /// Present in the demo only: the simulated department systems, which an operator may disturb.
    pub demo_departments: Option<Arc<dyn DepartmentSwitches>>,
    /// Present in the demo only: the messages that nobody sends.
    pub demo_messages: Option<Arc<dyn DemoMessages>>,
}

/// The simulated messages of the demo.
pub trait DemoMessages: Send + Sync {
    /// The newest one to a phone.
    fn latest(&self, phone: &str) -> Option<String>;
}

impl FromRef<StaffState> for Kit {
    fn from_ref(state: &StaffState) -> Self {
        state.kit.clone()
    }
}

/// The modes of a simulated department system, in the order of the page.
pub const DEPARTMENT_MODES: [&str; 4] = ["normal", "stopped", "slow", "wrong_person"];

/// One simulated department system.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DepartmentSwitch {
    /// Its stable word, as the form posts it.
    pub code: String,
    /// The name of its register.
    pub name: String,
    /// One of [`DEPARTMENT_MODES`].
    pub mode: String,
    /// How many questions it was asked since the start.
    pub requests: u64,
}

/// The switches of the demo's department systems.
pub trait DepartmentSwitches: Send + Sync {
    /// All of them, in a fixed order.
    fn list(&self) -> Vec<DepartmentSwitch>;

    /// Turns one; says whether department and mode are known.
    fn set(&self, code: &str, mode: &str) -> bool;
}
