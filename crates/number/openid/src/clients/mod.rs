//! Systems of others that sign people in here: registered by an operator, reviewed by another, known by a secret or a key.

pub(crate) mod assertion;
pub(crate) mod authenticate;
mod domain;
mod manage;
pub(crate) mod query;
pub(crate) mod row;

pub(crate) use domain::Client;
pub use domain::{ClientAuth, ClientContent, ClientKind, ClientStanding, GrantType, keys_of_text};
pub use manage::{
    Decision, NewClient, ProposeClient, Registered, hand_in_client, new_client_secret, propose_client,
    register_sandbox_client, review_client, suspend_client,
};
pub use query::{ClientRow, client, clients_of_sector, list_clients};
