//! Sends what waits, in the background. Of several instances, one sends a mail: it has it for itself for a while, and if it dies
//! meanwhile, another one sends it later.

use std::time::Duration;

use model::Timestamp;
use tokio_util::sync::CancellationToken;

use super::{
    Occasion,
    letter::{self, Letter, Template, Words},
    sender::{MailSender, NotSent, WHOLE},
};
use crate::{
    error::UsersError,
    identity::{
        keycloak::{self, PasswordOf},
        link,
    },
    service::{Service, Shared},
    settings::Language,
    store::{self, Purpose, User, WaitingMail, user},
};

/// How often it is looked for mails.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// For how long one instance has a mail for itself: longer than it may take to send it.
const LEASE: Duration = WHOLE.saturating_mul(2);
/// How long to wait after the first attempt; twice as long after each of the next, and no longer than the other.
const WAITS: (Duration, Duration) = (Duration::from_secs(30), Duration::from_hours(1));
/// After this nobody expects the mail any more.
const STALE: Duration = Duration::from_hours(24);

/// Sends what waits, until the process shuts down.
pub(crate) async fn run(service: Shared, sender: MailSender, shutdown: CancellationToken) {
    let mut looks = tokio::time::interval(LOOK_EVERY);
    looks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    while shutdown.run_until_cancelled(looks.tick()).await.is_some() {
        if let Err(error) = send_all(&service, &sender, &shutdown).await {
            tracing::warn!(error.detail = %error, "mails wait");
        }
    }
}

/// Sends one after the other until none is due.
async fn send_all(service: &Service, sender: &MailSender, shutdown: &CancellationToken) -> Result<(), UsersError> {
    while !shutdown.is_cancelled() && store::mail::any_due(&service.db, service.clock.now()).await? {
        let now = service.clock.now();
        let mut tx = service.db.begin_patiently().await?;
        let claimed = store::mail::claim(&mut tx, now, now.plus(LEASE)).await?;
        tx.commit().await?;
        let Some(waiting) = claimed else {
            return Ok(());
        };
        let outcome = if is_too_late(&waiting, now) {
            Err(NotSent::ForEver("nobody waits for it any more".to_owned()))
        } else if let Some(letter) = prepare(service, &waiting).await? {
            sender.send(letter, &service.host()).await
        } else {
            Ok(())
        };
        settle(service, &waiting, outcome).await?;
    }
    Ok(())
}

/// Notes how it went.
async fn settle(service: &Service, waiting: &WaitingMail, outcome: Result<(), NotSent>) -> Result<(), UsersError> {
    let kind = &*waiting.kind;
    let until = match outcome {
        Ok(()) => None,
        Err(NotSent::Now(why)) => {
            tracing::warn!(
                error.detail = why,
                mail.kind = kind,
                "a mail was not sent and is tried again"
            );
            Some(service.clock.now().plus(pause(waiting.attempts)))
        }
        Err(NotSent::ForEver(why)) => {
            tracing::error!(error.detail = why, mail.kind = kind, "a mail was not sent");
            None
        }
    };
    let mut tx = service.db.begin_patiently().await?;
    match until {
        Some(until) => store::mail::put_off(&mut tx, waiting.id, waiting.attempts, until).await?,
        None => store::mail::remove(&mut tx, waiting.id, waiting.attempts).await?,
    }
    Ok(tx.commit().await?)
}

/// How long to wait after so many attempts.
fn pause(attempts: i64) -> Duration {
    let doublings = u32::try_from((attempts - 1).max(0)).unwrap_or(u32::MAX);
    WAITS.0.saturating_mul(2_u32.saturating_pow(doublings)).min(WAITS.1)
}

/// Whether the mail has waited for so long that it would be of no use: a link for longer than such a link holds.
fn is_too_late(waiting: &WaitingMail, now: Timestamp) -> bool {
    let waited = now.since(waiting.created_at);
    let useful = match Occasion::from_name(&waiting.kind) {
        Some(Occasion::PasswordForgotten) => link::PASSWORD_LIFETIME,
        _ => STALE,
    };
    waited >= useful
}

/// What to send; nothing when there is no reason any more.
async fn prepare(service: &Service, waiting: &WaitingMail) -> Result<Option<Letter>, UsersError> {
    let Some(occasion) = Occasion::from_name(&waiting.kind) else {
        return Ok(None);
    };
    let plain = |template| async move {
        let user = find_user(service, waiting).await?;
        Ok(user.map(|user| write(service, template, &user, &waiting.address, "")))
    };
    match occasion {
        Occasion::PasswordForgotten => forgotten(service, waiting).await,
        Occasion::EmailToConfirm => to_confirm(service, waiting).await,
        Occasion::PasswordChanged => plain(Template::PasswordChanged).await,
        Occasion::TotpOn => plain(Template::TotpOn).await,
        Occasion::TotpOff => plain(Template::TotpOff).await,
        Occasion::RecoveryCodesRenewed => plain(Template::RecoveryCodesRenewed).await,
        Occasion::EmailChangeBegun => plain(Template::EmailChangeBegun).await,
        Occasion::EmailChanged => plain(Template::EmailChanged).await,
        Occasion::KeyAdded => plain(Template::KeyAdded).await,
        Occasion::SecondFactorRemoved => plain(Template::SecondFactorRemoved).await,
        Occasion::IdentityLinked => plain(Template::IdentityLinked).await,
        Occasion::ProviderLinked => plain(Template::ProviderLinked).await,
        Occasion::ProviderUnlinked => plain(Template::ProviderUnlinked).await,
        Occasion::DeletionBegun => deletion_begun(service, waiting).await,
    }
}

