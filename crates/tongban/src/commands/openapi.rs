//! `tongban openapi`

use std::process::ExitCode;

/// Prints the OpenAPI document.
pub(super) fn run() -> anyhow::Result<ExitCode> {
    println!("{}", tongban_api::openapi_json()?);
    Ok(ExitCode::SUCCESS)
}
