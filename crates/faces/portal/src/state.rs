//! What the portal needs at hand.

use std::sync::Arc;

use async_trait::async_trait;
use axum::extract::FromRef;
use serde::Serialize;
use tongban_catalogue::Catalogue;
use tongban_codes::RegionCode;
use tongban_exchange::Exchange;
use tongban_identity::{AccountKind, FaceProvider, Passkeys, RealNameRules, UpstreamProvider};
use tongban_mandates::{MandateRules, RepresentationRules};
use tongban_openid::Provider;
use tongban_press::Typesetter;
use tongban_store::Store;
use tongban_web::Kit;

/// The state of the portal, put together by the binary. Cheap to clone.
#[derive(Clone)]
pub struct PortalState {
    /// Where everything is kept.
    pub store: Store,
    /// Templates, texts, settings, sessions.
    pub kit: Kit,
    /// The matters and their search.
    pub catalogue: Catalogue,
    /// The way to what departments hold.
    pub exchange: Exchange,
    /// Prints documents and licences.
    pub typesetter: Arc<dyn Typesetter>,
    /// Where this site is reached from outside, without a slash at the end: `https://zw.example.gov.cn`. Stands in QR codes.
    pub public_address: String,
    /// Present in the demo only: one-click sign-in and simulated short messages.
    pub demo: Option<Arc<dyn DemoView>>,
    /// By what persons are checked here.
    pub real_name: Arc<RealNameRules>,
    /// By what legal representatives of firms are found.
    pub representation: Arc<RepresentationRules>,
    /// Limits of mandates.
    pub mandates: MandateRules,
    /// Who looks at faces, if anybody.
    pub face: Option<Arc<dyn FaceProvider>>,
    /// The site that passkeys are bound to; none where its address is no domain.
    pub passkeys: Option<Passkeys>,
    /// Platforms of others that sign residents in.
    pub upstream: Arc<[Arc<dyn UpstreamProvider>]>,
    /// Signs people in for systems of others.
    pub openid: Provider,
    /// The region whose matters come first.
    pub home_region: RegionCode,
}

impl FromRef<PortalState> for Kit {
    fn from_ref(state: &PortalState) -> Self {
        state.kit.clone()
    }
}

/// Somebody whom a visitor of the demo may be with one click. The form posts `choice` to `/demo/sign-in`, which the binary handles.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DemoChoice {
    /// What is posted.
    pub key: String,
    /// `resident`, `elder`, `representative`, `enterprise`, `clerk`, `approver`, `supervisor` or `operator`.
    pub role: String,
    /// The invented name of the person, firm or post.
    pub name: String,
}

/// What only the demo has. Its accounts are invented, and it listens on loopback alone.
#[async_trait]
pub trait DemoView: Send + Sync {
    /// Whom one may be.
    fn choices(&self) -> Vec<DemoChoice>;

    /// Who is in the registers and has no account: name, citizen number, number of the social security card.
    fn newcomers(&self) -> Vec<[String; 3]> {
        Vec::new()
    }

    /// The newest simulated short message to the phone of the account that signs in with this name, if there is one.
    async fn latest_message(&self, kind: AccountKind, name: &str) -> Option<String>;
}
