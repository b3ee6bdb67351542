//! The figures that the product is held against. `cargo xtask bench` runs each in a process of its own and reads the lines
//! that begin with FIGURE; docs/benchmarks.md says what each means.
//!
//! - `bare sqlite FOLDER`, `bare postgres URL FOLDER` inserts without our own work: the limit
//! - `submit sqlite FOLDER`, `submit postgres URL FOLDER` the final POST of prepared drafts
//! - `openid sqlite FOLDER`, `openid postgres URL FOLDER` walks of the provider, refresh tokens, machines
//! - `logins FOLDER` sign-ins by password beside a bare loop; `accounts FOLDER` finding one of a million
//! - `search ITEMS QUESTIONS` answers of the search over a real list
//! - `access` decisions of table and rules
//! - `demo BINARY FOLDER` first and later start, resident memory, the home page

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a benchmark stops at the first surprise and reads the real clock"
)]

mod access;
mod bare;
mod city;
mod demo;
mod load;
mod openid;
mod search;
mod sign_in;
mod submit;

use std::path::Path;

fn main() {
    let words: Vec<String> = std::env::args()
        .skip(1)
        .filter(|word| word != "--bench")
        .collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words[..] {
        ["bare", "sqlite", folder] => bare::run(None, Path::new(folder)),
        ["bare", "postgres", url, folder] => bare::run(Some(url), Path::new(folder)),
        ["submit", "sqlite", folder] => submit::run("sqlite", None, Path::new(folder)),
        ["submit", "postgres", url, folder] => submit::run("postgres", Some(url), Path::new(folder)),
        ["openid", "sqlite", folder] => openid::run("sqlite", None, Path::new(folder)),
        ["openid", "postgres", url, folder] => openid::run("postgres", Some(url), Path::new(folder)),
        ["logins", folder] => sign_in::logins(Path::new(folder)),
        ["accounts", folder] => sign_in::accounts(Path::new(folder)),
        ["access"] => access::run(),
        ["search", items, questions] => search::run(Path::new(items), Path::new(questions)),
        ["demo", binary, folder] => demo::run(Path::new(binary), Path::new(folder)),
        // `cargo bench` and `cargo test --benches` start it without saying what to do.
        _ => println!(
            "figures bare|submit|openid sqlite FOLDER | bare|submit|openid postgres URL FOLDER | logins|accounts FOLDER | search ITEMS QUESTIONS | access | demo BINARY FOLDER"
        ),
    }
}

/// One line that xtask reads.
fn report(name: &str, value: f64, data: &str) {
    println!(
        "FIGURE {}",
        serde_json::json!({ "name": name, "value": (value * 100.0).round() / 100.0, "data": data })
    );
}

/// The value below which this share of sorted values lies.
fn percentile(sorted: &[f64], share: f64) -> f64 {
    let place = (sorted.len() as f64 * share).ceil() as usize;
    sorted[place.saturating_sub(1).min(sorted.len() - 1)]
}
