//! How the errors of the rooms become answers.

use tongban_press::PressError;
use tongban_web::WebError;

tongban_web::told! {
    tongban_cases {
        Error::Licence(error) => answer(error),
        Error::Exchange(error) => answer(error),
        Error::Catalogue(error) => answer(error),
        Error::Directory(error) => answer(error),
        Error::Identity(error) => answer(error),
        Error::Press(error @ PressError::NoFont { .. }) => WebError::unavailable(error),
        error @ Error::Press(_) => WebError::internal(error),
    }
    tongban_identity {}
    tongban_mandates { Error::Identity(error) => answer(error) }
    tongban_directory {}
    tongban_staff {
        Error::Identity(error) => answer(error),
        Error::Directory(error) => answer(error),
    }
    tongban_openid {
        Error::Identity(error) => answer(error),
        error @ Error::Mandate(_) => WebError::internal(error),
        error @ Error::Crypto(_) => WebError::internal(error),
    }
    tongban_exchange { error @ Error::Client(_) => WebError::internal(error) }
    tongban_licences {
        Error::Press(error @ PressError::NoFont { .. }) => WebError::unavailable(error),
        error @ Error::Press(_) => WebError::internal(error),
    }
    tongban_catalogue {
        Error::Directory(error) => answer(error),
        error @ Error::Search(_) => WebError::internal(error),
    }
    tongban_feedback {
        Error::Case(error) => answer(error),
        Error::Engage(error) => engage(error),
    }
}

/// Messages refuse nothing and deny nobody: there is none, or something failed.
fn engage(error: tongban_engage::Error) -> WebError {
    match error {
        tongban_engage::Error::NotFound => WebError::not_found(),
        tongban_engage::Error::Store(error) => WebError::from(error),
        tongban_engage::Error::Case(error) => answer(error),
        tongban_engage::Error::Licence(error) => answer(error),
        tongban_engage::Error::Mandate(error) => answer(error),
        tongban_engage::Error::Identity(error) => answer(error),
    }
}

impl<T> Told<T> for Result<T, tongban_engage::Error> {
    fn told(self) -> Result<T, WebError> {
        self.map_err(engage)
    }
}
