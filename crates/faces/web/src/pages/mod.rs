//! Templates in two languages, and what a page knows about its visitor.
//!
//! A handler renders with `kit.pages.render(&visitor.page(Area::Portal), "portal/home.html", &data)`. The fields of `data`
//! stand at the top of the template's names; `page` is the [`PageContext`] (so `data` must not have a field of that name).
//!
//! Besides minijinja's own, templates have:
//!
//! | name | does |
//! |---|---|
//! | `t("key", name=value)` | the text of that key in the language of the page |
//! | `say(sentence)` | a [`crate::Sentence`]: translated when it is a key, as it is when it is words |
//! | `asset("tongban.css")` | the address of a static file with the hash of its content |
//! | `x\|date` | 12 月 1 日（星期二） / 1 December (Tue); `weekday=false`, `year=true` |
//! | `x\|datetime` | 12 月 1 日 10:34 / 1 December, 10:34, Beijing time |
//! | `x\|clock` | 10:34 |
//! | `fen\|money` | 12.50 元 / ¥12.50 |
//! | `text\|query` | a value for a query string |

pub mod assets;
mod context;
mod dates;
mod source;
mod texts;

use std::{collections::BTreeMap, path::Path, sync::Arc};

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use minijinja::{
    AutoEscape, Environment, ErrorKind, Output, State, UndefinedBehavior, context, escape_formatter,
    syntax::SyntaxConfig,
    value::{Kwargs, Serde, Value},
};
use serde::Serialize;

pub use assets::Assets;
pub use context::{Area, FlashView, NavItem, PageContext};
pub use dates::beijing;
pub use texts::{Locale, Texts};

use crate::{errors::WebError, kit::Surroundings, sentence::Sentence};

/// Why the pages could not be loaded. All of them stop the start of the program.
#[derive(Debug, thiserror::Error)]
pub enum PagesError {
    /// A file of the overlay folder cannot be read.
    #[error("cannot read {path} of the overlay folder")]
    Overlay {
        /// The file or folder.
        path: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// A template or a text is not UTF-8.
    #[error("{0} is not UTF-8 text")]
    NotText(String),
    /// A template does not parse.
    #[error("template {name} does not parse")]
    Template {
        /// Its name, such as `portal/home.html`.
        name: String,
        /// Where and why.
        source: minijinja::Error,
    },
    /// A file of texts does not parse, or its language is unknown to the resolver.
    #[error("texts of {file} do not parse: {detail}")]
    Texts {
        /// The file, such as `zh-CN/common.ftl`.
        file: String,
        /// What the Fluent parser said.
        detail: String,
    },
}

/// All templates, texts and static files, parsed once.
pub struct Pages {
    chinese: Environment<'static>,
    english: Environment<'static>,
    texts: Arc<Texts>,
    assets: Arc<Assets>,
    documents: BTreeMap<String, String>,
}

impl Pages {
    /// Parses the built-in files, each replaced by the file of the same name in the overlay folder where there is one.
    pub fn load(overlay: Option<&Path>, surroundings: Arc<dyn Surroundings>) -> Result<Self, PagesError> {
        let texts = Arc::new(Texts::load(overlay)?);
        let assets = Arc::new(Assets::load(overlay)?);
        let templates = source::templates(overlay)?;
        let documents = source::documents(overlay)?;
        let build = |locale| environment(locale, &templates, &texts, &assets, &surroundings);
        Ok(Self {
            chinese: build(Locale::Chinese)?,
            english: build(Locale::English)?,
            texts,
            assets,
            documents,
        })
    }

    /// Renders a template for a visitor. A template that fails is our fault: the caller's `?` turns it into the page that says sorry.
    pub fn render<T: Serialize>(&self, page: &PageContext, name: &str, data: &T) -> Result<Page, WebError> {
        self.render_text(page, name, data)
            .map(Page::new)
            .map_err(|error| {
                WebError::internal(RenderError {
                    name: name.to_owned(),
                    source: error,
                })
            })
    }

    /// Renders a template to text.
    pub fn render_text<T: Serialize>(
        &self,
        page: &PageContext,
        name: &str,
        data: &T,
    ) -> Result<String, minijinja::Error> {
        let data = Value::from(Serde(data));
        self.environment(page.locale)
            .get_template(name)?
            .render(context! { page => Value::from(Serde(page)), ..data })
    }

    /// The text of a key, for sentences that leave by another way than a page (a problem, a message).
    pub fn text(&self, locale: Locale, sentence: &Sentence) -> String {
        self.texts.say(locale, sentence)
    }

    /// The catalogue of texts.
    pub fn texts(&self) -> &Texts {
        &self.texts
    }

    /// The static files.
    pub fn assets(&self) -> &Assets {
        &self.assets
    }

    /// The names of all templates, sorted.
    pub fn template_names(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self.chinese.templates().map(|(name, _)| name).collect();
        names.sort_unstable();
        names
    }

    /// The source of a template, of a page or of a printed document such as `documents/notice.typ`.
    pub fn template_source(&self, name: &str) -> Option<String> {
        let printed = self.documents.get(name).cloned();
        printed.or_else(|| {
            let template = self.chinese.get_template(name).ok()?;
            Some(template.source().to_owned())
        })
    }

