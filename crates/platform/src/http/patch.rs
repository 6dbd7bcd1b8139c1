//! Fields of a PATCH body: absent, null, or a value.

use serde::{Deserialize, Deserializer};
use utoipa::{
    ToSchema,
    openapi::{
        RefOr,
        schema::{ObjectBuilder, OneOfBuilder, Schema, Type},
    },
};

/// A field that a change may leave out (kept as it is), set to null (emptied), or give a value.
///
/// The field must be marked `#[serde(default)]`, and reads best in the contract with
/// `#[schema(value_type = Option<T>)]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Patch<T> {
    /// Not in the body: stays as it is.
    #[default]
    Absent,
    /// `null`: is emptied.
    Null,
    /// A new value.
    Value(T),
}

impl<T> Patch<T> {
    /// Whether the field stays as it is.
    #[must_use]
    pub const fn is_absent(&self) -> bool {
        matches!(self, Self::Absent)
    }

    /// What the field becomes: `None` when it stays, `Some(None)` when it is emptied.
    #[must_use]
    pub fn into_change(self) -> Option<Option<T>> {
        match self {
            Self::Absent => None,
            Self::Null => Some(None),
            Self::Value(value) => Some(Some(value)),
        }
    }

    /// The same for a borrowed value.
    #[must_use]
    pub const fn as_ref(&self) -> Patch<&T> {
        match self {
            Self::Absent => Patch::Absent,
            Self::Null => Patch::Null,
            Self::Value(value) => Patch::Value(value),
        }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Patch<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Option::deserialize(deserializer)?.map_or(Self::Null, Self::Value))
    }
}

/// In the contract the same as `Option<T>`. The derive macro of a body hands the schema of `T` to this trait of its own.
impl<T> utoipa::__dev::ComposeSchema for Patch<T> {
    fn compose(generics: Vec<RefOr<Schema>>) -> RefOr<Schema> {
        let inner = generics.into_iter().next().unwrap_or_else(|| Schema::default().into());
        OneOfBuilder::new()
            .item(ObjectBuilder::new().schema_type(Type::Null))
            .item(inner)
            .into()
    }
}

impl<T: ToSchema> ToSchema for Patch<T> {
    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        T::schemas(schemas);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests fail by panicking")]
    use model::ChannelId;
    use utoipa::PartialSchema;

    use super::*;

    /// A body as services have them.
    #[derive(Deserialize, ToSchema)]
    struct Body {
        /// The topic.
        #[serde(default)]
        topic: Patch<String>,
        /// The folder, with the schema in its place.
        #[serde(default)]
        #[schema(value_type = Option<ChannelId>)]
        parent_id: Patch<ChannelId>,
    }

    #[test]
    fn the_contract_allows_null_and_absence() {
        let schema = serde_json::to_value(Body::schema()).unwrap();
        let mut parts = Vec::new();
        Body::schemas(&mut parts);
        let parts = serde_json::to_value(parts.into_iter().collect::<std::collections::BTreeMap<_, _>>()).unwrap();
        assert_eq!(
            schema["properties"]["topic"]["$ref"],
            "#/components/schemas/Patch_String"
        );
        assert_eq!(
            parts["Patch_String"]["oneOf"],
            serde_json::json!([{"type": "null"}, {"type": "string"}])
        );
        assert_eq!(schema["properties"]["parent_id"]["oneOf"][1]["type"], "null");
        assert!(schema.get("required").is_none(), "{schema}");
    }

    #[test]
    fn three_states() {
        let topic = |json: &str| serde_json::from_str::<Body>(json).unwrap().topic.into_change();
        assert!(serde_json::from_str::<Body>(r#"{"parent_id":"7"}"#).unwrap().parent_id == Patch::Value(ChannelId(7)));
        assert_eq!(topic("{}"), None);
        assert_eq!(topic(r#"{"topic":null}"#), Some(None));
        assert_eq!(topic(r#"{"topic":"x"}"#), Some(Some("x".to_owned())));
    }
}
