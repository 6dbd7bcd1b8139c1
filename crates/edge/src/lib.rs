//! The public front door when services are separate processes: every request goes on by its path to an instance of the
//! service that answers it. The edge keeps nothing but what it knows of the instances' health.
//!
//! A request is sent to a second instance only when it never reached the first, or is a GET or HEAD that got no answer; so
//! nothing is done twice. Bodies and WebSockets pass as they come, in both directions.

mod attempt;
mod body;
mod connection;
mod headers;
mod instance;
mod look;
mod proxy;
mod resolution;
mod tunnel;
mod upstream;

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use axum::{Router, routing::any};
use contracts::calls::Service;
use platform::{rpc::Address, service::Task, tls::Tls};
use tokio_util::sync::CancellationToken;

use self::{
    connection::Place, look::Looking, proxy::Proxy, resolution::Resolving, tunnel::Tunnels, upstream::Upstream,
};

pub use self::{resolution::Resolver, upstream::Upstreams};

/// What the edge needs.
pub struct Needs {
    /// Which service answers which public path: patterns of the router, such as `/api/v1/servers/{server_id}`.
    pub routes: Vec<(Service, String)>,
    /// Where the public listeners of each service are. A name stands for all instances behind it.
    pub addresses: BTreeMap<Service, Vec<Address>>,
    /// How the edge shows who it is, and whom it believes, where an address asks for TLS.
    pub tls: Option<Tls>,
    /// How long things may take, and how much room they have.
    pub settings: Settings,
    /// Cancelled when the process shuts down: WebSockets then end within seconds.
    pub shutdown: CancellationToken,
}

/// How long things may take, and how much room they have.
#[derive(Debug, Clone, Copy)]
pub struct Settings {
    /// Requests that wait for one service to answer; more are told to come back at once.
    pub requests_of_each_service: usize,
    /// Until an answer begins, all attempts together.
    pub request_timeout: Duration,
    /// Between two questions to an instance whether it is ready.
    pub health_interval: Duration,
    /// Between two resolutions of a name.
    pub resolution_interval: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            requests_of_each_service: 2_048,
            request_timeout: Duration::from_secs(30),
            health_interval: Duration::from_secs(1),
            resolution_interval: Duration::from_secs(3),
        }
    }
}

/// The edge, wired.
pub struct Wired {
    /// The routes that are handed on, with their full paths. The layers of `platform::http::public` belong around them: the
    /// client's address and the ids of the request come from there.
    pub public: Router,
    /// What goes on in the background.
    pub tasks: Vec<Task>,
    /// Whether the services are there, for the process's readiness.
    pub upstreams: Upstreams,
}

/// Why the edge cannot be put together.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WiringError {
    /// A service has routes, but no address.
    #[error("the edge has no address of the service {}", .0.name())]
    NoAddress(Service),
    /// An address asks for TLS.
    #[error("{0} asks for TLS, for which the edge has no certificate")]
    NoCertificate(Address),
}

/// Puts the edge together.
///
/// # Errors
/// When a service's addresses are missing or cannot be used.
///
/// # Panics
/// When the routes are no patterns of the router, or contradict each other.
pub fn wire(needs: Needs) -> Result<Wired, WiringError> {
    wire_with(needs, &resolution::system())
}

/// [`wire`] with another way to find the instances behind a name than the system's.
///
/// # Errors
/// As [`wire`].
///
/// # Panics
/// As [`wire`].
pub fn wire_with(needs: Needs, resolver: &Resolver) -> Result<Wired, WiringError> {
    let Needs {
        routes,
        addresses,
        tls,
        settings,
        shutdown,
    } = needs;
    let tunnels = Tunnels::default();
    let mut tasks = vec![task(tunnels.clone().end_after(shutdown.clone()))];
    let mut proxies = BTreeMap::new();
    for (service, addresses) in addresses.into_iter().filter(|(_, addresses)| !addresses.is_empty()) {
        let upstream = Arc::new(Upstream::new(service));
        let places = addresses.into_iter().map(|address| Place::new(address, tls.as_ref()));
        let places = places.collect::<Result<_, _>>()?;
        let resolving = Resolving::new(Arc::clone(&upstream), places, Arc::clone(resolver));
        let looking = Looking::new(Arc::clone(&upstream));
        let watching = async move {
            tokio::join!(
                resolving.run(settings.resolution_interval),
                looking.run(settings.health_interval)
            )
        };
        let until = shutdown.clone();
        tasks.push(task(async move {
            let _ = until.run_until_cancelled(watching).await;
        }));
        proxies.insert(service, Proxy::new(upstream, tunnels.clone(), &settings));
    }
    let mut public = Router::new();
    for (service, path) in routes {
        let proxy = proxies.get(&service).ok_or(WiringError::NoAddress(service))?;
        public = public.route(&path, any(proxy::serve).with_state(proxy.clone()));
    }
    let upstreams = Upstreams::new(proxies.values().map(Proxy::upstream).collect());
    Ok(Wired {
        public,
        tasks,
        upstreams,
    })
}

fn task(work: impl Future<Output = ()> + Send + 'static) -> Task {
    Task::new(Service::Edge.name(), work)
}
