//! Signing in by a platform of others (第三方平台登录) that speaks OpenID Connect: a province's own, a state platform, the host of a
//! mini program. Which of its people is which account here is a link, which the person made, or the word of a platform that
//! an operator lets vouch for name and number.

mod begin;
mod domain;
mod finish;
mod link;
mod manage;
mod open;
mod provider;
pub(crate) mod row;
mod waiting;

pub use begin::{BeginUpstream, BegunUpstream, UpstreamFor, begin_upstream};
pub use finish::{FinishUpstream, FinishedUpstream, UpstreamOutcome, finish_upstream};
pub use link::{LinkedUpstream, link_upstream};
pub use manage::{UpstreamView, cut_upstream, own_upstreams};
pub use open::{OpenByUpstream, OpenedByUpstream, open_by_upstream};
pub use provider::{UpstreamAnswer, UpstreamAsked, UpstreamPerson, UpstreamProvider, UpstreamTrouble};
pub use waiting::{WaitingUpstream, forget_upstream, waiting_upstream, waiting_upstream_phone};
