//! How many requests there were, how they were answered, and how long that took: by the template of the route, never by
//! path, query or anybody's name.

use std::time::Duration;

use axum::http::{Method, StatusCode};
use prometheus_client::{
    metrics::{counter::Counter, family::Family, histogram::Histogram},
    registry::Registry,
};

/// Upper ends of the classes of latency, in seconds.
const SECONDS: [f64; 11] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 2.5, 10.0];

type Labels<const N: usize> = [(&'static str, String); N];

/// Counters of requests. Cheap to clone; clones count together.
#[derive(Clone, Debug)]
pub struct HttpMetrics {
    requests: Family<Labels<3>, Counter>,
    seconds: Family<Labels<2>, Histogram, fn() -> Histogram>,
}

impl HttpMetrics {
    /// Makes the counters known to a registry.
    pub fn register(registry: &mut Registry) -> Self {
        let metrics = Self {
            requests: Family::default(),
            seconds: Family::new_with_constructor(|| Histogram::new(SECONDS)),
        };
        registry.register(
            "tongban_http_requests",
            "Requests by route, method and class of status",
            metrics.requests.clone(),
        );
        registry.register(
            "tongban_http_request_seconds",
            "How long answers took",
            metrics.seconds.clone(),
        );
        metrics
    }

    /// Counts one answer. `route` is the template, or `-` where none matched.
    pub(crate) fn answered(&self, method: &Method, route: &str, status: StatusCode, took: Duration) {
        // anybody may send any word as a method: those that no route has are one
        let method = match method.as_str() {
            known @ ("GET" | "HEAD" | "POST" | "PATCH" | "PUT" | "DELETE" | "OPTIONS") => known,
            _ => "other",
        };
        let class = format!("{}xx", status.as_u16() / 100);
        let labels = [("route", route.to_owned()), ("method", method.to_owned())];
        self.seconds.get_or_create(&labels).observe(took.as_secs_f64());
        let [route, method] = labels;
        self.requests
            .get_or_create(&[route, method, ("status", class)])
            .inc();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_counted_by_template_and_class() {
        let mut registry = Registry::default();
        let metrics = HttpMetrics::register(&mut registry);
        let took = Duration::from_millis(3);
        metrics.answered(&Method::GET, "/my/cases/{case}", StatusCode::OK, took);
        metrics.answered(&Method::GET, "/my/cases/{case}", StatusCode::NOT_FOUND, took);
        let odd = Method::from_bytes(b"519901198803121210").unwrap();
        metrics.answered(&odd, "-", StatusCode::METHOD_NOT_ALLOWED, took);
        let mut text = String::new();
        prometheus_client::encoding::text::encode(&mut text, &registry).unwrap();
        for line in [
            "tongban_http_requests_total{route=\"/my/cases/{case}\",method=\"GET\",status=\"2xx\"} 1",
            "tongban_http_requests_total{route=\"/my/cases/{case}\",method=\"GET\",status=\"4xx\"} 1",
            "tongban_http_requests_total{route=\"-\",method=\"other\",status=\"4xx\"} 1",
            "tongban_http_request_seconds_count{route=\"/my/cases/{case}\",method=\"GET\"} 2",
        ] {
            assert!(text.contains(line), "{line} is not in\n{text}");
        }
        assert!(!text.contains("5199"));
    }
}
