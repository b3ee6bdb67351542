//! How the errors of the rooms become answers, the same in every face.

/// Writes the trait `Told` of a face, with which the result of a use case becomes one that a visitor can be told:
/// `accept(…).await.told()?`; and `answer`, the same for an error in hand.
///
/// Each room is named with what its `Error` may say beside the five answers that all rooms share; what is special is
/// looked at first. A trait of this crate could not be written for the results of other crates.
#[macro_export]
macro_rules! told {
    ($($room:ident { $($more:pat $(if $guard:expr)? => $tell:expr),* $(,)? })+) => {
        /// Turns the error of a room into the answer of a face.
        pub(crate) trait Told<T> {
            /// The same result with an error that the visitor can be told.
            fn told(self) -> ::std::result::Result<T, $crate::WebError>;
        }

        impl<T> Told<T> for ::std::result::Result<T, $crate::told::StoreError> {
            fn told(self) -> ::std::result::Result<T, $crate::WebError> {
                self.map_err($crate::WebError::from)
            }
        }

        $(impl<T> Told<T> for ::std::result::Result<T, $room::Error> {
            fn told(self) -> ::std::result::Result<T, $crate::WebError> {
                use $room::Error;
                self.map_err(|error| match error {
                    $($more $(if $guard)? => $tell,)*
                    Error::Refused(refusal) => $crate::told::refused(refusal.code, refusal.args),
                    Error::Denied(denied) => $crate::WebError::from(denied),
                    Error::NotFound => $crate::WebError::not_found(),
                    Error::Conflict => $crate::WebError::conflict(),
                    Error::Store(error) => $crate::WebError::from(error),
                })
            }
        })+

        /// The answer to an error, whichever room it came from.
        pub(crate) fn answer<T>(error: T) -> $crate::WebError
        where
            ::std::result::Result<(), T>: Told<()>,
        {
            match Err::<(), T>(error).told() {
                Err(answer) => answer,
                Ok(()) => $crate::WebError::internal("an error that is none"),
            }
        }
    };
}

use std::collections::BTreeMap;

use axum::http::StatusCode;
pub use tongban_store::StoreError;

use crate::WebError;

/// The answer to a refusal by rule.
pub fn refused(code: &str, args: BTreeMap<String, String>) -> WebError {
    WebError::refused(code, args, StatusCode::UNPROCESSABLE_ENTITY)
}
