//! How the errors of the rooms become answers.

use axum::http::StatusCode;
use tongban_catalogue::search::SearchError;
use tongban_store::StoreError;
use tongban_web::{WebError, forms::FieldError};

/// Turns the error of a room into the answer of a face: `accept(…).await.told()?`.
pub(crate) trait Told<T> {
    /// The same result with an error that the caller can be told.
    fn told(self) -> Result<T, WebError>;
}

impl<T> Told<T> for Result<T, StoreError> {
    fn told(self) -> Result<T, WebError> {
        self.map_err(WebError::from)
    }
}

/// A room's `Error` with the five answers that all rooms share, and what else each of them may say.
macro_rules! told {
    ($($room:ident { $($more:pat $(if $guard:expr)? => $tell:expr),* $(,)? })+) => {
        $(impl<T> Told<T> for Result<T, $room::Error> {
            fn told(self) -> Result<T, WebError> {
                use $room::Error;
                self.map_err(|error| match error {
                    // what is special stands before what all share
                    $($more $(if $guard)? => $tell,)*
                    Error::Refused(refusal) => {
                        WebError::refused(refusal.code, refusal.args, StatusCode::UNPROCESSABLE_ENTITY)
                    }
                    Error::Denied(denied) => WebError::from(denied),
                    Error::NotFound => WebError::not_found(),
                    Error::Conflict => WebError::conflict(),
                    Error::Store(error) => WebError::from(error),
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
        Error::Refused(refusal) if !refusal.fields.is_empty() => {
            let fields = refusal.fields.into_iter();
            let fields = fields.map(|found| FieldError::of_room(found.field, found.problem, found.args)).collect();
            WebError::refused(refusal.code, refusal.args, StatusCode::UNPROCESSABLE_ENTITY).with_fields(fields)
        },
        Error::Catalogue(error) => answer(error),
        Error::Exchange(error) => answer(error),
        Error::Directory(error) => answer(error),
        Error::Identity(error) => answer(error),
        Error::Licence(error) => answer(error),
    }
    tongban_identity {}
    tongban_directory {}
    tongban_licences { error @ Error::Press(_) => WebError::internal(error) }
    tongban_exchange { error @ Error::Client(_) => WebError::internal(error) }
    tongban_catalogue {
        Error::Directory(error) => answer(error),
        Error::Search(error @ SearchError::Region(_)) => WebError::bad_input(error.to_string()),
        error @ Error::Search(_) => WebError::internal(error),
    }
    tongban_feedback { Error::Case(error) => answer(error) }
}
