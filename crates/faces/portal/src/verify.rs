//! Is this licence true: by the code of its link, by a file, by identifier and second fact.

use axum::{
    Router,
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use serde::{Deserialize, Serialize};
use tongban_licences::{PublicFace, Verdict, Verification};
use tongban_web::{
    Area, Form, Page, Sentence, Upload, Visitor, WebError,
    layers::body_limit,
    local_path::{encode_query, see_other},
    upload::{FileKind, UploadRules},
};

use crate::{PortalState, guesses, parts::path, told::Told};

/// Largest file that is looked at.
const LARGEST_FILE: usize = 16 * 1024 * 1024;

pub(crate) fn routes() -> Router<PortalState> {
    Router::new()
        .route("/verify", get(ask).post(by_typed_code))
        .route(
            "/verify/file",
            post(by_file).layer(body_limit(LARGEST_FILE + 64 * 1024)),
        )
        .route("/verify/number", post(by_number))
        .route("/verify/{code}", get(by_code))
}

#[derive(Default, Serialize)]
struct AskPage {
    code: String,
    identifier: String,
    code_error: Option<Sentence>,
    file_error: Option<Sentence>,
    number_error: Option<Sentence>,
}

#[derive(Serialize)]
struct VerdictPage {
    verdict: Verdict,
    tone: &'static str,
    face: Option<PublicFace>,
    checks: Vec<CheckRow>,
    way: &'static str,
}

#[derive(Serialize)]
struct CheckRow {
    name: Sentence,
    /// The name of the signature that it is about, where a file has several.
    signature: Option<String>,
    ok: bool,
    sentence: Sentence,
}

fn form(state: &PortalState, visitor: &Visitor, data: &AskPage) -> Result<Page, WebError> {
    let failed = data.code_error.is_some() || data.file_error.is_some() || data.number_error.is_some();
    let status = if failed {
        StatusCode::UNPROCESSABLE_ENTITY
    } else {
        StatusCode::OK
    };
    Ok(state
        .kit
        .pages
        .render(&visitor.page(Area::Portal), "portal/verify.html", data)?
        .with_status(status))
}

fn answer(
    state: &PortalState,
    visitor: &Visitor,
    verification: Verification,
    way: &'static str,
) -> Result<Page, WebError> {
    let tone = match verification.verdict {
        Verdict::Valid => "good",
        Verdict::Expired | Verdict::Suspended | Verdict::Replaced => "warning",
        Verdict::Revoked | Verdict::Cancelled | Verdict::Altered => "bad",
        Verdict::Unknown => "note",
    };
    let checks = verification
        .checks
        .iter()
        .map(|check| {
            let sentence = Sentence::key(format!("portal-check-{}-{}", check.name, check.code));
            CheckRow {
                name: Sentence::key(format!("portal-check-{}", check.name)),
                signature: check.args.get("signature").cloned(),
                ok: check.ok,
                sentence: check.args.iter().fold(sentence, |sentence, (name, value)| {
                    sentence.with(*name, value.clone())
                }),
            }
        })
        .collect();
    let data = VerdictPage {
        verdict: verification.verdict,
        tone,
        face: verification.face,
        checks,
        way,
    };
    state
        .kit
        .pages
        .render(&visitor.page(Area::Portal), "portal/verdict.html", &data)
}

async fn ask(State(state): State<PortalState>, visitor: Visitor) -> Result<Page, WebError> {
    form(&state, &visitor, &AskPage::default())
}

#[derive(Deserialize)]
struct TypedCode {
    #[serde(default)]
    code: String,
}

/// A code, or the whole address of a verifying page, leads to that page.
async fn by_typed_code(
    State(state): State<PortalState>,
    visitor: Visitor,
    Form(typed): Form<TypedCode>,
) -> Result<Response, WebError> {
    let code = typed.code.trim();
    let code = code.rsplit("/verify/").next().unwrap_or_default().trim();
    if code.is_empty() {
        let data = AskPage {
            code_error: Some(Sentence::key("error-required")),
            ..AskPage::default()
        };
        return Ok(form(&state, &visitor, &data)?.into_response());
    }
    Ok(see_other(&path(&format!(
        "/verify/{}",
        encode_query(code).replace('/', "%2F")
    )))
    .into_response())
}

async fn by_code(
    State(state): State<PortalState>,
    visitor: Visitor,
    Path(code): Path<String>,
) -> Result<Page, WebError> {
    let verification = tongban_licences::verify_code(&state.store, &code).await.told()?;
    answer(&state, &visitor, verification, "code")
}

async fn by_file(
    State(state): State<PortalState>,
    visitor: Visitor,
    upload: Upload,
) -> Result<Page, WebError> {
    let rules = UploadRules {
        largest_file: LARGEST_FILE,
        most_files: 1,
        kinds: FileKind::JUDGED.to_vec(),
    };
    let received = upload.read(&rules).await?;
    let failed = |error: Sentence| {
        form(
            &state,
            &visitor,
            &AskPage {
                file_error: Some(error),
                ..AskPage::default()
            },
        )
    };
    if let Some(error) = received.errors.first() {
        // here an OFD is taken too
        return failed(if error.key == "error-file-kind" {
            error.args.iter().fold(
                Sentence::key("portal-verify-file-kind"),
                |sentence, (name, value)| sentence.with(name, value.clone()),
            )
        } else {
            error.sentence()
        });
    }
    let Some(file) = received.files.into_iter().next() else {
        return failed(Sentence::key("error-file-required"));
    };
    let verification = tongban_licences::verify_upload(&state.store, file.bytes)
        .await
        .told()?;
    answer(&state, &visitor, verification, "file")
}

#[derive(Deserialize)]
struct TypedNumber {
    #[serde(default)]
    identifier: String,
    #[serde(default)]
    last_four: String,
}

/// The answer stands on the page that was posted: neither of the two facts belongs into an address.
async fn by_number(
    State(state): State<PortalState>,
    visitor: Visitor,
    Form(typed): Form<TypedNumber>,
) -> Result<Page, WebError> {
    if typed.identifier.trim().is_empty() || typed.last_four.trim().is_empty() {
        let data = AskPage {
            identifier: typed.identifier,
            number_error: Some(Sentence::key("portal-both-needed")),
            ..AskPage::default()
        };
        return form(&state, &visitor, &data);
    }
    guesses::count(&state, &typed.identifier).await?;
    let verification = tongban_licences::verify_identifier(&state.store, &typed.identifier, &typed.last_four)
        .await
        .told()?;
    if verification.verdict != Verdict::Unknown {
        guesses::right(&state, &typed.identifier).await?;
    }
    answer(&state, &visitor, verification, "number")
}

#[cfg(test)]
mod tests {
    use tongban_licences::CHECK_WORDS;
    use tongban_web::Locale;

    #[test]
    fn every_check_is_told_in_both_languages() {
        let texts = tongban_web::pages::Texts::load(None).unwrap();
        for (name, words) in CHECK_WORDS {
            for locale in [Locale::Chinese, Locale::English] {
                assert!(texts.has(locale, &format!("portal-check-{name}")), "{name}");
                for word in words {
                    let key = format!("portal-check-{name}-{word}");
                    assert!(texts.has(locale, &key), "{key}");
                }
            }
        }
    }
}
