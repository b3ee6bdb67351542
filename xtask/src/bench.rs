//! `cargo xtask bench`: the figures that the product is held against, from a release build.
//!
//! Each program runs alone and prints lines `FIGURE {"name","value","data"}`. This module adds goal, unit and the limit that
//! was measured in the same run, prints a table and writes `bench/results.json` in cargo's target folder.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde_json::{Map, Value, json};

use crate::{postgres, tools};

/// What a figure is held against.
struct Goal {
    name: &'static str,
    unit: &'static str,
    /// `>= 1000` or `<= 10` in the same unit; empty: for orientation only.
    goal: &'static str,
    /// The figure of the same run that no program can beat.
    limit: &'static str,
}

const fn goal(name: &'static str, unit: &'static str, goal: &'static str) -> Goal {
    Goal {
        name,
        unit,
        goal,
        limit: "",
    }
}

const GOALS: [Goal; 31] = [
    goal("bare_sqlite_per_s", "1/s", ""),
    Goal {
        limit: "bare_sqlite_per_s",
        ..goal("submit_sqlite_per_s", "1/s", ">= 1000")
    },
    goal("submit_sqlite_p99_ms", "ms", "<= 60"),
    goal("submit_sqlite_acts_per_commit", "1", ""),
    goal("submit_sqlite_commits_per_sync", "1", ""),
    goal("bare_postgres_per_s", "1/s", ""),
    Goal {
        limit: "bare_postgres_per_s",
        ..goal("submit_postgres_per_s", "1/s", ">= 500")
    },
    goal("submit_postgres_p99_ms", "ms", ""),
    Goal {
        limit: "bare_sqlite_per_s",
        ..goal("oidc_flows_per_s", "1/s", ">= 300")
    },
    Goal {
        limit: "bare_sqlite_per_s",
        ..goal("refresh_per_s", "1/s", ">= 1500")
    },
    Goal {
        limit: "bare_sqlite_per_s",
        ..goal("client_credentials_per_s", "1/s", ">= 5000")
    },
    goal("login_vs_bare", "share", ">= 0.9"),
    goal("home_beside_logins_p99_ms", "ms", "<= 50"),
    goal("account_lookup_p99_ms", "ms", "<= 10"),
    goal("account_lookup_growth", "1", "<= 1.3"),
    goal("access_bare_per_s", "1/s", ""),
    goal("access_staff_per_s", "1/s", ""),
    goal("access_person_per_s", "1/s", ""),
    goal("access_refused_per_s", "1/s", ""),
    goal("access_reach_per_s", "1/s", ""),
    goal("search_p99_ms", "ms", "<= 10"),
    goal("search_hit5", "share", ">= 0.9"),
    goal("home_bytes", "bytes", "<= 61440"),
    goal("home_p99_ms", "ms", "<= 10"),
    goal("idle_mb", "MB", "<= 150"),
    goal("idle_later_mb", "MB", "<= 150"),
    goal("used_mb", "MB", ""),
    goal("binary_mb", "MB", "<= 100"),
    goal("demo_first_ms", "ms", "<= 10000"),
    goal("demo_later_ms", "ms", "<= 1000"),
    goal("test_minutes", "min", "<= 10"),
];

/// The groups that can be run alone.
const GROUPS: [&str; 6] = ["submit", "openid", "accounts", "access", "search", "demo"];

