//! What can go wrong where there is an identity manager, and how it is told.

use std::time::Duration;

use http::StatusCode;
use platform::http::{Fields, Problem};

use crate::identity::Weak;

/// Why something is refused where there is an identity manager.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Refusal {
    /// The identity manager finds the password of a new account weak.
    #[error("the password is weak")]
    WeakFirstPassword(Weak),
    /// The identity manager does not answer, or not as it should.
    #[error("the identity manager cannot be used")]
    IdentityUnavailable,
    /// One signs in by the identity manager's own pages.
    #[error("one signs in elsewhere")]
    SignInElsewhere,
    /// What the identity manager keeps is not changed here.
    #[error("the identity manager keeps this")]
    KeptElsewhere,
    /// A directory keeps this, and neither Beep nor the identity manager changes it.
    #[error("a directory keeps this")]
    KeptByDirectory,
    /// Who somebody is has to be shown by a fresh sign-in.
    #[error("a fresh sign-in is needed")]
    SignInAgain,
    /// The caller has no such credential.
    #[error("there is no such credential")]
    CredentialNotFound,
    /// Somebody whom the identity manager knows and Beep does not yet; sealed, who it is.
    #[error("somebody is new here")]
    Newcomer(String),
    /// A newcomer's identity lacks this, and they did not say it.
    #[error("something is missing: {0}")]
    Missing(&'static str),
    /// There is no such provider.
    #[error("there is no such provider")]
    ProviderNotFound,
    /// The caller is linked to this provider already.
    #[error("the provider is linked already")]
    ProviderLinked,
    /// Without this provider, the caller could not sign in any more.
    #[error("this is the last way in")]
    LastWayIn,
    /// An address to come back to that is not a page of this Beep.
    #[error("not a page of this Beep")]
    ReturnToNotLocal,
    /// No sign-in was begun with this browser, or too long ago.
    #[error("no sign-in was begun with this browser")]
    NotBegunHere,
    /// The identity manager, or whoever stood before it, gave up.
    #[error("the sign-in was given up")]
    SignInGivenUp,
    /// The newcomer has an account since.
    #[error("the newcomer has an account since")]
    CompletedAlready,
    /// A log-out token that is not good, or was heard before.
    #[error("the log-out token is not valid")]
    LogoutTokenInvalid,
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::WeakFirstPassword(weak) => {
                let mut fields = Fields::default();
                weak.tell(&mut fields, "password");
                fields.problem()
            }
            Refusal::Missing(field) => {
                let mut fields = Fields::default();
                fields.add(field, "required", "is missing");
                fields.problem()
            }
            Refusal::ReturnToNotLocal => {
                let mut fields = Fields::default();
                fields.add("return_to", "invalid_format", "is not a page of this Beep");
                fields.problem()
            }
            Refusal::IdentityUnavailable => Self::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "identity_unavailable",
                "The identity manager does not answer at the moment. Try again soon.",
            )
            .with_retry_after(Duration::from_secs(5)),
            Refusal::SignInElsewhere => Self::forbidden(
                "sign_in_elsewhere",
                "Sign in by the pages of the identity manager: see the providers.",
            ),
            Refusal::KeptElsewhere => Self::conflict(
                "kept_elsewhere",
                "The identity manager keeps this: it is changed there.",
            ),
            Refusal::KeptByDirectory => Self::conflict(
                "kept_elsewhere",
                "The directory of your school or company keeps this: it is changed there.",
            ),
            Refusal::SignInAgain => Self::forbidden(
                "sign_in_again_required",
                "Sign in once more first, by the page of the identity manager.",
            ),
            Refusal::CredentialNotFound => Self::not_found("credential_not_found"),
            Refusal::Newcomer(_) => Self::conflict("newcomer", "Say first who you want to be here."),
            Refusal::ProviderNotFound => Self::not_found("provider_not_found"),
            Refusal::ProviderLinked => Self::conflict("provider_linked", "You can sign in with this provider already."),
            Refusal::LastWayIn => Self::conflict(
                "last_way_in",
                "Without it you could not sign in any more. Set a password or add a passkey first.",
            ),
            Refusal::NotBegunHere => Self::conflict(
                "sign_in_not_begun",
                "No sign-in was begun with this browser, or too long ago. Begin again.",
            ),
            Refusal::SignInGivenUp => Self::conflict("sign_in_given_up", "The sign-in did not succeed. Begin again."),
            Refusal::CompletedAlready => Self::conflict("completed_already", "This was done already: sign in."),
            Refusal::LogoutTokenInvalid => Self::new(
                StatusCode::BAD_REQUEST,
                "logout_token_invalid",
                "The log-out token is not valid, or was heard before.",
            ),
        }
    }
}
