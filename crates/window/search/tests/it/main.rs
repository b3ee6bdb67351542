//! Searching by what people type.

#![expect(clippy::unwrap_used, reason = "tests stop at the first surprise")]

mod index;
mod quality;
