//! The client of this house under the library: bounded in time and size, by TLS, following no redirect.

use std::{future::Future, net::IpAddr, pin::Pin, time::Duration};

use openidconnect::{AsyncHttpClient, HttpRequest, HttpResponse};

/// How long one call may take; a person waits for it.
const LONGEST_CALL: Duration = Duration::from_secs(4);
/// No answer is longer.
const LARGEST_ANSWER: usize = 256 * 1024;

/// Why a call brought nothing. Names no address and nothing of what was sent or answered.
#[derive(Debug, Clone, thiserror::Error)]
pub(crate) enum Failed {
    #[error("not reachable")]
    Unreachable,
    #[error("an answer that is too long")]
    TooLong,
    #[error("an address without TLS")]
    InTheClear,
    #[error("a call that cannot be made")]
    Unmade,
}

/// Whether an address of a platform may be called or browsers be sent there: by TLS and elsewhere. Only a platform on the machine itself leads to
/// the machine itself; no other one has us call what listens there.
pub(crate) fn is_safe(address: &str, issuer: &str) -> bool {
    let (Ok(address), Ok(issuer)) = (reqwest::Url::parse(address), reqwest::Url::parse(issuer)) else {
        return false;
    };
    if is_here(&issuer) {
        return is_here(&address) && ["http", "https"].contains(&address.scheme())
            || address.scheme() == "https";
    }
    address.scheme() == "https" && !is_here(&address)
}

fn is_here(address: &reqwest::Url) -> bool {
    let host = address.host_str().unwrap_or_default();
    let plain = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || plain.parse::<IpAddr>().is_ok_and(|host| host.is_loopback())
}

/// The client of this house under the library: bounded in time and size, follows no redirect.
#[derive(Clone)]
pub(crate) struct Bounded {
    pub(crate) client: reqwest::Client,
    /// Whose addresses it calls.
    pub(crate) issuer: String,
}

impl Bounded {
    async fn ask(&self, request: HttpRequest) -> Result<HttpResponse, Failed> {
        let mut request = reqwest::Request::try_from(request).map_err(|_| Failed::Unmade)?;
        if !is_safe(request.url().as_str(), &self.issuer) {
            return Err(Failed::InTheClear);
        }
        *request.timeout_mut() = Some(LONGEST_CALL);
        let mut answer = self
            .client
            .execute(request)
            .await
            .map_err(|_| Failed::Unreachable)?;
        if answer.status().is_server_error() {
            return Err(Failed::Unreachable);
        }
        let mut body = Vec::new();
        while let Some(piece) = answer.chunk().await.map_err(|_| Failed::Unreachable)? {
            if body.len() + piece.len() > LARGEST_ANSWER {
                return Err(Failed::TooLong);
            }
            body.extend_from_slice(&piece);
        }
        let mut response = HttpResponse::new(body);
        *response.status_mut() = answer.status();
        *response.headers_mut() = answer.headers().clone();
        Ok(response)
    }
}

impl<'client> AsyncHttpClient<'client> for Bounded {
    type Error = Failed;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, Failed>> + Send + 'client>>;

    fn call(&'client self, request: HttpRequest) -> Self::Future {
        Box::pin(self.ask(request))
    }
}
