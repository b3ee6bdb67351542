//! The header of requests that create something: the same request sent twice is done once (`tongban_web::once`).

use utoipa::IntoParams;

/// What every POST that creates something takes.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "describes the header; `OnceKey::of_program` reads it")]
pub(crate) struct IdempotencyKey {
    /// 1 to 255 printable ASCII characters of your choice. The same request with the same key is done once, and answered like
    /// the first time; another request with it is refused. A key holds for 48 hours; what was refused has kept nothing, and may be
    /// sent again with its key.
    #[param(rename = "Idempotency-Key")]
    idempotency_key: Option<String>,
}
