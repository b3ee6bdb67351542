//! The page of a licence, ready for printing.

use chrono::NaiveDate;
use serde_json::{Value, json};
use tongban_press::{Page, qr_svg};

use crate::{Error, LicenceView};

/// The name of the signed record inside the PDF.
pub const RECORD_NAME: &str = "tongban-licence.json";

/// The page of a licence: what `templates/documents/licence.typ` prints, with the signed record attached. `site` is the
/// address of the portal without a slash at its end, such as `https://example.invalid`; the code on the page leads to
/// `{site}/verify/{code}`. The page says what was signed, whatever became of the licence since; the same licence and site give the same page.
///
/// # Errors
/// `Press` where the address is too long for a code.
pub fn carrier_page(view: &LicenceView, template: &str, site: &str) -> Result<Page, Error> {
    let fields: Vec<_> = view
        .fields
        .iter()
        .map(|field| json!({ "label": field.title, "value": field.value }))
        .collect();
    let mut data = json!({
        "title": view.name,
        "number": view.number,
        "holder": { "name": view.holder_name, "number": view.masked_number },
        "fields": fields,
        "valid": period(view.valid_from, view.valid_to),
        "issuer": view.issuer_name,
        "issued_on": day(view.issued_on),
        "identifier": view.identifier,
        "verify_at": format!("{site}/verify"),
        "demo": view.invented,
    });
    if let Some(code) = &view.verify_code {
        data["qr"] = Value::String(qr_svg(&format!("{site}/verify/{code}"))?);
    }
    Ok(Page {
        template: template.to_owned(),
        data,
        record: Some((RECORD_NAME.to_owned(), view.record.clone().into_bytes())),
        at: view.created_at,
    })
}

/// 2026年11月20日
fn day(date: NaiveDate) -> String {
    date.format("%Y年%-m月%-d日").to_string()
}

fn period(from: NaiveDate, to: Option<NaiveDate>) -> String {
    let to = to.map_or_else(|| "长期".to_owned(), day);
    format!("{}至{to}", day(from))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_are_written_as_on_paper() {
        let from = NaiveDate::from_ymd_opt(2026, 11, 2).unwrap();
        assert_eq!(period(from, None), "2026年11月2日至长期");
        assert_eq!(
            period(from, NaiveDate::from_ymd_opt(2031, 11, 1)),
            "2026年11月2日至2031年11月1日"
        );
    }
}
