//! How a user signs in, as they see it themself.

use model::{Email, Timestamp, UserId};

use super::keycloak::{self, Credential, CredentialKind, ShownBy};
use crate::{
    error::UsersError,
    service::Service,
    store::{PasskeyRow, link, passkey, second_factor},
};

/// Who keeps what somebody signs in with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum KeptBy {
    Beep,
    IdentityManager,
    /// A directory that the identity manager asks: it keeps password, names and e-mail address.
    Directory,
}

/// How a user signs in.
pub(crate) struct Security {
    pub(crate) kept_by: KeptBy,
    pub(crate) shown_by: ShownBy,
    pub(crate) password: bool,
    /// Whether codes of an authenticator are asked for.
    pub(crate) totp: bool,
    /// Since when.
    pub(crate) totp_since: Option<Timestamp>,
    /// What the identity manager has beside the password.
    pub(crate) credentials: Vec<Credential>,
    /// The passkeys that Beep keeps.
    pub(crate) passkeys: Vec<PasskeyRow>,
    /// The providers by which one can sign in, too.
    pub(crate) providers: Vec<String>,
    pub(crate) recovery_codes_left: i64,
    /// The address that is to be confirmed, and until when.
    pub(crate) email_change: Option<(Email, Timestamp)>,
}

/// How the caller signs in.
pub(crate) async fn security(service: &Service, caller: UserId) -> Result<Security, UsersError> {
    let email_change = link::find_change(&service.db, caller, service.clock.now()).await?;
    if let Some(keycloak) = service.keycloak() {
        let kept = keycloak::look(service, keycloak, caller).await?;
        let totp_since = kept.totp_since();
        let credentials = kept.credentials;
        return Ok(Security {
            kept_by: if kept.by_directory {
                KeptBy::Directory
            } else {
                KeptBy::IdentityManager
            },
            shown_by: kept.shown_by,
            password: credentials.password,
            totp: credentials.has(CredentialKind::Totp),
            totp_since,
            recovery_codes_left: credentials.others.iter().map(|one| one.left).sum(),
            credentials: credentials.others,
            passkeys: Vec::new(),
            providers: kept.providers,
            email_change,
        });
    }
    let (since, left) = second_factor::overview(&service.db, caller).await?.unzip();
    Ok(Security {
        kept_by: KeptBy::Beep,
        shown_by: ShownBy::Password,
        password: true,
        totp: since.is_some(),
        totp_since: since,
        recovery_codes_left: left.unwrap_or(0),
        credentials: Vec::new(),
        passkeys: passkey::list(&service.db, caller).await?,
        providers: Vec::new(),
        email_change,
    })
}
