//! An account is to be deleted (U6): its owner shows who they are, is signed out everywhere, and has a while to take it back,
//! by signing in.

use model::{Timestamp, UserId};
use platform::db::Tx;

use super::{
    audit::{self, Act},
    codes::{self, Given},
    keycloak::{self, Keycloak},
    mail::{self, Occasion},
    proof::{self, Proof},
    session::end_all_but,
};
use crate::{
    error::{Door, UsersError},
    profile,
    service::Service,
    store::{self, Begun, Cancelled, User, deletion},
};

/// Has the caller's account erased after the time of grace; answers when. Begun before, it stays at the time that was said then.
pub(crate) async fn begin_deletion(service: &Service, caller: UserId, proof: Proof) -> Result<Timestamp, UsersError> {
    let at = service.clock.now().plus(service.settings.deletion_grace);
    match service.keycloak() {
        Some(keycloak) => begin_there(service, keycloak, (caller, at), &proof).await,
        None => begin_here(service, (caller, at), proof).await,
    }
}

async fn begin_here(
    service: &Service,
    (caller, at): (UserId, Timestamp),
    proof: Proof,
) -> Result<Timestamp, UsersError> {
    let shown = proof::password(service, caller, proof.password, proof.address).await?;
    let mut tx = shown.begin(service).await?;
    let said = deletion::begin(&mut tx, caller, at).await?;
    // Asked again, nothing is decided: the code of the first time is used up.
    if matches!(said, Begun::Now(_)) {
        let given = Given {
            code: proof.code.as_deref(),
            address: proof.address,
            door: Door::Account,
        };
        codes::accept(service, &mut tx, caller, given).await?;
    }
    begun(service, tx, &shown.user, said).await
}

/// The same where Keycloak says who somebody is, a directory's user among them.
async fn begin_there(
    service: &Service,
    keycloak: &Keycloak,
    (caller, at): (UserId, Timestamp),
    proof: &Proof,
) -> Result<Timestamp, UsersError> {
    let (user, subject) = keycloak::shown_owner(service, keycloak, caller, proof).await?;
    let mut tx = service.db.begin().await?;
    let said = deletion::begin(&mut tx, caller, at).await?;
    let said = begun(service, tx, &user, said).await?;
    keycloak::end_all(keycloak, caller, &subject).await;
    Ok(said)
}

async fn begun(service: &Service, mut tx: Tx, user: &User, begun: Begun) -> Result<Timestamp, UsersError> {
    let at = begun.at().ok_or(UsersError::NoAccount)?;
    if matches!(begun, Begun::Now(_)) {
        store::link::remove_all(&mut tx, user.id).await?;
        store::link::cancel_change(&mut tx, user.id).await?;
        mail::tell(service, &mut tx, Occasion::DeletionBegun, user).await?;
        let told = User {
            deletion_at: Some(at),
            ..user.clone()
        };
        service.emit_own(&mut tx, &told)?;
    }
    end_all_but(service, &mut tx, user.id, None).await?;
    tx.commit().await?;
    if matches!(begun, Begun::Now(_)) {
        audit::note(Act::DeletionBegun, user.id);
    }
    Ok(at)
}

/// The account stays. Nothing changes where it was not to be deleted.
pub(crate) async fn cancel_deletion(service: &Service, caller: UserId) -> Result<(), UsersError> {
    let user = profile::find_own(service, caller).await?;
    let mut tx = service.db.begin().await?;
    match deletion::cancel(&mut tx, caller).await? {
        Cancelled::NotBegun => return Ok(()),
        Cancelled::TooLate => return Err(UsersError::NoAccount),
        Cancelled::Done => {}
    }
    let told = User {
        deletion_at: None,
        ..user
    };
    service.emit_own(&mut tx, &told)?;
    tx.commit().await?;
    audit::note(Act::DeletionCancelled, caller);
    Ok(())
}
