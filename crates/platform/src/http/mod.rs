//! HTTP as every service speaks it: problems, extractors, and the layers around the public routes.

mod caller;
mod fields;
mod json;
mod page;
mod patch;
mod path;
mod problem;
mod problem_sources;
mod query;
mod strict_json;

pub use caller::{Authentication, CsrfToken, MaybeCaller};
pub use fields::Fields;
pub use json::Json;
pub use page::{Page, PageQuery};
pub use patch::Patch;
pub use path::Path;
pub use problem::{FieldError, Problem, ProblemBody};
pub use query::Query;
