//! What can go wrong, and how it is told.

use std::time::Duration;

use http::StatusCode;
use platform::{
    auth::AuthError,
    db::DbError,
    http::{Fields, Problem},
};

use crate::identity::{PasskeyRefusal, Weak, keycloak::Refusal};

/// Where a second factor is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Door {
    /// From who is not signed in, and is refused with 401.
    SignIn,
    /// From who is, and is refused with 403: their token is as good as before.
    Account,
}

impl Door {
    const fn refusal(self) -> StatusCode {
        match self {
            Self::SignIn => StatusCode::UNAUTHORIZED,
            Self::Account => StatusCode::FORBIDDEN,
        }
    }
}

/// An error of this service.
#[derive(Debug, thiserror::Error)]
pub(crate) enum UsersError {
    /// Somebody has the username.
    #[error("the username is taken")]
    UsernameTaken,
    /// The caller has changed theirs too often, and waits so long.
    #[error("the username was changed too often")]
    UsernameChangedOften(Duration),
    /// An administrator keeps the user out.
    #[error("the account is disabled")]
    AccountDisabled,
    /// Somebody has the e-mail address.
    #[error("the e-mail address is taken")]
    EmailTaken,
    /// Sign-up is closed.
    #[error("sign-up is closed")]
    RegistrationClosed,
    /// No account with this e-mail and password. Which of the two is wrong is not told.
    #[error("the e-mail or the password is wrong")]
    InvalidCredentials,
    /// The caller's own password is another one.
    #[error("the password is wrong")]
    WrongPassword,
    /// A new password that is no good.
    #[error("the new password is weak")]
    WeakPassword(Weak),
    /// The password is right, and a code is needed, too.
    #[error("a code is needed, too")]
    SecondFactorRequired(Door),
    /// The password is right and the code is not, or it was used before.
    #[error("the code is wrong")]
    SecondFactorWrong(Door),
    /// Where there is an identity manager.
    #[error(transparent)]
    Manager(#[from] Refusal),
    /// There is a second factor already.
    #[error("there is a second factor already")]
    TotpOn,
    /// There is no second factor.
    #[error("there is no second factor")]
    TotpOff,
    /// No second factor was begun, or too long ago.
    #[error("no second factor was begun")]
    TotpNotBegun,
    /// The code does not confirm the second factor that was begun.
    #[error("the code does not confirm")]
    WrongCode,
    /// Of passkeys.
    #[error(transparent)]
    Passkey(#[from] PasskeyRefusal),
    /// The link is unknown, was used, or is over.
    #[error("the link is not good any more")]
    LinkExpired,
    /// Beep sends no mail here.
    #[error("no mail can be sent")]
    MailNotConfigured,
    /// The caller has this address already.
    #[error("the address is the caller's own")]
    EmailUnchanged,
    /// Too many wrong passwords or codes.
    #[error("too many attempts")]
    TooManyAttempts(Duration),
    /// More passwords wait to be hashed than there is room for.
    #[error("too many passwords are being hashed")]
    Overloaded,
    /// The refresh token is unknown, expired, or was exchanged before.
    #[error("the refresh token is not valid")]
    RefreshTokenInvalid,
    /// There is no such user.
    #[error("there is no such user")]
    UserNotFound,
    /// The caller's account is gone.
    #[error("the caller's account does not exist")]
    NoAccount,
    /// There is no such sign-in, or it is another user's.
    #[error("there is no such sign-in")]
    SessionNotFound,
    /// The database.
    #[error(transparent)]
    Database(#[from] DbError),
    /// A token could not be signed, or a hash could not be made.
    #[error("cryptography failed: {0}")]
    Cryptography(String),
}

impl UsersError {
    /// Whose name or address stands against a row. PostgreSQL names the index, SQLite the column.
    pub(crate) fn taken(error: DbError) -> Self {
        let names = |names: [&str; 4]| names.iter().any(|name| error.is_unique_on(name));
        if names([
            "users_by_username",
            "users.username",
            "pending_sign_ups_by_username",
            "pending_sign_ups.username",
        ]) {
            Self::UsernameTaken
        } else if names([
            "users_by_email",
            "users.email",
            "pending_sign_ups_by_email",
            "pending_sign_ups.email",
        ]) {
            Self::EmailTaken
        } else {
            error.into()
        }
    }

    /// The same for an identity that somebody has already.
    pub(crate) fn completed(error: DbError) -> Self {
        if error.is_unique_on("identities") {
            Refusal::CompletedAlready.into()
        } else {
            error.into()
        }
    }

    /// The code by which the sign-in screen tells it.
    pub(crate) fn code(self) -> String {
        Problem::from(self).code().to_owned()
    }
}

impl From<AuthError> for UsersError {
    fn from(error: AuthError) -> Self {
        Self::Cryptography(error.to_string())
    }
}

impl From<UsersError> for Problem {
    fn from(error: UsersError) -> Self {
        match error {
            UsersError::UsernameTaken => Self::conflict("username_taken", "Somebody has this username.").with_field(
                "username",
                "taken",
                "Somebody has this username.",
            ),
            UsersError::UsernameChangedOften(wait) => Self::new(
                StatusCode::TOO_MANY_REQUESTS,
                "username_changed_often",
                "A username can be changed twice in 14 days.",
            )
            .with_retry_after(wait),
            UsersError::AccountDisabled => Self::forbidden(
                "account_disabled",
                "This account is disabled. Ask the administrator of this Beep.",
            ),
            UsersError::EmailTaken => Self::conflict("email_taken", "There is an account with this e-mail address.")
                .with_field("email", "taken", "There is an account with this e-mail address."),
            UsersError::RegistrationClosed => {
                Self::forbidden("registration_closed", "Nobody can sign up here at the moment.")
            }
            UsersError::InvalidCredentials => Self::new(
                StatusCode::UNAUTHORIZED,
                "invalid_credentials",
                "The e-mail address or the password is wrong.",
            ),
            UsersError::WrongPassword => Self::forbidden("wrong_password", "The password is wrong."),
            UsersError::WeakPassword(weak) => {
                let mut fields = Fields::default();
                weak.tell(&mut fields, "new_password");
                fields.problem()
            }
            UsersError::Manager(refusal) => refusal.into(),
            UsersError::SecondFactorRequired(door) => Self::new(
                door.refusal(),
                "second_factor_required",
                "The code of your authenticator, or a recovery code, is needed, too.",
            ),
            UsersError::SecondFactorWrong(door) => Self::new(
                door.refusal(),
                "second_factor_wrong",
                "The code is wrong, or it was used before.",
            ),
            UsersError::TotpOn => Self::conflict("totp_on", "Codes are asked for already."),
            UsersError::TotpOff => Self::conflict("totp_off", "No codes are asked for."),
            UsersError::TotpNotBegun => Self::conflict("totp_not_begun", "Begin first, and confirm within 15 minutes."),
            UsersError::WrongCode => Self::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "wrong_code",
                "This is not the code of the moment.",
            ),
            UsersError::Passkey(refusal) => refusal.into(),
            UsersError::LinkExpired => Self::new(
                StatusCode::GONE,
                "link_expired",
                "The link was used, or it is too old. Ask for another one.",
            ),
            UsersError::MailNotConfigured => {
                Self::conflict("mail_not_configured", "This Beep sends no mail. Ask its administrator.")
            }
            UsersError::EmailUnchanged => {
                let mut fields = Fields::default();
                fields.add("email", "unchanged", "is your e-mail address already");
                fields.problem()
            }
            UsersError::TooManyAttempts(wait) => Self::new(
                StatusCode::TOO_MANY_REQUESTS,
                "too_many_attempts",
                "Too many attempts. Wait a little.",
            )
            .with_retry_after(wait),
            UsersError::Overloaded => Self::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "overloaded",
                "Too many people sign in at the moment.",
            )
            .with_retry_after(Duration::from_secs(2)),
            UsersError::RefreshTokenInvalid => {
                Self::new(StatusCode::UNAUTHORIZED, "refresh_token_invalid", "Sign in again.")
            }
            UsersError::UserNotFound => Self::not_found("user_not_found"),
            UsersError::NoAccount => Self::not_signed_in(),
            UsersError::SessionNotFound => Self::not_found("session_not_found"),
            UsersError::Database(error) => error.into(),
            UsersError::Cryptography(detail) => {
                tracing::error!(error.detail = detail, "cryptography failed");
                Self::internal()
            }
        }
    }
}
