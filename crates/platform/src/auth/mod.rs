//! Who calls: short-lived access tokens, their issuer, their check, and the cookies of the browser.

mod authenticator;
mod claims;
pub mod cookies;
pub mod csrf;
mod error;
mod instance_key;
mod issuer;
mod key_file;
mod keys;
mod remote_issuer;
mod revoked;
mod secret;
mod service_token;
mod verified;

pub use authenticator::Authenticator;
pub use claims::{AUDIENCE, Caller};
pub use cookies::Cookies;
pub use error::AuthError;
pub use instance_key::{InstanceKey, Marking, Sealing};
pub use issuer::{ACCESS_TOKEN_LIFETIME, TokenIssuer};
pub use keys::{KeySource, Keys};
pub use remote_issuer::{KEYS_PATH, RemoteIssuer, TOKEN_PATH};
pub use revoked::RevokedSessions;
pub use secret::Secret;
pub use service_token::{OwnServiceTokens, SERVICE_TOKEN_LIFETIME, ServiceTokenSource, ServiceTokens, audience};
