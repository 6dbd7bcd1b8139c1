//! How a user signs in, in JSON.

use model::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    identity::{self, keycloak},
    store::PasskeyRow,
};

/// How one signs in.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "kept_by": "identity_manager", "proof": "password", "password": true,
    "second_factor": {"totp": true, "since": "2026-11-24T09:30:00.000Z", "recovery_codes_left": 10},
    "credentials": [
        {"id": "0b1f", "kind": "totp", "name": "Phone", "created_at": "2026-11-24T09:30:00.000Z", "last_used_at": null, "credential_id": null}
    ],
    "providers": ["google"], "email_change": null
}))]
pub(crate) struct Security {
    /// Who keeps it, and so where it is changed.
    kept_by: KeptBy,
    /// What is asked for before something is changed.
    proof: ProofKind,
    /// Whether one has a password.
    password: bool,
    /// What an identity manager has beside the password; where Beep keeps it, the passkeys.
    credentials: Vec<Credential>,
    /// The providers by which one can sign in at an identity manager, too.
    providers: Vec<String>,
    second_factor: SecondFactor,
    /// The e-mail address that one wants to have and has not confirmed.
    email_change: Option<EmailChange>,
}

/// Who keeps what somebody signs in with.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum KeptBy {
    /// Beep itself.
    Beep,
    /// The identity manager; Beep changes it there.
    IdentityManager,
    /// The directory of a school or company, where alone password, names and e-mail address are changed. Codes and keys are
    /// the identity manager's.
    Directory,
}

/// What shows that somebody is the owner of the account.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ProofKind {
    /// `current_password`, and `code` where codes are asked for.
    Password,
    /// The action `sign_in_again` of `/users/@me/security/actions`, within five minutes.
    SignInAgain,
}

/// Something beside the password.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "0b1f", "kind": "totp", "name": "Phone", "created_at": "2026-11-24T09:30:00.000Z", "last_used_at": null,
    "credential_id": null
}))]
#[expect(clippy::struct_field_names, reason = "browsers call it so, and `id` is another")]
pub(crate) struct Credential {
    /// For the action `remove`, or of a passkey that Beep keeps.
    id: String,
    kind: CredentialKind,
    /// What its owner calls it.
    name: String,
    created_at: Option<Timestamp>,
    /// When one last signed in with it; only of passkeys that Beep keeps.
    last_used_at: Option<Timestamp>,
    /// What browsers know it by (`PublicKeyCredential.id`); only of passkeys that Beep keeps.
    credential_id: Option<String>,
}

/// What it is.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum CredentialKind {
    /// Codes of an authenticator.
    Totp,
    /// A key that is asked for beside the password.
    SecurityKey,
    /// A key in place of the password.
    Passkey,
    /// Codes for when the others are lost.
    RecoveryCodes,
}

impl From<keycloak::Credential> for Credential {
    fn from(credential: keycloak::Credential) -> Self {
        Self {
            id: credential.id,
            kind: match credential.kind {
                keycloak::CredentialKind::Totp => CredentialKind::Totp,
                keycloak::CredentialKind::SecurityKey => CredentialKind::SecurityKey,
                keycloak::CredentialKind::Passkey => CredentialKind::Passkey,
                keycloak::CredentialKind::RecoveryCodes => CredentialKind::RecoveryCodes,
            },
            name: credential.name,
            created_at: credential.created_at,
            last_used_at: None,
            credential_id: None,
        }
    }
}

impl From<PasskeyRow> for Credential {
    fn from(passkey: PasskeyRow) -> Self {
        Self {
            id: passkey.id.to_string(),
            kind: CredentialKind::Passkey,
            credential_id: identity::id_on_devices(&passkey),
            name: passkey.name,
            created_at: Some(passkey.created_at),
            last_used_at: passkey.last_used_at,
        }
    }
}

/// An e-mail address that is to be confirmed.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"email": "ada@example.net", "expires_at": "2026-11-25T09:30:00.000Z"}))]
pub(crate) struct EmailChange {
    email: String,
    /// Until when.
    expires_at: Timestamp,
}

/// What is asked for beside the password.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"totp": false, "since": null, "recovery_codes_left": 0}))]
pub(crate) struct SecondFactor {
    /// Whether codes of an authenticator are.
    totp: bool,
    /// Since when.
    since: Option<Timestamp>,
    /// How many recovery codes were not used.
    recovery_codes_left: i64,
}

impl From<identity::Security> for Security {
    fn from(security: identity::Security) -> Self {
        Self {
            kept_by: match security.kept_by {
                identity::KeptBy::Beep => KeptBy::Beep,
                identity::KeptBy::IdentityManager => KeptBy::IdentityManager,
                identity::KeptBy::Directory => KeptBy::Directory,
            },
            proof: match security.shown_by {
                keycloak::ShownBy::Password => ProofKind::Password,
                keycloak::ShownBy::SignIn => ProofKind::SignInAgain,
            },
            password: security.password,
            credentials: security
                .credentials
                .into_iter()
                .map(Credential::from)
                .chain(security.passkeys.into_iter().map(Credential::from))
                .collect(),
            providers: security.providers,
            second_factor: SecondFactor {
                totp: security.totp,
                since: security.totp_since,
                recovery_codes_left: security.recovery_codes_left,
            },
            email_change: security.email_change.map(|(email, expires_at)| EmailChange {
                email: email.expose().to_owned(),
                expires_at,
            }),
        }
    }
}
