//! Search: an index of the messages, and questions to it.
//!
//! **Needs** the messages service, which has the messages, and the servers service, which says who may look where.
//!
//! **Owns nothing** but an index on files, which is made from the messages and can be made again at any time: without the
//! files it begins anew, and answers say meanwhile that it is not complete (`indexing`).
//!
//! **What is found** is only what the caller may read at this moment. Where they may look is asked before each search and is
//! part of it (`reach`, `index::Scope`): nothing else is found, nor counted. Each message that is found is then read through
//! `messages` as the caller sees it, and compared with what is wanted once more, so that the index may be a moment behind,
//! and nothing shows it (`service`).

mod analysis;
mod api;
mod document;
mod error;
mod folder;
mod index;
mod indexing;
mod links;
mod live;
mod reach;
mod searching_limit;
mod service;
mod wanted;

use std::{path::PathBuf, sync::Arc};

use contracts::{messages::messages_client::MessagesClient, servers::servers_client::ServersClient};
use platform::{
    rpc::Peer,
    service::{Context, Task, Wired, WiringError},
};
use tokio::sync::Semaphore;

pub use crate::folder::{Asked, Progress, Rebuilding, ask_for_rebuild};
use crate::{
    indexing::{Sources, Upkeep, UpkeepError},
    searching_limit::SearchingLimit,
    service::Service,
};

/// The name of this service, in logs.
const NAME: &str = "search";

/// How the service behaves.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The folder of the index. Nothing is lost with it.
    pub directory: PathBuf,
    /// How often a user may search in ten seconds; 0 for any number.
    pub searches_per_ten_seconds_per_user: u32,
}

/// What this service needs.
pub struct Needs {
    /// What every service is given.
    pub context: Context,
    /// Who may look where.
    pub servers: ServersClient<Peer>,
    /// The messages.
    pub messages: MessagesClient<Peer>,
    /// How it behaves.
    pub settings: Settings,
}

/// Opens the index and puts the service together.
pub async fn wire(needs: Needs) -> Result<Wired<()>, WiringError> {
    let Needs {
        context,
        servers,
        messages,
        settings,
    } = needs;
    let sources = Sources {
        messages: messages.clone(),
        bus: context.bus,
    };
    let upkeep = Upkeep::open(settings.directory, sources).await.map_err(opening)?;
    let at_once = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
    let service = Arc::new(Service {
        live: upkeep.live(),
        servers,
        messages,
        limit: SearchingLimit::new(settings.searches_per_ten_seconds_per_user),
        room: Arc::new(Semaphore::new(at_once)),
        clock: context.clock,
    });
    let (public, _) = api::router().with_state(service).split_for_parts();
    Ok(Wired {
        public,
        peer: (),
        tasks: vec![Task::new(NAME, upkeep.work(context.shutdown))],
    })
}

fn opening(error: UpkeepError) -> WiringError {
    match error {
        UpkeepError::Bus(error) => error.into(),
        other => WiringError::Files(other.to_string()),
    }
}

/// The contract of the public routes.
#[must_use]
pub fn contract() -> utoipa::openapi::OpenApi {
    api::contract()
}
