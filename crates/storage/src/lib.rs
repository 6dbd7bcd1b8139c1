//! Pictures: checked, encoded anew, stored under a key, and served from there. And files of messages, as they are sent (`file`):
//! kept, looked at, and read for the messages service, which knows whose they are.
//!
//! **Needs** an object store. It owns no table: a picture's name says all that there is to know about it.
//!
//! Of pictures nothing that was uploaded is served as it came. A picture is decoded within limits (`model::limits`), turned the way
//! its camera was held, cut to its shape, and encoded again without metadata. A URL never changes what it shows. Each is
//! kept under a key of its own (`platform::pictures`), so that it goes when whoever shows it lets go of it.

mod api;
mod file;
mod peer;
pub mod picture;
mod workshop;

use std::sync::Arc;

use contracts::storage::storage_server::StorageServer;
use platform::{objects::ObjectStore, service::Wired};

pub use peer::Calls;

use crate::workshop::Workshop;

/// What this service needs.
pub struct Needs<O> {
    /// Where pictures are kept.
    pub objects: O,
}

/// The generated server of this service's internal calls.
pub type Peer<O> = StorageServer<Calls<O>>;

/// Puts the service together.
pub fn wire<O: ObjectStore>(needs: Needs<O>) -> Wired<Peer<O>> {
    let objects = Arc::new(needs.objects);
    let (public, _) = api::router().with_state(Arc::clone(&objects)).split_for_parts();
    let calls = Calls {
        objects,
        workshop: Workshop::default(),
    };
    // A picture and what surrounds it in the call.
    let peer = StorageServer::new(calls).max_decoding_message_size(model::limits::PICTURE_BYTES + 1024);
    Wired {
        public,
        peer,
        tasks: Vec::new(),
    }
}

/// The contract of the public routes.
#[must_use]
pub fn contract() -> utoipa::openapi::OpenApi {
    api::router::<platform::objects::LocalObjects>().into_openapi()
}
