//! What is kept of a user, to be handed out to them: all of it, but for what is secret. No password, no hash, no key and no
//! code is here, only that there is one.

use contracts::users::GetExportResponse;
use model::{SessionId, Timestamp, UserId};
use platform::rpc;
use serde::Serialize;
use tonic::{Code, Status};

use crate::{
    api::resource::{OwnUser, Settings},
    error::UsersError,
    identity::{
        self,
        keycloak::{self, CredentialKind},
    },
    service::Service,
    store::{SignIn, account, former_username, identity as identities, sign_in, user},
};

/// All of it.
#[derive(Serialize)]
struct Export {
    profile: OwnUser,
    settings: Settings,
    /// The address that is to be confirmed.
    email_change: Option<EmailChange>,
    disabled_at: Option<Timestamp>,
    administrator_since: Option<Timestamp>,
    former_usernames: Vec<FormerUsername>,
    sign_ins: Vec<ShownSignIn>,
    password: bool,
    second_factors: Vec<ShownFactor>,
    identities: Vec<Identity>,
    /// The providers by which one can sign in at the identity manager.
    providers: Vec<String>,
}

#[derive(Serialize)]
struct EmailChange {
    email: String,
    expires_at: Timestamp,
}

#[derive(Serialize)]
struct FormerUsername {
    username: String,
    left_at: Timestamp,
}

#[derive(Serialize)]
struct ShownSignIn {
    id: SessionId,
    /// What the program called itself.
    device: String,
    created_at: Timestamp,
    last_used_at: Timestamp,
}

#[derive(Serialize)]
struct ShownFactor {
    kind: &'static str,
    /// What its owner calls it.
    name: Option<String>,
    since: Option<Timestamp>,
    last_used_at: Option<Timestamp>,
}

#[derive(Serialize)]
struct Identity {
    issuer: String,
    subject: String,
    created_at: Timestamp,
}

/// What is kept of the user.
pub(crate) async fn export(service: &Service, id: UserId) -> Result<GetExportResponse, Status> {
    let found = user::lookup(&service.db, id).await;
    let found = found.map_err(|error| rpc::database_status(&error))?;
    let user = found.ok_or_else(|| rpc::status(Code::NotFound, "user_not_found", "there is no such user"))?;
    let (username, language) = (user.username.clone(), user.language.clone());
    let (profile, settings) = (OwnUser::from(&user), Settings::from(&user));
    let whole = gather(service, id, profile, settings).await.map_err(refused)?;
    let account_json = serde_json::to_string(&whole).map_err(|error| {
        tracing::error!(error = %error, "an account cannot be written as JSON");
        rpc::internal("the call failed")
    })?;
    Ok(GetExportResponse {
        account_json,
        username,
        language,
    })
}

async fn gather(service: &Service, id: UserId, profile: OwnUser, settings: Settings) -> Result<Export, UsersError> {
    let (db, now) = (&service.db, service.clock.now());
    let security = identity::security(service, id).await?;
    let (disabled_at, administrator_since) = account::marks(db, id).await?.unwrap_or_default();
    let former = former_username::list(db, id).await?.into_iter();
    let known = identities::list_of_user(db, id).await?.into_iter();
    let sign_ins = sign_in::list(db, id, now).await?.into_iter();
    Ok(Export {
        profile,
        settings,
        second_factors: factors(&security),
        email_change: security.email_change.map(|(email, expires_at)| EmailChange {
            email: email.expose().to_owned(),
            expires_at,
        }),
        disabled_at,
        administrator_since,
        former_usernames: former
            .map(|(username, left_at)| FormerUsername { username, left_at })
            .collect(),
        sign_ins: sign_ins.map(ShownSignIn::from).collect(),
        password: security.password,
        identities: known
            .map(|(issuer, subject, created_at)| Identity {
                issuer,
                subject,
                created_at,
            })
            .collect(),
        providers: security.providers,
    })
}

/// What is asked for beside the password, wherever it is kept.
fn factors(security: &identity::Security) -> Vec<ShownFactor> {
    let embedded = security.kept_by == identity::KeptBy::Beep;
    let own = |kind, is_there: bool, since| {
        (embedded && is_there).then_some(ShownFactor {
            kind,
            name: None,
            since,
            last_used_at: None,
        })
    };
    let kept_elsewhere = security
        .credentials
        .iter()
        .map(|one: &keycloak::Credential| ShownFactor {
            kind: match one.kind {
                CredentialKind::Totp => "totp",
                CredentialKind::SecurityKey => "security_key",
                CredentialKind::Passkey => "passkey",
                CredentialKind::RecoveryCodes => "recovery_codes",
            },
            name: Some(one.name.clone()),
            since: one.created_at,
            last_used_at: None,
        });
    own("totp", security.totp, security.totp_since)
        .into_iter()
        .chain(own("recovery_codes", security.recovery_codes_left > 0, None))
        .chain(kept_elsewhere)
        .chain(security.passkeys.iter().map(|one| ShownFactor {
            kind: "passkey",
            name: Some(one.name.clone()),
            last_used_at: one.last_used_at,
            since: Some(one.created_at),
        }))
        .collect()
}

impl From<SignIn> for ShownSignIn {
    fn from(sign_in: SignIn) -> Self {
        Self {
            id: sign_in.id,
            device: sign_in.user_agent,
            created_at: sign_in.created_at,
            last_used_at: sign_in.last_used_at,
        }
    }
}

/// Nothing of it is refused for good: it is asked for again later.
fn refused(error: UsersError) -> Status {
    match error {
        UsersError::Database(error) => rpc::database_status(&error),
        other => {
            tracing::warn!(error.detail = %other, "what is kept of a user cannot be said at the moment");
            rpc::unavailable("the account cannot be read at the moment")
        }
    }
}
