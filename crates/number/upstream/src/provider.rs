//! One platform: discovery, the code and the judging of tokens are a library's; what is asked of it beyond that stands here.

use std::{
    future::Future,
    path::Path,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use async_trait::async_trait;
use openidconnect::{
    AdditionalClaims, AdditionalProviderMetadata, AuthType, AuthenticationFlow, AuthorizationCode,
    ClaimsVerificationError, Client, ClientId, ClientSecret, CsrfToken, DiscoveryError,
    EmptyExtraTokenFields, EndpointMaybeSet, EndpointNotSet, EndpointSet, IdTokenFields, IssuerUrl, Nonce,
    OAuth2TokenResponse as _, PkceCodeChallenge, PkceCodeVerifier, ProviderMetadata, RedirectUrl,
    RequestTokenError, Scope, SignatureVerificationError, StandardErrorResponse, StandardTokenResponse,
    TokenResponse as _, UserInfoClaims, UserInfoError,
    core::{
        CoreAuthDisplay, CoreAuthPrompt, CoreClaimName, CoreClaimType, CoreClientAuthMethod,
        CoreErrorResponseType, CoreGenderClaim, CoreGrantType, CoreJsonWebKey,
        CoreJweContentEncryptionAlgorithm, CoreJweKeyManagementAlgorithm, CoreJwsSigningAlgorithm,
        CoreResponseMode, CoreResponseType, CoreRevocableToken, CoreRevocationErrorResponse,
        CoreSubjectIdentifierType, CoreTokenIntrospectionResponse, CoreTokenType,
    },
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use tongban_courier::http_client;
use tongban_identity::{UpstreamAnswer, UpstreamAsked, UpstreamPerson, UpstreamProvider, UpstreamTrouble};
use tongban_store::Store;

use crate::{
    SettingError, UpstreamSetting,
    http::{Bounded, Failed, is_safe},
    setting::{ISSUER, check},
};

/// How long all calls of one step may take together.
const LONGEST_STEP: Duration = Duration::from_secs(9);
/// How long what a platform says of itself holds when somebody is sent there: whoever is dead must be noticed before.
const KNOWN_TO_SEND: Duration = Duration::from_secs(60);
/// How long it holds when somebody is back. A key that is not among its keys is asked for at once.
const KNOWN_TO_JUDGE: Duration = Duration::from_secs(3600);
/// How long a platform that did not answer is not asked again: those who wait for it would only wait longer.
const LEFT_ALONE: Duration = Duration::from_secs(5);
/// How recent a sign-in there must be where the person is to be asked anew.
const ANEW: Duration = Duration::from_secs(60);
/// How old a token may be, and how far ahead the clock of a platform.
const OLDEST_TOKEN: chrono::Duration = chrono::Duration::minutes(10);
const CLOCK_AHEAD: chrono::Duration = chrono::Duration::minutes(2);
/// The signatures that are believed. Never `none`, and none by a secret that two sides hold.
const SIGNATURES: [CoreJwsSigningAlgorithm; 4] = [
    CoreJwsSigningAlgorithm::EcdsaP256Sha256,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
    CoreJwsSigningAlgorithm::RsaSsaPssSha256,
    CoreJwsSigningAlgorithm::EdDsa,
];

/// Whatever a platform says beyond what the library has names for.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct More {
    #[serde(flatten)]
    claims: Map<String, Value>,
}
impl AdditionalClaims for More {}

/// Whether a platform says who answered (RFC 9207).
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct SaysWho {
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
}
impl AdditionalProviderMetadata for SaysWho {}

type Metadata = ProviderMetadata<
    SaysWho,
    CoreAuthDisplay,
    CoreClientAuthMethod,
    CoreClaimName,
    CoreClaimType,
    CoreGrantType,
    CoreJweContentEncryptionAlgorithm,
    CoreJweKeyManagementAlgorithm,
    CoreJsonWebKey,
    CoreResponseMode,
    CoreResponseType,
    CoreSubjectIdentifierType,
>;

type Tokens = StandardTokenResponse<
    IdTokenFields<
        More,
        EmptyExtraTokenFields,
        CoreGenderClaim,
        CoreJweContentEncryptionAlgorithm,
        CoreJwsSigningAlgorithm,
    >,
    CoreTokenType,
>;

type Relying = Client<
    More,
    CoreAuthDisplay,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJsonWebKey,
    CoreAuthPrompt,
    StandardErrorResponse<CoreErrorResponseType>,
    Tokens,
    CoreTokenIntrospectionResponse,
    CoreRevocableToken,
    CoreRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

fn silent(reason: impl Into<String>) -> UpstreamTrouble {
    UpstreamTrouble::Silent(reason.into())
}

fn unfit(reason: impl Into<String>) -> UpstreamTrouble {
    UpstreamTrouble::Unfit(reason.into())
}

fn of_call(failed: &Failed) -> UpstreamTrouble {
    match failed {
        Failed::Unreachable => silent(failed.to_string()),
        _ => unfit(failed.to_string()),
    }
}

/// What a platform said of itself.
enum Known {
    Nothing,
    Metadata(Arc<Metadata>, Instant),
    DidNotAnswer(UpstreamTrouble, Instant),
}

/// One platform.
struct HttpUpstream {
    setting: UpstreamSetting,
    issuer: IssuerUrl,
    secret: Option<ClientSecret>,
    client: Bounded,
    /// For the time.
    store: Store,
    known: Mutex<Known>,
}

/// The platforms that the settings name, in their order. Nobody is asked yet: a dead one is no reason not to start.
pub fn upstream_providers(
    settings: &[UpstreamSetting],
    authorities: Option<&Path>,
    store: &Store,
) -> Result<Vec<Arc<dyn UpstreamProvider>>, SettingError> {
    check(settings)?;
    settings
        .iter()
        .map(|setting| {
            let provider = HttpUpstream::new(setting, store.clone(), authorities)?;
            Ok(Arc::new(provider) as Arc<dyn UpstreamProvider>)
        })
        .collect()
}

impl HttpUpstream {
    fn new(
        setting: &UpstreamSetting,
        store: Store,
        authorities: Option<&Path>,
    ) -> Result<Self, SettingError> {
        let secret = setting.secret()?.map(ClientSecret::new);
        Ok(Self {
            issuer: IssuerUrl::new(setting.issuer.clone()).map_err(|_| setting.wrong(ISSUER))?,
            secret,
            client: Bounded {
                client: http_client(concat!("tongban/", env!("CARGO_PKG_VERSION")), authorities)?,
                issuer: setting.issuer.clone(),
            },
            setting: setting.clone(),
            store,
            known: Mutex::new(Known::Nothing),
        })
    }

    /// What the platform says of itself, asked anew when it is older than this.
    async fn metadata(&self, holds: Duration) -> Result<Arc<Metadata>, UpstreamTrouble> {
        match &*self.known.lock().unwrap_or_else(PoisonError::into_inner) {
            Known::Metadata(metadata, at) if at.elapsed() < holds => return Ok(Arc::clone(metadata)),
            Known::DidNotAnswer(trouble, at) if at.elapsed() < LEFT_ALONE => return Err(trouble.clone()),
            _ => {}
        }
        let found = Metadata::discover_async(self.issuer.clone(), &self.client)
            .await
            .map_err(|error| match error {
                DiscoveryError::Request(failed) => of_call(&failed),
                DiscoveryError::Response(status, ..) => silent(format!("status {}", status.as_u16())),
                _ => unfit("what it says of itself cannot be read or names another issuer"),
            })
            .and_then(|metadata| {
                if is_safe(metadata.authorization_endpoint().as_str(), self.issuer.as_str()) {
                    Ok(Arc::new(metadata))
                } else {
                    Err(unfit("its page is not reached by TLS"))
                }
            });
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        *known = match &found {
            Ok(metadata) => Known::Metadata(Arc::clone(metadata), Instant::now()),
            Err(trouble) => Known::DidNotAnswer(trouble.clone(), Instant::now()),
        };
        found
    }

    fn client(&self, metadata: &Metadata, redirect: &str) -> Result<Relying, UpstreamTrouble> {
        let methods = metadata.token_endpoint_auth_methods_supported();
        let by_body = methods.is_some_and(|methods| {
            !methods.contains(&CoreClientAuthMethod::ClientSecretBasic)
                && methods.contains(&CoreClientAuthMethod::ClientSecretPost)
        });
        let redirect = RedirectUrl::new(redirect.to_owned())
            .map_err(|_| unfit("the public address of this site is no address"))?;
        let client_id = ClientId::new(self.setting.client_id.clone());
        let client = Relying::from_provider_metadata(metadata.clone(), client_id, self.secret.clone())
            .set_redirect_uri(redirect);
        Ok(if by_body {
            client.set_auth_type(AuthType::RequestBody)
        } else {
            client
        })
    }

    async fn sends_to(&self, asked: &UpstreamAsked) -> Result<String, UpstreamTrouble> {
        let metadata = self.metadata(KNOWN_TO_SEND).await?;
        let client = self.client(&metadata, &asked.redirect)?;
        let (state, nonce) = (asked.state.clone(), asked.nonce.clone());
        let challenge =
            PkceCodeChallenge::from_code_verifier_sha256(&PkceCodeVerifier::new(asked.verifier.clone()));
        let mut request = client
            .authorize_url(
                AuthenticationFlow::<CoreResponseType>::AuthorizationCode,
                move || CsrfToken::new(state),
                move || Nonce::new(nonce),
            )
            .set_pkce_challenge(challenge);
        for scope in self.setting.scopes.iter().filter(|scope| *scope != "openid") {
            request = request.add_scope(Scope::new(scope.clone()));
        }
        if asked.anew {
            request = request.add_prompt(CoreAuthPrompt::Login).set_max_age(ANEW);
        }
        Ok(request.url().0.to_string())
    }

    /// What the platform says in a token that was judged, and beyond it where something is missing.
    async fn told(&self, answer: &UpstreamAnswer) -> Result<Told, UpstreamTrouble> {
        let mut metadata = self.metadata(KNOWN_TO_JUDGE).await?;
        let says_who = metadata
            .additional_metadata()
            .authorization_response_iss_parameter_supported;
        match &answer.issuer {
            Some(issuer) if *issuer != *self.setting.issuer => {
                return Err(unfit("another platform says that it answered"));
            }
            None if says_who => return Err(unfit("it does not say that it answered")),
            _ => {}
        }
        let client = self.client(&metadata, &answer.redirect)?;
        let tokens = client
            .exchange_code(AuthorizationCode::new(answer.code.clone()))
            .map_err(|_| unfit("it has no place where codes are redeemed"))?
            .set_pkce_verifier(PkceCodeVerifier::new(answer.verifier.clone()))
            .request_async(&self.client)
            .await
            .map_err(|error| match error {
                RequestTokenError::Request(failed) => of_call(&failed),
                RequestTokenError::ServerResponse(_) => unfit("it does not take the code"),
                _ => unfit("its answer to the code cannot be read"),
            })?;
        let mut judged = self.judged(&client, &tokens, &answer.nonce);
        if matches!(judged, Err(Judged::UnknownKey)) {
            // it has changed its keys
            *self.known.lock().unwrap_or_else(PoisonError::into_inner) = Known::Nothing;
            metadata = self.metadata(Duration::ZERO).await?;
            let client = self.client(&metadata, &answer.redirect)?;
            judged = self.judged(&client, &tokens, &answer.nonce);
        }
        let mut told = judged.map_err(|judged| match judged {
            Judged::UnknownKey => unfit("its token is signed by a key that is not its own"),
            Judged::Unfit(trouble) => trouble,
        })?;
        let missing = self.wanted().any(|claim| !told.claims.contains_key(claim));
        if missing && metadata.userinfo_endpoint().is_some() {
            let subject = openidconnect::SubjectIdentifier::new(told.subject.clone());
            let more: UserInfoClaims<More, CoreGenderClaim> = client
                .user_info(tokens.access_token().clone(), Some(subject))
                .map_err(|_| unfit("it has no place where people are described"))?
                .request_async(&self.client)
                .await
                .map_err(|error| match error {
                    UserInfoError::Request(failed) => of_call(&failed),
                    UserInfoError::ClaimsVerification(_) => unfit("it describes somebody else"),
                    _ => unfit("its description of the person cannot be read"),
                })?;
            for (name, value) in claims(&more)? {
                told.claims.entry(name).or_insert(value);
            }
        }
        Ok(told)
    }

    /// The claims that are looked for.
    fn wanted(&self) -> impl Iterator<Item = &str> {
        let number = self.setting.vouches.then_some(self.setting.number_claim.as_str());
        let phone = self.setting.vouches.then_some(self.setting.phone_claim.as_str());
        [Some(self.setting.name_claim.as_str()), number, phone]
            .into_iter()
            .flatten()
            .filter(|claim| !claim.is_empty())
    }

    fn judged(&self, client: &Relying, tokens: &Tokens, nonce: &str) -> Result<Told, Judged> {
        let unfit = |reason: &str| Judged::Unfit(unfit(reason));
        let now = self.store.now();
        let verifier = client
            .id_token_verifier()
            .set_allowed_algs(SIGNATURES)
            .set_time_fn(move || now)
            .set_issue_time_verifier_fn(move |at| {
                if at > now + CLOCK_AHEAD || at + OLDEST_TOKEN < now {
                    Err("not of now".to_owned())
                } else {
                    Ok(())
                }
            });
        let token = tokens.id_token().ok_or_else(|| unfit("it gave no token"))?;
        let nonce = Nonce::new(nonce.to_owned());
        let found = token.claims(&verifier, &nonce).map_err(|error| match error {
            ClaimsVerificationError::SignatureVerification(SignatureVerificationError::NoMatchingKey) => {
                Judged::UnknownKey
            }
            ClaimsVerificationError::SignatureVerification(_) => unfit("the signature of its token"),
            ClaimsVerificationError::InvalidAudience(_) => unfit("its token is for somebody else"),
            ClaimsVerificationError::InvalidIssuer(_) => unfit("its token is of another issuer"),
            ClaimsVerificationError::InvalidNonce(_) => unfit("its token answers another request"),
            ClaimsVerificationError::Expired(_) => unfit("its token is not of now"),
            _ => unfit("its token"),
        })?;
        // the library leaves this one to whoever uses it
        if found
            .authorized_party()
            .is_some_and(|party| **party != *self.setting.client_id)
        {
            return Err(unfit("its token was given to somebody else"));
        }
        let subject = found.subject().as_str().to_owned();
        if subject.is_empty() || subject.len() > 255 {
            return Err(unfit("its token names nobody"));
        }
        Ok(Told {
            subject,
            authenticated_at: found.auth_time(),
            claims: claims(found).map_err(Judged::Unfit)?,
        })
    }
}

/// What became of a token.
enum Judged {
    UnknownKey,
    Unfit(UpstreamTrouble),
}

/// What a platform told about a person.
struct Told {
    subject: String,
    authenticated_at: Option<chrono::DateTime<chrono::Utc>>,
    claims: Map<String, Value>,
}

/// All claims by their names.
fn claims<T: Serialize>(of: &T) -> Result<Map<String, Value>, UpstreamTrouble> {
    match serde_json::to_value(of) {
        Ok(Value::Object(claims)) => Ok(claims),
        _ => Err(unfit("its claims cannot be read")),
    }
}

/// A claim that is a short text.
fn text(claims: &Map<String, Value>, name: &str) -> Option<String> {
    let text = claims.get(name)?.as_str()?.trim();
    (!text.is_empty() && text.chars().count() <= 100 && !text.chars().any(char::is_control))
        .then(|| text.to_owned())
}

async fn in_time<T>(
    step: impl Future<Output = Result<T, UpstreamTrouble>> + Send,
) -> Result<T, UpstreamTrouble> {
    tokio::time::timeout(LONGEST_STEP, step)
        .await
        .unwrap_or_else(|_| Err(silent("it takes too long")))
}

#[async_trait]
impl UpstreamProvider for HttpUpstream {
    fn id(&self) -> &str {
        &self.setting.id
    }

    fn name(&self) -> &str {
        &self.setting.name
    }

    fn vouches(&self) -> bool {
        self.setting.vouches
    }

    async fn address(&self, asked: &UpstreamAsked) -> Result<String, UpstreamTrouble> {
        in_time(self.sends_to(asked)).await
    }

    async fn person(&self, answer: &UpstreamAnswer) -> Result<UpstreamPerson, UpstreamTrouble> {
        let told = in_time(self.told(answer)).await?;
        let verified = format!("{}_verified", self.setting.phone_claim);
        let has_phone = self.setting.vouches && told.claims.get(&verified) == Some(&Value::Bool(true));
        Ok(UpstreamPerson {
            issuer: self.setting.issuer.clone(),
            name: text(&told.claims, &self.setting.name_claim),
            number: text(&told.claims, &self.setting.number_claim).filter(|_| self.setting.vouches),
            phone: text(&told.claims, &self.setting.phone_claim).filter(|_| has_phone),
            authenticated_at: told.authenticated_at,
            subject: told.subject,
        })
    }
}
