//! X.509 certificates as seals carry them (GB/T 20518): as much of one as judging a signature needs.

use chrono::{DateTime, Utc};
use der::Tag;

use super::{
    Holds, SesError, SignatureAlgorithm,
    element::{Element, Elements, bits, text, whole},
};
use crate::{Sm2Public, digest::sm3};

/// What stands in a certificate. Nothing of it is checked by reading it.
#[derive(Debug, Clone)]
pub struct Certificate {
    der: Vec<u8>,
    body: Vec<u8>,
    algorithm: String,
    signature: Vec<u8>,
    /// The common name of whom it is for; empty where it names none.
    pub subject: String,
    /// The common name of who issued it.
    pub issuer: String,
    pub not_before: Option<DateTime<Utc>>,
    pub not_after: Option<DateTime<Utc>>,
    /// The SM2 key; `None` for keys of another kind.
    pub key: Option<Sm2Public>,
    /// What the key is for; `None` where the certificate does not say.
    pub usage: Option<KeyUsage>,
}

/// The uses that a certificate allows (RFC 5280, 4.2.1.3) and that matter here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyUsage {
    /// `digitalSignature` or `nonRepudiation`
    pub signing: bool,
}

const COMMON_NAME: &str = "2.5.4.3";
const EC_PUBLIC_KEY: &str = "1.2.840.10045.2.1";
const SM2_CURVE: &str = "1.2.156.10197.1.301";
const KEY_USAGE: &str = "2.5.29.15";

impl Certificate {
    /// Reads a certificate. Any bytes are a fair argument.
    pub fn parse(der: &[u8]) -> Result<Self, SesError> {
        let place = "certificate";
        let outer = whole(der, place)?;
        if outer.tag != Tag::Sequence {
            return Err(SesError(place));
        }
        let mut outer = Elements::new(outer.content, place);
        let (mut body, body_element) = outer.sequence("certificate body")?;
        let (mut algorithm, _) = outer.sequence("certificate algorithm")?;
        let algorithm = algorithm.identifier()?;
        let signature = outer.bits()?;
        outer.end()?;

        body.optional(0)?; // version
        body.next()?; // serial number
        body.sequence("certificate algorithm")?;
        let issuer = name(body.sequence("issuer")?.0)?;
        let (mut period, _) = body.sequence("period of a certificate")?;
        let (not_before, not_after) = (period.instant()?, period.instant()?);
        let subject = name(body.sequence("subject")?.0)?;
        let key = public_key(body.sequence("public key")?.0)?;
        let mut usage = None;
        while !body.is_empty() {
            let element = body.next()?;
            if element.bytes.first() == Some(&0xA3) {
                usage = key_usage(element)?;
            }
        }
        Ok(Self {
            der: der.to_vec(),
            body: body_element.bytes.to_vec(),
            algorithm,
            signature: signature.to_vec(),
            subject,
            issuer,
            not_before,
            not_after,
            key,
            usage,
        })
    }

    /// Its bytes.
    pub fn as_der(&self) -> &[u8] {
        &self.der
    }

    /// Its SM3 digest, by which a list of holders may name it.
    pub fn digest(&self) -> [u8; 32] {
        sm3(&self.der)
    }

    /// Whether an instant lies in its period; not where the period cannot be read.
    pub fn covers(&self, instant: DateTime<Utc>) -> bool {
        self.not_before.is_some_and(|from| from <= instant) && self.not_after.is_some_and(|to| instant <= to)
    }

    /// Whether it may be used for signing: it says so, or says nothing.
    pub fn may_sign(&self) -> bool {
        self.usage.is_none_or(|usage| usage.signing)
    }

    /// Whether a signature over a message holds under its key.
    pub fn verify(&self, message: &[u8], algorithm: &str, signature: &[u8]) -> Holds {
        match (&self.key, SignatureAlgorithm::of(algorithm)) {
            (_, None) => Holds::UnknownAlgorithm,
            (None, _) => Holds::NoKey,
            (Some(key), Some(SignatureAlgorithm::Sm2)) => {
                Holds::from(key.verify_any_form(message, signature))
            }
        }
    }

    /// Whether the owner of a key issued it.
    pub fn issued_by(&self, key: &Sm2Public) -> bool {
        SignatureAlgorithm::of(&self.algorithm).is_some() && key.verify_any_form(&self.body, &self.signature)
    }
}

/// The last common name: the most specific one.
fn name(mut parts: Elements<'_>) -> Result<String, SesError> {
    let mut common_name = String::new();
    while !parts.is_empty() {
        let set = parts.next()?;
        let mut attributes = Elements::new(set.content, "name");
        while !attributes.is_empty() {
            let (mut attribute, _) = attributes.sequence("name")?;
            let kind = attribute.identifier()?;
            let value = attribute.next()?;
            if kind == COMMON_NAME {
                common_name = text(value).ok_or(SesError("name"))?;
            }
        }
    }
    Ok(common_name)
}

/// An SM2 key. Keys of other kinds are none that we can judge by.
fn public_key(mut parts: Elements<'_>) -> Result<Option<Sm2Public>, SesError> {
    let (mut kind, _) = parts.sequence("public key")?;
    let family = kind.identifier()?;
    let point = parts.bits()?;
    if family != EC_PUBLIC_KEY || kind.is_empty() {
        return Ok(None);
    }
    let curve = kind.next()?;
    if curve.tag != Tag::ObjectIdentifier || Elements::new(curve.bytes, "curve").identifier()? != SM2_CURVE {
        return Ok(None);
    }
    Ok(Sm2Public::from_bytes(point).ok())
}

fn key_usage(extensions: Element<'_>) -> Result<Option<KeyUsage>, SesError> {
    let place = "extension of a certificate";
    let list = whole(extensions.content, place)?;
    let mut list = Elements::new(list.content, place);
    while !list.is_empty() {
        let (mut extension, _) = list.sequence(place)?;
        if extension.identifier()? != KEY_USAGE {
            continue;
        }
        let mut value = extension.next()?;
        if value.tag == Tag::Boolean {
            value = extension.next()?;
        }
        let flags = whole(value.content, place)?;
        // the first octet tells how many bits of the last are unused
        let first = match flags.content {
            [_, first, ..] if flags.tag == Tag::BitString => *first,
            _ => bits(flags, place)?.first().copied().unwrap_or(0),
        };
        return Ok(Some(KeyUsage {
            signing: first & 0b1100_0000 != 0,
        }));
    }
    Ok(None)
}
