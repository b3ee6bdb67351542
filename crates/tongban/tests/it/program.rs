//! The program itself, started as an office starts it.

use std::{path::Path, process::Stdio};

use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt as _, BufReader},
    process::{Child, Command},
};
use tongban::demo::people::{PASSWORD, number_of};

/// A running `tongban demo` or `tongban serve`; it is killed when it is let go.
pub struct Program {
    child: Child,
    pub address: String,
}

impl Program {
    /// The demo city in a folder, built where there is none.
    pub async fn demo(data: &Path) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tongban"));
        command
            .args(["demo", "--listen", "127.0.0.1:0", "--data-dir"])
            .arg(data);
        Self::ready(command).await
    }

    /// An installation, on a port that is free.
    pub async fn serve(data: &Path) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tongban"));
        command
            .args(["serve", "--data-dir"])
            .arg(data)
            .env("TONGBAN_LISTEN", "127.0.0.1:0");
        Self::ready(command).await
    }

    async fn ready(mut command: Command) -> Self {
        let mut child = command
            .env("RUST_LOG", "warn")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        while let Some(line) = lines.next_line().await.unwrap() {
            if let Some(address) = line.strip_prefix("READY ") {
                let address = address.to_owned();
                return Self { child, address };
            }
        }
        panic!("the program ended before it was ready");
    }

    /// SIGKILL: nothing can be tidied up.
    pub async fn kill(&mut self) {
        self.child.start_kill().unwrap();
        self.child.wait().await.unwrap();
    }

    /// A person of the demo city signs in by password; answers the token.
    pub async fn sign_in(&self, http: &reqwest::Client, name: &str) -> String {
        let number = number_of(name).unwrap();
        let answer = http
            .post(format!("{}/api/v1/sessions", self.address))
            .json(&json!({ "kind": "person", "name": number, "password": PASSWORD }))
            .send()
            .await
            .unwrap();
        let answer = answer.error_for_status().unwrap().json::<Value>().await.unwrap();
        answer["token"].as_str().unwrap().to_owned()
    }
}
