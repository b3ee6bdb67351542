//! `tongban openapi`

use std::{io::Write as _, process::ExitCode};

/// Prints the OpenAPI document.
pub(super) fn run() -> anyhow::Result<ExitCode> {
    writeln!(std::io::stdout().lock(), "{}", tongban_api::openapi_json()?)?;
    Ok(ExitCode::SUCCESS)
}
