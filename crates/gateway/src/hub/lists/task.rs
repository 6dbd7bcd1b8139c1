//! The task that keeps the member lists of one server, beside its hub: what is slow here holds up nothing else.
//!
//! It begins when somebody has a list on screen, reads all members once, and from then on follows what the hub tells. What
//! takes long is done on a thread for such work. Changes are shown together, not faster than [`REST`], and resting ten
//! times as long as showing them took.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
    time::Duration,
};

use contracts::{permissions::TenantAccess, servers::ListMembersRequest};
use model::{ChannelId, ServerId, UserId};
use tokio::time::{Instant, MissedTickBehavior, interval, sleep, sleep_until};

use super::{
    inbox::{Inbox, News},
    views::{Encoder, View},
};
use crate::{
    Peers,
    members::{Directory, Member},
    protocol::PresenceStatus,
    session::{Shown, Viewing},
};

/// The shortest time between two frames for the same change of a list.
const REST: Duration = Duration::from_millis(250);
/// How much longer it rests than it worked.
const REST_SHARE: u32 = 10;
/// Members that are read at once.
const PAGE: u32 = 1_000;
/// How soon the servers service is asked again that did not answer.
const RETRY_AFTER: Duration = Duration::from_secs(1);
/// How often it is looked who has gone.
const UPKEEP: Duration = Duration::from_secs(30);
/// How often in a row nobody may be found to look before the lists are given up.
const IDLE_ROUNDS: u32 = 4;
/// Changes, or frames, before others have their turn.
const AT_ONCE: usize = 64;

/// What the lists begin with.
pub(super) struct Start {
    pub(super) server_id: ServerId,
    pub(super) peers: Peers,
    pub(super) tenant: Arc<TenantAccess>,
    pub(super) shown: HashMap<UserId, PresenceStatus>,
}

/// The lists and who looks at them.
struct Board {
    server_id: ServerId,
    /// Not here while it is worked on elsewhere.
    directory: Option<Directory>,
    views: HashMap<Box<str>, View>,
    /// Those who wait for a list.
    waiting: Vec<(Arc<crate::session::Session>, Viewing)>,
    /// A newer tenant, which the lists do not go by yet.
    newer: Option<Arc<TenantAccess>>,
    /// Whether somebody may be to be told something.
    is_changed: bool,
}

/// The lists were lost in the middle of work.
struct Broken;

/// Keeps the lists until nobody tells or looks any more.
pub(super) async fn run(inbox: Arc<Inbox>, start: Start) {
    let server_id = start.server_id;
    if let Some(directory) = load(&inbox, start).await {
        let board = Board {
            server_id,
            directory: Some(directory),
            views: HashMap::new(),
            waiting: Vec::new(),
            newer: None,
            is_changed: false,
        };
        if let Err(Broken) = board.follow(&inbox).await {
            tracing::error!(server.id = %server_id, "the member lists of a server are lost");
        }
    }
    inbox.close();
}

/// Reads all members; `None` when nobody wants them any more.
async fn load(inbox: &Inbox, start: Start) -> Option<Directory> {
    let members = loop {
        match read_all(inbox, &start).await {
            Ok(members) => break members?,
            Err(status) => {
                tracing::warn!(server.id = %start.server_id, error.code = ?status.code(), "the members of a server cannot be read yet");
                sleep(RETRY_AFTER).await;
            }
        }
    };
    let build = move || Directory::new(start.tenant, members, start.shown);
    tokio::task::spawn_blocking(build).await.ok()
}

async fn read_all(inbox: &Inbox, start: &Start) -> Result<Option<Vec<(Member, i64)>>, tonic::Status> {
    let (mut members, mut after_user_id) = (Vec::new(), i64::MIN);
    loop {
        if inbox.is_closed() {
            return Ok(None);
        }
        let request = ListMembersRequest {
            server_id: start.server_id.0,
            after_user_id,
            limit: PAGE,
        };
        let answer = start.peers.servers.clone().list_members(request).await?.into_inner();
        let Some(last) = answer.members.last() else {
            return Ok(Some(members));
        };
        after_user_id = last.user_id;
        for shown in &answer.members {
            let member = serde_json::from_str(&shown.member_json)
                .map_err(|error| tonic::Status::internal(format!("a member is not JSON: {error}")))?;
            members.push((member, answer.version));
        }
        tokio::task::yield_now().await;
    }
}

impl Board {
    async fn follow(mut self, inbox: &Inbox) -> Result<(), Broken> {
        let mut upkeep = interval(UPKEEP);
        upkeep.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let (mut rest_until, mut idle) = (Instant::now(), 0);
        loop {
            tokio::select! {
                news = inbox.take() => match news {
                    Some(news) => self.take_up(news).await?,
                    None => return Ok(()),
                },
                () = sleep_until(rest_until), if self.is_changed => {
                    let begun = Instant::now();
                    self.show().await?;
                    let took = begun.elapsed();
                    metrics::histogram!("gateway_member_lists_shown_seconds").record(took.as_secs_f64());
                    rest_until = Instant::now() + REST.max(took * REST_SHARE);
                }
                _ = upkeep.tick() => {
                    self.clean();
                    idle = if self.views.is_empty() { idle + 1 } else { 0 };
                    if idle >= IDLE_ROUNDS && inbox.close_if_empty() {
                        return Ok(());
                    }
                }
            }
        }
    }

