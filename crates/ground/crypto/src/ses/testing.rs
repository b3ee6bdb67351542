//! Makes certificates, seals and signatures for tests, also broken ones. Not for use: the certificates are those of nobody.

use chrono::{DateTime, Utc};

use crate::{KeyRing, Sm2Signer, digest::sm3};

const SM2_WITH_SM3: &[u8] = &[0x2A, 0x81, 0x1C, 0xCF, 0x55, 0x01, 0x83, 0x75];

/// One element: tag, length, content.
pub fn element(tag: u8, content: impl AsRef<[u8]>) -> Vec<u8> {
    let content = content.as_ref();
    let mut bytes = vec![tag];
    match content.len() {
        short @ 0..0x80 => bytes.push(short as u8),
        long => {
            let digits: Vec<u8> = long
                .to_be_bytes()
                .into_iter()
                .skip_while(|byte| *byte == 0)
                .collect();
            bytes.push(0x80 | digits.len() as u8);
            bytes.extend(digits);
        }
    }
    bytes.extend_from_slice(content);
    bytes
}

fn sequence(parts: &[Vec<u8>]) -> Vec<u8> {
    element(0x30, parts.concat())
}

fn identifier(bytes: &[u8]) -> Vec<u8> {
    element(0x06, bytes)
}

fn bits(bytes: &[u8]) -> Vec<u8> {
    element(0x03, [&[0], bytes].concat())
}

fn generalized(instant: DateTime<Utc>) -> Vec<u8> {
    element(0x18, instant.format("%Y%m%d%H%M%SZ").to_string())
}

fn name(common_name: &str) -> Vec<u8> {
    let attribute = sequence(&[identifier(&[0x55, 0x04, 0x03]), element(0x0C, common_name)]);
    sequence(&[element(0x31, attribute)])
}

/// Somebody with a key and a certificate that a root of the tests issued.
#[derive(Debug, Clone)]
pub struct Party {
    pub signer: Sm2Signer,
    pub certificate: Vec<u8>,
}

impl Party {
    /// `seed` makes the key; the certificate is good between the two instants.
    pub fn new(seed: u8, common_name: &str, from: DateTime<Utc>, to: DateTime<Utc>) -> Self {
        let signer = signer(seed);
        let body = sequence(&[
            element(0xA0, element(0x02, [2])),
            element(0x02, [seed & 0x7F]),
            sequence(&[identifier(SM2_WITH_SM3)]),
            name("测试根证书"),
            sequence(&[generalized(from), generalized(to)]),
            name(common_name),
            sequence(&[
                sequence(&[
                    identifier(&[0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01]),
                    identifier(&[0x2A, 0x81, 0x1C, 0xCF, 0x55, 0x01, 0x82, 0x2D]),
                ]),
                bits(signer.public_key().as_bytes()),
            ]),
            // key usage: digital signature and non-repudiation
            element(
                0xA3,
                sequence(&[sequence(&[
                    identifier(&[0x55, 0x1D, 0x0F]),
                    element(0x01, [0xFF]),
                    element(0x04, element(0x03, [6, 0xC0])),
                ])]),
            ),
        ]);
        let signature = root().sign(&body);
        let certificate = sequence(&[body, sequence(&[identifier(SM2_WITH_SM3)]), bits(&signature)]);
        Self { signer, certificate }
    }
}

/// Whoever issues the certificates of the tests.
pub fn root() -> Sm2Signer {
    signer(250)
}

#[expect(clippy::expect_used, reason = "tests stop at the first surprise")]
fn signer(seed: u8) -> Sm2Signer {
    KeyRing::from_seed([seed; 32])
        .signer("document")
        .expect("every ring signs documents")
        .clone()
}

/// How a seal names its holders.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Listing {
    Certificates,
    Digests,
}

/// A seal in the making.
#[derive(Debug, Clone)]
pub struct SealPlan<'party> {
    /// 1, 4 or 5
    pub version: u8,
    pub name: &'static str,
    pub maker: &'party Party,
    pub holders: Vec<&'party Party>,
    pub listing: Listing,
    pub from: DateTime<Utc>,
    pub to: DateTime<Utc>,
}

impl SealPlan<'_> {
    /// The bytes of the seal.
    pub fn seal(&self) -> Vec<u8> {
        let holders: Vec<Vec<u8>> = self
            .holders
            .iter()
            .map(|party| match self.listing {
                Listing::Certificates => element(0x04, &party.certificate),
                Listing::Digests => sequence(&[element(0x13, "SM3"), element(0x04, sm3(&party.certificate))]),
            })
            .collect();
        let utc = |instant: DateTime<Utc>| element(0x17, instant.format("%y%m%d%H%M%SZ").to_string());
        let time = |instant| {
            if self.version == 1 {
                utc(instant)
            } else {
                generalized(instant)
            }
        };
        let mut property = vec![element(0x02, [3]), element(0x0C, self.name)];
        if self.version != 1 {
            property.push(element(
                0x02,
                [if self.listing == Listing::Certificates {
                    1
                } else {
                    2
                }],
            ));
        }
        property.push(sequence(&holders));
        property.extend([time(self.from), time(self.from), time(self.to)]);
        let info = sequence(&[
            sequence(&[
                element(0x16, "ES"),
                element(0x02, [self.version]),
                element(0x16, "Tests"),
            ]),
            element(0x16, "51990000000001"),
            sequence(&property),
            sequence(&[
                element(0x16, "PNG"),
                element(0x04, "picture"),
                element(0x02, [40]),
                element(0x02, [40]),
            ]),
        ]);
        let maker = [element(0x04, &self.maker.certificate), identifier(SM2_WITH_SM3)].concat();
        if self.version == 1 {
            let signature = self
                .maker
                .signer
                .sign(&element(0x30, [info.as_slice(), &maker].concat()));
            return sequence(&[info, element(0x30, [maker, bits(&signature)].concat())]);
        }
        let signature = self.maker.signer.sign(&info);
        let mut parts = vec![info, maker, bits(&signature)];
        if self.version == 5 {
            parts.push(element(0xA0, bits(b"stamp")));
        }
        sequence(&parts)
    }

    /// The bytes of a signature with this seal over a text with this digest.
    pub fn put(&self, signer: &Party, at: DateTime<Utc>, data_hash: &[u8], place: &str) -> Vec<u8> {
        let mut body = vec![
            element(0x02, [self.version]),
            self.seal(),
            if self.version == 1 {
                bits(at.format("%Y%m%d%H%M%SZ").to_string().as_bytes())
            } else {
                generalized(at)
            },
            bits(data_hash),
            element(0x16, place),
        ];
        let certificate = [element(0x04, &signer.certificate), identifier(SM2_WITH_SM3)].concat();
        if self.version == 1 {
            body.push(certificate);
            let body = sequence(&body);
            let signature = signer.signer.sign(&body);
            return sequence(&[body, bits(&signature)]);
        }
        let body = sequence(&body);
        let signature = signer.signer.sign(&body);
        sequence(&[body, certificate, bits(&signature)])
    }
}
