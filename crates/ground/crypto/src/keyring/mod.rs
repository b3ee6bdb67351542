//! The key ring: field keys, index keys, signing keys, one file.
//!
//! A key is 32 random bytes; what a cipher or a MAC uses is derived from it with HMAC-SM3, so
//! that field values and blobs never share a cipher key. A key's id (`kid`) is eight hexadecimal
//! digits derived the same way: the same key has the same id wherever it lies.

mod file;

pub use file::KeyRingLock;

use crate::digest::keyed;
use crate::{CryptoError, Digest32, Sm2Public, Sm2Signer};
use aes_gcm::AesGcm;
use aes_gcm::aead::consts::U12;
use aes_gcm::aead::{Aead, KeyInit, Payload};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use rand::TryRng;
use sm4::Sm4;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};

/// What is signed, each with its own key: a licence record, a checkpoint of the append-only log,
/// evidence of a data exchange, an official document.
pub const PURPOSES: [&str; 4] = ["licence", "checkpoint", "evidence", "document"];

const SEAL_PREFIX: &str = "sm4gcm";
const BLIND_PREFIX: &str = "hmacsm3";
/// First bytes of an encrypted blob: "Tongban blob, first form".
const BLOB_MAGIC: &[u8; 4] = b"TBB1";
const KID_LENGTH: usize = 8;
const NONCE_LENGTH: usize = 12;
const TAG_LENGTH: usize = 16;

type Sm4Gcm = AesGcm<Sm4, U12>;

/// All keys of an installation. Cheap to clone; clones share the keys, also after a rotation.
///
/// A ring that was read from a folder follows its file: when another process has rotated a key there, the next use of any clone
/// knows it. So a running server needs no signal.
#[derive(Clone)]
pub struct KeyRing {
    keys: Arc<RwLock<Arc<Keys>>>,
    home: Option<Arc<file::Home>>,
}

/// One state of the ring. Replaced as a whole when a key is rotated.
#[derive(Clone)]
struct Keys {
    /// Oldest first; the last one seals, all of them unseal. Never empty.
    field: Vec<FieldKey>,
    /// Oldest first; the last one makes indexes, all of them are looked up. Never empty.
    index: Vec<Secret>,
    /// For hashes of tokens and codes. Tokens are short-lived, so this key does not rotate.
    token: Secret,
    /// For the names of stored content. The names are addresses, so this key does not rotate.
    content: Secret,
    /// By purpose, oldest first; the last one signs, all of them are ours. No list is empty.
    signers: BTreeMap<String, Vec<SignerKey>>,
}

/// 32 bytes that stay inside.
#[derive(Clone)]
struct Secret {
    bytes: [u8; 32],
    kid: String,
}

impl Secret {
    fn new(bytes: [u8; 32]) -> Self {
        let kid = hex::encode(&keyed(&bytes, &[b"tongban key id"])[..KID_LENGTH / 2]);
        Self { bytes, kid }
    }

    fn random() -> Result<Self, CryptoError> {
        Ok(Self::new(random_bytes()?))
    }
}

/// A field key with its ciphers ready.
#[derive(Clone)]
struct FieldKey {
    secret: Secret,
    fields: Sm4Gcm,
    blobs: Sm4Gcm,
}

impl FieldKey {
    fn new(secret: Secret) -> Self {
        let cipher = |part: &[u8]| {
            let derived = keyed(&secret.bytes, &[part]);
            let mut key = [0u8; 16];
            key.copy_from_slice(&derived[..16]);
            Sm4Gcm::new(&key.into())
        };
        Self {
            fields: cipher(b"tongban sm4 fields"),
            blobs: cipher(b"tongban sm4 blobs"),
            secret,
        }
    }
}

#[derive(Clone)]
struct SignerKey {
    secret: [u8; 32],
    signer: Sm2Signer,
}

impl SignerKey {
    /// A signing key from a seed: the first of HMAC(seed, 0), HMAC(seed, 1), … that is a key.
    fn from_seed(seed: &[u8; 32]) -> Self {
        let mut counter = 0u64;
        loop {
            let secret = keyed(seed, &[b"tongban sm2", &counter.to_be_bytes()]);
            if let Some(signer) = Sm2Signer::from_secret(&secret) {
                return Self { secret, signer };
            }
            counter += 1;
        }
    }

    fn from_secret(secret: [u8; 32]) -> Option<Self> {
        Sm2Signer::from_secret(&secret).map(|signer| Self { secret, signer })
    }
}

