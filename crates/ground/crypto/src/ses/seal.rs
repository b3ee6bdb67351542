//! The seal itself.

use chrono::{DateTime, Utc};
use der::Tag;

use super::{
    Certificate, Holds, SesError,
    element::{Elements, whole},
};
use crate::DigestMethod;

/// Certificates, or digests of them, that a seal lists at most.
const MOST_HOLDERS: usize = 1_000;

/// The outline that a seal follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SealForm {
    /// GM/T 0031-2014
    V1,
    /// GB/T 38540-2020 (version 4) and GM/T 0031-2025 (version 5)
    V4,
}

impl SealForm {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::V1 => "V1",
            Self::V4 => "V4",
        }
    }
}

/// Who may use a seal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Holders {
    Certificates(Vec<Vec<u8>>),
    /// The word of the digest and its value.
    Digests(Vec<(String, Vec<u8>)>),
}

/// A seal: what its maker says of it, and the maker's signature.
#[derive(Debug, Clone)]
pub struct Seal {
    pub form: SealForm,
    /// The number that stands in the header.
    pub version: u32,
    pub id: String,
    /// 示范市市场监督管理局电子证照专用章
    pub name: String,
    pub holders: Holders,
    pub created: Option<DateTime<Utc>>,
    pub valid_from: Option<DateTime<Utc>>,
    pub valid_to: Option<DateTime<Utc>>,
    /// `None` where the maker's certificate cannot be read.
    pub maker: Option<Certificate>,
    pub algorithm: String,
    /// Whether it carries a time stamp (V5).
    pub stamped: bool,
    /// What the maker may have signed: V1 is made in two ways in the field.
    signed: Vec<Vec<u8>>,
    signature: Vec<u8>,
}

impl Seal {
    /// Reads a seal (`.esl`, `SESeal`). Any bytes are a fair argument.
    pub fn parse(der: &[u8]) -> Result<Self, SesError> {
        let outer = whole(der, "seal")?;
        if outer.tag != Tag::Sequence {
            return Err(SesError("seal"));
        }
        let mut outer = Elements::new(outer.content, "seal");
        let (mut info, info_element) = outer.sequence("seal information")?;
        let maker_part = outer.next()?;
        let (form, maker, algorithm, signature, signed) = if maker_part.tag == Tag::Sequence {
            let mut parts = Elements::new(maker_part.content, "signature of the maker");
            let (maker, certificate_end) = (parts.octets()?, parts.identifier()?);
            let signature = parts.bits()?;
            parts.end()?;
            let head_length = maker_part.content.len() - bit_string_length(maker_part.content)?;
            let mut all = info_element.bytes.to_vec();
            all.extend_from_slice(&maker_part.content[..head_length]);
            let signed = vec![info_element.bytes.to_vec(), sequence_of(&all)];
            (SealForm::V1, maker, certificate_end, signature, signed)
        } else if maker_part.tag == Tag::OctetString {
            let algorithm = outer.identifier()?;
            let signature = outer.bits()?;
            let signed = vec![info_element.bytes.to_vec()];
            (SealForm::V4, maker_part.content, algorithm, signature, signed)
        } else {
            return Err(SesError("certificate of the maker"));
        };
        let stamped = outer.optional(0)?.is_some();
        outer.end()?;

        let (mut header, _) = info.sequence("header of a seal")?;
        if header.text()? != "ES" {
            return Err(SesError("header of a seal"));
        }
        let version = header.small_number()?;
        header.text()?; // the maker's product
        let id = info.text()?;
        let (mut property, _) = info.sequence("properties of a seal")?;
        property.small_number()?; // the kind of seal
        let name = property.text()?;
        let holders = read_holders(&mut property, form)?;
        let (created, valid_from, valid_to) = (property.instant()?, property.instant()?, property.instant()?);
        info.sequence("picture of a seal")?;
        Ok(Self {
            form,
            version,
            id,
            name,
            holders,
            created,
            valid_from,
            valid_to,
            maker: Certificate::parse(maker).ok(),
            algorithm,
            stamped,
            signed,
            signature: signature.to_vec(),
        })
    }

    /// Whether the maker's signature holds under the certificate that the seal carries.
    pub fn verify(&self) -> Holds {
        let Some(maker) = &self.maker else {
            return Holds::NoKey;
        };
        let mut last = Holds::No;
        for message in &self.signed {
            last = maker.verify(message, &self.algorithm, &self.signature);
            if last != Holds::No {
                break;
            }
        }
        last
    }

    /// Whether the seal names a certificate among those that may use it.
    pub fn lists(&self, certificate: &Certificate) -> bool {
        match &self.holders {
            Holders::Certificates(listed) => listed.iter().any(|der| der == certificate.as_der()),
            Holders::Digests(listed) => listed.iter().any(|(word, value)| {
                // a word that is not known is taken for SM3, which the standard asks for
                let method = DigestMethod::of(word).unwrap_or(DigestMethod::Sm3);
                method.digest(certificate.as_der()) == *value
            }),
        }
    }

    /// Whether an instant lies in its period; not where the period cannot be read.
    pub fn covers(&self, instant: DateTime<Utc>) -> bool {
        self.valid_from.is_some_and(|from| from <= instant) && self.valid_to.is_some_and(|to| instant <= to)
    }
}

/// The length of the last element of a V1 signature, the bit string.
fn bit_string_length(content: &[u8]) -> Result<usize, SesError> {
    let mut parts = Elements::new(content, "signature of the maker");
    parts.next()?;
    parts.next()?;
    Ok(parts.next()?.bytes.len())
}

/// The header of a sequence before its content.
fn sequence_of(content: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0x30];
    let length = content.len();
    if length < 0x80 {
        bytes.extend(u8::try_from(length));
    } else {
        let digits: Vec<u8> = length
            .to_be_bytes()
            .into_iter()
            .skip_while(|byte| *byte == 0)
            .collect();
        bytes.extend(u8::try_from(0x80 | digits.len()));
        bytes.extend(digits);
    }
    bytes.extend_from_slice(content);
    bytes
}

fn read_holders(property: &mut Elements<'_>, form: SealForm) -> Result<Holders, SesError> {
    let place = "list of holders";
    let digests = match form {
        SealForm::V1 => false,
        SealForm::V4 => match property.small_number()? {
            1 => false,
            2 => true,
            _ => return Err(SesError(place)),
        },
    };
    let (mut list, _) = property.sequence(place)?;
    let mut certificates = Vec::new();
    let mut values = Vec::new();
    while !list.is_empty() {
        if certificates.len() + values.len() >= MOST_HOLDERS {
            return Err(SesError(place));
        }
        if digests {
            let (mut pair, _) = list.sequence(place)?;
            values.push((pair.text()?, pair.octets()?.to_vec()));
        } else {
            certificates.push(list.octets()?.to_vec());
        }
    }
    Ok(if digests {
        Holders::Digests(values)
    } else {
        Holders::Certificates(certificates)
    })
}
