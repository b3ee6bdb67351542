//! The product put together with what only the demo has: department systems, one-click sign-in, messages on screen.

use std::sync::Arc;

use tokio::{net::TcpListener, task::JoinHandle};
use tongban_courier::ScreenSink;
use tongban_store::{Store, Worker};

use super::{
    Standing,
    departments::{self, Switches},
    face::DemoFace,
    faces::PlayedFaces,
};
use crate::{
    settings::Settings,
    wiring::{self, DemoParts, Running},
};

/// A city that stands, and everything that serves it.
pub struct DemoCity {
    pub running: Running,
    /// What the demo adds to the routes.
    pub parts: DemoParts,
    /// The messages that nobody sends.
    pub messages: Arc<ScreenSink>,
    /// How the department systems behave.
    pub switches: Switches,
    /// The department systems, until the task is aborted.
    pub departments: JoinHandle<std::io::Result<()>>,
}

/// Puts everything together on a store in which the city stands. The worker does not work yet.
pub async fn assemble(
    settings: &Settings,
    store: Store,
    standing: &Standing,
) -> anyhow::Result<(DemoCity, Worker)> {
    let switches = Switches::new();
    let systems = TcpListener::bind("127.0.0.1:0").await?;
    let base = format!("http://{}", systems.local_addr()?);
    let secret = store.random_code();
    let departments = departments::serve(systems, super::registers::registers()?, switches.clone(), &secret);
    super::register_resources(&store, standing, &base, &secret).await?;

    let messages = Arc::new(ScreenSink::new());
    let (mut running, worker) =
        wiring::assemble(settings, store, Arc::<ScreenSink>::clone(&messages)).await?;
    let faces = PlayedFaces::new(running.store.clone());
    running.look_at_faces(Arc::new(faces.clone()), "");
    let faces = faces.router(running.kit.clone());
    let face = DemoFace {
        store: running.store.clone(),
        kit: running.kit.clone(),
        accounts: Arc::new(standing.accounts.clone()),
        messages: Arc::clone(&messages),
        switches: switches.clone(),
    };
    let parts = DemoParts {
        view: Some(Arc::new(face.clone())),
        switches: Some(Arc::new(face.clone())),
        messages: Some(Arc::new(face.clone())),
        routes: Some(super::face::router(face).merge(faces)),
    };
    let city = DemoCity {
        running,
        parts,
        messages,
        switches,
        departments,
    };
    Ok((city, worker))
}
