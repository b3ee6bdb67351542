//! The routes of a router, read from the router itself: a route that is served cannot be forgotten by a list.
//!
//! axum gives no list of routes, but its `Debug` text names every path and method. Should a new release print it in
//! another way, the first test below says so.

use std::collections::BTreeMap;

use axum::Router;

/// A method and the path with its parameters, as the router holds them.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Route {
    pub path: String,
    pub method: &'static str,
}

const METHODS: [(&str, &str); 7] = [
    ("get", "GET"),
    ("delete", "DELETE"),
    ("options", "OPTIONS"),
    ("patch", "PATCH"),
    ("post", "POST"),
    ("put", "PUT"),
    ("trace", "TRACE"),
];

/// Every route, sorted by path.
pub fn of(router: &Router) -> Vec<Route> {
    let text = format!("{router:?}");
    let (_, rest) = text
        .split_once("path_router: PathRouter")
        .expect("the router prints its routes");
    let (own, _) = rest
        .split_once("fallback_router: ")
        .expect("the router prints its fallback");
    let (routers, paths) = own.split_once("node: Node").expect("the router prints its paths");
    let paths: BTreeMap<usize, &str> = by_id(paths)
        .map(|(id, entry)| (id, entry.split('"').nth(1).unwrap()))
        .collect();
    let mut routes = Vec::new();
    let mut seen = 0;
    for (id, endpoint) in by_id(routers) {
        seen += 1;
        let path = paths[&id];
        assert!(
            endpoint.contains("MethodRouter(MethodRouter {"),
            "{path} is no router of methods and cannot be walked"
        );
        let has = |field: &str| !endpoint.contains(&format!(" {field}: None"));
        let before = routes.len();
        for (field, method) in METHODS {
            if has(field) {
                routes.push(Route {
                    path: path.to_owned(),
                    method,
                });
            }
        }
        assert!(routes.len() > before, "{path} has no method");
    }
    assert_eq!(seen, paths.len(), "every path was found");
    routes.sort();
    routes
}

/// `RouteId(0): …, RouteId(1): …`
fn by_id(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.split("RouteId(").skip(1).map(|entry| {
        let (id, rest) = entry.split_once("): ").unwrap();
        (id.parse().unwrap(), rest)
    })
}

#[test]
fn paths_and_methods_are_read_from_a_router() {
    use axum::routing::{delete, get, post};
    let router: Router = Router::new()
        .route("/b/{id}", get(|| async {}).post(|| async {}))
        .merge(Router::new().route("/a", delete(|| async {})))
        .nest("/deep", Router::new().route("/c", post(|| async {})))
        .fallback(|| async {})
        .layer(axum::middleware::from_fn(
            |request, next: axum::middleware::Next| next.run(request),
        ));
    let found: Vec<_> = of(&router)
        .into_iter()
        .map(|route| (route.method, route.path))
        .collect();
    let expected = [
        ("DELETE", "/a"),
        ("GET", "/b/{id}"),
        ("POST", "/b/{id}"),
        ("POST", "/deep/c"),
    ];
    assert_eq!(found, expected.map(|(method, path)| (method, path.to_owned())));
}