/// `cargo xtask bench [NAME…]`
pub fn run(arguments: &[String]) -> Result<()> {
    let wanted: Vec<&str> = arguments
        .iter()
        .map(String::as_str)
        .filter(|word| *word != "--")
        .collect();
    if let Some(unknown) = wanted.iter().find(|word| !GROUPS.contains(word)) {
        bail!("bench knows {}, not {unknown}", GROUPS.join(", "));
    }
    let wants = |group: &str| wanted.is_empty() || wanted.contains(&group);
    tools::ensure(&[tools::CHINESE_FONT, tools::STRACE])?;
    tools::run(&mut tools::cargo_build(&[
        "build",
        "--release",
        "--package",
        "tongban",
    ]))?;
    let target = tools::target_directory()?;
    let output = target.join("bench");
    fs::create_dir_all(&output).with_context(|| format!("making {}", output.display()))?;
    let mut figures = Vec::new();

    if wants("submit") {
        for what in ["bare", "submit"] {
            let folder = fresh(&output, what)?;
            figures.extend(bench(&[what.into(), "sqlite".into(), folder.clone()])?);
            remove(&folder)?;
        }
        let cluster = postgres::Cluster::start_durable()?;
        let url = PathBuf::from(format!("{}/postgres", cluster.url()));
        for what in ["bare", "submit"] {
            let folder = fresh(&output, what)?;
            figures.extend(bench(&[
                what.into(),
                "postgres".into(),
                url.clone(),
                folder.clone(),
            ])?);
            remove(&folder)?;
        }
    }
    if wants("openid") {
        let wanted = if wants("submit") {
            &["openid"][..]
        } else {
            &["bare", "openid"]
        };
        for what in wanted {
            let folder = fresh(&output, what)?;
            figures.extend(bench(&[(*what).into(), "sqlite".into(), folder.clone()])?);
            remove(&folder)?;
        }
    }
    if wants("accounts") {
        for what in ["logins", "accounts"] {
            let folder = fresh(&output, what)?;
            figures.extend(bench(&[what.into(), folder.clone()])?);
            remove(&folder)?;
        }
    }
    if wants("access") {
        figures.extend(bench(&["access".into()])?);
    }
    if wants("search") {
        match shared() {
            Some(data) => figures.extend(bench(&[
                "search".into(),
                data.join("items/sichuan_guangan_items.jsonl"),
                data.join("search_queries_dev.jsonl"),
            ])?),
            None => println!("search is not measured: no folder with real data (set TONGBAN_SHARED)"),
        }
    }
    if wants("demo") {
        let folder = fresh(&output, "demo")?;
        let binary = target.join("release").join("tongban");
        figures.extend(bench(&["demo".into(), binary, folder.clone()])?);
        remove(&folder)?;
    }
    if let Ok(text) = fs::read_to_string(test_minutes(&target)) {
        figures.push(serde_json::from_str(&text).context("reading what the last test run kept")?);
    }

    let results = finish(&figures);
    println!("\n{}", table(&results));
    println!("machine: {}", machine());
    let file = output.join("results.json");
    let document = json!({ "machine": machine(), "figures": results });
    fs::write(&file, format!("{document:#}\n")).with_context(|| format!("writing {}", file.display()))?;
    println!("wrote {}", file.display());
    Ok(())
}

/// Minutes, for reading.
pub fn minutes(time: Duration) -> f64 {
    time.as_secs_f64() / 60.0
}

/// Keeps how long a whole green test run took and how much of it was building, for the table of the next bench.
pub fn keep_test_minutes(took: Duration, building: Duration) -> Result<()> {
    let target = tools::target_directory()?;
    fs::create_dir_all(target.join("bench"))?;
    let figure = json!({
        "name": "test_minutes",
        "value": (minutes(took) * 10.0).round() / 10.0,
        "data": format!("the last whole green `cargo xtask test` with this target folder; {:.1} minutes of it building", minutes(building)),
    });
    fs::write(test_minutes(&target), figure.to_string()).context("keeping how long the tests took")
}

fn test_minutes(target: &Path) -> PathBuf {
    target.join("bench").join("test-minutes.json")
}

/// The folder of real data, if there is one.
fn shared() -> Option<PathBuf> {
    let named = std::env::var_os("TONGBAN_SHARED").map(PathBuf::from);
    let data = named
        .unwrap_or_else(|| tools::root().join("../shared"))
        .join("data");
    data.is_dir().then_some(data)
}

fn fresh(output: &Path, name: &str) -> Result<PathBuf> {
    let folder = output.join(name);
    remove(&folder)?;
    fs::create_dir_all(&folder).with_context(|| format!("making {}", folder.display()))?;
    Ok(folder)
}

fn remove(folder: &Path) -> Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder).with_context(|| format!("removing {}", folder.display()))?;
    }
    Ok(())
}

