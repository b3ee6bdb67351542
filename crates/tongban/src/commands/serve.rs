//! `tongban serve`

use std::{io::Write as _, path::PathBuf, process::ExitCode, sync::Arc};

use anyhow::Context as _;
use clap::Args;
use tokio::net::TcpListener;
use tongban_store::SystemClock;

use crate::{
    face_gateway::face_provider,
    gateway::gateway,
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
        let watch = match settings.metrics_listen {
            Some(address) => Some(
                TcpListener::bind(address)
                    .await
                    .with_context(|| format!("cannot listen on {address} for metrics"))?,
            ),
            None => None,
        };
        let store = wiring::open_store(&settings, Arc::new(SystemClock)).await?;
        let mut running = wiring::start(&settings, store, gateway(&settings)?).await?;
        if let Some((provider, pages)) = face_provider(&settings)? {
            running.look_at_faces(provider, &pages);
        }
        let router = running.router(&settings, DemoParts::default())?;
        let watched = match watch {
            Some(listener) => {
                let metrics = running
                    .metrics
                    .router(running.store.clone(), running.exchange.clone());
                Some(tokio::spawn(async move { axum::serve(listener, metrics).await }))
            }
            None => None,
        };
        writeln!(
            std::io::stdout().lock(),
            "READY http://{}",
            listener.local_addr()?
        )?;
        let served = serve::serve(listener, router).await;
        if let Some(watched) = watched {
            watched.abort();
        }
        running.stop().await?;
        served?;
        Ok(ExitCode::SUCCESS)
    }
}
