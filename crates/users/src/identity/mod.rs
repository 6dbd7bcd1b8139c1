//! The embedded identity: passwords, second factors, links by mail, sign-ins and their tokens.
//!
//! What routes ask of an identity is what this module exports: to sign up and in, to change a password, a second factor or an
//! e-mail address, to tell how somebody signs in. Another identity offers the same functions with the same answers; sessions
//! ([`refresh`], [`end_session`]) and mail stay as they are.

mod allowance;
mod audit;
mod change_email;
mod change_password;
mod codes;
mod common_passwords;
mod deletion;
mod erasure;
mod guessing;
pub(crate) mod keycloak;
mod link;
pub(crate) mod mail;
mod passkey;
mod password;
mod proof;
mod recovery_code;
mod refresh_token;
mod register;
mod reset;
mod sealed;
mod second_factor;
mod security;
mod session;
mod sign_in;
mod totp;

pub use guessing::Guessing;
pub use keycloak::KeycloakSettings;
pub use mail::{MailError, MailSender};
pub use password::Passwords;

pub(crate) use allowance::Allowance;
pub(crate) use audit::{Act, note};
pub(crate) use change_email::{begin_email_change, cancel_email_change, verify_email};
pub(crate) use change_password::{PasswordChange, change_password};
pub(crate) use deletion::{begin_deletion, cancel_deletion};
pub(crate) use erasure::sweep as sweep_deleted;
pub(crate) use link::Links;
pub(crate) use passkey::{
    Challenge, NewPasskey, PasskeyAttempt, PasskeyRefusal, Passkeys, add_passkey, begin_passkey, begin_passkey_sign_in,
    id_on_devices, remove_passkey, sign_in_with_passkey,
};
pub(crate) use password::{Weak, check as check_password};
pub(crate) use proof::Proof;
pub(crate) use refresh_token::RefreshToken;
pub(crate) use register::{Registration, register};
pub(crate) use reset::{Reset, forgot_password, reset_password};
pub(crate) use second_factor::{begin_totp, confirm_totp, end_totp, renew_recovery_codes};
pub(crate) use security::{KeptBy, Security, security};
pub(crate) use session::{SignedIn, end_session, refresh};
pub(crate) use sign_in::{Attempt, sign_in};
