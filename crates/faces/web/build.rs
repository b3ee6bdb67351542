//! Builds the crate anew when a template, a static file or a text is added or removed.
//!
//! `include_dir!` notices changed files by itself, but not new ones.

fn main() {
    for folder in ["templates", "static", "locales"] {
        println!("cargo:rerun-if-changed=../../../{folder}");
    }
}
