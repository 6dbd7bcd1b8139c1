//! Joining and leaving. However many attempts meet, there is one membership, one event, and a right count.

use contracts::events::{Audience, Event, EventKind};
use model::{ChannelId, ServerId, UserId};
use platform::db::TenantTx;

use crate::{
    api::resource::{MemberChanged, MemberLeft, Server, ServerForViewer, ServerGone, ServerWithDetail},
    error::Error,
    service::{Service, retried},
    snapshots,
    store::{
        bans, invitations,
        members::{self, MemberRow, Membership},
        overwrites,
        servers::{self, ServerRow},
        time_outs, totals,
    },
    visibility::Visibility,
};

/// Makes the user a member of a public server. For a member it changes nothing, whatever the server.
pub(crate) async fn join(service: &Service, server_id: ServerId, user_id: UserId) -> Result<ServerWithDetail, Error> {
    if let Some(detail) = detail(service, server_id, user_id).await? {
        return Ok(detail);
    }
    let member = service.new_member(server_id, user_id).await?;
    match retried(|| attempt_join(service, &member)).await? {
        Some(detail) => Ok(detail),
        // Another attempt of the same user was faster.
        None => self::detail(service, server_id, user_id)
            .await?
            .ok_or(Error::ServerNotFound),
    }
}

/// The server as its member sees it; `None` for anybody else.
pub(crate) async fn detail(
    service: &Service,
    server_id: ServerId,
    user_id: UserId,
) -> Result<Option<ServerWithDetail>, Error> {
    let Some(membership) = members::lookup(&mut service.tenants.reader(server_id), user_id).await? else {
        return Ok(None);
    };
    let tenant = service.snapshots.current(service.tenants.reader(server_id)).await?;
    Ok(tenant.map(|tenant| tenant.detail(&membership, service.clock.now())))
}

/// The server as anybody sees it: a member in detail, others only when it is public.
pub(crate) async fn seen(
    service: &Service,
    server_id: ServerId,
    user_id: UserId,
) -> Result<Option<ServerForViewer>, Error> {
    if let Some(detail) = detail(service, server_id, user_id).await? {
        return Ok(Some(ServerForViewer::Member(Box::new(detail))));
    }
    let server = servers::lookup(&mut service.tenants.reader(server_id)).await?;
    let public = server.filter(|server| server.visibility == Visibility::Public);
    Ok(public.map(|server| ServerForViewer::Visitor(Box::new(Server::from_outside(&server)))))
}

/// `None` when the user is a member already.
async fn attempt_join(service: &Service, member: &MemberRow) -> Result<Option<ServerWithDetail>, Error> {
    let mut tx = service.tenants.begin(member.server_id).await?;
    let server = servers::touch_admitting(&mut tx).await?.ok_or(Error::ServerNotFound)?;
    let admitted = admit(service, &mut tx, &server, member).await?;
    if admitted.is_some() {
        tx.commit().await?;
    }
    Ok(admitted)
}

/// Makes the user a member, by whatever way they came, unless they are banned; `None` when they are one already, and then
/// the transaction must not be committed. It holds the server and has counted the new member: `server` is what it is now.
pub(crate) async fn admit(
    service: &Service,
    tx: &mut TenantTx,
    server: &ServerRow,
    member: &MemberRow,
) -> Result<Option<ServerWithDetail>, Error> {
    let (server_id, user_id) = (member.server_id, member.user_id);
    if bans::stands(tx, user_id).await? {
        // Of a private server they are not told that it is there.
        return Err(match server.visibility {
            Visibility::Public => Error::Banned,
            Visibility::Private => Error::ServerNotFound,
        });
    }
    // A time-out is not shed by leaving.
    let member = &MemberRow {
        timeout_until: time_outs::find(tx, user_id)
            .await?
            .filter(|until| *until > member.joined_at),
        ..member.clone()
    };
    if !members::add(tx, member).await? {
        return Ok(None);
    }
    time_outs::forget(tx, user_id).await?;
    if !totals::count_membership(tx, user_id).await? {
        return Err(Error::TooManyServers);
    }
    // Whoever is in needs no invitation any more, whichever way they came.
    invitations::use_up_of_user(tx, user_id).await?;
    let tenant = snapshots::inside(tx).await?.ok_or(Error::ServerNotFound)?;
    let membership = Membership {
        row: member.clone(),
        role_ids: Vec::new(),
    };
    let detail = tenant.detail(&membership, member.joined_at);
    // To the newcomer first: whoever hears of a member must know the server.
    let to_newcomer = Audience::User { user_id };
    let created = service.event(EventKind::ServerCreated, to_newcomer, server.version, &detail)?;
    tx.emit(Event {
        user_id: Some(user_id),
        ..created
    });
    let data = MemberChanged {
        member: detail.me.clone(),
        member_count: server.member_count,
    };
    let to_all = Audience::Server { server_id };
    let joined = service.event(EventKind::MemberJoined, to_all, server.version, &data)?;
    tx.emit(Event {
        user_id: Some(user_id),
        ..joined
    });
    Ok(Some(detail))
}

