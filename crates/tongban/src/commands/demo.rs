//! `tongban demo`

use std::{io::Write as _, net::SocketAddr, path::PathBuf, process::ExitCode, sync::Arc};

use anyhow::Context as _;
use clap::Args;
use tokio::net::TcpListener;
use tongban_store::SystemClock;

use crate::{
    demo::{
        self,
        assemble::{DemoCity, assemble},
        people::PASSWORD,
    },
    serve,
    settings::Settings,
    wiring,
};

/// Build the demo city on first start and serve it on loopback.
#[derive(Debug, Args)]
pub struct Demo {
    /// Where the city is kept.
    #[arg(long, default_value = "data/demo")]
    data_dir: PathBuf,
    /// Where it listens; loopback only.
    #[arg(long, default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// A folder whose templates/, static/ and locales/ replace the built-in files one by one.
    #[arg(long)]
    overlay: Option<PathBuf>,
    /// A file of settings of which the demo takes the platforms that sign people in ([[upstream]]), and nothing else.
    #[arg(long)]
    upstream: Option<PathBuf>,
}

impl Demo {
    pub(super) async fn run(self) -> anyhow::Result<ExitCode> {
        super::start_log();
        anyhow::ensure!(
            self.listen.ip().is_loopback(),
            "the demo signs anybody in with one click, so it listens on loopback only: name 127.0.0.1"
        );
        let listener = TcpListener::bind(self.listen).await.with_context(|| {
            format!(
                "{} is taken: name another with --listen 127.0.0.1:PORT",
                self.listen
            )
        })?;
        let address = format!("http://{}", listener.local_addr()?);
        if let Some(parent) = self.data_dir.parent() {
            std::fs::create_dir_all(parent)?;
        }
        let standing = demo::ensure(&self.data_dir).await?;
        let mut settings = Settings {
            data_dir: self.data_dir.clone(),
            public_address: address.clone(),
            ..Settings::default()
        };
        settings.web.demo = true;
        settings.web.secure = false;
        settings.web.overlay.clone_from(&self.overlay);
        if let Some(file) = &self.upstream {
            settings.upstream = Settings::upstream_of(file)?;
        }

        let store = wiring::open_store(&settings, Arc::new(SystemClock)).await?;
        let (city, worker) = assemble(&settings, store, &standing).await?;
        let DemoCity {
            mut running,
            parts,
            departments,
            ..
        } = city;
        running.work(worker);
        let router = running.router(&settings, parts)?;

        print_addresses(&address, &standing)?;

        let served = serve::serve(listener, router).await;
        departments.abort();
        running.stop().await?;
        served?;
        Ok(ExitCode::SUCCESS)
    }
}

/// What a newcomer needs, and the line that says that everything is there.
fn print_addresses(address: &str, standing: &demo::Standing) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "Tongban 通办 demo: everything in it is invented.")?;
    writeln!(out, "  portal   {address}/")?;
    writeln!(out, "  desk     {address}/desk")?;
    writeln!(out, "  password of every account: {PASSWORD}")?;
    for account in &standing.accounts {
        writeln!(
            out,
            "  {:<11} {:<20} {}",
            account.role, account.login, account.label
        )?;
    }
    writeln!(out, "READY {address}")?;
    out.flush()
}
