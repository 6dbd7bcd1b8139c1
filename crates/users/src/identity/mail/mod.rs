//! Mail to users: what is written in a transaction, and sent by whichever instance is free.

mod courier;
mod letter;
#[cfg(test)]
#[allow(
    dead_code,
    clippy::unwrap_used,
    clippy::expect_used,
    unreachable_pub,
    reason = "the mail server of all tests"
)]
#[path = "../../../../../tests/api/src/mailbox.rs"]
mod mailbox;
mod sender;
mod server;
#[cfg(test)]
mod server_tests;

use model::UserId;
use platform::db::Tx;

pub(crate) use courier::run;
pub use sender::{MailError, MailSender};

use crate::{
    error::UsersError,
    service::Service,
    store::{NewMail, User, mail},
};

/// Why a mail is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Occasion {
    /// A password was forgotten; whether anybody has the address is looked up when it is sent.
    PasswordForgotten,
    PasswordChanged,
    TotpOn,
    TotpOff,
    RecoveryCodesRenewed,
    /// An address is to be confirmed; goes to that address.
    EmailToConfirm,
    /// The same, to the present address.
    EmailChangeBegun,
    /// Goes to the address that was.
    EmailChanged,
    /// A key to sign in with, at the identity manager.
    KeyAdded,
    /// Something beside the password, at the identity manager.
    SecondFactorRemoved,
    /// The account is that of an identity now.
    IdentityLinked,
    /// A provider opens the account, too.
    ProviderLinked,
    /// A provider does not any more.
    ProviderUnlinked,
    /// The account is to be deleted.
    DeletionBegun,
}

impl Occasion {
    const ALL: [Self; 14] = [
        Self::PasswordForgotten,
        Self::PasswordChanged,
        Self::TotpOn,
        Self::TotpOff,
        Self::RecoveryCodesRenewed,
        Self::EmailToConfirm,
        Self::EmailChangeBegun,
        Self::EmailChanged,
        Self::KeyAdded,
        Self::SecondFactorRemoved,
        Self::IdentityLinked,
        Self::ProviderLinked,
        Self::ProviderUnlinked,
        Self::DeletionBegun,
    ];

    /// As it stands in the database.
    const fn name(self) -> &'static str {
        match self {
            Self::PasswordForgotten => "password_forgotten",
            Self::PasswordChanged => "password_changed",
            Self::TotpOn => "totp_on",
            Self::TotpOff => "totp_off",
            Self::RecoveryCodesRenewed => "recovery_codes_renewed",
            Self::EmailToConfirm => "email_to_confirm",
            Self::EmailChangeBegun => "email_change_begun",
            Self::EmailChanged => "email_changed",
            Self::KeyAdded => "key_added",
            Self::SecondFactorRemoved => "second_factor_removed",
            Self::IdentityLinked => "identity_linked",
            Self::ProviderLinked => "provider_linked",
            Self::ProviderUnlinked => "provider_unlinked",
            Self::DeletionBegun => "deletion_begun",
        }
    }

    fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|occasion| occasion.name() == name)
    }
}

/// Has a mail sent to the user if, and only if, the transaction commits; nothing where Beep sends none.
pub(super) async fn tell(service: &Service, tx: &mut Tx, occasion: Occasion, user: &User) -> Result<(), UsersError> {
    post(service, tx, occasion, user.email.expose(), Some(user.id)).await
}

/// The same to another address.
pub(super) async fn post(
    service: &Service,
    tx: &mut Tx,
    occasion: Occasion,
    address: &str,
    user_id: Option<UserId>,
) -> Result<(), UsersError> {
    if service.settings.mail.is_none() {
        return Ok(());
    }
    let new = NewMail {
        id: service.ids.next(),
        kind: occasion.name(),
        address,
        user_id,
        now: service.clock.now(),
    };
    Ok(mail::add(tx, &new).await?)
}

/// Refuses what makes no sense where Beep sends no mail.
pub(super) fn is_needed(service: &Service) -> Result<(), UsersError> {
    if service.settings.mail.is_some() {
        Ok(())
    } else {
        Err(UsersError::MailNotConfigured)
    }
}
