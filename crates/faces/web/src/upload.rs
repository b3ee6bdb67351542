//! Files that people hand in: read piece by piece within limits, of a kind that their first bytes prove.
//!
//! The token of the form must stand before the first file, so nothing is read for a form that is not ours. What is wrong
//! with a single file is told beside its field, not as an error page; see [`Received::errors`].

use axum::extract::{FromRef, FromRequest, FromRequestParts, Multipart, Request, multipart::MultipartError};
use bytes::{Bytes, BytesMut};
use serde::Serialize;

use crate::{
    csrf::{self, Pairs},
    errors::WebError,
    forms::FieldError,
    kit::Kit,
    session::Visitor,
};

/// The kinds of file that are taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum FileKind {
    /// A photograph.
    Jpeg,
    /// A picture.
    Png,
    /// A document.
    Pdf,
    /// A packed document (GB/T 33190). Any packed file looks like one from outside: only for places that look into it.
    Ofd,
    /// A list: a workbook, or text in whatever encoding. First bytes prove nothing: only for places that read it and say what is wrong.
    List,
}

impl FileKind {
    /// What may be kept and shown.
    pub const ALL: [Self; 3] = [Self::Jpeg, Self::Png, Self::Pdf];
    /// What may be looked into, and is not kept.
    pub const JUDGED: [Self; 4] = [Self::Jpeg, Self::Png, Self::Pdf, Self::Ofd];

    /// What the first bytes say; the name and the browser's word count for nothing.
    pub fn sniff(bytes: &[u8]) -> Option<Self> {
        const JPEG: &[u8] = &[0xFF, 0xD8, 0xFF];
        const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";
        const PDF: &[u8] = b"%PDF-";
        const OFD: &[u8] = b"PK\x03\x04";
        [
            (JPEG, Self::Jpeg),
            (PNG, Self::Png),
            (PDF, Self::Pdf),
            (OFD, Self::Ofd),
        ]
        .into_iter()
        .find(|(mark, _)| bytes.starts_with(mark))
        .map(|(_, kind)| kind)
    }

    /// The media type to store and to serve it with.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::Pdf => "application/pdf",
            Self::Ofd => "application/ofd",
            Self::List => "application/octet-stream",
        }
    }

    /// The usual ending of a file name, without the dot.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Jpeg => "jpg",
            Self::Png => "png",
            Self::Pdf => "pdf",
            Self::Ofd => "ofd",
            Self::List => "bin",
        }
    }
}

/// What a place takes.
#[derive(Clone, Debug)]
pub struct UploadRules {
    /// Bytes of one file.
    pub largest_file: usize,
    /// Number of files in one form.
    pub most_files: usize,
    /// Kinds.
    pub kinds: Vec<FileKind>,
}

impl Default for UploadRules {
    fn default() -> Self {
        Self {
            largest_file: 10 * 1024 * 1024,
            most_files: 10,
            kinds: FileKind::ALL.to_vec(),
        }
    }
}

/// A file that was taken.
#[derive(Clone, Debug)]
pub struct UploadedFile {
    /// The name of its field.
    pub field: String,
    /// The name that the person gave it, cleaned: no folders, no control characters, at most 100 characters.
    pub name: String,
    /// Its kind by its first bytes.
    pub kind: FileKind,
    /// Its content.
    pub bytes: Bytes,
}

/// A form with files, read to its end.
#[derive(Clone, Debug, Default)]
pub struct Received {
    /// The other fields.
    pub pairs: Pairs,
    /// The files that were taken. A field left empty gives none.
    pub files: Vec<UploadedFile>,
    /// What was wrong with the others: `error-file-size`, `error-file-kind`, `error-file-count`, `error-file-empty`.
    pub errors: Vec<FieldError>,
}

/// A posted form with files (`multipart/form-data`). Nothing is read until [`Upload::read`].
///
/// The route must raise its body limit: `post(handler).layer(tongban_web::layers::body_limit(bytes))`.
pub struct Upload {
    multipart: Multipart,
    headers: axum::http::HeaderMap,
    kit: Kit,
    visitor: Visitor,
    place: String,
}

impl<S> FromRequest<S> for Upload
where
    S: Send + Sync,
    Kit: FromRef<S>,
{
    type Rejection = WebError;

    async fn from_request(request: Request, state: &S) -> Result<Self, Self::Rejection> {
        let kit = Kit::from_ref(state);
        let (mut parts, body) = request.into_parts();
        let visitor = Visitor::from_request_parts(&mut parts, state).await?;
        let place = parts.uri.path().to_owned();
        let headers = parts.headers.clone();
        let multipart = Multipart::from_request(Request::from_parts(parts, body), state)
            .await
            .map_err(|rejection| WebError::bad_input(rejection.to_string()))?;
        Ok(Self {
            multipart,
            headers,
            kit,
            visitor,
            place,
        })
    }
}

/// Bytes of one field that is not a file.
const LONGEST_TEXT: usize = 64 * 1024;

