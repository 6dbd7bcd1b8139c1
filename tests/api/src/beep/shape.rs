//! What a Beep under test is made of: one process, or a process for each service and more for some of them.

use std::collections::BTreeMap;

/// The services in the order in which they are started, with how many instances there are of each where nothing else is
/// told.
const INSTANCES: [(&str, usize); 7] = [
    ("storage", 1),
    ("users", 1),
    ("servers", 1),
    ("messages", 2),
    ("search", 1),
    ("gateway", 2),
    ("edge", 1),
];

/// What tests meet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// One process with everything in it.
    Together,
    /// Every service by itself, on PostgreSQL.
    Apart,
}

impl Shape {
    /// What `BEEP_TEST_SHAPE` says; together when it says nothing.
    #[must_use]
    pub fn told() -> Self {
        match variable("BEEP_TEST_SHAPE").as_deref() {
            None | Some("" | "together") => Self::Together,
            Some("apart") => Self::Apart,
            Some(other) => panic!("BEEP_TEST_SHAPE is together or apart, not {other}"),
        }
    }
}

/// How many instances of each service there are to be.
#[derive(Debug, Clone, Default)]
pub(super) struct Instances(BTreeMap<String, usize>);

impl Instances {
    pub(super) fn set(&mut self, service: &str, number: usize) {
        assert!(number > 0 && INSTANCES.iter().any(|(name, _)| *name == service));
        self.0.insert(service.to_owned(), number);
    }

    /// The services with the numbers of their instances: of this setup, else what `BEEP_TEST_INSTANCES` says
    /// (`messages=2,gateway=2`), else the usual.
    pub(super) fn all(&self) -> Vec<(&'static str, usize)> {
        let told = variable("BEEP_TEST_INSTANCES")
            .map(|text| parse(&text))
            .unwrap_or_default();
        let number = |(service, usual)| {
            let number = self.0.get(service).or_else(|| told.0.get(service));
            (service, number.copied().unwrap_or(usual))
        };
        INSTANCES.into_iter().map(number).collect()
    }
}

fn parse(text: &str) -> Instances {
    let mut instances = Instances::default();
    for entry in text.split(',').map(str::trim).filter(|entry| !entry.is_empty()) {
        let (service, number) = entry.split_once('=').expect("service=number");
        instances.set(service, number.parse().expect("a number of instances"));
    }
    instances
}

fn variable(name: &str) -> Option<String> {
    #[expect(
        clippy::disallowed_methods,
        reason = "tests are told by the environment what to test"
    )]
    std::env::var(name).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_setup_may_ask_for_more_instances_than_usual() {
        let mut instances = parse("messages=2, gateway=3");
        instances.set("users", 2);
        let all = instances.all();
        for wanted in [("users", 2), ("messages", 2), ("gateway", 3)] {
            assert!(all.contains(&wanted), "{all:?}");
        }
        assert_eq!(all.first().map(|(service, _)| *service), Some("storage"));
    }
}
