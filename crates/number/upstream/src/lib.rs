//! Platforms of others that sign residents in (第三方平台登录), over OpenID Connect: a province's own, a state platform, the host of a mini
//! program. Whom one names is judged here; which account that is, the room of identity knows.
//!
//! - `setting` what an operator writes of one
//! - `http` the client under the library, bounded
//! - `provider` one platform: where the browser goes, and whom a code stands for

mod http;
mod provider;
mod setting;

pub use provider::upstream_providers;
pub use setting::{SettingError, UpstreamSetting, check};
