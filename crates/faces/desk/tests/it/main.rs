//! One test binary: the desk with real rooms behind it, on both databases.
#![expect(clippy::unwrap_used, reason = "tests stop at the first surprise")]

mod access;
mod answers;
mod browser;
mod cases;
mod editor;
mod filing;
mod findings;
mod imports;
mod item_files;
mod licences;
mod notices;
mod pages;
mod snapshots;
mod world;
