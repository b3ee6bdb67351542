//! `tongban serve`

use std::{io::Write as _, path::PathBuf, process::ExitCode, sync::Arc};

use anyhow::Context as _;
use async_trait::async_trait;
use clap::Args;
use tokio::net::TcpListener;
use tongban_courier::{SendError, SmsGateway};
use tongban_store::SystemClock;

use crate::{
    serve,
    settings::Settings,
    wiring::{self, DemoParts},
};

/// Serve an installation.
#[derive(Debug, Args)]
pub struct Serve {
    /// The configuration file (TOML). Every setting also as TONGBAN_….
    #[arg(long)]
    config: Option<PathBuf>,
    /// Overrides the data folder of the configuration.
    #[arg(long)]
    data_dir: Option<PathBuf>,
}

/// Where no gateway is configured, a message waits as a job that an operator sees.
struct NoGateway;

#[async_trait]
impl SmsGateway for NoGateway {
    async fn send(&self, _phone: &str, _text: &str) -> Result<(), SendError> {
        Err(SendError::Unavailable(
            "no short message gateway is configured".to_owned(),
        ))
    }

    fn simulated(&self) -> bool {
        false
    }
}

impl Serve {
    pub(super) async fn run(self) -> anyhow::Result<ExitCode> {
        super::start_log();
        let mut settings = Settings::read(self.config.as_deref())?;
        if let Some(folder) = self.data_dir {
            settings.data_dir = folder;
        }
        anyhow::ensure!(
            !settings.web.demo,
            "the demo is started with `tongban demo`, not with a setting"
        );
        let listener = TcpListener::bind(settings.listen)
            .await
            .with_context(|| format!("cannot listen on {}", settings.listen))?;
        let store = wiring::open_store(&settings, Arc::new(SystemClock)).await?;
        let running = wiring::start(&settings, store, Arc::new(NoGateway)).await?;
        let router = running.router(&settings, DemoParts::default())?;
        writeln!(
            std::io::stdout().lock(),
            "READY http://{}",
            listener.local_addr()?
        )?;
        let served = serve::serve(listener, router).await;
        running.stop().await?;
        served?;
        Ok(ExitCode::SUCCESS)
    }
}
