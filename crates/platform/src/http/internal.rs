//! The internal listener's routes: gRPC of the services in this process, health and reflection (architecture, section 3).
//! Never routed by the edge; every call of a service needs a service token, see [`Admission`].

use std::{convert::Infallible, panic::AssertUnwindSafe, sync::Arc};

use axum::{
    Router,
    extract::{Request, State},
    middleware::{self, Next},
    response::{IntoResponse, Response},
};
use futures::FutureExt;
use tokio::sync::Semaphore;
use tonic::{Status, body::Body, codegen::Service, server::NamedService, service::Routes};
use tonic_health::server::{HealthReporter, health_reporter};

use super::request_id;
use crate::{
    rpc::{self, Admission, time_given},
    telemetry::Part,
};

/// Collects what the internal listener serves.
pub struct InternalRoutes {
    calls: Routes,
    /// Routes that are not gRPC: the token endpoint and the keys of the issuer.
    others: Router,
}

impl Default for InternalRoutes {
    fn default() -> Self {
        Self {
            calls: Routes::default(),
            others: Router::new(),
        }
    }
}

/// Tells peers whether this process takes calls.
#[derive(Clone)]
pub struct Serving(HealthReporter);

impl Serving {
    /// The process takes calls from now on, or does not.
    pub async fn set(&self, serving: bool) {
        let status = if serving {
            tonic_health::ServingStatus::Serving
        } else {
            tonic_health::ServingStatus::NotServing
        };
        self.0.set_service_status("", status).await;
    }
}

impl InternalRoutes {
    /// Adds the generated server of a service's internal calls.
    pub fn add<S>(&mut self, server: S)
    where
        S: Service<http::Request<Body>, Response = http::Response<Body>, Error = Infallible>
            + NamedService
            + Clone
            + Send
            + Sync
            + 'static,
        S::Future: Send + 'static,
    {
        self.calls = std::mem::take(&mut self.calls).add_service(server);
    }

    /// Adds routes that see to their own protection.
    pub fn add_plain(&mut self, router: Router) {
        self.others = std::mem::take(&mut self.others).merge(router);
    }

    /// Everything in one router, and the handle that tells whether this process takes calls; it does not at first. So many
    /// calls as there are `places` are worked on at the same time; more are told at once to go elsewhere.
    pub async fn finish(self, admission: Admission, places: usize, descriptors: &'static [u8]) -> (Router, Serving) {
        let (reporter, health) = health_reporter();
        let serving = Serving(reporter);
        serving.set(false).await;
        let gate = Arc::new(Gate {
            admission,
            places: Semaphore::new(places),
        });
        let calls = self
            .calls
            .into_axum_router()
            .layer(middleware::from_fn_with_state(gate, pass));
        let mut open = Routes::new(health);
        match tonic_reflection::server::Builder::configure()
            .register_encoded_file_descriptor_set(descriptors)
            .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
            .build_v1()
        {
            Ok(reflection) => open = open.add_service(reflection),
            Err(error) => tracing::error!(error.detail = %error, "reflection is not served"),
        }
        // Both have a fallback for unknown calls; one is enough.
        let open = open.into_axum_router().reset_fallback();
        (calls.merge(open).merge(self.others), serving)
    }
}

struct Gate {
    admission: Admission,
    places: Semaphore,
}

/// Lets a call in if its caller may make it and there is room, for as long as the caller waits.
async fn pass(State(gate): State<Arc<Gate>>, request: Request, next: Next) -> Response {
    if let Err(status) = gate.admission.admit(request.uri().path(), request.headers()) {
        return refusal(&status);
    }
    let Ok(_place) = gate.places.try_acquire() else {
        return refusal(&rpc::overloaded("this instance has too much to do"));
    };
    let time = time_given(request.headers());
    let name = request.uri().path().trim_start_matches('/').to_owned();
    let context = request_id::context(request.headers()).recorded(Part::Server, name);
    let running = context.scope(AssertUnwindSafe(next.run(request)).catch_unwind());
    let answered = match time {
        Some(time) => tokio::time::timeout(time, running).await,
        None => Ok(running.await),
    };
    match answered {
        Ok(Ok(response)) => response,
        // The panic itself is logged by the process's panic hook.
        Ok(Err(_panic)) => refusal(&rpc::internal("the call failed")),
        Err(_elapsed) => refusal(&rpc::timed_out()),
    }
}

fn refusal(status: &Status) -> Response {
    status.clone().into_http::<axum::body::Body>().into_response()
}
