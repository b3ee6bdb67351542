//! The client for what leaves over HTTP: bounded, never redirected, with TLS by rustls and no other library.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use reqwest::{Client, redirect::Policy};
use rustls::{
    ClientConfig, RootCertStore,
    crypto::ring,
    pki_types::{CertificateDer, pem::PemObject as _},
};

/// How long reaching the other side may take.
const LONGEST_CONNECT: Duration = Duration::from_secs(5);

/// Why there is no client.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    #[error("the certificates of authorities in {file} are not readable: {reason}")]
    Authorities { file: PathBuf, reason: String },
    #[error("TLS could not be set up")]
    Tls(#[from] rustls::Error),
    #[error("the HTTP client could not be made")]
    Client(#[from] reqwest::Error),
}

/// A client that trusts the authorities of the machine and those of a file (PEM, one or many), follows no redirect and asks
/// no proxy of the environment. `agent` says who asks.
pub fn http_client(agent: &str, authorities: Option<&Path>) -> Result<Client, ClientError> {
    let mut roots = RootCertStore::empty();
    // A machine without authorities still reaches what the file vouches for, and plain HTTP.
    let found = rustls_native_certs::load_native_certs();
    let (_added, ignored) = roots.add_parsable_certificates(found.certs);
    if ignored > 0 || !found.errors.is_empty() {
        tracing::warn!(
            certificates.ignored = ignored,
            errors = found.errors.len(),
            "some authorities of the machine are not usable"
        );
    }
    if let Some(file) = authorities {
        for certificate in of_file(file)? {
            roots.add(certificate)?;
        }
    }
    let tls = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(Client::builder()
        .tls_backend_preconfigured(tls)
        .redirect(Policy::none())
        .no_proxy()
        .connect_timeout(LONGEST_CONNECT)
        .user_agent(agent)
        .build()?)
}

fn of_file(file: &Path) -> Result<Vec<CertificateDer<'static>>, ClientError> {
    let unreadable = |reason: String| ClientError::Authorities {
        file: file.to_path_buf(),
        reason,
    };
    let certificates = CertificateDer::pem_file_iter(file)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|error| unreadable(error.to_string()))?;
    if certificates.is_empty() {
        return Err(unreadable("it holds none".to_owned()));
    }
    Ok(certificates)
}
