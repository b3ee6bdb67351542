//! Whether the settings make sense together.

use tongban_access::Policies;

use super::Check;
use crate::settings::Settings;

pub(super) fn all(settings: &Settings) -> Vec<Check> {
    let mut checks = vec![
        public_address(settings),
        cookies(settings),
        messages(settings),
        secret_files(settings),
        access(settings),
    ];
    if !settings.upstream.is_empty() {
        checks.push(platforms(settings));
    }
    checks
}

/// Rules of access, and what the locality adds to them.
fn access(settings: &Settings) -> Check {
    const NAME: &str = "rules of access";
    let overlay = settings.access_overlay();
    let read = Policies::read(overlay.as_deref());
    match read.map(|policies| policies.added()) {
        Ok(_) if overlay.is_none() => Check::ok(NAME, "the house's own, nothing added"),
        Ok((rules, bound)) => Check::ok(
            NAME,
            format!("the locality adds {rules} rules and binds {bound} actions"),
        ),
        Err(error) => Check::fault(NAME, error.to_string()),
    }
}

/// Platforms of others that sign residents in.
fn platforms(settings: &Settings) -> Check {
    const NAME: &str = "platforms";
    match tongban_upstream::check(&settings.upstream) {
        Ok(()) => Check::ok(NAME, format!("{} sign residents in", settings.upstream.len())),
        Err(error) => Check::fault(NAME, error.to_string()),
    }
}

/// Files that hold a secret are for the program alone.
fn secret_files(settings: &Settings) -> Check {
    const NAME: &str = "secret files";
    let named = [&settings.sms_secret_file, &settings.face_secret_file];
    let of_platforms = settings
        .upstream
        .iter()
        .map(|platform| &platform.client_secret_file);
    for file in named.into_iter().chain(of_platforms).flatten() {
        if !file.is_file() {
            return Check::fault(NAME, format!("{} is not there", file.display()));
        }
        if super::machine::open_to_others(file) {
            return Check::fault(NAME, format!("others may read {}; chmod 600 it", file.display()));
        }
    }
    Check::ok(NAME, "are for the program alone, or there are none")
}

/// Links on licences and in messages lead there, for years.
fn public_address(settings: &Settings) -> Check {
    const NAME: &str = "public address";
    let address = settings.public_address.as_str();
    let rest = address.strip_prefix("https://");
    let loopback = ["127.", "localhost", "[::1]"].iter().any(|host| {
        address
            .split("://")
            .nth(1)
            .is_some_and(|rest| rest.starts_with(host))
    });
    if address.ends_with('/') {
        Check::fault(
            NAME,
            format!("{address} ends with a slash, so every link would have two"),
        )
    } else if loopback {
        Check::warning(
            NAME,
            format!("{address} leads nobody here; set public_address to what people type"),
        )
    } else if rest.is_none() {
        Check::warning(
            NAME,
            format!("{address} is not https; put a proxy that ends TLS before it"),
        )
    } else {
        Check::ok(NAME, address)
    }
}

fn cookies(settings: &Settings) -> Check {
    const NAME: &str = "cookies";
    match (
        settings.web.secure,
        settings.public_address.starts_with("https://"),
    ) {
        (true, true) => Check::ok(NAME, "are sent over TLS only"),
        (true, false) => Check::warning(
            NAME,
            "are sent over TLS only, but the public address is not https: nobody could stay signed in",
        ),
        (false, _) => Check::warning(
            NAME,
            "may travel in the clear; set web.secure = true unless this is a trial",
        ),
    }
}

fn messages(settings: &Settings) -> Check {
    const NAME: &str = "short messages";
    if settings.sms_gateway.is_empty() {
        Check::warning(
            NAME,
            "no gateway is set, so codes and notices wait unsent; set sms_gateway",
        )
    } else {
        Check::ok(NAME, "a gateway is set")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::State;

    fn states(address: &str, secure: bool, gateway: &str) -> Vec<State> {
        let mut settings = Settings {
            public_address: address.to_owned(),
            sms_gateway: gateway.to_owned(),
            ..Settings::default()
        };
        settings.web.secure = secure;
        all(&settings).iter().map(|check| check.state).collect()
    }

    #[cfg(unix)]
    #[test]
    fn a_secret_that_others_may_read_is_told() {
        use std::os::unix::fs::PermissionsExt as _;
        let file = tempfile::NamedTempFile::new().unwrap();
        let state = |mode: u32| {
            std::fs::set_permissions(file.path(), std::fs::Permissions::from_mode(mode)).unwrap();
            let settings = Settings {
                sms_secret_file: Some(file.path().to_owned()),
                ..Settings::default()
            };
            secret_files(&settings).state
        };
        assert_eq!(state(0o600), State::Ok);
        assert_eq!(state(0o640), State::Fault);
        assert_eq!(state(0o604), State::Fault);
        let gone = Settings {
            face_secret_file: Some("/nowhere/secret".into()),
            ..Settings::default()
        };
        assert_eq!(secret_files(&gone).state, State::Fault);
    }

    #[test]
    fn settings_that_do_not_fit_together_are_told() {
        use State::{Fault, Ok, Warning};
        for (address, secure, gateway, expected) in [
            (
                "https://zw.example.gov.cn",
                true,
                "http://sms",
                [Ok, Ok, Ok, Ok, Ok],
            ),
            (
                "https://zw.example.gov.cn/",
                true,
                "http://sms",
                [Fault, Ok, Ok, Ok, Ok],
            ),
            (
                "http://zw.example.gov.cn",
                true,
                "http://sms",
                [Warning, Warning, Ok, Ok, Ok],
            ),
            (
                "https://zw.example.gov.cn",
                false,
                "",
                [Ok, Warning, Warning, Ok, Ok],
            ),
            (
                "http://127.0.0.1:8080",
                true,
                "",
                [Warning, Warning, Warning, Ok, Ok],
            ),
        ] {
            assert_eq!(states(address, secure, gateway), expected, "{address}");
        }
    }
}
