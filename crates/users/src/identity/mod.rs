//! The embedded identity: passwords, sign-ins and their tokens.

mod audit;
mod change_password;
mod codes;
mod common_passwords;
mod guessing;
pub(crate) mod keycloak;
mod password;
mod proof;
mod recovery_code;
mod refresh_token;
mod register;
mod second_factor;
mod security;
mod session;
mod sign_in;
mod totp;

pub use guessing::Guessing;
pub use keycloak::KeycloakSettings;
pub use password::Passwords;

pub(crate) use change_password::{PasswordChange, change_password};
pub(crate) use password::{Weak, check as check_password};
pub(crate) use proof::Proof;
pub(crate) use refresh_token::RefreshToken;
pub(crate) use register::{Registration, register};
pub(crate) use second_factor::{begin_totp, confirm_totp, end_totp, renew_recovery_codes};
pub(crate) use security::{Security, security};
pub(crate) use session::{SignedIn, end_session, refresh};
pub(crate) use sign_in::{Attempt, sign_in};
