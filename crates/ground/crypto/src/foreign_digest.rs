//! Digests that documents of others declare. We ourselves use SM3.

use sha2::Digest as _;

use crate::digest::sm3;

/// A digest by the word or the object identifier that names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DigestMethod {
    Sm3,
    Md5,
    Sha1,
    Sha256,
    Sha384,
    Sha512,
}

impl DigestMethod {
    pub const ALL: [Self; 6] = [
        Self::Sm3,
        Self::Md5,
        Self::Sha1,
        Self::Sha256,
        Self::Sha384,
        Self::Sha512,
    ];

    /// `SM3`, `1.2.156.10197.1.401`, `SHA-256`, …, in either case.
    pub fn of(word: &str) -> Option<Self> {
        let word = word.trim().to_ascii_uppercase().replace(['-', '_'], "");
        Self::ALL
            .into_iter()
            .find(|method| word == method.as_str() || word == method.identifier())
    }

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Sm3 => "SM3",
            Self::Md5 => "MD5",
            Self::Sha1 => "SHA1",
            Self::Sha256 => "SHA256",
            Self::Sha384 => "SHA384",
            Self::Sha512 => "SHA512",
        }
    }

    fn identifier(self) -> &'static str {
        match self {
            Self::Sm3 => "1.2.156.10197.1.401",
            Self::Md5 => "1.2.840.113549.2.5",
            Self::Sha1 => "1.3.14.3.2.26",
            Self::Sha256 => "2.16.840.1.101.3.4.2.1",
            Self::Sha384 => "2.16.840.1.101.3.4.2.2",
            Self::Sha512 => "2.16.840.1.101.3.4.2.3",
        }
    }

    /// Whether two contents with one digest can be made: what rests on it proves little.
    pub fn is_weak(self) -> bool {
        matches!(self, Self::Md5 | Self::Sha1)
    }

    /// The digest of bytes.
    pub fn digest(self, bytes: &[u8]) -> Vec<u8> {
        match self {
            Self::Sm3 => sm3(bytes).to_vec(),
            Self::Md5 => md5::Md5::digest(bytes).to_vec(),
            Self::Sha1 => sha1::Sha1::digest(bytes).to_vec(),
            Self::Sha256 => sha2::Sha256::digest(bytes).to_vec(),
            Self::Sha384 => sha2::Sha384::digest(bytes).to_vec(),
            Self::Sha512 => sha2::Sha512::digest(bytes).to_vec(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_identifiers_name_the_digests() {
        for (word, method) in [
            ("SM3", Some(DigestMethod::Sm3)),
            ("sm3", Some(DigestMethod::Sm3)),
            ("1.2.156.10197.1.401", Some(DigestMethod::Sm3)),
            ("SHA-1", Some(DigestMethod::Sha1)),
            (" sha256 ", Some(DigestMethod::Sha256)),
            ("2.16.840.1.101.3.4.2.3", Some(DigestMethod::Sha512)),
            ("MD5", Some(DigestMethod::Md5)),
            ("MD4", None),
            ("", None),
        ] {
            assert_eq!(DigestMethod::of(word), method, "{word}");
        }
    }

    #[test]
    fn digests_are_those_of_the_standards() {
        // RFC 1321, FIPS 180-4, GB/T 32905: of "abc"
        for (method, expected) in [
            (
                DigestMethod::Sm3,
                "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0",
            ),
            (DigestMethod::Md5, "900150983cd24fb0d6963f7d28e17f72"),
            (DigestMethod::Sha1, "a9993e364706816aba3e25717850c26c9cd0d89d"),
            (
                DigestMethod::Sha256,
                "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
            ),
        ] {
            assert_eq!(hex::encode(method.digest(b"abc")), expected);
        }
        let of = |method: DigestMethod| hex::encode(method.digest(b"abc"));
        assert!(of(DigestMethod::Sha384).starts_with("cb00753f45a35e8bb5a03d699ac65007"));
        assert!(of(DigestMethod::Sha512).starts_with("ddaf35a193617abacc417349ae204131"));
    }
}
