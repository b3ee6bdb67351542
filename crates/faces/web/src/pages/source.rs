//! The files inside the binary, and the overlay folder that replaces them one by one.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use include_dir::{Dir, include_dir};

use super::PagesError;

static TEMPLATES: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/../../../templates");
static STATIC: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/../../../static");
static LOCALES: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/../../../locales");

/// File names with forward slashes, relative to their folder, to contents.
pub(super) type Files = BTreeMap<String, Vec<u8>>;

/// Names and texts, sorted by name.
pub(super) type Named = Vec<(String, String)>;

/// Every template of a page with its text; names such as `portal/home.html`. Other files in that folder (documents) belong to other rooms.
pub(super) fn templates(overlay: Option<&Path>) -> Result<Named, PagesError> {
    let files = merged(&TEMPLATES, overlay, "templates")?;
    files
        .into_iter()
        .filter(|(name, _)| name.ends_with(".html") || name.ends_with(".txt"))
        .map(|(name, bytes)| Ok((name.clone(), text(name, bytes)?)))
        .collect()
}

/// Every template of a printed document with its text; names such as `documents/notice.typ`.
pub(super) fn documents(overlay: Option<&Path>) -> Result<BTreeMap<String, String>, PagesError> {
    let files = merged(&TEMPLATES, overlay, "templates")?;
    files
        .into_iter()
        .filter(|(name, _)| name.ends_with(".typ"))
        .map(|(name, bytes)| Ok((name.clone(), text(name, bytes)?)))
        .collect()
}

/// Every static file.
pub(super) fn static_files(overlay: Option<&Path>) -> Result<Files, PagesError> {
    merged(&STATIC, overlay, "static")
}

/// Every file of texts, such as `zh-CN/common.ftl`: first the built-in, then those of the overlay, whose keys win one by one.
pub(super) fn locales(overlay: Option<&Path>) -> Result<(Named, Named), PagesError> {
    let mut built_in = Files::new();
    collect(&LOCALES, &mut built_in);
    let mut own = Files::new();
    if let Some(folder) = overlay {
        read_folder(&folder.join("locales"), &mut own)?;
    }
    let as_texts = |files: Files| {
        files
            .into_iter()
            .map(|(name, bytes)| Ok((name.clone(), text(name, bytes)?)))
            .collect::<Result<Named, PagesError>>()
    };
    Ok((as_texts(built_in)?, as_texts(own)?))
}

fn text(name: String, bytes: Vec<u8>) -> Result<String, PagesError> {
    String::from_utf8(bytes).map_err(|_| PagesError::NotText(name))
}

fn merged(built_in: &Dir<'_>, overlay: Option<&Path>, folder: &str) -> Result<Files, PagesError> {
    let mut files = Files::new();
    collect(built_in, &mut files);
    if let Some(overlay) = overlay {
        read_folder(&overlay.join(folder), &mut files)?;
    }
    Ok(files)
}

fn collect(folder: &Dir<'_>, files: &mut Files) {
    for file in folder.files() {
        let name = file.path().to_string_lossy().replace('\\', "/");
        if !is_hidden(&name) {
            files.insert(name, file.contents().to_vec());
        }
    }
    for inner in folder.dirs() {
        collect(inner, files);
    }
}

/// Editors and systems leave files such as `.DS_Store` behind.
fn is_hidden(name: &str) -> bool {
    name.rsplit('/')
        .next()
        .is_some_and(|last| last.starts_with('.') || last.ends_with('~'))
}

fn read_folder(root: &Path, files: &mut Files) -> Result<(), PagesError> {
    let failed = |path: &Path| {
        let path = path.display().to_string();
        move |source| PagesError::Overlay { path, source }
    };
    let mut waiting: Vec<PathBuf> = if root.is_dir() {
        vec![root.to_owned()]
    } else {
        Vec::new()
    };
    while let Some(folder) = waiting.pop() {
        for entry in std::fs::read_dir(&folder).map_err(failed(&folder))? {
            let path = entry.map_err(failed(&folder))?.path();
            if path.is_dir() {
                waiting.push(path);
            } else if let Ok(relative) = path.strip_prefix(root) {
                let name = relative.to_string_lossy().replace('\\', "/");
                if !is_hidden(&name) {
                    files.insert(name, std::fs::read(&path).map_err(failed(&path))?);
                }
            }
        }
    }
    Ok(())
}
