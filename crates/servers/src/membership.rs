//! Joining and leaving. However many attempts meet, there is one membership, one event, and a right count.

use contracts::events::{Audience, Event, EventKind};
use model::{ServerId, UserId};

use crate::{
    api::resource::{MemberJoined, MemberLeft, Server, ServerForViewer, ServerGone, ServerWithDetail},
    error::Error,
    service::{Service, retried},
    snapshots,
    store::{
        members::{self, MemberRow, Membership},
        overwrites, servers, totals,
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
    Ok(public.map(|server| ServerForViewer::Visitor(Box::new(Server::from(&server)))))
}

/// `None` when the user is a member already.
async fn attempt_join(service: &Service, member: &MemberRow) -> Result<Option<ServerWithDetail>, Error> {
    let (server_id, user_id) = (member.server_id, member.user_id);
    let mut tx = service.tenants.begin(server_id).await?;
    let server = servers::touch_admitting(&mut tx).await?.ok_or(Error::ServerNotFound)?;
    if !members::add(&mut tx, member).await? {
        return Ok(None);
    }
    if !totals::count_membership(&mut tx, user_id).await? {
        return Err(Error::TooManyServers);
    }
    let tenant = snapshots::inside(&mut tx).await?.ok_or(Error::ServerNotFound)?;
    let membership = Membership {
        row: member.clone(),
        role_ids: Vec::new(),
    };
    let detail = tenant.detail(&membership, member.joined_at);
    // To the newcomer first: whoever hears of a member must know the server.
    let created = service.event(
        EventKind::ServerCreated,
        Audience::User { user_id },
        server.version,
        &detail,
    )?;
    tx.emit(Event {
        user_id: Some(user_id),
        ..created
    });
    let data = MemberJoined {
        member: detail.me.clone(),
        member_count: server.member_count,
    };
    let joined = service.event(
        EventKind::MemberJoined,
        Audience::Server { server_id },
        server.version,
        &data,
    )?;
    tx.emit(Event {
        user_id: Some(user_id),
        ..joined
    });
    tx.commit().await?;
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
    overwrites::remove_of_member(&mut tx, user_id).await?;
    totals::forget_membership(&mut tx, user_id).await?;
    if !members::remove(&mut tx, user_id).await? {
        return Err(Error::ServerNotFound);
    }
    let data = MemberLeft {
        server_id,
        user_id,
        member_count: server.member_count,
    };
    let left = service.event(
        EventKind::MemberLeft,
        Audience::Server { server_id },
        server.version,
        &data,
    )?;
    tx.emit(Event {
        user_id: Some(user_id),
        ..left
    });
    let gone = ServerGone { id: server_id };
    let deleted = service.event(
        EventKind::ServerDeleted,
        Audience::User { user_id },
        server.version,
        &gone,
    )?;
    tx.emit(Event {
        user_id: Some(user_id),
        ..deleted
    });
    tx.commit().await?;
    Ok(())
}
