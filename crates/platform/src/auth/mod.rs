//! Who calls: short-lived access tokens, their issuer, their check, and the cookies of the browser.

mod authenticator;
mod claims;
pub mod cookies;
pub mod csrf;
mod error;
mod issuer;
mod revoked;
mod secret;

pub use authenticator::{Authenticator, KeySource};
pub use claims::{AUDIENCE, Caller};
pub use cookies::Cookies;
pub use error::AuthError;
pub use issuer::{ACCESS_TOKEN_LIFETIME, TokenIssuer};
pub use revoked::RevokedSessions;
pub use secret::Secret;
