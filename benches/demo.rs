//! The demo as a person meets it: first start, later start, memory at rest, the first page.

use std::{
    io::{BufRead as _, BufReader},
    net::SocketAddr,
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use crate::{
    load::{self, Client, Timed},
    percentile, report,
};

const CLIENTS: usize = 4;
const REQUESTS: usize = 500;
/// How long the city is left alone before its memory is read.
const REST: Duration = Duration::from_secs(10);

pub fn run(binary: &Path, folder: &Path) {
    let folder = folder.join("city");
    let (mut city, _, first) = start(binary, &folder);
    report("demo_first_ms", first, "46 matters, empty folder to READY");
    std::thread::sleep(REST);
    report(
        "idle_mb",
        resident(&city),
        "demo city, 10 s after its first start, VmRSS",
    );
    stop(&mut city);

    let (mut city, address, later) = start(binary, &folder);
    report("demo_later_ms", later, "the same folder again, to READY");
    std::thread::sleep(REST);
    report(
        "idle_later_mb",
        resident(&city),
        "demo city, 10 s after a later start, VmRSS",
    );
    home(address);
    report(
        "used_mb",
        resident(&city),
        "after the requests of home_p99_ms, VmRSS",
    );
    stop(&mut city);
    let size = std::fs::metadata(binary).unwrap().len() as f64 / 1e6;
    report("binary_mb", size, "release, stripped");
}

fn start(binary: &Path, folder: &Path) -> (Child, SocketAddr, f64) {
    let began = Instant::now();
    let mut city = Command::new(binary)
        .args(["demo", "--listen", "127.0.0.1:0", "--data-dir"])
        .arg(folder)
        .env("RUST_LOG", "warn")
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(city.stdout.take().unwrap()).lines();
    let ready = lines
        .find_map(|line| line.unwrap().strip_prefix("READY http://").map(str::to_owned))
        .expect("the demo ended before it was ready");
    let took = began.elapsed().as_secs_f64() * 1_000.0;
    // Whoever prints into a closed pipe ends: keep reading.
    std::thread::spawn(move || lines.for_each(drop));
    (city, ready.parse().unwrap(), took)
}

fn stop(city: &mut Child) {
    let told = Command::new("kill").arg(city.id().to_string()).status().unwrap();
    assert!(told.success());
    assert!(city.wait().unwrap().success(), "the demo did not stop well");
}

/// Megabytes (10^6) that the process holds.
fn resident(city: &Child) -> f64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", city.id())).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
    let kibibytes: f64 = line.split_whitespace().nth(1).unwrap().parse().unwrap();
    kibibytes * 1024.0 / 1e6
}

/// The page and everything that it names, as a browser asks for it, headers included; then its latency.
fn home(address: SocketAddr) {
    const ASK: &str = "Accept: text/html\r\nAccept-Encoding: gzip\r\n";
    let mut client = Client::connect(address);
    let plain = client.get("/", "Accept: text/html\r\n");
    assert_eq!(plain.status, 200);
    let text = String::from_utf8(plain.body).unwrap();
    let mut paths = vec!["/".to_owned()];
    for attribute in ["href=\"", "src=\""] {
        paths.extend(
            text.split(attribute)
                .skip(1)
                .filter_map(|rest| rest.split('"').next())
                .filter(|path| path.starts_with("/static/"))
                .map(str::to_owned),
        );
    }
    paths.sort();
    paths.dedup();
    let mut bytes = 0;
    for path in &paths {
        let answer = client.get(path, ASK);
        assert_eq!(answer.status, 200, "{path}");
        let headers: usize = answer
            .headers
            .iter()
            .map(|(name, value)| name.len() + value.len() + 4)
            .sum();
        bytes += headers + answer.body.len();
    }
    report(
        "home_bytes",
        bytes as f64,
        &format!("page and {} files, gzip, with headers", paths.len() - 1),
    );
    let work: Vec<_> = (0..CLIENTS)
        .map(|_| {
            |timed: &mut Timed<'_>| {
                for _ in 0..REQUESTS {
                    timed(&mut |client| assert_eq!(client.get("/", ASK).status, 200));
                }
            }
        })
        .collect();
    let (times, seconds) = load::run(address, work);
    report(
        "home_p99_ms",
        percentile(&times, 0.99),
        &format!(
            "{CLIENTS} clients, {} requests, gzip, p50 {:.2} ms, {:.0}/s",
            times.len(),
            percentile(&times, 0.5),
            times.len() as f64 / seconds
        ),
    );
}
