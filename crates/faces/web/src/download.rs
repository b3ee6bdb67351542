//! Files for the browser.

use axum::{
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};

use crate::{WebError, local_path::encode_query};

/// Whether the browser shows a file in the page's place, or keeps it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    /// To be looked at; from there it can be kept.
    Inline,
    /// To be kept under its name.
    Kept,
}

/// Answers with a file under its name, in whatever script (RFC 6266, RFC 8187). Nothing between here and the browser keeps it.
pub fn file(bytes: impl IntoResponse, media: &str, name: &str, shown: Shown) -> Result<Response, WebError> {
    let how = match shown {
        Shown::Inline => "inline",
        Shown::Kept => "attachment",
    };
    let disposition = format!(
        "{how}; filename*=UTF-8''{}",
        encode_query(name).replace('/', "%2F")
    );
    let mut response = bytes.into_response();
    let headers = response.headers_mut();
    for (header, value) in [
        (header::CONTENT_TYPE, media),
        (header::CONTENT_DISPOSITION, &disposition),
        (header::CACHE_CONTROL, "no-store"),
    ] {
        headers.insert(header, HeaderValue::from_str(value).map_err(WebError::internal)?);
    }
    Ok(response)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_in_any_script_reaches_the_browser_whole() {
        let answer = file(vec![1_u8], "application/pdf", "申请表/1.pdf", Shown::Kept).unwrap();
        let said = answer.headers()[header::CONTENT_DISPOSITION].to_str().unwrap();
        assert_eq!(
            said,
            "attachment; filename*=UTF-8''%E7%94%B3%E8%AF%B7%E8%A1%A8%2F1.pdf"
        );
        assert!(file(vec![1_u8], "no\nmedia", "a", Shown::Inline).is_err());
    }
}