fn random_bytes<const LENGTH: usize>() -> Result<[u8; LENGTH], CryptoError> {
    let mut bytes = [0u8; LENGTH];
    rand::rngs::SysRng
        .try_fill_bytes(&mut bytes)
        .map_err(|_| CryptoError::Random)?;
    Ok(bytes)
}

fn is_kid(text: &str) -> bool {
    text.len() == KID_LENGTH
        && text
            .bytes()
            .all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
}

impl KeyRing {
    /// A ring of fresh keys from the operating system's randomness. Kept nowhere until
    /// [`KeyRing::save`].
    pub fn generate() -> Result<Self, CryptoError> {
        Ok(Self::from_seed(random_bytes()?))
    }

    /// The ring that belongs to a seed: the same seed gives the same keys. For tests;
    /// nonces are random all the same.
    pub fn from_seed(seed: [u8; 32]) -> Self {
        let secret = |part: &str| Secret::new(keyed(&seed, &[b"tongban ring", part.as_bytes()]));
        let signers = PURPOSES
            .iter()
            .map(|purpose| {
                let key = SignerKey::from_seed(&keyed(&seed, &[b"tongban signer", purpose.as_bytes()]));
                ((*purpose).to_owned(), vec![key])
            })
            .collect();
        Self::from_keys(Keys {
            field: vec![FieldKey::new(secret("field"))],
            index: vec![secret("index")],
            token: secret("token"),
            content: secret("content"),
            signers,
        })
    }

    fn from_keys(keys: Keys) -> Self {
        Self {
            keys: Arc::new(RwLock::new(Arc::new(keys))),
            home: None,
        }
    }

