//! The program. See `tongban --help`.

use clap::Parser as _;
use tongban::commands::{CommandLine, run};

fn main() -> std::process::ExitCode {
    let line = CommandLine::parse();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("tongban: the runtime could not be started: {error}");
            return std::process::ExitCode::from(2);
        }
    };
    match runtime.block_on(run(line)) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("tongban: {error:#}");
            std::process::ExitCode::from(2)
        }
    }
}
