//! How the services of this process reach each other and those elsewhere.

use std::{collections::HashMap, convert::Infallible};

use axum::http::{Request, Response};
use contracts::calls::Service;
use platform::{
    clock::Clock,
    http::{Readiness, internal::InternalRoutes},
    rpc::{self, Channel, ForUsers, Peer},
    service::Task,
    tls::Tls,
};
use tokio_util::sync::CancellationToken;
use tonic::{body::Body, codegen::Service as Serves, server::NamedService};

use super::identity::Identity;
use crate::config::Config;

/// The peers of this process.
pub(super) struct Peers<'a> {
    config: &'a Config,
    identity: &'a Identity,
    tls: Option<Tls>,
    clock: Clock,
    shutdown: CancellationToken,
    here: HashMap<Service, Peer>,
    elsewhere: HashMap<Service, Channel>,
    /// What others may call here.
    pub(super) routes: InternalRoutes,
    /// What watches over instances elsewhere.
    pub(super) tasks: Vec<Task>,
}

impl<'a> Peers<'a> {
    pub(super) fn new(
        config: &'a Config,
        identity: &'a Identity,
        tls: Option<Tls>,
        clock: Clock,
        shutdown: CancellationToken,
    ) -> Self {
        Self {
            config,
            identity,
            tls,
            clock,
            shutdown,
            here: HashMap::new(),
            elsewhere: HashMap::new(),
            routes: InternalRoutes::default(),
            tasks: Vec::new(),
        }
    }

    /// A service is in this process, and answers its peers by this generated server.
    pub(super) fn add<S>(&mut self, service: Service, server: S)
    where
        S: Serves<Request<Body>, Response = Response<Body>, Error = Infallible>
            + NamedService
            + Clone
            + Send
            + Sync
            + 'static,
        S::Future: Send + 'static,
    {
        let server = ForUsers::new(server, self.identity.authenticator.clone(), self.clock.clone());
        self.here.insert(service, rpc::in_process(server.clone()));
        self.routes.add(server);
    }

    /// What `caller` builds its client of `peer` on.
    pub(super) fn of(&mut self, caller: Service, peer: Service) -> Peer {
        if let Some(here) = self.here.get(&peer) {
            return here.clone();
        }
        let channel = self.elsewhere.entry(peer).or_insert_with(|| {
            let addresses = self.config.addresses_of(peer).to_vec();
            let (channel, watching) = Channel::open(peer, addresses, self.tls.clone(), self.shutdown.clone());
            self.tasks.push(watching);
            channel
        });
        channel.peer(self.identity.credentials(caller))
    }

    /// What `/readyz` asks of services elsewhere.
    pub(super) fn add_checks(&self, readiness: &Readiness) {
        for channel in self.elsewhere.values() {
            let channel = channel.clone();
            readiness.add(channel.called().name(), move || {
                let answers = channel.instances() > 0;
                async move {
                    if answers {
                        Ok(())
                    } else {
                        Err("no instance answers".to_owned())
                    }
                }
            });
        }
    }
}