    fn keys(&self) -> Arc<Keys> {
        self.follow();
        // A panic while the lock was held cannot leave half a ring: it holds one pointer.
        Arc::clone(&self.keys.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn change<T>(&self, change: impl FnOnce(&mut Keys) -> Result<T, CryptoError>) -> Result<T, CryptoError> {
        let mut guard = self.keys.write().unwrap_or_else(PoisonError::into_inner);
        let mut keys = Keys::clone(&guard);
        let answer = change(&mut keys)?;
        *guard = Arc::new(keys);
        Ok(answer)
    }

    /// Encrypts the value of one field: `sm4gcm.<kid>.<base64url of nonce ‖ cipher text ‖ tag>`.
    /// `field` (for example `identity.citizen_number`) is bound to the value: it opens only under
    /// the same name, so a value moved to another column is refused.
    pub fn seal(&self, field: &str, plain: &[u8]) -> Result<String, CryptoError> {
        let keys = self.keys();
        let key = keys.current_field()?;
        let sealed = encrypt(&key.fields, &seal_context(&key.secret.kid, field), plain)?;
        Ok(format!(
            "{SEAL_PREFIX}.{}.{}",
            key.secret.kid,
            URL_SAFE_NO_PAD.encode(sealed)
        ))
    }

    /// Decrypts what [`KeyRing::seal`] made under the same field name, with any key of the ring.
    pub fn unseal(&self, field: &str, sealed: &str) -> Result<Vec<u8>, CryptoError> {
        let (kid, body) = split_text(SEAL_PREFIX, sealed)?;
        let keys = self.keys();
        let key = keys.field_key(kid)?;
        let body = URL_SAFE_NO_PAD.decode(body).map_err(|_| CryptoError::Malformed)?;
        decrypt(&key.fields, &seal_context(kid, field), &body)
    }

    /// The id of the key that an encrypted file names; `None` for what is none. Needs its first twelve bytes.
    pub fn blob_key_id(encrypted: &[u8]) -> Option<&str> {
        encrypted
            .strip_prefix(BLOB_MAGIC)
            .and_then(|rest| rest.get(..KID_LENGTH))
            .and_then(|kid| std::str::from_utf8(kid).ok())
            .filter(|kid| is_kid(kid))
    }

    /// Whether a sealed value was made with the current field key. A job that reseals after a
    /// rotation asks this; `false` also for what is not a sealed value.
    pub fn is_current(&self, sealed: &str) -> bool {
        let keys = self.keys();
        split_text(SEAL_PREFIX, sealed)
            .is_ok_and(|(kid, _)| keys.current_field().is_ok_and(|key| key.secret.kid == kid))
    }

    /// The blind index of a value: `hmacsm3.<kid>.<base64url of 32 bytes>` under the current
    /// index key. Equal values of the same field give equal texts; bring the value into one form
    /// (trimmed, upper case) first.
    pub fn blind(&self, field: &str, plain: &str) -> String {
        let keys = self.keys();
        keys.index
            .last()
            .map(|key| blind_with(key, field, plain))
            .unwrap_or_default()
    }

    /// The blind indexes to look a value up by: under the current index key first, then under
    /// each key that is being retired.
    pub fn blinds(&self, field: &str, plain: &str) -> Vec<String> {
        self.keys()
            .index
            .iter()
            .rev()
            .map(|key| blind_with(key, field, plain))
            .collect()
    }

    /// Encrypts a file. The result names its key; 40 bytes longer than the content.
    pub fn encrypt_blob(&self, plain: &[u8]) -> Result<Vec<u8>, CryptoError> {
        let keys = self.keys();
        let key = keys.current_field()?;
        let header = [BLOB_MAGIC.as_slice(), key.secret.kid.as_bytes()].concat();
        let body = encrypt(&key.blobs, &header, plain)?;
        Ok([header, body].concat())
    }

    /// Decrypts what [`KeyRing::encrypt_blob`] made, with any key of the ring.
    pub fn decrypt_blob(&self, encrypted: &[u8]) -> Result<Vec<u8>, CryptoError> {
        let header_length = BLOB_MAGIC.len() + KID_LENGTH;
        let (header, body) = encrypted
            .split_at_checked(header_length)
            .ok_or(CryptoError::Malformed)?;
        let kid = header
            .strip_prefix(BLOB_MAGIC)
            .and_then(|kid| std::str::from_utf8(kid).ok())
            .filter(|kid| is_kid(kid))
            .ok_or(CryptoError::Malformed)?;
        decrypt(&self.keys().field_key(kid)?.blobs, header, body)
    }

    /// The name under which content is stored: HMAC-SM3 in hexadecimal. Equal content has one
    /// name and is stored once; without the ring nobody can tell a guess from the name.
    /// After [`KeyRing::decrypt_blob`], compare the name again: a blob put in another's place
    /// decrypts, but does not have its name.
    pub fn content_name(&self, content: &[u8]) -> String {
        hex::encode(keyed(&self.keys().content.bytes, &[b"content", content]))
    }

    /// The hash under which a session token, a one-time code or a link code rests.
    pub fn token_hash(&self, token: &str) -> String {
        hex::encode(keyed(&self.keys().token.bytes, &[b"token", token.as_bytes()]))
    }

    /// Takes a new key for sealing and blobs; older keys stay for reading. Answers the new id.
    /// Save the ring before the next value is sealed.
    pub fn rotate_field_key(&self) -> Result<String, CryptoError> {
        let secret = Secret::random()?;
        let kid = secret.kid.clone();
        self.change(|keys| {
            keys.field.push(FieldKey::new(secret));
            Ok(kid)
        })
    }

    /// Takes a new key for blind indexes; older keys stay for looking up until
    /// [`KeyRing::retire_index_key`]. Answers the new id.
    pub fn rotate_index_key(&self) -> Result<String, CryptoError> {
        let secret = Secret::random()?;
        let kid = secret.kid.clone();
        self.change(|keys| {
            keys.index.push(secret);
            Ok(kid)
        })
    }

    /// Forgets an index key once every index under it was made anew. The current one is refused.
    pub fn retire_index_key(&self, kid: &str) -> Result<(), CryptoError> {
        self.change(|keys| {
            let position = keys
                .index
                .iter()
                .position(|key| key.kid == kid)
                .ok_or_else(|| CryptoError::UnknownKey { kid: kid.to_owned() })?;
            if position + 1 == keys.index.len() {
                return Err(CryptoError::KeyInUse { kid: kid.to_owned() });
            }
            keys.index.remove(position);
            Ok(())
        })
    }

    /// Forgets a field key once nothing sealed with it is left. The current one is refused.
    pub fn retire_field_key(&self, kid: &str) -> Result<(), CryptoError> {
        self.change(|keys| {
            let position = keys
                .field
                .iter()
                .position(|key| key.secret.kid == kid)
                .ok_or_else(|| CryptoError::UnknownKey { kid: kid.to_owned() })?;
            if position + 1 == keys.field.len() {
                return Err(CryptoError::KeyInUse { kid: kid.to_owned() });
            }
            keys.field.remove(position);
            Ok(())
        })
    }

    /// Ids of the index keys, the current one last.
    pub fn index_key_ids(&self) -> Vec<String> {
        self.keys().index.iter().map(|key| key.kid.clone()).collect()
    }

    /// Ids of the field keys, the current one last.
    pub fn field_key_ids(&self) -> Vec<String> {
        self.keys()
            .field
            .iter()
            .map(|key| key.secret.kid.clone())
            .collect()
    }

    /// The current signer for one of [`PURPOSES`].
    pub fn signer(&self, purpose: &str) -> Result<Sm2Signer, CryptoError> {
        self.keys()
            .signers
            .get(purpose)
            .and_then(|keys| keys.last())
            .map(|key| key.signer.clone())
            .ok_or_else(|| CryptoError::UnknownPurpose {
                purpose: purpose.to_owned(),
            })
    }

    /// Every public key that ever signed for a purpose in this ring, the current one last: the
    /// keys that are our own when a record is verified.
    pub fn public_keys(&self, purpose: &str) -> Vec<Sm2Public> {
        self.keys()
            .signers
            .get(purpose)
            .map(|keys| keys.iter().map(|key| key.signer.public_key().clone()).collect())
            .unwrap_or_default()
    }

    /// Takes a new signing key for a purpose; older public keys stay in
    /// [`KeyRing::public_keys`]. Answers the new key id.
    pub fn rotate_signer(&self, purpose: &str) -> Result<String, CryptoError> {
        let key = SignerKey::from_seed(&random_bytes()?);
        let key_id = key.signer.key_id().to_owned();
        self.change(|keys| {
            keys.signers
                .get_mut(purpose)
                .ok_or_else(|| CryptoError::UnknownPurpose {
                    purpose: purpose.to_owned(),
                })?
                .push(key);
            Ok(key_id)
        })
    }
}

impl Keys {
    fn current_field(&self) -> Result<&FieldKey, CryptoError> {
        // Unreachable: no ring is made without a field key.
        self.field.last().ok_or(CryptoError::Malformed)
    }

    fn field_key(&self, kid: &str) -> Result<&FieldKey, CryptoError> {
        self.field
            .iter()
            .rev()
            .find(|key| key.secret.kid == kid)
            .ok_or_else(|| CryptoError::UnknownKey { kid: kid.to_owned() })
    }
}

impl fmt::Debug for KeyRing {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("KeyRing")
            .field("field", &self.field_key_ids())
            .field("index", &self.index_key_ids())
            .finish_non_exhaustive()
    }
}

/// What is authenticated beside a sealed field: the form, the key and the field's name.
fn seal_context(kid: &str, field: &str) -> Vec<u8> {
    [
        SEAL_PREFIX.as_bytes(),
        b".",
        kid.as_bytes(),
        b".",
        field.as_bytes(),
    ]
    .concat()
}

fn blind_with(key: &Secret, field: &str, plain: &str) -> String {
    let index: Digest32 = keyed(&key.bytes, &[b"blind", field.as_bytes(), plain.as_bytes()]);
    format!("{BLIND_PREFIX}.{}.{}", key.kid, URL_SAFE_NO_PAD.encode(index))
}

/// Takes `prefix.kid.body` apart. An error never repeats the text: it may be somebody's name.
fn split_text<'text>(prefix: &str, text: &'text str) -> Result<(&'text str, &'text str), CryptoError> {
    let (head, rest) = text.split_once('.').ok_or(CryptoError::Malformed)?;
    let (kid, body) = rest.split_once('.').ok_or(CryptoError::Malformed)?;
    if head == prefix && is_kid(kid) {
        Ok((kid, body))
    } else {
        Err(CryptoError::Malformed)
    }
}

fn encrypt(cipher: &Sm4Gcm, context: &[u8], plain: &[u8]) -> Result<Vec<u8>, CryptoError> {
    let nonce: [u8; NONCE_LENGTH] = random_bytes()?;
    let encrypted = cipher
        .encrypt(&nonce.into(), Payload { msg: plain, aad: context })
        // Only content beyond 64 GiB fails here.
        .map_err(|_| CryptoError::Malformed)?;
    let mut sealed = Vec::with_capacity(NONCE_LENGTH + encrypted.len());
    sealed.extend_from_slice(&nonce);
    sealed.extend_from_slice(&encrypted);
    Ok(sealed)
}

fn decrypt(cipher: &Sm4Gcm, context: &[u8], sealed: &[u8]) -> Result<Vec<u8>, CryptoError> {
    let (nonce, encrypted) = sealed
        .split_first_chunk::<NONCE_LENGTH>()
        .ok_or(CryptoError::Malformed)?;
    if encrypted.len() < TAG_LENGTH {
        return Err(CryptoError::Malformed);
    }
    cipher
        .decrypt(
            &(*nonce).into(),
            Payload {
                msg: encrypted,
                aad: context,
            },
        )
        .map_err(|_| CryptoError::Refused)
}
