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
mod index;
mod indexing;
mod links;
mod reach;
mod searching_limit;
mod service;
mod wanted;

use std::{path::PathBuf, sync::Arc};

use contracts::{messages::messages_client::MessagesClient, servers::servers_client::ServersClient};
use platform::{
    bus::Topics,
    rpc::Peer,
    service::{Context, Task, Wired, WiringError},
};
use tokio::sync::Semaphore;

use crate::{
    index::EmbeddedIndex,
    indexing::{Completeness, Indexer, Marks},
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
    let folder = settings.directory;
    let opening = tokio::task::spawn_blocking(move || EmbeddedIndex::open(&folder));
    let index = opening.await.map_err(files)?;
    let index: Arc<dyn index::Index> = Arc::new(index.map_err(files)?);
    let (marks, completeness) = (Arc::<Marks>::default(), Arc::<Completeness>::default());
    // Subscribed before the index is compared with the messages: what happens meanwhile is heard of.
    let events = context.bus.subscribe(Topics::All).await?;
    let indexer = Indexer::new(
        Arc::clone(&index),
        messages.clone(),
        Arc::clone(&marks),
        Arc::clone(&completeness),
    );
    let indexer = indexer.map_err(files)?;
    let at_once = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
    let service = Arc::new(Service {
        index,
        servers,
        messages,
        completeness,
        limit: SearchingLimit::new(settings.searches_per_ten_seconds_per_user),
        room: Arc::new(Semaphore::new(at_once)),
        clock: context.clock,
    });
    let (public, _) = api::router().with_state(service).split_for_parts();
    Ok(Wired {
        public,
        peer: (),
        tasks: vec![
            Task::new(NAME, indexing::follow(marks, events, context.shutdown.clone())),
            Task::new(NAME, indexer.work(context.shutdown)),
        ],
    })
}

fn files(error: impl std::fmt::Display) -> WiringError {
    WiringError::Files(error.to_string())
}

/// The contract of the public routes.
#[must_use]
pub fn contract() -> utoipa::openapi::OpenApi {
    api::contract()
}
