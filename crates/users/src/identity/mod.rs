//! The embedded identity: passwords, sign-ins and their tokens.

mod common_passwords;
mod guessing;
mod password;
mod refresh_token;
mod register;
mod session;
mod sign_in;

pub use guessing::Guessing;
pub use password::Passwords;

pub(crate) use password::{Weak, check as check_password};
pub(crate) use refresh_token::RefreshToken;
pub(crate) use register::{Registration, register};
pub(crate) use session::{SignedIn, end_session, refresh};
pub(crate) use sign_in::{Attempt, sign_in};
