//! How the errors of the rooms become answers.

use std::collections::BTreeMap;

use axum::http::StatusCode;
use tongban_store::StoreError;
use tongban_web::WebError;

/// Turns the error of a room into the answer of a face: `submit(…).await.told()?`.
pub(crate) trait Told<T> {
    /// The same result with an error that the visitor can be told.
    fn told(self) -> Result<T, WebError>;
}

fn refused(code: &str, args: BTreeMap<String, String>) -> WebError {
    WebError::refused(code, args, StatusCode::UNPROCESSABLE_ENTITY)
}

pub(crate) fn store_error(error: StoreError) -> WebError {
    match error {
        StoreError::Conflict(_) => WebError::conflict(),
        StoreError::Unavailable(_) => WebError::unavailable(error),
        other => WebError::internal(other),
    }
}

impl<T> Told<T> for Result<T, StoreError> {
    fn told(self) -> Result<T, WebError> {
        self.map_err(store_error)
    }
}

pub(crate) fn case_error(error: tongban_cases::Error) -> WebError {
    use tongban_cases::Error;
    match error {
        Error::Refused(refusal) => refused(refusal.code, refusal.args),
        Error::Denied(_) => WebError::forbidden(),
        Error::NotFound => WebError::not_found(),
        Error::Conflict => WebError::conflict(),
        Error::Store(error) => store_error(error),
        Error::Licence(error) => licence_error(error),
        Error::Exchange(error) => exchange_error(error),
        Error::Catalogue(error) => catalogue_error(error),
        Error::Directory(error) => WebError::internal(error),
        Error::Identity(error) => identity_error(error),
    }
}

pub(crate) fn identity_error(error: tongban_identity::Error) -> WebError {
    use tongban_identity::Error;
    match error {
        Error::Refused(refusal) => refused(refusal.code, refusal.args),
        Error::Denied(_) => WebError::forbidden(),
        Error::NotFound => WebError::not_found(),
        Error::Conflict => WebError::conflict(),
        Error::Store(error) => store_error(error),
    }
}

fn exchange_error(error: tongban_exchange::Error) -> WebError {
    use tongban_exchange::Error;
    match error {
        Error::Refused(refusal) => refused(refusal.code, refusal.args),
        Error::Denied(_) => WebError::forbidden(),
        Error::NotFound => WebError::not_found(),
        Error::Conflict => WebError::conflict(),
        Error::Store(error) => store_error(error),
        error @ Error::Client(_) => WebError::internal(error),
    }
}

fn feedback_error(error: tongban_feedback::Error) -> WebError {
    use tongban_feedback::Error;
    match error {
        Error::Refused(refusal) => refused(refusal.code, refusal.args),
        Error::Denied(_) => WebError::forbidden(),
        Error::NotFound => WebError::not_found(),
        Error::Conflict => WebError::conflict(),
        Error::Store(error) => store_error(error),
        Error::Case(error) => case_error(error),
    }
}

fn engage_error(error: tongban_engage::Error) -> WebError {
    use tongban_engage::Error;
    match error {
        Error::NotFound => WebError::not_found(),
        Error::Store(error) => store_error(error),
        Error::Case(error) => case_error(error),
    }
}

fn directory_error(error: tongban_directory::Error) -> WebError {
    WebError::internal(error)
}

fn licence_error(error: tongban_licences::Error) -> WebError {
    use tongban_licences::Error;
    match error {
        Error::Refused(refusal) => refused(refusal.code, refusal.args),
        Error::Denied(_) => WebError::forbidden(),
        Error::NotFound => WebError::not_found(),
        Error::Conflict => WebError::conflict(),
        Error::Store(error) => store_error(error),
        Error::Press(error @ tongban_press::PressError::NoFont { .. }) => WebError::unavailable(error),
        error @ Error::Press(_) => WebError::internal(error),
    }
}

fn catalogue_error(error: tongban_catalogue::Error) -> WebError {
    use tongban_catalogue::Error;
    match error {
        Error::Refused(refusal) => refused(refusal.code, refusal.args),
        Error::Denied(_) => WebError::forbidden(),
        Error::NotFound => WebError::not_found(),
        Error::Conflict => WebError::conflict(),
        Error::Store(error) => store_error(error),
        other => WebError::internal(other),
    }
}

macro_rules! told {
    ($($error:ty => $tell:ident),+ $(,)?) => {
        $(impl<T> Told<T> for Result<T, $error> {
            fn told(self) -> Result<T, WebError> {
                self.map_err($tell)
            }
        })+
    };
}

told! {
    tongban_cases::Error => case_error,
    tongban_identity::Error => identity_error,
    tongban_exchange::Error => exchange_error,
    tongban_feedback::Error => feedback_error,
    tongban_engage::Error => engage_error,
    tongban_directory::Error => directory_error,
    tongban_licences::Error => licence_error,
    tongban_catalogue::Error => catalogue_error,
}
