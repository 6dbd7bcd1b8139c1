//! The operations of the public API, as the running Beep describes them.

use std::collections::BTreeSet;

use crate::{beep::Beep, http::Caller};

/// Method in capitals and path below `/api/v1`, for every operation of the merged contract.
pub async fn operations(beep: &Beep) -> BTreeSet<(String, String)> {
    let contract = Caller::nobody(beep.address).get("/openapi.json").await.expect(200);
    let paths = contract["paths"].as_object().expect("paths");
    let operations = paths.iter().flat_map(|(path, item)| {
        let path = path.strip_prefix("/api/v1").expect("a path of the API").to_owned();
        let methods = item.as_object().expect("methods").keys();
        methods
            .filter(|key| ["get", "put", "post", "delete", "patch", "head", "options", "trace"].contains(&key.as_str()))
            .map(move |method| (method.to_uppercase(), path.clone()))
    });
    operations.collect()
}
