//! The contract is what the handlers say, and says all that one needs.

use platform::http::testing::contract;

#[test]
fn the_committed_contract_is_fresh() {
    contract::assert_fresh(&search::contract(), env!("CARGO_MANIFEST_DIR"));
}

#[test]
fn the_contract_is_complete() {
    contract::assert_complete(&search::contract());
}
