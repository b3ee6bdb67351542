//! How the errors of the rooms become answers.

use tongban_press::PressError;
use tongban_web::WebError;

tongban_web::told! {
    tongban_cases {
        Error::Catalogue(error) => answer(error),
        Error::Exchange(error) => answer(error),
        Error::Directory(error) => answer(error),
        Error::Identity(error) => answer(error),
        Error::Licence(error) => answer(error),
        Error::Press(error @ PressError::NoFont { .. }) => WebError::unavailable(error),
        error @ Error::Press(_) => WebError::internal(error),
    }
    tongban_licences { error @ Error::Press(_) => WebError::internal(error) }
    tongban_identity {}
    tongban_mandates { Error::Identity(error) => answer(error) }
    tongban_directory {}
    tongban_staff {
        Error::Identity(error) => answer(error),
        Error::Directory(error) => answer(error),
    }
    tongban_exchange { error @ Error::Client(_) => WebError::internal(error) }
    tongban_catalogue {
        Error::Directory(error) => answer(error),
        error @ Error::Search(_) => WebError::internal(error),
    }
    tongban_feedback {
        Error::Case(error) => answer(error),
        error @ Error::Engage(_) => WebError::internal(error),
    }
}

impl<T> Told<T> for Result<T, tongban_engage::Error> {
    fn told(self) -> Result<T, WebError> {
        // Reading notices refuses nothing and denies nobody.
        self.map_err(WebError::internal)
    }
}
