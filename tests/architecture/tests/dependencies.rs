//! Dependencies point one way: beep → services → contracts, platform → model.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests fail by panicking")]

use architecture::report;
use cargo_metadata::{DependencyKind, Metadata, MetadataCommand, Package};

const BASE: &[&str] = &["model", "contracts", "platform"];

/// The store of the tests, which is no part of the program.
const S3_SERVER: &str = "s3-server";

/// Which crates of the workspace each crate may use, for its tests too.
const ALLOWED: [(&str, &[&str]); 15] = [
    ("model", &[]),
    ("contracts", &["model"]),
    ("platform", &["model", "contracts", S3_SERVER]),
    ("users", BASE),
    ("servers", BASE),
    ("messages", BASE),
    ("storage", BASE),
    ("search", BASE),
    ("gateway", BASE),
    ("edge", BASE),
    (
        "beep",
        &[
            "model",
            "contracts",
            "platform",
            "users",
            "servers",
            "messages",
            "storage",
            "search",
            "gateway",
            "edge",
            S3_SERVER,
        ],
    ),
    ("load", &["platform"]),
    ("api", &["load", S3_SERVER]),
    ("architecture", &[]),
    (S3_SERVER, &[]),
];

/// Libraries that only these crates may use, and why. Tests may use what they like.
const RESERVED: [(&[&str], &[&str], &str); 3] = [
    (
        &[
            "rusqlite",
            "tokio-postgres",
            "deadpool-postgres",
            "refinery-core",
            "sqlx",
        ],
        &["platform"],
        "database drivers are named in platform::db only: use platform::db",
    ),
    (
        &["reqwest"],
        &["platform", "load", "api"],
        "services get what they need passed in; an HTTP client goes through a connector of platform",
    ),
    (
        &["axum", "utoipa-axum"],
        &[
            "platform", "users", "servers", "messages", "storage", "search", "gateway", "edge", "beep",
        ],
        "HTTP belongs to platform::http and the api modules of services",
    ),
];

fn metadata() -> Metadata {
    MetadataCommand::new()
        .manifest_path(architecture::tree::root().join("Cargo.toml"))
        .no_deps()
        .exec()
        .expect("cargo metadata")
}

fn is_for_tests(package: &Package, name: &str) -> bool {
    package
        .dependencies
        .iter()
        .filter(|used| used.name == name)
        .all(|used| used.kind == DependencyKind::Development)
}

#[test]
fn crates_depend_in_one_direction() {
    let metadata = metadata();
    let own: Vec<&str> = metadata.packages.iter().map(|package| package.name.as_str()).collect();
    let mut found = Vec::new();
    for package in &metadata.packages {
        let name = package.name.as_str();
        let Some((_, allowed)) = ALLOWED.iter().find(|(own, _)| *own == name) else {
            found.push(format!("{name} has no row"));
            continue;
        };
        for used in package
            .dependencies
            .iter()
            .map(|used| used.name.as_str())
            .filter(|used| own.contains(used))
        {
            if used != name && !allowed.contains(&used) {
                found.push(format!("{name} must not use {used}"));
            }
        }
    }
    report(
        &found,
        "A crate uses one that it may not. Services talk through `contracts` (a call) or events, never through each other's \
         crate. A new crate gets a row in ALLOWED of tests/architecture/tests/dependencies.rs:",
    );
}

#[test]
fn what_is_for_tests_is_in_no_program() {
    let metadata = metadata();
    let found: Vec<&str> = metadata
        .packages
        .iter()
        .filter(|package| !is_for_tests(package, S3_SERVER))
        .map(|package| package.name.as_str())
        .collect();
    report(
        &found.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "These use s3-server outside of tests:",
    );
}

#[test]
fn drivers_and_clients_stay_where_they_belong() {
    let mut found = Vec::new();
    for package in &metadata().packages {
        for (libraries, allowed, why) in RESERVED {
            for library in libraries
                .iter()
                .filter(|library| package.dependencies.iter().any(|used| used.name == **library))
            {
                if !allowed.contains(&package.name.as_str()) && !is_for_tests(package, library) {
                    found.push(format!("{} uses {library}: {why}", package.name));
                }
            }
        }
    }
    report(
        &found,
        "A crate uses a library that is reserved for others; remove it from its Cargo.toml:",
    );
}

#[test]
fn every_crate_takes_the_lints_of_the_workspace() {
    let found: Vec<String> = metadata()
        .packages
        .iter()
        .filter(|package| {
            let manifest = std::fs::read_to_string(&package.manifest_path).expect("a manifest");
            !manifest.contains("[lints]\nworkspace = true")
        })
        .map(|package| package.name.to_string())
        .collect();
    report(
        &found,
        "These crates lack `[lints] workspace = true` in their Cargo.toml:",
    );
}
