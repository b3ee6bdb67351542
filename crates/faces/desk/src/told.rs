//! How the errors of the rooms become answers.

use axum::http::StatusCode;
use tongban_store::StoreError;
use tongban_web::{Sentence, WebError, pages::Texts};

/// Turns the error of a room into the answer of a face: `accept(…).await.told()?`.
pub(crate) trait Told<T> {
    /// The same result with an error that the visitor can be told.
    fn told(self) -> Result<T, WebError>;
}

impl<T> Told<T> for Result<T, StoreError> {
    fn told(self) -> Result<T, WebError> {
        self.map_err(WebError::from)
    }
}

/// A room's `Error` with the five answers that all rooms share, and what else each of them may say.
macro_rules! told {
    ($($room:ident { $($more:pat => $tell:expr),* $(,)? })+) => {
        $(impl<T> Told<T> for Result<T, $room::Error> {
            fn told(self) -> Result<T, WebError> {
                use $room::Error;
                self.map_err(|error| match error {
                    Error::Refused(refusal) => {
                        WebError::refused(refusal.code, refusal.args, StatusCode::UNPROCESSABLE_ENTITY)
                    }
                    Error::Denied(denied) => WebError::from(denied),
                    Error::NotFound => WebError::not_found(),
                    Error::Conflict => WebError::conflict(),
                    Error::Store(error) => WebError::from(error),
                    $($more => $tell,)*
                })
            }
        })+
    };
}

/// The answer to an error, whichever room it came from.
fn answer<T>(error: T) -> WebError
where
    Result<(), T>: Told<()>,
{
    match Err::<(), T>(error).told() {
        Err(answer) => answer,
        Ok(()) => WebError::internal("an error that is none"),
    }
}

told! {
    tongban_cases {
        Error::Catalogue(error) => answer(error),
        Error::Exchange(error) => answer(error),
        Error::Directory(error) => answer(error),
        Error::Identity(error) => answer(error),
        error @ Error::Licence(_) => WebError::internal(error),
    }
    tongban_identity {}
    tongban_directory {}
    tongban_exchange { error @ Error::Client(_) => WebError::internal(error) }
    tongban_catalogue {
        Error::Directory(error) => answer(error),
        error @ Error::Search(_) => WebError::internal(error),
    }
    tongban_feedback { Error::Case(error) => answer(error) }
}

/// What a refusal says, when the error is one: it belongs on the page that was posted, not on a page of its own.
pub(crate) fn refusal(error: &WebError, texts: &Texts) -> Option<Sentence> {
    (error.status() == StatusCode::UNPROCESSABLE_ENTITY).then(|| error.sentence(texts))
}
