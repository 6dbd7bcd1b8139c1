//! How people sign up and in.

use std::path::PathBuf;

use serde::Deserialize;

use super::{
    problem::Invalid,
    setting::{SettingType, section},
};

section! {
    /// How people sign up and in.
    Identity in "identity." {
        /// Who says who somebody is: `embedded`, Beep itself, or `keycloak`, a Keycloak that `identity.keycloak.` describes
        /// (`docs/identity.md`). Who has signed up with one of them is not known to the other.
        provider: ProviderName = Fixed("embedded");
        /// Whether anybody may sign up. When false, only those who have an account get in.
        registration_open: bool = Fixed("true");
        /// The file with the key that signs access tokens (PEM), made when it is missing. Several instances of the users
        /// service share one.
        signing_key: PathBuf = Derived("<data_dir>/signing-key.pem");
        /// The file with the secret of the instance (32 bytes in Base64), made when it is missing. It seals what the database must
        /// not tell, such as the secrets of second factors: without it nobody can sign in with a code any more. Keep it with the
        /// backups, but apart from those of the database. Several instances of the users service share one.
        instance_key: PathBuf = Derived("<data_dir>/instance-key");
        /// How long an access token is valid, in seconds.
        access_token_seconds: u32 = Fixed("300"), 30..=900;
        /// How long one stays signed in on a device that is not used, in days.
        refresh_token_days: u32 = Fixed("30"), 1..=3650;
        /// How long an account that its user has deleted can still be kept, by signing in, in days. 0: it is erased at once.
        deletion_grace_days: u32 = Fixed("14"), 0..=365;
        /// How many passwords are hashed at once. Each takes about 20 MiB of memory and one processor.
        password_hash_concurrency: usize = Fixed("2"), 1..=256;
    }
}

/// Who says who somebody is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ProviderName {
    /// Beep itself.
    Embedded,
    /// Keycloak.
    Keycloak,
}

impl SettingType for ProviderName {
    const FORM: &'static str = "embedded or keycloak";
    fn show(&self) -> String {
        match self {
            Self::Embedded => "embedded",
            Self::Keycloak => "keycloak",
        }
        .to_owned()
    }
}

/// The seconds of a day.
const DAY: u32 = 86_400;

impl Identity {
    pub(super) fn validate(&self) -> Result<(), Invalid> {
        if self.access_token_seconds >= self.refresh_token_days * DAY {
            let detail = "must be shorter than identity.refresh_token_days, or nobody could ever refresh one";
            return Err(Invalid::new("identity.access_token_seconds", detail));
        }
        Ok(())
    }
}