/// Ends the user's membership.
pub(crate) async fn leave(service: &Service, server_id: ServerId, user_id: UserId) -> Result<(), Error> {
    retried(|| attempt_leave(service, server_id, user_id)).await
}

async fn attempt_leave(service: &Service, server_id: ServerId, user_id: UserId) -> Result<(), Error> {
    let mut tx = service.tenants.begin(server_id).await?;
    let server = servers::touch_dismissing(&mut tx).await?.ok_or(Error::ServerNotFound)?;
    if server.owner_id == user_id {
        return Err(Error::OwnerCannotLeave);
    }
    let membership = members::lookup(&mut tx, user_id).await?.ok_or(Error::ServerNotFound)?;
    dismiss(service, &mut tx, &server, &membership).await?;
    tx.commit().await?;
    Ok(())
}

/// Ends a membership, by whatever way. The transaction holds the server and has counted one member less: `server` is what
/// it is now. A time-out is kept for when they come back; roles and overwrites are not.
pub(crate) async fn dismiss(
    service: &Service,
    tx: &mut TenantTx,
    server: &ServerRow,
    membership: &Membership,
) -> Result<(), Error> {
    let (server_id, user_id) = (server.id, membership.row.user_id);
    if let Some(until) = membership
        .row
        .timeout_until
        .filter(|until| *until > service.clock.now())
    {
        time_outs::keep(tx, user_id, until).await?;
    }
    let forgotten = overwrites::remove_of_member(tx, user_id).await?;
    totals::forget_membership(tx, user_id).await?;
    members::remove(tx, user_id).await?;
    tell_of_overwrites(service, tx, &forgotten).await?;
    let data = MemberLeft {
        server_id,
        user_id,
        member_count: server.member_count,
    };
    let everybody = Audience::Server { server_id };
    let left = service.event(EventKind::MemberLeft, everybody, server.version, &data)?;
    tx.emit(Event {
        user_id: Some(user_id),
        ..left
    });
    let gone = ServerGone { id: server_id };
    let alone = Audience::User { user_id };
    let deleted = service.event(EventKind::ServerDeleted, alone, server.version, &gone)?;
    tx.emit(Event {
        user_id: Some(user_id),
        ..deleted
    });
    Ok(())
}

/// Whoever remembers the overwrites of these channels forgets them: otherwise the member would have theirs again when they
/// come back.
async fn tell_of_overwrites(service: &Service, tx: &mut TenantTx, channels: &[ChannelId]) -> Result<(), Error> {
    if channels.is_empty() {
        return Ok(());
    }
    let tenant = snapshots::inside(tx).await?.ok_or(Error::ServerNotFound)?;
    for row in tenant.channel_rows().iter().filter(|row| channels.contains(&row.id)) {
        let audience = Audience::Channel {
            server_id: row.server_id,
            channel_id: row.id,
        };
        let (version, channel) = (tenant.server.version, tenant.shown(row));
        tx.emit(service.event(EventKind::ChannelUpdated, audience, version, &channel)?);
    }
    Ok(())
}