/// Runs one benchmark and reads its figures; what else it says is shown.
fn bench(words: &[PathBuf]) -> Result<Vec<Value>> {
    let mut command: Command = tools::cargo_build(&[
        "bench",
        "--package",
        "tongban-figures",
        "--bench",
        "figures",
        "--",
    ]);
    command
        .args(words)
        .env("RUST_LOG", "error")
        .stderr(Stdio::inherit());
    let shown: Vec<_> = words.iter().take(2).map(|word| word.to_string_lossy()).collect();
    println!("$ figures {} …", shown.join(" "));
    let output = command.output().context("starting the benchmark")?;
    let said = String::from_utf8_lossy(&output.stdout);
    if !output.status.success() {
        bail!("the benchmark ended with {}:\n{said}", output.status);
    }
    let mut figures = Vec::new();
    for line in said.lines() {
        println!("{line}");
        if let Some(figure) = line.strip_prefix("FIGURE ") {
            figures.push(serde_json::from_str(figure).with_context(|| format!("reading {figure}"))?);
        }
    }
    if figures.is_empty() {
        bail!("the benchmark measured nothing");
    }
    Ok(figures)
}

/// Adds unit, goal and limit, in the order of [`GOALS`].
fn finish(figures: &[Value]) -> Vec<Value> {
    let value = |name: &str| {
        let figure = figures.iter().find(|figure| figure["name"] == name)?;
        Some(figure["value"].clone())
    };
    let mut results = Vec::new();
    for goal in &GOALS {
        let Some(figure) = figures.iter().find(|figure| figure["name"] == goal.name) else {
            continue;
        };
        let mut result = Map::new();
        result.insert("name".into(), goal.name.into());
        result.insert("value".into(), figure["value"].clone());
        result.insert("unit".into(), goal.unit.into());
        result.insert("goal".into(), goal.goal.into());
        result.insert("limit".into(), value(goal.limit).unwrap_or(Value::Null));
        result.insert("data".into(), figure["data"].clone());
        results.push(Value::Object(result));
    }
    results
}

/// Whether a value keeps its goal; `None` where there is none.
fn kept(value: f64, goal: &str) -> Option<bool> {
    let (sign, number) = goal.split_once(' ')?;
    let number: f64 = number.parse().ok()?;
    match sign {
        ">=" => Some(value >= number),
        "<=" => Some(value <= number),
        _ => None,
    }
}

fn table(results: &[Value]) -> String {
    let mut table = "| name | value | goal | | limit | data |\n|---|---|---|---|---|---|".to_owned();
    for result in results {
        let text = |key: &str| match &result[key] {
            Value::Null => String::new(),
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        let verdict = match kept(result["value"].as_f64().unwrap_or(f64::NAN), &text("goal")) {
            Some(true) => "kept",
            Some(false) => "MISSED",
            None => "",
        };
        table.push_str(&format!(
            "\n| `{}` | {} {} | {} | {verdict} | {} | {} |",
            text("name"),
            text("value"),
            text("unit"),
            text("goal"),
            text("limit"),
            text("data")
        ));
    }
    table
}

/// Processor and number of cores, as far as the machine says.
fn machine() -> String {
    let cpu = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpu
        .lines()
        .find_map(|line| line.strip_prefix("model name")?.split_once(':'))
        .map_or("unknown processor", |(_, name)| name.trim());
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let memory = fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let gibibytes = memory
        .lines()
        .find_map(|line| {
            line.strip_prefix("MemTotal:")?
                .split_whitespace()
                .next()?
                .parse::<u64>()
                .ok()
        })
        .map_or(0, |kibibytes| kibibytes / (1024 * 1024));
    format!("{cores} cores ({model}), {gibibytes} GiB")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn goals_are_compared_in_their_direction() {
        assert_eq!(kept(1200.0, ">= 1000"), Some(true));
        assert_eq!(kept(999.0, ">= 1000"), Some(false));
        assert_eq!(kept(9.5, "<= 10"), Some(true));
        assert_eq!(kept(10.1, "<= 10"), Some(false));
        assert_eq!(kept(1.0, ""), None);
    }

    #[test]
    fn a_figure_stands_beside_the_limit_of_its_run() {
        let figures = [
            json!({"name": "submit_sqlite_per_s", "value": 1500, "data": "x"}),
            json!({"name": "bare_sqlite_per_s", "value": 4000, "data": "y"}),
        ];
        let results = finish(&figures);
        assert_eq!(results[1]["name"], "submit_sqlite_per_s");
        assert_eq!(results[1]["limit"], 4000);
        assert!(table(&results).contains("| `submit_sqlite_per_s` | 1500 1/s | >= 1000 | kept | 4000 | x |"));
    }

    #[test]
    fn an_unknown_group_is_refused() {
        assert!(run(&["speed".to_owned()]).is_err());
    }
}
