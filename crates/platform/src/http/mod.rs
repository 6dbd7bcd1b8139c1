//! HTTP as every service speaks it: problems, extractors, the layers around the public routes, and the server below them.

mod access_log;
mod bare_status;
mod caller;
mod client_address;
mod contract;
mod drain;
mod fields;
pub mod internal;
mod json;
mod layers;
mod multipart;
pub mod operations;
mod page;
mod patch;
mod path;
mod problem;
mod problem_sources;
mod query;
mod rate_limit;
pub mod refusals;
mod request_id;
mod security_headers;
pub mod server;
mod settings;
mod strict_json;
#[cfg(feature = "testing")]
pub mod testing;
mod whole_numbers;

pub use caller::{Authentication, CsrfToken, MaybeCaller};
pub use client_address::{ClientAddress, InvalidNetwork, LimitKey, Network, PeerAddress};
pub use contract::Security;
pub use fields::Fields;
pub use json::{Json, MaybeJson, is_length_limit, read as read_json};
pub use layers::{RequestTime, public};
pub use multipart::PictureForm;
pub use operations::Readiness;
pub use page::{Page, PageQuery};
pub use patch::Patch;
pub use path::Path;
pub use problem::{FieldError, Problem, ProblemBody};
pub use query::Query;
pub use server::{Entrance, serve};
pub use settings::{HttpSettings, RateLimit, RateLimits, Uploads};
