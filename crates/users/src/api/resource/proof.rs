//! What shows that a request comes from the owner of the account.

use std::net::IpAddr;

use platform::auth::Secret;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{error::UsersError, identity::Proof};

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
        })
    }
}
