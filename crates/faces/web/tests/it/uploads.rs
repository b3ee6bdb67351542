//! Files: token first, limits, kinds by their first bytes.

use axum::{
    Router,
    body::Body,
    extract::State as AxumState,
    http::{Method, StatusCode},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use tongban_web::{
    Area, Settings, Upload, Visitor, WebError, layers, testing,
    upload::{FileKind, UploadRules},
};

use crate::http::{Answer, Browser, State, app};

async fn take(upload: Upload) -> Result<Response, WebError> {
    let rules = UploadRules {
        largest_file: 1024 * 1024,
        most_files: 2,
        kinds: vec![FileKind::Pdf, FileKind::Png],
    };
    let received = upload.read(&rules).await?;
    let files: Vec<_> = received
        .files
        .iter()
        .map(|file| {
            format!(
                "{}={}:{}:{}",
                file.field,
                file.name,
                file.kind.extension(),
                file.bytes.len()
            )
        })
        .collect();
    let errors: Vec<_> = received
        .errors
        .iter()
        .map(|error| format!("{} {}", error.field, error.key))
        .collect();
    Ok(format!("{:?} {files:?} {errors:?}", received.pairs.0).into_response())
}

async fn token(AxumState(_): AxumState<State>, visitor: Visitor) -> Response {
    // only a page sets the cookie
    axum::response::Html(format!(
        "<input type=\"hidden\" name=\"_csrf\" value=\"{}\">",
        visitor.page(Area::Portal).csrf
    ))
    .into_response()
}

fn browser() -> Browser {
    let kit = testing::kit_with(Settings {
        secure: false,
        body_limit: 1024,
        ..Settings::default()
    })
    .unwrap();
    Browser::new(app(
        kit,
        Router::new()
            .route("/token", get(token))
            .route("/upload", post(take).layer(layers::body_limit(4 * 1024 * 1024))),
    ))
}

enum Part<'a> {
    Text(&'a str, &'a str),
    File(&'a str, &'a str, Vec<u8>),
}

async fn send(browser: &mut Browser, parts: &[Part<'_>]) -> Answer {
    let mut body = Vec::new();
    for part in parts {
        match part {
            Part::Text(name, value) => body.extend_from_slice(
                format!("--edge\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
                    .as_bytes(),
            ),
            Part::File(name, file, bytes) => {
                body.extend_from_slice(format!("--edge\r\ncontent-disposition: form-data; name=\"{name}\"; filename=\"{file}\"\r\ncontent-type: application/pdf\r\n\r\n").as_bytes());
                body.extend_from_slice(bytes);
                body.extend_from_slice(b"\r\n");
            }
        }
    }
    body.extend_from_slice(b"--edge--\r\n");
    browser
        .send(
            Method::POST,
            "/upload",
            &[
                ("content-type", "multipart/form-data; boundary=edge"),
                ("sec-fetch-site", "same-origin"),
            ],
            Body::from(body),
        )
        .await
}

fn pdf(length: usize) -> Vec<u8> {
    let mut bytes = b"%PDF-1.7\n".to_vec();
    bytes.resize(length, b' ');
    bytes
}

#[tokio::test]
async fn files_are_taken_with_the_fields_beside_them() {
    let mut browser = browser();
    let token = browser.get("/token").await.token();
    let answer = send(
        &mut browser,
        &[
            Part::Text("_csrf", &token),
            Part::Text("note", "手画"),
            Part::File("plan", "C:\\图\\平面图.pdf", pdf(200_000)),
            Part::File("photo", "", Vec::new()),
        ],
    )
    .await;
    assert_eq!(
        answer.text(),
        "[(\"note\", \"手画\")] [\"plan=平面图.pdf:pdf:200000\"] []"
    );
}

#[tokio::test]
async fn what_is_wrong_with_a_file_is_told_beside_its_field() {
    let mut browser = browser();
    let token = browser.get("/token").await.token();
    let answer = send(
        &mut browser,
        &[
            Part::Text("_csrf", &token),
            Part::File("large", "a.pdf", pdf(1_048_577)),
            Part::File("kind", "b.pdf", b"MZ not a pdf".to_vec()),
            Part::File("photo", "c.jpg", b"\xFF\xD8\xFF not taken here".to_vec()),
            Part::File("empty", "d.pdf", Vec::new()),
            Part::File("one", "1.pdf", pdf(1_048_576)),
            Part::File("two", "2.pdf", pdf(10)),
            Part::File("three", "3.pdf", pdf(10)),
        ],
    )
    .await;
    assert_eq!(
        answer.text(),
        "[] [\"one=1.pdf:pdf:1048576\", \"two=2.pdf:pdf:10\"] [\"large error-file-size\", \"kind error-file-kind\", \"photo error-file-kind\", \"empty error-file-empty\", \"three error-file-count\"]"
    );
}

#[tokio::test]
async fn a_file_before_its_token_is_not_read() {
    let mut browser = browser();
    let token = browser.get("/token").await.token();
    for parts in [
        vec![Part::File("plan", "a.pdf", pdf(10)), Part::Text("_csrf", &token)],
        vec![Part::Text("_csrf", "a.b")],
        vec![Part::Text("note", "x")],
    ] {
        assert_eq!(send(&mut browser, &parts).await.status, StatusCode::FORBIDDEN);
    }
}

#[tokio::test]
async fn a_form_over_the_limit_of_its_route_is_refused() {
    let mut browser = browser();
    let token = browser.get("/token").await.token();
    let answer = send(
        &mut browser,
        &[
            Part::Text("_csrf", &token),
            Part::File("a", "a.pdf", pdf(3_000_000)),
            Part::File("b", "b.pdf", pdf(3_000_000)),
        ],
    )
    .await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
}