/// When the account is erased; nothing when that was taken back.
async fn deletion_begun(service: &Service, waiting: &WaitingMail) -> Result<Option<Letter>, UsersError> {
    let found = find_user(service, waiting).await?;
    let Some((user, at)) = found.and_then(|user| user.deletion_at.map(|at| (user, at))) else {
        return Ok(None);
    };
    let language = language_of(&user);
    let words = Words {
        username: &user.username,
        url: &service.settings.public_url,
        link: "",
        day: &letter::day(language, at),
    };
    Ok(Some(letter::write(
        Template::DeletionBegun,
        language,
        &waiting.address,
        words,
    )))
}

fn language_of(user: &User) -> Language {
    user.language.parse().unwrap_or(Language::English)
}

/// A link for whoever has the address, if anybody has.
async fn forgotten(service: &Service, waiting: &WaitingMail) -> Result<Option<Letter>, UsersError> {
    let Some(user) = find_by_address(service, &waiting.address).await? else {
        return Ok(None);
    };
    if let Some(keycloak) = service.keycloak()
        && keycloak::password_of(service, keycloak, user.id).await? == PasswordOf::Directory
    {
        let template = Template::PasswordElsewhere;
        return Ok(Some(write(service, template, &user, &waiting.address, "")));
    }
    let url = service.links.give(Purpose::Password, user.id, &user.email).await?;
    Ok(Some(write(
        service,
        Template::ResetPassword,
        &user,
        &waiting.address,
        &url,
    )))
}

/// A link to confirm the address, if the user still wants it. If somebody has it, they learn of it, and nobody else.
async fn to_confirm(service: &Service, waiting: &WaitingMail) -> Result<Option<Letter>, UsersError> {
    let Some(user) = find_user(service, waiting).await? else {
        return Ok(None);
    };
    let wanted = store::link::find_change(&service.db, user.id, service.clock.now()).await?;
    let Some((email, _)) = wanted.filter(|(email, _)| email.expose() == waiting.address) else {
        return Ok(None);
    };
    if let Some(other) = find_by_address(service, &waiting.address).await? {
        return Ok(Some(write(
            service,
            Template::AddressInUse,
            &other,
            &waiting.address,
            "",
        )));
    }
    let url = service.links.give(Purpose::Email, user.id, &email).await?;
    Ok(Some(write(
        service,
        Template::ConfirmEmail,
        &user,
        &waiting.address,
        &url,
    )))
}

async fn find_user(service: &Service, waiting: &WaitingMail) -> Result<Option<User>, UsersError> {
    match waiting.user_id {
        Some(id) => Ok(user::lookup(&service.db, id).await?),
        None => Ok(None),
    }
}

async fn find_by_address(service: &Service, address: &str) -> Result<Option<User>, UsersError> {
    let found = user::find_by_email(&service.db, &model::Email::trusted(address.to_owned())).await?;
    match found {
        Some((id, _)) => Ok(user::lookup(&service.db, id).await?),
        None => Ok(None),
    }
}

fn write(service: &Service, template: Template, user: &User, address: &str, link: &str) -> Letter {
    let words = Words {
        username: &user.username,
        url: &service.settings.public_url,
        link,
        day: "",
    };
    letter::write(template, language_of(user), address, words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mail_is_tried_more_and_more_seldom_for_as_long_as_it_is_of_use() {
        let first: Vec<_> = (1..=9).map(|attempts| pause(attempts).as_secs()).collect();
        assert_eq!(first, [30, 60, 120, 240, 480, 960, 1_920, 3_600, 3_600]);
        assert_eq!(pause(i64::MAX), WAITS.1);
        let waiting = |kind: Occasion| WaitingMail {
            id: 1,
            kind: kind.name().into(),
            address: String::new(),
            user_id: None,
            attempts: 9,
            created_at: Timestamp::from_millis(0),
        };
        let after = |duration: Duration| Timestamp::from_millis(0).plus(duration);
        // The server may be away for most of a day.
        let notice = waiting(Occasion::PasswordChanged);
        assert!(!is_too_late(&notice, after(Duration::from_hours(23))));
        assert!(is_too_late(&notice, after(STALE)));
        let link = waiting(Occasion::PasswordForgotten);
        assert!(is_too_late(&link, after(link::PASSWORD_LIFETIME)));
    }
}
