//! What shows that a request comes from the owner of the account.

use std::net::IpAddr;

use http::HeaderMap;
use platform::auth::{Caller, Secret, cookies};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    api::{client::Client, passing},
    error::UsersError,
    identity::Proof,
};

/// Longer texts cannot be anybody's password.
const TEXT_BYTES: usize = 2_048;

/// A password that was typed; one that is too long is nobody's.
pub(crate) fn shown_password(text: String) -> Result<Secret<String>, UsersError> {
    if text.len() > TEXT_BYTES {
        return Err(UsersError::WrongPassword);
    }
    Ok(Secret::new(text))
}

/// The caller's password.
#[derive(Deserialize, ToSchema)]
#[schema(example = json!({"current_password": "correct horse battery"}))]
pub(crate) struct PasswordAlone {
    #[schema(format = Password)]
    pub(crate) current_password: String,
}

/// The caller's password, and a code where codes are asked for; neither where they have signed in once more at the identity
/// manager.
#[derive(Deserialize, ToSchema)]
#[schema(example = json!({"current_password": "correct horse battery", "code": "123456"}))]
pub(crate) struct Shown {
    /// Missing where the caller has signed in once more at the identity manager.
    #[serde(default)]
    #[schema(format = Password)]
    current_password: String,
    /// The six digits of the moment, or a recovery code.
    code: Option<String>,
}

impl Shown {
    /// Shown by this caller, from there.
    pub(crate) fn proof(self, caller: Caller, client: &Client, headers: &HeaderMap) -> Result<Proof, UsersError> {
        Ok(Proof {
            password: shown_password(self.current_password)?,
            code: self.code,
            address: client.address,
            session: Some(caller.session_id),
            carried: cookies::read(headers, passing::FRESH).map(str::to_owned),
        })
    }
}

/// The caller's password, and a code where codes are asked for.
#[derive(Deserialize, ToSchema)]
#[schema(example = json!({"current_password": "correct horse battery", "code": "123456"}))]
pub(crate) struct PasswordAndCode {
    #[schema(format = Password)]
    current_password: String,
    /// The six digits of the moment, or a recovery code.
    code: Option<String>,
}

impl PasswordAndCode {
    /// Shown from there.
    pub(crate) fn proof(self, address: IpAddr) -> Result<Proof, UsersError> {
        Ok(Proof {
            password: shown_password(self.current_password)?,
            code: self.code,
            address,
            session: None,
            carried: None,
        })
    }
}
