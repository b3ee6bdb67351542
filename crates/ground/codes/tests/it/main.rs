//! Tests of the codes from outside: own tables, properties, and the real data where it is at hand.
#![expect(clippy::unwrap_used, reason = "tests stop at the first surprise")]

mod calendar;
mod clock;
mod properties;
mod real_data;
mod sample;
