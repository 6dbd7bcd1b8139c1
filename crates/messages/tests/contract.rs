//! The committed contract is what the handlers say.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests fail by panicking")]

use std::{fs, path::Path};

#[test]
fn the_committed_contract_is_fresh() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/openapi.yaml");
    let contract = messages::contract().to_yaml().expect("the contract is YAML");
    #[expect(
        clippy::disallowed_methods,
        reason = "the environment tells whether to rewrite the file"
    )]
    let rewrite = std::env::var("BEEP_UPDATE").is_ok_and(|value| value == "1");
    if rewrite {
        fs::write(&file, &contract).unwrap();
    }
    let committed = fs::read_to_string(&file).unwrap_or_default();
    assert!(
        committed == contract,
        "docs/openapi.yaml is not fresh: run this test with BEEP_UPDATE=1 and commit the file"
    );
}
