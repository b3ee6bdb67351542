//! One sentence carried over a redirect, in a signed cookie: nobody but us can put words on our page.

use axum::{
    http::HeaderMap,
    response::{IntoResponse, IntoResponseParts, Response, ResponseParts},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use tongban_crypto::constant_time_eq;

use crate::{
    cookies,
    kit::{Kit, Surroundings},
    local_path::{LocalPath, see_other},
    pages::FlashView,
    sentence::Sentence,
};

/// How a message is coloured. Colour never stands alone: the words say it too.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Tone {
    /// It worked.
    Good,
    /// For information.
    Note,
    /// Look at this.
    Warning,
    /// It did not work.
    Bad,
}

/// How long the sentence waits for its page, in seconds.
const WAITS: u64 = 120;

/// A sentence for the next page. Keep personal data out of it: the cookie is signed, not sealed.
///
/// `Flash::good(&kit, "draft-saved").redirect(&path)` answers a posted form.
pub struct Flash {
    cookie: Option<axum::http::HeaderValue>,
}

impl Flash {
    /// A sentence of any tone.
    pub fn new(kit: &Kit, tone: Tone, sentence: &Sentence) -> Self {
        #[derive(Serialize)]
        struct Stored<'a>(Tone, &'a Sentence);
        let value = serde_json::to_vec(&Stored(tone, sentence)).ok().map(|bytes| {
            let text = URL_SAFE_NO_PAD.encode(bytes);
            let signature = sign(kit.surroundings.as_ref(), &text);
            format!("{text}.{signature}")
        });
        Self {
            cookie: value
                .and_then(|value| cookies::set(cookies::FLASH, &value, Some(WAITS), kit.settings.secure)),
        }
    }

    /// It worked.
    pub fn good(kit: &Kit, key: &str) -> Self {
        Self::new(kit, Tone::Good, &Sentence::key(key))
    }

    /// It did not work.
    pub fn bad(kit: &Kit, key: &str) -> Self {
        Self::new(kit, Tone::Bad, &Sentence::key(key))
    }

    /// Sends the visitor to that page, where the sentence stands on top.
    pub fn redirect(self, path: &LocalPath) -> Response {
        (self, see_other(path)).into_response()
    }
}

impl IntoResponseParts for Flash {
    type Error = std::convert::Infallible;

    fn into_response_parts(self, mut parts: ResponseParts) -> Result<ResponseParts, Self::Error> {
        cookies::add(parts.headers_mut(), self.cookie);
        Ok(parts)
    }
}

fn sign(surroundings: &dyn Surroundings, text: &str) -> String {
    surroundings.keyed_hash(&format!("flash|{text}"))
}

/// The sentence that this request carries, if we wrote it.
pub(crate) fn read(headers: &HeaderMap, surroundings: &dyn Surroundings) -> Option<FlashView> {
    #[derive(Deserialize)]
    struct Stored(Tone, Sentence);
    let cookie = cookies::read(headers, cookies::FLASH)?;
    let (text, signature) = cookie.rsplit_once('.')?;
    if !constant_time_eq(sign(surroundings, text), signature) {
        return None;
    }
    let Stored(tone, sentence) = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(text).ok()?).ok()?;
    Some(FlashView { tone, sentence })
}
