//! `services.toml` says who may call whom: it matches the crates, has no cycle, and the code keeps to it.

use std::collections::{BTreeMap, BTreeSet};

use architecture::{
    report,
    rust_file::{self, Kind},
    services::{self, Unit},
    tree,
};

/// Crates that are not services.
const OTHERS: [&str; 5] = ["model", "contracts", "platform", "beep", "load"];

#[test]
fn every_service_is_a_unit_and_every_unit_a_service() {
    let crates: BTreeSet<String> = tree::files("crates", &["toml"])
        .iter()
        .filter_map(|path| path.strip_prefix("crates/")?.strip_suffix("/Cargo.toml"))
        .filter(|name| !OTHERS.contains(name))
        .map(str::to_owned)
        .collect();
    let units: BTreeSet<String> = services::units().into_keys().collect();
    let found: Vec<String> = crates.symmetric_difference(&units).cloned().collect();
    report(&found, "These stand in services.toml or in crates/, but not in both:");
}

#[test]
fn every_call_has_a_known_target_and_a_reason() {
    let units = services::units();
    let mut found = Vec::new();
    for (name, unit) in &units {
        for (target, why) in &unit.calls {
            if !units.contains_key(target) {
                found.push(format!("{name} calls {target}, which is no unit"));
            }
            if why.trim().is_empty() {
                found.push(format!("{name} calls {target} without saying why"));
            }
        }
        if unit.owns.trim().is_empty() {
            found.push(format!("{name} owns nothing"));
        }
    }
    report(&found, "services.toml is incomplete:");
}

#[test]
fn calls_have_no_cycle() {
    fn visit<'u>(units: &'u BTreeMap<String, Unit>, name: &'u str, path: &mut Vec<&'u str>, found: &mut Vec<String>) {
        if path.contains(&name) {
            // Each circle once: as it is met from the first of its names.
            if path.first() == Some(&name) && path.iter().min() == Some(&name) {
                found.push(format!("{} → {name}", path.join(" → ")));
            }
            return;
        }
        path.push(name);
        for target in units.get(name).into_iter().flat_map(|unit| unit.calls.keys()) {
            visit(units, target, path, found);
        }
        path.pop();
    }
    let units = services::units();
    let mut found = Vec::new();
    for name in units.keys() {
        visit(&units, name, &mut Vec::new(), &mut found);
    }
    report(
        &found,
        "Services call each other in a circle; one of the calls must become an event:",
    );
}

#[test]
fn services_call_whom_they_may() {
    let units = services::units();
    let mut found = Vec::new();
    for file in rust_file::program() {
        let Some(unit) = units.get(file.package()) else {
            continue;
        };
        for token in &file.tokens {
            let Kind::Name(name) = &token.kind else { continue };
            let Some(target) = name.strip_suffix("Client").map(str::to_lowercase) else {
                continue;
            };
            if units.contains_key(&target) && !unit.calls.contains_key(&target) {
                found.push(format!("{}:{} uses {name}", file.path, token.line));
            }
        }
    }
    report(
        &found,
        "A service calls one that services.toml does not let it call. Add the call with its reason, or use an event:",
    );
}

/// The calls of a `.proto` file that has a service.
fn calls_of(proto: &str) -> Vec<&str> {
    let lines = proto.lines().map(str::trim);
    let rest = lines.filter_map(|line| line.strip_prefix("rpc "));
    rest.filter_map(|rest| Some(rest.split_once('(')?.0.trim())).collect()
}

#[test]
fn every_internal_call_has_a_test_of_its_conformance() {
    let mut found = Vec::new();
    let mut calls = 0;
    for path in tree::files("crates/contracts/proto", &["proto"]) {
        let service = path.rsplit(['/', '.']).nth(1).unwrap_or_default();
        let tests: String = tree::files(&format!("crates/{service}/tests"), &["rs"])
            .iter()
            .filter(|path| path.contains("/conformance"))
            .map(|path| tree::read(path))
            .collect();
        for call in calls_of(&tree::read(&path)) {
            calls += 1;
            if !tests.contains(&format!("conform(\"{call}\"")) {
                found.push(format!("{service}: {call}"));
            }
        }
    }
    assert!(calls > 0, "no calls are found");
    report(
        &found,
        "These internal calls have no test that shows them the same in one process and apart; add `conform(\"Call\", …)` to \
         conformance.rs, or a file beside it, of the service's tests, as the others have it:",
    );
}
