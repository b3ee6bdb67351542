//! Systems of others sign people in here: an OpenID Connect provider.
//!
//! - `clients` systems of others: registered by one operator, reviewed by another
//! - `authorize` what a client asks for, what the person must do, and the answer
//! - `device` screens without a keyboard: a code is typed on a phone
//! - `grants` what people let clients have, and taking it back
//! - `tokens` codes, refresh tokens and clients' own words traded for tokens; whether one holds; what it tells
//! - `logout` signing out, here and there
//! - `keys` what signs: published before it signs and after
//! - `jobs` the daily work
//!
//! OpenID Connect Core 1.0, Discovery, RP-Initiated and Back-Channel Logout; OAuth 2 with PKCE (RFC 6749, 7636, 9700), pushed
//! requests (9126), issuer in the answer (9207), JWT access tokens (9068), introspection (7662), revocation (7009), client
//! keys (7523), proofs of possession (9449). What is not listed in the README is not supported and refused.

mod authorize;
mod clients;
mod device;
mod error;
mod grants;
mod jobs;
mod keys;
mod logout;
mod migrations;
mod provider;
mod scope;
mod sealed;
mod tokens;

pub use authorize::{Answer, ConsentAsk, Pushed, Stop, Weighed};
pub use clients::{
    ClientAuth, ClientContent, ClientKind, ClientRow, ClientStanding, Decision, GrantType, NewClient,
    ProposeClient, Registered, client, clients_of_sector, hand_in_client, keys_of_text, list_clients,
    new_client_secret, propose_client, register_sandbox_client, review_client, suspend_client,
};
pub use device::{DeviceAsk, DeviceStarted};
pub use error::{Error, Refusal, Trouble};
pub use grants::{HISTORY_ACTIONS, LinkedApp, linked_apps, unlink_app};
pub use jobs::{Daily, wire};
pub use keys::{Rotation, rotate_keys};
pub use logout::SignOutAsk;
pub use migrations::migrations;
pub use provider::{Provider, paths};
pub use scope::{Scope, acr};
pub use sealed::SEALED_COLUMNS;
pub use tokens::{Call, InfoCall, InfoTrouble};
