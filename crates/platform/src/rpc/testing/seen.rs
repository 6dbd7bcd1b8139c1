//! How calls ended.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex},
};

use contracts::calls::{Call, NO_SERVICE_TOKEN, NO_USER, NOT_ALLOWED, OF_EVERY_CALL, Refusal, Service};
use http::Request;
use tonic::{Code, Status, body::Body};
use tower::{ServiceExt, util::BoxCloneSyncService};

use super::{Peer, beep_code};

/// A full instance refuses before the call is looked at: provoked in the tests of the layers.
const OF_THE_LAYERS: Refusal = (Code::Unavailable, "overloaded");

/// What was seen so far. Clones are the same.
#[derive(Clone, Default)]
pub(super) struct Seen(Arc<Mutex<HashSet<(&'static str, Ending)>>>);

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Ending {
    Answered,
    Refused(Code, String),
    /// It was shown that the call keeps the laws.
    Lawful,
}

impl Seen {
    /// The same peer, whose calls are noted. A refusal that the contract does not name fails the test.
    pub(super) fn noting(&self, called: Service, peer: Peer) -> Peer {
        let seen = self.clone();
        BoxCloneSyncService::new(tower::service_fn(move |request: Request<Body>| {
            let call = Call::of_path(request.uri().path()).filter(|call| call.service == called);
            let (peer, seen) = (peer.clone(), seen.clone());
            async move {
                let answered = peer.oneshot(request).await;
                if let Some(call) = call {
                    let refused = match &answered {
                        Ok(response) => Status::from_header_map(response.headers()),
                        Err(status) => Some(status.clone()),
                    };
                    seen.note(call, refused.filter(|status| status.code() != Code::Ok));
                }
                answered
            }
        }))
    }

    fn note(&self, call: &'static Call, refused: Option<Status>) {
        let ending = match refused {
            None => Ending::Answered,
            Some(status) => {
                let (code, stable) = (status.code(), beep_code(&status).unwrap_or_default().to_owned());
                let of_any = [NOT_ALLOWED, NO_SERVICE_TOKEN].contains(&(code, stable.as_str()));
                assert!(
                    of_any || call.may_refuse_with(code, &stable),
                    "{}: the contract of the calls knows nothing of {code:?} {stable:?}: {status}",
                    call.method
                );
                Ending::Refused(code, stable)
            }
        };
        self.add(call, ending);
    }

    /// The call keeps the laws.
    pub(super) fn note_lawful(&self, call: &'static Call) {
        self.add(call, Ending::Lawful);
    }

    fn add(&self, call: &'static Call, ending: Ending) {
        self.0.lock().expect("a lock").insert((call.method, ending));
    }

    pub(super) fn assert_complete(&self, call: &'static Call) {
        let of_user = call.for_user.then_some(NO_USER);
        let refusals = OF_EVERY_CALL
            .into_iter()
            .filter(|refusal| *refusal != OF_THE_LAYERS)
            .chain(of_user)
            .chain(call.refusals.iter().copied())
            .map(|(code, stable)| Ending::Refused(code, stable.to_owned()));
        let seen = self.0.lock().expect("a lock");
        let unseen: Vec<_> = [Ending::Answered, Ending::Lawful]
            .into_iter()
            .chain(refusals)
            .filter(|ending| !seen.contains(&(call.method, ending.clone())))
            .collect();
        assert!(unseen.is_empty(), "{}: no test has seen {unseen:?}", call.method);
    }
}
