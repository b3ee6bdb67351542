//! A typesetter without an engine.

use crate::page::check_record;
use crate::{Page, PressError, Typesetter};
use std::fmt::Write;

/// Makes one empty page that carries the record. For tests of rooms that issue documents, and
/// wherever the carrier matters and the look does not. It reads neither template nor data.
#[derive(Debug, Clone, Copy, Default)]
pub struct BlankTypesetter;

impl Typesetter for BlankTypesetter {
    fn pdf(&self, page: &Page) -> Result<Vec<u8>, PressError> {
        check_record(page.record.as_ref())?;
        let stamp = page.at.format("D:%Y%m%d%H%M%SZ");
        let mut objects: Vec<Vec<u8>> = vec![
            b"<</Type/Pages/Kids[3 0 R]/Count 1>>".to_vec(),
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>".to_vec(),
            format!("<</CreationDate({stamp})>>").into_bytes(),
        ];
        let mut catalog = "<</Type/Catalog/Pages 2 0 R".to_owned();
        if let Some((name, bytes)) = &page.record {
            let _infallible = write!(
                catalog,
                "/Names<</EmbeddedFiles<</Names[({name})5 0 R]>>>>/AF[5 0 R]"
            );
            objects.push(
                format!("<</Type/Filespec/F({name})/UF({name})/AFRelationship/Data/EF<</F 6 0 R>>>>")
                    .into_bytes(),
            );
            let head = format!("<</Type/EmbeddedFile/Length {}>>\nstream\n", bytes.len());
            objects.push([head.as_bytes(), bytes, b"\nendstream"].concat());
        }
        catalog.push_str(">>");
        objects.insert(0, catalog.into_bytes());

        let mut pdf = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n".to_vec();
        let mut table = format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1);
        for (index, object) in objects.iter().enumerate() {
            let _infallible = writeln!(table, "{:010} 00000 n ", pdf.len());
            pdf.extend_from_slice(format!("{} 0 obj\n", index + 1).as_bytes());
            pdf.extend_from_slice(object);
            pdf.extend_from_slice(b"\nendobj\n");
        }
        let start = pdf.len();
        let size = objects.len() + 1;
        pdf.extend_from_slice(
            format!("{table}trailer\n<</Size {size}/Root 1 0 R/Info 4 0 R>>\nstartxref\n{start}\n%%EOF\n")
                .as_bytes(),
        );
        Ok(pdf)
    }
}