    fn environment(&self, locale: Locale) -> &Environment<'static> {
        match locale {
            Locale::Chinese => &self.chinese,
            Locale::English => &self.english,
        }
    }
}

#[derive(Debug, thiserror::Error)]
#[error("rendering {name}")]
struct RenderError {
    name: String,
    source: minijinja::Error,
}

/// One environment per language: `t` then needs nothing from the page, and works inside macros of imported files.
fn environment(
    locale: Locale,
    templates: &[(String, String)],
    texts: &Arc<Texts>,
    assets: &Arc<Assets>,
    surroundings: &Arc<dyn Surroundings>,
) -> Result<Environment<'static>, PagesError> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_auto_escape_callback(|name| {
        if name.ends_with(".txt") {
            AutoEscape::None
        } else {
            AutoEscape::Html
        }
    });
    environment.set_formatter(print_value);
    // a line that holds only a tag leaves nothing behind
    if let Ok(syntax) = SyntaxConfig::builder()
        .trim_blocks(true)
        .lstrip_blocks(true)
        .build()
    {
        environment.set_syntax(syntax);
    }

    let catalogue = Arc::clone(texts);
    environment.add_function(
        "t",
        move |key: &str, arguments: Kwargs| -> Result<Value, minijinja::Error> {
            let arguments = arguments
                .args()
                .map(|name| Ok((name.to_owned(), arguments.get::<Value>(name)?)))
                .collect::<Result<Vec<_>, minijinja::Error>>()?;
            Ok(catalogue.template_text(locale, key, &arguments))
        },
    );
    let catalogue = Arc::clone(texts);
    environment.add_function("say", move |sentence: Value| -> Result<Value, minijinja::Error> {
        say(&catalogue, locale, &sentence)
    });
    let files = Arc::clone(assets);
    environment.add_function("asset", move |path: &str| -> Result<Value, minijinja::Error> {
        files.address(path).map(Value::from_safe_string).ok_or_else(|| {
            minijinja::Error::new(
                ErrorKind::InvalidOperation,
                format!("there is no static file {path}"),
            )
        })
    });
    dates::add_filters(&mut environment, locale, surroundings);
    environment.add_filter("query", |text: &str| crate::local_path::encode_query(text));

    for (name, text) in templates {
        environment
            .add_template_owned(name.clone(), text.clone())
            .map_err(|error| PagesError::Template {
                name: name.clone(),
                source: error,
            })?;
    }
    Ok(environment)
}

/// Prints a value: nothing for none, and texts with the five characters of HTML escaped. (The engine's own formatter escapes
/// the slash too, which makes every address in a page longer and unreadable, and protects nothing inside quotes.)
fn print_value(
    out: &mut Output<'_>,
    state: &mut State<'_, '_>,
    value: &Value,
) -> Result<(), minijinja::Error> {
    if value.is_none() {
        return Ok(());
    }
    let Some(text) = value
        .as_str()
        .filter(|_| matches!(state.auto_escape(), AutoEscape::Html) && !value.is_safe())
    else {
        return escape_formatter(out, state, value);
    };
    let mut rest = text;
    while let Some(at) = rest.find(['&', '<', '>', '"', '\'']) {
        out.write_str(&rest[..at])?;
        out.write_str(match rest.as_bytes()[at] {
            b'&' => "&amp;",
            b'<' => "&lt;",
            b'>' => "&gt;",
            b'"' => "&quot;",
            _ => "&#39;",
        })?;
        rest = &rest[at + 1..];
    }
    out.write_str(rest)?;
    Ok(())
}

/// Prints a serialized [`Sentence`]: words, or `{key, args}`.
fn say(texts: &Texts, locale: Locale, sentence: &Value) -> Result<Value, minijinja::Error> {
    if sentence.as_str().is_some() {
        return Ok(sentence.clone());
    }
    let key = sentence.get_attr("key")?;
    let Some(key) = key.as_str() else {
        return Err(minijinja::Error::new(
            ErrorKind::InvalidOperation,
            "say() wants words or an object with a key",
        ));
    };
    let arguments = sentence.get_attr("args")?;
    let mut pairs = Vec::new();
    if !arguments.is_undefined() && !arguments.is_none() {
        for name in arguments.try_iter()? {
            let value = arguments.get_item(&name)?;
            pairs.push((name.to_string(), value));
        }
    }
    Ok(texts.template_text(locale, key, &pairs))
}

/// A rendered page on its way out.
#[derive(Debug)]
pub struct Page {
    status: StatusCode,
    text: String,
}

impl Page {
    fn new(text: String) -> Self {
        Self {
            status: StatusCode::OK,
            text,
        }
    }

    /// The same page with another status, such as 422 for a form with errors.
    #[must_use]
    pub fn with_status(mut self, status: StatusCode) -> Self {
        self.status = status;
        self
    }

    /// The page as text.
    pub fn into_text(self) -> String {
        self.text
    }
}

impl IntoResponse for Page {
    fn into_response(self) -> Response {
        (
            self.status,
            [(
                header::CONTENT_TYPE,
                HeaderValue::from_static("text/html; charset=utf-8"),
            )],
            self.text,
        )
            .into_response()
    }
}
