//! What a watcher sees, and what nobody sees there.

use axum::http::StatusCode;
use tongban_store::Backend;

use crate::{city::City, client::Client, job};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn metrics_count_and_name_nobody() {
    let city = City::open(Backend::Sqlite).await;
    city.worker.drain().await.unwrap();
    let mut watcher = Client::new(city.metrics.clone());
    let mut resident = city.visit("resident").await;
    let case = job::start(&mut resident).await;
    job::fill(&mut resident, &case).await;
    let submitted = job::submit(&mut resident, &case).await;
    resident.get(&format!("/progress/{}", submitted.progress)).await;
    resident.get("/search?q=519901198803121210").await;
    resident.get("/nowhere/519901198803121210").await;
    let text = watcher.get("/metrics").await.text();
    for line in [
        "tongban_http_requests_total{route=\"/api/v1/cases/{id}/submission\",method=\"POST\",status=\"2xx\"} 1",
        "tongban_http_requests_total{route=\"/progress/{code}\",method=\"GET\",status=\"2xx\"} 1",
        "tongban_http_requests_total{route=\"-\",method=\"GET\",status=\"4xx\"} 1",
        "tongban_exchange_reads_total{outcome=\"facts\"} 1",
        "tongban_jobs{state=\"failing\"} 0",
        "tongban_events_unrouted 1",
        "tongban_log_fault 0",
        "tongban_log_rows{state=\"waiting\"}",
        "# EOF",
    ] {
        assert!(text.contains(line), "{line} is not in\n{text}");
    }
    for secret in [
        submitted.progress.as_str(),
        &submitted.number,
        &case,
        "519901198803121210",
    ] {
        assert!(!text.contains(secret), "{secret}");
    }
    // counters move on and are not counted twice
    let acts = |text: &str| -> u64 {
        let line = text
            .lines()
            .find_map(|line| line.strip_prefix("tongban_acts_total "))
            .unwrap();
        line.parse().unwrap()
    };
    assert_eq!(acts(&text), city.store.counted().acts);
    city.worker.drain().await.unwrap();
    let later = watcher.get("/metrics").await.text();
    assert_eq!(acts(&later), city.store.counted().acts);
    assert!(later.contains("tongban_events_unrouted 0"));
    let memory = later
        .lines()
        .find_map(|line| line.strip_prefix("process_resident_memory_bytes "))
        .unwrap();
    assert!(memory.parse::<u64>().unwrap() > 1_000_000);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_public_face_has_no_metrics() {
    let city = City::open(Backend::Sqlite).await;
    let answer = Client::new(city.app.clone()).get("/metrics").await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
}