impl Upload {
    /// Reads the form to its end.
    pub async fn read(mut self, rules: &UploadRules) -> Result<Received, WebError> {
        let mut received = Received::default();
        let mut ours = false;
        while let Some(mut field) = self.multipart.next_field().await.map_err(broken)? {
            let name = field.name().unwrap_or_default().to_owned();
            if let Some(file_name) = field.file_name().map(clean_name) {
                if !ours {
                    return Err(WebError::foreign_form());
                }
                let mut bytes = BytesMut::new();
                let mut too_large = false;
                while let Some(piece) = field.chunk().await.map_err(broken)? {
                    // the rest is read and dropped: a browser shows our answer only after it has sent everything
                    too_large = too_large || bytes.len() + piece.len() > rules.largest_file;
                    if too_large {
                        bytes.clear();
                    } else {
                        bytes.extend_from_slice(&piece);
                    }
                }
                received.judge(rules, name, file_name, bytes.freeze(), too_large);
            } else {
                let mut text = BytesMut::new();
                while let Some(piece) = field.chunk().await.map_err(broken)? {
                    if text.len() + piece.len() > LONGEST_TEXT {
                        return Err(WebError::too_large());
                    }
                    text.extend_from_slice(&piece);
                }
                let text = String::from_utf8(text.to_vec())
                    .map_err(|_| WebError::bad_input("a field is not UTF-8"))?;
                if name == csrf::FIELD {
                    csrf::check(&self.kit, &self.headers, Some(&text))?;
                    csrf::own_page(&self.kit, &self.visitor, &self.place, Some(&text))?;
                    ours = true;
                } else {
                    received.pairs.0.push((name, text));
                }
            }
        }
        if ours {
            Ok(received)
        } else {
            Err(WebError::foreign_form())
        }
    }
}

impl Received {
    fn judge(&mut self, rules: &UploadRules, field: String, name: String, bytes: Bytes, too_large: bool) {
        if bytes.is_empty() && !too_large {
            // a file field that the person left alone comes without a name
            if !name.is_empty() {
                self.errors
                    .push(FieldError::new(field, "error-file-empty").with("name", name));
            }
        } else if too_large {
            let megabytes = rules.largest_file / (1024 * 1024);
            self.errors.push(
                FieldError::new(field, "error-file-size")
                    .with("name", name)
                    .with("limit", megabytes),
            );
        } else if self.files.len() >= rules.most_files {
            self.errors
                .push(FieldError::new(field, "error-file-count").with("limit", rules.most_files));
        } else {
            let taken = |kind: &FileKind| rules.kinds.contains(kind);
            let kind = FileKind::sniff(&bytes).filter(taken);
            match kind.or(Some(FileKind::List).filter(taken)) {
                Some(kind) => self.files.push(UploadedFile {
                    field,
                    name,
                    kind,
                    bytes,
                }),
                None => self
                    .errors
                    .push(FieldError::new(field, "error-file-kind").with("name", name)),
            }
        }
    }
}

fn broken(error: MultipartError) -> WebError {
    if error.status() == axum::http::StatusCode::PAYLOAD_TOO_LARGE {
        WebError::too_large()
    } else {
        WebError::bad_input("the form was cut off on its way")
    }
}

/// Browsers send the bare name, other programs whole paths.
fn clean_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    last.chars()
        .filter(|character| !character.is_control())
        .take(100)
        .collect::<String>()
        .trim()
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_bytes_decide_the_kind() {
        for (bytes, kind) in [
            (&b"%PDF-1.7 ..."[..], Some(FileKind::Pdf)),
            (b"\x89PNG\r\n\x1a\n....", Some(FileKind::Png)),
            (b"\xFF\xD8\xFF\xE0....", Some(FileKind::Jpeg)),
            (b"PK\x03\x04", Some(FileKind::Ofd)),
            (b"MZ\x90\x00", None),
            (b"<svg onload=alert(1)>", None),
            (b"", None),
        ] {
            assert_eq!(FileKind::sniff(bytes), kind);
        }
    }

    #[test]
    fn a_packed_file_is_taken_only_where_it_is_looked_into() {
        for (kinds, taken) in [(FileKind::ALL.to_vec(), 0), (FileKind::JUDGED.to_vec(), 1)] {
            let rules = UploadRules {
                kinds,
                ..UploadRules::default()
            };
            let mut received = Received::default();
            let bytes = Bytes::from_static(b"PK\x03\x04 ...");
            received.judge(&rules, "file".to_owned(), "x.ofd".to_owned(), bytes, false);
            assert_eq!((received.files.len(), received.errors.len()), (taken, 1 - taken));
        }
    }

    #[test]
    fn a_list_is_whatever_its_reader_can_read() {
        let rules = UploadRules {
            kinds: vec![FileKind::List],
            ..UploadRules::default()
        };
        let mut received = Received::default();
        for bytes in [&b"PK\x03\x04 ..."[..], b"\xB1\xE0\xC2\xEB", b"%PDF-1.7"] {
            received.judge(
                &rules,
                "file".to_owned(),
                "x".to_owned(),
                Bytes::from_static(bytes),
                false,
            );
        }
        assert!(received.files.iter().all(|file| file.kind == FileKind::List));
        assert_eq!((received.files.len(), received.errors.len()), (3, 0));
    }

    #[test]
    fn a_name_is_only_a_name() {
        for (given, kept) in [
            ("平面图.pdf", "平面图.pdf"),
            ("../../etc/passwd", "passwd"),
            ("C:\\fakepath\\图.jpg", "图.jpg"),
            ("a\nb\u{0}.png", "ab.png"),
            ("", ""),
        ] {
            assert_eq!(clean_name(given), kept);
        }
    }
}
