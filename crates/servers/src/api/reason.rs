//! Why somebody does something, in the query of what has no body.

use model::Reason;
use platform::http::{Fields, Problem};
use serde::Deserialize;

/// The query.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ReasonQuery {
    reason: Option<String>,
}

impl ReasonQuery {
    /// The reason, if one is given; 422 when it is too long.
    pub(super) fn checked(&self) -> Result<Option<Reason>, Problem> {
        let mut fields = Fields::default();
        let reason = fields.parse_optional::<Reason>("reason", self.reason.as_deref());
        fields.finish().map(|()| reason.flatten())
    }
}
