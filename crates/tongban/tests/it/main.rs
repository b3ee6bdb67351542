//! The whole program: who may reach which route, what `serve` must not have, what a killed process must not lose,
//! what rests must not tell, how many statements an act takes, the command line.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests stop at the first surprise"
)]

mod city;
mod client;
mod commands;
mod crash;
mod data_model;
mod demo;
mod generated;
mod job;
mod matrix;
mod metrics;
mod privacy;
mod program;
mod routes;
mod serve;
mod statements;
mod upstream;
