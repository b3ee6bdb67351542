//! `tongban doctor`

use std::{io::Write as _, path::PathBuf, process::ExitCode, sync::Arc};

use clap::Args;
use tongban_store::SystemClock;

use crate::{
    doctor::{State, look},
    settings::Settings,
};

/// Look over an installation and say what to do. Changes nothing; exits 1 where there is a fault.
#[derive(Debug, Args)]
pub struct Doctor {
    /// Print JSON.
    #[arg(long)]
    json: bool,
    #[arg(long)]
    config: Option<PathBuf>,
    #[arg(long)]
    data_dir: Option<PathBuf>,
}

impl Doctor {
    pub(super) async fn run(self) -> anyhow::Result<ExitCode> {
        super::start_quiet_log();
        let settings = Settings::for_command(self.config.as_deref(), self.data_dir)?;
        let checks = look(&settings, Arc::new(SystemClock)).await;
        let faults = checks.iter().filter(|check| check.state == State::Fault).count();
        let warnings = checks
            .iter()
            .filter(|check| check.state == State::Warning)
            .count();
        let mut out = std::io::stdout().lock();
        if self.json {
            let report = serde_json::json!({ "ok": faults == 0, "checks": checks });
            writeln!(out, "{}", serde_json::to_string_pretty(&report)?)?;
        } else {
            for check in &checks {
                writeln!(
                    out,
                    "{:<8} {:<15} {}",
                    check.state.as_str(),
                    check.name,
                    check.sentence
                )?;
            }
            writeln!(out, "checks {} warnings {warnings} faults {faults}", checks.len())?;
        }
        Ok(if faults == 0 {
            ExitCode::SUCCESS
        } else {
            ExitCode::from(1)
        })
    }
}