    /// Takes up what is new. Who has just come to look is shown something at once.
    async fn take_up(&mut self, news: News) -> Result<(), Broken> {
        let directory = self.directory.as_mut().ok_or(Broken)?;
        let mut steps = 0_usize;
        let mut is_changed = news.changes_lists();
        for (user_id, (version, member)) in news.members {
            match member {
                Some(member) => directory.put(member, version),
                None => directory.remove(user_id, version),
            }
            pace(&mut steps).await;
        }
        if !news.dropped_roles.is_empty() {
            // After the members, who may be told as they were before. No other role ever has the same id.
            directory.drop_roles(&news.dropped_roles);
        }
        for user in news.users.into_values() {
            directory.rename(user);
            pace(&mut steps).await;
        }
        for (user_id, status) in news.presences {
            directory.show(user_id, status);
            pace(&mut steps).await;
        }
        if news.tenant.is_some() {
            self.newer = news.tenant;
        }
        self.waiting.extend(news.views.into_values());
        if self.newer.is_none() {
            self.seat().await?;
        } else {
            is_changed |= !self.waiting.is_empty();
        }
        self.is_changed |= is_changed;
        Ok(())
    }

    /// Gives those who wait their lists.
    async fn seat(&mut self) -> Result<(), Broken> {
        let waiting = std::mem::take(&mut self.waiting);
        if waiting.is_empty() {
            return Ok(());
        }
        self.list(waiting.iter().map(|(_, viewing)| viewing.channel_id).collect())
            .await?;
        let directory = self.directory.as_mut().ok_or(Broken)?;
        let mut views = Vec::with_capacity(waiting.len());
        for (session, viewing) in waiting {
            match directory.list_for(viewing.channel_id) {
                Some(sight) => views.push(View::new(session, viewing, sight)),
                None => drop(self.views.remove(&session.id)),
            }
        }
        let mut encoder = Encoder::new(self.server_id, directory);
        let mut steps = 0_usize;
        for mut view in views {
            match view.show(&mut encoder) {
                Shown::Never => continue,
                Shown::Later => self.is_changed = true,
                Shown::Now => {}
            }
            self.views.insert(view.session.id.clone(), view);
            pace(&mut steps).await;
        }
        Ok(())
    }

    /// Has lists of those who see these channels.
    async fn list(&mut self, channels: HashSet<ChannelId>) -> Result<(), Broken> {
        let newer = self.newer.take();
        let directory = self.directory.as_ref().ok_or(Broken)?;
        if newer.is_none() && channels.iter().all(|id| directory.is_listed(*id)) {
            return Ok(());
        }
        let mut directory = self.directory.take().ok_or(Broken)?;
        let work = move || {
            if let Some(tenant) = newer {
                directory.replace_tenant(tenant);
            }
            for channel_id in channels {
                directory.list_for(channel_id);
            }
            directory
        };
        self.directory = tokio::task::spawn_blocking(work).await.ok();
        self.directory.as_ref().map(|_| ()).ok_or(Broken)
    }

    /// Tells everyone what is new to them.
    async fn show(&mut self) -> Result<(), Broken> {
        self.is_changed = false;
        if self.newer.is_some() {
            let wanted = self.waiting.iter().map(|(_, viewing)| viewing.channel_id);
            let seen = self.views.values().map(|view| view.viewing.channel_id);
            self.list(seen.chain(wanted).collect()).await?;
            let directory = self.directory.as_mut().ok_or(Broken)?;
            self.views
                .retain(|_, view| match directory.list_for(view.viewing.channel_id) {
                    Some(sight) => {
                        view.sight = sight;
                        true
                    }
                    None => false,
                });
        }
        self.seat().await?;
        let directory = self.directory.as_ref().ok_or(Broken)?;
        let mut encoder = Encoder::new(self.server_id, directory);
        let (mut steps, mut gone) = (0_usize, Vec::new());
        for (id, view) in &mut self.views {
            match view.show(&mut encoder) {
                Shown::Now => {}
                Shown::Later => self.is_changed = true,
                Shown::Never => gone.push(id.clone()),
            }
            pace(&mut steps).await;
        }
        for id in gone {
            self.views.remove(&id);
        }
        Ok(())
    }

    /// Forgets who does not look any more, and the lists at which nobody does.
    fn clean(&mut self) {
        self.views
            .retain(|_, view| view.session.is_viewing(view.viewing.number));
        let used: HashSet<_> = self.views.values().map(|view| &view.sight).collect();
        if let Some(directory) = &mut self.directory {
            directory.keep_lists(&used);
        }
    }
}

async fn pace(steps: &mut usize) {
    *steps += 1;
    if steps.is_multiple_of(AT_ONCE) {
        tokio::task::yield_now().await;
    }
}
