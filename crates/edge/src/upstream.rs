//! The instances of one service, and which of them gets the next request.

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    sync::{Arc, PoisonError, RwLock},
};

use contracts::calls::Service;
use rand::RngExt;
use tokio::sync::Notify;

use crate::{
    connection::Place,
    instance::{Health, InFlight, Instance},
};

/// The instances of one service.
pub(crate) struct Upstream {
    service: Service,
    instances: RwLock<Arc<[Arc<Instance>]>>,
    suspicion: Notify,
}

impl Upstream {
    pub(crate) fn new(service: Service) -> Self {
        Self {
            service,
            instances: RwLock::new(Arc::new([])),
            suspicion: Notify::new(),
        }
    }

    pub(crate) fn service(&self) -> Service {
        self.service
    }

    /// All known instances.
    pub(crate) fn instances(&self) -> Arc<[Arc<Instance>]> {
        Arc::clone(&self.instances.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// From now on the instances are those at the addresses, each found at a place; what is known of those that stay, stays.
    pub(crate) fn set_instances(&self, found: &BTreeMap<SocketAddr, &Place>) {
        let known = self.instances();
        let addresses = known.iter().map(|instance| instance.address());
        if addresses.eq(found.keys().copied()) {
            return;
        }
        let instance = |(address, place): (&SocketAddr, &&Place)| {
            let same = known.iter().find(|instance| instance.address() == *address);
            same.map_or_else(|| Arc::new(Instance::new(*address, Place::clone(place))), Arc::clone)
        };
        *self.instances.write().unwrap_or_else(PoisonError::into_inner) = found.iter().map(instance).collect();
        tracing::info!(
            peer.service = self.service.name(),
            peer.instances = found.len(),
            "the instances of a service changed"
        );
        self.suspect();
    }

    /// The instance for the next attempt, none of `tried`: of two ready ones taken at random, the one with fewer requests in
    /// flight. When none is ready, one that at least answers.
    pub(crate) fn choose(&self, tried: &[SocketAddr]) -> Option<InFlight> {
        let instances = self.instances();
        let with = |health: Health| -> Vec<&Arc<Instance>> {
            let fit = |instance: &&Arc<Instance>| instance.health() == health && !tried.contains(&instance.address());
            instances.iter().filter(fit).collect()
        };
        let ready = with(Health::Ready);
        let candidates = if ready.is_empty() { with(Health::Unready) } else { ready };
        let chosen = match *candidates.as_slice() {
            [] => return None,
            [only] => only,
            _ => {
                let first = rand::rng().random_range(0..candidates.len());
                let others = rand::rng().random_range(1..candidates.len());
                let (first, second) = (candidates[first], candidates[(first + others) % candidates.len()]);
                if second.in_flight() < first.in_flight() {
                    second
                } else {
                    first
                }
            }
        };
        Some(InFlight::to(Arc::clone(chosen)))
    }

    /// An attempt failed: the instances are looked at now.
    pub(crate) fn suspect(&self) {
        self.suspicion.notify_one();
    }

    /// Waits until an attempt has failed.
    pub(crate) async fn suspected(&self) {
        self.suspicion.notified().await;
    }

    fn answers(&self) -> bool {
        self.instances()
            .iter()
            .any(|instance| instance.health() != Health::Gone)
    }
}

/// The services behind the edge. Clones are the same.
#[derive(Clone)]
pub struct Upstreams(Arc<[Arc<Upstream>]>);

impl Upstreams {
    pub(crate) fn new(upstreams: Vec<Arc<Upstream>>) -> Self {
        Self(upstreams.into())
    }

    /// Whether each service has an instance that answers.
    ///
    /// # Errors
    /// Names the services that have none, for operators.
    pub fn check(&self) -> Result<(), String> {
        let silent: Vec<&str> = self
            .0
            .iter()
            .filter(|upstream| !upstream.answers())
            .map(|upstream| upstream.service.name())
            .collect();
        if silent.is_empty() {
            Ok(())
        } else {
            Err(format!("no instance answers of: {}", silent.join(", ")))
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests fail by panicking")]
    use super::*;

    fn set_ports(upstream: &Upstream, ports: std::ops::RangeInclusive<u16>) {
        let place = Place::new("http://messages:8080".parse().unwrap(), None).unwrap();
        let found = ports.map(|port| (([127, 0, 0, 1], port).into(), &place));
        upstream.set_instances(&found.collect());
    }

    fn upstream(health: &[Health]) -> Upstream {
        let upstream = Upstream::new(Service::Messages);
        set_ports(&upstream, 1..=u16::try_from(health.len()).unwrap());
        for (instance, health) in upstream.instances().iter().zip(health) {
            instance.set_health(*health);
        }
        upstream
    }

    fn port(chosen: Option<InFlight>) -> Option<u16> {
        chosen.map(|chosen| chosen.instance().address().port())
    }

    #[test]
    fn ready_ones_come_first_and_those_gone_never() {
        use Health::{Gone, Ready, Unready};
        for (health, expected) in [
            (&[Gone, Ready, Unready][..], Some(2)),
            (&[Gone, Unready], Some(2)),
            (&[Gone, Gone], None),
            (&[], None),
        ] {
            assert_eq!(port(upstream(health).choose(&[])), expected, "{health:?}");
        }
        let upstream = upstream(&[Ready, Unready]);
        assert_eq!(
            port(upstream.choose(&[([127, 0, 0, 1], 1).into()])),
            Some(2),
            "the ready one was tried"
        );
    }

    #[test]
    fn the_one_with_fewer_requests_in_flight_is_chosen() {
        let upstream = upstream(&[Health::Ready, Health::Ready]);
        let held: Vec<InFlight> = (0..20).map(|_| upstream.choose(&[]).unwrap()).collect();
        assert!(upstream.instances().iter().all(|instance| instance.in_flight() == 10));
        drop(held);
        assert!(upstream.instances().iter().all(|instance| instance.in_flight() == 0));
    }

    #[test]
    fn without_requests_in_flight_all_are_chosen() {
        let upstream = upstream(&[Health::Ready; 3]);
        let chosen: std::collections::BTreeSet<_> = (0..200).map(|_| port(upstream.choose(&[]))).collect();
        assert_eq!(chosen.len(), 3);
    }

    #[test]
    fn what_is_known_stays_when_addresses_change() {
        let upstream = upstream(&[Health::Ready, Health::Ready]);
        set_ports(&upstream, 2..=3);
        let health: Vec<_> = upstream.instances().iter().map(|instance| instance.health()).collect();
        assert_eq!(health, [Health::Ready, Health::Gone]);
    }
}
