//! Small OFDs for tests, well made or broken by whoever takes them apart.
#![expect(clippy::expect_used, reason = "tests stop at the first surprise")]

use std::io::{Cursor, Write as _};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use tongban_crypto::DigestMethod;
use zip::{ZipWriter, write::SimpleFileOptions};

/// Where the one signature of these files lies.
pub const SIGNATURE: &str = "Doc_0/Signs/Sign_0/Signature.xml";
/// Where its value lies.
pub const SIGNED_VALUE: &str = "Doc_0/Signs/Sign_0/SignedValue.dat";

/// Parts of a package in their order, to be changed at will before it is packed.
#[derive(Debug, Clone, Default)]
pub struct Parts(pub Vec<(String, Vec<u8>)>);

impl Parts {
    /// A document of two pages without a signature.
    pub fn unsigned() -> Self {
        let mut parts = Self::default();
        let document = "<ofd:Document xmlns:ofd=\"http://www.ofdspec.org/2016\"><ofd:CommonData/><ofd:Pages>\
            <ofd:Page ID=\"1\" BaseLoc=\"Pages/Page_0/Content.xml\"/><ofd:Page ID=\"2\" BaseLoc=\"Pages/Page_1/Content.xml\"/>\
            </ofd:Pages></ofd:Document>";
        parts.set("OFD.xml", root(""));
        parts.set("Doc_0/Document.xml", document);
        parts.set("Doc_0/Pages/Page_0/Content.xml", "<ofd:Page>第一页</ofd:Page>");
        parts.set("Doc_0/Pages/Page_1/Content.xml", "<ofd:Page>第二页</ofd:Page>");
        parts
    }

    /// The same document with one signature over all its parts. `sign` makes the value out of `Signature.xml`.
    pub fn signed(sign: impl FnOnce(&[u8]) -> Vec<u8>) -> Self {
        Self::signed_by("SM3", DigestMethod::Sm3, sign)
    }

    /// The same with a digest under any word.
    pub fn signed_by(word: &str, method: DigestMethod, sign: impl FnOnce(&[u8]) -> Vec<u8>) -> Self {
        let mut parts = Self::unsigned();
        parts.set(
            "OFD.xml",
            root("<ofd:Signatures>/Doc_0/Signs/Signatures.xml</ofd:Signatures>"),
        );
        let references: String = parts
            .0
            .iter()
            .map(|(name, bytes)| {
                let value = STANDARD.encode(method.digest(bytes));
                format!("<ofd:Reference FileRef=\"/{name}\"><ofd:CheckValue>{value}</ofd:CheckValue></ofd:Reference>")
            })
            .collect();
        parts.set(
            "Doc_0/Signs/Signatures.xml",
            "<ofd:Signatures xmlns:ofd=\"http://www.ofdspec.org/2016\"><ofd:MaxSignId>1</ofd:MaxSignId>\
            <ofd:Signature ID=\"1\" Type=\"Seal\" BaseLoc=\"Sign_0/Signature.xml\"/></ofd:Signatures>",
        );
        let list = format!(
            "<ofd:Signature xmlns:ofd=\"http://www.ofdspec.org/2016\"><ofd:SignedInfo><ofd:Provider ProviderName=\"tests\"/>\
            <ofd:SignatureMethod>1.2.156.10197.1.501</ofd:SignatureMethod>\
            <ofd:SignatureDateTime>2026-11-20 10:30:00</ofd:SignatureDateTime>\
            <ofd:References CheckMethod=\"{word}\">{references}</ofd:References></ofd:SignedInfo>\
            <ofd:SignedValue>/{SIGNED_VALUE}</ofd:SignedValue></ofd:Signature>"
        );
        let value = sign(list.as_bytes());
        parts.set(SIGNATURE, list);
        parts.set(SIGNED_VALUE, value);
        parts
    }

    /// Puts a part in place of the one of its name, or adds it.
    pub fn set(&mut self, name: &str, bytes: impl AsRef<[u8]>) {
        let bytes = bytes.as_ref().to_vec();
        match self.0.iter_mut().find(|(known, _)| known == name) {
            Some((_, known)) => *known = bytes,
            None => self.0.push((name.to_owned(), bytes)),
        }
    }

    /// Takes a part out.
    pub fn remove(&mut self, name: &str) {
        self.0.retain(|(known, _)| known != name);
    }

    /// The bytes of a part.
    pub fn get(&self, name: &str) -> &[u8] {
        let part = self.0.iter().find(|(known, _)| known == name);
        &part.expect("the part is there").1
    }

    /// The package.
    pub fn pack(&self) -> Vec<u8> {
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, bytes) in &self.0 {
            writer
                .start_file(name.as_str(), SimpleFileOptions::default())
                .expect("a name");
            writer.write_all(bytes).expect("memory");
        }
        writer.finish().expect("memory").into_inner()
    }
}

fn root(signatures: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><ofd:OFD xmlns:ofd=\"http://www.ofdspec.org/2016\" DocType=\"OFD\">\
        <ofd:DocBody><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot>{signatures}</ofd:DocBody></ofd:OFD>"
    )
}
