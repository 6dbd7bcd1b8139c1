//! Whether something failed because of TLS, and in which way.

use std::{error::Error, io};

use tokio_rustls::rustls;

/// What went wrong with TLS, in words that hold no content; nothing where the error has another reason.
#[must_use]
pub fn failure(error: &(dyn Error + 'static)) -> Option<String> {
    find(error).map(ToString::to_string)
}

/// Whether the server showed a certificate that is not believed.
pub(crate) fn is_not_believed(error: &(dyn Error + 'static)) -> bool {
    matches!(find(error), Some(rustls::Error::InvalidCertificate(_)))
}

fn find<'error>(error: &'error (dyn Error + 'static)) -> Option<&'error rustls::Error> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref() {
            return Some(found);
        }
        // What is within an I/O error is none of its sources.
        next = match error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
            Some(within) => Some(within),
            None => error.source(),
        };
    }
    None
}
