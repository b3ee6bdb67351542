//! How the errors of the rooms become answers.

use tongban_web::WebError;

tongban_web::told! {
    tongban_exchange { error @ Error::Client(_) => WebError::internal(error) }
    tongban_identity {}
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
    tongban_catalogue {
        Error::Directory(error) => answer(error),
        error @ Error::Search(_) => WebError::internal(error),
    }
}
