//! What a seal was put to.

use chrono::{DateTime, Utc};
use der::Tag;

use super::{
    Certificate, Holds, Seal, SealForm, SesError,
    element::{Elements, whole},
};

/// A signature made with a seal (`SES_Signature`, the content of `SignedValue.dat`).
#[derive(Debug, Clone)]
pub struct SealSignature {
    pub form: SealForm,
    /// The number that stands in the signed part.
    pub version: u32,
    pub seal: Seal,
    /// The exact bytes of the seal inside.
    pub seal_bytes: Vec<u8>,
    /// When it was put, by the signer's own clock.
    pub signed_at: Option<DateTime<Utc>>,
    /// The digest of `Signature.xml`.
    pub data_hash: Vec<u8>,
    /// Where `Signature.xml` lies in its package.
    pub place: String,
    /// `None` where the signer's certificate cannot be read.
    pub signer: Option<Certificate>,
    pub algorithm: String,
    /// Whether it carries a time stamp.
    pub stamped: bool,
    body: Vec<u8>,
    signature: Vec<u8>,
}

impl SealSignature {
    /// Reads a signature. Any bytes are a fair argument.
    pub fn parse(der: &[u8]) -> Result<Self, SesError> {
        let outer = whole(der, "signature with a seal")?;
        if outer.tag != Tag::Sequence {
            return Err(SesError("signature with a seal"));
        }
        let mut outer = Elements::new(outer.content, "signature with a seal");
        let (mut body, body_element) = outer.sequence("signed part")?;
        let version = body.small_number()?;
        let (_, seal_element) = body.sequence("seal")?;
        let signed_at = body.instant()?;
        let data_hash = body.bits()?;
        let place = body.text()?;
        let second = outer.next()?;
        let (form, certificate, algorithm, signature) = if second.tag == Tag::BitString {
            // V1 keeps certificate and algorithm inside the signed part.
            let (certificate, algorithm) = (body.octets()?, body.identifier()?);
            body.end()?;
            let signature = super::element::bits(second, "signature")?;
            (SealForm::V1, certificate, algorithm, signature)
        } else if second.tag == Tag::OctetString {
            body.optional(0)?; // extensions
            body.end()?;
            (SealForm::V4, second.content, outer.identifier()?, outer.bits()?)
        } else {
            return Err(SesError("certificate of the signer"));
        };
        let stamped = outer.optional(0)?.is_some();
        outer.end()?;
        Ok(Self {
            form,
            version,
            seal: Seal::parse(seal_element.bytes)?,
            seal_bytes: seal_element.bytes.to_vec(),
            signed_at,
            data_hash: data_hash.to_vec(),
            place,
            signer: Certificate::parse(certificate).ok(),
            algorithm,
            stamped,
            body: body_element.bytes.to_vec(),
            signature: signature.to_vec(),
        })
    }

    /// Whether the signature holds under the certificate that it carries.
    pub fn verify(&self) -> Holds {
        match &self.signer {
            Some(signer) => signer.verify(&self.body, &self.algorithm, &self.signature),
            None => Holds::NoKey,
        }
    }
}
