//! The audit log: a line for each act that concerns how somebody signs in.
//!
//! A line has the id of the user, which says nothing to whoever lacks the database, and the ids of request and trace, by which
//! the line of the request is found. Where there is only an e-mail address, it has a mark of it, which says nothing to whoever
//! lacks the key of the instance.

use model::{Email, UserId};
use platform::auth::Marking;

use crate::service::Service;

/// What somebody did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Act {
    SignedUp,
    SignedIn,
    SignInRefused,
    SecondFactorRefused,
    PasswordRefused,
    SessionEnded,
    RefreshTokenReused,
    PasswordChanged,
    PasswordForgotten,
    PasswordReset,
    EmailChangeBegun,
    EmailChangeCancelled,
    EmailChanged,
    SecondFactorBegun,
    LinkHandedOut,
    SecondFactorReset,
    SecondFactorOn,
    SecondFactorOff,
    RecoveryCodeUsed,
    RecoveryCodesRenewed,
    KeyAdded,
    KeyRemoved,
    SignedInAgain,
    IdentityLinked,
    ProviderLinked,
    ProviderUnlinked,
    AccountCreated,
    DeletionBegun,
    DeletionCancelled,
    AccountErased,
    AccountDisabled,
    AccountEnabled,
    AdministratorMade,
    AdministratorRevoked,
}

impl Act {
    /// As it stands in the log.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::SignedUp => "signed_up",
            Self::SignedIn => "signed_in",
            Self::SignInRefused => "sign_in_refused",
            Self::SecondFactorRefused => "second_factor_refused",
            Self::PasswordRefused => "password_refused",
            Self::SessionEnded => "session_ended",
            Self::RefreshTokenReused => "refresh_token_reused",
            Self::PasswordChanged => "password_changed",
            Self::PasswordForgotten => "password_forgotten",
            Self::PasswordReset => "password_reset",
            Self::EmailChangeBegun => "email_change_begun",
            Self::EmailChangeCancelled => "email_change_cancelled",
            Self::EmailChanged => "email_changed",
            Self::LinkHandedOut => "link_handed_out",
            Self::SecondFactorReset => "second_factor_reset",
            Self::SecondFactorBegun => "second_factor_begun",
            Self::SecondFactorOn => "second_factor_on",
            Self::SecondFactorOff => "second_factor_off",
            Self::RecoveryCodeUsed => "recovery_code_used",
            Self::RecoveryCodesRenewed => "recovery_codes_renewed",
            Self::KeyAdded => "key_added",
            Self::KeyRemoved => "key_removed",
            Self::SignedInAgain => "signed_in_again",
            Self::IdentityLinked => "identity_linked",
            Self::ProviderLinked => "provider_linked",
            Self::ProviderUnlinked => "provider_unlinked",
            Self::AccountCreated => "account_created",
            Self::DeletionBegun => "deletion_begun",
            Self::DeletionCancelled => "deletion_cancelled",
            Self::AccountErased => "account_erased",
            Self::AccountDisabled => "account_disabled",
            Self::AccountEnabled => "account_enabled",
            Self::AdministratorMade => "administrator_made",
            Self::AdministratorRevoked => "administrator_revoked",
        }
    }
}

/// The user did it, or it was tried in their name.
pub(crate) fn note(act: Act, user_id: UserId) {
    tracing::info!(kind = "audit", act = act.name(), user_id = user_id.0, "account");
}

/// It was tried with this e-mail address, of which nobody knows whether somebody has it.
pub(crate) fn note_address(service: &Service, act: Act, typed: Option<&Email>) {
    let account = typed.map(|email| token(&service.log_marks, email.expose()));
    tracing::info!(kind = "audit", act = act.name(), account, "account");
}

/// What stands in place of the text in a log.
fn token(marks: &Marking, text: &str) -> String {
    let mark = marks.mark(text.as_bytes());
    hex::encode(&mark[..8])
}

#[cfg(test)]
mod tests {
    use platform::auth::InstanceKey;

    use super::*;

    #[test]
    fn tokens_are_of_the_text_and_do_not_show_it() {
        let marks = InstanceKey::ephemeral().marking("log");
        let (ada, bob) = (token(&marks, "ada@example.org"), token(&marks, "bob@example.org"));
        assert_eq!(ada, token(&marks, "ada@example.org"));
        assert!(ada != bob && ada.len() == 16, "{ada} {bob}");
        assert_ne!(ada, token(&InstanceKey::ephemeral().marking("log"), "ada@example.org"));
    }
}
