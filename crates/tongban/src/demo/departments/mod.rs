//! The department systems of the demo city: five registers that speak the exchange's protocol over real HTTP.
//!
//! They stand on one loopback port under `/population`, `/enterprises`, `/civil-affairs`, `/social-insurance` and
//! `/property`, ask for the bearer secret, and hold what the demo builder hands in and nothing else. The operator's
//! page turns their [`Switches`]: a department can be stopped, slowed, or made to answer about another person.
//!
//! - [`people`] the invented people and firms
//! - [`registers`] what each register knows about them
//! - [`offers`] the entries for the exchange's directory
//! - [`switches`] how each department behaves at the moment
//! - [`server`] the HTTP side

pub mod offers;
pub mod people;
pub mod registers;
pub mod server;
pub mod switches;

#[cfg(test)]
mod tests;

pub use offers::{OFFERS, Offer};
pub use people::{DemoFirm, DemoHome, DemoInsurance, DemoMarriage, DemoPerson};
pub use registers::Registers;
pub use server::{router, serve};
pub use switches::{Behaviour, Department, Switches};
