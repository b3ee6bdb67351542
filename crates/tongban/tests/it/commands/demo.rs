//! The demo signs anybody in with one click: nobody but this machine may reach it.

use super::{ended, inventory, program, tongban};

#[test]
fn the_demo_refuses_an_address_that_others_reach() {
    for listen in ["0.0.0.0:0", "192.0.2.7:8080", "[::]:0", "[2001:db8::1]:8080"] {
        let folder = tempfile::tempdir().unwrap();
        let ended = tongban(&folder.path().join("city"), &["demo", "--listen", listen]);
        assert_eq!(ended.code, 2, "{listen}: {ended:?}");
        assert!(
            ended.aside.contains(
                "the demo signs anybody in with one click, so it listens on loopback only: name 127.0.0.1"
            ),
            "{listen}: {ended:?}"
        );
        assert!(ended.out.is_empty(), "{ended:?}");
        assert!(inventory(folder.path()).is_empty(), "no city was built");
    }
}

#[test]
fn the_demo_says_when_its_address_is_taken() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let folder = tempfile::tempdir().unwrap();
    let ended = tongban(&folder.path().join("city"), &["demo", "--listen", &address]);
    assert_eq!(ended.code, 2, "{ended:?}");
    assert!(ended.aside.contains(&format!("{address} is taken")), "{ended:?}");
    assert!(inventory(folder.path()).is_empty(), "no city was built");
}

#[test]
fn a_folder_that_holds_something_else_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("letter.txt"), "dear to somebody").unwrap();
    let ended = tongban(folder.path(), &["demo", "--listen", "127.0.0.1:0"]);
    assert_eq!(ended.code, 2, "{ended:?}");
    assert!(
        ended.aside.contains("holds something that is no demo city"),
        "{ended:?}"
    );
    assert_eq!(inventory(folder.path()).len(), 1);
}

#[test]
fn the_demo_cannot_be_switched_on_by_a_setting() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = program(&["serve", "--data-dir"]);
    command
        .arg(folder.path().join("data"))
        .env("TONGBAN_LISTEN", "127.0.0.1:0")
        .env("TONGBAN_WEB__DEMO", "true");
    let ended = ended(command);
    assert_eq!(ended.code, 2, "{ended:?}");
    assert!(
        ended.aside.contains("the demo is started with `tongban demo`"),
        "{ended:?}"
    );
    assert!(inventory(folder.path()).is_empty());
}
