//! SM3 digests, HMAC-SM3, and comparison in constant time.

use hmac::{Hmac, KeyInit, Mac};
use sm3::{Digest, Sm3};
use subtle::ConstantTimeEq;

/// An SM3 digest: 256 bits.
pub type Digest32 = [u8; 32];

/// The SM3 digest of bytes (GB/T 32905-2016).
pub fn sm3(bytes: impl AsRef<[u8]>) -> Digest32 {
    Sm3::digest(bytes.as_ref()).into()
}

/// The SM3 digest in lower-case hexadecimal, 64 digits.
pub fn sm3_hex(bytes: impl AsRef<[u8]>) -> String {
    hex::encode(sm3(bytes))
}

/// An SM3 digest over pieces, for content that does not fit in memory.
#[derive(Clone, Default)]
pub struct Sm3Stream(Sm3);

impl Sm3Stream {
    /// Starts an empty digest.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds the next piece.
    pub fn update(&mut self, bytes: &[u8]) {
        Digest::update(&mut self.0, bytes);
    }

    /// The digest of all pieces.
    pub fn finish(self) -> Digest32 {
        self.0.finalize().into()
    }
}

/// Compares without telling by the time taken where the first difference is.
/// Lengths are compared openly.
pub fn constant_time_eq(left: impl AsRef<[u8]>, right: impl AsRef<[u8]>) -> bool {
    left.as_ref().ct_eq(right.as_ref()).into()
}

/// HMAC-SM3 over parts. Every part is preceded by its length, so that no two lists of parts give
/// the same input (`["ab","c"]` and `["a","bc"]` differ). The first part names the use.
pub(crate) fn keyed(key: &[u8; 32], parts: &[&[u8]]) -> Digest32 {
    // HMAC pads a short key with zeros to the block length: doing it here leaves nothing to fail.
    let mut block = [0u8; 64];
    block[..32].copy_from_slice(key);
    let mut mac = Hmac::<Sm3>::new(&block.into());
    for part in parts {
        mac.update(&(part.len() as u64).to_be_bytes());
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

#[cfg(test)]
pub(crate) fn hmac_raw(key: &[u8; 32], message: &[u8]) -> Digest32 {
    let mut block = [0u8; 64];
    block[..32].copy_from_slice(key);
    let mut mac = Hmac::<Sm3>::new(&block.into());
    mac.update(message);
    mac.finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sm3_gives_the_digests_printed_in_the_standard() {
        // GB/T 32905-2016 A.1 and A.2
        assert_eq!(
            sm3_hex("abc"),
            "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
        );
        assert_eq!(
            sm3_hex("abcd".repeat(16)),
            "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732"
        );
        assert_eq!(
            sm3_hex(""),
            "1ab21d8355cfa17f8e61194831e81a8f22bec8c728fefb747ed035eb5082aa2b"
        );
    }

    #[test]
    fn a_stream_gives_the_digest_of_the_whole() {
        let mut stream = Sm3Stream::new();
        for piece in ["a", "", "b", "c"] {
            stream.update(piece.as_bytes());
        }
        assert_eq!(stream.finish(), sm3("abc"));
    }

    #[test]
    fn hmac_follows_its_definition() {
        // RFC 2104 spelled out with the digest alone.
        let key = [7u8; 32];
        let pad = |byte: u8| {
            let mut block = [byte; 64];
            for (slot, key_byte) in block.iter_mut().zip(key) {
                *slot ^= key_byte;
            }
            block.to_vec()
        };
        let inner = sm3([pad(0x36), b"message".to_vec()].concat());
        let outer = sm3([pad(0x5c), inner.to_vec()].concat());
        assert_eq!(hmac_raw(&key, b"message"), outer);
    }

    #[test]
    fn parts_do_not_run_into_each_other() {
        let key = [1u8; 32];
        assert_ne!(keyed(&key, &[b"ab", b"c"]), keyed(&key, &[b"a", b"bc"]));
        assert_ne!(keyed(&key, &[b"a", b""]), keyed(&key, &[b"a"]));
    }

    #[test]
    fn comparison_in_constant_time_compares() {
        assert!(constant_time_eq("same", "same"));
        assert!(!constant_time_eq("same", "sane"));
        assert!(!constant_time_eq("same", "same "));
    }
}
