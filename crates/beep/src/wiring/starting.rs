//! The front door before the services behind it are ready: Beep listens at once, says what it waits for, and opens as
//! soon as the database answers.

use std::{
    sync::{Arc, OnceLock},
    time::Duration,
};

use axum::{
    Router,
    extract::{Request, State},
    response::{IntoResponse, Response},
};
use platform::http::{Problem, Readiness};
use tower::ServiceExt;

/// A door that opens once.
#[derive(Clone, Default)]
pub(crate) struct Door(Arc<OnceLock<Router>>);

impl Door {
    /// Lets everything through to `router` from now on.
    pub(crate) fn open(&self, router: Router) {
        // Opened once only, by the one task that starts the services.
        let _ = self.0.set(router);
    }

    /// Whether it is open.
    pub(crate) fn is_open(&self) -> bool {
        self.0.get().is_some()
    }

    /// Until it is open Beep is not ready.
    pub(crate) fn add_check(&self, readiness: &Readiness) {
        let door = self.clone();
        readiness.add("start", move || {
            let open = door.is_open();
            async move {
                if open {
                    Ok(())
                } else {
                    Err("Beep is starting".to_owned())
                }
            }
        });
    }

    /// The routes: everything, through the door.
    pub(crate) fn router(self) -> Router {
        Router::new().fallback(pass).with_state(self)
    }
}

async fn pass(State(door): State<Door>, request: Request) -> Response {
    match door.0.get() {
        Some(router) => router.clone().oneshot(request).await.into_response(),
        None => Problem::unavailable(Duration::from_secs(2)).into_response(),
    }
}
