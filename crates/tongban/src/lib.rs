//! The binary: command line, configuration, wiring, demo city.
//!
//! - [`commands`] one file a command
//! - [`settings`] file and environment
//! - [`gateway`] the short message gateway that the settings name
//! - [`metrics`] what a watcher sees
//! - [`wiring`] rooms put together: store, catalogue, exchange, worker, router
//! - [`doctor`] what is looked over in an installation
//! - [`demo`] the demo city, built by the same use cases that people use

pub mod commands;
pub mod demo;
pub mod doctor;
mod face_gateway;
pub mod gateway;
pub mod metrics;
pub mod migrations;
pub mod sealed;
pub mod serve;
pub mod sessions;
pub mod settings;
pub mod wiring;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;
